#include "dataset/shard.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/random.h"
#include "dataset/sample_json.h"

namespace terrace {
namespace {

using Json = nlohmann::json;

std::string line_of(const Sample& sample) {
  return Json{{"labels", sample.labels},
              {"conditions", sample.conditions},
              {"origin", sample.origin},
              {"projected_profile", sample.projected_profile}}
      .dump();
}

Sample sample_of(const std::string& line) {
  const auto json = Json::parse(line);
  Sample sample;
  json.at("labels").get_to(sample.labels);
  json.at("conditions").get_to(sample.conditions);
  json.at("origin").get_to(sample.origin);
  json.at("projected_profile").get_to(sample.projected_profile);
  return sample;
}

std::uint64_t add_to_checksum(std::uint64_t sum, const std::string& line, const Array<float, 4>& patterns) {
  sum = stable_hash(line.data(), line.size(), sum);
  return stable_hash(patterns.data(), patterns.size() * sizeof(float), sum);
}

void write_samples(Hdf5File& file, const std::vector<Sample>& samples, const std::string& recipe_hash) {
  const auto shape = samples.at(0).patterns.extents();
  const auto count = static_cast<std::int64_t>(samples.size());
  auto patterns = file.make_dataset<float>("/patterns", {count, shape[0], shape[1], shape[2], shape[3]});
  auto covered = file.make_dataset<std::uint8_t>("/covered", {count, shape[0], shape[1]});
  std::vector<std::string> lines;
  std::uint64_t checksum = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    patterns.write<float>({i, 0, 0, 0, 0}, {1, shape[0], shape[1], shape[2], shape[3]}, samples[i].patterns.span());
    covered.write<std::uint8_t>({i, 0, 0}, {1, shape[0], shape[1]}, samples[i].covered.span());
    lines.push_back(line_of(samples[i]));
    checksum = add_to_checksum(checksum, lines.back(), samples[i].patterns);
  }
  file.write("/samples", lines);
  file.write_attribute("/", "shard_version", shard_version);
  file.write_attribute("/", "recipe_hash", recipe_hash);
  file.write_attribute("/", "checksum", fmt::format("{:016x}", checksum));
}

}  // namespace

void write_shard(const std::filesystem::path& path, const std::vector<Sample>& samples,
                 const std::string& recipe_hash) {
  const std::filesystem::path partial = path.string() + ".partial";
  try {
    auto file = Hdf5File::create(partial);
    write_samples(file, samples, recipe_hash);
    file.close();
    std::filesystem::rename(partial, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw;
  }
}

ShardReader::ShardReader(const std::filesystem::path& path, const std::string& recipe_hash)
    : file_(Hdf5File::open(path)) {
  const auto refuse = [&](const std::string& why) {
    throw FileError(
        fmt::format("'{}' {}. Delete it and run 'terrace dataset' again: only it will be remade.", path.string(), why));
  };
  if (!file_.has_attribute("/", "shard_version") || file_.read_attribute<int>("/", "shard_version") != shard_version)
    refuse(fmt::format("is not a shard of version {}", shard_version));
  if (file_.read_attribute<std::string>("/", "recipe_hash") != recipe_hash)
    throw FileError(fmt::format("'{}' was made by another recipe. Give another folder, or delete the data set there.",
                                path.string()));
  lines_ = file_.read<std::vector<std::string>>("/samples");
  try {
    for (const auto& line : lines_) samples_.push_back(sample_of(line));
  } catch (const nlohmann::json::exception&) {
    refuse("holds a damaged table");
  }
}

Sample ShardReader::read(int position) const {
  Sample sample = samples_.at(position);
  const auto patterns = file_.dataset("/patterns");
  const auto& all = patterns.extents();
  if (all.size() != 5) throw FileError(fmt::format("'{}' holds patterns of a wrong shape.", file_.path().string()));
  sample.patterns = Array<float, 4>({all[1], all[2], all[3], all[4]});
  sample.covered = Array<std::uint8_t, 2>({all[1], all[2]});
  patterns.read<float>({position, 0, 0, 0, 0}, {1, all[1], all[2], all[3], all[4]}, sample.patterns.span());
  file_.dataset("/covered").read<std::uint8_t>({position, 0, 0}, {1, all[1], all[2]}, sample.covered.span());
  return sample;
}

void ShardReader::verify() const {
  std::uint64_t checksum = 0;
  for (int i = 0; i < size(); ++i) checksum = add_to_checksum(checksum, lines_[i], read(i).patterns);
  if (fmt::format("{:016x}", checksum) != file_.read_attribute<std::string>("/", "checksum"))
    throw FileError(
        fmt::format("'{}' is damaged (its checksum does not fit). Delete it and run 'terrace dataset' again: "
                    "only it will be remade.",
                    file_.path().string()));
}

}  // namespace terrace
