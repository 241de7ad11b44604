#include "inversion/nuisance_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "inversion/count_likelihood.h"
#include "inversion/inversion_setting.h"

namespace terrace {
namespace {

const Hypothesis step{
    .interface_class = InterfaceClass::rough, .thickness_cells = 8, .step_depth_cells = 3, .step_height_cells = 1};

/// The setting, and circumstances drawn from their own distribution.
struct Case {
  Recipe recipe = small_inversion();
  Conditions conditions = conditions_of_inversion(8);
  ForwardModel model{recipe, conditions, 1};
  std::vector<Parameter> parameters = parameters_of(recipe, conditions, step);
  Explanation truth{step, expected_circumstances(recipe, conditions)};

  explicit Case(std::uint64_t draw) {
    Random random(31, {draw});
    for (const auto& p : parameters)
      if (!p.whole) p.set(truth, std::max(p.least, p.expected + p.sigma * random.normal()));
  }

  Observation observed(double electrons, std::uint64_t draw) const {
    const auto expected = model.expected({&truth, 1})[0];
    Random random(32, {draw});
    const auto counts = draw_counts(expected.span(), electrons, random);
    Observation observed{expected, Array<std::uint8_t, 2>(expected.extents()), electrons};
    std::ranges::copy(counts, observed.electrons.begin());
    std::ranges::fill(observed.compared, std::uint8_t{1});
    return observed;
  }
};

TEST(Tangent, the_gradient_is_the_slope_of_the_log_posterior) {
  // Along the best step the log-posterior gains what the quadratic promises, for a step small enough.
  Case one(0);
  for (auto& p : one.parameters)  // the slope at the point itself
    if (p.both_ways) p.both_ways = false, p.step /= 20;
  const auto observed = one.observed(3000, 0);
  const auto propagated = one.model.propagate(step, one.truth.circumstances);
  const Tangent tangent(observed, one.parameters, linearise(propagated, one.model, one.truth, one.parameters));
  const auto best = tangent.best_step(tangent.linearisation().expected);
  auto there = one.truth;
  const double small = 0.1;  // of the step: the quadratic's share 2 s − s² of its gain
  for (std::size_t i = 0; i < one.parameters.size(); ++i) {
    const auto& p = one.parameters[i];
    if (!p.whole) p.set(there, std::max(p.least, p.value(one.truth) + small * best.change[i]));
  }
  const auto value = [&](const Explanation& e) {
    return log_likelihood(observed, one.model.expected({&e, 1})[0]) + log_prior(one.parameters, e);
  };
  const double gained = value(there) - value(one.truth);
  // Differences of one step are no derivatives: a tenth is allowed.
  EXPECT_NEAR(gained / (best.gain * (2 * small - small * small)), 1, 0.1);
}

/// Of a mixed cell's derivatives, those of the circumstances serve a profile; that of its share is none of the
/// profile's.
TEST(Tangent, drops_derivatives_by_what_is_no_parameter) {
  const Case one(0);
  const Hypothesis mixed{.interface_class = InterfaceClass::diffuse, .thickness_cells = 8, .film_cells = 4};
  const auto all = parameters_of(one.recipe, one.conditions, mixed);
  ASSERT_EQ(all.size(), one.parameters.size() + 1);
  const Explanation at{mixed, one.truth.circumstances};
  const auto linearisation = linearise(one.model.propagate(mixed, at.circumstances), one.model, at, all);
  const auto observed = one.observed(3000, 0);
  EXPECT_EQ(Tangent(observed, one.parameters, linearisation).linearisation().derivatives.size(), one.parameters.size());

  // What counts cells stays while the volume of the share is taken: it is that without them.
  std::vector<Parameter> continuous;
  auto of_continuous = linearisation;
  of_continuous.derivatives.clear();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!all[i].whole) continuous.push_back(all[i]), of_continuous.derivatives.push_back(linearisation.derivatives[i]);
  ASSERT_LT(continuous.size(), all.size());
  EXPECT_NEAR(Tangent(observed, all, linearisation).log_volume(all.size() - 1, all.size()),
              Tangent(observed, continuous, of_continuous).log_volume(continuous.size() - 1, continuous.size()), 1e-9);
}

TEST(NuisanceFit, errors_are_those_of_many_fits) {
  // χ² of the fitted circumstances against their stated errors, over parameters and draws.
  double square = 0;
  int count = 0;
  for (int draw = 0; draw < 3; ++draw) {
    const Case one(draw);
    const auto observed = one.observed(20000, draw);
    const auto fit =
        fit_parameters(one.model, observed, one.parameters, {step, expected_circumstances(one.recipe, one.conditions)});
    EXPECT_EQ(fit.explanation.hypothesis.thickness_cells, 8) << draw;
    for (std::size_t i = 0; i < one.parameters.size(); ++i) {
      const auto& p = one.parameters[i];
      if (p.whole) continue;
      square += std::pow((p.value(fit.explanation) - p.value(one.truth)) / fit.errors[i], 2);
      ++count;
    }
  }
  // Correlated among the parameters of one fit; three fits of some twenty: 1 ± 0.35 would be chance.
  EXPECT_LT(square / count, 2);
  EXPECT_GT(square / count, 0.4);
}

TEST(NuisanceFit, a_fit_explains_its_own_counts_to_chance) {
  const Case one(4);
  const auto observed = one.observed(20000, 4);
  const auto fit =
      fit_parameters(one.model, observed, one.parameters, {step, expected_circumstances(one.recipe, one.conditions)});
  EXPECT_LT(std::abs(goodness_of_fit(observed, fit.expected, static_cast<int>(one.parameters.size())).deviations), 4);
  EXPECT_GE(fit.log_posterior, log_likelihood(observed, one.model.expected({&one.truth, 1})[0]) +
                                   log_prior(one.parameters, one.truth) - 0.1);
}

TEST(NuisanceFit, a_tilt_of_many_ripples_is_found) {
  // The window is two cells wide along y: neighbouring beams are 3.2 mrad apart, and patterns follow tilt with a ripple
  // of that period. Derivatives at the point alone end in the first trough.
  Case one(6);
  one.truth.circumstances.tilt_y_mrad = 2.4;
  const auto observed = one.observed(20000, 6);
  const auto start = [&] { return Explanation{step, expected_circumstances(one.recipe, one.conditions)}; };
  const auto fit = fit_parameters(one.model, observed, one.parameters, start());
  EXPECT_NEAR(fit.explanation.circumstances.tilt_y_mrad, 2.4, 0.15);
  const FitEffort at_the_point{.ripple = FitEffort::Ripple::followed};
  const auto lost = fit_parameters(one.model, observed, one.parameters, start(), at_the_point);
  EXPECT_GT(std::abs(lost.explanation.circumstances.tilt_y_mrad - 2.4), 1);
}

TEST(NuisanceFit, derivatives_of_a_neighbour_lead_to_the_same_end) {
  // Those of the step in the next cell serve until a step falls short of its promise.
  const Case one(7);
  const auto observed = one.observed(20000, 7);
  auto next = one.truth;
  next.hypothesis.step_depth_cells += 1;
  const auto of_next = fit_parameters(one.model, observed, one.parameters, next);
  const Explanation start{step, of_next.explanation.circumstances};
  const FitEffort effort{.earlier_serves = true, .ripple = FitEffort::Ripple::followed};
  const auto spared = fit_parameters(one.model, observed, one.parameters, start, effort, &of_next.linearisation);
  const auto full = fit_parameters(one.model, observed, one.parameters, start);
  EXPECT_GT(spared.log_posterior, of_next.log_posterior);
  EXPECT_NEAR(spared.log_posterior, full.log_posterior, 0.5);
}

TEST(NuisanceFit, a_hopeless_fit_is_given_up) {
  const Case one(5);
  const auto observed = one.observed(2000, 5);
  const auto fit = fit_parameters(one.model, observed, one.parameters, one.truth, {.hopeless_below = 1e9});
  EXPECT_TRUE(fit.given_up);
}

}  // namespace
}  // namespace terrace
