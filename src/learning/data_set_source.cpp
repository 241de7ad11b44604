// A data set on disk as a source of samples, and the public functions that take one.
#include "learning/baselines.h"
#include "learning/evaluation.h"
#include "learning/training.h"

namespace terrace {
namespace {

class DataSetSource : public SampleSource {
 public:
  explicit DataSetSource(const DataSet& data) : data_(data) {
    const auto& recipe = data.manifest().at("recipe");
    if (recipe.contains("detection")) detection_ = settings_from_json<DetectionRanges>(recipe.at("detection"));
  }
  std::int64_t size() const override { return data_.size(); }
  const StandardGrid& grid() const override { return data_.grid(); }
  const Labels& labels(std::int64_t position) const override { return data_.labels(position); }
  const Conditions& conditions(std::int64_t position) const override { return data_.conditions(position); }
  const Origin& origin(std::int64_t position) const override { return data_.origin(position); }
  Sample read(std::int64_t position) const override { return data_.read(position); }
  nlohmann::ordered_json manifest() const override { return data_.manifest(); }
  const DetectionRanges& detection() const override { return detection_; }

 private:
  const DataSet& data_;
  DetectionRanges detection_;
};

}  // namespace

std::unique_ptr<SampleSource> source_of(const DataSet& data) { return std::make_unique<DataSetSource>(data); }

Model train(const DataSet& data, const TrainingSettings& settings, const TrainingHooks& hooks) {
  return train(*source_of(data), settings, hooks);
}

Evaluation evaluate(const Model& model, const DataSet& data, const EvaluationSettings& settings,
                    const Progress& progress) {
  return evaluate(model, *source_of(data), settings, progress);
}

}  // namespace terrace
