#include "inversion/inversion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "dataset/family_simulation.h"
#include "inversion/inversion_setting.h"
#include "inversion/trial.h"
#include "inversion/truth.h"

namespace terrace {
namespace {

/// The first sample of the class in the setting's families, counted at a dose.
Sample scan_of(const Recipe& recipe, InterfaceClass wanted, double electrons, PlannedSample& planned) {
  for (int family = 0; family < recipe.families(); ++family) {
    const auto plan = plan_family(recipe, family);
    for (const auto& sample : plan.samples) {
      if (sample.labels.interface_class != wanted) continue;
      planned = sample;
      auto scan = std::move(simulate_family(recipe, {plan.structures, {sample}}, Passage::multislice)[0]);
      Random random(41, {static_cast<std::uint64_t>(family)});
      detect({.electrons_per_pattern = electrons, .background_share = 0.03}, recipe.grid.mrad_per_pixel, scan, random);
      return scan;
    }
  }
  throw std::logic_error("no such sample");
}

/// Tells of lamellae of eight cells what usual doses do of thick ones.
constexpr double abounding = 1e5;

TEST(Inversion, places_a_step_at_its_cell_where_electrons_abound) {
  const auto recipe = small_inversion();
  PlannedSample planned;
  const auto scan = scan_of(recipe, InterfaceClass::rough, abounding, planned);
  const auto inversion = invert(recipe, scan, 1);
  const auto& best = inversion.findings.candidates.front().hypothesis;
  EXPECT_EQ(best.interface_class, InterfaceClass::rough);
  EXPECT_EQ(best.step_depth_cells, planned.labels.step_depth_cells);
  EXPECT_EQ(best.step_height_cells, planned.labels.step_height_cells);
  EXPECT_EQ(best.thickness_cells, planned.thickness_cells);
  EXPECT_GT(inversion.answer.class_probability[static_cast<int>(InterfaceClass::rough)], 0.9);
  EXPECT_FALSE(inversion.answer.abstains);
}

/// In this lamella of thirteen cells a step a cell lower and a cell thicker scores 110 better than any fit of it.
TEST(Inversion, does_not_answer_with_a_score_that_no_fit_keeps) {
  const auto recipe = read_recipe(TERRACE_SOURCE_DIR "/recipes/inversion.toml");
  const auto plan = plan_family(recipe, 141);
  const TrialScan scan(recipe, plan, 141, 0);
  const auto found = invert(recipe, scan.counted(1e5), 2, {.two_step_depths = 0}).findings.candidates.front();
  EXPECT_TRUE(found.fitted);
  EXPECT_EQ(found.hypothesis.step_depth_cells, scan.planned().labels.step_depth_cells);
  EXPECT_EQ(found.hypothesis.thickness_cells, scan.planned().thickness_cells);
}

/// The best step without a width lies elsewhere, and a profile without a step may be farther from the truth than a
/// mixed cell.
TEST(Inversion, finds_the_step_in_a_profile) {
  const auto recipe = small_inversion();
  for (int family = 0; family < 4; ++family) {
    const auto plan = plan_family(recipe, family);
    const auto both = std::ranges::find(plan.samples, InterfaceClass::both,
                                        [](const auto& sample) { return sample.labels.interface_class; });
    ASSERT_NE(both, plan.samples.end()) << family;
    const TrialScan scan(recipe, plan, family, static_cast<int>(both - plan.samples.begin()));
    const auto found = invert(recipe, scan.counted(3e6), 1, {.two_step_depths = 0}).findings.candidates.front();
    EXPECT_EQ(found.hypothesis.interface_class, InterfaceClass::both) << family;
    EXPECT_EQ(found.hypothesis.step_depth_cells, both->labels.step_depth_cells) << family;
  }
}

TEST(Inversion, a_specimen_that_is_no_hypothesis_is_refused) {
  const auto model = small_inversion();
  auto truth = model;
  truth.film.a_site = "Ba";
  for (const bool foreign : {false, true}) {
    PlannedSample planned;
    const auto scan = scan_of(foreign ? truth : model, InterfaceClass::rough, 3e6, planned);
    const auto inversion = invert(model, scan, 1, {.two_step_depths = 0});
    EXPECT_EQ(fits(inversion.findings.goodness), !foreign) << inversion.findings.goodness.ratio;
    EXPECT_EQ(inversion.answer.summary.starts_with("No hypothesis fits"), foreign) << inversion.answer.summary;
  }
}

TEST(Inversion, a_lamella_that_can_only_be_thinner_than_what_is_tried_is_refused) {
  PlannedSample planned;
  auto scan = scan_of(small_inversion(), InterfaceClass::rough, 1e4, planned);
  scan.conditions.thickness_nm = 1;
  scan.conditions.thickness_error_nm = 0.2;
  EXPECT_THROW(invert(small_inversion(), scan, 1), InputError);
}

/// Half a coarse step before and behind each standard position, as a scan gives them that has none there.
TEST(Inversion, takes_patterns_for_the_means_that_they_are) {
  const auto recipe = small_inversion();
  PlannedSample planned;
  auto scan = scan_of(recipe, InterfaceClass::rough, 1e6, planned);
  const double half_step = 0.4 / recipe.substrate.cell_across_angstrom;
  scan.seen_from.assign(recipe.grid.positions(), {{0, -half_step, 0.5}, {0, half_step, 0.5}});
  const ForwardModel model(recipe, scan.conditions, 1, spreads_of(recipe, scan));
  auto truth = expected_circumstances(recipe, scan.conditions);
  truth.source_fwhm_angstrom = 0.4;
  const Explanation step{{.interface_class = InterfaceClass::rough,
                          .thickness_cells = planned.thickness_cells,
                          .step_depth_cells = 3,
                          .step_height_cells = 1},
                         truth};
  std::ranges::copy(model.expected({&step, 1})[0].span(), scan.patterns.data());
  Random random(7, {1});
  detect({.electrons_per_pattern = 1e6}, recipe.grid.mrad_per_pixel, scan, random);
  const auto read = invert(recipe, scan, 1, {.two_step_depths = 0});
  EXPECT_TRUE(fits(read.findings.goodness)) << read.findings.goodness.ratio;
  EXPECT_EQ(read.findings.candidates.front().hypothesis.step_depth_cells, 3);
  scan.seen_from.clear();
  EXPECT_FALSE(fits(invert(recipe, scan, 1, {.two_step_depths = 0}).findings.goodness));
}

TEST(Inversion, says_when_little_of_the_interface_is_covered) {
  const auto recipe = small_inversion();
  PlannedSample planned;
  auto scan = scan_of(recipe, InterfaceClass::rough, abounding, planned);
  const auto noted = [&] {
    const auto reasons = invert(recipe, scan, 1, {.two_step_depths = 0}).answer.reasons;
    return std::ranges::any_of(reasons, [](const auto& one) { return one.starts_with("the scan covers 50 %"); });
  };
  EXPECT_FALSE(noted());
  for (std::int64_t x = 0; x < recipe.grid.across; x += 2)
    for (std::int64_t y = 0; y < recipe.grid.along; ++y) scan.covered(y, x) = 0;
  EXPECT_TRUE(noted());
}

/// What the counts reached over a rival is what they were to reach, within what chance allows; or more, where the rival
/// was left behind before its fit had ended.
TEST(Inversion, reaches_what_was_forecast) {
  const auto recipe = small_inversion();
  PlannedSample planned;
  const auto scan = scan_of(recipe, InterfaceClass::rough, abounding, planned);
  auto inversion = invert(recipe, scan, 1, {.two_step_depths = 0});
  add_forecast(recipe, scan, 1, inversion);
  int reached = 0;
  for (const auto& one : inversion.forecast) {
    EXPECT_GT(one.expected_ratio, 0) << name_of(one.question);
    if (!one.reached_ratio) continue;
    ++reached;
    const double chance = 5 * std::sqrt(2 * one.expected_ratio);
    EXPECT_GT(*one.reached_ratio, one.expected_ratio - chance) << name_of(one.question);
    if (one.question == NamedRival::Question::adjacent) {
      EXPECT_LT(*one.reached_ratio, one.expected_ratio + chance);
    }
  }
  EXPECT_GE(reached, 2);
}

TEST(Inversion, a_wrong_suggestion_does_not_lead_it_astray) {
  const auto recipe = small_inversion();
  PlannedSample planned;
  const auto scan = scan_of(recipe, InterfaceClass::rough, abounding, planned);
  const auto& truth = planned.labels;
  const double thickness = planned.thickness_cells;
  // The mirror image has the same projection.
  const Hypothesis wrong{.interface_class = InterfaceClass::rough,
                         .step_depth_cells = static_cast<int>(thickness - truth.step_depth_cells),
                         .step_height_cells = -truth.step_height_cells};
  const auto best = invert(recipe, scan, 1, {.suggested = wrong}).findings.candidates.front().hypothesis;
  EXPECT_EQ(best.step_depth_cells, truth.step_depth_cells);
  EXPECT_EQ(best.step_height_cells, truth.step_height_cells);
}

TEST(Inversion, fits_what_is_suggested) {
  const auto recipe = small_inversion();
  PlannedSample planned;
  const auto scan = scan_of(recipe, InterfaceClass::rough, 2e3, planned);
  const Hypothesis near{.interface_class = InterfaceClass::rough,
                        .step_depth_cells = static_cast<int>(planned.labels.step_depth_cells) - 1,
                        .step_height_cells = planned.labels.step_height_cells};
  const auto fitted = [&](const SearchEffort& effort) {
    const auto findings = invert(recipe, scan, 1, effort).findings;
    return std::ranges::any_of(findings.candidates, [&](const Candidate& c) {
      return c.fitted && c.hypothesis.interface_class == near.interface_class &&
             c.hypothesis.second_step_depth_cells <= 0 && c.hypothesis.step_depth_cells == near.step_depth_cells &&
             c.hypothesis.step_height_cells == near.step_height_cells;
    });
  };
  EXPECT_FALSE(fitted({.two_step_depths = 0}));
  EXPECT_TRUE(fitted({.two_step_depths = 0, .suggested = near}));
}

TEST(Inversion, finds_nothing_worse_than_the_truth) {
  const auto recipe = small_inversion();
  for (int family = 0; family < 2; ++family) {
    const auto plan = plan_family(recipe, family);
    auto scan = std::move(simulate_family(recipe, {plan.structures, {plan.samples[0]}}, Passage::multislice)[0]);
    const Detection detection{.electrons_per_pattern = 1e5, .background_share = 0.03};
    Random random(42, {static_cast<std::uint64_t>(family)});
    detect(detection, recipe.grid.mrad_per_pixel, scan, random);
    const auto truth = truth_of(recipe, plan, plan.samples[0], detection);
    ASSERT_TRUE(truth);
    const auto inversion = invert(recipe, scan, 1, {.two_step_depths = 0});
    const ForwardModel model(recipe, scan.conditions, 1);
    const auto parameters = parameters_of(recipe, scan.conditions, truth->hypothesis);
    const auto fit = fit_parameters(model, inversion.observed, parameters, *truth);
    // A fit ends where a step would gain less than 0.2; two such ends may differ by a few.
    EXPECT_GT(inversion.findings.best.log_posterior, fit.log_posterior - 0.5) << family;
  }
}

/// Odds between structures are only as good as these: of each step near the best one, to half a unit of log-evidence.
TEST(Inversion, what_is_said_of_the_best_steps_is_what_fits_to_their_end_come_to) {
  auto recipe = small_inversion();
  recipe.ranges.film_loss_cells = {0, 3};
  recipe.ranges.film_b_scale = {0.7, 1.3};
  recipe.ranges.specimen_tilt_mrad = {0, 3};
  int compared = 0;
  for (const int family : {0, 2}) {
    const auto plan = plan_family(recipe, family);
    auto scan = std::move(simulate_family(recipe, {plan.structures, {plan.samples[0]}}, Passage::multislice)[0]);
    Random random(43, {static_cast<std::uint64_t>(family)});
    detect({.electrons_per_pattern = 1e3, .background_share = 0.03}, recipe.grid.mrad_per_pixel, scan, random);
    const auto inversion = invert(recipe, scan, 1, {.two_step_depths = 0});
    const auto& best = inversion.findings.best;
    const ForwardModel model(recipe, scan.conditions, 1);
    for (const auto& candidate : inversion.findings.candidates) {
      const auto& hypothesis = candidate.hypothesis;
      const double log_evidence = candidate.log_evidence;
      if (hypothesis.interface_class != InterfaceClass::rough || log_evidence < best.log_posterior - 4) continue;
      const auto parameters = parameters_of(recipe, scan.conditions, hypothesis);
      const auto fit =
          fit_parameters(model, inversion.observed, parameters, {hypothesis, best.explanation.circumstances},
                         {.ripple = FitEffort::Ripple::followed});
      EXPECT_NEAR(log_evidence, fit.log_posterior, 0.5) << family << ", step at " << hypothesis.step_depth_cells;
      ++compared;
    }
  }
  EXPECT_GE(compared, 8);
}

/// So few electrons leave the mean boundary open beyond what steps are scored at anyway.
TEST(Inversion, tries_every_step_that_few_electrons_leave_possible) {
  auto recipe = small_inversion();
  recipe.ranges.thickness_cells = {16, 17};
  PlannedSample planned;
  const auto scan = scan_of(recipe, InterfaceClass::rough, 20, planned);
  const auto depths = [&](double tolerance) {
    return invert(recipe, scan, 1, {.boundary_tolerance_cells = tolerance, .two_step_depths = 0})
        .answer.depth_probability;
  };
  const auto usual = depths(0.12), all = depths(0.5);
  ASSERT_EQ(usual.size(), all.size());
  double apart = 0;
  for (std::size_t i = 0; i < all.size(); ++i) apart += std::abs(usual[i] - all[i]) / 2;
  EXPECT_LT(apart, 0.01);
}

TEST(Inversion, tells_a_mixed_cell_from_its_step) {
  const auto recipe = small_inversion();
  PlannedSample planned;
  const auto scan = scan_of(recipe, InterfaceClass::diffuse, abounding, planned);
  const auto inversion = invert(recipe, scan, 1);
  EXPECT_EQ(most_probable_class(inversion.answer), InterfaceClass::diffuse);
  EXPECT_NEAR(inversion.answer.interface_offset_cells, planned.labels.interface_offset_cells, 0.05);
}

/// From afar the mixed cell of this scan ends in another valley, 30 below the truth; it was called a step, with 100 %.
TEST(Inversion, a_mixed_cell_is_tried_beside_the_best_step) {
  const auto recipe = read_recipe(TERRACE_SOURCE_DIR "/recipes/inversion.toml");
  constexpr int family = 61, twin = 1;
  const auto plan = plan_family(recipe, family);
  const TrialScan scan(recipe, plan, family, twin);
  ASSERT_EQ(scan.planned().labels.interface_class, InterfaceClass::diffuse);
  const auto inversion = invert(recipe, scan.counted(1000), 1);
  EXPECT_EQ(most_probable_class(inversion.answer), InterfaceClass::diffuse);
}

TEST(Inversion, says_that_nothing_fits_what_is_no_interface) {
  const auto recipe = small_inversion();
  PlannedSample planned;
  auto scan = scan_of(recipe, InterfaceClass::rough, 3e4, planned);
  // Every other position shows its pattern upside down.
  const auto size = scan.patterns.extent(2) * scan.patterns.extent(3);
  for (std::int64_t p = 0; p < scan.covered.size(); p += 2)
    std::reverse(scan.patterns.data() + p * size, scan.patterns.data() + (p + 1) * size);
  const auto inversion = invert(recipe, scan, 1, {.two_step_depths = 0});
  EXPECT_TRUE(inversion.answer.abstains);
  EXPECT_THAT(inversion.answer.summary, testing::HasSubstr("No hypothesis fits"));
}

/// Where the thickness is known, structures of another one are no candidates.
TEST(Inversion, a_thickness_that_is_known_stays) {
  const auto recipe = small_inversion();
  PlannedSample planned;
  auto scan = scan_of(recipe, InterfaceClass::rough, 3e4, planned);
  scan.conditions.thickness_nm = planned.thickness_cells * recipe.substrate.cell_angstrom / 10;
  scan.conditions.thickness_error_nm = 0;
  const auto inversion = invert(recipe, scan, 1, {.two_step_depths = 0});
  for (const auto& candidate : inversion.findings.candidates)
    EXPECT_EQ(candidate.hypothesis.thickness_cells, planned.thickness_cells);
}

}  // namespace
}  // namespace terrace
