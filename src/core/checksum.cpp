#include "core/checksum.h"

#include <array>
#include <bit>
#include <cstring>

namespace terrace {
namespace {

constexpr std::uint64_t prime1 = 0x9e3779b185ebca87, prime2 = 0xc2b2ae3d27d4eb4f, prime3 = 0x165667b19e3779f9,
                        prime4 = 0x85ebca77c2b2ae63, prime5 = 0x27d4eb2f165667c5;
constexpr std::size_t lanes = 4, block = lanes * sizeof(std::uint64_t);

static_assert(std::endian::native == std::endian::little);

template <class Word>
Word word_at(const unsigned char* place) {
  Word word;
  std::memcpy(&word, place, sizeof word);
  return word;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t word) { return std::rotl(lane + word * prime2, 31) * prime1; }

/// Four lanes, so that the processor works on four words at once.
std::uint64_t sum_of_blocks(const unsigned char*& place, std::size_t blocks, std::uint64_t seed) {
  std::array<std::uint64_t, lanes> lane = {seed + prime1 + prime2, seed + prime2, seed, seed - prime1};
  for (; blocks > 0; --blocks, place += block)
    for (std::size_t i = 0; i < lanes; ++i) lane[i] = round(lane[i], word_at<std::uint64_t>(place + 8 * i));
  std::uint64_t sum = std::rotl(lane[0], 1) + std::rotl(lane[1], 7) + std::rotl(lane[2], 12) + std::rotl(lane[3], 18);
  for (const auto one : lane) sum = (sum ^ round(0, one)) * prime1 + prime4;
  return sum;
}

std::uint64_t add_tail(std::uint64_t sum, const unsigned char* place, std::size_t count) {
  for (; count >= 8; count -= 8, place += 8)
    sum = std::rotl(sum ^ round(0, word_at<std::uint64_t>(place)), 27) * prime1 + prime4;
  for (; count >= 4; count -= 4, place += 4)
    sum = std::rotl(sum ^ word_at<std::uint32_t>(place) * prime1, 23) * prime2 + prime3;
  for (; count > 0; --count, ++place) sum = std::rotl(sum ^ *place * prime5, 11) * prime1;
  return sum;
}

std::uint64_t finish(std::uint64_t sum) {
  sum = (sum ^ (sum >> 33)) * prime2;
  sum = (sum ^ (sum >> 29)) * prime3;
  return sum ^ (sum >> 32);
}

}  // namespace

std::uint64_t checksum(const void* bytes, std::size_t count, std::uint64_t seed) {
  const auto* place = static_cast<const unsigned char*>(bytes);
  const auto blocks = count / block;
  const auto start = blocks > 0 ? sum_of_blocks(place, blocks, seed) : seed + prime5;
  return finish(add_tail(start + count, place, count % block));
}

}  // namespace terrace
