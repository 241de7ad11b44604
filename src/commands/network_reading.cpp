#include "commands/network_reading.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "core/checksum.h"
#include "core/text_file.h"
#include "learning/model.h"
#include "registration/standard_grid.h"

namespace terrace {

namespace {

/// A std::function wants to be copied, a model does not.
std::shared_ptr<const Model> shared_model(const std::filesystem::path& path) {
  return std::make_shared<const Model>(Model::load(path));
}

}  // namespace

NetworkReading open_model(const std::filesystem::path& path) {
  return [model = shared_model(path)](const Scan& scan, const Registration& registration, const Progress& progress) {
    const Stretch whole;
    return model->predict(to_standard_grids(scan, registration, model->preprocessing.grid, {&whole, 1}, progress)[0]);
  };
}

TrialNetwork open_trial_network(const std::filesystem::path& path) {
  const auto model = shared_model(path);
  const auto bytes = read_text(path);
  return {fmt::format("{} ({:016x})", path.filename().string(), checksum(bytes.data(), bytes.size())),
          [model](const Sample& counts) { return model->predict(counts); }};
}

}  // namespace terrace
