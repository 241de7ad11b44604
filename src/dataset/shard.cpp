#include "dataset/shard.h"

#include <fmt/format.h>
#include <unistd.h>

#include "core/checksum.h"
#include "dataset/partial_name.h"
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

/// The recipe's hash goes in, so that a shard cannot be damaged into one of another recipe.
std::uint64_t checksum_of(const std::string& line, const std::string& recipe_hash) {
  return checksum(line.data(), line.size(), checksum(recipe_hash.data(), recipe_hash.size()));
}

std::uint64_t checksum_of(const Sample& sample) {
  const auto patterns = checksum(sample.patterns.data(), sample.patterns.size() * sizeof(float));
  return checksum(sample.covered.data(), sample.covered.size(), patterns);
}

void write_letters(Hdf5File& file, const std::string& path, const std::string& text) {
  file.write(path, std::vector<std::uint8_t>(text.begin(), text.end()));
}

std::string read_letters(const Hdf5File& file, const std::string& path) {
  const auto letters = file.read<std::vector<std::uint8_t>>(path);
  return {letters.begin(), letters.end()};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t start = 0, end; (end = text.find('\n', start)) != std::string::npos; start = end + 1)
    lines.push_back(text.substr(start, end - start));
  return lines;
}

void write_samples(Hdf5File& file, const std::vector<Sample>& samples, const std::string& recipe_hash) {
  const auto shape = samples.at(0).patterns.extents();
  const auto count = static_cast<std::int64_t>(samples.size());
  auto patterns = file.make_dataset<float>("/patterns", {count, shape[0], shape[1], shape[2], shape[3]});
  auto covered = file.make_dataset<std::uint8_t>("/covered", {count, shape[0], shape[1]});
  std::string lines;
  Array<std::uint64_t, 2> checksums({count, 2});
  for (std::int64_t i = 0; i < count; ++i) {
    patterns.write<float>({i, 0, 0, 0, 0}, {1, shape[0], shape[1], shape[2], shape[3]}, samples[i].patterns.span());
    covered.write<std::uint8_t>({i, 0, 0}, {1, shape[0], shape[1]}, samples[i].covered.span());
    const auto line = line_of(samples[i]);
    lines += line + '\n';
    checksums(i, 0) = checksum_of(line, recipe_hash);
    checksums(i, 1) = checksum_of(samples[i]);
  }
  write_letters(file, "/samples", lines);
  write_letters(file, "/recipe_hash", recipe_hash);
  file.write("/checksums", checksums);
  file.write_attribute("/", "shard_version", shard_version);
}

[[noreturn]] void refuse_damaged(const std::filesystem::path& path, const std::string& why) {
  throw DamagedShard(fmt::format("'{}' is damaged ({}). 'terrace dataset' with --remake-damaged remakes it alone.",
                                 path.string(), why));
}

/// What HDF5 itself cannot read is as damaged as what does not fit its checksum.
template <class Work>
auto refusing_damaged(const std::filesystem::path& path, const Work& work) {
  try {
    return work();
  } catch (const DamagedShard&) {
    throw;
  } catch (const ForeignShard&) {
    throw;
  } catch (const FileError&) {
    refuse_damaged(path, "it cannot be read");
  } catch (const nlohmann::json::exception&) {
    refuse_damaged(path, "its table cannot be read");
  }
}

Hdf5File open_shard(const std::filesystem::path& path) {
  if (access(path.c_str(), R_OK) != 0)
    throw FileError(fmt::format("'{}' cannot be read ({}). Is the data set complete, and may you read it?",
                                path.string(), std::error_code(errno, std::generic_category()).message()));
  return refusing_damaged(path, [&] { return Hdf5File::open(path); });
}

void refuse_other_version(const Hdf5File& file) {
  const auto version = file.read_attribute<int>("/", "shard_version");
  if (version == shard_version) return;
  throw ForeignShard(fmt::format(
      "'{}' is a shard of version {}, and this terrace reads version {}. Make the data set anew in another folder.",
      file.path().string(), version, shard_version));
}

/// Throws where table, checksums, patterns and coverage are not of as many samples and positions.
void refuse_shapes(const Hdf5File& file, const Extents& wanted, const Array<std::uint64_t, 2>& checksums) {
  const auto patterns = file.dataset("/patterns");
  patterns.refuse_empty_promise();
  auto shape = patterns.extents();
  const auto covered = file.dataset("/covered").extents();
  const Extents sums(checksums.extents().begin(), checksums.extents().end());
  if (shape.size() != 5 || shape[0] != wanted[0] || sums != wanted ||
      covered != Extents(shape.begin(), shape.begin() + 3))
    refuse_damaged(file.path(), "its table and its patterns do not fit");
}

}  // namespace

void write_shard(const std::filesystem::path& path, const std::vector<Sample>& samples,
                 const std::string& recipe_hash) {
  const auto partial = own_partial_of(path);
  try {
    auto file = Hdf5File::create(partial, Hdf5Headers::checksummed);
    write_samples(file, samples, recipe_hash);
    file.close();
    std::filesystem::rename(partial, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw;
  }
}

ShardReader::ShardReader(const std::filesystem::path& path, const std::string& recipe_hash) : file_(open_shard(path)) {
  refusing_damaged(path, [&] {
    refuse_other_version(file_);
    const auto own_hash = read_letters(file_, "/recipe_hash");
    const auto lines = lines_of(read_letters(file_, "/samples"));
    checksums_ = file_.read<Array<std::uint64_t, 2>>("/checksums");
    refuse_shapes(file_, {std::ssize(lines), 2}, checksums_);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (checksum_of(lines[i], own_hash) != checksums_(i, 0))
        refuse_damaged(path, "its table does not fit its checksum");
      samples_.push_back(sample_of(lines[i]));
      const auto interface_class = static_cast<std::size_t>(samples_.back().labels.interface_class);
      if (interface_class >= interface_class_names.size()) refuse_damaged(path, "its table names a class of none");
    }
    if (own_hash != recipe_hash)
      throw ForeignShard(fmt::format(
          "'{}' was made by another recipe. Give another folder, or delete the data set there.", path.string()));
  });
}

std::array<std::int64_t, 4> ShardReader::shape_of_patterns() const {
  const auto all = file_.dataset("/patterns").extents();
  return {all[1], all[2], all[3], all[4]};
}

Sample ShardReader::read(int position) const {
  return refusing_damaged(file_.path(), [&] {
    Sample sample = samples_.at(position);
    const auto patterns = file_.dataset("/patterns");
    const auto& all = patterns.extents();
    sample.patterns = Array<float, 4>({all[1], all[2], all[3], all[4]});
    sample.covered = Array<std::uint8_t, 2>({all[1], all[2]});
    patterns.read<float>({position, 0, 0, 0, 0}, {1, all[1], all[2], all[3], all[4]}, sample.patterns.span());
    file_.dataset("/covered").read<std::uint8_t>({position, 0, 0}, {1, all[1], all[2]}, sample.covered.span());
    if (checksum_of(sample) != checksums_(position, 1))
      refuse_damaged(file_.path(), fmt::format("sample {} does not fit its checksum", position));
    return sample;
  });
}

void ShardReader::verify() const {
  for (int i = 0; i < size(); ++i) read(i);
}

}  // namespace terrace
