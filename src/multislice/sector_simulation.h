// All beams of the aperture through one cell of a periodic specimen, sector by sector; every probe is then a sum.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "multislice/scattering_matrix.h"
#include "multislice/simulation.h"

namespace terrace {

/// How the plane waves of a plan's window fall into Bloch sectors, and the beams that must be sent through each.
/// Specimens that repeat `repeats` times along y (once: one sector, the whole window), static, Debye–Waller or
/// absorptive: exact (to float rounding), since waves of different sectors never mix. Opposite sectors are derived
/// where y → −y leaves every slab as it is.
class SectorPlan {
 public:
  /// Throws InputError where the atoms move (frozen phonons).
  explicit SectorPlan(const SimulationPlan& plan);

  /// Empty where the sector engine can be used, else why not.
  static std::string reason_against(const SimulationPlan& plan);

  int repeats() const { return repeats_; }
  bool mirrored() const { return mirrored_; }
  const std::vector<std::shared_ptr<const SectorBeams>>& sectors() const { return sectors_; }
  /// Plane waves that any view's camera sees.
  NumberRange numbers_y() const { return numbers_y_; }
  NumberRange numbers_x() const { return numbers_x_; }

  /// Beams to send through the specimen in all, and in the largest sector.
  std::int64_t beams() const;
  int most_beams() const;

 private:
  void add_beams(const SimulationPlan& plan);

  int repeats_ = 1;
  bool mirrored_ = false;
  NumberRange numbers_y_, numbers_x_;
  std::vector<std::shared_ptr<const SectorBeams>> sectors_;
};

/// Called with each exit's number in the plan and one sector's matrix there, sector by sector.
using OnMatrix = std::function<void(int exit, const std::shared_ptr<const ScatteringMatrix>& matrix)>;

/// Sends every sector's beams through the plan's tree of specimens. Memory: one stack of waves for each branching on
/// the path, and the matrix of the moment. Not a view's position plays a part, only its microscope.
void walk_sectors(const SimulationPlan& plan, const SectorPlan& sectors, int threads, const OnMatrix& on_matrix,
                  const Progress& progress);

/// Positions that are summed together, of a point source and of a finite one (or spread positions): enough to run at
/// full speed, few enough to hold.
inline constexpr int positions_per_product = 64, positions_per_source = 512;

/// What a view is seen through.
struct Optics {
  ProbeFormer probe;
  Detector detector;
};
Optics optics_of(const SimulationPlan& plan, const View& view);

/// Adds one matrix's part to the patterns of view number `number` at `positions`, on up to `threads` threads.
void add_view(const ScatteringMatrix& matrix, const Optics& optics, std::span<const ProbePosition> positions,
              int number, int threads, const PatternPlace& place);

/// As `simulate`, by scattering matrices that are used where they arise and never kept.
void simulate_by_sectors(const SimulationPlan& plan, int threads, const PatternPlace& place, const Progress& progress);

}  // namespace terrace
