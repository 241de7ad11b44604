// A labelled data set on disk: a folder of shards and a manifest, as `terrace dataset` writes it.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "dataset/sample.h"

namespace terrace {

/// Read access by position 0 … size − 1 (in the order of the recipe's indices). Opening reads the manifest and the
/// small tables (labels, conditions, origin); patterns are read when asked for. Throws FileError naming the damaged or
/// missing shard.
class DataSet {
 public:
  explicit DataSet(const std::filesystem::path& folder);
  ~DataSet();
  DataSet(DataSet&&) noexcept;

  std::int64_t size() const;
  const StandardGrid& grid() const;
  /// The manifest: recipe (name, hash, text, seed), program version, counts, `domain` (ranges of conditions).
  const nlohmann::ordered_json& manifest() const;
  /// Labels, conditions and origin without patterns; always in memory.
  const Labels& labels(std::int64_t position) const;
  const Conditions& conditions(std::int64_t position) const;
  const Origin& origin(std::int64_t position) const;
  Sample read(std::int64_t position) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace terrace
