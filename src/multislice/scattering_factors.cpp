#include "multislice/scattering_factors.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "core/constants.h"
#include "core/embedded.h"
#include "core/error.h"
#include "specimen/element.h"

extern "C" {
extern const char lobato_json_begin[], lobato_json_end[];
extern const char kirkland_json_begin[], kirkland_json_end[];
}

namespace terrace {
namespace {

using Table = std::map<int, ScatteringFactor>;
using Json = nlohmann::json;

/// f = Σ a (2 + bq²) / (1 + bq²)² = Σ a / (1 + bq²) + a / (1 + bq²)².
ScatteringFactor lobato_factor(const Json& numbers) {
  ScatteringFactor factor;
  for (std::size_t i = 0; i < numbers.at(0).size(); ++i) {
    const ScatteringFactor::Term term{numbers.at(0).at(i), numbers.at(1).at(i)};
    factor.lorentzians.push_back(term);
    factor.squared_lorentzians.push_back(term);
  }
  return factor;
}

/// f = Σ a / (q² + b) + Σ c exp(−dq²).
ScatteringFactor kirkland_factor(const Json& numbers) {
  ScatteringFactor factor;
  for (std::size_t i = 0; i < numbers.at(0).size(); ++i) {
    const double a = numbers.at(0).at(i), b = numbers.at(1).at(i);
    factor.lorentzians.push_back({a / b, 1 / b});
    factor.gaussians.push_back({numbers.at(2).at(i), numbers.at(3).at(i)});
  }
  return factor;
}

template <class Read>
Table read_table(std::string_view text, Read read) {
  const auto json = Json::parse(text);
  Table table;
  for (const auto& [name, numbers] : json.items()) table[atomic_number(name)] = read(numbers);
  return table;
}

const Table& table_called(std::string_view name) {
  // A static inside a function is made once, by whichever thread comes first.
  static const Table lobato = read_table(embedded_text(lobato_json_begin, lobato_json_end), lobato_factor);
  static const Table kirkland = read_table(embedded_text(kirkland_json_begin, kirkland_json_end), kirkland_factor);
  if (name == "lobato") return lobato;
  if (name == "kirkland") return kirkland;
  throw InputError("no table of scattering factors is called '" + std::string(name) +
                   "' (there are 'lobato' and 'kirkland'). Try 'lobato'?");
}

double transform_of_lorentzian(const ScatteringFactor::Term& term, double r) {
  return term.height * 2 * pi / term.width * std::cyl_bessel_k(0, 2 * pi * r / std::sqrt(term.width));
}

double transform_of_squared_lorentzian(const ScatteringFactor::Term& term, double r) {
  const double root = std::sqrt(term.width);
  return term.height * 2 * pi * pi * r / (root * term.width) * std::cyl_bessel_k(1, 2 * pi * r / root);
}

double transform_of_gaussian(const ScatteringFactor::Term& term, double r) {
  return term.height * pi / term.width * std::exp(-pi * pi * r * r / term.width);
}

}  // namespace

double ScatteringFactor::operator()(double q) const {
  const double q2 = q * q;
  double f = 0;
  for (const auto& [height, width] : lorentzians) f += height / (1 + width * q2);
  for (const auto& [height, width] : squared_lorentzians) f += height / ((1 + width * q2) * (1 + width * q2));
  for (const auto& [height, width] : gaussians) f += height * std::exp(-width * q2);
  return f;
}

double ScatteringFactor::projected(double r) const {
  double sum = 0;
  for (const auto& term : lorentzians) sum += transform_of_lorentzian(term, r);
  for (const auto& term : squared_lorentzians) sum += transform_of_squared_lorentzian(term, r);
  for (const auto& term : gaussians) sum += transform_of_gaussian(term, r);
  return sum;
}

double ScatteringFactor::widest() const {
  double widest = 0;
  for (const auto& term : lorentzians) widest = std::max(widest, term.width);
  return widest;
}

const ScatteringFactor& scattering_factor(std::string_view table, int atomic_number) {
  const auto& factors = table_called(table);
  const auto found = factors.find(atomic_number);
  if (found == factors.end())
    throw InputError("atomic number " + std::to_string(atomic_number) + " is not in the table '" + std::string(table) +
                     "' (it holds 1, hydrogen, to 103, lawrencium). Is the structure's list of elements right?");
  return found->second;
}

}  // namespace terrace
