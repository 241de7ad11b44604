#include "multislice/pacbed.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

#include "core/constants.h"
#include "core/error.h"
#include "core/threads.h"
#include "microscope/aperture.h"
#include "multislice/multislice.h"
#include "specimen/plane_symmetry.h"

namespace terrace {
namespace {

constexpr double default_pixel_angstrom = 0.1;

int repeats_for(double width, double energy_kev, double step_mrad) {
  return std::max(1, static_cast<int>(std::ceil(1e3 * wavelength(energy_kev) / (width * step_mrad) - 1e-9)));
}

int pixels_of(int asked, double width) {
  return asked > 0 ? asked : fast_transform_size(width / default_pixel_angstrom);
}

int positive_remainder(int number, int divisor) { return (number % divisor + divisor) % divisor; }

/// |A|² of the plane wave at (y, x) mrad from the aperture's centre, as probe.h forms it with a soft edge: the square
/// of the share of its reciprocal pixel inside.
double aperture_weight(double radius, double y, double x, double step_y, double step_x) {
  const double distance = std::hypot(y, x), half_diagonal = std::hypot(step_y, step_x) / 2;
  if (distance + half_diagonal <= radius) return 1;
  if (distance - half_diagonal >= radius) return 0;
  const double area = area_inside_disc(radius, y - step_y / 2, y + step_y / 2, x - step_x / 2, x + step_x / 2);
  return std::pow(area / (step_y * step_x), 2);
}

}  // namespace

/// Sends the directions of one Bloch sector along both axes: they share a propagator, and one repeat of the window.
class PacbedTable::Propagation {
 public:
  Propagation(const PacbedPlan& plan, PacbedTable& table)
      : plan_(plan),
        table_(table),
        window_{table.repeats_y_ * pixels_of(plan.sampling.pixels_y, plan.period.width_y),
                table.repeats_x_ * pixels_of(plan.sampling.pixels_x, plan.period.width_x),
                table.repeats_y_ * plan.period.width_y, table.repeats_x_ * plan.period.width_x},
        transmissions_(PlaneWaves(window_, {0, table.repeats_y_}, {0, table.repeats_x_}).cell(), plan.energy_kev,
                       plan.sampling) {
    for (int i = 0; i < std::ssize(table.sent_); ++i) by_sector_[table.sector_of(table.sent_[i])].push_back(i);
  }

  std::vector<Direction> sectors() const {
    std::vector<Direction> sectors;
    for (const auto& [sector, directions] : by_sector_) sectors.push_back(sector);
    return sectors;
  }

  void run(Direction sector) const {
    const auto plane_waves = std::make_shared<const PlaneWaves>(window_, BlochSector{sector.y, table_.repeats_y_},
                                                                BlochSector{sector.x, table_.repeats_x_});
    const auto& directions = by_sector_.at(sector);
    Waves waves(plane_waves, static_cast<int>(directions.size()));
    for (int wave = 0; wave < waves.count(); ++wave)
      waves.set_amplitude(wave, table_.sent_[directions[wave]].y, table_.sent_[directions[wave]].x, 1);
    Multislice multislice(plane_waves, plan_.energy_kev);
    const auto period = slices();
    int done = 0;
    for (int exit = 0; exit < table_.exits(); ++exit) {
      for (; done < plan_.periods[exit]; ++done) multislice.run(waves, period);
      for (int wave = 0; wave < waves.count(); ++wave) keep(waves, wave, exit, directions[wave]);
    }
  }

 private:
  std::vector<Slice> slices() const {
    const auto& crystal = plan_.period;
    std::vector<Slice> result;
    for (int depth = 0; depth < crystal.depth_count(); ++depth)
      result.push_back({transmissions_.at(crystal.slab_at(depth), depth, 0), crystal.slab_at(depth).thickness});
    return result;
  }

  void keep(const Waves& waves, int wave, int exit, int direction) const {
    for (int y = -table_.orders_y_; y <= table_.orders_y_; ++y)
      for (int x = -table_.orders_x_; x <= table_.orders_x_; ++x)
        table_.numbers_(exit, direction, y + table_.orders_y_, x + table_.orders_x_) =
            std::norm(waves.amplitude(wave, table_.sent_[direction].y + y * table_.repeats_y_,
                                      table_.sent_[direction].x + x * table_.repeats_x_));
  }

