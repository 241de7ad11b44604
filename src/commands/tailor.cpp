// tailor: a scan in, a study for scans like it out: recipe, training settings, and a script that does it all.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "commands/command.h"
#include "commands/estimate_line.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "commands/registered_scan.h"
#include "commands/scan_options.h"
#include "core/error.h"
#include "core/text_file.h"
#include "dataset/data_set_cost.h"
#include "dataset/seam.h"
#include "registration/substrate_thickness.h"
#include "registration/tailored_recipe.h"
#include "specimen/perovskite.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string scan, folder;
  double hours = 8;
  int families = 0, threads = 1;
  ScanOverrides overrides;
  RegistrationOptions registration;
  Tailoring tailoring;
};

// Below, a network learns its families by heart; above, the disk fills
// (docs/decisions/what_a_microscope_study_needs.md).
constexpr int fewest_families = 40, most_families = 1000;
/// The paper's network on two cores: 23 minutes for 9,600 samples, 40 epochs, 3 members, a network twice as
/// wide.
constexpr double training_seconds_per_look = 23 * 60.0 / (9600.0 * 40 * 3);
/// recipes/microscope.toml loses 5.6 % at worst.
constexpr double wanted_seam_share = 0.06;
constexpr int most_columns = 16;

struct StudyCost {
  DataSetCost data;
  double training_seconds = 0;

  double seconds() const { return data.seconds + training_seconds; }
};

StudyCost estimate(const Recipe& recipe, int threads) {
  constexpr double looks = tailored_epochs * tailored_members;
  const double share = 1 - recipe.study.test_share - recipe.study.calibration_share;
  const auto data = cost_of(recipe, {.threads = threads});
  return {data, share * static_cast<double>(data.samples) * looks * training_seconds_per_look};
}

/// A setting in quotes for the shell.
std::string quoted(const std::string& text) {
  std::string all = "'";
  for (const char c : text) all += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return all + "'";
}

std::string value_text(const std::string& value) { return quoted(value); }
std::string value_text(double value) { return fmt::format("{}", value); }
template <class T>
std::string value_text(const std::vector<T>& values) {
  return fmt::format("{}", fmt::join(values, ","));
}

/// The settings that differ from the defaults, as options.
template <class S>
std::string options_text(const S& settings) {
  std::string text;
  const S usual;
  for (const auto& field : fields(&settings))
    std::visit(
        [&](auto member) {
          if (settings.*member == usual.*member) return;
          std::string name(field.name);
          std::replace(name.begin(), name.end(), '_', '-');
          text += fmt::format(" \\\n  --{}={}", name, value_text(settings.*member));
        },
        field.member);
  return text;
}

/// What `predict` must know of the substrate to read its patterns.
std::string substrate_text(const Tailoring& tailoring) {
  std::string text;
  if (!tailoring.substrate_a_site.empty()) text += " \\\n  --substrate-a-site=" + quoted(tailoring.substrate_a_site);
  if (!tailoring.substrate_b_site.empty()) text += " \\\n  --substrate-b-site=" + quoted(tailoring.substrate_b_site);
  return text;
}

std::string script(const Options& options) {
  return fmt::format(
      R"sh(#!/bin/sh
# Simulates, trains and applies: written by 'terrace tailor'. Goes on where it was stopped.
# The program is $TERRACE, or 'terrace' on the PATH.
set -e
terrace=${{TERRACE:-terrace}}
folder=$(cd "$(dirname "$0")" && pwd)
scan={}

"$terrace" dataset "$folder/recipe.toml" -o "$folder/data"
[ -e "$folder/model.terrace" ] ||
  "$terrace" train "$folder/data" --config "$folder/training.toml" -o "$folder/model.terrace"
"$terrace" predict "$scan" --model "$folder/model.terrace" -o "$folder/prediction"{}{}{}
)sh",
      quoted(fs::absolute(options.scan).lexically_normal().string()), options_text(options.overrides),
      options_text(options.registration), substrate_text(options.tailoring));
}

/// Widens the window until little of the beam leaves it.
StudySize roomy_window(const Scan& scan, const Registration& registration, const Tailoring& tailoring) {
  StudySize size;
  double share = 1;
  while ((share = seam_share(tailor(scan.info(), registration, tailoring, size).recipe)) > wanted_seam_share &&
         size.columns < most_columns)
    size.columns += 2;
  fmt::print("window: {} cells across, at worst {:.1f} % of the beam crosses its seam\n", size.columns, 100 * share);
  check_seam(tailor(scan.info(), registration, tailoring, size).recipe, share);
  return size;
}

/// As many families as `hours` hold: work grows with their number.
int families_for(double hours, const StudyCost& some, int families) {
  const double fitting = hours * 3600 / some.seconds() * families;
  return static_cast<int>(std::clamp(fitting, double{fewest_families}, double{most_families}));
}

void print_scan(const Registration& r) {
  fmt::print("scan:\n");
  print_estimate("energy", r.energy_kev, "keV");
  print_estimate("semi-angle", r.semiangle_mrad, "mrad");
  print_estimate("detector pixel", r.mrad_per_pixel_x, "mrad");
  print_estimate("scan step", r.step_x_angstrom, "Å");
  print_estimate("thickness", r.thickness_nm, "nm");
  print_estimate("film cell, as shown", r.film_cell_angstrom, "Å");
  for (const auto& reason : r.reasons) fmt::print("  note: {}\n", reason);
}

