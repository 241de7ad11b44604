#include "learning/sample_source.h"

namespace terrace {
namespace {

class ListSource : public SampleSource {
 public:
  ListSource(std::vector<Sample> samples, const StandardGrid& grid) : samples_(std::move(samples)), grid_(grid) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(samples_.size()); }
  const StandardGrid& grid() const override { return grid_; }
  const Labels& labels(std::int64_t position) const override { return samples_[position].labels; }
  const Conditions& conditions(std::int64_t position) const override { return samples_[position].conditions; }
  const Origin& origin(std::int64_t position) const override { return samples_[position].origin; }
  Sample read(std::int64_t position) const override { return samples_[position]; }
  nlohmann::ordered_json manifest() const override { return nlohmann::ordered_json::object(); }

 private:
  std::vector<Sample> samples_;
  StandardGrid grid_;
};

}  // namespace

std::unique_ptr<SampleSource> source_of(std::vector<Sample> samples, const StandardGrid& grid) {
  return std::make_unique<ListSource>(std::move(samples), grid);
}

TwinSource::TwinSource(const SampleSource& all) : all_(all) {
  for (std::int64_t i = 0; i < all.size(); ++i)
    if (all.origin(i).pair >= 0) positions_.push_back(i);
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

}  // namespace terrace
