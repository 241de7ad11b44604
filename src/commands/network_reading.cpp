#include "commands/network_reading.h"

#include <memory>
#include <utility>

#include "learning/model.h"
#include "registration/standard_grid.h"

namespace terrace {

NetworkReading open_model(const std::filesystem::path& path) {
  // A std::function wants to be copied, a model does not.
  const auto model = std::make_shared<const Model>(Model::load(path));
  return [model](const Scan& scan, const Registration& registration, const Progress& progress) {
    const Stretch whole;
    return model->predict(to_standard_grids(scan, registration, model->preprocessing.grid, {&whole, 1}, progress)[0]);
  };
}

}  // namespace terrace
