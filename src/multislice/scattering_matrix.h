// From every beam of the aperture to every plane wave that a camera sees: one Bloch sector at one exit.
#pragma once

#include <compare>
#include <memory>
#include <span>
#include <vector>

#include "microscope/probe.h"
#include "multislice/detector.h"
#include "multislice/source_sum.h"
#include "multislice/waves.h"

namespace terrace {

/// A plane wave by its frequency numbers in the window.
struct Beam {
  int number_y = 0, number_x = 0;
  auto operator<=>(const Beam&) const = default;
};

/// What y → −y spares where it leaves a specimen as it is, so that S(−h, −g; kx as they are) = S(h, g): the whole
/// sector of the opposite index, or, where that is the sector itself, its beams with number_y < 0.
enum class Mirror { none, opposite_sector, own_sector };

/// The beams of one sector that enter, ascending.
struct SectorBeams {
  BlochSector sector;
  std::vector<Beam> beams;
  Mirror mirror = Mirror::none;
};

/// S(h, g): the amplitude of plane wave h at the exit for a wave of amplitude 1 in beam g at the entrance. Every probe
/// position, defocus, aberration, aperture and tilt is a sum over g (Ophus, Adv. Struct. Chem. Imaging 3 (2017) 13, who
/// crops and interpolates; this keeps every beam of one Bloch sector, exactly).
class ScatteringMatrix {
 public:
  /// Wave i of `exit_waves` is what beam i has become. Keeps the plane waves inside both ranges of frequency numbers
  /// (and, with a mirror, those opposite along y).
  ScatteringMatrix(const Waves& exit_waves, std::shared_ptr<const SectorBeams> beams, NumberRange numbers_y,
                   NumberRange numbers_x);

  /// frame[ky][kx][position] += this sector's part (and its mirror's) of the patterns of `probe` at `positions`.
  /// Incoherent over the defocus spread of `probe`, and over its source and the positions' spreads by SourceSum (one of
  /// a point source is summed for each position by itself). `threads` share out the lines of plane waves. Throws
  /// std::logic_error where a beam of `probe` is missing.
  void add_patterns(const ProbeFormer& probe, const Detector& detector, std::span<const ProbePosition> positions,
                    int threads, std::span<float> frame) const;

  /// Whether a sum for all positions together serves `probe` at `positions`.
  static bool sums_source(const ProbeFormer& probe, std::span<const ProbePosition> positions);

  std::int64_t bytes() const { return columns_.size() * static_cast<std::int64_t>(sizeof(float)); }

 private:
  /// Beams as they were sent in, or those that their mirror stands for.
  enum class Side { own, mirrored };
  /// One side's part of add_patterns: the beams that enter as they are and, on the same plane waves, those that enter
  /// as mirror images.
  struct Part {
    Side side;
    ChosenBeams own, mirrored;
  };
  Part part_of(const ProbeFormer& probe, Side side) const;
  ChosenBeams chosen(const std::vector<ApertureBeam>& probe, Side side) const;
  void add_part(const Part& part, const ProbeFormer& probe, const Detector& detector,
                std::span<const ProbePosition> positions, int threads, std::span<float> frame) const;
  /// intensities[line · numbers_x + number_x][position] += those of a point source, or of a finite one.
  void add_point_source(const Part& part, const ProbeFormer& probe, std::span<const ProbePosition> positions,
                        std::vector<float>& intensities) const;
  void add_finite_source(const Part& part, const ProbeFormer& probe, std::span<const ProbePosition> positions,
                         int threads, std::vector<float>& intensities) const;
  /// amplitudes[line · numbers_x + number_x][2 positions]: real parts, then imaginary ones.
  void sum_beams(const ProbeFormer& probe, const CoherentState& state, std::span<const ProbePosition> positions,
                 const ChosenBeams& beams, std::vector<float>& amplitudes) const;
  MatrixLine line(std::int64_t number) const;
  int inner() const { return static_cast<int>(columns_.extent(1)); }

  std::shared_ptr<const SectorBeams> beams_;
  NumberRange numbers_x_;
  std::vector<int> numbers_y_;  // of each line of plane waves
  Array<float, 2> columns_;     // [line · numbers_x + number_x][real parts of beams | imaginary parts]
};

}  // namespace terrace