void print_estimate(const Recipe& recipe, const StudyCost& cost, const Options& options) {
  const auto& cells = recipe.ranges.thickness_cells;
  const double cell_nm = recipe.substrate.cell_angstrom / 10;
  fmt::print("recipe: {} on {}, {:.1f} to {:.1f} nm, patterns of {} x {} pixels, {} samples in {} families\n",
             recipe.film.a_site + recipe.film.b_site + "O3", recipe.substrate.a_site + recipe.substrate.b_site + "O3",
             cells[0] * cell_nm, cells[1] * cell_nm, recipe.grid.pixels, recipe.grid.pixels, cost.data.samples,
             cost.data.families);
  fmt::print(
      "estimate: data {} on {} threads, {:.2f} GB of disk, {:.3f} GB of memory (as 'terrace dataset --dry-run')\n",
      duration_text(cost.data.seconds), options.threads, cost.data.disk_bytes / 1e9, cost.data.memory_bytes / 1e9);
  fmt::print("          training roughly {} (by the paper's network: {:.1f} ms a sample and pass on two cores)\n",
             duration_text(cost.training_seconds), 1e3 * training_seconds_per_look);
  if (options.families == 0 && cost.seconds() > 1.05 * 3600 * options.hours)
    fmt::print("note: {} families, the fewest worth training on, take longer than --hours {}\n", fewest_families,
               options.hours);
}

/// A folder's data are those of its recipe, which its user may have changed by hand.
void refuse_other_study(const fs::path& folder, const std::string& recipe) {
  const bool holds_one = fs::exists(folder / "recipe.toml");
  if ((holds_one || fs::exists(folder / "data")) && !(holds_one && read_text(folder / "recipe.toml") == recipe))
    throw InputError(
        fmt::format("'{}' holds a study of another recipe. Give another folder, or delete it.", folder.string()));
}

void write(const Options& options, const std::string& recipe) {
  const fs::path folder = options.folder;
  refuse_other_study(folder, recipe);
  make_folder(folder);
  write_text(folder / "recipe.toml", recipe);
  write_text(folder / "training.toml", tailored_training());
  write_text(folder / "run.sh", script(options));
  fs::permissions(folder / "run.sh", fs::perms::owner_exec, fs::perm_options::add);
  fmt::print("study: {}; simulate, train and apply with {}\n", options.folder, (folder / "run.sh").string());
}

Crystal substrate_of(const Tailoring& tailoring) {
  Perovskite substrate = strontium_titanate();
  if (!tailoring.substrate_a_site.empty()) substrate.a_site = tailoring.substrate_a_site;
  if (!tailoring.substrate_b_site.empty()) substrate.b_site = tailoring.substrate_b_site;
  substrate.cell_angstrom = substrate.cell_across_angstrom = tailoring.substrate_cell_angstrom;
  return unit_cell(substrate);
}

/// The thickness by the substrate's own patterns, where nobody says it; else why not, among the reasons.
void measure_thickness(const Scan& scan, Registration& registration, const Tailoring& tailoring, int threads,
                       const Progress& progress) {
  if (registration.thickness_nm.known()) return;
  std::string reason;
  const auto fit = substrate_thickness(scan, registration, substrate_of(tailoring), threads, reason, progress);
  if (fit && fit->correlation >= least_correlation) registration.thickness_nm = fit->thickness_nm;
  if (fit && fit->correlation < least_correlation)
    reason = fmt::format("no simulated pattern of the substrate fits (correlation {:.3f})", fit->correlation);
  if (!reason.empty()) registration.reasons.push_back(reason);
}

void run(const Options& options) {
  if (options.tailoring.thinnest_nm > options.tailoring.thickest_nm)
    throw InputError(fmt::format("--thinnest-nm {} is more than --thickest-nm {}. Are they exchanged?",
                                 options.tailoring.thinnest_nm, options.tailoring.thickest_nm));
  const auto scan = open_scan(options.scan, options.overrides);
  refuse_unknown_energy(scan->info().energy_kev);
  ProgressBar bar;
  auto registration =
      register_scan(*scan, registration_options(options.registration, options.overrides), bar.callback());
  Tailoring tailoring = options.tailoring;
  tailoring.substrate_cell_angstrom = options.registration.substrate_cell_angstrom;
  measure_thickness(*scan, registration, tailoring, options.threads, bar.callback());
  print_scan(registration);
  StudySize size = roomy_window(*scan, registration, tailoring);
  if (options.families > 0) size.families = options.families;
  auto study = tailor(scan->info(), registration, tailoring, size);
  auto cost = estimate(study.recipe, options.threads);
  if (options.families == 0) {
    size.families = families_for(options.hours, cost, size.families);
    study = tailor(scan->info(), registration, tailoring, size);
    cost = estimate(study.recipe, options.threads);
  }
  print_estimate(study.recipe, cost, options);
  if (!registration.thickness_nm.known())
    fmt::print("note: the thickness is unknown, {} to {} nm are assumed; --thickness-nm makes the recipe narrower\n",
               tailoring.thinnest_nm, tailoring.thickest_nm);
  write(options, study.text);
}

}  // namespace

void add_tailor(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("SCAN", options->scan, "4D-STEM scan; 'terrace info' says what it holds")->required();
  app.add_option("-o,--output", options->folder, "folder for recipe.toml, training.toml and run.sh")->required();
  app.add_option("--hours", options->hours, "what data and training may take: chooses the number of families")
      ->check(range_of(0.1, 1e4))
      ->capture_default_str();
  app.add_option("--families", options->families, "that number by hand")->check(range_of(10, 1e6));
  add_threads_option(app, options->threads);
  add_settings_options(app, options->tailoring, "What a scan does not tell");
  add_settings_options(app, options->overrides, "Instead of what the file says (the unit is in the name)");
  add_settings_options(app, options->registration, "Registration by hand (each is measured where not given)");
  app.callback([options] { run(*options); });
}

}  // namespace terrace
