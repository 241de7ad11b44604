#include "dataset/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "core/error.h"
#include "core/free_memory.h"
#include "core/text_file.h"
#include "core/threads.h"
#include "dataset/shard.h"
#include "dataset/statistics.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int families_counted = 3;

std::string shard_name(int shard) { return fmt::format("shard-{:05}.h5", shard); }

int shard_count(const Recipe& recipe) {
  return (recipe.families() + recipe.study.families_per_shard - 1) / recipe.study.families_per_shard;
}

/// What a shard must carry to belong to this data set.
std::string data_set_hash(const Recipe& recipe, Passage passage) {
  return recipe_hash(recipe) + (passage == Passage::single_slice ? "-single-slice" : "");
}

double bytes_per_sample(const Recipe& recipe) {
  return 4.0 * recipe.grid.positions() * recipe.grid.pixels * recipe.grid.pixels;
}

/// True where the shard is there and whole; throws where something else lies in its place.
bool is_done(const fs::path& path, const std::string& hash, int samples) {
  if (!fs::exists(path)) return false;
  const ShardReader shard(path, hash);
  shard.verify();
  if (shard.size() == samples) return true;
  throw FileError(
      fmt::format("'{}' holds {} samples, not {}. Delete it and run again.", path.string(), shard.size(), samples));
}

int samples_of_shard(const Recipe& recipe, int shard) {
  const int first = shard * recipe.study.families_per_shard;
  return std::min(recipe.study.families_per_shard, recipe.families() - first) * recipe.samples_per_family();
}

/// The shards that are still to be made. All are looked at before any is written, so that a folder of another recipe
/// is left as it was.
std::vector<int> missing_shards(const Recipe& recipe, const fs::path& folder, const std::string& hash, int threads) {
  std::vector<char> done(shard_count(recipe));
  parallel_for(std::ssize(done), threads, [&](std::int64_t i) {
    const int shard = static_cast<int>(i);
    done[i] = is_done(folder / shard_name(shard), hash, samples_of_shard(recipe, shard));
  });
  std::vector<int> missing;
  for (int shard = 0; shard < std::ssize(done); ++shard)
    if (!done[shard]) missing.push_back(shard);
  return missing;
}

void check_disk(const fs::path& folder, double bytes) {
  std::error_code unknown;
  const double available = static_cast<double>(fs::space(folder, unknown).available);
  if (!unknown && available < bytes)
    throw ResourceError(
        fmt::format("'{}' has {:.3g} GB free, but the data set needs {:.3g} GB more. Choose another folder or "
                    "fewer families.",
                    folder.string(), available / 1e9, bytes / 1e9));
}

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

Json domain_of(const Recipe& recipe) {
  const double cell = recipe.substrate.cell_angstrom / 10;
  const auto& thickness = recipe.ranges.thickness_cells;
  return {{"energy_kev", {recipe.microscope.energy_kev, recipe.microscope.energy_kev}},
          {"semiangle_mrad", {recipe.microscope.semiangle_mrad, recipe.microscope.semiangle_mrad}},
          {"thickness_nm", {thickness[0] * cell, thickness[1] * cell}},
          {"cell_nm", cell},
          {"substrate_cell_angstrom", recipe.substrate.cell_across_angstrom}};
}

void write_manifest(const Recipe& recipe, const fs::path& folder, Passage passage) {
  const std::string hash = data_set_hash(recipe, passage);
  std::vector<std::string> shards;
  for (int i = 0; i < shard_count(recipe); ++i) shards.push_back(shard_name(i));
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
  write_text(folder / "manifest.json", manifest.dump(1) + "\n");
}

}  // namespace

DataSetCost cost_of(const Recipe& recipe, int threads) {
  Work work;
  const int counted = std::min(families_counted, recipe.families());
  for (int family = 0; family < counted; ++family) {
    const auto more = work_of(recipe, plan_family(recipe, family));
    work.shared_steps += more.shared_steps;
    work.separate_steps += more.separate_steps;
    work.seconds += more.seconds / counted;
    work.memory_bytes = std::max(work.memory_bytes, more.memory_bytes);
    work.engine = more.engine;
  }
  const int workers = std::min(threads, shard_count(recipe));
  DataSetCost result{.samples = recipe.samples(), .families = recipe.families(), .engine = work.engine};
  result.sharing = static_cast<double>(work.separate_steps) / static_cast<double>(work.shared_steps);
  result.seconds = work.seconds * recipe.families() * slowness_of_this_machine() / workers;
  result.disk_bytes = bytes_per_sample(recipe) * static_cast<double>(recipe.samples());
  // A shard's samples, those of the family of the moment, and their growth: measured.
  const double samples = 1.5 * recipe.study.families_per_shard * recipe.samples_per_family() * bytes_per_sample(recipe);
  result.memory_bytes = program_bytes + workers * (work.memory_bytes - program_bytes + samples);
  return result;
}

void generate(const Recipe& recipe, const fs::path& folder, int threads, Passage passage, const Progress& progress) {
  fs::create_directories(folder);
  const std::string hash = data_set_hash(recipe, passage);
  const auto missing = missing_shards(recipe, folder, hash, threads);
  double samples_missing = 0;
  for (const int shard : missing) samples_missing += samples_of_shard(recipe, shard);
  check_disk(folder, 1.05 * bytes_per_sample(recipe) * samples_missing);
  std::mutex report;
  std::int64_t done = recipe.families();
  for (const int shard : missing) done -= samples_of_shard(recipe, shard) / recipe.samples_per_family();
  const auto finished_family = [&] {
    std::lock_guard lock(report);
    if (progress) progress("simulating families", ++done, recipe.families());
  };
  parallel_for(std::ssize(missing), threads, [&](std::int64_t i) {
    const std::int64_t first = std::int64_t{missing[i]} * recipe.study.families_per_shard;
    const std::int64_t last = std::min<std::int64_t>(first + recipe.study.families_per_shard, recipe.families());
    std::vector<Sample> samples;
    for (std::int64_t family = first; family < last; ++family) {
      for (auto& sample : simulate_family(recipe, plan_family(recipe, family), passage))
        samples.push_back(std::move(sample));
      finished_family();
    }
    write_shard(folder / shard_name(missing[i]), samples, hash);
    samples.clear();
    samples.shrink_to_fit();
    return_free_memory();
  });
  write_manifest(recipe, folder, passage);
}

}  // namespace terrace
