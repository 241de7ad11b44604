#include "multislice/pacbed.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"
#include "core/error.h"
#include "multislice/simulation.h"

namespace terrace {
namespace {

/// A rectangular crystal without mirrors, of two slabs.
Specimen skew_crystal() {
  Specimen crystal{3.0, 3.4, {}, {}};
  crystal.add_slab(1.9, {{38, 0.2, 0.3, 0, 1, 0.6}, {8, 1.3, 0.9, 0, 1, 0.8}});
  crystal.add_slab(1.9, {{22, 1.6, 2.1, 0, 1, 0.5}});
  return crystal;
}

Specimen cubic_crystal() {
  Specimen crystal{3.905, 3.905, {}, {}};
  crystal.add_slab(1.9525, {{38, 0, 0, 0, 1, 0.6}, {8, 1.9525, 1.9525, 0, 1, 0.7}});
  crystal.add_slab(1.9525, {{22, 1.9525, 1.9525, 0, 1, 0.5}, {8, 0, 1.9525, 0, 1, 0.7}, {8, 1.9525, 0, 0, 1, 0.7}});
  return crystal;
}

PacbedPlan plan_for(const Specimen& crystal) {
  PacbedPlan plan;
  plan.period = crystal;
  plan.periods = {3, 6};
  plan.widest_mrad = 14;
  plan.reach_mrad = 20;
  plan.step_mrad = 1.8;
  plan.sampling.pixels_x = plan.sampling.pixels_y = 24;
  return plan;
}

Specimen window_of(const Specimen& crystal, int repeats_y, int repeats_x, int periods) {
  Specimen window{crystal.width_x * repeats_x, crystal.width_y * repeats_y, {}, {}};
  for (int period = 0; period < periods; ++period)
    for (const int index : crystal.stack) {
      std::vector<Atom> atoms;
      for (int y = 0; y < repeats_y; ++y)
        for (int x = 0; x < repeats_x; ++x)
          for (Atom atom : crystal.slabs[index].atoms) {
            atom.x += x * crystal.width_x;
            atom.y += y * crystal.width_y;
            atoms.push_back(atom);
          }
      window.add_slab(crystal.slabs[index].thickness, std::move(atoms));
    }
  return window;
}

/// The mean over count × count probe positions of one cell, each computed by multislice, on a camera whose pixels are
/// the window's reciprocal ones.
Array<double, 2> mean_over_positions(const PacbedPlan& plan, const Microscope& microscope, int repeats_y, int repeats_x,
                                     int count, int pixels, double step) {
  const auto window = window_of(plan.period, repeats_y, repeats_x, plan.periods.back());
  std::vector<ProbePosition> positions;
  for (int y = 0; y < count; ++y)
    for (int x = 0; x < count; ++x)
      positions.push_back({0.1 + y * plan.period.width_y / count, 0.7 + x * plan.period.width_x / count});
  Camera camera;
  camera.pixels = pixels;
  camera.mrad_per_pixel = step;
  SimulationPlan simulation{
      .specimens = {window},
      .exits = {{0, window.depth_count()}},
      .views = {{0, microscope, camera, positions}},
      .sampling = plan.sampling,
      .grid = {repeats_y * plan.sampling.pixels_y, repeats_x * plan.sampling.pixels_x, window.width_y, window.width_x}};
  Array<float, 3> patterns({std::ssize(positions), pixels, pixels});
  simulate(simulation, 1, [&](int, std::int64_t position) { return patterns[position]; });
  Array<double, 2> mean({pixels, pixels});
  for (std::int64_t i = 0; i < patterns.size(); ++i)
    mean.data()[i % mean.size()] += patterns.data()[i] / static_cast<double>(positions.size());
  return mean;
}

double largest_difference(const Array<double, 2>& camera, const Array<double, 2>& pattern) {
  double largest = 0;
  const auto middle = camera.extent(0) / 2, my = pattern.extent(0) / 2, mx = pattern.extent(1) / 2;
  for (std::int64_t y = 1; y < camera.extent(0); ++y)
    for (std::int64_t x = 1; x < camera.extent(1); ++x)
      largest = std::max(largest, std::abs(camera(y, x) - pattern(y - middle + my, x - middle + mx)));
  return largest;
}

TEST(PacbedTable, equals_the_mean_over_probe_positions_whatever_the_aberrations) {
  // Square, so that camera pixels can be the window's reciprocal ones; tilted, defocused, astigmatic. The intensity is
  // a trigonometric polynomial in the position whose orders are the differences of beams a reciprocal-lattice vector
  // apart (28 / 6.4 mrad: at most 4), so that 5 positions along each side average it exactly.
  auto plan = plan_for(cubic_crystal());
  const int repeats = static_cast<int>(std::ceil(1e3 * wavelength(200) / (3.905 * plan.step_mrad)));
  const PacbedTable table(plan, 1);
  Microscope microscope;
  microscope.semiangle_mrad = 11;
  microscope.defocus_nm = 6;
  microscope.C12_nm = 3;
  for (const double tilt : {0.0, 1.0}) {
    microscope.beam_tilt_y_mrad = 2 * tilt;
    microscope.beam_tilt_x_mrad = -tilt;
    const auto mean = mean_over_positions(plan, microscope, repeats, repeats, 5, 22, table.step_x_mrad());
    const auto pattern = table.pattern(1, {11, 2 * tilt, -tilt});
    double highest = 0;
    for (const double value : mean) highest = std::max(highest, value);
    // Floats through 12 slices: 24 transforms and products of about 1e-7 each, on amplitudes.
    EXPECT_LT(largest_difference(mean, pattern), 2e-5 * highest);
  }
}

TEST(PacbedTable, mirrors_spare_directions_and_change_nothing) {
  auto plan = plan_for(cubic_crystal());
  const auto with = PacbedTable(plan, 1).pattern(1, {11, 0.7, 1.9});
  plan.period.slabs[1].atoms.push_back({1, 0.4, 1.1, 0, 1e-12, 0});  // breaks every mirror, scatters nothing
  const auto without = PacbedTable(plan, 1).pattern(1, {11, 0.7, 1.9});
  double highest = 0, largest = 0;
  for (std::int64_t i = 0; i < with.size(); ++i) {
    highest = std::max(highest, with.data()[i]);
    largest = std::max(largest, std::abs(with.data()[i] - without.data()[i]));
  }
  EXPECT_LT(largest, 2e-5 * highest);
}

TEST(PacbedTable, loses_no_electron_without_absorption) {
  auto plan = plan_for(skew_crystal());
  plan.sampling.thermal = "debye_waller";
  plan.reach_mrad = 60;  // nearly the band limit of 24 pixels in 3 Å
  const auto pattern = PacbedTable(plan, 1).pattern(0, {11, 0, 0});
  double total = 0;
  for (const double value : pattern) total += value;
  EXPECT_NEAR(total, 1, 2e-3);
}

TEST(PacbedTable, threads_change_no_byte) {
  const auto plan = plan_for(skew_crystal());
  const auto one = PacbedTable(plan, 1).pattern(1, {11, 1, 2}), three = PacbedTable(plan, 3).pattern(1, {11, 1, 2});
  EXPECT_TRUE(std::equal(one.begin(), one.end(), three.begin()));
}

TEST(PacbedTable, an_aperture_beyond_what_was_sent_is_refused) {
  const PacbedTable table(plan_for(skew_crystal()), 1);
  EXPECT_THROW(table.pattern(0, {13, 2, 0}), InputError);
}

}  // namespace
}  // namespace terrace
