#include "core/threads.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace terrace {
namespace {

TEST(Threads, every_index_is_taken_once) {
  std::vector<int> taken(1000);
  parallel_for(1000, 4, [&](std::int64_t i) { ++taken[i]; });
  for (const int count : taken) EXPECT_EQ(count, 1);
}

TEST(Threads, an_exception_of_a_task_reaches_the_caller) {
  const auto failing = [](std::int64_t i) {
    if (i == 37) throw std::runtime_error("thirty-seven");
  };
  EXPECT_THROW(parallel_for(100, 3, failing), std::runtime_error);
}

}  // namespace
}  // namespace terrace
