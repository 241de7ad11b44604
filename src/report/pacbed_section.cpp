#include "report/pacbed_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "registration/estimate_text.h"

namespace terrace {
namespace {

/// `image` with its uncompared pixels at `level`.
Image filled(Image image, float level) {
  for (float& value : image)
    if (std::isnan(value)) value = level;
  return image;
}

float lowest(const Image& image) {
  float low = INFINITY;
  for (const float value : image)
    if (value < low) low = value;
  return low;
}

}  // namespace

ReportSection pacbed_section(const PacbedFit& fit) {
  const float low = std::min(lowest(fit.measured), lowest(fit.fitted));
  Image difference = fit.measured;
  for (std::int64_t i = 0; i < difference.size(); ++i) difference.data()[i] -= fit.fitted.data()[i];
  Curve curve{.name = "correlation"};
  for (const auto& match : fit.matches) {
    curve.x.push_back(match.thickness_nm);
    curve.y.push_back(match.correlation);
  }
  ReportSection section{.title = "Thickness",
                        .lead = fmt::format("{} nm; tilt {} mrad along columns, {} along rows; correlation {:.4f}.",
                                            estimate_text(fit.thickness_nm, 2), number_text(fit.tilt_x_mrad.value, 2),
                                            number_text(fit.tilt_y_mrad.value, 2), fit.correlation)};
  for (const auto& reason : fit.reasons) section.lead += " Note: " + reason + ".";
  section.pictures = {{.caption = "Measured", .image = filled(fit.measured, low)},
                      {.caption = "Best fit", .image = filled(fit.fitted, low)},
                      {.caption = "Measured minus fit", .image = filled(difference, 0)}};
  section.charts = {{.title = "How well each thickness fits",
                     .meaning = "Everything else fitted anew at each thickness.",
                     .x_name = "thickness (nm)",
                     .y_name = "correlation",
                     .curves = {curve}}};
  return section;
}

}  // namespace terrace
