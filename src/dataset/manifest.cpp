#include "dataset/manifest.h"

#include <algorithm>

#include "core/json_text.h"
#include "dataset/partial_name.h"
#include "dataset/shard.h"
#include "dataset/shard_list.h"
#include "dataset/statistics.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json count_samples(const fs::path& folder, const std::vector<std::string>& shards, const std::string& hash) {
  Json counts;
  for (const auto& name : shards) {
    const ShardReader shard(folder / name, hash);
    for (int i = 0; i < shard.size(); ++i) {
      const auto& sample = shard.sample(i);
      auto& count = counts[sample.origin.split][interface_class_names[static_cast<int>(sample.labels.interface_class)]];
      count = count.is_null() ? 1 : count.get<int>() + 1;
    }
  }
  return counts;
}

/// Of what may be drawn: from the lowest to the highest, or the microscope's own.
Json range_of(const std::vector<double>& drawn, double own) {
  if (drawn.empty()) return {own, own};
  return {std::ranges::min(drawn), std::ranges::max(drawn)};
}

Json domain_of(const Recipe& recipe) {
  const double cell = recipe.substrate.cell_angstrom / 10;
  const auto& thickness = recipe.ranges.thickness_cells;
  return {{"energy_kev", range_of(recipe.ranges.energies_kev, recipe.microscope.energy_kev)},
          {"semiangle_mrad", range_of(recipe.ranges.semiangle_mrad, recipe.microscope.semiangle_mrad)},
          {"thickness_nm", {thickness[0] * cell, thickness[1] * cell}},
          {"cell_nm", cell},
          {"substrate_cell_angstrom", recipe.substrate.cell_across_angstrom}};
}

}  // namespace

std::string data_set_hash(const Recipe& recipe, Passage passage) {
  return recipe_hash(recipe) + (passage == Passage::single_slice ? "-single-slice" : "");
}

void write_manifest(const Recipe& recipe, const fs::path& folder, Passage passage) {
  const std::string hash = data_set_hash(recipe, passage);
  const auto shards = shard_names(recipe);
  const Json manifest = {{"format", "terrace data set"},
                         {"shard_version", shard_version},
                         {"recipe_hash", hash},
                         {"recipe", to_json(recipe)},
                         {"passage", passage == Passage::multislice ? "multislice" : "single_slice"},
                         {"samples", recipe.samples()},
                         {"families", recipe.families()},
                         {"counts", count_samples(folder, shards, hash)},
                         {"statistics", statistics_of(folder, shards, hash)},
                         {"domain", domain_of(recipe)},
                         {"shards", shards}};
  // Two parts may end at the same moment: each writes a file of its own, and both hold the same bytes.
  const auto partial = own_partial_of(folder / "manifest.json");
  write_json(partial, manifest);
  fs::rename(partial, folder / "manifest.json");
}

}  // namespace terrace
