#include "inversion/stretch_inversion.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "core/checksum.h"
#include "core/error.h"
#include "core/json_text.h"
#include "core/text_file.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

/// Names everything that an answer depends on.
std::string key_of(const Recipe& recipe, const Sample& sample, const SearchEffort& effort, double electrons) {
  const auto& c = sample.conditions;
  auto settings = fmt::format("{} {} {} {} {} {} {} {} {} {}", search_revision, to_json(recipe).dump(), c.energy_kev,
                              c.semiangle_mrad, c.thickness_nm, c.thickness_error_nm, c.electrons_per_pattern,
                              electrons, effort.boundary_tolerance_cells, effort.two_step_depths);
  for (const auto& places : sample.seen_from)
    for (const auto& place : places)
      settings += fmt::format(" {:.6g} {:.6g} {:.6g}", place.along_cells, place.across_cells, place.weight);
  const auto patterns = checksum(sample.patterns.data(), sample.patterns.size() * sizeof(float));
  return fmt::format("{:016x}", checksum(settings.data(), settings.size(), patterns));
}

Prediction answer_for(const Recipe& recipe, const Sample& sample, int threads, const SearchEffort& effort,
                      double electrons) {
  try {
    return invert(recipe, sample, threads, effort, {}, electrons).answer;
  } catch (const InputError& error) {
    return withheld(error.what(), {error.what()});
  }
}

/// Empty where there is no such file, or a damaged one.
std::optional<Prediction> answer_in(const fs::path& path) {
  if (!fs::exists(path)) return std::nullopt;
  try {
    return prediction_from_json(nlohmann::ordered_json::parse(read_text(path)));
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<Prediction> invert_stretches(const Recipe& recipe, std::span<const Sample> samples, const fs::path& folder,
                                         const Ranks& ranks, int threads, const SearchEffort& effort,
                                         double electrons_per_pattern, const Progress& progress) {
  if (samples.empty()) return {};
  std::vector<fs::path> paths;
  for (const auto& sample : samples)
    paths.push_back(folder / (key_of(recipe, sample, effort, electrons_per_pattern) + ".json"));
  fs::create_directories(folder);
  const std::int64_t count = std::ssize(samples);
  for (std::int64_t i = 0; i < count; ++i) {
    if ((i + 1) % ranks.count() == ranks.rank() && !answer_in(paths[i])) {
      const auto answer = answer_for(recipe, samples[i], threads, effort, electrons_per_pattern);
      write_json(paths[i], to_json(answer));
    }
    if (progress) progress("stretches", i + 1, count);
  }
  ranks.wait_for_all();
  std::vector<Prediction> answers;
  for (const auto& path : paths)
    if (ranks.is_first()) {
      auto answer = answer_in(path);
      if (!answer)
        throw FileError(fmt::format("'{}' is missing or damaged. Run again: it is made anew.", path.string()));
      answers.push_back(std::move(*answer));
    }
  return answers;
}

}  // namespace terrace
