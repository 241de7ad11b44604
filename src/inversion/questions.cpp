#include "inversion/questions.h"

#include <algorithm>
#include <map>
#include <set>

namespace terrace {
namespace {

constexpr int slabs_per_cell = 2;

Question question_of(const Recipe& recipe, const FamilyPlan& plan, const Subset& subset, int number) {
  PlannedSample known = plan.samples[number];
  if (subset.thickness == ThicknessKnowledge::exact) {
    known.conditions.thickness_nm = known.labels.thickness_nm;
    known.conditions.thickness_error_nm = 0;
  }
  auto hypotheses = hypotheses_of(space_of(recipe, known));
  const int truth = position_of_truth(hypotheses, plan.structures[known.structure], known.thickness_cells);
  return {{{number, truth}}, std::move(hypotheses)};
}

bool holds_truth(const Question& question) { return question.samples[0].truth >= 0; }

/// What the patterns of `sample` depend on beside its structure is the same for `other`.
bool seen_alike(const FamilyPlan& plan, const PlannedSample& sample, const PlannedSample& other) {
  const auto& one = plan.structures[sample.structure];
  const auto& two = plan.structures[other.structure];
  return sample.thickness_cells == other.thickness_cells &&
         sample.conditions.thickness_nm == other.conditions.thickness_nm && sample.microscope == other.microscope &&
         sample.camera == other.camera && sample.positions == other.positions && one.registered_x == two.registered_x &&
         one.interface.film_loss_entrance_cells == two.interface.film_loss_entrance_cells &&
         one.interface.film_loss_exit_cells == two.interface.film_loss_exit_cells;
}

class Choice {
 public:
  Choice(const Recipe& recipe, const FamilyPlan& plan, const Subset& subset)
      : recipe_(recipe), plan_(plan), subset_(subset) {}

  std::vector<Question> take() {
    for (const auto& [rough, twin] : pairs()) {
      if (pairs_taken_ == subset_.pairs_per_family) break;
      add_pair(rough, twin);
    }
    for (int i = 0, taken = 0; i < std::ssize(plan_.samples) && taken < subset_.abrupt_per_family; ++i) {
      if (plan_.samples[i].labels.interface_class != InterfaceClass::abrupt) continue;
      auto question = question_of(recipe_, plan_, subset_, i);
      if (!holds_truth(question)) continue;
      add(std::move(question));
      ++taken;
    }
    return std::move(questions_);
  }

 private:
  /// (rough, twin) of each pair, in the order of the plan; other thicknesses of a structure after all structures, as
  /// they are less new.
  std::vector<std::pair<int, int>> pairs() const {
    std::map<std::int64_t, std::vector<int>> samples;
    for (int i = 0; i < std::ssize(plan_.samples); ++i)
      if (plan_.samples[i].origin.pair >= 0) samples[plan_.samples[i].origin.pair].push_back(i);
    std::map<int, std::set<int>> thicknesses;  // of each stepped structure
    std::multimap<std::size_t, std::pair<int, int>> ranked;
    for (const auto& [pair, twins] : samples) {
      const auto& rough = plan_.samples[twins[0]];
      if (twins.size() != 2 || rough.origin.state != 0) continue;  // other states are no new evidence
      auto& known = thicknesses[rough.structure];
      if (known.insert(rough.thickness_cells).second) ranked.insert({known.size(), {twins[0], twins[1]}});
    }
    std::vector<std::pair<int, int>> pairs;
    for (const auto& [rank, pair] : ranked) pairs.push_back(pair);
    return pairs;
  }

  void add_pair(int rough, int twin) {
    auto first = question_of(recipe_, plan_, subset_, rough), second = question_of(recipe_, plan_, subset_, twin);
    if (!holds_truth(first) || !holds_truth(second)) return;
    add(std::move(first));
    add(std::move(second));
    ++pairs_taken_;
  }

  void add(Question question) {
    const auto& sample = plan_.samples[question.samples[0].sample];
    for (auto& known : questions_)
      if (seen_alike(plan_, plan_.samples[known.samples[0].sample], sample))
        return known.samples.push_back(question.samples[0]);
    questions_.push_back(std::move(question));
  }

  const Recipe& recipe_;
  const FamilyPlan& plan_;
  const Subset& subset_;
  std::vector<Question> questions_;
  int pairs_taken_ = 0;
};

/// The positions of `sample` in the window of another structure: the registered planes coincide.
std::vector<ProbePosition> moved_positions(const PlannedSample& sample, double shift_x, int first, int last) {
  std::vector<ProbePosition> positions(sample.positions.begin() + first, sample.positions.begin() + last);
  for (auto& position : positions) position.x += shift_x;
  return positions;
}

void add_view(const FamilyPlan& plan, const AskedSample& asked, const PlannedStructure& structure, int first, int last,
              SimulationPlan& simulation) {
  const auto& sample = plan.samples[asked.sample];
  const double shift = structure.registered_x - plan.structures[sample.structure].registered_x;
  const int exit = static_cast<int>(simulation.exits.size());
  simulation.exits.push_back({exit, slabs_per_cell * structure.interface.thickness_cells});
  simulation.specimens.push_back(build(structure.interface, structure.sites));
  simulation.views.push_back({exit, sample.microscope, sample.camera, moved_positions(sample, shift, first, last)});
}

}  // namespace

std::vector<Question> questions_of(const Recipe& recipe, const FamilyPlan& plan, const Subset& subset) {
  return Choice(recipe, plan, subset).take();
}

std::vector<WindowSimulation> simulations_of(const Recipe& recipe, const FamilyPlan& plan,
                                             const std::vector<Question>& questions, int first, int last) {
  std::map<int, WindowSimulation> windows;
  for (int q = 0; q < std::ssize(questions); ++q) {
    const auto& asked = questions[q].samples[0];
    const auto& known = plan.structures[plan.samples[asked.sample].structure].interface;
    for (int h = 0; h < std::ssize(questions[q].hypotheses); ++h) {
      const auto structure = structure_of(questions[q].hypotheses[h], known);
      auto& window = windows[structure.sites.first_film_column];
      window.views.push_back({q, h});
      add_view(plan, asked, structure, first, last, window.plan);
    }
  }
  std::vector<WindowSimulation> simulations;
  for (auto& [column, window] : windows) {
    window.plan.sampling = recipe.sampling;
    window.plan.grid = grid_for(window.plan.specimens[0], recipe.sampling);
    simulations.push_back(std::move(window));
  }
  return simulations;
}

}  // namespace terrace
