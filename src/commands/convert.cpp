// convert: a scan file into another program's form, or into images.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "commands/command.h"
#include "commands/interruption.h"
#include "commands/output_place.h"
#include "commands/progress_bar.h"
#include "commands/scan_options.h"
#include "core/error.h"
#include "core/json_text.h"
#include "formats/image_file.h"
#include "formats/npy.h"
#include "formats/scan_file.h"
#include "formats/virtual_images.h"
#include "registration/ring_calibration.h"
#include "registration/virtual_images.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path input, output;
  std::string image;
  ScanOverrides overrides;
};

/// The patterns as .npy and, beside it, all that a .npy cannot say.
void write_numpy(const Scan& scan, const fs::path& path, const Progress& progress) {
  const auto& info = scan.info();
  NpyWriter writer(path, {info.scan_height, info.scan_width, info.detector_height, info.detector_width});
  Image pattern({info.detector_height, info.detector_width});
  for (int y = 0; y < info.scan_height; ++y) {
    for (int x = 0; x < info.scan_width; ++x) {
      scan.read(y, x, pattern.span());
      writer.append(pattern.span());
    }
    progress("writing", y + 1, info.scan_height);
  }
  const auto sidecar = fs::path(path).replace_extension(".json");
  writer.close();
  write_json(sidecar, sidecar_of(info), 2);
  fmt::print("wrote {} (its calibration)\n", sidecar.string());
}

void write_virtual_images(Scan& scan, const fs::path& path, const Progress& progress) {
  const auto [info, unit, measured] = calibrate_rings(scan, progress);
  if (!measured.empty()) fmt::print("note: measured on the mean pattern: {}\n", measured);
  scan.info() = info;
  auto images = virtual_images(scan, standard_annuli(info), progress);
  std::vector<Image> pages = std::move(images.images);
  std::vector<std::string> labels;
  for (const auto& ring : images.annuli)
    labels.push_back(fmt::format("{}, {:.4g} to {:.4g} {}", ring.name, ring.inner_mrad, ring.outer_mrad, unit));
  pages.push_back(std::move(images.com_y_mrad));
  labels.push_back("centre of mass along y, " + unit);
  pages.push_back(std::move(images.com_x_mrad));
  labels.push_back("centre of mass along x, " + unit);
  for (std::size_t page = 0; page < pages.size(); ++page) fmt::print("page {}: {}\n", page + 1, labels[page]);
  write_tiff(path, pages, {info.step_y_angstrom / 10, info.step_x_angstrom / 10, "nm"}, labels);
}

void write_mean_pattern(Scan& scan, const fs::path& path, const Progress& progress) {
  const auto& info = scan.info();
  const auto mean = mean_pattern(scan, std::numeric_limits<int>::max(), progress);
  Image page(mean.extents());
  std::ranges::transform(mean, page.begin(), [](double value) { return static_cast<float>(value); });
  write_tiff(path, std::span(&page, 1), {info.mrad_per_pixel_y, info.mrad_per_pixel_x, "mrad"});
}

void print_how_to_open(const fs::path& path) {
  const auto name = path.string();
  if (path.extension() == ".hspy")
    fmt::print("open it: hyperspy.api.load(\"{}\")\n", name);
  else
    fmt::print("open it: py4DSTEM.read(\"{0}\"), or hyperspy.api.load(\"{0}\", reader=\"HSPY\")\n", name);
}

void run(const Options& options) {
  std::error_code missing;
  if (fs::equivalent(options.input, options.output, missing))
    throw InputError(fmt::format("'{}' would be written over itself. Give another name?", options.output.string()));
  const auto scan = open_scan(options.input.string(), options.overrides);
  for (const auto& guess : scan->info().guesses) fmt::print("note: {}\n", guess);
  const auto kind = options.output.extension();
  if (!options.image.empty() && kind != ".tif" && kind != ".tiff")
    throw InputError(
        fmt::format("--image is for a .tif; '{}' holds the whole scan. Give OUT.tif?", options.output.string()));
  make_place_for(options.output);
  const InterruptionWatch watch;
  ProgressBar bar;
  if (kind == ".h5" || kind == ".hdf5" || kind == ".hspy") {
    write_scan(options.output, *scan, bar.callback());
    print_how_to_open(options.output);
  } else if (kind == ".npy") {
    write_numpy(*scan, options.output, bar.callback());
  } else if (kind == ".tif" || kind == ".tiff") {
    (options.image == "pacbed" ? write_mean_pattern : write_virtual_images)(*scan, options.output, bar.callback());
  } else {
    throw InputError(fmt::format("'{}' has an unknown ending. Use .h5, .hspy, .npy or .tif.", options.output.string()));
  }
  fmt::print("wrote {}\n", options.output.string());
}

}  // namespace

void add_convert(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("SCAN", options->input, "a scan file; docs/formats.md lists the formats")->required();
  app.add_option("OUT,-o,--output", options->output,
                 "file to write; its ending says what: .h5 (py4DSTEM, LiberTEM, NeXus), .hspy (HyperSpy), .npy with a "
                 ".json beside it, or .tif (images)")
      ->required();
  app.add_option("--image", options->image,
                 "what a .tif shows: virtual (the default) is BF, ABF, ADF and centre of mass, pacbed the mean pattern")
      ->check(CLI::IsMember({"virtual", "pacbed"}));
  add_settings_options(app, options->overrides, "Instead of what the file says");
  app.callback([options] { run(*options); });
}

}  // namespace terrace
