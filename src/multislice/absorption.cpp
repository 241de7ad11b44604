#include "multislice/absorption.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "core/constants.h"
#include "core/error.h"
#include "multislice/quadrature.h"
#include "multislice/scattering_factors.h"

namespace terrace {
namespace {

constexpr double step = 0.04;  // 1/Å between the curve's points
/// In Å², a mean displacement of 0.001 Å: less counts as rest. The curve's integrals grow without end as B goes to 0.
constexpr double least_b_factor = 1e-4;
constexpr double range = 4;  // curves end at multiples of this, so that grids of one size share them

using Points = std::vector<QuadraturePoint>;
/// f′/(γλ/2) at g = −step, 0, step, …: one point more at each end than interpolation needs.
using Curve = std::vector<double>;

double bessel_j0(double x) { return ::j0(x); }

/// The projected atom smeared by its vibration: 2π ∫ f(q) exp(−Bq²/4) J₀(2πqr) q dq at each radius.
std::vector<double> smeared_atom(const ScatteringFactor& factor, double b_factor, const Points& radii) {
  // Beyond this q the factor exp(−Bq²/4) is below exp(−18) = 1.5e-8.
  const double last_q = std::sqrt(4 * 18 / b_factor);
  auto frequencies = gauss_legendre_panels(graded_edges(4 / radii.back().at, 4 / radii.back().at, last_q));
  for (auto& [q, weight] : frequencies) weight *= 2 * pi * q * factor(q) * std::exp(-b_factor * q * q / 4);
  std::vector<double> result;
  for (const auto& [r, unused] : radii) {
    double sum = 0;
    for (const auto& [q, weight] : frequencies) sum += weight * bessel_j0(2 * pi * q * r);
    result.push_back(sum);
  }
  return result;
}

/// By the convolution theorem the two terms of f′ are transforms of v² and of the smeared v².
Curve compute_curve(const ScatteringFactor& factor, double b_factor, double highest) {
  // v² falls as exp(−4πr/√width): at 2√width by exp(−25).
  const double last_r = std::clamp(2 * std::sqrt(factor.widest()), 8.0, 16.0);
  const auto radii = gauss_legendre_panels(graded_edges(1e-3, 4 / highest, last_r));
  const auto smeared = smeared_atom(factor, b_factor, radii);
  std::vector<double> still_square, smeared_square;
  for (std::size_t i = 0; i < radii.size(); ++i) {
    const double v = factor.projected(radii[i].at), area = 2 * pi * radii[i].at * radii[i].weight;
    still_square.push_back(area * v * v);
    smeared_square.push_back(area * smeared[i] * smeared[i]);
  }
  Curve curve;
  for (int k = -1; (k - 2) * step < highest; ++k) {
    const double g = k * step, damping = std::exp(-b_factor * g * g / 4);
    double sum = 0;
    for (std::size_t i = 0; i < radii.size(); ++i)
      sum += (damping * still_square[i] - smeared_square[i]) * bessel_j0(2 * pi * g * radii[i].at);
    curve.push_back(sum);
  }
  return curve;
}

std::shared_ptr<const Curve> curve_of(std::string_view table, int atomic_number, double b_factor, double highest) {
  static std::mutex mutex;
  static std::map<std::tuple<std::string, int, double, double>, std::shared_ptr<const Curve>> known;
  constexpr std::size_t most =
      4096;  // a few kB each; a study that draws B anew for every sample must not fill the memory
  const auto key = std::tuple(std::string(table), atomic_number, b_factor, highest);
  {
    std::lock_guard lock(mutex);
    if (const auto found = known.find(key); found != known.end()) return found->second;
  }
  auto curve = std::make_shared<const Curve>(compute_curve(scattering_factor(table, atomic_number), b_factor, highest));
  std::lock_guard lock(mutex);
  if (known.size() >= most) known.clear();
  return known.try_emplace(key, std::move(curve)).first->second;
}

}  // namespace

AbsorptiveFormFactor::AbsorptiveFormFactor(std::string_view table, int atomic_number, double b_factor,
                                           double energy_kev, double highest)
    : scale_(lorentz_factor(energy_kev) * wavelength(energy_kev) / 2) {
  if (b_factor < 0)
    throw InputError("a Debye-Waller factor B of " + std::to_string(b_factor) +
                     " Å² is not possible (it is 8π² times a mean square). Is its sign right?");
  const double last = range * std::max(1.0, std::ceil(highest / range));
  if (b_factor >= least_b_factor) curve_ = curve_of(table, atomic_number, b_factor, last);
}

double AbsorptiveFormFactor::operator()(double g) const {
  if (!curve_) return 0;
  // Lagrange's cubic through the four nearest points; (*curve_)[0] stands at −step.
  const double position = g / step;
  const auto left = std::min(static_cast<std::size_t>(position), curve_->size() - 4);
  const double t = position - static_cast<double>(left);
  const double* y = curve_->data() + left;
  const double cubic = -t * (t - 1) * (t - 2) / 6 * y[0] + (t + 1) * (t - 1) * (t - 2) / 2 * y[1] -
                       (t + 1) * t * (t - 2) / 2 * y[2] + (t + 1) * t * (t - 1) / 6 * y[3];
  return scale_ * cubic;
}

}  // namespace terrace
