#include "multislice/scattering_matrix.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/matrix_product.h"

namespace terrace {
namespace {

/// Those lines of a sector that are wanted, ascending.
std::vector<int> lines_of(const PlaneWaves& plane_waves, const SectorBeams& beams, NumberRange wanted) {
  std::vector<int> lines;
  const double limit = plane_waves.window().band_limit() * plane_waves.window().extent_y;
  for (int row = 0; row < plane_waves.rows(); ++row) {
    const int number = plane_waves.number_y(row);
    const bool seen = wanted.holds(number) || (beams.mirror != Mirror::none && wanted.holds(-number));
    if (seen && std::abs(number) <= limit) lines.push_back(number);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// right[inner][2 positions] so that columns · right holds the real parts of all positions, then the imaginary ones.
void fill_right(const ProbeFormer& probe, const CoherentState& state, std::span<const ProbePosition> positions,
                std::span<const int> which, std::span<const int> places, std::vector<float>& right) {
  const std::int64_t count = std::ssize(positions), width = 2 * count;
  std::vector<Complex> amplitudes(which.size());
  for (std::int64_t p = 0; p < count; ++p) {
    probe.form(positions[p], state, which, amplitudes);
    for (std::size_t i = 0; i < amplitudes.size(); ++i) {
      const std::int64_t place = places[i];
      float* real = right.data() + (place / lane_count * lane_point + place % lane_count) * width + p;
      float* imaginary = real + lane_count * width;
      real[0] = amplitudes[i].real();
      real[count] = amplitudes[i].imag();
      imaginary[0] = -amplitudes[i].imag();
      imaginary[count] = amplitudes[i].real();
    }
  }
}

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void
add_intensities(const float* __restrict amplitudes, std::int64_t rows, std::int64_t count, float weight,
                float* __restrict intensities) {
  for (std::int64_t row = 0; row < rows; ++row, amplitudes += 2 * count, intensities += count)
    for (std::int64_t p = 0; p < count; ++p)
      intensities[p] += weight * (amplitudes[p] * amplitudes[p] + amplitudes[count + p] * amplitudes[count + p]);
}

/// sum += part with its `lines` in the opposite order: what stands at −number_y.
void add_mirrored(const std::vector<float>& part, std::int64_t lines, std::vector<float>& sum) {
  const std::int64_t size = std::ssize(part) / std::max<std::int64_t>(lines, 1);
  for (std::int64_t line = 0; line < lines; ++line)
    for (std::int64_t i = 0; i < size; ++i) sum[line * size + i] += part[(lines - 1 - line) * size + i];
}

}  // namespace

/// Which beams of a probe come out of a matrix, and where they stand in it.
struct ScatteringMatrix::Entries {
  std::vector<int> which, places;
};

ScatteringMatrix::Entries ScatteringMatrix::entries_of(const std::vector<ApertureBeam>& probe, Side side) const {
  Entries entries;
  for (int i = 0; i < std::ssize(probe); ++i) {
    const Beam beam{side == Side::own ? probe[i].number_y : -probe[i].number_y, probe[i].number_x};
    if ((beam.number_y - beams_->sector.index) % beams_->sector.count != 0) continue;
    const bool spared = beam.number_y < 0 || (beam.number_y == 0 && side == Side::mirrored);
    if (beams_->mirror == Mirror::own_sector && spared) continue;
    const auto found = std::lower_bound(beams_->beams.begin(), beams_->beams.end(), beam);
    if (found == beams_->beams.end() || *found != beam)
      throw std::logic_error("a beam of the probe was not sent through the specimen");
    entries.which.push_back(i);
    entries.places.push_back(static_cast<int>(found - beams_->beams.begin()));
  }
  return entries;
}

ScatteringMatrix::ScatteringMatrix(const Waves& exit_waves, std::shared_ptr<const SectorBeams> beams,
                                   NumberRange numbers_y, NumberRange numbers_x)
    : beams_(std::move(beams)),
      numbers_x_(numbers_x),
      numbers_y_(lines_of(exit_waves.plane_waves(), *beams_, numbers_y)),
      columns_({std::ssize(numbers_y_) * numbers_x.count(), std::int64_t{exit_waves.groups()} * lane_point}) {
  const auto& plane_waves = exit_waves.plane_waves();
  std::int64_t to = 0;
  for (const int number_y : numbers_y_) {
    const int row = plane_waves.row_of(number_y);
    for (int number_x = numbers_x.first; number_x <= numbers_x.last; ++number_x, ++to)
      for (int group = 0; group < exit_waves.groups(); ++group) {
        const auto point = exit_waves.point(group, row, plane_waves.column_of(number_x));
        std::copy(point.begin(), point.end(), columns_[to].begin() + group * lane_point);
      }
  }
}

void ScatteringMatrix::sum_beams(const ProbeFormer& probe, const CoherentState& state,
                                 std::span<const ProbePosition> positions, const Entries& entries,
                                 std::vector<float>& amplitudes) const {
  const std::int64_t rows = columns_.extent(0), width = 2 * std::ssize(positions);
  std::vector<float> right(static_cast<std::size_t>(inner() * width));
  amplitudes.resize(static_cast<std::size_t>(rows * width));
  fill_right(probe, state, positions, entries.which, entries.places, right);
  multiply_matrices(columns_.data(), right.data(), static_cast<int>(rows), static_cast<int>(inner()),
                    static_cast<int>(width), amplitudes.data());
}

void ScatteringMatrix::add_patterns(const ProbeFormer& probe, const Detector& detector,
                                    std::span<const ProbePosition> positions, std::span<float> frame) const {
  add_side(Side::own, probe, detector, positions, frame);
  if (beams_->mirror == Mirror::opposite_sector) add_side(Side::mirrored, probe, detector, positions, frame);
}

void ScatteringMatrix::add_side(Side side, const ProbeFormer& probe, const Detector& detector,
                                std::span<const ProbePosition> positions, std::span<float> frame) const {
  const auto entries = entries_of(probe.beams(), side);
  const bool folded = beams_->mirror == Mirror::own_sector;  // both sides fall on the same plane waves
  const auto mirrored = folded ? entries_of(probe.beams(), Side::mirrored) : Entries{};
  if (entries.which.empty() && mirrored.which.empty()) return;
  const std::int64_t count = std::ssize(positions), rows = columns_.extent(0);
  std::vector<float> amplitudes, others, intensities(rows * count), line;
  for (const auto& state : probe.states()) {
    sum_beams(probe, state, positions, entries, amplitudes);
    if (folded) {
      sum_beams(probe, state, positions, mirrored, others);
      add_mirrored(others, std::ssize(numbers_y_), amplitudes);
    }
    add_intensities(amplitudes.data(), rows, count, static_cast<float>(state.weight), intensities.data());
  }
  const int sign = side == Side::own ? 1 : -1, skipped = detector.numbers_x().first - numbers_x_.first;
  for (std::int64_t i = 0; i < std::ssize(numbers_y_); ++i)
    detector.add_line(sign * numbers_y_[i], intensities.data() + (i * numbers_x_.count() + skipped) * count,
                      static_cast<int>(count), frame, line);
}

}  // namespace terrace
