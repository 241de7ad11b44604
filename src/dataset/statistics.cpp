#include "dataset/statistics.h"

#include <algorithm>

#include "dataset/sample_json.h"
#include "dataset/shard.h"

namespace terrace {
namespace {

using Json = nlohmann::ordered_json;

/// Whether this sample has such a label at all.
bool has_label(const Labels& labels, const std::string& name) {
  if (name == "interface_class") return false;  // counted, not averaged
  if (name.starts_with("second_step")) return labels.second_step_depth_cells >= 0;
  if (name.starts_with("step_") && name != "step_count") return labels.step_count > 0;
  return true;
}

}  // namespace

void DataSetStatistics::Drawn::add(double value) {
  least = n == 0 ? value : std::min(least, value);
  most = n == 0 ? value : std::max(most, value);
  sum += value;
  ++n;
}

void DataSetStatistics::add(const Labels& labels, const Conditions& conditions, const Origin& origin,
                            std::uint64_t hash_of_patterns) {
  auto& split = splits_[origin.split];
  ++split.samples;
  split.structures.insert(origin.structure);
  split.families.insert(origin.family);
  if (origin.pair >= 0) split.pairs.insert(origin.pair);
  if (origin.mixing != "none") ++split.mixed;
  if (origin.mixing == "random_cations") ++split.random_cations;
  ++split.classes[interface_class_names[static_cast<int>(labels.interface_class)]];
  const nlohmann::json label_values = labels, condition_values = conditions;
  for (const auto& [name, value] : label_values.items())
    if (has_label(labels, name)) split.drawn[name].add(value.get<double>());
  for (const auto& [name, value] : condition_values.items()) split.drawn["given_" + name].add(value.get<double>());
  const auto [first, is_new] = seen_.emplace(hash_of_patterns, origin.split);
  if (is_new) return;
  ++duplicates_;
  if (first->second != origin.split) ++between_splits_;
}

Json DataSetStatistics::Split::json() const {
  Json json = {{"samples", samples},
               {"structures", structures.size()},
               {"families", families.size()},
               {"classes", classes},
               {"pairs", pairs.size()},
               {"random_cation_share", mixed > 0 ? static_cast<double>(random_cations) / mixed : 0.0}};
  for (const auto& [name, one] : drawn)
    json["drawn"][name] = {{"least", one.least}, {"mean", one.sum / static_cast<double>(one.n)}, {"most", one.most}};
  return json;
}

Json DataSetStatistics::json() const {
  auto json = Json::object();
  for (const auto& [name, split] : splits_) json[name] = split.json();
  json["duplicates"] = {{"samples", duplicates_}, {"between_splits", between_splits_}};
  return json;
}

Json statistics_of(const std::filesystem::path& folder, const std::vector<std::string>& shards,
                   const std::string& recipe_hash) {
  DataSetStatistics statistics;
  for (const auto& name : shards) {
    const ShardReader shard(folder / name, recipe_hash);
    for (int i = 0; i < shard.size(); ++i) {
      const auto& sample = shard.sample(i);
      statistics.add(sample.labels, sample.conditions, sample.origin, shard.checksum_of_patterns(i));
    }
  }
  return statistics.json();
}

}  // namespace terrace
