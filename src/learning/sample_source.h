// Where training and evaluation get their samples: a data set on disk or a list in memory.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "dataset/data_set.h"
#include "dataset/detection.h"
#include "dataset/sample.h"

namespace terrace {

/// Labelled samples asked for by position 0 … size − 1. References last as long as the source. Only `read` touches
/// patterns.
class SampleSource {
 public:
  virtual ~SampleSource() = default;
  virtual std::int64_t size() const = 0;
  virtual const StandardGrid& grid() const = 0;
  virtual const Labels& labels(std::int64_t position) const = 0;
  virtual const Conditions& conditions(std::int64_t position) const = 0;
  virtual const Origin& origin(std::int64_t position) const = 0;
  virtual Sample read(std::int64_t position) const = 0;
  /// The manifest of the data set, empty for a list in memory.
  virtual nlohmann::ordered_json manifest() const = 0;
  /// What a camera does to these samples, which are noise-free: the recipe's [detection] table.
  virtual const DetectionRanges& detection() const = 0;
};

/// `data` must outlive the source.
std::unique_ptr<SampleSource> source_of(const DataSet& data);
std::unique_ptr<SampleSource> source_of(std::vector<Sample> samples, const StandardGrid& grid,
                                        const DetectionRanges& detection = {});

/// The matched-projection twins of another source, which must outlive it.
class TwinSource : public SampleSource {
 public:
  explicit TwinSource(const SampleSource& all);
  std::int64_t size() const override { return static_cast<std::int64_t>(positions_.size()); }
  const StandardGrid& grid() const override { return all_.grid(); }
  const Labels& labels(std::int64_t position) const override { return all_.labels(positions_[position]); }
  const Conditions& conditions(std::int64_t position) const override { return all_.conditions(positions_[position]); }
  const Origin& origin(std::int64_t position) const override { return all_.origin(positions_[position]); }
  Sample read(std::int64_t position) const override { return all_.read(positions_[position]); }
  nlohmann::ordered_json manifest() const override { return all_.manifest(); }
  const DetectionRanges& detection() const override { return all_.detection(); }

 private:
  const SampleSource& all_;
  std::vector<std::int64_t> positions_;
};

/// Another source, which must outlive it, whose samples of the splits "train" and "calibration" have exchanged their
/// labels at random: nothing is left to learn.
class ShuffledSource : public SampleSource {
 public:
  ShuffledSource(const SampleSource& all, std::uint64_t seed);
  std::int64_t size() const override { return all_.size(); }
  const StandardGrid& grid() const override { return all_.grid(); }
  const Labels& labels(std::int64_t position) const override { return all_.labels(labelled_as_[position]); }
  const Conditions& conditions(std::int64_t position) const override { return all_.conditions(position); }
  const Origin& origin(std::int64_t position) const override { return all_.origin(position); }
  Sample read(std::int64_t position) const override;
  nlohmann::ordered_json manifest() const override { return all_.manifest(); }
  const DetectionRanges& detection() const override { return all_.detection(); }

 private:
  const SampleSource& all_;
  std::vector<std::int64_t> labelled_as_;
};

/// The positions of the samples that belong to `split` ("train", "calibration", "test").
std::vector<std::int64_t> positions_in_split(const SampleSource& source, std::string_view split);

/// Whether the sample has a step to find: its class is rough or both, and its depth is known.
bool has_step(const Labels& labels);
/// The same with no second step below it.
bool has_single_step(const Labels& labels);

}  // namespace terrace
