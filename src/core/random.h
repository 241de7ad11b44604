// Random numbers that depend on what they are for, not on when they are asked: the same key gives the same numbers on
// any thread, rank and restart. Philox 4x32-10 (Salmon et al., SC'11) of Random123.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace terrace {

/// A stream of numbers named by (seed, key …), e.g. Random(seed, {family, depth, site}). Streams of different keys are
/// independent. Integer and uniform draws repeat on every processor; normal draws to rounding of libm.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::initializer_list<std::uint64_t> key = {});

  std::uint32_t bits();
  /// Uniform in [0, 1), with 53 bits.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform in 0 … count − 1; count ≥ 1.
  std::int64_t below(std::int64_t count);
  /// Mean 0, variance 1.
  double normal();
  /// Poisson with the given mean (exact for any mean; mean ≤ 0 gives 0).
  std::int64_t poisson(double mean);

 private:
  std::uint32_t key_[2];
  std::uint32_t counter_[4];
  std::uint32_t block_[4];
  int used_ = 4;
};

/// A 64-bit hash of a byte string, the same everywhere (FNV-1a, finished by a mixer): names content, keys streams.
std::uint64_t stable_hash(const void* bytes, std::size_t count, std::uint64_t start = 0);

}  // namespace terrace
