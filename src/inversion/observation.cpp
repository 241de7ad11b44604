#include "inversion/observation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "inversion/count_likelihood.h"

namespace terrace {
namespace {

/// A pixel whose neighbours count this many electrons in all and which counts none is dead: e^−20 by chance.
constexpr double electrons_of_neighbours = 20;
/// A pixel is hot that counts this many times what the brightest of its neighbours does, in all patterns together.
constexpr double hot_ratio = 5;

/// Sums of this many pixels either way.
constexpr std::int64_t block_pixels = 4;
/// A ratio that is off by fewer of its standard deviations is taken for chance.
constexpr double chance_deviations = 3;

struct Counted {
  double electrons = 0, expected = 0;
  Counted& operator+=(const Counted& other) {
    electrons += other.electrons;
    expected += other.expected;
    return *this;
  }
};

/// Σ (n − m)² / m over its number, less what was fitted.
class PearsonSum {
 public:
  explicit PearsonSum(int fitted) : count_(-fitted) {}

  void add(const Counted& value) {
    if (value.expected < least_expected) return;
    const double off = value.electrons - value.expected;
    sum_ += off * off / value.expected;
    variance_ += 2 + 1 / value.expected;
    ++count_;
  }

  double ratio() const { return count_ < 1 ? 1 : sum_ / count_; }
  double deviations() const { return count_ < 1 ? 0 : (sum_ - count_) / std::sqrt(variance_); }
  double beyond_chance() const { return deviations() > chance_deviations ? ratio() : 1; }

 private:
  double sum_ = 0, variance_ = 0, count_;
};

/// Sum over covered positions of each pixel.
std::vector<double> pixel_sums(const Observation& observed) {
  std::vector<double> sums(observed.electrons.extent(1));
  for (std::int64_t p = 0; p < observed.electrons.extent(0); ++p)
    for (std::size_t i = 0; i < sums.size(); ++i)
      if (observed.compared(p, i)) sums[i] += observed.electrons(p, i);
  return sums;
}

struct Neighbours {
  double mean = 0, most = 0;
};
Neighbours neighbours_of(const std::vector<double>& sums, int pixels, int row, int column) {
  Neighbours found;
  int count = 0;
  for (int r = std::max(0, row - 1); r <= std::min(pixels - 1, row + 1); ++r)
    for (int c = std::max(0, column - 1); c <= std::min(pixels - 1, column + 1); ++c) {
      if (r == row && c == column) continue;
      found.mean += sums[r * pixels + c];
      found.most = std::max(found.most, sums[r * pixels + c]);
      ++count;
    }
  found.mean /= count;
  return found;
}

void leave_out_faulty(Observation& observed) {
  const auto sums = pixel_sums(observed);
  const int pixels = static_cast<int>(std::lround(std::sqrt(static_cast<double>(sums.size()))));
  for (int row = 0; row < pixels; ++row)
    for (int column = 0; column < pixels; ++column) {
      const double sum = sums[row * pixels + column];
      const auto around = neighbours_of(sums, pixels, row, column);
      const bool dead = sum == 0 && around.mean > electrons_of_neighbours;
      const bool hot = sum > hot_ratio * around.most + electrons_of_neighbours;
      if (dead || hot)
        for (std::int64_t p = 0; p < observed.compared.extent(0); ++p) observed.compared(p, row * pixels + column) = 0;
    }
}

}  // namespace

std::int64_t Observation::compared_count() const {
  return std::accumulate(compared.begin(), compared.end(), std::int64_t{0});
}

Observation observe(const Sample& sample, double electrons_per_pattern) {
  if (std::ranges::all_of(sample.covered, [](auto covered) { return covered == 0; }))
    throw InputError("the scan covers no position of the standard grid.");
  const double told = sample.conditions.electrons_per_pattern;
  const double dose = electrons_per_pattern > 0 ? electrons_per_pattern : told;
  if (!(dose > 0))
    throw InputError(
        "the scan does not say how many electrons a pattern holds, and without it no likelihood is known. Give "
        "--electrons-per-standard-pattern, or --counts-per-electron where the file holds counts.");
  const std::int64_t positions = sample.covered.size(), size = sample.patterns.extent(2) * sample.patterns.extent(3);
  Observation observed{Patterns({positions, size}), Array<std::uint8_t, 2>({positions, size}), dose};
  double sum = 0;
  for (std::int64_t p = 0; p < positions; ++p)
    for (std::int64_t i = 0; i < size; ++i) {
      const float fraction = sample.patterns.data()[p * size + i];
      if (!std::isfinite(fraction)) throw InputError("a pattern holds a value that is no number. Is the file damaged?");
      observed.electrons(p, i) = std::max(0.0f, fraction) * static_cast<float>(dose);
      observed.compared(p, i) = sample.covered.data()[p];
      sum += observed.electrons(p, i);
    }
  leave_out_faulty(observed);
  if (sum == 0) throw InputError("the patterns hold no electron at all. Is the right data set of the file read?");
  return observed;
}

double log_likelihood(const Observation& observed, const Patterns& expected) {
  const double electrons = observed.electrons_per_pattern;
  double sum = 0;
  for (std::int64_t i = 0; i < observed.electrons.size(); ++i) {
    if (!observed.compared.data()[i]) continue;
    const double mean = electrons * std::max(expected.data()[i], least_fraction);
    sum += observed.electrons.data()[i] * std::log(mean) - mean;
  }
  return sum;
}

GoodnessOfFit goodness_of_fit(const Observation& observed, const Patterns& expected, int fitted) {
  const double electrons = observed.electrons_per_pattern;
  const auto pixels = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(expected.extent(1)))));
  const std::int64_t blocks = (pixels + block_pixels - 1) / block_pixels;
  PearsonSum of_values(fitted), of_pixels(fitted), of_blocks(fitted);
  std::vector<Counted> each_pixel(expected.extent(1));
  for (std::int64_t p = 0; p < expected.extent(0); ++p) {
    Counted faint;
    std::vector<Counted> each_block(blocks * blocks);
    for (std::int64_t i = 0; i < expected.extent(1); ++i) {
      if (!observed.compared(p, i)) continue;
      const Counted value{observed.electrons(p, i), electrons * std::max(expected(p, i), least_fraction)};
      each_pixel[i] += value;
      each_block[i / pixels / block_pixels * blocks + i % pixels / block_pixels] += value;
      if (value.expected >= least_expected) {
        of_values.add(value);
      } else if ((faint += value).expected >= least_expected) {
        of_values.add(faint);
        faint = {};
      }
    }
    for (const auto& block : each_block) of_blocks.add(block);
  }
  for (const auto& pixel : each_pixel) of_pixels.add(pixel);
  return {of_values.ratio(), of_values.deviations(), std::max(of_pixels.beyond_chance(), of_blocks.beyond_chance())};
}

}  // namespace terrace
