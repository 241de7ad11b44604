#include "report/report.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <regex>
#include <sstream>

#include "core/error.h"
#include "core/random.h"
#include "report/report_json.h"

namespace terrace {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Noise in every pixel: what gzip can do least about.
class NoiseScan : public Scan {
 public:
  NoiseScan(int positions, int pixels) {
    info_.scan_height = info_.scan_width = positions;
    info_.detector_height = info_.detector_width = pixels;
  }
  void read(int row, int column, std::span<float> pattern) const override {
    Random random(1, {static_cast<std::uint64_t>(row), static_cast<std::uint64_t>(column)});
    for (float& value : pattern) value = static_cast<float>(std::pow(10, 4 * random.uniform()));
  }
};

Prediction some_prediction() {
  Prediction prediction;
  prediction.class_probability = {0.1, 0.7, 0.1, 0.1};
  prediction.depth_probability = {0, 0, 0.5, 0.5, 0};
  prediction.depth_nm = 1.17;
  prediction.thickness_nm = 10;
  prediction.summary = "A step.";
  return prediction;
}

nlohmann::json embedded_content(const std::string& page) {
  const std::string start = "<script type=\"application/json\" id=\"content\">";
  const auto from = page.find(start) + start.size();
  return nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
}

long count_of(const std::string& text, const std::string& part) {
  long count = 0;
  for (auto place = text.find(part); place != text.npos; place = text.find(part, place + 1)) ++count;
  return count;
}

TEST(Report, names_no_address_but_the_one_that_svg_is_called_by) {
  const std::string page = report_page({.title = "x", .prediction = some_prediction()});
  const std::regex address(R"(https?://[^"'` )]*)");
  for (std::sregex_iterator match(page.begin(), page.end(), address), end; match != end; ++match)
    EXPECT_EQ(match->str(), "http://www.w3.org/2000/svg");
  EXPECT_THAT(page, Not(HasSubstr("src=\"")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(Report, text_of_the_user_cannot_end_a_script_or_start_an_element) {
  const std::string hostile = "</script><img src=x>{{script}}";
  ReportContent content{.title = hostile, .subtitle = hostile};
  content.provenance["</script>"] = hostile;
  const std::string page = report_page(content), plain = report_page({.title = "x", .subtitle = "y"});
  EXPECT_EQ(count_of(page, "</script>"), count_of(plain, "</script>"));
  EXPECT_EQ(count_of(page, "<img"), 0);
  EXPECT_EQ(embedded_content(page)["title"], hostile);
  EXPECT_EQ(embedded_content(page)["provenance"]["</script>"], hostile);
}

TEST(Report, broken_utf8_is_replaced_and_not_refused) {
  EXPECT_NO_THROW(embedded_content(report_page({.title = "caf\xe9"})));
}

TEST(Report, parts_not_given_are_left_out) {
  const auto nothing = embedded_content(report_page({.title = "x"}));
  EXPECT_EQ(nothing.size(), 1u) << nothing.dump();
  const auto predicted = embedded_content(report_page({.title = "x", .prediction = some_prediction()}));
  EXPECT_EQ(predicted.size(), 3u) << "title, prediction and the drawing made from it";
}

TEST(Report, the_summary_can_be_read_without_scripts) {
  EXPECT_THAT(report_page({.title = "x", .prediction = some_prediction()}),
              HasSubstr("<p class=\"summary\">A step.</p>"));
}

TEST(Report, noise_that_does_not_compress_still_fits_the_limit) {
  const NoiseScan scan(40, 40);  // 2.6 MB of codes that base64 makes 3.4 MB: too much beside 2 MB of provenance
  ReportContent content{.title = "x", .scan = &scan};
  content.provenance["text"] = std::string(2'000'000, 'a');
  const std::string page = report_page(content);
  EXPECT_LE(page.size(), report_size_limit);
  EXPECT_EQ(embedded_content(page)["scan"]["bin"], 2);
}

TEST(Report, parts_that_leave_no_room_are_refused) {
  ReportContent content{.title = "x"};
  content.provenance["text"] = std::string(6'000'000, 'a');
  EXPECT_THROW(report_page(content), InputError);
}

TEST(Report, curves_whose_lengths_disagree_are_refused_by_name) {
  ReportContent content{.title = "x"};
  content.charts.push_back({.title = "t", .curves = {{.name = "loss", .x = {1, 2}, .y = {1}}}});
  EXPECT_THAT([&] { report_page(content); }, testing::ThrowsMessage<InputError>(HasSubstr("'loss'")));
}

TEST(Report, a_table_whose_row_lacks_a_cell_is_refused_by_name) {
  ReportContent content{.title = "x"};
  content.sections.push_back({.title = "s", .tables = {{.title = "sets", .columns = {"a", "b"}, .rows = {{"1"}}}}});
  EXPECT_THAT([&] { report_page(content); }, testing::ThrowsMessage<InputError>(HasSubstr("'sets'")));
}

TEST(Report, twins_of_other_shapes_are_refused) {
  ReportContent content{.title = "x"};
  content.twins.push_back({"pair", Image({4, 6}), Image({6, 4})});
  EXPECT_THROW(report_page(content), InputError);
}

TEST(Report, fitted_patterns_of_another_shape_are_refused) {
  ReportContent content{.title = "x"};
  content.fit = FittedPatterns{Array<float, 4>({1, 2, 3, 3}), Array<float, 4>({1, 2, 3, 4})};
  EXPECT_THROW(report_page(content), InputError);
}

/// What the page says of the marks of a 10 × `width` picture.
nlohmann::json marks_in_page(std::int64_t width, const PictureMarks& marks) {
  ReportContent content{.title = "x"};
  content.registration = ReportSection{.title = "r", .pictures = {{.image = Image({10, width}), .marks = marks}}};
  return embedded_content(report_page(content))["registration"]["pictures"][0]["marks"];
}

TEST(Report, marks_follow_a_picture_that_is_thinned_out) {
  const PictureMarks marks{.ellipses = {{4, 900, 2, 60}}, .labels = {{4, 30, "film"}}};
  EXPECT_EQ(marks_in_page(500, marks)["ellipses"][0], nlohmann::json({4, 900, 2, 60}));
  // 1,200 pixels become 400: every third.
  EXPECT_EQ(marks_in_page(1200, marks)["ellipses"][0][1], 300);
  EXPECT_EQ(marks_in_page(1200, marks)["labels"][0][1], 10);
}

TEST(Report, stretches_without_an_answer_and_gaps_reach_the_page) {
  ReportContent content{.title = "x"};
  Chart chart{.title = "c", .curves = {{.name = "depth", .x = {1, 2}, .y = {1, std::nan("")}}}};
  chart.withheld = {{"no answer", 1.5, 2.5}};
  content.map = ReportSection{.title = "m", .charts = {chart}};
  const auto json = embedded_content(report_page(content))["map"]["charts"][0];
  EXPECT_EQ(json["withheld"][0]["high"], 2.5);
  EXPECT_TRUE(json["curves"][0]["y"][1].is_null());
}

TEST(Report, a_file_appears_whole_under_its_name_and_nothing_else_stays) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "report_whole";
  std::filesystem::create_directories(folder);
  write_report({.title = "x"}, folder / "report.html");
  std::ostringstream text;
  text << std::ifstream(folder / "report.html").rdbuf();
  EXPECT_EQ(text.str(), report_page({.title = "x"}));
  EXPECT_FALSE(std::filesystem::exists(folder / "report.html.partial"));
  std::filesystem::remove_all(folder);
}

TEST(Report, a_missing_folder_is_named) {
  EXPECT_THAT([] { write_report({.title = "x"}, "/no_such_folder/r.html"); },
              testing::ThrowsMessage<FileError>(HasSubstr("no_such_folder")));
}

TEST(ScriptSafe, gives_back_the_same_json) {
  const nlohmann::ordered_json json = {{"a", "<!-- & \u2028 </script>"}, {"b", {1.5, nullptr}}};
  EXPECT_EQ(nlohmann::ordered_json::parse(script_safe(json)), json);
  EXPECT_EQ(script_safe(json).find_first_of("<>&\xe2"), std::string::npos);
}

}  // namespace
}  // namespace terrace
