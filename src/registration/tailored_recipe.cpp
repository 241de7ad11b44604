#include "registration/tailored_recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <vector>

#include "core/constants.h"
#include "core/error.h"
#include "registration/standard_grid.h"
#include "registration/tailored_camera.h"

namespace terrace {
namespace {

struct Line {
  std::string section, key, value, origin;
};
using Lines = std::vector<Line>;

constexpr const char* of_recipe = "recipe default";
constexpr double pattern_scale_error = 0.02, most_tilt_mrad = 4;

std::string pair(double low, double high) { return fmt::format("[{:.6g}, {:.6g}]", low, high); }
std::string number(double value) { return fmt::format("{:.6g}", value); }
std::string quoted(const std::string& text) { return '"' + text + '"'; }

/// "scan" for what the file says, what was measured in it or given for it.
std::string origin_of(const Estimate& estimate) { return estimate.known() ? "scan: " + estimate.source : "assumed"; }

Lines study_lines(const StudySize& size) {
  return {
      {"study", "name", quoted("tailored"), of_recipe},
      {"study", "seed", "2021", of_recipe},
      {"study", "families", fmt::format("{}", size.families), "assumed: as many as the time allows, or as asked for"},
      {"study", "families_per_shard", "2", of_recipe},
      {"study", "calibration_share", "0.1", of_recipe},
      {"study", "test_share", "0.15", of_recipe},
      {"content", "stepped_structures", "3", of_recipe},
      {"content", "exits_per_step", "2", of_recipe},
      {"content", "diffuse_profiles", "1", of_recipe},
      {"content", "stepped_and_diffuse", "1", of_recipe},
      {"content", "twice_stepped", "1", of_recipe},
      {"content", "exits_per_profile", "3", of_recipe},
      {"content", "abrupt_exits", "2", of_recipe},
      {"content", "states", "4", of_recipe},
      {"content", "random_cation_share", "0.05", of_recipe}};
}

struct Thickness {
  int low_cells, high_cells;
  std::string law, origin;
};

/// Within 20 % and 3 nm of the scan's, whichever is more.
Thickness thickness_of(const Registration& r, const Tailoring& t, double cell) {
  const bool known = r.thickness_nm.known();
  const double margin = std::max(0.2 * r.thickness_nm.value, 3.0);
  const double low = known ? r.thickness_nm.value - margin : t.thinnest_nm;
  const double high = known ? r.thickness_nm.value + margin : t.thickest_nm;
  if (low >= high)
    throw InputError(fmt::format("Lamellae from {} to {} nm (thinnest_nm, thickest_nm) are no range. Exchange them?",
                                 t.thinnest_nm, t.thickest_nm));
  constexpr int thinnest_cells = 5;  // holds a step away from both surfaces
  return {std::max(thinnest_cells, static_cast<int>(std::floor(10 * low / cell))),
          static_cast<int>(std::ceil(10 * high / cell)), known ? "even" : "log",
          known ? fmt::format("{}, {:.4g} nm and {:.3g} nm about it", origin_of(r.thickness_nm), r.thickness_nm.value,
                              margin)
                : fmt::format("assumed: {:.4g} to {:.4g} nm, the scan's thickness is unknown", low, high)};
}

Lines thickness_lines(const Thickness& thickness) {
  const int loss = std::min(6, (thickness.low_cells - 1) / 4);  // some film is left
  return {{"ranges", "thickness_cells", fmt::format("[{}, {}]", thickness.low_cells, thickness.high_cells),
           thickness.origin},
          {"ranges", "thickness_law", quoted(thickness.law), "assumed: log only where the thickness is unknown"},
          {"ranges", "film_loss_cells", fmt::format("[0, {}]", loss), of_recipe}};
}

struct FilmCell {
  double value, margin;
  std::string origin;
};

/// The film's cell as the scan shows it, on the scale of the substrate's.
FilmCell film_cell(const Registration& r, const Tailoring& t, double substrate_cell) {
  if (t.film_cell_angstrom > 0) return {t.film_cell_angstrom, 0.03, "scan: given"};
  const bool aluminate = t.film_a_site.empty() && t.film_b_site.empty();
  const FilmCell usual{aluminate ? 3.75 : substrate_cell, 0.04, aluminate ? of_recipe : "assumed: as the substrate's"};
  if (!r.film_cell_angstrom.known() || !r.cell_across_angstrom.known() || r.cell_across_angstrom.value <= 0)
    return usual;
  const double measured = r.film_cell_angstrom.value / r.cell_across_angstrom.value * substrate_cell;
  const bool believable = std::abs(measured / substrate_cell - 1) < 0.06;  // epitaxial films are strained by less
  if (!believable || r.film_cell_angstrom.error > usual.margin) return usual;
  return {measured, std::max(0.03, r.film_cell_angstrom.error), "scan: measured"};
}

/// Reading a coarse scan blurs like a source of half a step (standard_grid.h), to a network at least: the inversion
/// knows better, and takes the range for a little too wide.
double widest_source(const Registration& r) {
  const double step = std::max(r.step_x_angstrom.value, r.step_y_angstrom.value);
  const double fine = wavelength(r.energy_kev.value) / (4e-3 * r.semiangle_mrad.value);
  return std::min(10.0, step > fine ? std::hypot(1.2, step / 2) : 1.2);
}

Lines microscope_lines(const Registration& r) {
  const double angle = r.semiangle_mrad.value, source = widest_source(r);
  const auto range = [](const char* key, double low, double high) {
    return Line{"ranges", key, pair(low, high), of_recipe};
  };
  const auto share = [](const char* key, double value) { return Line{"ranges", key, number(value), of_recipe}; };
  return {
      {"ranges", "energies_kev", "[" + number(r.energy_kev.value) + "]", origin_of(r.energy_kev)},
      {"ranges", "semiangle_mrad", pair(0.97 * angle, 1.03 * angle), origin_of(r.semiangle_mrad) + ", 3 % about it"},
      {"ranges", "source_fwhm_angstrom", pair(0.4, source),
       source > 1.2 ? "recipe default, widened by half the scan's step" : of_recipe},
      range("film_b_scale", 0.7, 1.3),
      range("sigma_a_cells", 0.3, 3),
      range("sigma_b_cells", 0.3, 1.5),
      range("defocus_nm", -5, 5),
      range("amorphous_nm", 0, 5),
      range("specimen_tilt_mrad", 0, most_tilt_mrad),
      range("astigmatism_nm", 0, 5),
      range("C30_um", -5, 5),
      range("pattern_scale_error_share", -pattern_scale_error, pattern_scale_error),
      share("registration_error_cells", 0.25),
      share("semiangle_error_share", 0.03),
      share("position_error_angstrom", 0.2),
      share("scan_step_error_share", 0.02),
      share("scan_drift_share", 0.02),
      share("fly_back_error_angstrom", 0.05),
      share("pattern_centre_error_pixels", 0.1),
      share("pattern_rotation_error_deg", 0.5),
      share("thickness_error_nm", 2)};
}

/// From a tenth (a stretch of the map) to twice what a pattern of the standard grid gathers.
Line dose_line(const ScanInfo& info, const Registration& r) {
  const Line usual{"detection", "electrons_per_pattern", "[500, 200000]", "recipe default: the scan's dose is unknown"};
  const double each = r.electrons_per_pattern(info);
  const double dose = r.usable() ? electrons_per_standard_pattern(info, r, StandardGrid{}) : each;
  if (dose <= 0) return usual;
  return {
      "detection", "electrons_per_pattern", pair(std::max(1.0, dose / 10), std::min(1e9, 2 * dose)),
      fmt::format("scan: {:.4g} electrons a pattern, {:.4g} in one of the grid, a tenth to twice of it", each, dose)};
}

Lines detection_lines(const ScanInfo& info, const Registration& r, const TailoredCamera& camera) {
  const double blur =
      r.mrad_per_pixel_x.known() ? std::min(0.5, r.mrad_per_pixel_x.value / camera.mrad_per_pixel) : 0.2;
  return {dose_line(info, r),
          {"detection", "background_share", "[0, 0.2]", of_recipe},
          {"detection", "psf_pixels", pair(0, blur),
           r.mrad_per_pixel_x.known() ? "scan: up to a pixel of its camera, or half a pixel of the grid" : of_recipe},
          {"detection", "overdispersion", "[1, 1.5]", of_recipe},
          {"detection", "dead_pixel_share", "0.005", of_recipe},
          {"detection", "hot_pixel_share", "0.005", of_recipe},
          {"detection", "gain_error_share", "0.1", of_recipe},
          {"detection", "brightest_over_saturation", "[0, 1.2]", of_recipe}};
}

/// Waves reach to the pattern's sides, tilted and with its scale wrong, and hold at least recipes/microscope.toml's.
int pixels_per_cell(const Registration& r, const TailoredCamera& camera, double cell) {
  const double reach = 1e-3 * ((1 + pattern_scale_error) * 1.03 * camera.reach_mrad() + most_tilt_mrad);
  const double pixel = std::min(0.1446, wavelength(r.energy_kev.value) / (3 * reach));  // band limit: 2/3 of Nyquist's
  return fast_transform_size(cell / pixel);
}

Lines grid_lines(const Registration& r, const TailoredCamera& camera, const StudySize& size, double cell) {
  constexpr int cells_along = 4;
  const int pixels = pixels_per_cell(r, camera, cell);
  const auto waves = "scan: waves reach as far as the patterns";
  return {{"window", "columns", fmt::format("{}", size.columns),
           "recipe default, or more where much of the beam would leave"},
          {"window", "cells_along", fmt::format("{}", cells_along), of_recipe},
          {"grid", "across", "16", of_recipe},
          {"grid", "along", "2", of_recipe},
          {"grid", "half_span_cells", "2", of_recipe},
          {"grid", "pixels", fmt::format("{}", camera.pixels), camera.origin},
          {"grid", "semiangle_pixels", fmt::format("{:.8g}", r.semiangle_mrad.value / camera.mrad_per_pixel),
           fmt::format("{}: {:.4g} mrad a pixel, out to {:.4g} mrad", camera.origin, camera.mrad_per_pixel,
                       camera.reach_mrad())},
          {"microscope", "energy_kev", number(r.energy_kev.value), origin_of(r.energy_kev)},
          {"microscope", "semiangle_mrad", number(r.semiangle_mrad.value), origin_of(r.semiangle_mrad)},
          {"sampling", "pixels_x", fmt::format("{}", pixels * size.columns), waves},
          {"sampling", "pixels_y", fmt::format("{}", pixels * cells_along), waves},
          {"sampling", "thermal", quoted("absorptive"), of_recipe}};
}

Line site_line(const char* section, const char* key, const std::string& given, const std::string& usual) {
  for (const char c : given)
    if (!std::isalpha(static_cast<unsigned char>(c)))
      throw InputError(
          fmt::format("{}_{} = '{}' is no element. Give its symbol, like {}.", section, key, given, usual));
  return {section, key, quoted(given.empty() ? usual : given), given.empty() ? "assumed" : "scan: given"};
}

Lines crystal_lines(const Tailoring& t, double cell, const FilmCell& film) {
  const Perovskite substrate = strontium_titanate(), aluminate = lanthanum_aluminate();
  return {site_line("substrate", "a_site", t.substrate_a_site, substrate.a_site),
          site_line("substrate", "b_site", t.substrate_b_site, substrate.b_site),
          {"substrate", "cell_angstrom", number(cell), "assumed, or as given"},
          {"substrate", "cell_across_angstrom", number(cell), "assumed, or as given"},
          site_line("film", "a_site", t.film_a_site, aluminate.a_site),
          site_line("film", "b_site", t.film_b_site, aluminate.b_site),
          {"film", "cell_angstrom", number(cell), "assumed: strained to the substrate"},
          {"film", "cell_across_angstrom", number(film.value), film.origin}};
}

Lines& operator+=(Lines& lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

std::string text_of(const Lines& lines) {
  std::string text =
      "# A study for scans like one scan, made by 'terrace tailor'. Behind each value stands where it comes from: "
      "scan,\n"
      "# assumed, or recipe default (recipes/microscope.toml).\n";
  std::string section;
  for (const auto& line : lines) {
    if (line.section != section) text += fmt::format("\n[{}]\n", section = line.section);
    text += fmt::format("{:<44}# {}\n", line.key + " = " + line.value, line.origin);
  }
  return text;
}

}  // namespace

void refuse_unknown_energy(double energy_kev) {
  if (energy_kev > 0) return;
  throw InputError("The beam energy is unknown (it sets the wavelength of everything simulated). Give --energy-kev.");
}

TailoredRecipe tailor(const ScanInfo& info, const Registration& r, const Tailoring& t, const StudySize& size) {
  refuse_unknown_energy(r.energy_kev.value);
  if (!r.semiangle_mrad.known())
    throw InputError(
        "The convergence semi-angle is unknown, and no disc was found to measure it. Give --semiangle-mrad.");
  const double cell = t.substrate_cell_angstrom;
  const auto camera = tailored_camera(info, r, pattern_scale_error);
  const auto film = film_cell(r, t, cell);
  Lines lines = study_lines(size);
  lines += thickness_lines(thickness_of(r, t, cell));
  lines += {{"ranges", "film_cell_angstrom", pair(film.value - film.margin, film.value + film.margin), film.origin}};
  lines += microscope_lines(r);
  lines += detection_lines(info, r, camera);
  lines += grid_lines(r, camera, size, cell);
  lines += crystal_lines(t, cell, film);
  TailoredRecipe tailored{text_of(lines), {}};
  tailored.recipe = recipe_of(parse_config(tailored.text, "recipe.toml"));
  return tailored;
}

std::string tailored_training() {
  return fmt::format(
      "# How the network of this folder's recipe is trained: as recipes/microscope_training.toml, which says why.\n\n"
      "[training]\nepochs = {}\nmembers = {}\nwidth = 96\nblocks = 2\nembedding = 64\ncomponents = 128\n"
      "steering = \"scan\"\nclass_weight = 3\ndirection_weight = 3\nthickness_weight = 1\n"
      "depth_head = \"found_mixture\"\nweight_decay = 0.1\ndepth_smoothing_cells = 1\nmasked_probability = "
      "0.2\nmasked_share = 0.3\n",
      tailored_epochs, tailored_members);
}

}  // namespace terrace
