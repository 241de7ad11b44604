// A result as one self-contained HTML page: the last stop of the journey. Everything shown is plain data given here;
// the page's drawing code (web/) is part of the library, and the page asks the network for nothing.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/array.h"
#include "dataset/measure.h"
#include "dataset/prediction.h"
#include "formats/scan.h"
#include "report/interface_drawing.h"

namespace terrace {

/// counts[truth][answered], both in the order of `names`.
struct ConfusionMatrix {
  std::vector<std::string> names{};
  std::vector<std::vector<long>> counts{};
};

/// A line through (x, y), with a band from `low` to `high` where those are given (empty or as long as y). NaN leaves a
/// gap. `dots` draws the points alone, `band` the band alone.
struct Curve {
  enum class Style { line, dots, band };
  std::string name{};
  std::vector<double> x{}, y{}, low{}, high{};
  Style style = Style::line;
};

/// A stretch of the x axis that is shaded and named: "trained".
struct MarkedRange {
  std::string name{};
  double low = 0, high = 0;
};

/// Curves over one pair of axes. Axis names carry their unit: "thickness (nm)". Logarithmic axes need numbers above 0;
/// only a y axis runs downwards (depth).
struct Chart {
  enum class Axis { linear, logarithmic, downwards };
  std::string title{};
  std::string meaning{};  ///< one plain sentence under the title
  std::string x_name{}, y_name{};
  std::vector<Curve> curves{};
  Axis x_axis = Axis::linear, y_axis = Axis::linear;
  std::optional<MarkedRange> marked{};
  std::vector<MarkedRange> withheld{};  ///< greyed over the curves: what stands there is no answer
  std::string cursor{};                 ///< charts of one name show their values at the same place
};

/// Text in rows and columns; the first cell of a row names it. What follows a line break in a cell is in smaller print.
struct TextTable {
  std::string title{};
  std::string meaning{};
  std::vector<std::string> columns{};
  std::vector<std::vector<std::string>> rows{};  ///< each as long as `columns`
};

/// Of the answers given with about this confidence, the share that was right.
struct ReliabilityBin {
  double confidence = 0;                 ///< mean confidence of the bin's answers, 0 … 1
  double right = 0;                      ///< share of right answers, 0 … 1
  double right_low = 0, right_high = 0;  ///< 95 % interval of `right`
  long n = 0;
};

/// One interface with a step: where it is and where it was said to be. Depths from the entrance surface, nm.
struct DepthAnswer {
  double truth_nm = 0;
  double answer_nm = 0, low_nm = 0, high_nm = 0;  ///< median and 90 % interval
};

/// The patterns of a stepped interface and of its diffuse twin at the same probe position, [ky][kx], equal sizes, in
/// fractions of the beam. The page shows both and their difference.
struct TwinPatterns {
  std::string caption{};
  Image rough{}, diffuse{};
};

/// Patterns on the standard grid and those of what fits them best, [along][across][ky][kx], of equal sizes. The page
/// shows both and their difference at the position chosen.
struct FittedPatterns {
  Array<float, 4> measured{}, fitted{};
};

/// Drawn over a picture, in its pixels: fractions are allowed, whole numbers are the middles of pixels.
struct PictureMarks {
  struct Ellipse {
    double row = 0, column = 0, radius_rows = 0, radius_columns = 0;
  };
  struct Line {
    enum class Weight { fine, strong };
    double row_1 = 0, column_1 = 0, row_2 = 0, column_2 = 0;
    Weight weight = Weight::fine;
  };
  struct Label {
    double row = 0, column = 0;
    std::string text{};
  };
  std::vector<Ellipse> ellipses{};
  std::vector<Line> lines{};
  std::vector<Label> labels{};
};

/// Any picture with a caption, [y][x].
struct Picture {
  enum class Scale { linear, logarithmic };
  std::string caption{};
  Image image{};
  Scale scale = Scale::linear;
  double pixel_aspect = 1;  ///< width of a pixel over its height
  PictureMarks marks{};
};

/// A part of the page under a heading of its own, for what has no fixed place: held-out sets, doses, a data set.
struct ReportSection {
  std::string title{};
  std::string lead{};  ///< one plain sentence under the heading
  std::vector<TextTable> tables{};
  std::vector<Chart> charts{};
  std::vector<Picture> pictures{};
};

/// A straight line on a scan, in positions; fractions are allowed.
struct ScanLine {
  double row_1 = 0, column_1 = 0, row_2 = 0, column_2 = 0;
};

/// What the page shows. A part that is not given is left out, heading and all.
struct ReportContent {
  std::string title{};     ///< "Interface of specimen 12"
  std::string subtitle{};  ///< where from: file, date, model

  /// Summary, class probabilities, depth distribution, widths, warnings.
  std::optional<Prediction> prediction{};
  /// The atoms; where it is missing and there is a prediction, its most probable interface is drawn.
  std::optional<InterfaceDrawing> interface_drawing{};

  std::optional<ReportSection> map{};  ///< the answer along the interface

  /// The measured or simulated patterns to browse; borrowed until write_report returns. Big scans are thinned out and
  /// binned until the page fits.
  const Scan* scan = nullptr;
  std::optional<ScanLine> interface_line{};  ///< the interface's plane on the scan, drawn on the maps
  std::optional<FittedPatterns> fit{};
  std::optional<ReportSection> registration{};  ///< how the scan was laid on the standard grid

  std::vector<Measure> measures{};
  std::string measures_note{};  ///< a sentence under the table: thresholds, recipe, split
  std::optional<ConfusionMatrix> confusion{};
  std::vector<ReliabilityBin> reliability{};
  std::vector<DepthAnswer> depths{};
  std::optional<Chart> learning_curve{};
  std::vector<Chart> charts{};            ///< any further ones: accuracy over thickness, over dose …
  std::vector<ReportSection> sections{};  ///< after the charts, before the twins
  std::vector<TwinPatterns> twins{};

  /// Settings, versions, hashes of files, hints: shown as a tree that folds.
  nlohmann::ordered_json provenance{};
};

/// The largest page in bytes that write_report makes. Patterns of the scan are the part that gives way.
inline constexpr std::size_t report_size_limit = 5'000'000;

/// Writes the page to `path`, by way of `path`.partial. Throws FileError where it cannot be written or the scan cannot
/// be read, ResourceError where the disk is full, InputError where sizes within a part disagree or the pictures alone
/// exceed the limit.
void write_report(const ReportContent& content, const std::filesystem::path& path);

/// The page as text.
std::string report_page(const ReportContent& content);

}  // namespace terrace
