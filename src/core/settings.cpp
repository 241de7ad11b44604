#include "core/settings.h"

#include <fmt/format.h>

#include <cmath>

#include "core/error.h"

namespace terrace::settings_detail {
namespace {

double number(const Config& config, const std::string& key) {
  if (const auto* value = std::get_if<double>(&config.value)) return *value;
  throw InputError(fmt::format("{}: '{}' wants a number.", config.place, key));
}

double number_within(const Config& config, const std::string& key, double low, double high) {
  const double value = number(config, key);
  if (value >= low && value <= high) return value;
  throw InputError(
      fmt::format("{}: '{}' = {} is out of range. It may lie between {} and {}.", config.place, key, value, low, high));
}

int whole_number(const Config& config, const std::string& key, double low, double high) {
  const double value = number_within(config, key, low, high);
  if (value == std::floor(value)) return static_cast<int>(value);
  throw InputError(fmt::format("{}: '{}' = {} must be a whole number.", config.place, key, value));
}

const Config::List& list_of_numbers(const Config& config, const std::string& key) {
  if (config.is_list()) return config.list();
  throw InputError(fmt::format("{}: '{}' wants a list of numbers, like [1, 2].", config.place, key));
}

bool is_choice(std::string_view text, std::string_view choices) {
  for (std::size_t start = 0; start <= choices.size();) {
    const std::size_t end = std::min(choices.find('|', start), choices.size());
    if (choices.substr(start, end - start) == text) return true;
    start = end + 1;
  }
  return false;
}

}  // namespace

void read_value(const Config& config, const std::string& key, double low, double high, std::string_view,
                double& value) {
  value = number_within(config, key, low, high);
}

void read_value(const Config& config, const std::string& key, double low, double high, std::string_view, int& value) {
  value = whole_number(config, key, low, high);
}

void read_value(const Config& config, const std::string& key, double, double, std::string_view choices,
                std::string& value) {
  const auto* text = std::get_if<std::string>(&config.value);
  if (!text) throw InputError(fmt::format("{}: '{}' wants text in quotes.", config.place, key));
  if (!choices.empty() && !is_choice(*text, choices))
    throw InputError(fmt::format("{}: '{}' = \"{}\" is not one of {}.", config.place, key, *text, choices));
  value = *text;
}

void read_value(const Config& config, const std::string& key, double low, double high, std::string_view,
                std::vector<double>& value) {
  value.clear();
  for (const auto& element : list_of_numbers(config, key)) value.push_back(number_within(element, key, low, high));
}

void read_value(const Config& config, const std::string& key, double low, double high, std::string_view,
                std::vector<int>& value) {
  value.clear();
  for (const auto& element : list_of_numbers(config, key)) value.push_back(whole_number(element, key, low, high));
}

std::string help_line(std::string_view name, const nlohmann::ordered_json& standard, double low, double high,
                      std::string_view choices, std::string_view help) {
  const std::string range = standard.is_string() ? std::string(choices) : fmt::format("{} to {}", low, high);
  return fmt::format("  {:<26} {} (default {}{})\n", name, help, standard.dump(), range.empty() ? "" : "; " + range);
}

}  // namespace terrace::settings_detail
