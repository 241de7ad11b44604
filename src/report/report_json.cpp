#include "report/report_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "report/packed.h"

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t largest_picture = 512;  // pixels along each side

void require_equal(std::size_t found, std::size_t expected, const std::string& what) {
  if (found == expected) return;
  throw InputError(
      fmt::format("{} has {} numbers, not {} (one for each point). Was a point left out?", what, found, expected));
}

Json prediction_json(const Prediction& p) {
  return {{"classes", interface_class_names},
          {"class_probability", p.class_probability},
          {"depth_probability", p.depth_probability},
          {"depth_bin_nm", p.depth_bin_nm},
          {"depth_nm", p.depth_nm},
          {"depth_low_nm", p.depth_low_nm},
          {"depth_high_nm", p.depth_high_nm},
          {"depth_half_low_nm", p.depth_half_low_nm},
          {"depth_half_high_nm", p.depth_half_high_nm},
          {"probability_up", p.step_height_probability_up},
          {"sigma_a_cells", p.sigma_a_cells},
          {"sigma_a_error", p.sigma_a_error},
          {"sigma_b_cells", p.sigma_b_cells},
          {"sigma_b_error", p.sigma_b_error},
          {"thickness_nm", p.thickness_nm},
          {"estimated_thickness_nm", p.estimated_thickness_nm},
          {"estimated_thickness_error", p.estimated_thickness_error},
          {"covered_share", p.covered_share},
          {"out_of_domain", p.out_of_domain},
          {"abstains", p.abstains},
          {"reasons", p.reasons}};
}

/// Shares in whole per cent are enough to draw atoms by chance.
std::vector<int> per_cent(const Array<double, 2>& shares) {
  std::vector<int> result;
  for (const double share : shares) result.push_back(static_cast<int>(std::lround(100 * share)));
  return result;
}

Json drawing_json(const InterfaceDrawing& drawing) {
  require_equal(drawing.film_b.size(), drawing.film_a.size(), "The drawing's share of film on B sites");
  return {{"depths", drawing.film_a.extent(0)},   {"columns", drawing.film_a.extent(1)},
          {"film_a", per_cent(drawing.film_a)},   {"film_b", per_cent(drawing.film_b)},
          {"first_column", drawing.first_column}, {"cell_nm", drawing.cell_nm},
          {"substrate", drawing.substrate},       {"film", drawing.film},
          {"cations", drawing.cations},           {"caption", drawing.caption}};
}

Json measure_json(const Measure& m) {
  return {{"name", m.name}, {"meaning", m.meaning},       {"value", m.value},      {"low", m.low}, {"high", m.high},
          {"n", m.n},       {"structures", m.structures}, {"families", m.families}};
}

Json confusion_json(const ConfusionMatrix& confusion) {
  require_equal(confusion.counts.size(), confusion.names.size(), "The confusion matrix");
  for (const auto& row : confusion.counts) require_equal(row.size(), confusion.names.size(), "A confusion matrix row");
  return {{"names", confusion.names}, {"counts", confusion.counts}};
}

Json reliability_json(const ReliabilityBin& bin) {
  return {{"confidence", bin.confidence},
          {"right", bin.right},
          {"low", bin.right_low},
          {"high", bin.right_high},
          {"n", bin.n}};
}

constexpr const char* curve_styles[] = {"line", "dots", "band"};

Json curve_json(const Curve& curve) {
  require_equal(curve.y.size(), curve.x.size(), "Curve '" + curve.name + "'");
  if (!curve.low.empty()) require_equal(curve.low.size(), curve.x.size(), "The band of curve '" + curve.name + "'");
  require_equal(curve.high.size(), curve.low.size(), "The upper edge of the band of curve '" + curve.name + "'");
  return {{"name", curve.name}, {"x", curve.x},       {"y", curve.y},
          {"low", curve.low},   {"high", curve.high}, {"style", curve_styles[static_cast<int>(curve.style)]}};
}

Json range_json(const MarkedRange& range) { return {{"name", range.name}, {"low", range.low}, {"high", range.high}}; }

Json chart_json(const Chart& chart) {
  Json curves = Json::array();
  for (const auto& curve : chart.curves) curves.push_back(curve_json(curve));
  Json json = {{"title", chart.title},
               {"meaning", chart.meaning},
               {"x_name", chart.x_name},
               {"y_name", chart.y_name},
               {"x_log", chart.x_axis == Chart::Axis::logarithmic},
               {"y_log", chart.y_axis == Chart::Axis::logarithmic},
               {"y_down", chart.y_axis == Chart::Axis::downwards},
               {"cursor", chart.cursor},
               {"curves", curves}};
  if (chart.marked) json["marked"] = range_json(*chart.marked);
  for (const auto& range : chart.withheld) json["withheld"].push_back(range_json(range));
  return json;
}

Json table_json(const TextTable& table) {
  for (const auto& row : table.rows) require_equal(row.size(), table.columns.size(), "A row of '" + table.title + "'");
  return {{"title", table.title}, {"meaning", table.meaning}, {"columns", table.columns}, {"rows", table.rows}};
}

Json depths_json(const std::vector<DepthAnswer>& depths) {
  Json columns = {{"truth", Json::array()}, {"answer", Json::array()}, {"low", Json::array()}, {"high", Json::array()}};
  const auto rounded = [](double nm) { return std::round(nm * 1000) / 1000; };
  for (const auto& depth : depths) {
    columns["truth"].push_back(rounded(depth.truth_nm));
    columns["answer"].push_back(rounded(depth.answer_nm));
    columns["low"].push_back(rounded(depth.low_nm));
    columns["high"].push_back(rounded(depth.high_nm));
  }
  return columns;
}

