#include "core/constants.h"
#include "formats/hdf5.h"
#include "formats/scan_overrides.h"
#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;
namespace fs = std::filesystem;

const fs::path sample = TERRACE_SOURCE_DIR "/../shared/samples/prismatic_Si100_4D.emd";
const std::string parameters = "/4DSTEM_simulation/metadata/metadata_0/original/simulation_parameters";

struct Axis {
  const char* name;
  std::vector<float> coordinates;
};

/// Two exit planes of a scan of 2 × 3 (y, x), stored [x][y][kx][ky]; the first is `number_at`, the last 1000 more.
fs::path write_prismatic(const char* length, const char* reciprocal, float unit = 1) {
  const auto path = fresh("simulated.h5");
  auto file = Hdf5File::create(path);
  const Axis axes[] = {
      {"R_x", {0, 0.5, 1}}, {"R_y", {0, 0.25}}, {"Q_x", {-3, -2, -1, 0, 1, 2}}, {"Q_y", {-2, -1, 0, 1}}};
  for (int plane = 0; plane < 2; ++plane) {
    const auto group = "/4DSTEM_simulation/data/datacubes/CBED_array_depth000" + std::to_string(plane);
    Array<float, 4> cube({3, 2, 6, 4});
    for (int x = 0; x < 3; ++x)
      for (int y = 0; y < 2; ++y)
        for (int kx = 0; kx < 6; ++kx)
          for (int ky = 0; ky < 4; ++ky) cube(x, y, kx, ky) = number_at(y, x, ky, kx) + 1000.0f * plane;
    file.write(group + "/datacube", cube, {.chunk = {1, 1, 6, 4}});
    file.write_attribute(group, "emd_group_type", 1);
    for (int axis = 0; axis < 4; ++axis) {
      const auto dim = group + "/dim" + std::to_string(axis + 1);
      auto coordinates = axes[axis].coordinates;
      for (float& coordinate : coordinates) coordinate *= axis < 2 ? unit : 1 / unit;
      file.write(dim, coordinates);
      file.write_attribute(dim, "name", axes[axis].name);
      file.write_attribute(dim, "units", axis < 2 ? length : reciprocal);
    }
  }
  file.make_group(parameters);
  file.write_attribute(parameters, "E", 200.0f);
  file.write_attribute(parameters, "A", 20.0f);
  file.write_attribute(parameters, "rx", 0.5f);
  file.write_attribute(parameters, "ry", 0.25f);
  file.write_attribute(parameters, "c", std::vector<float>{3.9f, 3.9f, 4.0f});
  file.write_attribute(parameters, "t", std::vector<float>{1, 1, 10});
  file.close();
  return path;
}

TEST(Prismatic, axes_come_out_as_ours_and_the_deepest_plane_is_taken) {
  const auto path = write_prismatic("[n_m]", "[n_m^-1]");
  const auto scan = open_scan(path.string());
  const auto& info = scan->info();
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 3; ++x) {
      auto wanted = pattern_at(info, y, x);
      for (float& number : wanted) number += 1000;
      EXPECT_EQ(read_pattern(*scan, y, x), wanted) << "at " << y << ", " << x;
    }
  EXPECT_EQ(info.energy_kev, 200);
  EXPECT_EQ(info.semiangle_mrad, 20);
  EXPECT_NEAR(info.thickness_nm, 4, 1e-6);
  EXPECT_EQ(info.centre_row, 2);
  EXPECT_EQ(info.centre_column, 3);
  EXPECT_EQ(info.intensity_unit, "fraction");
  EXPECT_THAT(info.guesses, testing::Contains(testing::HasSubstr("2 exit planes")));
  ScanOverrides overrides;
  overrides.dataset = "depth0000";
  const auto first = open_scan(path.string(), overrides);
  expect_every_number_in_place(*first);
  EXPECT_EQ(first->info().thickness_nm, 0);
  overrides.dataset = "depth0007";
  expect_error<InputError>([&] { open_scan(path.string(), overrides); }, "depth0001/datacube");
}

/// Versions before 2 say nm and mean Å; a file that says nm and means it would have another probe step.
TEST(Prismatic, the_probe_step_decides_what_the_units_mean) {
  for (const auto& [length, reciprocal, unit] :
       {std::tuple{"[n_m]", "[n_m^-1]", 1.0f}, {"[Å]", "[Å^-1]", 1.0f}, {"[n_m]", "[n_m^-1]", 0.1f}}) {
    const auto info = open_scan(write_prismatic(length, reciprocal, unit).string())->info();
    EXPECT_NEAR(info.step_x_angstrom, 0.5, 1e-6);
    EXPECT_NEAR(info.step_y_angstrom, 0.25, 1e-6);
    EXPECT_NEAR(info.k_per_pixel_x, 1, 1e-6);
    EXPECT_NEAR(info.mrad_per_pixel_y, 1000 * wavelength(200), 1e-4);
  }
}

TEST(Prismatic, what_holds_no_patterns_is_refused) {
  const auto path = fresh("none.h5");
  auto file = Hdf5File::create(path);
  file.make_group("/4DSTEM_simulation/data/datacubes");
  file.close();
  expect_error<FileError>([&] { open_scan(path.string()); }, "--save-4D-output");
}

TEST(Prismatic, version_1_2_writes_this) {
  if (!fs::exists(sample)) GTEST_SKIP() << sample << " is not here";
  ScanOverrides first;
  first.dataset = "depth0000";
  const auto scan = open_scan(sample.string()), thin = open_scan(sample.string(), first);
  const auto& info = scan->info();
  EXPECT_EQ(info.scan_height, 11);
  EXPECT_EQ(info.detector_width, 8);
  EXPECT_NEAR(total(*scan) + total(*thin), 221.276, 1e-3);  // as published with the file, to its last digit
  EXPECT_NEAR(info.step_x_angstrom, 0.5, 1e-6);
  EXPECT_NEAR(info.k_per_pixel_x, 1 / 5.43, 1e-6);  // the cell's side
  EXPECT_NEAR(info.centre_row, 4, 1e-6);
  EXPECT_EQ(info.energy_kev, 100);
  EXPECT_NEAR(info.thickness_nm, 0.543, 1e-6);
}

}  // namespace
}  // namespace terrace
