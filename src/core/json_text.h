// JSON to and from text that may come from anywhere: nested without end, or with bytes that are no UTF-8.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/error.h"

namespace terrace {

/// Deeper than any JSON of ours; what is nested as deep as its bytes are many overflows the stack where it is copied.
inline constexpr int deepest_json = 64;

/// Parses `text`, the JSON of `name`. Throws FileError where it is none, or nested deeper than deepest_json.
template <class Json = nlohmann::ordered_json>
Json parse_json(std::string_view text, const std::string& name) {
  const auto within_depth = [&](int depth, auto, const auto&) {
    if (depth > deepest_json)
      throw FileError(fmt::format(
          "'{}' is no JSON that can be read: it is nested deeper than {} levels. Is it damaged?", name, deepest_json));
    return true;
  };
  try {
    return Json::parse(text, within_depth);
  } catch (const nlohmann::json::exception& error) {
    throw FileError(fmt::format("'{}' is not valid JSON ({}). Is it damaged?", name, error.what()));
  }
}

/// `json` as text, on one line where `indent` < 0. Bytes that are no UTF-8, as names of files may hold, become U+FFFD.
std::string to_text(const nlohmann::ordered_json& json, int indent = -1);

/// Writes it so, as write_text does.
void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& json, int indent = 1);

}  // namespace terrace