Json twin_json(const TwinPatterns& twin) {
  require_equal(twin.diffuse.extent(0), twin.rough.extent(0), "The diffuse twin's column");
  require_equal(twin.diffuse.extent(1), twin.rough.extent(1), "The diffuse twin's row");
  const std::vector<std::int64_t> shape(twin.rough.extents().begin(), twin.rough.extents().end());
  return {{"caption", twin.caption},
          {"rough", pack_float32(twin.rough.span(), shape)},
          {"diffuse", pack_float32(twin.diffuse.span(), shape)}};
}

Json fit_json(const FittedPatterns& fit) {
  if (fit.measured.extents() != fit.fitted.extents())
    throw InputError("The fitted patterns have another shape than the measured ones. Are both on the same grid?");
  const std::vector<std::int64_t> shape(fit.measured.extents().begin(), fit.measured.extents().end());
  return {{"measured", pack_float32(fit.measured.span(), shape)}, {"fitted", pack_float32(fit.fitted.span(), shape)}};
}

/// Every how many-th pixel of a picture the page shows.
std::int64_t stride_of(const Image& image) {
  return (std::max(image.extent(0), image.extent(1)) + largest_picture - 1) / largest_picture;
}

Image thinned(const Image& image, std::int64_t stride) {
  if (stride <= 1) return image;
  Image small({(image.extent(0) + stride - 1) / stride, (image.extent(1) + stride - 1) / stride});
  for (std::int64_t row = 0; row < small.extent(0); ++row)
    for (std::int64_t column = 0; column < small.extent(1); ++column)
      small(row, column) = image(row * stride, column * stride);
  return small;
}

/// Marks in pixels of the thinned picture. [row, column, …] each.
Json marks_json(const PictureMarks& marks, double stride) {
  Json json = {{"ellipses", Json::array()}, {"lines", Json::array()}, {"labels", Json::array()}};
  for (const auto& e : marks.ellipses)
    json["ellipses"].push_back({e.row / stride, e.column / stride, e.radius_rows / stride, e.radius_columns / stride});
  for (const auto& line : marks.lines)
    json["lines"].push_back({line.row_1 / stride, line.column_1 / stride, line.row_2 / stride, line.column_2 / stride,
                             line.weight == PictureMarks::Line::Weight::strong ? "strong" : "fine"});
  for (const auto& label : marks.labels)
    json["labels"].push_back({label.row / stride, label.column / stride, label.text});
  return json;
}

Json picture_json(const Picture& picture) {
  const auto stride = stride_of(picture.image);
  const Image image = thinned(picture.image, stride);
  const std::vector<std::int64_t> shape(image.extents().begin(), image.extents().end());
  const bool logarithmic = picture.scale == Picture::Scale::logarithmic;
  return {{"caption", picture.caption},
          {"logarithmic", logarithmic},
          {"pixel_aspect", picture.pixel_aspect},
          {"marks", marks_json(picture.marks, static_cast<double>(std::max<std::int64_t>(1, stride)))},
          {"image", logarithmic ? pack_log8(image.span(), shape) : pack_linear8(image.span(), shape)}};
}

template <class Item, class ToJson>
void add_list(Json& json, const char* key, const std::vector<Item>& items, ToJson to_json) {
  if (items.empty()) return;
  for (const auto& item : items) json[key].push_back(to_json(item));
}

Json section_json(const ReportSection& section) {
  Json json = {{"title", section.title}, {"lead", section.lead}};
  add_list(json, "tables", section.tables, table_json);
  add_list(json, "charts", section.charts, chart_json);
  add_list(json, "pictures", section.pictures, picture_json);
  return json;
}

}  // namespace

Json content_json(const ReportContent& content) {
  Json json = {{"title", content.title}};
  if (content.prediction) json["prediction"] = prediction_json(*content.prediction);
  if (content.interface_drawing)
    json["drawing"] = drawing_json(*content.interface_drawing);
  else if (content.prediction)
    json["drawing"] = drawing_json(most_probable_interface(*content.prediction));
  if (content.map) json["map"] = section_json(*content.map);
  if (content.fit) json["fit"] = fit_json(*content.fit);
  if (content.registration) json["registration"] = section_json(*content.registration);
  add_list(json, "measures", content.measures, measure_json);
  if (!content.measures_note.empty()) json["measures_note"] = content.measures_note;
  if (content.confusion) json["confusion"] = confusion_json(*content.confusion);
  add_list(json, "reliability", content.reliability, reliability_json);
  if (!content.depths.empty()) json["depths"] = depths_json(content.depths);
  if (content.learning_curve) json["learning_curve"] = chart_json(*content.learning_curve);
  add_list(json, "charts", content.charts, chart_json);
  add_list(json, "sections", content.sections, section_json);
  add_list(json, "twins", content.twins, twin_json);
  if (!content.provenance.empty()) json["provenance"] = content.provenance;
  return json;
}

std::string script_safe(const Json& json) {
  const std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '<' || c == '>' || c == '&')
      safe += fmt::format("\\u{:04x}", static_cast<int>(c));
    else
      safe += c;
  }
  return safe;
}

}  // namespace terrace
