#include "core/fft.h"

#include <algorithm>

namespace terrace {
namespace {

/// Lines of a wave along one axis: point i of line j stands at i · point_step + j · line_step.
struct Lines {
  Complex* wave;
  int count;
  std::int64_t point_step, line_step;
};

enum class Direction { forward, inverse };

/// Sixteen lines at a time through the lanes; the transform's own order of frequencies is undone on the way.
void transform(const Lines& lines, const LaneTransform& transform, Direction direction) {
  const int length = transform.length();
  Array<float, 2> scratch({length, lane_point});
  const auto frequency = [&](int position) { return transform.frequency_at(position); };
  const auto natural = [](int position) { return position; };
  const auto move = [&](int first, int here, auto place, auto one) {
    for (int position = 0; position < length; ++position)
      for (int lane = 0; lane < here; ++lane)
        one(lines.wave[place(position) * lines.point_step + (first + lane) * lines.line_step], scratch(position, lane),
            scratch(position, lane_count + lane));
  };
  const auto load = [](const Complex& from, float& real, float& imaginary) {
    real = from.real();
    imaginary = from.imag();
  };
  const auto store = [](Complex& to, float real, float imaginary) { to = {real, imaginary}; };
  for (int first = 0; first < lines.count; first += lane_count) {
    const int here = std::min(lane_count, lines.count - first);
    if (direction == Direction::forward) {
      move(first, here, natural, load);
      transform.forward(scratch.data());
      move(first, here, frequency, store);
    } else {
      move(first, here, frequency, load);
      transform.inverse(scratch.data());
      move(first, here, natural, store);
    }
  }
}

void transform_plane(std::span<Complex> wave, const LaneTransform& along_y, const LaneTransform& along_x,
                     Direction direction) {
  const int height = along_y.length(), width = along_x.length();
  transform({wave.data(), height, 1, width}, along_x, direction);
  transform({wave.data(), width, width, 1}, along_y, direction);
}

}  // namespace

void Fft2::forward(std::span<Complex> wave) const { transform_plane(wave, along_y_, along_x_, Direction::forward); }
void Fft2::inverse(std::span<Complex> wave) const { transform_plane(wave, along_y_, along_x_, Direction::inverse); }

}  // namespace terrace
