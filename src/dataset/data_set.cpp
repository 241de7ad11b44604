#include "dataset/data_set.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/json_text.h"
#include "core/text_file.h"
#include "dataset/recipe.h"
#include "dataset/shard_contents.h"

namespace terrace {

struct DataSet::State {
  nlohmann::ordered_json manifest;
  StandardGrid grid;
  std::vector<ShardReader> shards;
  std::vector<std::pair<int, int>> where;  // position → shard, position in it

  const Sample& sample(std::int64_t position) const {
    const auto [shard, inside] = where.at(position);
    return shards[shard].sample(inside);
  }
};

namespace {

nlohmann::ordered_json read_manifest(const std::filesystem::path& folder) {
  const auto path = folder / "manifest.json";
  if (!std::filesystem::exists(path))
    throw FileError(
        fmt::format("'{}' is missing. Is the folder a data set, and did 'terrace dataset' finish?", path.string()));
  const auto text = read_text(path);
  try {
    return parse_json(text, path.string());
  } catch (const FileError&) {
    throw FileError(fmt::format("'{}' is damaged. Run 'terrace dataset' again: whole shards are kept.", path.string()));
  }
}

}  // namespace

DataSet::DataSet(const std::filesystem::path& folder) : state_(std::make_unique<State>()) {
  state_->manifest = read_manifest(folder);
  try {
    const auto recipe = recipe_from_json(state_->manifest.at("recipe"));
    state_->grid = recipe.grid;
    const std::string hash = state_->manifest.at("recipe_hash");
    for (const std::string name : state_->manifest.at("shards")) {
      state_->shards.emplace_back(folder / name, hash);
      const int shard = static_cast<int>(state_->shards.size()) - 1;
      if (!holds_shard(state_->shards[shard], recipe, shard))
        throw DamagedShard(fmt::format(
            "'{}' holds other samples than its name says. 'terrace dataset' with --remake-damaged remakes it alone.",
            (folder / name).string()));
      for (int inside = 0; inside < state_->shards[shard].size(); ++inside) state_->where.emplace_back(shard, inside);
    }
  } catch (const nlohmann::json::exception&) {
    throw FileError(
        fmt::format("'{}' lacks what a manifest holds. Was it edited?", (folder / "manifest.json").string()));
  }
}

DataSet::~DataSet() = default;
DataSet::DataSet(DataSet&&) noexcept = default;

std::int64_t DataSet::size() const { return static_cast<std::int64_t>(state_->where.size()); }
const StandardGrid& DataSet::grid() const { return state_->grid; }
const nlohmann::ordered_json& DataSet::manifest() const { return state_->manifest; }
const Labels& DataSet::labels(std::int64_t position) const { return state_->sample(position).labels; }
const Conditions& DataSet::conditions(std::int64_t position) const { return state_->sample(position).conditions; }
const Origin& DataSet::origin(std::int64_t position) const { return state_->sample(position).origin; }

Sample DataSet::read(std::int64_t position) const {
  const auto [shard, inside] = state_->where.at(position);
  return state_->shards[shard].read(inside);
}

}  // namespace terrace
