#include "report/interface_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

// A width below this is not drawn as mixing; a mixed class is drawn at least this wide (0.3 cell counts as abrupt).
constexpr double least_width_cells = 0.3;

/// An even number of columns that makes the picture about twice as high as wide.
int drawn_columns(int depth_cells) { return std::clamp(depth_cells / 4 * 2, 16, 48); }

/// What the drawing needs to know of the most probable interface.
struct Shape {
  int depth_cells = 1;
  double step_depth_cells = -1;  ///< −1 for none
  double step_height_cells = 0;
  double sigma_a = 0, sigma_b = 0;
};

int depth_cells(const Prediction& prediction) {
  const double found = prediction.estimated_thickness_nm, thickness = found > 0 ? found : prediction.thickness_nm;
  const auto by_thickness = static_cast<int>(std::lround(thickness / prediction.depth_bin_nm));
  return by_thickness > 0 ? by_thickness : std::max(1, static_cast<int>(prediction.depth_probability.size()));
}

Shape shape_of(const Prediction& prediction) {
  const auto kind = most_probable_class(prediction);
  Shape shape{.depth_cells = depth_cells(prediction)};
  if (kind == InterfaceClass::rough || kind == InterfaceClass::both) {
    shape.step_depth_cells = prediction.depth_nm / prediction.depth_bin_nm;
    shape.step_height_cells = prediction.step_height_probability_up >= 0.5 ? 1 : -1;
  }
  if (kind == InterfaceClass::diffuse || kind == InterfaceClass::both) {
    shape.sigma_a = std::max(prediction.sigma_a_cells, least_width_cells);
    shape.sigma_b = prediction.sigma_b_cells;
  }
  return shape;
}

/// Share of film at `distance` cells past the boundary of a profile of width `sigma` (error function).
double film_share(double distance, double sigma) {
  if (sigma < least_width_cells) return distance > 0 ? 1 : 0;
  return 0.5 * (1 + std::erf(distance / (std::sqrt(2.0) * sigma)));
}

std::string caption_of(const Prediction& prediction) {
  const char* name = interface_class_names[static_cast<int>(most_probable_class(prediction))];
  return fmt::format(
      "The most probable interface ({}) seen along y, the beam entering from above. Where a site is mixed, each cation "
      "is "
      "drawn by chance from the profile: one of many arrangements that fit.",
      name);
}

}  // namespace

InterfaceDrawing most_probable_interface(const Prediction& prediction) {
  const Shape shape = shape_of(prediction);
  const int columns = drawn_columns(shape.depth_cells);
  InterfaceDrawing drawing;
  drawing.film_a = Array<double, 2>({shape.depth_cells, columns});
  drawing.film_b = drawing.film_a;
  drawing.first_column = -columns / 2;
  drawing.cell_nm = prediction.depth_bin_nm;
  drawing.caption = caption_of(prediction);
  for (int depth = 0; depth < shape.depth_cells; ++depth) {
    const bool below_step = shape.step_depth_cells >= 0 && depth + 0.5 > shape.step_depth_cells;
    const double boundary = below_step ? shape.step_height_cells : 0;
    for (int column = 0; column < columns; ++column) {
      const double distance = drawing.first_column + column + 0.5 - boundary;
      drawing.film_a(depth, column) = film_share(distance, shape.sigma_a);
      drawing.film_b(depth, column) = film_share(distance, shape.sigma_b);
    }
  }
  return drawing;
}

}  // namespace terrace
