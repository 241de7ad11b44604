#include "multislice/waves.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "core/fft.h"

namespace terrace {

Waves::Waves(std::shared_ptr<const PlaneWaves> plane_waves, int count)
    : plane_waves_(std::move(plane_waves)),
      count_(count),
      numbers_({(count + lane_count - 1) / lane_count, plane_waves_->rows(), plane_waves_->columns(), lane_point}) {}

Complex Waves::amplitude(int wave, int number_y, int number_x) const {
  const int row = plane_waves_->row_of(number_y), column = plane_waves_->column_of(number_x);
  if (row < 0 || column < 0) return 0;
  const auto numbers = point(wave / lane_count, row, column);
  return {numbers[wave % lane_count], numbers[lane_count + wave % lane_count]};
}

void Waves::set_amplitude(int wave, int number_y, int number_x, Complex amplitude) {
  const int row = plane_waves_->row_of(number_y), column = plane_waves_->column_of(number_x);
  if (row < 0 || column < 0 || wave < 0 || wave >= count_) throw std::out_of_range("no such plane wave in this stack");
  if (!plane_waves_->within_band_limit(row, column)) return;
  const auto numbers = point(wave / lane_count, row, column);
  numbers[wave % lane_count] = amplitude.real();
  numbers[lane_count + wave % lane_count] = amplitude.imag();
}

bool Waves::operator==(const Waves& other) const {
  return count_ == other.count_ && numbers_.extents() == other.numbers_.extents() &&
         std::equal(numbers_.begin(), numbers_.end(), other.numbers_.begin());
}

void set_probe(Waves& waves, int wave, const ProbeFormer& probe, const ProbePosition& position,
               const CoherentState& state) {
  std::vector<int> all(probe.beams().size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<Complex> amplitudes(all.size());
  probe.form(position, state, all, amplitudes);
  for (const int i : all)
    waves.set_amplitude(wave, probe.beams()[i].number_y, probe.beams()[i].number_x, amplitudes[i]);
}

double total_intensity(const Waves& waves, int wave) {
  const auto& plane_waves = waves.plane_waves();
  double total = 0;
  for (int row = 0; row < plane_waves.rows(); ++row)
    for (int column = 0; column < plane_waves.columns(); ++column) {
      const auto numbers = waves.point(wave / lane_count, row, column);
      const double real = numbers[wave % lane_count], imaginary = numbers[lane_count + wave % lane_count];
      total += real * real + imaginary * imaginary;
    }
  return total;
}

Array<Complex, 2> in_real_space(const Waves& waves, int wave) {
  const auto& plane_waves = waves.plane_waves();
  const Grid& grid = plane_waves.window();
  if (!plane_waves.is_whole_window()) throw std::logic_error("only a whole window has a picture in real space");
  Array<Complex, 2> result({grid.height, grid.width});
  const float scale = 1 / std::sqrt(static_cast<float>(grid.pixels()));
  for (int row = 0; row < plane_waves.rows(); ++row)
    for (int column = 0; column < plane_waves.columns(); ++column) {
      const auto numbers = waves.point(wave / lane_count, row, column);
      result(Grid::fft_index(plane_waves.number_y(row), grid.height),
             Grid::fft_index(plane_waves.number_x(column), grid.width)) =
          scale * Complex(numbers[wave % lane_count], numbers[lane_count + wave % lane_count]);
    }
  Fft2(grid.height, grid.width).inverse(result.span());
  return result;
}

}  // namespace terrace
