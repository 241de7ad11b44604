#include "registration/interface_position.h"

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "registration/least_squares.h"

namespace terrace {

namespace {

constexpr double trial_step_cells = 0.05;

/// One cation site through all cells: a level for the substrate, a step up or down to the film, what they leave over.
struct SiteFit {
  int count = 0;
  double level = 0, step = 0;
  double left = 0;     ///< sum of squares left over
  double scatter = 0;  ///< sum of squares around the mean
  double noise() const { return count > 2 ? std::sqrt(left / (count - 2)) : std::sqrt(left); }
};

/// A boundary, counted in cells from plane 0 (cell n lies between planes n and n + 1), with its two sites. The A site's
/// boundary lies `delay` cells further: 0 where the film begins with its A plane, 1 where it begins with its B plane.
struct Fit {
  double boundary = 0;
  int delay = 0;
  SiteFit sites[2];

  /// Twice the log-likelihood, the noise of each site being unknown but hardly below 4 % of its scatter: columns
  /// differ by channelling, drift and few phonon configurations before they differ by counting.
  double likelihood() const {
    double sum = 0;
    for (const auto& site : sites)
      if (site.count > 2) sum -= (site.count - 2) * std::log(site.left + 0.0016 * site.scatter + 1e-30);
    return sum;
  }
};

/// The film's share of cell n, which reaches from n to n + 1: an error function averaged over the cell, so that a
/// partly converted cell (a buried step) counts with its share.
double film_share(int cell, double boundary, double width) {
  const auto antiderivative = [&](double x) {
    const double t = (x - boundary) / width;
    return width * (0.5 * t * std::erfc(-t / std::sqrt(2.0)) + std::exp(-t * t / 2) / std::sqrt(2 * pi));
  };
  return antiderivative(cell + 1.0) - antiderivative(cell);
}

double brightness(const AtomicPlane& plane, int site) { return site ? plane.brightness_b : plane.brightness_a; }

double scatter(const std::vector<AtomicPlane>& planes, int site, int& count) {
  double sum = 0, squares = 0;
  count = 0;
  for (const auto& plane : planes) {
    const double value = brightness(plane, site);
    if (!std::isfinite(value)) continue;
    sum += value;
    squares += value * value;
    ++count;
  }
  return count ? std::max(0.0, squares - sum * sum / count) : 0;
}

SiteFit fit_site(const std::vector<AtomicPlane>& planes, int site, double boundary, double width) {
  SiteFit fit;
  fit.scatter = fit.left = scatter(planes, site, fit.count);
  LeastSquares equations(2);
  std::vector<double> share;
  for (int n = 0; n < static_cast<int>(planes.size()); ++n) {
    share.push_back(film_share(n, boundary, width));
    if (std::isfinite(brightness(planes[n], site))) equations.add({1, share[n]}, brightness(planes[n], site));
  }
  const auto levels = equations.solve();
  if (levels.empty()) return fit;  // nothing on one side: one level for all
  fit.level = levels[0];
  fit.step = levels[1];
  fit.left = 0;
  for (std::size_t n = 0; n < planes.size(); ++n)
    if (std::isfinite(brightness(planes[n], site)))
      fit.left += std::pow(brightness(planes[n], site) - levels[0] - levels[1] * share[n], 2);
  return fit;
}

struct Profile {
  Fit best;
  double mean = 0, spread = 0;  ///< boundary in cells, averaged over all trials by likelihood
};

/// Every boundary that leaves half a cell on each side, every width; an abrupt profile counts as likely beforehand as
/// all wide ones together.
Profile fit_profile(const std::vector<AtomicPlane>& planes) {
  const int count = static_cast<int>(planes.size());
  struct Trial {
    double boundary, likelihood;
  };
  std::vector<Trial> trials;
  Profile profile;
  double best = -1e300;
  for (double boundary = 0.5; boundary <= count - 0.5; boundary += trial_step_cells)
    for (const double width : {0.02, 0.4, 0.8, 1.2, 1.8, 2.5})
      for (const int delay : {0, 1}) {
        if (width > count / 3.0) continue;
        const Fit fit{
            boundary, delay, {fit_site(planes, 0, boundary + delay, width), fit_site(planes, 1, boundary, width)}};
        const double likelihood = fit.likelihood() - 2 * std::log(5.0) * ((width > 0.1) + delay);
        trials.push_back({boundary, likelihood});
        if (likelihood <= best) continue;
        best = likelihood;
        profile.best = fit;
      }
  double weights = 0, square = 0;
  for (const auto& trial : trials) {
    const double weight = std::exp((trial.likelihood - best) / 2);
    weights += weight;
    profile.mean += weight * trial.boundary;
    square += weight * trial.boundary * trial.boundary;
  }
  profile.mean /= weights;
  profile.spread = std::sqrt(std::max(0.0, square / weights - profile.mean * profile.mean));
  return profile;
}

double position_at(const std::vector<AtomicPlane>& planes, double index, double cell) {
  const int count = static_cast<int>(planes.size());
  const int low = std::clamp(static_cast<int>(std::floor(index)), 0, std::max(0, count - 2));
  const double spacing = count > 1 ? planes[low + 1].position - planes[low].position : cell;
  return planes[low].position + (index - low) * spacing;
}

/// One kink at plane `index`: position = p + low cell · (n − index)⁻ + high cell · (n − index)⁺.
struct Kink {
  bool good = false;
  double position = 0, low = 0, high = 0, position_error = 0, low_error = 0, high_error = 0;
};

Kink fit_kink(const std::vector<AtomicPlane>& planes, int index) {
  LeastSquares equations(3);
  const auto basis = [&](int n) {
    return std::vector<double>{1, std::min(0.0, n - index + 0.0), std::max(0.0, n - index + 0.0)};
  };
  const int count = static_cast<int>(planes.size());
  for (int n = 0; n < count; ++n) equations.add(basis(n), planes[n].position, 1 / std::pow(planes[n].error + 0.01, 2));
  const auto fit = equations.solve();
  if (fit.empty() || count < 4) return {};
  double left = 0;
  for (int n = 0; n < count; ++n) {
    const auto b = basis(n);
    left += std::pow((planes[n].position - fit[0] - fit[1] * b[1] - fit[2] * b[2]) / (planes[n].error + 0.01), 2);
  }
  const double scale = std::sqrt(std::max(1.0, left / (count - 3)));
  const auto variance = equations.variances();
  return {true,
          fit[0],
          fit[1],
          fit[2],
          scale * std::sqrt(variance[0]),
          scale * std::sqrt(variance[1]),
          scale * std::sqrt(variance[2])};
}

void place_plane(InterfacePosition& found, const std::vector<AtomicPlane>& planes, int index, double cell) {
  found.plane = planes[index].position;
  found.plane_error = planes[index].error;
  found.substrate_cell = cell;
  const Kink kink = fit_kink(planes, index);
  if (!kink.good) return;
  const int below = index, above = static_cast<int>(planes.size()) - 1 - index;
  const bool believable = std::abs(kink.position - found.plane) < 0.15 * cell;
  if (believable && kink.position_error < found.plane_error + 0.05) {
    found.plane = kink.position;
    found.plane_error = kink.position_error;
  }
  const auto take = [&](int planes_there, double value, double error, double& to, double& to_error) {
    if (planes_there < 2 || std::abs(value / cell - 1) > 0.15) return;
    to = value;
    to_error = error;
  };
  take(below, kink.low, kink.low_error, found.substrate_cell, found.substrate_cell_error);
  take(above, kink.high, kink.high_error, found.film_cell, found.film_cell_error);
}

void judge(InterfacePosition& found, const std::vector<AtomicPlane>& planes, const Profile& profile, double index) {
  const int count = static_cast<int>(planes.size());
  const SiteFit &a = profile.best.sites[0], &b = profile.best.sites[1];
  const double mean = std::abs(a.level + a.step / 2), size = std::hypot(a.step, b.step);
  const double floor = 1e-3 * mean + 1e-12;
  found.significance = std::hypot(a.step / (a.noise() + floor), b.step / (b.noise() + floor));
  // Of noise alone, the best of many trial boundaries explains about half.
  double explained = 0, weight = 0;
  for (const auto& site : profile.best.sites) {
    if (site.scatter <= 0) continue;
    explained += std::abs(site.step) * (1 - site.left / site.scatter);
    weight += std::abs(site.step);
  }
  explained = weight > 0 ? explained / weight : 0;
  found.found = found.significance > 4 && explained > 0.7 && size > 0.12 * mean;
  // A few planes always show some step: a real one is large and, with cations exchanged on both sites, opposite on
  // them.
  if (count < few_planes) found.found = found.found && size > 0.25 * mean && a.step * b.step <= 0;
  if (!found.found)
    found.reasons.push_back(
        "no interface in the scan: the columns are alike from end to end (contrast of film and "
        "substrate columns " +
        std::to_string(size / std::max(mean, 1e-12)) + " of their brightness). Give interface_angstrom if you know it");
  if (found.found && count < few_planes)
    found.reasons.push_back("only " + std::to_string(count) +
                            " A-planes in the scan: the interface may lie a cell off. Check interface_angstrom");
  if (found.found && count >= few_planes && (index < 1.5 || index > count - 1.5))
    found.reasons.push_back(
        "the interface lies at the edge of the scan, with less than two cells of one side to compare");
  if (found.found && std::abs(index - std::round(index)) > 0.35)
    found.reasons.push_back("the mean boundary lies between two A-planes: the nearest could also be the next one");
}

/// Everything but the side: the film lies at high position.
InterfacePosition find_with_film_high(const std::vector<AtomicPlane>& planes, double cell) {
  InterfacePosition found;
  const Profile profile = fit_profile(planes);
  const double index = std::clamp(profile.mean, 0.0, planes.size() - 1.0);
  found.substrate_cell = cell;
  found.boundary = position_at(planes, index, cell);
  found.boundary_error = cell * std::hypot(profile.spread, planes.size() < few_planes ? 1.0 : 0.05);
  found.begins_with_b = profile.best.delay == 1;
  place_plane(found, planes, static_cast<int>(std::lround(index)), cell);
  judge(found, planes, profile, index);
  return found;
}

/// The planes seen from the other end: a cell's B columns then stand between it and the plane that was before it.
std::vector<AtomicPlane> mirrored(const std::vector<AtomicPlane>& planes, double cell) {
  std::vector<AtomicPlane> other(planes.rbegin(), planes.rend());
  if (std::isfinite(planes.back().brightness_b))
    other.insert(other.begin(), {planes.back().position + cell, 0.2 * cell, std::nan(""), planes.back().brightness_b});
  for (std::size_t i = 0; i < other.size(); ++i) {
    other[i].position = -other[i].position;
    other[i].brightness_b = i + 1 < other.size() ? other[i + 1].brightness_b : std::nan("");
  }
  return other;
}

bool film_is_high(const std::vector<AtomicPlane>& planes) {
  const Profile profile = fit_profile(planes);
  return profile.best.sites[0].step - profile.best.sites[1].step > 0;
}

}  // namespace

InterfacePosition find_interface(const std::vector<AtomicPlane>& planes, double cell, FilmSide side) {
  InterfacePosition found;
  found.substrate_cell = cell;
  if (planes.size() < 2) {
    found.reasons.push_back("fewer than two A-planes in the scan: the interface cannot be found");
    return found;
  }
  const bool high = side == FilmSide::find ? film_is_high(planes) : side == FilmSide::high;
  found = find_with_film_high(high ? planes : mirrored(planes, cell), cell);
  found.film_high = high;
  if (high) return found;
  found.boundary = -found.boundary;
  found.plane = -found.plane;
  return found;
}

}  // namespace terrace
