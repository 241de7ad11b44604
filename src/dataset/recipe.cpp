#include "dataset/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"

namespace terrace {
namespace {

/// The held-out set that `family` belongs to, or null.
const HeldOutSet* held_out_set(const Recipe& recipe, std::int64_t family) {
  std::int64_t first = recipe.study.families;
  for (const auto& set : recipe.held_out) {
    if (family >= first && family < first + set.families) return &set;
    first += set.families;
  }
  return nullptr;
}

template <class T>
void check_range(const std::vector<T>& range, const std::string& name) {
  if (range.size() == 2 && range[0] <= range[1]) return;
  throw InputError(fmt::format("{} = [{}] must be [low, high] with low ≤ high.", name, fmt::join(range, ", ")));
}

/// A range that may be left empty.
template <class T>
void check_optional_range(const std::vector<T>& range, const std::string& name) {
  if (!range.empty()) check_range(range, name);
}

void check(const Ranges& ranges, const std::string& section) {
  const auto name = [&](const char* key) { return section + "." + key; };
  check_range(ranges.thickness_cells, name("thickness_cells"));
  check_range(ranges.film_cell_angstrom, name("film_cell_angstrom"));
  check_range(ranges.film_b_scale, name("film_b_scale"));
  check_range(ranges.defocus_nm, name("defocus_nm"));
  check_range(ranges.amorphous_nm, name("amorphous_nm"));
  check_range(ranges.specimen_tilt_mrad, name("specimen_tilt_mrad"));
  check_range(ranges.astigmatism_nm, name("astigmatism_nm"));
  check_range(ranges.C30_um, name("C30_um"));
  check_range(ranges.pattern_scale_error_share, name("pattern_scale_error_share"));
  check_range(ranges.sigma_a_cells, name("sigma_a_cells"));
  check_range(ranges.sigma_b_cells, name("sigma_b_cells"));
  check_range(ranges.film_loss_cells, name("film_loss_cells"));
  check_optional_range(ranges.semiangle_mrad, name("semiangle_mrad"));
  check_optional_range(ranges.source_fwhm_angstrom, name("source_fwhm_angstrom"));
  if (2 * ranges.film_loss_cells[1] >= ranges.thickness_cells[0])
    throw InputError(fmt::format("{} = {} on either surface leave no film in a lamella of {} cells. Lower it.",
                                 name("film_loss_cells"), ranges.film_loss_cells[1], ranges.thickness_cells[0]));
}

/// Thicknesses of one structure are all different.
void check_thicknesses(const Recipe& recipe, const Ranges& ranges, const std::string& section) {
  const int wanted = recipe.content.most_exits();
  const int held = ranges.thickness_cells[1] - ranges.thickness_cells[0] + 1;
  if (held < wanted)
    throw InputError(fmt::format(
        "{}.thickness_cells = [{}, {}] holds {} thicknesses, but [content] asks for {} of a "
        "structure. Widen it, or lower exits_per_step, more_exits_per_step, exits_per_profile and abrupt_exits.",
        section, ranges.thickness_cells[0], ranges.thickness_cells[1], held, wanted));
}

void check(const DetectionRanges& detection) {
  check_range(detection.electrons_per_pattern, "detection.electrons_per_pattern");
  check_range(detection.background_share, "detection.background_share");
  check_range(detection.psf_pixels, "detection.psf_pixels");
  check_range(detection.overdispersion, "detection.overdispersion");
  check_range(detection.brightest_over_saturation, "detection.brightest_over_saturation");
}

void check_splits(const Recipe& recipe) {
  if (recipe.study.calibration_share + recipe.study.test_share > 0.95)
    throw InputError("study.calibration_share + study.test_share leave no families to learn from. Make them smaller.");
  for (const char* split : {"train", "calibration", "test"}) {
    bool found = false;
    for (std::int64_t family = 0; family < recipe.study.families && !found; ++family)
      found = recipe.split_of(family) == split;
    if (!found)
      throw InputError(fmt::format("study.families = {} leave no family for '{}'. Ask for more families.",
                                   recipe.study.families, split));
  }
}

/// The registered plane is up to a cell from the middle, and steps carry the boundary a cell or two farther.
void check_window(const Recipe& recipe, const Ranges& ranges, const std::string& section) {
  const double steps = recipe.content.twice_stepped > 0 ? 2 : 1;
  const double reach = std::max(recipe.grid.half_span_cells + 1.5, ranges.registration_error_cells + steps + 1);
  if (recipe.window.columns % 2 == 0 && recipe.window.columns / 2 >= reach) return;
  throw InputError(
      fmt::format("window.columns = {} must be even and at least {:.0f} for grid.half_span_cells = {} and "
                  "{}.registration_error_cells = {}.",
                  recipe.window.columns, 2 * std::ceil(reach), recipe.grid.half_span_cells, section,
                  ranges.registration_error_cells));
}

void check(const Recipe& recipe) {
  check(recipe.ranges, "ranges");
  check(recipe.detection);
  check(recipe.substrate, "substrate");
  check(recipe.film, "film");
  check_splits(recipe);
  check_thicknesses(recipe, recipe.ranges, "ranges");
  check_window(recipe, recipe.ranges, "ranges");
  for (const auto& set : recipe.held_out) {
    check(set.ranges, "held_out." + set.name);
    check_thicknesses(recipe, set.ranges, "held_out." + set.name);
    check_window(recipe, set.ranges, "held_out." + set.name);
  }
}

/// The film's own cell is what families draw, where no range of cells is given.
void draw_own_film_cell(const Config& config, const Perovskite& film, Ranges& ranges) {
  const Config *own = config.find("film"), *given = config.find("ranges");
  if (!own || !own->find("cell_across_angstrom")) return;
  const double cell = film.cell_across_angstrom;
  auto& range = ranges.film_cell_angstrom;
  if (!given || !given->find("film_cell_angstrom")) range = {cell, cell};
  if (range.size() == 2 && (cell < range[0] || cell > range[1]))
    throw InputError(fmt::format(
        "{}: film.cell_across_angstrom = {} lies outside ranges.film_cell_angstrom = [{}], which families draw from. "
        "Give one of them alone, or a range that holds it.",
        own->find("cell_across_angstrom")->place, cell, fmt::join(range, ", ")));
}

/// [held_out.NAME]: `families`, and the ranges in which the set differs from [ranges].
std::vector<HeldOutSet> read_held_out(const Config& config, const Ranges& ranges) {
  std::vector<HeldOutSet> sets;
  const Config* tables = config.find("held_out");
  if (!tables) return sets;
  if (!tables->is_table()) refuse_unknown_key("held_out", "", tables->place, {"[held_out.NAME]"});
  for (const auto& [name, table] : tables->table()) {
    if (!table.is_table()) refuse_unknown_key(name, "held_out", table.place, {"[held_out.NAME]"});
    if (name == "train" || name == "calibration" || name == "test" ||
        name == "duplicates")  // what the statistics call something else
      throw InputError(
          fmt::format("{}: a held-out set cannot be called '{}'. Give it another name.", table.place, name));
    HeldOutSet set{name, 0, {}};
    Config rest = table;
    auto& members = std::get<Config::Table>(rest.value);
    const auto families = members.find("families");
    if (families == members.end())
      throw InputError(fmt::format("{}: [held_out.{}] wants 'families', how many it holds.", table.place, name));
    settings_detail::read_value(families->second, "held_out." + name + ".families", 1, 1e6, "", set.families);
    members.erase(families);
    const std::string section = "held_out." + name;
    set.ranges = read_settings(Config{Config::Table{{section, rest}}, table.place}, section, ranges);
    sets.push_back(std::move(set));
  }
  return sets;
}

nlohmann::ordered_json held_out_json(const std::vector<HeldOutSet>& sets) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& set : sets) {
    json[set.name] = to_json(set.ranges);
    json[set.name]["families"] = set.families;
  }
  return json;
}

}  // namespace

