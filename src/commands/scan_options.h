// Settings structs as command-line options: every field of the list becomes --field-name.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "commands/command.h"
#include "formats/scan_overrides.h"
#include "registration/registration.h"

namespace terrace {

/// A range check that keeps its bounds to itself: options have no room for them in --help.
inline CLI::Validator range_of(double low, double high) {
  return CLI::Validator(
      [low, high](const std::string& text) {
        double value = 0;
        if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high) return std::string();
        return fmt::format("{} is not a number from {} to {}", text, low, high);
      },
      "");
}

/// Adds one option a field of S, in the group `group`; an option that is there already is left as it is.
template <class S>
void add_settings_options(CLI::App& app, S& settings, const std::string& group) {
  for (const auto& field : fields(&settings)) {
    std::string name = "--" + std::string(field.name);
    std::replace(name.begin(), name.end(), '_', '-');
    if (app.get_option_no_throw(name)) continue;
    std::visit(
        [&](auto member) {
          auto* option = app.add_option(name, settings.*member, std::string(field.help))->group(group);
          using Value = std::remove_cvref_t<decltype(settings.*member)>;
          if constexpr (std::is_same_v<Value, std::string>) {
            if (!field.choices.empty())
              option->check(CLI::IsMember(CLI::detail::split(std::string(field.choices), '|')));
          } else {
            option->check(range_of(field.low, field.high));
          }
          if constexpr (!std::is_arithmetic_v<Value> && !std::is_same_v<Value, std::string>)
            option->delimiter(',')->expected(1, 4);
        },
        field.member);
  }
}

}  // namespace terrace
