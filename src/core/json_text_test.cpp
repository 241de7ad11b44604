#include "core/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace terrace {
namespace {

using testing::HasSubstr;

std::string nested(int levels) { return std::string(levels, '[') + std::string(levels, ']'); }

std::string complaint(const std::string& text) {
  try {
    parse_json(text, "some.json");
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

TEST(JsonText, what_is_nested_without_end_is_refused) {
  EXPECT_EQ(complaint(nested(deepest_json)), "");
  EXPECT_THAT(complaint(nested(1'000'000)), testing::AllOf(HasSubstr("'some.json'"), HasSubstr("nested")));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  EXPECT_THAT(complaint(objects), HasSubstr("nested"));
}

TEST(JsonText, what_is_no_json_is_refused) {
  EXPECT_THAT(complaint(R"({"a": )"), testing::AllOf(HasSubstr("'some.json'"), HasSubstr("not valid JSON")));
}

TEST(JsonText, bytes_that_are_no_utf8_are_replaced) {
  EXPECT_EQ(to_text({{"title", "caf\xE9"}}), "{\"title\":\"caf\uFFFD\"}");
  EXPECT_EQ(to_text({{"title", "caf\u00E9"}}), "{\"title\":\"caf\u00E9\"}");
}

}  // namespace
}  // namespace terrace
