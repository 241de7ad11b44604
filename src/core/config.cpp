#include "core/config.h"

#include <fmt/format.h>
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <fstream>
#include <sstream>

#include "core/error.h"
#include "core/nearest_name.h"

namespace terrace {
namespace {

Config convert(const toml::node& node, const std::string& name) {
  Config config;
  config.place = fmt::format("{}:{}", name, node.source().begin.line);
  if (const auto* table = node.as_table()) {
    Config::Table members;
    for (const auto& [key, value] : *table) members.emplace(std::string(key.str()), convert(value, name));
    config.value = std::move(members);
  } else if (const auto* array = node.as_array()) {
    Config::List list;
    for (const auto& value : *array) list.push_back(convert(value, name));
    config.value = std::move(list);
  } else if (node.is_boolean()) {
    config.value = node.value<bool>().value();
  } else if (node.is_number()) {
    config.value = node.value<double>().value();
  } else if (node.is_string()) {
    config.value = node.value<std::string>().value();
  } else {
    throw InputError(fmt::format("{}: dates and times are not used here. Give a number or a string.", config.place));
  }
  return config;
}

}  // namespace

const Config* Config::find(const std::string& name) const {
  const auto found = table().find(name);
  return found == table().end() ? nullptr : &found->second;
}

Config parse_config(const std::string& text, const std::string& name) {
  try {
    return convert(toml::parse(text, name), name);
  } catch (const toml::parse_error& error) {
    throw InputError(fmt::format("{}:{}: not valid TOML: {}. Is a quote, bracket or value missing?", name,
                                 error.source().begin.line, error.description()));
  }
}

Config read_config(const std::filesystem::path& path) {
  // Asked first: to open a pipe would wait for who writes to it.
  std::error_code error;
  std::ifstream file;
  if (std::filesystem::is_regular_file(path, error)) file.open(path);
  if (!file.is_open())
    throw FileError(fmt::format("'{}' cannot be read. Is the path right, and is it a file?", path.string()));
  std::stringstream text;
  text << file.rdbuf();
  return parse_config(text.str(), path.filename().string());
}

void refuse_unknown_key(const std::string& found, const std::string& section, const std::string& place,
                        const std::vector<std::string>& known) {
  const std::string nearest = nearest_name(found, known);
  throw InputError(fmt::format("{}: unknown key '{}'{}. {}", place, found,
                               section.empty() ? "" : " in [" + section + "]",
                               nearest.empty() ? "There are no keys here." : "Did you mean '" + nearest + "'?"));
}

}  // namespace terrace
