#include "inversion/family_limit.h"

#include <algorithm>
#include <bit>

#include "core/free_memory.h"
#include "core/random.h"
#include "core/threads.h"
#include "inversion/count_likelihood.h"
#include "inversion/scores.h"

namespace terrace {
namespace {

constexpr std::uint64_t counts_seed = 0x636f756e7473;
/// Patterns that are held at once; log-likelihoods of positions add up, so that any share of them may go at a time.
constexpr double pattern_bytes = 256e6;
/// Fewer positions than these fill no group of lanes.
constexpr int fewest_positions = 16;

int hypotheses_in(const std::vector<Question>& questions) {
  int sum = 0;
  for (const auto& question : questions) sum += static_cast<int>(question.hypotheses.size());
  return sum;
}

std::int64_t pattern_size(const Recipe& recipe) { return std::int64_t{recipe.grid.pixels} * recipe.grid.pixels; }

/// Of all hypotheses at one position.
double bytes_of_position(const Recipe& recipe, const std::vector<Question>& questions) {
  return 4.0 * static_cast<double>(pattern_size(recipe)) * hypotheses_in(questions);
}

int positions_at_once(const Recipe& recipe, const std::vector<Question>& questions) {
  const double fit = std::min(1e6, pattern_bytes / std::max(1.0, bytes_of_position(recipe, questions)));
  const int whole_groups = static_cast<int>(fit) / fewest_positions * fewest_positions;
  return std::min(recipe.grid.positions(), std::max(fewest_positions, whole_groups));
}

/// What is known of one sample so far, added up position by position.
struct Evidence {
  Evidence(const Exposure& exposure, std::size_t hypotheses)
      : log_likelihoods(exposure.electrons_per_pattern.size() * exposure.draws, std::vector<double>(hypotheses)),
        divergences(hypotheses) {}

  std::vector<std::vector<double>> log_likelihoods;  // [dose · draws + draw][hypothesis]
  std::vector<double> divergences;                   // from the truth, for one electron a pattern
};

class FamilyJudge {
 public:
  FamilyJudge(const Recipe& recipe, std::int64_t family, const Subset& subset, const Exposure& exposure, int threads)
      : recipe_(recipe),
        plan_(plan_family(recipe, family)),
        questions_(questions_of(recipe, plan_, subset)),
        exposure_(exposure),
        threads_(threads) {
    for (const auto& question : questions_)
      evidence_.push_back(std::vector<Evidence>(question.samples.size(), {exposure, question.hypotheses.size()}));
  }

  std::vector<JudgedStructure> judge(const Progress& progress) {
    const int step = positions_at_once(recipe_, questions_);
    for (int first = 0; first < recipe_.grid.positions(); first += step)
      add_positions(first, std::min(first + step, recipe_.grid.positions()), progress);
    std::vector<JudgedStructure> judged;
    for (int q = 0; q < std::ssize(questions_); ++q)
      for (int i = 0; i < std::ssize(questions_[q].samples); ++i) judged.push_back(judged_sample(q, i));
    std::ranges::sort(judged, {}, &JudgedStructure::index);
    return judged;
  }

 private:
  void add_positions(int first, int last, const Progress& progress) {
    auto patterns = simulate_all(first, last, progress);
    for (int q = 0; q < std::ssize(questions_); ++q) add_evidence(q, first, patterns[q]);
    patterns.clear();
    return_free_memory();
  }

  /// [hypothesis][position · pixel] of each question.
  std::vector<Array<float, 2>> simulate_all(int first, int last, const Progress& progress) const {
    std::vector<Array<float, 2>> patterns;
    const std::int64_t size = pattern_size(recipe_);
    for (const auto& question : questions_)
      patterns.emplace_back(std::array{std::ssize(question.hypotheses), size * (last - first)});
    const auto windows = simulations_of(recipe_, plan_, questions_, first, last);
    for (int w = 0; w < std::ssize(windows); ++w) {
      const auto report = [&](std::string_view, std::int64_t done, std::int64_t total) {
        const std::int64_t parts = std::ssize(windows) * std::max<std::int64_t>(1, total);
        if (progress)
          progress("judging", first + (last - first) * (w * total + done) / parts, recipe_.grid.positions());
      };
      simulate(
          windows[w].plan, threads_,
          [&](int view, std::int64_t position) {
            const auto [question, hypothesis] = windows[w].views[view];
            return patterns[question][hypothesis].subspan(position * size, size);
          },
          report);
    }
    return patterns;
  }

