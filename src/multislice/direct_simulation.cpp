#include "multislice/direct_simulation.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <stdexcept>

#include "core/threads.h"
#include "microscope/probe.h"
#include "multislice/detector.h"
#include "multislice/multislice.h"

namespace terrace {
namespace {

/// to[point · count + lane] += weight · |amplitude|² of consecutive points.
#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void
add_lanes(const float* __restrict from, int points, int lanes, int count, float weight, float* __restrict to) {
  for (int point = 0; point < points; ++point, from += lane_point, to += count)
    for (int lane = 0; lane < lanes; ++lane)
      to[lane] += weight * (from[lane] * from[lane] + from[lane_count + lane] * from[lane_count + lane]);
}

/// What all walks of one shot share.
class ShotSimulation {
 public:
  ShotSimulation(const SimulationPlan& plan, const Shot& shot, const TransmissionSource& transmissions,
                 std::shared_ptr<const PlaneWaves> plane_waves)
      : plan_(plan),
        shot_(shot),
        transmissions_(transmissions),
        plane_waves_(std::move(plane_waves)),
        probe_(plan.grid, shot.first->microscope),
        detector_(plan.grid, shot.first->microscope, shot.first->camera),
        tree_(plan.specimens, exits_of(plan, shot)) {}

  int states() const { return static_cast<int>(probe_.states().size()); }

  /// The patterns of positions first … last − 1 in one phonon configuration.
  void walk(std::int64_t first, std::int64_t last, int configuration, const PatternPlace& place) const {
    const int count = static_cast<int>(last - first);
    Multislice multislice(plane_waves_, shot_.first->microscope.energy_kev);
    const auto on_exit = [&](int exit, const Waves& waves) {
      const auto frame = frame_of(waves, count);
      const std::int64_t pixels = std::int64_t{detector_.pixels()} * detector_.pixels();
      for (int position = 0; position < count; ++position) {
        const auto pattern = place(shot_.views[exit], first + position);
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel) pattern[pixel] += frame[pixel * count + position];
      }
    };
    tree_.run(multislice, transmissions_, entrance(first, count), configuration, on_exit);
  }

 private:
  /// Wave number = state · positions + position.
  Waves entrance(std::int64_t first, int count) const {
    Waves waves(plane_waves_, states() * count);
    for (int wave = 0; wave < waves.count(); ++wave)
      set_probe(waves, wave, probe_, shot_.first->positions[first + wave % count], probe_.states()[wave / count]);
    return waves;
  }

  /// intensities[number_x][position] of one row of plane waves, summed over states.
  void add_intensities(const Waves& waves, int row, int count, std::vector<float>& intensities) const {
    const auto range = detector_.numbers_x();
    const int first_column = plane_waves_->column_of(range.first);
    const float share = 1.0f / static_cast<float>(configurations(plan_.sampling));
    std::fill(intensities.begin(), intensities.end(), 0.0f);
    // Lanes that hold consecutive positions of one state go together.
    for (int wave = 0, lanes; wave < waves.count(); wave += lanes) {
      lanes = std::min(lane_count - wave % lane_count, count - wave % count);
      add_lanes(waves.point(wave / lane_count, row, first_column).data() + wave % lane_count, range.count(), lanes,
                count, share * static_cast<float>(probe_.states()[wave / count].weight),
                intensities.data() + wave % count);
    }
  }

  /// The camera's frame of every position, [ky][kx][position].
  std::vector<float> frame_of(const Waves& waves, int count) const {
    std::vector<float> frame(static_cast<std::size_t>(detector_.pixels()) * detector_.pixels() * count);
    if (detector_.numbers_x().count() == 0) return frame;
    std::vector<float> intensities(static_cast<std::size_t>(detector_.numbers_x().count()) * count), line;
    for (int number = detector_.numbers_y().first; number <= detector_.numbers_y().last; ++number) {
      add_intensities(waves, plane_waves_->row_of(number), count, intensities);
      detector_.add_line(number, intensities.data(), count, frame, line);
    }
    return frame;
  }

  const SimulationPlan& plan_;
  const Shot& shot_;
  const TransmissionSource& transmissions_;
  std::shared_ptr<const PlaneWaves> plane_waves_;
  ProbeFormer probe_;
  Detector detector_;
  FamilyTree tree_;
};

}  // namespace

std::vector<Shot> group_views(const SimulationPlan& plan) {
  std::vector<Shot> shots;
  for (int i = 0; i < std::ssize(plan.views); ++i) {
    const auto& view = plan.views[i];
    const auto same = [&](const Shot& shot) {
      return shot.first->microscope == view.microscope && shot.first->camera == view.camera &&
             shot.first->positions == view.positions;
    };
    auto found = std::find_if(shots.begin(), shots.end(), same);
    if (found == shots.end()) found = shots.insert(found, Shot{&view, {}});
    found->views.push_back(i);
  }
  return shots;
}

std::vector<Exit> exits_of(const SimulationPlan& plan, const Shot& shot) {
  std::vector<Exit> exits;
  for (const int view : shot.views) exits.push_back(plan.exits[plan.views[view].exit]);
  return exits;
}

int positions_per_walk(int states) {
  constexpr double enough = 0.95;  // of the lanes are filled
  for (int positions = 1; positions < lane_count; ++positions) {
    const int waves = positions * states, groups = (waves + lane_count - 1) / lane_count;
    if (waves >= enough * groups * lane_count) return positions;
  }
  return lane_count;
}

void simulate_directly(const SimulationPlan& plan, int threads, const PatternPlace& place, const Progress& progress) {
  for (const auto& view : plan.views)
    if (std::ranges::any_of(view.positions, [](const auto& position) { return position.spread != nullptr; }))
      throw std::logic_error("patterns that are means over several places need a scattering matrix");
  const auto plane_waves = std::make_shared<const PlaneWaves>(plan.grid);
  const TransmissionSource transmissions(plan.grid, plan.any_microscope().energy_kev, plan.sampling);
  const auto shots = group_views(plan);
  const int configuration_count = configurations(plan.sampling);
  std::int64_t all = 0, done = 0;
  for (const auto& shot : shots) all += std::ssize(shot.first->positions) * configuration_count;
  std::mutex report;
  for (const auto& shot : shots) {
    const ShotSimulation simulation(plan, shot, transmissions, plane_waves);
    const std::int64_t count = std::ssize(shot.first->positions), step = positions_per_walk(simulation.states());
    for (int configuration = 0; configuration < configuration_count; ++configuration)
      parallel_for((count + step - 1) / step, threads, [&](std::int64_t walk) {
        const std::int64_t first = walk * step, last = std::min(first + step, count);
        simulation.walk(first, last, configuration, place);
        std::lock_guard lock(report);
        if (progress) progress("simulating probe positions", done += last - first, all);
      });
  }
}

}  // namespace terrace
