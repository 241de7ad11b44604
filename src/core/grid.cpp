#include "core/grid.h"

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

bool is_fast(int size) {
  if (size % 2 != 0) return false;
  for (const int prime : {2, 3, 5})
    while (size % prime == 0) size /= prime;
  return size == 1;
}

}  // namespace

int fast_transform_size(double least) {
  int size = std::max(2, static_cast<int>(std::ceil(least)));
  while (!is_fast(size)) ++size;
  return size;
}

}  // namespace terrace
