#include "learning/measured_curve.h"

#include <algorithm>
#include <cmath>

#include "dataset/bootstrap.h"

namespace terrace {
namespace {

using Number = std::function<double(const JudgedSample&)>;
using Choose = std::function<bool(const JudgedSample&)>;

constexpr int slices_of_depth = 8, slices_of_thickness = 6, slices_of_place = 5;

bool all(const JudgedSample&) { return true; }
bool is_twin(const JudgedSample& s) { return s.origin.pair >= 0 && is_rough_or_diffuse(s); }
double depth_of(const JudgedSample& s) { return s.labels.step_depth_nm; }
double thickness_of(const JudgedSample& s) { return s.labels.thickness_nm; }

std::vector<double> places_of(std::span<const JudgedSample> judged, const Choose& choose, const Number& place) {
  std::vector<double> places;
  for (const auto& sample : judged)
    if (choose(sample)) places.push_back(place(sample));
  return places;
}

/// The slice of `edges` that `place` lies in: the upper edge belongs to the last one.
std::ptrdiff_t slice_of(const std::vector<double>& edges, double place) {
  const auto slice = std::upper_bound(edges.begin(), edges.end(), place) - edges.begin() - 1;
  return std::clamp<std::ptrdiff_t>(slice, 0, std::ssize(edges) - 2);
}

void fill(MeasuredCurve& curve, std::span<const JudgedSample> judged, const std::vector<double>& edges,
          const Choose& choose, const Number& place, const Number& number) {
  std::vector<std::vector<Contribution>> slices(edges.size() - 1);
  std::vector<double> sums(slices.size(), 0);
  for (const auto& sample : judged) {
    if (!choose(sample)) continue;
    const auto slice = slice_of(edges, place(sample));
    slices[slice].push_back({evidence_of(sample.origin), number(sample)});
    sums[slice] += place(sample);
  }
  for (std::size_t i = 0; i < slices.size(); ++i)
    if (!slices[i].empty())
      curve.points.push_back({edges[i], edges[i + 1], sums[i] / static_cast<double>(slices[i].size()),
                              mean_over_families(curve.name, curve.meaning, slices[i])});
}

}  // namespace

std::vector<double> edges_around(double low, double high, int slices, std::span<const double> places) {
  const double width = high > low ? (high - low) / slices : 1;
  const double least = places.empty() ? low : std::ranges::min(places);
  const double most = places.empty() ? high : std::ranges::max(places);
  // What a rounding error puts outside is not worth a slice.
  const auto before = static_cast<int>(std::ceil(std::max(0.0, (low - least) / width - 1e-6)));
  const auto after = static_cast<int>(std::ceil(std::max(0.0, (most - high) / width - 1e-6)));
  std::vector<double> edges;
  for (int i = -before; i <= (high > low ? slices : 1) + after; ++i) edges.push_back(low + i * width);
  return edges;
}

std::vector<MeasuredCurve> curves_over_depth(std::span<const JudgedSample> judged) {
  const auto depths = places_of(judged, has_single_step, depth_of);
  if (depths.empty()) return {};
  std::vector<MeasuredCurve> curves = {{"depth_error_over_depth",
                                        "mean distance of the answered from the true depth",
                                        "true depth (nm)",
                                        "depth error (nm)",
                                        {}},
                                       {"mirror_confusion_over_place",
                                        "steps taken for their mirror image, over the place in the lamella",
                                        "true depth / thickness",
                                        "share of steps",
                                        {}},
                                       {"wrong_direction_over_place",
                                        "steps whose direction was wrong, over the place in the lamella",
                                        "true depth / thickness",
                                        "share of steps",
                                        {}}};
  const auto depth_edges = edges_around(0, std::ranges::max(depths), slices_of_depth, {});
  fill(curves[0], judged, depth_edges, has_single_step, depth_of, depth_error_nm);
  const auto place_edges = edges_around(0, 1, slices_of_place, {});
  fill(curves[1], judged, place_edges, has_single_step, step_place, is_mirror_answer);
  fill(curves[2], judged, place_edges, has_single_step, step_place,
       [](const auto& s) { return !direction_is_right(s); });
  return curves;
}

std::vector<MeasuredCurve> curves_over_thickness(std::span<const JudgedSample> judged, double low_nm, double high_nm) {
  const auto edges = edges_around(low_nm, high_nm, slices_of_thickness, places_of(judged, all, thickness_of));
  const char* x_name = "true thickness (nm)";
  std::vector<MeasuredCurve> curves = {
      {"class_accuracy_over_thickness", "the right one of four classes", x_name, "share right", {}},
      {"matched_over_thickness", "twins of equal projection told apart", x_name, "share right", {}},
      {"depth_error_over_thickness",
       "mean distance of the answered from the true depth",
       x_name,
       "depth error (nm)",
       {}},
      {"abstention_over_thickness", "scans that the model declined to answer", x_name, "share of scans", {}}};
  fill(curves[0], judged, edges, all, thickness_of, class_is_right);
  fill(curves[1], judged, edges, is_twin, thickness_of, rough_is_told_from_diffuse);
  fill(curves[2], judged, edges, has_single_step, thickness_of, depth_error_nm);
  fill(curves[3], judged, edges, all, thickness_of, [](const auto& s) { return s.prediction.abstains; });
  std::erase_if(curves, [](const auto& curve) { return curve.points.empty(); });
  return curves;
}

}  // namespace terrace