int Recipe::structures_per_family() const {
  return content.stepped_structures * (1 + content.exits_per_step) + content.mixed_cells + content.diffuse_profiles +
         content.stepped_and_diffuse + content.twice_stepped + (content.abrupt_exits > 0 ? 1 : 0);
}

int Recipe::samples_per_family() const {
  const int profiles =
      content.mixed_cells + content.diffuse_profiles + content.stepped_and_diffuse + content.twice_stepped;
  const int of_a_step = 2 * content.exits_per_step + content.more_exits_per_step;
  return content.states *
         (content.stepped_structures * of_a_step + content.abrupt_exits + profiles * content.exits_per_profile);
}

int Recipe::families() const {
  int sum = study.families;
  for (const auto& set : held_out) sum += set.families;
  return sum;
}

std::vector<std::int64_t> Recipe::families_of(const std::string& split, int most) const {
  std::vector<std::int64_t> chosen;
  for (std::int64_t family = 0; family < families() && std::ssize(chosen) < most; ++family)
    if (split_of(family) == split) chosen.push_back(family);
  if (!chosen.empty()) return chosen;
  throw InputError(fmt::format(
      "The recipe '{}' has no families called '{}'. Choose 'test' or one of its held-out sets.", study.name, split));
}

std::string Recipe::split_of(std::int64_t family) const {
  if (const auto* set = held_out_set(*this, family)) return set->name;
  // Interleaved by a fixed stride, so that any first part of the families (a data set cut short) keeps the shares.
  const double golden = 0.6180339887498949;
  const double place = std::fmod((static_cast<double>(family) + 0.5) * golden, 1.0);
  if (place < study.test_share) return "test";
  return place < study.test_share + study.calibration_share ? "calibration" : "train";
}

