#include "multislice/engine_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "core/constants.h"
#include "microscope/source.h"
#include "multislice/direct_simulation.h"
#include "multislice/multislice.h"
#include "multislice/sector_simulation.h"

namespace terrace {
namespace {

// Seconds, measured by benchmarks/ on one core with AVX-512; only their ratio decides.
constexpr double per_pixel_of_step = 1.3e-9;
constexpr double per_product = 0.075e-9;         ///< one complex multiplication of a matrix product
constexpr double per_source_product = 0.035e-9;  ///< one real multiplication of SourceSum's smaller products
constexpr double per_bin = 1.0e-9;               ///< one plane wave's intensity, shared out

struct Cost {
  double seconds = 0, bytes = 0;
};

double stack_bytes(const PlaneWaves& plane_waves, std::int64_t waves) {
  const std::int64_t groups = (waves + lane_count - 1) / lane_count;
  return 4.0 * static_cast<double>(groups) * plane_waves.rows() * plane_waves.columns() * lane_point;
}

/// Kept by the cache and, where that cannot keep all, held by each of `walks` besides.
double transmission_bytes(const SimulationPlan& plan, const Grid& cell, int walks) {
  double distinct = 0;
  for (const auto& specimen : plan.specimens)
    distinct +=
        plan.sampling.thermal == "frozen_phonon" ? specimen.depth_count() : static_cast<double>(specimen.slabs.size());
  const double one = 8.0 * static_cast<double>(cell.pixels()), all = one * distinct;
  const auto kept = static_cast<double>(transmission_cache_bytes), held = static_cast<double>(stretch_bytes);
  return all <= kept ? all : kept + walks * (std::min(all, held) + one);
}

double states_of(const View& view) { return static_cast<double>(coherent_states(view.microscope).size()); }

double seen(const SimulationPlan& plan) {
  double most = 0;
  for (const auto& view : plan.views) {
    const Detector detector(plan.grid, view.microscope, view.camera);
    most = std::max(most, 1.0 * detector.numbers_y().count() * detector.numbers_x().count());
  }
  return most;
}

Cost direct_cost(const SimulationPlan& plan, int threads) {
  const PlaneWaves plane_waves(plan.grid);
  const double waves_seen = seen(plan), pixels = static_cast<double>(plan.grid.pixels());
  Cost cost;
  double most_waves = 0, frame = 0;
  for (const auto& shot : group_views(plan)) {
    const double states = states_of(*shot.first);
    const double waves = static_cast<double>(shot.first->positions.size()) * states * configurations(plan.sampling);
    const FamilyTree tree(plan.specimens, exits_of(plan, shot));
    cost.seconds += waves * static_cast<double>(tree.steps()) * pixels * per_pixel_of_step;
    cost.seconds += waves * static_cast<double>(shot.views.size()) * waves_seen * per_bin;
    const int positions =
        std::min<int>(positions_per_walk(static_cast<int>(states)), static_cast<int>(shot.first->positions.size()));
    most_waves = std::max(most_waves, positions * states);
    frame = std::max(frame, 4.0 * positions * plan.pixels() * plan.pixels());
  }
  const FamilyTree tree(plan.specimens, plan.exits);
  cost.bytes =
      program_bytes + transmission_bytes(plan, plan.grid, threads) +
      threads * (tree.stacks_at_once() * stack_bytes(plane_waves, static_cast<std::int64_t>(most_waves)) + frame);
  return cost;
}

double one_matrix_bytes(const SectorPlan& sectors, double beams, double waves_seen) {
  return 4.0 * waves_seen / sectors.repeats() * 2 * beams;
}

/// What SourceSum does for a view, on average over the parts of the window's beams, by the aperture's area.
struct SourceSumSize {
  double beams, rows, points_x, points_y;  // of one part

