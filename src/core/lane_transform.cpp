#include "core/lane_transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.h"

namespace terrace {
namespace {

/// `count` powers of exp(−2πi/period), exponents `step` apart, as (cos, sin).
void append_roots(int period, int step, int first, int count, std::vector<float>& roots) {
  for (int i = first; i < first + count; ++i) {
    const double angle = -2 * std::numbers::pi * (std::int64_t{step} * i % period) / period;
    roots.push_back(static_cast<float>(std::cos(angle)));
    roots.push_back(static_cast<float>(std::sin(angle)));
  }
}

/// Eights first (fewest passes over the data), then fours, then what is left.
std::vector<int> radices_of(int length) {
  std::vector<int> radices;
  int twos = 0, rest = std::max(length, 1);
  for (; rest % 2 == 0; rest /= 2) ++twos;
  if (twos == 1) radices.push_back(2);
  const int fours = twos == 1 ? 0 : (3 - twos % 3) % 3;
  for (int i = 0; i < (twos - 2 * fours) / 3; ++i) radices.push_back(8);
  for (int i = 0; i < fours; ++i) radices.push_back(4);
  for (int prime = 3; prime <= largest_radix; prime += 2)
    for (; rest % prime == 0; rest /= prime) radices.push_back(prime);
  if (length < 1 || rest != 1)
    throw InputError(fmt::format("{} pixels cannot be transformed (a prime factor is above {}). Take {} or {} pixels?",
                                 length, largest_radix, length - 1, length + 1));
  return radices;
}

}  // namespace

LaneTransform::LaneTransform(int length, InstructionSet set)
    : length_(length), set_(set), kernels_(&lane_kernels(set)), frequencies_(length > 0 ? length : 0) {
  int remaining = length, digit = 1;
  for (const int radix : radices_of(length)) {
    LaneStage stage{.radix = radix, .length = remaining, .twiddles = {}, .roots = {}};
    for (int j = 0; j < remaining / radix; ++j) append_roots(remaining, j, 1, radix - 1, stage.twiddles);
    append_roots(radix, 1, 0, radix, stage.roots);
    stages_.push_back(std::move(stage));
    // A position's part of its block is the next digit of its frequency.
    for (int position = 0; position < length; ++position)
      frequencies_[position] += position % remaining / (remaining / radix) * digit;
    remaining /= radix;
    digit *= radix;
  }
}

}  // namespace terrace
