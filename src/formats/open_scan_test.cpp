// Which reader a file gets, what readers of other programs' files find, and that no file can harm.
#include <filesystem>

#include "core/constants.h"
#include "formats/hdf5.h"
#include "formats/scan_overrides.h"
#include "formats/test_file.h"
#include "formats/units.h"

namespace terrace {
namespace {

using namespace testing_files;
namespace fs = std::filesystem;

const fs::path shared = TERRACE_SOURCE_DIR "/../shared";

/// The numbers of small_scan() as an array.
Array<float, 4> small_patterns() {
  Array<float, 4> patterns({2, 3, 4, 6});
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 3; ++x)
      for (int ky = 0; ky < 4; ++ky)
        for (int kx = 0; kx < 6; ++kx) patterns(y, x, ky, kx) = number_at(y, x, ky, kx);
  return patterns;
}

struct HyperSpyAxis {
  const char* name;
  double scale, offset;
  const char* unit;
};

fs::path write_hyperspy(const std::vector<HyperSpyAxis>& axes) {
  const auto path = fresh("signal.hspy");
  auto file = Hdf5File::create(path);
  const std::string signal = "/Experiments/scan";
  file.write(signal + "/data", small_patterns());
  file.write_attribute("/", "file_format", "HyperSpy");
  int index = 0;
  for (const auto& axis : axes) {
    const auto group = signal + "/axis-" + std::to_string(index);
    file.make_group(group);
    file.write_attribute(group, "scale", axis.scale);
    file.write_attribute(group, "offset", axis.offset);
    file.write_attribute(group, "units", axis.unit);
    file.write_attribute(group, "navigate", index++ < 2);
  }
  file.make_group(signal + "/metadata/Acquisition_instrument/TEM");
  file.write_attribute(signal + "/metadata/Acquisition_instrument/TEM", "beam_energy", 200.0);
  file.close();
  return path;
}

TEST(OpenScan, hyperspy_axes_become_steps_and_angles) {
  const auto path = write_hyperspy(
      {{"y", 0.2, 1, "nm"}, {"x", 0.1, -2, "nm"}, {"ky", 0.5, -1, "1/nm"}, {"kx", 0.5, -1.5, "$nm^{-1}$"}});
  const auto scan = open_scan(path.string());
  expect_every_number_in_place(*scan);
  const auto& info = scan->info();
  EXPECT_EQ(info.format, "HyperSpy");
  EXPECT_DOUBLE_EQ(info.step_y_angstrom, 2);
  EXPECT_DOUBLE_EQ(info.step_x_angstrom, 1);
  EXPECT_DOUBLE_EQ(info.start_x_angstrom, -20);
  EXPECT_DOUBLE_EQ(info.mrad_per_pixel_y, 1000 * wavelength(200) * 0.05);
  EXPECT_DOUBLE_EQ(info.mrad_per_pixel_x, 1000 * wavelength(200) * 0.05);
  EXPECT_DOUBLE_EQ(info.centre_row, 2);
  EXPECT_DOUBLE_EQ(info.centre_column, 3);
}

TEST(OpenScan, hyperspy_without_units_is_uncalibrated) {
  const auto path = write_hyperspy({{"y", 1, 0, ""}, {"x", 1, 0, "<undefined>"}, {"ky", 1, 0, "px"}, {"kx", 1, 0, ""}});
  const auto info = open_scan(path.string())->info();
  EXPECT_EQ(info.step_y_angstrom, 0);
  EXPECT_EQ(info.mrad_per_pixel_x, 0);
  EXPECT_EQ(info.centre_row, -1);
}

TEST(OpenScan, angles_follow_once_the_user_gives_the_energy) {
  const auto path = fresh("cube.h5");
  auto file = Hdf5File::create(path);
  file.write_attribute("/", "emd_group_type", "file");
  file.write_attribute("/", "version_major", std::int64_t{1});
  file.write("/root/cube/data", small_patterns());
  file.write_attribute("/root/cube", "emd_group_type", "array");
  file.write("/root/metadatabundle/calibration/Q_pixel_size", 0.05);
  file.write("/root/metadatabundle/calibration/Q_pixel_units", "A^-1");
  file.close();
  EXPECT_EQ(open_scan(path.string())->info().mrad_per_pixel_x, 0);
  ScanOverrides overrides;
  overrides.energy_kev = 200;
  EXPECT_NEAR(open_scan(path.string(), overrides)->info().mrad_per_pixel_x, 0.05 * 25.079, 1e-4);
}

TEST(OpenScan, the_largest_data_of_a_plain_file_is_the_scan) {
  const auto path = fresh("plain.hdf5");
  auto file = Hdf5File::create(path);
  file.write("/dark", std::vector<double>(5000, 1.0));
  file.write("/gain", Array<float, 3>({2, 3, 4}));
  file.write("/deep/in/it", small_patterns(), {.chunk = {1, 3, 4, 6}, .gzip = 4});
  file.close();
  const auto scan = open_scan(path.string());
  expect_every_number_in_place(*scan);
  EXPECT_THAT(scan->info().guesses[0], testing::AllOf(testing::HasSubstr("/deep/in/it"), testing::HasSubstr("/gain")));
  ScanOverrides overrides;
  overrides.axes = "y x kx ky";
  const auto turned = open_scan(path.string(), overrides);
  EXPECT_EQ(turned->info().detector_height, 6);
  EXPECT_EQ(read_pattern(*turned, 1, 2)[1 * 4 + 3], number_at(1, 2, 3, 1));
}

TEST(OpenScan, data_of_a_plain_file_are_chosen_by_a_part_of_their_path) {
  const auto path = fresh("several.h5");
  auto file = Hdf5File::create(path);
  file.write("/raw/block", Array<float, 4>({4, 4, 8, 8}));
  file.write("/binned/block", small_patterns());
  file.close();
  ScanOverrides overrides;
  overrides.dataset = "binned";
  expect_every_number_in_place(*open_scan(path.string(), overrides));
  overrides.dataset = "summed";
  expect_error<InputError>([&] { open_scan(path.string(), overrides); }, "/binned/block /raw/block");
}

TEST(OpenScan, content_decides_not_the_name) {
  const auto path = fresh("named.npy");
  auto file = Hdf5File::create(path);
  file.write("/data", small_patterns());
  file.close();
  expect_every_number_in_place(*open_scan(path.string()));
}

TEST(OpenScan, py4dstem_writes_this) {
  const auto path = samples / "py4DSTEM_size2x3x4x5.h5";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto scan = open_scan(path.string());
  const auto& info = scan->info();
  EXPECT_THAT((std::vector<int>{info.scan_height, info.scan_width, info.detector_height, info.detector_width}),
              testing::ElementsAre(2, 3, 4, 5));
  EXPECT_NEAR(total(*scan), 28255.9, 0.05);  // as published with the file, to its last digit
  EXPECT_NEAR(info.step_x_angstrom, 1.26796875, 1e-8);
  EXPECT_NEAR(info.k_per_pixel_x, 0.0442515666, 1e-9);
}

TEST(OpenScan, hyperspy_writes_this) {
  const auto path = samples / "hspy_example2_v3.1.hspy";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto scan = open_scan(path.string());
  EXPECT_EQ(scan->info().detector_width, 16);
  EXPECT_EQ(total(*scan), 250910);
  EXPECT_EQ(scan->info().energy_kev, 200);
  EXPECT_NEAR(scan->info().k_per_pixel_x, 0.017443285882, 1e-9);
}

TEST(OpenScan, other_instruments_files_are_refused_or_read_but_never_crash) {
  if (!fs::exists(samples)) GTEST_SKIP() << "no sample files here";
  for (const auto& entry : fs::recursive_directory_iterator(samples)) {
    if (!entry.is_regular_file()) continue;
    try {
      const auto scan = open_scan(entry.path().string());
      read_pattern(*scan, 0, 0);
    } catch (const FileError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(entry.path().filename().string()));
    }
  }
}

