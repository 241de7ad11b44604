#include "dataset/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/random.h"

namespace terrace {
namespace {

constexpr std::uint64_t bootstrap_seed = 0x626f6f74;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

void set_interval(std::vector<double> draws, Measure& measure) {
  std::erase_if(draws, [](double value) { return !std::isfinite(value); });
  measure.low = measure.high = measure.value;
  if (draws.empty()) return;
  std::ranges::sort(draws);
  const double last = static_cast<double>(draws.size() - 1);
  measure.low = draws[static_cast<std::size_t>(std::floor(0.025 * last))];
  measure.high = draws[static_cast<std::size_t>(std::ceil(0.975 * last))];
}

/// Positions grouped by family, in the order of the families' numbers.
class Families {
 public:
  void add(const Evidence& evidence) {
    members_[evidence.family].push_back(count_++);
    structures_.insert(evidence.structure);
  }
  std::vector<std::vector<std::int64_t>> groups() const {
    std::vector<std::vector<std::int64_t>> groups;
    for (const auto& entry : members_) groups.push_back(entry.second);
    return groups;
  }
  Measure measure(std::string name, std::string meaning, double value) const {
    return {.name = std::move(name),
            .value = value,
            .low = value,
            .high = value,
            .n = count_,
            .structures = std::ssize(structures_),
            .families = std::ssize(members_),
            .meaning = std::move(meaning)};
  }

 private:
  std::map<std::int64_t, std::vector<std::int64_t>> members_;
  std::set<std::int64_t> structures_;
  std::int64_t count_ = 0;
};

Families families_of(std::span<const Contribution> contributions) {
  Families families;
  for (const auto& one : contributions) families.add(one.evidence);
  return families;
}

Random stream_of(int draw, std::uint64_t side = 0) {
  return Random(bootstrap_seed, {static_cast<std::uint64_t>(draw), side});
}

struct Sums {
  double value = 0, weight = 0;
  double mean() const { return weight > 0 ? value / weight : nothing; }
};

/// How often each contribution stands in a draw of whole families.
std::vector<double> drawn_weights(const std::vector<std::vector<std::int64_t>>& groups, std::size_t size,
                                  Random random) {
  std::vector<double> weights(size, 0);
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (const auto member : groups[random.below(std::ssize(groups))]) ++weights[member];
  return weights;
}

/// A number of either side; `position` in its own list.
struct Ranked {
  double value = 0;
  std::size_t side = 0, position = 0;
};

std::vector<Ranked> ranked(std::span<const Contribution> inside, std::span<const Contribution> outside) {
  std::vector<Ranked> all;
  for (std::size_t i = 0; i < inside.size(); ++i) all.push_back({inside[i].value, 0, i});
  for (std::size_t i = 0; i < outside.size(); ++i) all.push_back({outside[i].value, 1, i});
  std::ranges::sort(all, {}, &Ranked::value);
  return all;
}

double area(const std::vector<Ranked>& order, const std::array<std::vector<double>, 2>& weights) {
  double below = 0, sum = 0, total = 0;
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    std::array<double, 2> tied{};
    for (; last < order.size() && order[last].value == order[first].value; ++last)
      tied[order[last].side] += weights[order[last].side][order[last].position];
    sum += tied[1] * (below + 0.5 * tied[0]);
    below += tied[0], total += tied[1];
  }
  return below > 0 && total > 0 ? sum / (below * total) : nothing;
}

}  // namespace

Measure mean_over_families(std::string name, std::string meaning, std::span<const Contribution> contributions,
                           int resamples) {
  const auto found = families_of(contributions);
  std::vector<Sums> families;
  Sums all;
  for (const auto& group : found.groups()) {
    auto& family = families.emplace_back();
    for (const auto i : group)
      for (auto* sums : {&family, &all}) {
        sums->value += contributions[i].value * contributions[i].weight;
        sums->weight += contributions[i].weight;
      }
  }
  auto measure = found.measure(std::move(name), std::move(meaning), all.mean());
  std::vector<double> draws;
  for (int draw = 0; draw < resamples && !families.empty(); ++draw) {
    Random random = stream_of(draw);
    Sums sums;
    for (std::size_t i = 0; i < families.size(); ++i) {
      const auto& one = families[random.below(std::ssize(families))];
      sums.value += one.value, sums.weight += one.weight;
    }
    draws.push_back(sums.mean());
  }
  set_interval(std::move(draws), measure);
  return measure;
}

Measure statistic_over_families(std::string name, std::string meaning, std::span<const Evidence> samples,
                                const std::function<double(std::span<const std::int64_t>)>& statistic, int resamples) {
  Families found;
  std::vector<std::int64_t> all;
  for (std::int64_t i = 0; i < std::ssize(samples); ++i) found.add(samples[i]), all.push_back(i);
  const auto groups = found.groups();
  auto measure = found.measure(std::move(name), std::move(meaning), all.empty() ? nothing : statistic(all));
  std::vector<double> draws;
  for (int draw = 0; draw < resamples && !groups.empty(); ++draw) {
    Random random = stream_of(draw);
    std::vector<std::int64_t> drawn;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto& group = groups[random.below(std::ssize(groups))];
      drawn.insert(drawn.end(), group.begin(), group.end());
    }
    draws.push_back(statistic(drawn));
  }
  set_interval(std::move(draws), measure);
  return measure;
}

Measure area_under_curve(std::string name, std::string meaning, std::span<const Contribution> inside,
                         std::span<const Contribution> outside, int resamples) {
  const auto order = ranked(inside, outside);
  const auto found = families_of(outside);
  const std::array groups{families_of(inside).groups(), found.groups()};
  const std::array once{std::vector<double>(inside.size(), 1), std::vector<double>(outside.size(), 1)};
  auto measure = found.measure(std::move(name), std::move(meaning), area(order, once));
  std::vector<double> draws;
  for (int draw = 0; draw < resamples && !inside.empty() && !outside.empty(); ++draw)
    draws.push_back(area(order, {drawn_weights(groups[0], inside.size(), stream_of(draw, 0)),
                                 drawn_weights(groups[1], outside.size(), stream_of(draw, 1))}));
  set_interval(std::move(draws), measure);
  return measure;
}

}  // namespace terrace
