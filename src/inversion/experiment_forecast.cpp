#include "inversion/experiment_forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <utility>

#include "core/error.h"
#include "dataset/seam.h"
#include "inversion/forecast.h"

namespace terrace {
namespace {

using Rival = NamedRival::Question;

/// Of the thickness, where no depths are asked for.
constexpr double depth_shares[] = {0.125, 0.25, 0.5, 0.75, 0.875};

/// One experiment as a recipe that holds nothing else.
struct PlannedForecast {
  Recipe recipe;
  Conditions conditions;
  int thickness_cells = 0;
  std::vector<int> depths_cells;

  Circumstances circumstances() const { return expected_circumstances(recipe, conditions); }
};

double middle(const std::vector<double>& range) { return (range.at(0) + range.at(1)) / 2; }
double cell_nm(const Recipe& recipe) { return recipe.substrate.cell_angstrom / 10; }

void set_energy(Recipe& recipe, double kev) {
  recipe.microscope.energy_kev = kev;
  recipe.ranges.energies_kev.clear();
}

void set_semiangle(Recipe& recipe, double mrad) {
  recipe.microscope.semiangle_mrad = mrad;
  recipe.ranges.semiangle_mrad.clear();
}

/// As unknown as before, around another value.
void set_defocus(Recipe& recipe, double nm) {
  recipe.microscope.defocus_nm = nm - (middle(recipe.ranges.defocus_nm) - middle(recipe.ranges.amorphous_nm));
}

void set_source(Recipe& recipe, double fwhm_angstrom) {
  recipe.microscope.source_fwhm_angstrom = fwhm_angstrom;
  auto& range = recipe.ranges.source_fwhm_angstrom;
  if (range.empty()) return;
  const double by = fwhm_angstrom - middle(range);
  for (double& end : range) end += by;
}

void set_thickness(Recipe& recipe, double nm) {
  const int cells = static_cast<int>(std::lround(nm / cell_nm(recipe)));
  if (cells < thinnest_cells)
    throw InputError(
        fmt::format("a lamella of {} nm has {} cells of {:.4g} nm, too few to hold a buried step and its "
                    "rivals (at least {}). Give a larger --thickness-nm.",
                    nm, cells, cell_nm(recipe), thinnest_cells));
  const int lost = recipe.ranges.film_loss_cells[1];
  if (2 * lost >= cells)
    throw InputError(
        fmt::format("ranges.film_loss_cells = {} on either surface leave no film in a lamella of {} cells. "
                    "Lower it, or give a larger --thickness-nm.",
                    lost, cells));
  recipe.ranges.thickness_cells = {cells, cells};
}

void set_across(Recipe& recipe, int positions) { recipe.grid.across = positions; }
void set_along(Recipe& recipe, int positions) { recipe.grid.along = positions; }

/// The middle of what the recipe draws, as single values.
Recipe without_choices(const Recipe& recipe) {
  Recipe one = recipe;
  const auto& ranges = recipe.ranges;
  if (!ranges.energies_kev.empty()) set_energy(one, ranges.energies_kev[ranges.energies_kev.size() / 2]);
  if (!ranges.semiangle_mrad.empty()) set_semiangle(one, middle(ranges.semiangle_mrad));
  set_thickness(one, (ranges.thickness_cells[0] + ranges.thickness_cells[1]) / 2 * cell_nm(recipe));
  one.held_out.clear();
  return one;
}

/// Each of `recipes` with each of `values` set; as they are where there is none.
template <class T, class Set>
std::vector<Recipe> varied(const std::vector<Recipe>& recipes, const std::vector<T>& values, const Set& set) {
  if (values.empty()) return recipes;
  std::vector<Recipe> all;
  for (const auto& recipe : recipes)
    for (const T& value : values) set(all.emplace_back(recipe), value);
  return all;
}

std::vector<int> depths_of(const Recipe& recipe, const std::vector<double>& depths_nm) {
  const int thickness = recipe.ranges.thickness_cells[0];
  std::set<int> depths;
  for (const double nm : depths_nm) {
    const int cells = static_cast<int>(std::lround(nm / cell_nm(recipe)));
    if (cells < 1 || cells >= thickness)
      throw InputError(
          fmt::format("a step {} nm deep lies outside a lamella of {:.4g} nm ({} cells of {:.4g} nm). Give "
                      "--depths-nm between its surfaces, or a larger --thickness-nm.",
                      nm, thickness * cell_nm(recipe), thickness, cell_nm(recipe)));
    depths.insert(cells);
  }
  if (depths_nm.empty())
    for (const double share : depth_shares)
      depths.insert(std::clamp(static_cast<int>(std::lround(share * thickness)), 1, thickness - 1));
  return {depths.begin(), depths.end()};
}

PlannedForecast planned(Recipe recipe, const ForecastRequest& request) {
  PlannedForecast plan{std::move(recipe), {}, 0, {}};
  plan.thickness_cells = plan.recipe.ranges.thickness_cells[0];
  plan.depths_cells = depths_of(plan.recipe, request.depths_nm);
  plan.conditions.energy_kev = plan.recipe.microscope.energy_kev;
  plan.conditions.semiangle_mrad = plan.recipe.microscope.semiangle_mrad;
  plan.conditions.thickness_nm = plan.thickness_cells * cell_nm(plan.recipe);
  plan.conditions.thickness_error_nm = plan.recipe.ranges.thickness_error_nm;
  return plan;
}

std::vector<PlannedForecast> plans_of(const Recipe& recipe, const ForecastRequest& request) {
  std::vector<Recipe> recipes = {without_choices(recipe)};
  recipes = varied(recipes, request.energies_kev, set_energy);
  recipes = varied(recipes, request.semiangles_mrad, set_semiangle);
  recipes = varied(recipes, request.thicknesses_nm, set_thickness);
  recipes = varied(recipes, request.defoci_nm, set_defocus);
  recipes = varied(recipes, request.sources_fwhm_angstrom, set_source);
  recipes = varied(recipes, request.across, set_across);
  recipes = varied(recipes, request.along, set_along);
  std::vector<PlannedForecast> plans;
  for (auto& one : recipes) plans.push_back(planned(std::move(one), request));
  return plans;
}

/// A step on the plane that registration would call 0: the A plane nearest to its mean boundary.
Hypothesis step_at(int depth_cells, int thickness_cells) {
  return {.interface_class = InterfaceClass::rough,
          .thickness_cells = thickness_cells,
          .plane = 2 * depth_cells < thickness_cells ? -1 : 0,
          .step_depth_cells = depth_cells,
          .step_height_cells = 1};
}

std::vector<NamedRival> rivals_under(const Recipe& recipe, const Hypothesis& truth) {
  const int margin = std::max(1, static_cast<int>(std::ceil(recipe.rules.surface_margin_cells)));
  auto rivals = rivals_of(truth, rival_reach, margin);
  for (auto& rival : neighbours_of_mirrored(truth, rival_reach)) rivals.push_back(std::move(rival));
  return rivals;
}

bool projects_like(const Hypothesis& one, const Hypothesis& other) {
  return std::abs(mean_boundary(one) - mean_boundary(other)) < 1e-9;
}

std::vector<Explanation> explanations_of(const std::vector<NamedRival>& rivals, const Circumstances& circumstances) {
  std::vector<Explanation> explanations;
  for (const auto& rival : rivals) explanations.push_back({rival.hypothesis, circumstances});
  return explanations;
}

double dose_of(const Separation& separation, std::size_t rival) {
  const double electrons = separation.settling_electrons(rival);
  return electrons < most_electrons ? electrons : std::numeric_limits<double>::infinity();
}

/// The dose that settles each of the rivals that `asked` picks.
std::optional<SettlingDose> hardest(const std::vector<NamedRival>& rivals, const Separation& fitted,
                                    const Separation& known, const std::function<bool(const NamedRival&)>& asked) {
  std::optional<SettlingDose> dose;
  for (std::size_t i = 0; i < rivals.size(); ++i) {
    if (!asked(rivals[i])) continue;
    if (!dose) dose.emplace();
    dose->fitted = std::max(dose->fitted, dose_of(fitted, i));
    dose->known = std::max(dose->known, dose_of(known, i));
  }
  return dose;
}

DepthForecast forecast_at(const ForwardModel& model, const Hypothesis& truth, const std::vector<double>& doses) {
  const auto& recipe = model.recipe();
  const auto circumstances = expected_circumstances(recipe, model.conditions());
  const auto nuisances = nuisances_of(recipe, model.conditions());
  const auto rivals = rivals_under(recipe, truth);
  const auto patterns = model.expected(explanations_of(rivals, circumstances));
  const auto linearisation = linearise(model.propagate(truth, circumstances), model, {truth, circumstances}, nuisances);
  const Separation fitted(linearisation, nuisances, patterns), known(linearisation, {}, patterns);
  const auto of = [&](Rival question) {
    return hardest(rivals, fitted, known, [=](const NamedRival& rival) { return rival.question == question; });
  };
  DepthForecast found{.depth_cells = truth.step_depth_cells, .depth_nm = truth.step_depth_cells * cell_nm(recipe)};
  found.next_cell = hardest(rivals, fitted, known, [&](const NamedRival& rival) {
    return rival.question == Rival::adjacent &&
           std::abs(rival.hypothesis.step_depth_cells - truth.step_depth_cells) == 1;
  });
  found.mirrored = hardest(rivals, fitted, known, [&](const NamedRival& rival) {
    return rival.question == Rival::mirrored && projects_like(rival.hypothesis, truth);
  });
  found.twin = of(Rival::twin);
  found.two_steps = of(Rival::two_steps);
  std::vector<std::size_t> steps, twins;
  for (std::size_t i = 0; i < rivals.size(); ++i) {
    if (rivals[i].question == Rival::twin) twins.push_back(i);
    if (rivals[i].question == Rival::adjacent || rivals[i].question == Rival::mirrored) steps.push_back(i);
  }
  for (const double electrons : doses) {
    const auto discernment = fitted.at(electrons);
    const auto shares = discernment.likeliest(steps);
    found.exact_cell.push_back(shares.front());
    double error = 0;
    for (std::size_t i = 0; i < steps.size(); ++i)
      error += shares[i + 1] * std::abs(rivals[steps[i]].hypothesis.step_depth_cells - truth.step_depth_cells);
    found.depth_error_nm.push_back(error * cell_nm(recipe));
    found.over_twin.push_back(discernment.preferred_to(twins.at(0)));
  }
  return found;
}

ForecastSetting setting_of(const PlannedForecast& plan) {
  const auto circumstances = plan.circumstances();
  const auto& grid = plan.recipe.grid;
  const auto& substrate = plan.recipe.substrate;
  const double width = 2 * grid.half_span_cells * substrate.cell_across_angstrom;
  return {.energy_kev = plan.conditions.energy_kev,
          .semiangle_mrad = circumstances.semiangle_mrad,
          .defocus_nm = circumstances.defocus_nm,
          .source_fwhm_angstrom = circumstances.source_fwhm_angstrom,
          .thickness_cells = plan.thickness_cells,
          .thickness_nm = plan.conditions.thickness_nm,
          .across = grid.across,
          .along = grid.along,
          .step_angstrom = width / grid.across,
          .electrons_per_square_angstrom = grid.positions() / (width * substrate.cell_angstrom)};
}

/// Once for each lamella and aperture.
void check_windows(const std::vector<PlannedForecast>& plans) {
  std::set<std::array<double, 3>> seen;
  for (const auto& plan : plans) {
    const auto& microscope = plan.recipe.microscope;
    if (seen.insert({microscope.energy_kev, microscope.semiangle_mrad, 1.0 * plan.thickness_cells}).second)
      check_seam(plan.recipe, seam_share(plan.recipe));
  }
}

/// Everything that a depth simulates, as if each were propagated by itself.
std::vector<Explanation> work_at(const PlannedForecast& plan, int depth) {
  const auto truth = step_at(depth, plan.thickness_cells);
  const auto circumstances = plan.circumstances();
  auto work = explanations_of(rivals_under(plan.recipe, truth), circumstances);
  work.push_back({truth, circumstances});
  for (const auto& parameter : nuisances_of(plan.recipe, plan.conditions)) {
    auto& changed = work.emplace_back(Explanation{truth, circumstances});
    parameter.set(changed, parameter.value(changed) + parameter.step);
  }
  return work;
}

}  // namespace

ForecastCost cost_of_forecast(const Recipe& recipe, const ForecastRequest& request, int threads) {
  const auto plans = plans_of(recipe, request);
  ForecastCost cost{.settings = static_cast<int>(plans.size())};
  for (const auto& plan : plans) {
    const auto count = static_cast<int>(plan.depths_cells.size());
    const auto one = ForwardModel(plan.recipe, plan.conditions, threads).cost(work_at(plan, plan.depths_cells[0]));
    cost.depths += count;
    cost.seconds += count * one.seconds / threads;
    cost.memory_bytes = std::max(cost.memory_bytes, one.bytes);
  }
  check_windows(plans);
  return cost;
}

ExperimentForecast forecast_experiment(const Recipe& recipe, const ForecastRequest& request, int threads,
                                       const Progress& progress) {
  const auto plans = plans_of(recipe, request);
  std::int64_t done = 0, all = 0;
  for (const auto& plan : plans) all += std::ssize(plan.depths_cells);
  ExperimentForecast forecast{request.electrons_per_pattern, {}};
  for (const auto& plan : plans) {
    const ForwardModel model(plan.recipe, plan.conditions, threads);
    auto& found = forecast.settings.emplace_back(SettingForecast{setting_of(plan), {}, {}});
    for (const auto& parameter : nuisances_of(plan.recipe, plan.conditions)) found.fitted.push_back(parameter.name);
    for (const int depth : plan.depths_cells) {
      found.depths.push_back(forecast_at(model, step_at(depth, plan.thickness_cells), request.electrons_per_pattern));
      if (progress) progress("forecast", ++done, all);
    }
  }
  return forecast;
}

}  // namespace terrace
