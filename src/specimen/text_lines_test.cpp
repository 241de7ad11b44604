#include "specimen/text_lines.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace terrace {
namespace {

TEST(TextLines, both_kinds_of_line_ends_are_stripped) {
  TextLines lines("one\r\n\ntwo", "f");
  EXPECT_EQ(lines.next(), "one");
  EXPECT_EQ(lines.next(), "");
  EXPECT_EQ(lines.next(), "two");
  EXPECT_FALSE(lines.next());
  EXPECT_THROW(lines.expect("more"), FileError);
}

TEST(NumberOf, reads_what_programs_write_and_nothing_else) {
  EXPECT_EQ(number_of("+1.5"), 1.5);
  EXPECT_EQ(number_of("0.787D-02"), 0.787e-2);
  EXPECT_EQ(number_of("-3"), -3.0);
  for (const char* word : {"", "nan", "inf", "1e999", "0x10", "1,5", "1.5a", "--1", "+", "Sr"})
    EXPECT_FALSE(number_of(word)) << word;
}

TEST(WholeNumberOf, has_no_fraction_and_fits) {
  EXPECT_EQ(whole_number_of("12.0"), 12);
  for (const char* word : {"12.5", "1e18", "x"}) EXPECT_FALSE(whole_number_of(word)) << word;
}

TEST(Excerpt, never_carries_control_characters_into_an_error) {
  EXPECT_EQ(excerpt(std::string_view("a\0\x1b[2J", 6)), "a??[2J");
  EXPECT_LT(excerpt(std::string(1000, 'x')).size(), 50u);
}

}  // namespace
}  // namespace terrace