const Ranges& Recipe::ranges_of(std::int64_t family) const {
  const auto* set = held_out_set(*this, family);
  return set ? set->ranges : ranges;
}

Recipe read_recipe(const std::filesystem::path& path) { return recipe_of(read_config(path)); }

Recipe recipe_of(const Config& config) {
  const std::vector<std::string> sections = {"study", "content", "ranges",     "held_out", "window",    "detection",
                                             "rules", "grid",    "microscope", "sampling", "substrate", "film"};
  for (const auto& [key, value] : config.table())
    if (std::find(sections.begin(), sections.end(), key) == sections.end())
      refuse_unknown_key(key, "", value.place, sections);
  Recipe recipe;
  recipe.study = read_settings<Study>(config, "study");
  recipe.content = read_settings<FamilyContent>(config, "content");
  recipe.ranges = read_settings<Ranges>(config, "ranges");
  recipe.film = read_settings(config, "film", lanthanum_aluminate());
  draw_own_film_cell(config, recipe.film, recipe.ranges);
  recipe.held_out = read_held_out(config, recipe.ranges);
  recipe.window = read_settings<Window>(config, "window");
  recipe.detection = read_settings<DetectionRanges>(config, "detection");
  recipe.rules = read_settings<LabelRules>(config, "rules");
  recipe.grid = read_settings<StandardGrid>(config, "grid");
  recipe.microscope = read_settings<Microscope>(config, "microscope");
  recipe.sampling = read_settings<Sampling>(config, "sampling");
  recipe.substrate = read_settings(config, "substrate", strontium_titanate());
  check(recipe);
  return recipe;
}

nlohmann::ordered_json to_json(const Recipe& recipe) {
  return {{"study", to_json(recipe.study)},           {"content", to_json(recipe.content)},
          {"ranges", to_json(recipe.ranges)},         {"held_out", held_out_json(recipe.held_out)},
          {"window", to_json(recipe.window)},         {"detection", to_json(recipe.detection)},
          {"rules", to_json(recipe.rules)},           {"grid", to_json(recipe.grid)},
          {"microscope", to_json(recipe.microscope)}, {"sampling", to_json(recipe.sampling)},
          {"substrate", to_json(recipe.substrate)},   {"film", to_json(recipe.film)}};
}

Recipe recipe_from_json(const nlohmann::ordered_json& json) {
  Recipe recipe;
  recipe.study = settings_from_json<Study>(json.at("study"));
  recipe.content = settings_from_json<FamilyContent>(json.at("content"));
  recipe.ranges = settings_from_json<Ranges>(json.at("ranges"));
  for (const auto& [name, set] : json.at("held_out").items())
    recipe.held_out.push_back({name, set.at("families").get<int>(), settings_from_json<Ranges>(set)});
  recipe.window = settings_from_json<Window>(json.at("window"));
  recipe.detection = settings_from_json<DetectionRanges>(json.at("detection"));
  recipe.rules = settings_from_json<LabelRules>(json.at("rules"));
  recipe.grid = settings_from_json<StandardGrid>(json.at("grid"));
  recipe.microscope = settings_from_json<Microscope>(json.at("microscope"));
  recipe.sampling = settings_from_json<Sampling>(json.at("sampling"));
  recipe.substrate = settings_from_json<Perovskite>(json.at("substrate"));
  recipe.film = settings_from_json<Perovskite>(json.at("film"));
  return recipe;
}

std::string recipe_hash(const Recipe& recipe) {
  auto json = to_json(recipe);
  json.erase("detection");
  const std::string text = json.dump();
  return fmt::format("{:016x}", stable_hash(text.data(), text.size()));
}

}  // namespace terrace
