// What a data set turned out to hold: the ranges that were really drawn, what the samples rest on, samples that occur
// twice. Part of the manifest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "dataset/sample.h"

namespace terrace {

/// Samples are added in any order; the record does not depend on it but by rounding of the means.
class DataSetStatistics {
 public:
  /// Equal patterns must have equal hashes.
  void add(const Labels& labels, const Conditions& conditions, const Origin& origin, std::uint64_t hash_of_patterns);

  /// {split: {samples, structures, families, classes {name: n}, pairs, random_cation_share, drawn {label: {least, mean,
  /// most}}}}, then "duplicates" {samples, between_splits}: samples whose patterns equal an earlier one's bit by bit.
  /// Depths, heights and places of steps count over the samples that have them.
  nlohmann::ordered_json json() const;

 private:
  struct Drawn {
    double least = 0, most = 0, sum = 0;
    std::int64_t n = 0;
    void add(double value);
  };
  struct Split {
    std::int64_t samples = 0, mixed = 0, random_cations = 0;
    std::set<std::int64_t> structures, families, pairs;
    std::map<std::string, std::int64_t> classes;
    std::map<std::string, Drawn> drawn;
    nlohmann::ordered_json json() const;
  };

  std::map<std::string, Split> splits_;
  std::map<std::uint64_t, std::string> seen_;  ///< hash of the patterns → split of the first sample that has them
  std::int64_t duplicates_ = 0, between_splits_ = 0;
};

/// Of the shards of a data set; reads their tables alone.
nlohmann::ordered_json statistics_of(const std::filesystem::path& folder, const std::vector<std::string>& shards,
                                     const std::string& recipe_hash);

}  // namespace terrace
