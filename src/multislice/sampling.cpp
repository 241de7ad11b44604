#include "multislice/sampling.h"

namespace terrace {
namespace {

constexpr double default_pixel_angstrom = 0.08;

int pixels(int asked, double width) { return asked > 0 ? asked : fast_transform_size(width / default_pixel_angstrom); }

}  // namespace

Grid grid_for(double width_y, double width_x, const Sampling& sampling) {
  return {pixels(sampling.pixels_y, width_y), pixels(sampling.pixels_x, width_x), width_y, width_x};
}

}  // namespace terrace
