#include "dataset/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/random.h"

namespace terrace {
namespace {

constexpr std::uint64_t bootstrap_seed = 0x626f6f74;

void set_interval(std::vector<double> draws, Measure& measure) {
  std::erase_if(draws, [](double value) { return !std::isfinite(value); });
  measure.low = measure.high = measure.value;
  if (draws.empty()) return;
  std::ranges::sort(draws);
  const double last = static_cast<double>(draws.size() - 1);
  measure.low = draws[static_cast<std::size_t>(std::floor(0.025 * last))];
  measure.high = draws[static_cast<std::size_t>(std::ceil(0.975 * last))];
}

struct Sums {
  double value = 0, weight = 0;
  double mean() const { return weight > 0 ? value / weight : std::numeric_limits<double>::quiet_NaN(); }
};

}  // namespace

Measure mean_over_families(std::string name, std::string meaning, std::span<const Contribution> contributions,
                           int resamples) {
  std::map<std::int64_t, Sums> by_family;
  Sums all;
  for (const auto& [family, value, weight] : contributions) {
    for (auto* sums : {&by_family[family], &all}) sums->value += value * weight, sums->weight += weight;
  }
  std::vector<Sums> families;
  for (const auto& entry : by_family) families.push_back(entry.second);
  Measure measure{std::move(name),      all.mean(),        0, 0, std::ssize(contributions),
                  std::ssize(families), std::move(meaning)};
  std::vector<double> draws;
  for (int draw = 0; draw < resamples && !families.empty(); ++draw) {
    Random random(bootstrap_seed, {static_cast<std::uint64_t>(draw)});
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

Measure statistic_over_families(std::string name, std::string meaning, std::span<const std::int64_t> families,
                                const std::function<double(std::span<const std::int64_t>)>& statistic, int resamples) {
  std::map<std::int64_t, std::vector<std::int64_t>> by_family;
  std::vector<std::int64_t> all;
  for (std::int64_t i = 0; i < std::ssize(families); ++i) by_family[families[i]].push_back(i), all.push_back(i);
  std::vector<const std::vector<std::int64_t>*> groups;
  for (const auto& entry : by_family) groups.push_back(&entry.second);
  const double value = all.empty() ? std::numeric_limits<double>::quiet_NaN() : statistic(all);
  Measure measure{std::move(name), value, 0, 0, std::ssize(all), std::ssize(groups), std::move(meaning)};
  std::vector<double> draws;
  for (int draw = 0; draw < resamples && !groups.empty(); ++draw) {
    Random random(bootstrap_seed, {static_cast<std::uint64_t>(draw)});
    std::vector<std::int64_t> drawn;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto& group = *groups[random.below(std::ssize(groups))];
      drawn.insert(drawn.end(), group.begin(), group.end());
    }
    draws.push_back(statistic(drawn));
  }
  set_interval(std::move(draws), measure);
  return measure;
}

}  // namespace terrace
