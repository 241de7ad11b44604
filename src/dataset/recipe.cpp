#include "dataset/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"

namespace terrace {
namespace {

template <class T>
void check_range(const std::vector<T>& range, const char* name) {
  if (range.size() == 2 && range[0] <= range[1]) return;
  throw InputError(fmt::format("ranges.{} must be [low, high] with low ≤ high.", name));
}

void check(const Recipe& recipe) {
  check_range(recipe.ranges.thickness_cells, "thickness_cells");
  check_range(recipe.ranges.film_cell_angstrom, "film_cell_angstrom");
  check_range(recipe.ranges.film_b_scale, "film_b_scale");
  check_range(recipe.ranges.defocus_nm, "defocus_nm");
  check_range(recipe.ranges.sigma_a_cells, "sigma_a_cells");
  check_range(recipe.ranges.sigma_b_cells, "sigma_b_cells");
  check(recipe.substrate, "substrate");
  check(recipe.film, "film");
  if (recipe.study.calibration_share + recipe.study.test_share > 0.95)
    throw InputError("study.calibration_share + study.test_share leave no families to learn from. Make them smaller.");
  const double reach = recipe.grid.half_span_cells + 1.5;  // the registered plane is up to a cell from the middle
  if (recipe.window.columns % 2 != 0 || recipe.window.columns / 2 < reach)
    throw InputError(fmt::format("window.columns = {} must be even and at least {:.0f} for grid.half_span_cells = {}.",
                                 recipe.window.columns, 2 * std::ceil(reach), recipe.grid.half_span_cells));
  for (const char* split : {"train", "calibration", "test"}) {
    bool found = false;
    for (std::int64_t family = 0; family < recipe.study.families && !found; ++family)
      found = recipe.split_of(family) == split;
    if (!found)
      throw InputError(fmt::format("study.families = {} leave no family for '{}'. Ask for more families.",
                                   recipe.study.families, split));
  }
}

}  // namespace

int Recipe::samples_per_family() const {
  return 2 * content.stepped_structures * content.exits_per_step + content.abrupt_exits +
         (content.diffuse_profiles + content.stepped_and_diffuse) * content.exits_per_profile;
}

std::string Recipe::split_of(std::int64_t family) const {
  // Interleaved by a fixed stride, so that any first part of the families (a data set cut short) keeps the shares.
  const double golden = 0.6180339887498949;
  const double place = std::fmod((static_cast<double>(family) + 0.5) * golden, 1.0);
  if (place < study.test_share) return "test";
  return place < study.test_share + study.calibration_share ? "calibration" : "train";
}

Recipe read_recipe(const std::filesystem::path& path) {
  const Config config = read_config(path);
  const std::vector<std::string> sections = {"study", "content",    "ranges",   "window",    "rules",
                                             "grid",  "microscope", "sampling", "substrate", "film"};
  for (const auto& [key, value] : config.table())
    if (std::find(sections.begin(), sections.end(), key) == sections.end())
      refuse_unknown_key(key, "", value.place, sections);
  Recipe recipe;
  recipe.study = read_settings<Study>(config, "study");
  recipe.content = read_settings<FamilyContent>(config, "content");
  recipe.ranges = read_settings<Ranges>(config, "ranges");
  recipe.window = read_settings<Window>(config, "window");
  recipe.rules = read_settings<LabelRules>(config, "rules");
  recipe.grid = read_settings<StandardGrid>(config, "grid");
  recipe.microscope = read_settings<Microscope>(config, "microscope");
  recipe.sampling = read_settings<Sampling>(config, "sampling");
  recipe.substrate = read_settings(config, "substrate", strontium_titanate());
  recipe.film = read_settings(config, "film", lanthanum_aluminate());
  check(recipe);
  return recipe;
}

nlohmann::ordered_json to_json(const Recipe& recipe) {
  return {{"study", to_json(recipe.study)},           {"content", to_json(recipe.content)},
          {"ranges", to_json(recipe.ranges)},         {"window", to_json(recipe.window)},
          {"rules", to_json(recipe.rules)},           {"grid", to_json(recipe.grid)},
          {"microscope", to_json(recipe.microscope)}, {"sampling", to_json(recipe.sampling)},
          {"substrate", to_json(recipe.substrate)},   {"film", to_json(recipe.film)}};
}

std::string recipe_hash(const Recipe& recipe) {
  const std::string text = to_json(recipe).dump();
  return fmt::format("{:016x}", stable_hash(text.data(), text.size()));
}

}  // namespace terrace
