#include "core/random.h"

#include <Random123/philox.h>

#include <cmath>

#include "core/constants.h"

namespace terrace {
namespace {

std::uint64_t mix(std::uint64_t x) {  // the finaliser of SplitMix64 (Steele et al., 2014)
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t stable_hash(const void* bytes, std::size_t count, std::uint64_t start) {
  std::uint64_t hash = 0xcbf29ce484222325ull ^ mix(start);
  for (std::size_t i = 0; i < count; ++i)
    hash = (hash ^ static_cast<const unsigned char*>(bytes)[i]) * 0x100000001b3ull;
  return mix(hash);
}

Random::Random(std::uint64_t seed, std::initializer_list<std::uint64_t> key) {
  std::uint64_t name = mix(seed + 0x9e3779b97f4a7c15ull);
  for (const auto part : key) name = mix(name ^ mix(part + 0x9e3779b97f4a7c15ull)) + 0x632be59bd9b4e019ull;
  key_[0] = static_cast<std::uint32_t>(seed);
  key_[1] = static_cast<std::uint32_t>(seed >> 32);
  counter_[0] = counter_[1] = 0;
  counter_[2] = static_cast<std::uint32_t>(name);
  counter_[3] = static_cast<std::uint32_t>(name >> 32);
}

std::uint32_t Random::bits() {
  if (used_ == 4) {
    const r123::Philox4x32::ctr_type counter = {{counter_[0], counter_[1], counter_[2], counter_[3]}};
    const r123::Philox4x32::key_type key = {{key_[0], key_[1]}};
    const auto block = r123::Philox4x32()(counter, key);
    for (int i = 0; i < 4; ++i) block_[i] = block[i];
    if (++counter_[0] == 0) ++counter_[1];
    used_ = 0;
  }
  return block_[used_++];
}

double Random::uniform() {
  const std::uint64_t high = bits() >> 5, low = bits() >> 6;
  return static_cast<double>((high << 26) | low) * 0x1p-53;
}

std::int64_t Random::below(std::int64_t count) {
  return static_cast<std::int64_t>(uniform() * static_cast<double>(count));
}

double Random::normal() {  // Box & Muller (1958); the second number is not kept, so that draws stay countable
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * pi * uniform());
}

std::int64_t Random::poisson(double mean) {
  // Small means by counting arrivals (Knuth, The Art of Computer Programming, vol. 2, 3.4.1).
  if (!(mean > 0)) return 0;
  if (mean < 30) {
    const double limit = std::exp(-mean);
    std::int64_t count = 0;
    for (double product = uniform(); product > limit; product *= uniform()) ++count;
    return count;
  }
  // PTRS, transformed rejection (Hörmann, Insurance: Mathematics and Economics 12 (1993) 39), exact for mean ≥ 10.
  const double b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = uniform() - 0.5, v = uniform();
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<std::int64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <=
        k * std::log(mean) - mean - std::lgamma(k + 1))
      return static_cast<std::int64_t>(k);
  }
}

}  // namespace terrace