  /// `patterns` are turned into their logarithms on the way.
  void add_evidence(int q, int first_position, Array<float, 2>& patterns) {
    const auto& question = questions_[q];
    std::vector<std::vector<float>> truths;
    for (const auto& asked : question.samples)
      truths.emplace_back(patterns[asked.truth].begin(), patterns[asked.truth].end());
    std::vector<LogPattern> logs(question.hypotheses.size());
    parallel_for(std::ssize(logs), threads_, [&](std::int64_t h) { logs[h] = take_logarithms(patterns[h]); });
    for (int i = 0; i < std::ssize(question.samples); ++i) {
      auto& evidence = evidence_[q][i];
      const auto& log_truth = logs[question.samples[i].truth];
      for (std::size_t h = 0; h < logs.size(); ++h)
        evidence.divergences[h] += divergence(truths[i], log_truth, logs[h]);
      parallel_for(std::ssize(evidence.log_likelihoods), threads_, [&](std::int64_t row) {
        add_draw(question.samples[i].sample, first_position, static_cast<int>(row), truths[i], logs,
                 evidence.log_likelihoods[row]);
      });
    }
  }

  void add_draw(int sample, int first_position, int row, std::span<const float> truth,
                const std::vector<LogPattern>& logs, std::vector<double>& log_likelihoods) const {
    const double electrons = exposure_.electrons_per_pattern[row / exposure_.draws];
    Random random(
        counts_seed,
        {static_cast<std::uint64_t>(plan_.samples[sample].origin.index), std::bit_cast<std::uint64_t>(electrons),
         static_cast<std::uint64_t>(row % exposure_.draws), static_cast<std::uint64_t>(first_position)});
    const auto counts = draw_counts(truth, electrons, random);
    for (std::size_t h = 0; h < logs.size(); ++h) log_likelihoods[h] += log_likelihood(counts, logs[h], electrons);
  }

  JudgedStructure judged_sample(int q, int i) const {
    const auto& question = questions_[q];
    const auto& asked = question.samples[i];
    const auto& truth = question.hypotheses[asked.truth];
    const auto& origin = plan_.samples[asked.sample].origin;
    JudgedStructure judged{
        .index = origin.index, .family = origin.family, .structure = origin.structure, .truth = truth.interface_class};
    judged.settling_electrons = settling_electrons(question.hypotheses, truth, evidence_[q][i].divergences);
    for (int dose = 0; dose < std::ssize(exposure_.electrons_per_pattern); ++dose) {
      std::map<std::string, double> sums;
      for (int draw = 0; draw < exposure_.draws; ++draw) {
        const auto& values = evidence_[q][i].log_likelihoods[dose * exposure_.draws + draw];
        for (const auto& [name, value] : scores_of(posterior_of(question.hypotheses, values), truth, cell_nm()))
          sums[name] += value;
      }
      for (auto& [name, sum] : sums) sum /= exposure_.draws;
      judged.scores.push_back(std::move(sums));
    }
    return judged;
  }

  double cell_nm() const { return recipe_.substrate.cell_angstrom / 10; }

  const Recipe& recipe_;
  FamilyPlan plan_;
  std::vector<Question> questions_;
  Exposure exposure_;
  int threads_;
  std::vector<std::vector<Evidence>> evidence_;  // [question][sample]
};

}  // namespace

std::vector<JudgedStructure> judge_family(const Recipe& recipe, std::int64_t family, const Subset& subset,
                                          const Exposure& exposure, int threads, const Progress& progress) {
  return FamilyJudge(recipe, family, subset, exposure, threads).judge(progress);
}

FamilyWork work_of_family(const Recipe& recipe, std::int64_t family, const Subset& subset, int threads) {
  const auto plan = plan_family(recipe, family);
  const auto questions = questions_of(recipe, plan, subset);
  FamilyWork work{.hypotheses = hypotheses_in(questions)};
  for (const auto& question : questions) work.samples += static_cast<int>(question.samples.size());
  if (questions.empty()) return work;
  const int all = recipe.grid.positions(), step = positions_at_once(recipe, questions);
  for (const auto& window : simulations_of(recipe, plan, questions, 0, step)) {
    work.engine = choose_engine(window.plan, threads);
    work.seconds += work.engine.work * all / step / threads;
    work.memory_bytes = std::max(work.memory_bytes, work.engine.memory_bytes);
  }
  work.memory_bytes += bytes_of_position(recipe, questions) * step;
  return work;
}

}  // namespace terrace
