// The model file: its tensors and its record (tensor_file.h says the layout).
#include <fmt/format.h>

#include "core/error.h"
#include "learning/model_checks.h"

namespace terrace {
namespace {

std::vector<float> floats(const std::vector<double>& values) { return {values.begin(), values.end()}; }

void store(const Preprocessing& p, TensorFile& file) {
  file.record["preprocessing"] = {{"grid", to_json(p.grid)},
                                  {"input", p.input},
                                  {"use_conditions", p.use_conditions},
                                  {"condition_mean", p.condition_mean},
                                  {"condition_scale", p.condition_scale},
                                  {"least_noise", p.least_noise},
                                  {"unexplained", p.unexplained}};
  file.add("preprocessing.mean", p.mean);
  file.add("preprocessing.basis", p.basis);
  round_to_half(file.tensors["preprocessing.basis"]);
  file.add("preprocessing.variance", p.variance);
}

Preprocessing load_preprocessing(const TensorFile& file) {
  const auto& json = file.record.at("preprocessing");
  Preprocessing p;
  p.grid = settings_from_json<StandardGrid>(json.at("grid"));
  json.at("input").get_to(p.input);
  json.at("use_conditions").get_to(p.use_conditions);
  json.at("condition_mean").get_to(p.condition_mean);
  json.at("condition_scale").get_to(p.condition_scale);
  json.at("least_noise").get_to(p.least_noise);
  json.at("unexplained").get_to(p.unexplained);
  p.mean = file.image("preprocessing.mean");
  p.basis = file.image("preprocessing.basis");
  p.variance = file.at("preprocessing.variance", p.basis.extent(0)).values;
  return p;
}

void store(const Cloud& cloud, TensorFile& file) {
  file.record["cloud_unit"] = cloud.unit;
  file.add("cloud.mean", floats(cloud.mean));
  file.add("cloud.factor", floats(cloud.factor));
}

Cloud load_cloud(const TensorFile& file, std::int64_t size) {
  const auto& mean = file.at("cloud.mean", size).values;
  const auto& factor = file.at("cloud.factor", size * size).values;
  return {{mean.begin(), mean.end()}, {factor.begin(), factor.end()}, file.record.at("cloud_unit").get<double>()};
}

Model model_of(const TensorFile& file) {
  const auto shape = settings_from_json<NetworkShape>(file.record.at("network"));
  Model model;
  model.preprocessing = load_preprocessing(file);
  refuse_sizes(model.preprocessing, shape, file);
  model.preprocessing.complete();
  for (int i = 0; i < file.record.at("members").get<int>(); ++i) {
    model.members.emplace_back(shape, 0);
    model.members.back().set_weights(fmt::format("member{}.", i), file);
  }
  if (model.members.empty()) throw FileError("it holds no network");
  model.calibration = dose_calibration_from_json(file.record.at("calibration"));
  model.domain = domain_from_json(file.record.at("domain"));
  model.cloud = load_cloud(file, shape.width);
  model.residual_limit = file.record.at("residual_limit").get<double>();
  model.record = file.record.at("about");
  refuse_impossible_numbers(model, file);
  return model;
}

}  // namespace

void Model::save(const std::filesystem::path& path) const {
  TensorFile file;
  file.record["about"] = record;
  file.record["network"] = to_json(members.at(0).shape());
  file.record["members"] = members.size();
  file.record["calibration"] = to_json(calibration);
  file.record["domain"] = to_json(domain);
  file.record["residual_limit"] = residual_limit;
  store(preprocessing, file);
  store(cloud, file);
  for (std::size_t i = 0; i < members.size(); ++i) members[i].add_weights(fmt::format("member{}.", i), file);
  for (auto& [name, tensor] : file.tensors)
    if (name.starts_with("member")) round_to_half(tensor);
  write_tensor_file(file, "model", path);
}

Model Model::load(const std::filesystem::path& path) {
  const auto file = read_tensor_file(path, "model");
  try {
    return model_of(file);
  } catch (const nlohmann::json::exception&) {
    throw FileError(fmt::format("'{}': its record lacks something. Was it made by another version?", path.string()));
  } catch (const Error& error) {
    throw FileError(fmt::format("'{}': {}", path.string(), error.what()));
  }
}

}  // namespace terrace