  const PacbedPlan& plan_;
  PacbedTable& table_;
  Grid window_;
  TransmissionSource transmissions_;
  std::map<Direction, std::vector<int>> by_sector_;
};

PacbedTable::PacbedTable(const PacbedPlan& plan, int threads, const Progress& progress) {
  if (plan.sampling.thermal == "frozen_phonon")
    throw InputError("Position-averaged patterns by plane waves know no frozen phonons. Use thermal = \"absorptive\".");
  if (plan.periods.empty() || plan.periods.front() < 0 || !std::is_sorted(plan.periods.begin(), plan.periods.end()))
    throw InputError("Thicknesses of a series must be given, in ascending order.");
  repeats_y_ = repeats_for(plan.period.width_y, plan.energy_kev, plan.step_mrad);
  repeats_x_ = repeats_for(plan.period.width_x, plan.energy_kev, plan.step_mrad);
  step_y_ = 1e3 * wavelength(plan.energy_kev) / (repeats_y_ * plan.period.width_y);
  step_x_ = 1e3 * wavelength(plan.energy_kev) / (repeats_x_ * plan.period.width_x);
  widest_ = plan.widest_mrad;
  mirror_y_ = has_symmetry(plan.period, PlaneOperation::mirror_y);
  mirror_x_ = has_symmetry(plan.period, PlaneOperation::mirror_x);
  exchange_ = has_symmetry(plan.period, PlaneOperation::exchange);
  const int most_y = static_cast<int>(std::floor(widest_ / step_y_)) + 1;
  const int most_x = static_cast<int>(std::floor(widest_ / step_x_)) + 1;
  for (int y = -most_y; y <= most_y; ++y)
    for (int x = -most_x; x <= most_x; ++x)
      if (std::hypot(y * step_y_, x * step_x_) <= widest_ + std::max(step_y_, step_x_) &&
          turn_of({y, x}).sent == Direction{y, x})
        sent_.push_back({y, x});
  orders_y_ = static_cast<int>(std::ceil((plan.reach_mrad + widest_) / (step_y_ * repeats_y_)));
  orders_x_ = static_cast<int>(std::ceil((plan.reach_mrad + widest_) / (step_x_ * repeats_x_)));
  numbers_ = Array<float, 4>({std::ssize(plan.periods), std::ssize(sent_), 2 * orders_y_ + 1, 2 * orders_x_ + 1});

  const Propagation propagation(plan, *this);
  const auto sectors = propagation.sectors();
  std::mutex one_at_a_time;
  std::int64_t done = 0;
  parallel_for(std::ssize(sectors), threads, [&](std::int64_t i) {
    propagation.run(sectors[i]);
    const std::lock_guard guard(one_at_a_time);
    ++done;
    if (progress) progress("position-averaged patterns", done, std::ssize(sectors));
  });
}

PacbedTable::Direction PacbedTable::sector_of(Direction direction) const {
  return {positive_remainder(direction.y, repeats_y_), positive_remainder(direction.x, repeats_x_)};
}

bool PacbedTable::is_turned(int number, int repeats) {
  const int here = positive_remainder(number, repeats), there = positive_remainder(-number, repeats);
  return here != there ? here > there : number < 0;
}

PacbedTable::Turn PacbedTable::turn_of(Direction direction) const {
  Turn turn;
  if (mirror_y_ && is_turned(direction.y, repeats_y_)) turn.sign_y = -1;
  if (mirror_x_ && is_turned(direction.x, repeats_x_)) turn.sign_x = -1;
  const Direction mirrored{turn.sign_y * direction.y, turn.sign_x * direction.x};
  const Direction sector = sector_of(mirrored);
  turn.exchanged = exchange_ && (sector.y != sector.x ? sector.y > sector.x : mirrored.y > mirrored.x);
  turn.sent = turn.exchanged ? Direction{mirrored.x, mirrored.y} : mirrored;
  return turn;
}

void PacbedTable::add_direction(int exit, Direction direction, double weight, Array<double, 2>& pattern) const {
  const Turn turn = turn_of(direction);
  const auto sent = std::lower_bound(sent_.begin(), sent_.end(), turn.sent) - sent_.begin();
  const int middle_y = static_cast<int>(pattern.extent(0) / 2), middle_x = static_cast<int>(pattern.extent(1) / 2);
  for (int order_y = -orders_y_; order_y <= orders_y_; ++order_y) {
    const int row = middle_y + direction.y + turn.sign_y * order_y * repeats_y_;
    if (row < 0 || row >= pattern.extent(0)) continue;
    for (int order_x = -orders_x_; order_x <= orders_x_; ++order_x) {
      const int column = middle_x + direction.x + turn.sign_x * order_x * repeats_x_;
      if (column < 0 || column >= pattern.extent(1)) continue;
      pattern(row, column) +=
          weight * (turn.exchanged ? numbers_(exit, sent, order_x + orders_x_, order_y + orders_y_)
                                   : numbers_(exit, sent, order_y + orders_y_, order_x + orders_x_));
    }
  }
}

Array<double, 2> PacbedTable::pattern(int exit, const PacbedAperture& aperture) const {
  const double tilt = std::hypot(aperture.tilt_y_mrad, aperture.tilt_x_mrad);
  if (aperture.semiangle_mrad + tilt > widest_ + 1e-6)
    throw InputError(fmt::format("An aperture of {:.2f} mrad tilted by {:.2f} leaves the {:.2f} mrad that were sent.",
                                 aperture.semiangle_mrad, tilt, widest_));
  const int half_y = orders_y_ * repeats_y_, half_x = orders_x_ * repeats_x_;
  Array<double, 2> pattern({2 * half_y + 1, 2 * half_x + 1});
  double total = 0;
  const int most_y = static_cast<int>(std::floor(widest_ / step_y_)) + 1;
  const int most_x = static_cast<int>(std::floor(widest_ / step_x_)) + 1;
  for (int y = -most_y; y <= most_y; ++y)
    for (int x = -most_x; x <= most_x; ++x) {
      const double weight = aperture_weight(aperture.semiangle_mrad, y * step_y_ - aperture.tilt_y_mrad,
                                            x * step_x_ - aperture.tilt_x_mrad, step_y_, step_x_);
      if (weight <= 0) continue;
      add_direction(exit, {y, x}, weight, pattern);
      total += weight;
    }
  for (double& value : pattern) value /= total;
  return pattern;
}

}  // namespace terrace
