#include "specimen/element.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"

namespace terrace {
namespace {

TEST(Element, symbols_and_numbers_are_each_others_inverse) {
  std::set<std::string> seen;
  for (int number = 1; number <= heaviest_element; ++number) {
    EXPECT_EQ(atomic_number(element_symbol(number)), number);
    seen.insert(element_symbol(number));
  }
  EXPECT_EQ(seen.size(), 103u);
}

TEST(Element, known_elements_have_their_numbers) {
  for (const auto& [symbol, number] : {std::pair{"H", 1},
                                       {"O", 8},
                                       {"Al", 13},
                                       {"Ti", 22},
                                       {"Sr", 38},
                                       {"Ba", 56},
                                       {"La", 57},
                                       {"Lu", 71},
                                       {"Au", 79},
                                       {"Pb", 82},
                                       {"U", 92},
                                       {"Lr", 103}})
    EXPECT_EQ(atomic_number(symbol), number) << symbol;
}

TEST(Element, what_is_no_element_is_refused_with_the_nearest_one) {
  EXPECT_THROW(element_symbol(0), InputError);
  EXPECT_THROW(element_symbol(104), InputError);
  try {
    atomic_number("Tii");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("\"Ti\""));
  }
}

TEST(Element, labels_lose_charges_and_counters) {
  for (const auto& [label, number] : {std::pair{"Sr2+", 38},
                                      {"O2-", 8},
                                      {"Ti1", 22},
                                      {"O", 8},
                                      {"SR", 38},
                                      {"ti4+", 22},
                                      {"O1A", 8},
                                      {"OW1", 8},
                                      {"D", 1},
                                      {"La3+", 57},
                                      {"X1", 0},
                                      {"", 0},
                                      {"2O", 0}})
    EXPECT_EQ(element_of_label(label), number) << label;
}

}  // namespace
}  // namespace terrace
