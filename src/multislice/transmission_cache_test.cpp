#include "multislice/transmission_cache.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

std::shared_ptr<const Transmission> some() { return std::make_shared<const Transmission>(Transmission({4, 8})); }
constexpr std::int64_t bytes_of_one = 4 * 8 * sizeof(Complex);

TEST(TransmissionCache, least_recently_used_goes_first) {
  TransmissionCache cache(2 * bytes_of_one);
  const auto first = cache.keep("first", some());
  cache.keep("second", some());
  EXPECT_EQ(cache.find("first"), first);
  cache.keep("third", some());
  EXPECT_EQ(cache.find("first"), first);
  EXPECT_EQ(cache.find("second"), nullptr);
  EXPECT_NE(cache.find("third"), nullptr);
}

TEST(TransmissionCache, first_of_two_makers_wins) {
  TransmissionCache cache(bytes_of_one);
  const auto first = cache.keep("slab", some());
  EXPECT_EQ(cache.keep("slab", some()), first);
}

TEST(TransmissionCache, one_too_large_is_handed_back_and_not_kept) {
  TransmissionCache cache(bytes_of_one - 1);
  EXPECT_NE(cache.keep("slab", some()), nullptr);
  EXPECT_EQ(cache.find("slab"), nullptr);
}

}  // namespace
}  // namespace terrace
