#include "specimen/symmetry.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>

#include "specimen/text_lines.h"

namespace terrace {
namespace {

constexpr double same_position_angstrom = 0.1;

using Row = std::array<double, 4>;  // factors of x, y, z, and the constant

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char letter : text)
    if (!std::isspace(static_cast<unsigned char>(letter)))
      kept += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return kept;
}

/// "1/2", "0.25", "2"; takes it off the front of `text`. 1 where there is no number, none where it is malformed.
std::optional<double> take_factor(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789./"), text.size());
  const auto factor = text.substr(0, end);
  text.remove_prefix(end);
  if (factor.empty()) return 1.0;
  const std::size_t bar = factor.find('/');
  const auto above = number_of(factor.substr(0, bar));
  const auto below = bar == std::string_view::npos ? std::optional(1.0) : number_of(factor.substr(bar + 1));
  if (!above || !below || *below == 0 || std::abs(*above) > 100) return {};
  return *above / *below;
}

/// One term, such as "-x", "+1/2", "2*y", added to `row`; false where it is malformed.
bool take_term(std::string_view& text, Row& row) {
  double sign = 1;
  const bool is_signed = text[0] == '+' || text[0] == '-';
  if (is_signed) {
    sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
  }
  const std::size_t before = text.size();
  const auto factor = take_factor(text);
  if (!factor) return false;
  const bool has_number = text.size() < before;
  if (has_number && !text.empty() && text[0] == '*') text.remove_prefix(1);
  const bool has_axis = !text.empty() && text[0] >= 'x' && text[0] <= 'z';
  if (!has_axis && !has_number) return false;
  row[has_axis ? text[0] - 'x' : 3] += sign * *factor;
  if (has_axis) text.remove_prefix(1);
  return text.empty() || text[0] == '+' || text[0] == '-';
}

std::optional<Row> parse_row(std::string_view text) {
  Row row{};
  if (text.empty()) return {};
  while (!text.empty())
    if (!take_term(text, row)) return {};
  return row;
}

double into_cell(double fraction) {
  const double inside = fraction - std::floor(fraction);
  return inside < 1 ? inside : 0;
}

bool same_place(const std::array<double, 3>& a, const std::array<double, 3>& b, const CellVectors& cell) {
  Vector3 apart{};
  for (int axis = 0; axis < 3; ++axis)
    for (int i = 0; i < 3; ++i) apart[i] += (a[axis] - b[axis] - std::round(a[axis] - b[axis])) * cell[axis][i];
  return std::hypot(apart[0], apart[1], apart[2]) < same_position_angstrom;
}

}  // namespace

std::array<double, 3> SymmetryOperation::apply(const std::array<double, 3>& position) const {
  auto moved = translation;
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 3; ++column) moved[row] += rotation[row][column] * position[column];
  return moved;
}

std::optional<SymmetryOperation> parse_operation(std::string_view text) {
  if (text.size() > 100) return {};
  const auto whole = without_blanks(text);
  std::string_view rest = whole;
  SymmetryOperation operation;
  for (int axis = 0; axis < 3; ++axis) {
    const std::size_t comma = rest.find(',');
    if ((comma == std::string_view::npos) != (axis == 2)) return {};
    const auto row = parse_row(rest.substr(0, comma));
    if (!row) return {};
    std::copy(row->begin(), row->begin() + 3, operation.rotation[axis].begin());
    operation.translation[axis] = (*row)[3];
    rest.remove_prefix(std::min(comma, rest.size() - 1) + 1);
  }
  return operation;
}

std::vector<std::array<double, 3>> equivalent_positions(const std::vector<SymmetryOperation>& operations,
                                                        const std::array<double, 3>& position,
                                                        const CellVectors& cell) {
  std::vector<std::array<double, 3>> found;
  for (const auto& operation : operations) {
    auto moved = operation.apply(position);
    for (double& fraction : moved) fraction = into_cell(fraction);
    const auto same = [&](const auto& other) { return same_place(moved, other, cell); };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back(moved);
  }
  return found;
}

}  // namespace terrace