TEST(OpenScan, what_is_no_scan_is_refused_in_one_line) {
  const auto expect_refusal = [](const std::string& bytes, const std::string& name, const std::string& says) {
    const auto path = fresh(name);
    write_bytes(path, bytes);
    expect_error<FileError>([&] { open_scan(path.string()); }, says);
  };
  expect_refusal("", "empty.h5", "is empty");
  expect_refusal("", "empty.npy", "is empty");
  expect_refusal("just words", "words.h5", "whatever its name");
  expect_refusal(std::string(5000, '\0'), "zeros.npy", "NumPy .npy");
  expect_refusal("\x89HDF\r\n\x1a\n", "signature.h5", "signature.h5");
  expect_error<FileError>([] { open_scan(fresh("absent.h5").string()); }, "does not exist");
  expect_error<FileError>([] { open_scan(fresh("x").parent_path().string()); }, "is a folder");
  expect_error<FileError>([] { open_scan("/dev/zero"); }, "no plain file");
}

/// Any cut of a good file is refused or reads what is there; it neither crashes nor hangs.
TEST(OpenScan, a_file_cut_anywhere_is_refused) {
  const auto path = fresh("whole.h5"), cut = fresh("cut.h5");
  auto file = Hdf5File::create(path);
  file.write("/data", small_patterns(), {.chunk = {1, 3, 4, 6}, .gzip = 4});
  file.close();
  const auto bytes = read_bytes(path);
  for (std::size_t length = 0; length < bytes.size(); length += 97) {
    write_bytes(cut, bytes.substr(0, length));
    expect_error<FileError>([&] { open_scan(cut.string()); }, "cut.h5");
  }
}

