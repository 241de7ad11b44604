#include "multislice/scattering_matrix.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/matrix_product.h"
#include "core/threads.h"

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

/// right[2 beams][2 positions] so that columns · right holds the real parts of all positions, then the imaginary ones.
void fill_right(const ProbeFormer& probe, const CoherentState& state, std::span<const ProbePosition> positions,
                const ChosenBeams& beams, Array<float, 2>& right) {
  const std::int64_t count = std::ssize(positions), imaginary = right.extent(0) / 2;
  std::vector<Complex> amplitudes(beams.which.size());
  for (std::int64_t p = 0; p < count; ++p) {
    probe.form(positions[p], state, beams.which, amplitudes);
    for (std::size_t i = 0; i < amplitudes.size(); ++i) {
      const std::int64_t place = beams.places[i];
      right(place, p) = right(imaginary + place, count + p) = amplitudes[i].real();
      right(place, count + p) = amplitudes[i].imag();
      right(imaginary + place, p) = -amplitudes[i].imag();
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

/// Every beam's amplitude of one plane wave: real parts, then imaginary ones.
void copy_point(const Waves& waves, int row, int column, std::span<float> to) {
  for (int beam = 0; beam < waves.count(); beam += lane_count) {
    const auto point = waves.point(beam / lane_count, row, column);
    const int here = std::min(lane_count, waves.count() - beam);
    std::copy_n(point.begin(), here, to.begin() + beam);
    std::copy_n(point.begin() + lane_count, here, to.begin() + waves.count() + beam);
  }
}

}  // namespace

ChosenBeams ScatteringMatrix::chosen(const std::vector<ApertureBeam>& probe, Side side) const {
  ChosenBeams beams;
  for (int i = 0; i < std::ssize(probe); ++i) {
    const Beam beam{side == Side::own ? probe[i].number_y : -probe[i].number_y, probe[i].number_x};
    if ((beam.number_y - beams_->sector.index) % beams_->sector.count != 0) continue;
    const bool spared = beam.number_y < 0 || (beam.number_y == 0 && side == Side::mirrored);
    if (beams_->mirror == Mirror::own_sector && spared) continue;
    const auto found = std::lower_bound(beams_->beams.begin(), beams_->beams.end(), beam);
    if (found == beams_->beams.end() || *found != beam)
      throw std::logic_error("a beam of the probe was not sent through the specimen");
    beams.which.push_back(i);
    beams.places.push_back(static_cast<int>(found - beams_->beams.begin()));
  }
  return beams;
}

ScatteringMatrix::ScatteringMatrix(const Waves& exit_waves, std::shared_ptr<const SectorBeams> beams,
                                   NumberRange numbers_y, NumberRange numbers_x)
    : beams_(std::move(beams)),
      numbers_x_(numbers_x),
      numbers_y_(lines_of(exit_waves.plane_waves(), *beams_, numbers_y)),
      columns_({std::ssize(numbers_y_) * numbers_x.count(), 2 * std::int64_t{exit_waves.count()}}) {
  const auto& plane_waves = exit_waves.plane_waves();
  std::int64_t to = 0;
  for (const int number_y : numbers_y_) {
    const int row = plane_waves.row_of(number_y);
    for (int number_x = numbers_x.first; number_x <= numbers_x.last; ++number_x, ++to)
      copy_point(exit_waves, row, plane_waves.column_of(number_x), columns_[to]);
  }
}

MatrixLine ScatteringMatrix::line(std::int64_t number) const {
  return {columns_[number * numbers_x_.count()].data(), inner(), inner() / 2};
}

void ScatteringMatrix::sum_beams(const ProbeFormer& probe, const CoherentState& state,
                                 std::span<const ProbePosition> positions, const ChosenBeams& beams,
                                 std::vector<float>& amplitudes) const {
  const std::int64_t rows = columns_.extent(0), width = 2 * std::ssize(positions);
  Array<float, 2> right({inner(), width});
  amplitudes.resize(static_cast<std::size_t>(rows * width));
  fill_right(probe, state, positions, beams, right);
  multiply_matrices(columns_.data(), right.data(), static_cast<int>(rows), inner(), static_cast<int>(width),
                    amplitudes.data());
}

void ScatteringMatrix::add_patterns(const ProbeFormer& probe, const Detector& detector,
                                    std::span<const ProbePosition> positions, int threads,
                                    std::span<float> frame) const {
  add_part(part_of(probe, Side::own), probe, detector, positions, threads, frame);
  if (beams_->mirror == Mirror::opposite_sector)
    add_part(part_of(probe, Side::mirrored), probe, detector, positions, threads, frame);
}

bool ScatteringMatrix::sums_source(const ProbeFormer& probe, std::span<const ProbePosition> positions) {
  return probe.source_sigma() > 0 || std::ranges::any_of(positions, [](const auto& p) { return p.spread != nullptr; });
}

ScatteringMatrix::Part ScatteringMatrix::part_of(const ProbeFormer& probe, Side side) const {
  Part part{side, chosen(probe.beams(), side), {}};
  if (beams_->mirror == Mirror::own_sector) part.mirrored = chosen(probe.beams(), Side::mirrored);
  return part;
}

void ScatteringMatrix::add_part(const Part& part, const ProbeFormer& probe, const Detector& detector,
                                std::span<const ProbePosition> positions, int threads, std::span<float> frame) const {
  if (part.own.which.empty() && part.mirrored.which.empty()) return;
  if (detector.numbers_x().count() == 0) return;  // the camera lies beside the grid
  if (!numbers_x_.holds(detector.numbers_x().first) || !numbers_x_.holds(detector.numbers_x().last))
    throw std::logic_error("a plane wave that the camera sees was not kept");
  const std::int64_t count = std::ssize(positions);
  std::vector<float> intensities(columns_.extent(0) * count), line;
  if (sums_source(probe, positions))
    add_finite_source(part, probe, positions, threads, intensities);
  else
    add_point_source(part, probe, positions, intensities);
  const int sign = part.side == Side::own ? 1 : -1, skipped = detector.numbers_x().first - numbers_x_.first;
  for (std::int64_t i = 0; i < std::ssize(numbers_y_); ++i)
    detector.add_line(sign * numbers_y_[i], intensities.data() + (i * numbers_x_.count() + skipped) * count,
                      static_cast<int>(count), frame, line);
}

void ScatteringMatrix::add_point_source(const Part& part, const ProbeFormer& probe,
                                        std::span<const ProbePosition> positions,
                                        std::vector<float>& intensities) const {
  std::vector<float> amplitudes, others;
  for (const auto& state : probe.defocus_states()) {
    sum_beams(probe, state, positions, part.own, amplitudes);
    if (!part.mirrored.which.empty()) {
      sum_beams(probe, state, positions, part.mirrored, others);
      add_mirrored(others, std::ssize(numbers_y_), amplitudes);
    }
    add_intensities(amplitudes.data(), columns_.extent(0), std::ssize(positions), static_cast<float>(state.weight),
                    intensities.data());
  }
}

void ScatteringMatrix::add_finite_source(const Part& part, const ProbeFormer& probe,
                                         std::span<const ProbePosition> positions, int threads,
                                         std::vector<float>& intensities) const {
  const SourceSum sum(probe, part.own, part.mirrored, beams_->sector.count, positions);
  const std::int64_t lines = std::ssize(numbers_y_), size = numbers_x_.count() * std::ssize(positions);
  parallel_for(lines, threads, [&](std::int64_t i) {
    sum.add_line(line(i), line(lines - 1 - i), numbers_x_.count(), intensities.data() + i * size);
  });
}

}  // namespace terrace
