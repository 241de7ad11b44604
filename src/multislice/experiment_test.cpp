#include "multislice/experiment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "core/config.h"
#include "core/error.h"
#include "specimen/structure_file.h"

namespace terrace {
namespace {

Experiment experiment(const std::string& more) {
  return read_experiment(parse_config("[interface]\nsubstrate_cells = 2\nfilm_cells = 2\ncells_along = 4\n"
                                      "thickness_cells = 4\n[sampling]\npixels_x = 64\npixels_y = 64\n"
                                      "[microscope]\nsemiangle_mrad = 15\n" +
                                          more,
                                      "experiment"),
                         "");
}

double memory_of(int columns) {
  const auto one = experiment("[camera]\npixels = 64\n[scan]\ncount_y = 3\nstep_x_angstrom = 0.001\ncount_x = " +
                              std::to_string(columns) + "\n");
  return cost_of(one, 1).memory_bytes;
}

TEST(Experiment, the_estimate_holds_whole_rows_of_patterns) {
  EXPECT_GE(memory_of(5000) - memory_of(1000), 4000 * 64 * 64 * 4.0);
}

TEST(Experiment, exits_of_one_position_have_independent_noise) {
  const auto dosed = experiment(
      "[specimen]\nexit_thicknesses_nm = [0.79]\n[camera]\npixels = 48\nelectrons_per_pattern = 20000\n"
      "[scan]\ncount_x = 3\ncount_y = 2\n");
  auto ideal = dosed;
  ideal.camera.electrons_per_pattern = 0;
  const auto counts = ExperimentSimulation(dosed, 1, {}).rows(0, 2, {});
  const auto expected = ExperimentSimulation(ideal, 1, {}).rows(0, 2, {});
  ASSERT_EQ(counts.extent(0), 2);
  double sum = 0, pixels = 0;
  const auto deviation = [&](int exit, std::int64_t i) {
    const double mean = 20000.0 * expected[exit][i];
    return mean > 1 ? (counts[exit][i] - mean) / std::sqrt(mean) : 0.0;
  };
  for (std::int64_t i = 0; i < std::ssize(counts[0]); ++i) {
    const double both = deviation(0, i) * deviation(1, i);
    sum += both, pixels += both != 0;
  }
  ASSERT_GT(pixels, 1000);
  EXPECT_LT(std::abs(sum / pixels), 5 / std::sqrt(pixels));
}

TEST(Experiment, as_many_copies_as_fit_no_memory_are_refused) {
  Structure one{4, 4, 4, {{38, 0, 0, 0, 1, 0.5}}};
  const auto path = std::filesystem::path(testing::TempDir()) / "terrace_experiment_one.xyz";
  write_structure(path, one);
  const auto copies = parse_config(
      "[specimen]\nfile = \"" + path.string() + "\"\nrepeat_x = 1000\nrepeat_y = 1000\nrepeat_z = 10000\n", "copies");
  EXPECT_THROW(read_experiment(copies, ""), InputError);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace terrace