TEST(OpenScan, a_bit_flipped_anywhere_does_no_harm) {
  const auto path = fresh("whole.h5"), bent = fresh("bent.h5");
  auto file = Hdf5File::create(path);
  file.write("/data", small_patterns());
  file.close();
  const auto bytes = read_bytes(path);
  int refused = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 29) {
    auto copy = bytes;
    copy[at] = static_cast<char>(copy[at] ^ (1 << (at % 8)));
    write_bytes(bent, copy);
    try {
      const auto scan = open_scan(bent.string());
      read_pattern(*scan, 0, 0);
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
}

TEST(OpenScan, hdf5_of_other_content_is_refused) {
  const auto expect_refusal = [](const auto& fill, const std::string& says) {
    const auto path = fresh("other.h5");
    auto file = Hdf5File::create(path);
    fill(file);
    file.close();
    expect_error<FileError>([&] { open_scan(path.string()); }, says);
  };
  expect_refusal([](Hdf5File&) {}, "no numbers of three or more axes");
  expect_refusal([](Hdf5File& file) { file.write("/text", "words"); }, "no numbers of three or more axes");
  expect_refusal([](Hdf5File& file) { file.write("/five", Array<float, 5>({2, 2, 2, 2, 2})); }, "[2, 2, 2, 2, 2]");
  expect_refusal([](Hdf5File& file) { file.write("/none", Array<float, 4>({2, 0, 2, 2})); }, "no scan");
  expect_refusal(
      [](Hdf5File& file) {
        file.make_dataset<float>("/vast", {1 << 20, 1 << 20, 64, 64}, {.chunk = {1, 64, 64, 64}});
      },
      "promises");
  expect_refusal(
      [](Hdf5File& file) {
        file.make_dataset<float>("/block", {1, 1, 20000, 20000}, {.chunk = {1, 1, 20000, 20000}});
      },
      "20000 x 20000");
  expect_refusal(
      [](Hdf5File& file) {
        file.write_attribute("/", "emd_group_type", "file");
        file.write_attribute("/", "version_major", std::int64_t{1});
        file.write("/data", small_patterns());
      },
      "without a DataCube");
  expect_refusal(
      [](Hdf5File& file) {
        file.write_attribute("/", "file_format", "HyperSpy");
        file.write("/Experiments/line/data", std::vector<double>{1, 2, 3});
      },
      "without images");
  expect_refusal([](Hdf5File& file) { file.write("/Data/Image/0a1b/Data", Array<float, 3>({8, 8, 2})); }, ".mrc");
}

TEST(OpenScan, the_reference_stack_opens_with_a_sidecar) {
  const auto stack = shared / "reference/cbed_mustem_wk_hard.npy";
  if (!fs::exists(stack)) GTEST_SKIP() << stack << " is not here";
  const auto path = fresh("stack.npy");
  fs::copy_file(stack, path);
  write_bytes(fresh("stack.json"), R"({"axes": ["y", "x", "kx", "ky"], "mrad_per_pixel": [0.8028, 0.8212],
    "centre": [51, 50], "energy_kev": 200, "semiangle_mrad": 20, "intensity_unit": "fraction"})");
  const auto scan = open_scan(path.string());
  const auto& info = scan->info();
  EXPECT_EQ(info.detector_height, 103);
  EXPECT_EQ(info.detector_width, 101);
  // The bright disc is round and centred: its edge lies at 20 mrad along rows and along columns.
  std::vector<float> mean(103 * 101);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 16; ++x) {
      const auto pattern = read_pattern(*scan, y, x);
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += pattern[i] / 64;
    }
  const auto reach = [&](int step_row, int step_column, double mrad) {
    const int inside = static_cast<int>(17 / mrad), outside = static_cast<int>(23 / mrad) + 1;
    const auto at = [&](int n) { return mean[(51 + n * step_row) * 101 + 50 + n * step_column]; };
    return at(inside) / at(outside);
  };
  for (const int sign : {-1, 1}) {
    EXPECT_GT(reach(sign, 0, 0.8028), 2);
    EXPECT_GT(reach(0, sign, 0.8212), 2);
  }
}

TEST(Units, spellings_of_the_same_unit_agree) {
  for (const auto* unit : {"Å", "A", "Angstrom", "[Å]", "$\\mathrm{Å}$"}) EXPECT_EQ(angstrom_in(unit), 1) << unit;
  for (const auto* unit : {"nm", "[nm]", " nm", "[n_m]"}) EXPECT_EQ(angstrom_in(unit), 10) << unit;
  for (const auto* unit : {"um", "µm", "μm"}) EXPECT_EQ(angstrom_in(unit), 1e4) << unit;
  for (const auto* unit : {"1/nm", "nm^-1", "$nm^{-1}$", "k_nm^-1", "nm⁻¹"})
    EXPECT_DOUBLE_EQ(inverse_angstrom_in(unit), 0.1) << unit;
  for (const auto* unit : {"A^-1", "1/Å", "k_A^-1"}) EXPECT_EQ(inverse_angstrom_in(unit), 1) << unit;
  for (const auto* unit : {"", "px", "pixels", "<undefined>", "1/nm"}) EXPECT_EQ(angstrom_in(unit), 0) << unit;
  for (const auto* unit : {"", "nm", "mrad", "^-1"}) EXPECT_EQ(inverse_angstrom_in(unit), 0) << unit;
  EXPECT_EQ(mrad_in("rad"), 1000);
}

}  // namespace
}  // namespace terrace
