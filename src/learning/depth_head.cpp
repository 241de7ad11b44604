#include "learning/depth_head.h"

#include <torch/utils.h>

namespace terrace {

using torch::Tensor;

namespace {

constexpr std::int64_t parts = 8;
/// Centres begin spread over the lamella.
constexpr double first_logit = -2, last_logit = 2;
constexpr double usual_width = 0.07;          ///< of the limit
constexpr double least_width_cells = 0.3;     ///< most of it within one bin
constexpr double narrowest = -5, widest = 2;  ///< logarithm of what the usual width is multiplied by
constexpr double least_probability = 1e-6;

Tensor mixture_logits(const Tensor& numbers, const Tensor& limit, const Tensor& bins) {
  const auto of_part = numbers.view({numbers.size(0), 3, parts}).unbind(1);
  const auto span = limit.unsqueeze(1);
  const auto centre = torch::sigmoid(of_part[1] + torch::linspace(first_logit, last_logit, parts)) * span;
  const auto width = usual_width * span * of_part[2].clamp(narrowest, widest).exp() + least_width_cells;
  const auto from_centre = bins.unsqueeze(2) - centre.unsqueeze(1);
  const auto below = [&](double edge) { return torch::sigmoid((from_centre + edge) / width.unsqueeze(1)); };
  const auto share = of_part[0].softmax(1).unsqueeze(1);
  return (((below(0.5) - below(-0.5)) * share).sum(2) + least_probability).log();
}

}  // namespace

std::int64_t depth_numbers(const NetworkShape& shape) {
  return shape.depth_head == "bins" ? shape.depth_bins : 3 * parts;
}

Tensor depth_logits(const NetworkShape& shape, const Tensor& numbers, const Tensor& thickness,
                    const Tensor& depth_limit) {
  const auto bins = torch::arange(shape.depth_bins, depth_limit.options()).unsqueeze(0);
  const auto possible = (shape.depth_head == "found_mixture" ? thickness : depth_limit).clamp(1, shape.depth_bins);
  const auto logits = shape.depth_head == "bins" ? numbers : mixture_logits(numbers, possible, bins);
  return logits.masked_fill(bins > depth_limit.unsqueeze(1), impossible_logit);
}

}  // namespace terrace
