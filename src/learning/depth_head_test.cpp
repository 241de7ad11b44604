#include "learning/depth_head.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

namespace terrace {
namespace {

NetworkShape mixture(int bins) {
  NetworkShape shape;
  shape.depth_bins = bins;
  shape.depth_head = "mixture";
  return shape;
}

/// Numbers whose every part lies at the same place, narrow.
torch::Tensor numbers_at(float place) {
  auto numbers = torch::zeros({1, 3, 8});
  numbers[0][1] = place - torch::linspace(-2, 2, 8);
  numbers[0][2] = -5;
  return numbers.view({1, 24});
}

torch::Tensor probabilities(const NetworkShape& shape, const torch::Tensor& numbers, float limit) {
  return depth_logits(shape, numbers, torch::full({1}, limit), torch::full({1}, limit)).softmax(1)[0];
}

TEST(DepthHead, a_mixture_keeps_its_place_in_a_lamella_of_any_thickness) {
  const auto shape = mixture(100);
  for (const float limit : {20.0f, 40.0f, 80.0f})
    EXPECT_EQ(probabilities(shape, numbers_at(0), limit).argmax().item<int>(), static_cast<int>(limit / 2));
}

TEST(DepthHead, a_mixture_over_the_found_thickness_keeps_its_place_in_that_one) {
  auto shape = mixture(100);
  shape.depth_head = "found_mixture";
  const auto logits = depth_logits(shape, numbers_at(0), torch::full({1}, 40.0f), torch::full({1}, 60.0f));
  EXPECT_EQ(logits[0].argmax().item<int>(), 20);
  EXPECT_GT(logits[0][60].item<double>(), impossible_logit);
  EXPECT_EQ(logits[0][61].item<double>(), impossible_logit);
}

TEST(DepthHead, a_mixture_is_a_distribution_before_it_is_normalised) {
  const auto logits =
      depth_logits(mixture(100), torch::zeros({1, 24}), torch::full({1}, 60.0f), torch::full({1}, 60.0f));
  const double sum = logits.exp().sum().item<double>();
  EXPECT_LE(sum, 1.001);
  EXPECT_GT(sum, 0.9);  // what lies above the entrance or below the exit is lost
}

TEST(DepthHead, no_depth_lies_below_the_limit) {
  for (const char* head : {"mixture", "bins"}) {
    auto shape = mixture(50);
    shape.depth_head = head;
    const auto found = probabilities(shape, torch::zeros({1, depth_numbers(shape)}), 30);
    EXPECT_EQ(found.slice(0, 31).sum().item<double>(), 0) << head;
    EXPECT_GT(found[30].item<double>(), 0) << head;
  }
}

TEST(DepthHead, an_unknown_thickness_is_that_of_all_bins) {
  const auto unknown = depth_logits(mixture(50), numbers_at(0), torch::full({1}, std::numeric_limits<float>::max()),
                                    torch::full({1}, std::numeric_limits<float>::max()));
  EXPECT_EQ(unknown[0].argmax().item<int>(), 25);
}

}  // namespace
}  // namespace terrace
