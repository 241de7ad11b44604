#include "core/grid.h"

#include <cmath>

namespace terrace {

int fast_transform_size(double least) {
  for (int power = 16;; power *= 2) {
    if (power >= least) return power;
    if (power * 3 / 2 >= least) return power * 3 / 2;
  }
}

}  // namespace terrace
