// Settings structs: one member and one line in its struct's `fields` list make a setting; reading it from a config,
// range check, help text and the record of a run all walk that list.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/config.h"

namespace terrace {

/// One line of the list. `low` and `high` bound numbers (each element of a list); `choices`, separated by '|', bound
/// strings, empty for free text.
template <class S>
struct Field {
  using Member = std::variant<double S::*, int S::*, std::string S::*, std::vector<double> S::*, std::vector<int> S::*>;
  std::string_view name;
  Member member;
  double low = 0, high = 0;
  std::string_view help;
  std::string_view choices = "";

  Field(std::string_view name, double S::*member, double low, double high, std::string_view help)
      : name(name), member(member), low(low), high(high), help(help) {}
  Field(std::string_view name, int S::*member, double low, double high, std::string_view help)
      : name(name), member(member), low(low), high(high), help(help) {}
  Field(std::string_view name, std::vector<double> S::*member, double low, double high, std::string_view help)
      : name(name), member(member), low(low), high(high), help(help) {}
  Field(std::string_view name, std::vector<int> S::*member, double low, double high, std::string_view help)
      : name(name), member(member), low(low), high(high), help(help) {}
  Field(std::string_view name, std::string S::*member, std::string_view choices, std::string_view help)
      : name(name), member(member), help(help), choices(choices) {}
};

namespace settings_detail {
// One function a type; each throws InputError naming section.name, the value, its place and the allowed range.
void read_value(const Config&, const std::string& key, double low, double high, std::string_view choices, double&);
void read_value(const Config&, const std::string& key, double low, double high, std::string_view choices, int&);
void read_value(const Config&, const std::string& key, double low, double high, std::string_view choices, std::string&);
void read_value(const Config&, const std::string& key, double low, double high, std::string_view choices,
                std::vector<double>&);
void read_value(const Config&, const std::string& key, double low, double high, std::string_view choices,
                std::vector<int>&);
std::string help_line(std::string_view name, const nlohmann::ordered_json& standard, double low, double high,
                      std::string_view choices, std::string_view help);
}  // namespace settings_detail

/// Reads the table `section` of `root` over `settings`; a missing table leaves them as they are. Throws InputError for
/// an unknown key (nearest known one named), a wrong type or a value out of range.
template <class S>
S read_settings(const Config& root, const std::string& section, S settings = S{}) {
  const Config* table = root.find(section);
  if (!table) return settings;
  const auto list = fields(static_cast<const S*>(nullptr));
  std::vector<std::string> known;
  for (const auto& field : list) known.emplace_back(field.name);
  if (!table->is_table()) refuse_unknown_key(section, "", table->place, {"[" + section + "]"});
  for (const auto& [key, value] : table->table()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) refuse_unknown_key(key, section, value.place, known);
    for (const auto& field : list) {
      if (field.name != key) continue;
      std::visit(
          [&](auto member) {
            settings_detail::read_value(value, section + "." + key, field.low, field.high, field.choices,
                                        settings.*member);
          },
          field.member);
    }
  }
  return settings;
}

/// Every field with its value, in the order of the list: what a run writes beside its results.
template <class S>
nlohmann::ordered_json to_json(const S& settings) {
  nlohmann::ordered_json json;
  for (const auto& field : fields(&settings))
    std::visit([&](auto member) { json[std::string(field.name)] = settings.*member; }, field.member);
  return json;
}

/// The inverse of `to_json`, for what terrace itself wrote; members that are missing keep their defaults. Throws
/// nlohmann::json::exception where a type is wrong.
template <class S>
S settings_from_json(const nlohmann::ordered_json& json) {
  S settings;
  for (const auto& field : fields(&settings))
    if (const auto found = json.find(std::string(field.name)); found != json.end())
      std::visit([&](auto member) { found->get_to(settings.*member); }, field.member);
  return settings;
}

/// One line a field: name, default, range or choices, meaning. For --help and the docs.
template <class S>
std::string settings_help() {
  static const S standard{};
  std::string text;
  for (const auto& field : fields(&standard))
    std::visit(
        [&](auto member) {
          text += settings_detail::help_line(field.name, nlohmann::ordered_json(standard.*member), field.low,
                                             field.high, field.choices, field.help);
        },
        field.member);
  return text;
}

}  // namespace terrace
