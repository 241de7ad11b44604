#include "registration/column_contrast.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "core/constants.h"
#include "registration/least_squares.h"

namespace terrace {

namespace {

using Coefficient = std::complex<double>;

/// Along the interface, for a first look.
constexpr double least_cells = 0.6;
constexpr int least_rows = 3;

/// The coefficients c with image ≈ c0 + Re(c exp(−2πi v / cell)) of every column, and what they leave over.
struct Harmonic {
  std::vector<Coefficient> coefficients;
  double power = 0;                ///< Σ |c|²
  double residual = 0;             ///< mean square left over per degree of freedom; 0 where none is left
  bool residual_is_noise = false;  ///< enough rows to tell noise from harmonics that were left out
};

std::vector<double> basis_at(double v, double cell, int unknowns) {
  std::vector<double> basis = {1};
  for (int order = 1; 2 * order < unknowns; ++order) {
    basis.push_back(std::cos(2 * pi * order * v / cell));
    basis.push_back(std::sin(2 * pi * order * v / cell));
  }
  return basis;
}

/// As many as rows and sampling can tell apart: what is left out would leak into the first one.
int harmonics_fitted(int rows, double rows_per_cell) {
  return std::clamp(std::min((rows - 1) / 4, static_cast<int>((rows_per_cell - 1) / 2.1)), 1, 4);
}

/// Empty coefficients where the scan does not settle them (too few rows or far less than a cell).
Harmonic fit_harmonic(const ColumnImage& columns, double cell) {
  const int rows = columns.fewest_rows(), height = static_cast<int>(columns.image.extent(0)),
            width = static_cast<int>(columns.image.extent(1));
  const int unknowns = 1 + 2 * harmonics_fitted(rows, cell / columns.step_along);
  Harmonic harmonic;
  harmonic.residual_is_noise = rows >= 3 * unknowns;
  if (rows < least_rows || rows * columns.step_along < least_cells * cell) return harmonic;
  std::vector<std::vector<double>> basis;
  for (int v = 0; v < height; ++v) basis.push_back(basis_at(v * columns.step_along, cell, unknowns));
  for (int u = 0; u < width; ++u) {
    LeastSquares equations(unknowns);
    int count = 0;
    for (int v = 0; v < height; ++v)
      if (std::isfinite(columns.image(v, u))) equations.add(basis[v], columns.image(v, u)), ++count;
    const auto fit = equations.solve();
    if (fit.empty()) return {};
    harmonic.coefficients.push_back(Coefficient(fit[1], fit[2]) *
                                    std::polar(1.0, 2 * pi * columns.along_at_row_0(u) / cell));
    harmonic.power += fit[1] * fit[1] + fit[2] * fit[2];
    for (int v = 0; v < height && count > unknowns; ++v) {
      double left = columns.image(v, u);
      if (!std::isfinite(left)) continue;
      for (int i = 0; i < unknowns; ++i) left -= fit[i] * basis[v][i];
      harmonic.residual += left * left / ((count - unknowns) * static_cast<double>(width));
    }
  }
  return harmonic;
}

}  // namespace

bool cell_is_measurable(const ColumnImage& columns, double cell) {
  const int rows = columns.most_rows();
  return rows * columns.step_along >= 2.5 * cell && rows >= 8;
}

std::vector<Coefficient> row_harmonics(const ColumnImage& columns, double cell) {
  return fit_harmonic(columns, cell).coefficients;
}

double best_cell(const ColumnImage& columns, double nominal) {
  constexpr int trials = 41;
  std::vector<double> left;
  const auto trial_cell = [&](double i) { return nominal * (0.95 + 0.1 * i / (trials - 1)); };
  for (int i = 0; i < trials; ++i) left.push_back(fit_harmonic(columns, trial_cell(i)).residual);
  const int top = static_cast<int>(std::min_element(left.begin(), left.end()) - left.begin());
  if (top == 0 || top == trials - 1) return nominal;
  const double bend = left[top - 1] - 2 * left[top] + left[top + 1];
  return trial_cell(bend > 0 ? top + 0.5 * (left[top - 1] - left[top + 1]) / bend : top);
}

namespace {

/// The contrast with the row phase known: one coefficient of (cos − its mean) per column. Two rows are enough.
std::vector<double> contrast_at(const ColumnImage& columns, double cell, double column) {
  const int rows = static_cast<int>(columns.image.extent(0)), width = static_cast<int>(columns.image.extent(1));
  std::vector<double> profile;
  for (int u = 0; u < width; ++u) {
    LeastSquares equations(2);
    for (int v = 0; v < rows; ++v)
      if (std::isfinite(columns.image(v, u)))
        equations.add({1, std::cos(2 * pi * (columns.along(v, u) - column) / cell)}, columns.image(v, u));
    const auto fit = equations.solve();
    if (fit.empty()) return {};
    profile.push_back(fit[1]);
  }
  return profile;
}

double sum_of_cubes(const std::vector<double>& profile) {
  double sum = 0;
  for (const double value : profile) sum += value * value * value;
  return sum;
}

ColumnContrast with_known_column(const ColumnImage& columns, const LatticePrior& prior) {
  ColumnContrast contrast;
  contrast.cell = prior.cell;
  contrast.column = prior.column;
  contrast.profile = contrast_at(columns, prior.cell, prior.column);
  contrast.found = !contrast.profile.empty();
  if (!contrast.found) contrast.reason = "the scan has too few rows along the interface to tell A columns from B";
  return contrast;
}

/// The common phase of all positions' coefficients, and the profile of what is in phase: from Σ c², whose angle is
/// twice the phase, its sign from the cubes.
double common_phase(const Harmonic& harmonic, double sign, std::vector<double>& profile) {
  Coefficient squares = 0;
  for (const auto& c : harmonic.coefficients) squares += c * c;
  const double phase = std::arg(squares) / 2;
  for (const auto& c : harmonic.coefficients) profile.push_back((c * std::polar(1.0, -phase)).real());
  if (sign * sum_of_cubes(profile) >= 0) return phase;
  for (double& value : profile) value = -value;
  return phase + pi;
}

/// Sets the errors and judges whether rows stand out; what is out of phase measures how well the phase is known.
void judge(ColumnContrast& contrast, const Harmonic& harmonic, double phase, double length) {
  const double width = static_cast<double>(contrast.profile.size()), power = std::max(harmonic.power, 1e-300);
  double out = 0;
  for (const auto& c : harmonic.coefficients) out += std::norm((c * std::polar(1.0, -phase)).imag());
  contrast.column_error = std::max(0.002, contrast.cell / (2 * pi) * std::sqrt(out / width / power));
  contrast.cell_error = contrast.column_error * contrast.cell * 3.5 / length;
  // Random phases would leave half of the power out of phase, give or take its 1/√width.
  const double agreement = 1 - 2 * out / power, size = std::sqrt(power / width);
  contrast.found =
      size > 1e-5 && size > 1.8 * contrast.noise && agreement > std::clamp(2.5 / std::sqrt(width), 0.3, 0.8);
  if (!contrast.found)
    contrast.reason = "no lattice rows stand out along the interface (the image is flat or too noisy)";
}

}  // namespace

ColumnContrast find_column_contrast(const ColumnImage& columns, const LatticePrior& prior) {
  if (std::isfinite(prior.column)) return with_known_column(columns, prior);
  ColumnContrast contrast;
  contrast.cell = prior.cell;
  const int rows = columns.most_rows();
  contrast.cell_measured = cell_is_measurable(columns, prior.cell);
  if (contrast.cell_measured) contrast.cell = best_cell(columns, prior.cell);
  const auto harmonic = fit_harmonic(columns, contrast.cell);
  if (harmonic.coefficients.empty()) {
    contrast.reason = fmt::format(
        "the scan covers too little along the interface ({:.2f} Å in {} rows; {} cells and {} rows are needed)",
        rows * columns.step_along, rows, least_cells, least_rows);
    return contrast;
  }
  const double phase = common_phase(harmonic, prior.sign, contrast.profile);
  contrast.column = std::fmod(phase / (2 * pi) * contrast.cell + 2 * contrast.cell, contrast.cell);
  contrast.noise = harmonic.residual_is_noise ? std::sqrt(2 * harmonic.residual / rows) : 0;
  judge(contrast, harmonic, phase, rows * columns.step_along);
  return contrast;
}

}  // namespace terrace
