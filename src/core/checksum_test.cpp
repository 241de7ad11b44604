#include "core/checksum.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace terrace {
namespace {

std::uint64_t checksum_of(const std::string& text) { return checksum(text.data(), text.size()); }

// The values of xxhsum -H64 (xxHash 0.8), for no block, a tail of every length of word, and blocks with a tail.
TEST(Checksum, is_that_of_the_published_program) {
  EXPECT_EQ(checksum_of(""), 0xef46db3751d8e999u);
  EXPECT_EQ(checksum_of("a"), 0xd24ec4f1a98c6e5bu);
  EXPECT_EQ(checksum_of("abc"), 0x44bc2cf5ad770999u);
  EXPECT_EQ(checksum_of("Nobody inspects the spammish repetition"), 0xfbcea83c8a378bf1u);
}

TEST(Checksum, every_single_bit_changes_it) {
  for (const std::size_t size : {1, 7, 13, 32, 79}) {
    std::vector<unsigned char> bytes(size, 0x5a);
    std::set<std::uint64_t> sums = {checksum(bytes.data(), size)};
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      bytes[bit / 8] ^= 1 << bit % 8;
      sums.insert(checksum(bytes.data(), size));
      bytes[bit / 8] ^= 1 << bit % 8;
    }
    EXPECT_EQ(sums.size(), 8 * size + 1) << size;
  }
}

TEST(Checksum, knows_what_came_before) {
  const auto chained = [](const std::string& first, const std::string& second) {
    return checksum(second.data(), second.size(), checksum_of(first));
  };
  EXPECT_NE(chained("one", "two"), chained("two", "one"));
  EXPECT_NE(chained("", "two"), chained("two", ""));
}

}  // namespace
}  // namespace terrace
