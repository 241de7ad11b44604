// A configuration file as a tree of values that remember their line. config.cpp is the only file that includes toml++.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace terrace {

/// One value of a TOML file: a table, a list, or a number, string or truth value, with the place it was read from.
struct Config {
  using Table = std::map<std::string, Config>;
  using List = std::vector<Config>;
  std::variant<Table, List, double, std::string, bool> value = Table{};
  std::string place;  ///< "file.toml:12", for errors

  bool is_table() const { return std::holds_alternative<Table>(value); }
  bool is_list() const { return std::holds_alternative<List>(value); }
  const Table& table() const { return std::get<Table>(value); }
  const List& list() const { return std::get<List>(value); }
  /// The member called `name`, or null. Only for tables.
  const Config* find(const std::string& name) const;
};

/// Reads a TOML file. Throws FileError (missing, unreadable) or InputError (not TOML: line and what is wrong).
Config read_config(const std::filesystem::path& path);
Config parse_config(const std::string& text, const std::string& name);

/// Throws InputError that names `found`, its place and the nearest of `known` ("Did you mean …?").
[[noreturn]] void refuse_unknown_key(const std::string& found, const std::string& section, const std::string& place,
                                     const std::vector<std::string>& known);

}  // namespace terrace
