// EMD 0.2; version 1.0 is tested where scan files are written and in open_scan_test.cpp.
#include "core/constants.h"
#include "formats/hdf5.h"
#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;

/// EMD 0.2: py4DSTEM before 0.13 counts its axes from 1 and keeps calibration as attributes.
TEST(OldEmd, py4dstem_0_12_reads_with_its_calibration) {
  const auto path = fresh("old.h5");
  auto file = Hdf5File::create(path);
  const std::string top = "/4DSTEM_experiment", cube = top + "/data/datacubes/datacube_0";
  Array<float, 4> patterns({2, 3, 4, 6});
  for (int i = 0; i < patterns.size(); ++i) patterns.data()[i] = number_at(i / 72, i / 24 % 3, i / 6 % 4, i % 6);
  file.write(cube + "/data", patterns);
  file.write_attribute(cube, "emd_group_type", 1);
  const std::string calibration = top + "/metadata/metadata_0/calibration",
                    microscope = top + "/metadata/metadata_0/microscope";
  file.make_group(calibration);
  file.write_attribute(calibration, "R_pixel_size", 0.2);
  file.write_attribute(calibration, "R_pixel_size_units", "[n_m]");
  file.write_attribute(calibration, "Q_pixel_size", 0.05);
  file.write_attribute(calibration, "Q_pixel_units", "A^-1");
  file.make_group(microscope);
  file.write_attribute(microscope, "beam_energy", 200000);
  file.write_attribute(microscope, "convergence_semiangle_mrad", 21.4);
  file.write("/4DSTEM_experiment/data/realslices/mean/data", Array<float, 3>({20, 30, 40}));
  file.write_attribute("/4DSTEM_experiment/data/realslices/mean", "emd_group_type", 1);
  file.close();
  const auto scan = open_scan(path.string());
  expect_every_number_in_place(*scan);
  const auto& info = scan->info();
  EXPECT_DOUBLE_EQ(info.step_y_angstrom, 2);
  EXPECT_EQ(info.energy_kev, 200);
  EXPECT_EQ(info.semiangle_mrad, 21.4);
  EXPECT_DOUBLE_EQ(info.mrad_per_pixel_x, 1000 * wavelength(200) * 0.05);
  EXPECT_THAT(info.guesses, testing::Contains(testing::HasSubstr(cube)));
}

TEST(OldEmd, axes_counted_from_0_and_from_1_both_calibrate) {
  for (const int first : {0, 1}) {
    const auto path = fresh("axes.emd");
    auto file = Hdf5File::create(path);
    file.write("/root/stack/data", Array<float, 4>({2, 3, 4, 6}));
    file.write_attribute("/root/stack", "emd_group_type", 1);
    const std::pair<std::vector<double>, const char*> axes[] = {
        {{1, 3}, "[n_m]"}, {{0, 4, 8}, "[n_m]"}, {{-4, -2, 0, 2}, "[m_rad]"}, {{-9, -6, -3, 0, 3, 6}, "mrad"}};
    for (int axis = 0; axis < 4; ++axis) {
      const auto dim = "/root/stack/dim" + std::to_string(axis + first);
      file.write(dim, axes[axis].first);
      file.write_attribute(dim, "units", axes[axis].second);
    }
    file.close();
    const auto info = open_scan(path.string())->info();
    EXPECT_EQ(info.format, "EMD 0.2");
    EXPECT_EQ(info.step_y_angstrom, 20);
    EXPECT_EQ(info.step_x_angstrom, 40);
    EXPECT_EQ(info.start_y_angstrom, 10);
    EXPECT_EQ(info.mrad_per_pixel_y, 2);
    EXPECT_EQ(info.mrad_per_pixel_x, 3);
    EXPECT_EQ(info.centre_row, 2);
    EXPECT_EQ(info.centre_column, 3);
  }
}

/// Coordinates in single precision: two of them alone would set the beam 0.005 pixels off.
TEST(OldEmd, the_beam_lies_where_the_whole_axis_says) {
  const auto path = fresh("fine.emd");
  auto file = Hdf5File::create(path);
  file.write("/root/stack/data", Array<float, 4>({1, 1, 1024, 1024}), {.chunk = {1, 1, 1024, 1024}, .gzip = 1});
  file.write_attribute("/root/stack", "emd_group_type", 1);
  std::vector<float> coordinates;
  for (int i = 0; i < 1024; ++i) coordinates.push_back(static_cast<float>((i - 512) * 0.0371));
  for (const auto* dim : {"/root/stack/dim3", "/root/stack/dim4"}) {
    file.write(dim, coordinates);
    file.write_attribute(dim, "units", "A^-1");
  }
  file.close();
  // The first and last coordinate, 19 1/Å, are rounded by 1e-6: over 1023 steps of 0.0371 that is 5e-8 of a step.
  EXPECT_NEAR(open_scan(path.string())->info().centre_row, 512, 1e-4);
}

}  // namespace
}  // namespace terrace
