#include "formats/trial.h"

#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>
#include <thread>

namespace terrace {
namespace {

TEST(Trial, tells_an_end_from_a_crash_and_a_hang) {
  EXPECT_TRUE(survives([] {}, 6));
  EXPECT_TRUE(survives([] { throw std::runtime_error("an exception is an end"); }, 6));
  EXPECT_FALSE(survives([] { std::raise(SIGSEGV); }, 6));
  EXPECT_FALSE(survives([] { std::this_thread::sleep_for(std::chrono::hours(1)); }, 0)) << "waits for ever";
  EXPECT_FALSE(survives(
      [] {
        for (volatile bool on = true; on;) {
        }
      },
      1))
      << "computes for ever";
}

TEST(Trial, leaves_this_process_as_it_was) {
  int number = 1;
  EXPECT_TRUE(survives([&] { number = 2; }, 6));
  EXPECT_EQ(number, 1);
}

}  // namespace
}  // namespace terrace
