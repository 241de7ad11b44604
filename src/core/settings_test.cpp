#include "core/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace terrace {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Lens {
  double focal_length_mm = 2;
  int turns = 3;
  std::string pole = "north";
  std::vector<double> currents_a = {1, 2};
};
auto fields(const Lens*) {
  using F = Field<Lens>;
  return std::array{F{"focal_length_mm", &Lens::focal_length_mm, 0.1, 10, "where the beam crosses"},
                    F{"turns", &Lens::turns, 1, 1000, "of the coil"},
                    F{"pole", &Lens::pole, "north|south", "which one"},
                    F{"currents_a", &Lens::currents_a, 0, 5, "per coil"}};
}

std::string refusal(const std::string& text) {
  try {
    read_settings<Lens>(parse_config(text, "lens.toml"), "lens");
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Settings, a_config_is_laid_over_the_defaults) {
  const auto lens = read_settings<Lens>(parse_config("[lens]\nturns = 7\ncurrents_a = [3]\n", "lens.toml"), "lens");
  EXPECT_EQ(lens.turns, 7);
  EXPECT_EQ(lens.focal_length_mm, 2);
  EXPECT_EQ(lens.currents_a, std::vector<double>{3});
}

TEST(Settings, the_nearest_known_key_is_named) {
  EXPECT_THAT(refusal("[lens]\n\nturn = 7\n"),
              AllOf(HasSubstr("lens.toml:3"), HasSubstr("'turn'"), HasSubstr("'turns'")));
}

TEST(Settings, values_out_of_range_are_refused_with_the_range) {
  EXPECT_THAT(refusal("[lens]\nfocal_length_mm = 11"), AllOf(HasSubstr("11"), HasSubstr("0.1 and 10")));
  EXPECT_THAT(refusal("[lens]\nfocal_length_mm = nan"), HasSubstr("out of range"));
  EXPECT_THAT(refusal("[lens]\ncurrents_a = [1, 9]"), HasSubstr("9"));
  EXPECT_THAT(refusal("[lens]\npole = \"east\""), HasSubstr("north|south"));
}

TEST(Settings, wrong_types_are_refused) {
  EXPECT_THAT(refusal("[lens]\nturns = \"many\""), HasSubstr("wants a number"));
  EXPECT_THAT(refusal("[lens]\nturns = 1.5"), HasSubstr("whole number"));
  EXPECT_THAT(refusal("[lens]\npole = 1"), HasSubstr("text in quotes"));
  EXPECT_THAT(refusal("lens = 3"), HasSubstr("lens"));
  EXPECT_THAT(refusal("[lens\n"), HasSubstr("not valid TOML"));
}

TEST(Settings, the_record_holds_every_field_and_the_help_names_it) {
  EXPECT_EQ(to_json(Lens{}).dump(), R"({"focal_length_mm":2.0,"turns":3,"pole":"north","currents_a":[1.0,2.0]})");
  for (const auto* name : {"focal_length_mm", "turns", "pole", "currents_a"})
    EXPECT_THAT(settings_help<Lens>(), HasSubstr(name));
}

TEST(Settings, the_record_reads_back) {
  const Lens lens{.focal_length_mm = 3.25, .turns = 9, .pole = "south", .currents_a = {4}};
  EXPECT_EQ(to_json(settings_from_json<Lens>(to_json(lens))), to_json(lens));
}

TEST(Settings, a_missing_file_is_a_file_error) { EXPECT_THROW(read_config("/nonexistent/x.toml"), FileError); }

}  // namespace
}  // namespace terrace