  SourceSumSize(const SimulationPlan& plan, const View& view, int repeats) {
    const double radius = view.microscope.semiangle_mrad * 1e-3 / wavelength(view.microscope.energy_kev);
    const double columns = 2 * radius * plan.grid.extent_x;
    rows = std::max(1.0, 2 * radius * plan.grid.extent_y / repeats);
    beams = std::max(1.0, pi / 4 * columns * rows);
    std::vector<double> xs, ys;
    for (const auto& position : view.positions) xs.push_back(position.x), ys.push_back(position.y);
    const double sigma = source_sigma(view.microscope);
    points_x = SourceGridAxis({static_cast<int>(columns), plan.grid.extent_x}, xs, sigma).points();
    points_y = SourceGridAxis({static_cast<int>(rows), plan.grid.extent_y / repeats}, ys, sigma).points();
  }
  /// Real multiplications for each plane wave.
  double products(double states, double positions) const {
    const double grids = std::ceil(positions / positions_per_source);
    return grids * states * 4 * points_x * (beams + rows * points_y) + points_x * points_y * positions;
  }
  double bytes(double states, double positions, double waves, int threads) const {
    const double scratch = points_x * (waves_per_source_block * (2 * rows + points_y) + 2 * points_y) * threads;
    return 4.0 * (scratch + 4 * states * beams * points_x + positions * (points_x * points_y + waves));
  }
};

/// Adds one view's sums over the scattering matrix. `waves` are seen by the camera.
void add_view_cost(const SimulationPlan& plan, const View& view, const SectorPlan& sectors, double waves, int threads,
                   Cost& cost) {
  if (view.positions.empty()) return;
  const double patterns = static_cast<double>(view.positions.size());
  const double states = static_cast<double>(defocus_states(view.microscope).size());
  const double frame = 4.0 * plan.pixels() * plan.pixels(), lines = waves / sectors.repeats();
  double bytes = 0;
  if (view.microscope.source_fwhm_angstrom > 0) {
    const SourceSumSize size(plan, view, sectors.repeats());
    const double together = std::min<double>(patterns, positions_per_source);
    cost.seconds += waves * (size.products(states, patterns) * per_source_product + patterns * per_bin);
    bytes = size.bytes(states, together, lines, threads) + together * frame;
  } else {
    const double together = std::min<double>(patterns, positions_per_product);
    cost.seconds += patterns * states * waves * (sectors.most_beams() * per_product + per_bin);
    bytes = threads * together * (4.0 * (5 * lines + 4.0 * sectors.most_beams()) + frame);
  }
  cost.bytes = std::max(cost.bytes, bytes);
}

Cost sector_cost(const SimulationPlan& plan, const SectorPlan& sectors, int threads) {
  const PlaneWaves plane_waves(plan.grid, {0, sectors.repeats()});
  const FamilyTree tree(plan.specimens, plan.exits);
  const double waves = seen(plan);
  Cost cost;
  for (const auto& view : plan.views) add_view_cost(plan, view, sectors, waves, threads, cost);
  cost.seconds += static_cast<double>(sectors.beams() * tree.steps() * plane_waves.cell().pixels()) * per_pixel_of_step;
  cost.bytes += program_bytes + transmission_bytes(plan, plane_waves.cell(), 1) +
                one_matrix_bytes(sectors, sectors.most_beams(), waves) +
                tree.stacks_at_once() * stack_bytes(plane_waves, sectors.most_beams());
  return cost;
}

}  // namespace

MatrixBytes matrix_bytes(const SimulationPlan& plan) {
  const SectorPlan sectors(plan);
  const double waves = seen(plan);
  MatrixBytes bytes;
  for (const auto& sector : sectors.sectors()) {
    const double one = one_matrix_bytes(sectors, static_cast<double>(sector->beams.size()), waves);
    bytes.all += one;
    bytes.largest = std::max(bytes.largest, one);
  }
  return bytes;
}

double slowness_of_this_machine() {
  const Grid grid{32, 256, 4, 32};
  const auto plane_waves = std::make_shared<const PlaneWaves>(grid);
  Multislice multislice(plane_waves, 200);
  Waves waves(plane_waves, lane_count);
  const std::vector<Slice> slices(8, {std::make_shared<const Transmission>(Transmission({32, 256})), 2});
  std::vector<double> seconds;  // of this process alone, however busy the machine
  for (int i = 0; i < 7; ++i) {
    const auto start = std::clock();
    multislice.run(waves, slices);
    seconds.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  std::nth_element(seconds.begin(), seconds.begin() + 3, seconds.end());
  return seconds[3] / (per_pixel_of_step * static_cast<double>(grid.pixels()) * lane_count * std::ssize(slices));
}

std::string name_of(Engine engine) { return engine == Engine::direct ? "direct multislice" : "scattering matrix"; }

EngineChoice choose_engine(const SimulationPlan& plan, int threads) {
  const auto& asked = plan.sampling.engine;
  const auto against = asked == "direct" ? std::string() : SectorPlan::reason_against(plan);
  if (asked == "direct" || (asked == "auto" && !against.empty())) {
    const auto cost = direct_cost(plan, threads);
    return {Engine::direct, asked == "direct" ? "as asked for" : against, cost.seconds, cost.bytes};
  }
  const SectorPlan sectors(plan);
  const auto with = sector_cost(plan, sectors, threads);
  const auto where = sectors.repeats() == 1
                         ? std::string("the whole window at once")
                         : fmt::format("{0} sectors, each in 1/{0} of the window", sectors.repeats());
  const auto what = fmt::format("{}, {} beams{}", where, sectors.beams(),
                                sectors.mirrored() ? ", opposite sectors by their mirror" : "");
  if (asked == "sectors") return {Engine::sectors, what + ", as asked for", with.seconds, with.bytes};
  const auto without = direct_cost(plan, threads);
  if (with.seconds < without.seconds)
    return {Engine::sectors,
            fmt::format("{}; {:.1f} times less work than direct", what, without.seconds / with.seconds), with.seconds,
            with.bytes};
  return {Engine::direct,
          fmt::format("{:.1f} times less work than a scattering matrix of {} beams", with.seconds / without.seconds,
                      sectors.beams()),
          without.seconds, without.bytes};
}

}  // namespace terrace
