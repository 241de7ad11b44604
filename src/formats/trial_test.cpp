#include "formats/trial.h"

#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>
#include <thread>

namespace terrace {
namespace {

TEST(Trial, tells_an_end_from_a_crash_and_a_hang) {
  EXPECT_TRUE(survives([] {}, 60));
  EXPECT_TRUE(survives([] { throw std::runtime_error("an exception is an end"); }, 60));
  EXPECT_FALSE(survives([] { std::raise(SIGSEGV); }, 60));
  EXPECT_FALSE(survives([] { std::this_thread::sleep_for(std::chrono::hours(1)); }, 0.2));
}

TEST(Trial, leaves_this_process_as_it_was) {
  int number = 1;
  EXPECT_TRUE(survives([&] { number = 2; }, 60));
  EXPECT_EQ(number, 1);
}

}  // namespace
}  // namespace terrace
