#include "learning/sample_source.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "core/random.h"

namespace terrace {
namespace {

class ListSource : public SampleSource {
 public:
  ListSource(std::vector<Sample> samples, const StandardGrid& grid, const DetectionRanges& detection)
      : samples_(std::move(samples)), grid_(grid), detection_(detection) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(samples_.size()); }
  const StandardGrid& grid() const override { return grid_; }
  const Labels& labels(std::int64_t position) const override { return samples_[position].labels; }
  const Conditions& conditions(std::int64_t position) const override { return samples_[position].conditions; }
  const Origin& origin(std::int64_t position) const override { return samples_[position].origin; }
  Sample read(std::int64_t position) const override { return samples_[position]; }
  nlohmann::ordered_json manifest() const override { return nlohmann::ordered_json::object(); }
  const DetectionRanges& detection() const override { return detection_; }

 private:
  std::vector<Sample> samples_;
  StandardGrid grid_;
  DetectionRanges detection_;
};

}  // namespace

std::unique_ptr<SampleSource> source_of(std::vector<Sample> samples, const StandardGrid& grid,
                                        const DetectionRanges& detection) {
  return std::make_unique<ListSource>(std::move(samples), grid, detection);
}

TwinSource::TwinSource(const SampleSource& all) : all_(all) {
  for (std::int64_t i = 0; i < all.size(); ++i)
    if (all.origin(i).pair >= 0) positions_.push_back(i);
}

ShuffledSource::ShuffledSource(const SampleSource& all, std::uint64_t seed) : all_(all), labelled_as_(all.size()) {
  std::iota(labelled_as_.begin(), labelled_as_.end(), 0);
  auto positions = positions_in_split(all, "train");
  std::ranges::copy(positions_in_split(all, "calibration"), std::back_inserter(positions));
  Random random(seed, {0x73687566666c65});
  for (auto i = std::ssize(positions) - 1; i > 0; --i)
    std::swap(labelled_as_[positions[i]], labelled_as_[positions[random.below(i + 1)]]);
}

Sample ShuffledSource::read(std::int64_t position) const {
  Sample sample = all_.read(position);
  sample.labels = labels(position);
  return sample;
}

std::vector<std::int64_t> positions_in_split(const SampleSource& source, std::string_view split) {
  std::vector<std::int64_t> positions;
  for (std::int64_t i = 0; i < source.size(); ++i)
    if (source.origin(i).split == split) positions.push_back(i);
  return positions;
}

bool has_step(const Labels& labels) {
  const auto found = labels.interface_class;
  const bool stepped = found == InterfaceClass::rough || found == InterfaceClass::both;
  return stepped && labels.step_depth_cells >= 0;
}

bool has_single_step(const Labels& labels) { return has_step(labels) && labels.second_step_depth_cells < 0; }

}  // namespace terrace
