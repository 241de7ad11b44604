#include "multislice/sector_simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "core/error.h"
#include "core/threads.h"
#include "multislice/multislice.h"
#include "specimen/lateral_symmetry.h"

namespace terrace {
namespace {

/// The fewest pixels of a cell: the frequencies inside the band limit must be told apart.
constexpr int fewest_rows = 8;

/// Into how many parts the window divides for all specimens, on the pixels there are.
int common_repeats(const SimulationPlan& plan) {
  int common = plan.grid.height;
  for (const auto& specimen : plan.specimens) common = std::gcd(common, repeats_along_y(specimen));
  int repeats = common;
  while (repeats > 1 && (common % repeats != 0 || plan.grid.height / repeats < fewest_rows)) --repeats;
  return repeats;
}

bool all_mirrored(const SimulationPlan& plan) {
  return std::all_of(plan.specimens.begin(), plan.specimens.end(), is_mirrored_along_y);
}

Waves entrance(const std::shared_ptr<const PlaneWaves>& plane_waves, const SectorBeams& sector) {
  Waves waves(plane_waves, static_cast<int>(sector.beams.size()));
  for (int i = 0; i < waves.count(); ++i) waves.set_amplitude(i, sector.beams[i].number_y, sector.beams[i].number_x, 1);
  return waves;
}

}  // namespace

std::string SectorPlan::reason_against(const SimulationPlan& plan) {
  if (plan.sampling.thermal == "frozen_phonon")
    return "each configuration of frozen phonons would need a scattering matrix of its own";
  return "";
}

SectorPlan::SectorPlan(const SimulationPlan& plan) {
  if (const auto reason = reason_against(plan); !reason.empty())
    throw InputError(
        fmt::format("sampling.engine = \"sectors\" cannot be used: {}. Use \"direct\", or \"auto\".", reason));
  repeats_ = common_repeats(plan);
  mirrored_ = all_mirrored(plan);
  add_beams(plan);
  for (const auto& view : plan.views) {
    const Detector detector(plan.grid, view.microscope, view.camera);
    numbers_y_ = numbers_y_.with(detector.numbers_y());
    numbers_x_ = numbers_x_.with(detector.numbers_x());
  }
}

void SectorPlan::add_beams(const SimulationPlan& plan) {
  std::set<Beam> wanted;
  for (const auto& view : plan.views)
    for (const auto& beam : aperture_beams(plan.grid, view.microscope)) {
      wanted.insert({beam.number_y, beam.number_x});
      if (mirrored_) wanted.insert({-beam.number_y, beam.number_x});
    }
  std::map<int, SectorBeams> sectors;  // by index, 0 … repeats − 1
  for (const auto& beam : wanted) {
    const int index = (beam.number_y % repeats_ + repeats_) % repeats_, opposite = (repeats_ - index) % repeats_;
    if (mirrored_ && opposite < index) continue;
    if (mirrored_ && opposite == index && beam.number_y < 0) continue;
    auto& sector = sectors[index];
    sector.sector = {index, repeats_};
    if (mirrored_) sector.mirror = opposite == index ? Mirror::own_sector : Mirror::opposite_sector;
    sector.beams.push_back(beam);
  }
  for (auto& [index, sector] : sectors) sectors_.push_back(std::make_shared<const SectorBeams>(std::move(sector)));
}

std::int64_t SectorPlan::beams() const {
  std::int64_t sum = 0;
  for (const auto& sector : sectors_) sum += std::ssize(sector->beams);
  return sum;
}

int SectorPlan::most_beams() const {
  int most = 0;
  for (const auto& sector : sectors_) most = std::max(most, static_cast<int>(sector->beams.size()));
  return most;
}

void walk_sectors(const SimulationPlan& plan, const SectorPlan& sectors, int threads, const OnMatrix& on_matrix,
                  const Progress& progress) {
  std::vector<Specimen> cells;
  for (const auto& specimen : plan.specimens) cells.push_back(one_repeat(specimen, sectors.repeats()));
  const FamilyTree tree(cells, plan.exits);
  const double energy = plan.any_microscope().energy_kev;
  const Grid window = plan.grid;
  const PlaneWaves cell(window, {0, sectors.repeats()});
  const TransmissionSource transmissions(cell.cell(), energy, plan.sampling);
  std::int64_t done = 0;
  const std::int64_t all = std::ssize(sectors.sectors()) * std::ssize(plan.exits);
  for (const auto& sector : sectors.sectors()) {
    const auto plane_waves = std::make_shared<const PlaneWaves>(window, sector->sector);
    Multislice multislice(plane_waves, energy);
    const auto on_exit = [&](int exit, const Waves& waves) {
      on_matrix(exit,
                std::make_shared<const ScatteringMatrix>(waves, sector, sectors.numbers_y(), sectors.numbers_x()));
      if (progress) progress("propagating the scattering matrix", ++done, all);
    };
    tree.run(multislice, transmissions, entrance(plane_waves, *sector), 0, on_exit, threads);
  }
}

Optics optics_of(const SimulationPlan& plan, const View& view) {
  return {ProbeFormer(plan.grid, view.microscope), Detector(plan.grid, view.microscope, view.camera)};
}

void add_view(const ScatteringMatrix& matrix, const Optics& optics, std::span<const ProbePosition> positions,
              int number, int threads, const PatternPlace& place) {
  // A finite source, or a spread, has work in common for all positions: threads share out plane waves instead.
  const bool point_source = !ScatteringMatrix::sums_source(optics.probe, positions);
  const std::int64_t count = std::ssize(positions), step = point_source ? positions_per_product : positions_per_source;
  const std::int64_t pixels = std::int64_t{optics.detector.pixels()} * optics.detector.pixels();
  parallel_for((count + step - 1) / step, point_source ? threads : 1, [&](std::int64_t product) {
    const std::int64_t first = product * step, here = std::min(step, count - first);
    std::vector<float> frame(static_cast<std::size_t>(pixels * here));
    matrix.add_patterns(optics.probe, optics.detector, positions.subspan(first, here), point_source ? 1 : threads,
                        frame);
    for (std::int64_t p = 0; p < here; ++p) {
      const auto pattern = place(number, first + p);
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) pattern[pixel] += frame[pixel * here + p];
    }
  });
}

void simulate_by_sectors(const SimulationPlan& plan, int threads, const PatternPlace& place, const Progress& progress) {
  std::vector<Optics> optics;
  std::vector<std::vector<int>> views_at(plan.exits.size());
  for (int i = 0; i < std::ssize(plan.views); ++i) {
    optics.push_back(optics_of(plan, plan.views[i]));
    views_at[plan.views[i].exit].push_back(i);
  }
  const auto on_matrix = [&](int exit, const auto& matrix) {
    for (const int view : views_at[exit])
      add_view(*matrix, optics[view], plan.views[view].positions, view, threads, place);
  };
  walk_sectors(plan, SectorPlan(plan), threads, on_matrix, progress);
}

}  // namespace terrace
