// The interface as columns of atoms seen along y, for the report: which cation stands at which depth.
#pragma once

#include <array>
#include <string>

#include "core/array.h"
#include "dataset/prediction.h"

namespace terrace {

/// Share of film (La on A sites, Al on B sites) in each cell, [depth][column], 0 … 1; depth counts from the entrance
/// surface, columns run from the substrate towards the film.
struct InterfaceDrawing {
  Array<double, 2> film_a, film_b;
  double first_column = 0;  ///< of column 0, in cells from the registered A-plane
  double cell_nm = 0.3905;  ///< width of a column and height of a depth cell
  std::string substrate = "SrTiO3", film = "LaAlO3";
  std::array<std::string, 4> cations = {"Sr", "Ti", "La", "Al"};  ///< A, B of the substrate, A, B of the film
  std::string caption;                                            ///< one plain sentence
};

/// The most probable interface of a prediction: class, median depth, direction of the step, widths. A step is drawn one
/// cell high, the specimen as thick as was found, or else given. Without a thickness the specimen is drawn as deep as
/// the depth distribution reaches.
InterfaceDrawing most_probable_interface(const Prediction& prediction);

}  // namespace terrace
