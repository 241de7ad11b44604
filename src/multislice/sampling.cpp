#include "multislice/sampling.h"

#include "specimen/lateral_symmetry.h"

namespace terrace {
namespace {

constexpr double default_pixel_angstrom = 0.08;

int pixels(int asked, double width, int repeats) {
  return asked > 0 ? asked : repeats * fast_transform_size(width / repeats / default_pixel_angstrom);
}

}  // namespace

Grid grid_for(const Specimen& specimen, const Sampling& sampling) {
  const int repeats = sampling.pixels_y > 0 ? 1 : repeats_along_y(specimen);
  return {pixels(sampling.pixels_y, specimen.width_y, repeats), pixels(sampling.pixels_x, specimen.width_x, 1),
          specimen.width_y, specimen.width_x};
}

}  // namespace terrace
