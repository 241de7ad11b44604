#include "inversion/forward_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "multislice/engine_choice.h"
#include "multislice/sector_simulation.h"

namespace terrace {
namespace {

constexpr int slabs_per_cell = 2;

/// How far tilt, semi-angle, pattern scale, rotation and centre may move before a structure has to be propagated anew.
struct Margin {
  double tilt_x_mrad = 0, tilt_y_mrad = 0;
  double semiangle_share = 0.02;
  double pattern_scale_share = 0.01;
  double rotation_deg = 0.7;
  double centre_share = 0.008;  ///< of the camera's half width
  /// What the camera is made wider by: scale, rotation (0.012 of its half width) and centre.
  double pattern_share = 0.03;
};

Margin margin_of(const Recipe& recipe, double energy_kev) {
  constexpr double least_tilt_mrad = 0.8;
  const auto half_beam = half_beam_mrad(recipe, energy_kev);  // derivatives reach as far
  return {std::max(least_tilt_mrad, half_beam.x), std::max(least_tilt_mrad, half_beam.y)};
}

/// Views whose beams and plane waves hold those of everything within the margin.
std::vector<View> views_within(const Margin& margin, const View& view) {
  std::vector<View> views;
  for (const double sign_x : {-1.0, 1.0})
    for (const double sign_y : {-1.0, 1.0}) {
      View wide = view;
      wide.microscope.semiangle_mrad *= 1 + margin.semiangle_share;
      wide.microscope.specimen_tilt_x_mrad += sign_x * margin.tilt_x_mrad;
      wide.microscope.specimen_tilt_y_mrad += sign_y * margin.tilt_y_mrad;
      wide.camera.mrad_per_pixel *= 1 + margin.pattern_share;
      views.push_back(std::move(wide));
    }
  return views;
}

}  // namespace

/// The explanations that share one window, and their numbers.
struct WindowOfExplanations {
  SimulationPlan plan;
  std::vector<std::size_t> numbers;
};

bool PropagatedStructure::covers(const Circumstances& c) const {
  const auto& a = around_;
  const auto margin = margin_of(model_->recipe(), model_->conditions().energy_kev);
  const double half_pixels = model_->recipe().grid.pixels / 2.0;
  const auto near = [](double one, double other, double within) {
    return std::abs(one - other) <= within * (1 + 1e-9);
  };
  return c.film_cell_angstrom == a.film_cell_angstrom && c.film_b_scale == a.film_b_scale &&
         std::lround(c.film_loss_entrance_cells) == std::lround(a.film_loss_entrance_cells) &&
         std::lround(c.film_loss_exit_cells) == std::lround(a.film_loss_exit_cells) &&
         near(c.tilt_x_mrad, a.tilt_x_mrad, margin.tilt_x_mrad) &&
         near(c.tilt_y_mrad, a.tilt_y_mrad, margin.tilt_y_mrad) &&
         near(c.semiangle_mrad, a.semiangle_mrad, margin.semiangle_share * a.semiangle_mrad) &&
         near(c.pattern_scale_share, a.pattern_scale_share, margin.pattern_scale_share) &&
         near(c.rotation_deg, a.rotation_deg, margin.rotation_deg) &&
         near(c.centre_x_pixels, a.centre_x_pixels, margin.centre_share * half_pixels) &&
         near(c.centre_y_pixels, a.centre_y_pixels, margin.centre_share * half_pixels);
}

std::vector<Patterns> PropagatedStructure::expected(std::span<const Circumstances> circumstances) const {
  std::vector<Patterns> patterns(circumstances.size());
  std::vector<bool> done(circumstances.size());
  for (std::size_t first = 0; first < circumstances.size(); ++first) {
    if (done[first]) continue;
    View view = model_->view_of(structure_, circumstances[first], 0);
    std::vector<std::size_t> alike;                    // those of one microscope and camera
    std::vector<std::vector<ProbePosition>> distinct;  // positions among them
    std::vector<std::size_t> which;
    for (std::size_t i = first; i < circumstances.size(); ++i) {
      const View other = model_->view_of(structure_, circumstances[i], 0);
      if (done[i] || other.microscope != view.microscope || other.camera != view.camera) continue;
      done[i] = true;
      alike.push_back(i);
      const auto known = std::ranges::find(distinct, other.positions);
      which.push_back(known - distinct.begin());
      if (known == distinct.end()) distinct.push_back(other.positions);
    }
    const auto incident = this->incident(view, distinct);
    for (std::size_t i = 0; i < alike.size(); ++i) {
      patterns[alike[i]] = incident[which[i]];
      model_->read_out(circumstances[alike[i]], patterns[alike[i]]);
    }
  }
  return patterns;
}

Patterns PropagatedStructure::expected(const Circumstances& circumstances) const {
  return std::move(expected({&circumstances, 1})[0]);
}

std::vector<Patterns> PropagatedStructure::incident(View view,
                                                    const std::vector<std::vector<ProbePosition>>& scans) const {
  view.positions.clear();
  for (const auto& scan : scans) view.positions.insert(view.positions.end(), scan.begin(), scan.end());
  std::vector<Patterns> patterns(scans.size());
  for (auto& pattern : patterns) pattern = model_->no_patterns();
  const std::int64_t count = model_->recipe().grid.positions();
  const auto place = [&](int, std::int64_t position) { return patterns[position / count][position % count]; };
  const Optics optics = optics_of(plan_, view);
  for (const auto& matrix : matrices_) add_view(*matrix, optics, view.positions, 0, model_->threads(), place);
  return patterns;
}

std::int64_t PropagatedStructure::bytes() const {
  std::int64_t sum = 0;
  for (const auto& matrix : matrices_) sum += matrix->bytes();
  return sum;
}

ForwardModel::ForwardModel(const Recipe& recipe, const Conditions& conditions, int threads, Spreads spreads)
    : recipe_(&recipe), conditions_(conditions), threads_(threads), spreads_(std::move(spreads)) {}

View ForwardModel::view_of(const PlannedStructure& structure, const Circumstances& circumstances, int exit) const {
  const double middle_y = structure.interface.cells_along / 2 * structure.interface.substrate.cell_angstrom;
  return {exit, microscope_of(*recipe_, conditions_, circumstances), camera_of(*recipe_, conditions_, circumstances),
          positions_of(*recipe_, circumstances, middle_y, structure.registered_x, spreads_)};
}

Patterns ForwardModel::no_patterns() const {
  return Patterns({recipe_->grid.positions(), std::int64_t{recipe_->grid.pixels} * recipe_->grid.pixels});
}

PropagatedStructure ForwardModel::propagate(const Hypothesis& hypothesis, const Circumstances& circumstances) const {
  PropagatedStructure propagated;
  propagated.model_ = this;
  propagated.hypothesis_ = hypothesis;
  propagated.around_ = circumstances;
  propagated.structure_ = structure_of(hypothesis, crystal_of(*recipe_, circumstances));
  const auto& structure = propagated.structure_;
  auto& plan = propagated.plan_;
  plan.specimens = {build(structure.interface, structure.sites)};
  plan.exits = {{0, slabs_per_cell * hypothesis.thickness_cells}};
  plan.sampling = recipe_->sampling;
  plan.grid = grid_for(plan.specimens[0], plan.sampling);
  plan.views = views_within(margin_of(*recipe_, conditions_.energy_kev), view_of(structure, circumstances, 0));
  walk_sectors(plan, SectorPlan(plan), threads_,
               [&](int, const auto& matrix) { propagated.matrices_.push_back(matrix); }, {});
  return propagated;
}

std::vector<WindowOfExplanations> ForwardModel::windows_of(std::span<const Explanation> explanations) const {
  std::map<std::pair<int, double>, WindowOfExplanations> windows;  // by where the film's columns begin, and their width
  for (std::size_t i = 0; i < explanations.size(); ++i) {
    const auto& [hypothesis, circumstances] = explanations[i];
    const auto structure = structure_of(hypothesis, crystal_of(*recipe_, circumstances));
    auto& window = windows[{structure.sites.first_film_column, circumstances.film_cell_angstrom}];
    const int exit = static_cast<int>(window.numbers.size());
    window.numbers.push_back(i);
    window.plan.specimens.push_back(build(structure.interface, structure.sites));
    window.plan.exits.push_back({exit, slabs_per_cell * hypothesis.thickness_cells});
    window.plan.views.push_back(view_of(structure, circumstances, exit));
  }
  std::vector<WindowOfExplanations> all;
  for (auto& [key, window] : windows) {
    window.plan.sampling = recipe_->sampling;
    window.plan.sampling.engine = "sectors";  // as in propagate: another engine sums a finite source otherwise
    window.plan.grid = grid_for(window.plan.specimens[0], window.plan.sampling);
    all.push_back(std::move(window));
  }
  return all;
}

std::vector<Patterns> ForwardModel::expected(std::span<const Explanation> explanations,
                                             const Progress& progress) const {
  std::vector<Patterns> patterns(explanations.size());
  for (auto& all : patterns) all = no_patterns();
  for (const auto& window : windows_of(explanations)) {
    const auto place = [&](int view, std::int64_t position) { return patterns[window.numbers[view]][position]; };
    simulate(window.plan, threads_, place, progress);
  }
  for (std::size_t i = 0; i < explanations.size(); ++i) read_out(explanations[i].circumstances, patterns[i]);
  return patterns;
}

ForwardModel::Cost ForwardModel::cost(std::span<const Explanation> explanations) const {
  Cost cost;
  for (const auto& window : windows_of(explanations)) {
    const auto choice = choose_engine(window.plan, threads_);
    cost.seconds += choice.work * slowness_of_this_machine();
    cost.bytes = std::max(cost.bytes, choice.memory_bytes);
    cost.kept_bytes = std::max(cost.kept_bytes, matrix_bytes(window.plan).all);
  }
  cost.bytes += 4.0 * static_cast<double>(no_patterns().size()) * static_cast<double>(explanations.size());
  return cost;
}

void ForwardModel::read_out(const Circumstances& c, Patterns& patterns) const {
  const Detection detection{.background_share = c.background_share, .psf_pixels = c.psf_pixels};
  const double mrad_per_pixel = recipe_->grid.mrad_per_pixel_at(conditions_.semiangle_mrad);
  spread_electrons(detection, mrad_per_pixel, recipe_->grid.pixels, patterns.span());
  for (auto& value : patterns) value *= static_cast<float>(1 + c.dose_share);
}

}  // namespace terrace
