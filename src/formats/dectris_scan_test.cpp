// Master, data and side files as Dectris cameras and the microscope write them; the names are those of the real sample.
#include <cmath>

#include "formats/hdf5.h"
#include "formats/scan_overrides.h"
#include "formats/test_file.h"
#include "formats/test_packed_hdf5.h"

namespace terrace {
namespace {

using namespace testing_files;
namespace fs = std::filesystem;

const fs::path sample_folder = TERRACE_SOURCE_DIR "/../shared/samples";

/// Six frames of 4 × 6 whose numbers tell their place in a scan of 2 × 3, in files of two frames.
template <class T = std::uint16_t>
fs::path write_master(const std::string& stem = "scan") {
  const auto master = fresh(stem + "_master.h5");
  fs::remove(fresh(stem + ".h5"));
  auto file = Hdf5File::create(master);
  const std::string detector = "/entry/instrument/detector";
  file.write(detector + "/beam_center_x", 2.5);
  file.write(detector + "/beam_center_y", 1.75);
  file.write(detector + "/detectorSpecific/photon_energy", 300000.0);
  file.write(detector + "/detectorSpecific/nimages", std::uint64_t{1});
  file.write(detector + "/detectorSpecific/ntrigger", std::uint64_t{6});
  Array<std::uint32_t, 2> mask({4, 6});
  mask(1, 1) = 1;
  file.write(detector + "/detectorSpecific/pixel_mask", mask);
  file.close();
  for (int part = 0; part < 3; ++part) {
    Array<T, 3> frames({2, 4, 6});
    for (int frame = 0; frame < 2; ++frame)
      for (int ky = 0; ky < 4; ++ky)
        for (int kx = 0; kx < 6; ++kx)
          frames(frame, ky, kx) = static_cast<T>(number_at((2 * part + frame) / 3, (2 * part + frame) % 3, ky, kx));
    const auto name = stem + "_data_00000" + std::to_string(part + 1) + ".h5";
    write_packed(fresh(name), "/entry/data/data", frames);
    link_outside(master, "/entry/data/data_00000" + std::to_string(part + 1), name, "/entry/data/data");
  }
  return master;
}

void write_side_file(std::int64_t height, std::int64_t width) {
  auto file = Hdf5File::create(fresh("scan.h5"));
  file.make_group("/STEM Metadata");
  file.write_attribute("/STEM Metadata", "NumPixelsY", height);
  file.write_attribute("/STEM Metadata", "NumPixelsX", width);
  file.write_attribute("/STEM Metadata", "Pixel Size", std::vector<double>{0.05});
  file.write_attribute("/STEM Metadata", "High Tension", std::vector<double>{200000.0});
  file.close();
}

ScanOverrides with_shape(int height, int width) {
  ScanOverrides overrides;
  overrides.scan_shape = {height, width};
  return overrides;
}

TEST(DectrisScan, frames_of_all_files_stand_at_their_place) {
  const auto scan = open_scan(write_master().string(), with_shape(2, 3));
  expect_every_number_in_place(*scan);
  const auto& info = scan->info();
  EXPECT_EQ(info.format, "Dectris");
  EXPECT_EQ(info.title, "scan");
  EXPECT_EQ(info.dtype, "uint16");
  EXPECT_EQ(info.intensity_unit, "counts");
  EXPECT_EQ(info.energy_kev, 300);
  EXPECT_EQ(info.centre_row, 1.75);
  EXPECT_EQ(info.centre_column, 2.5);
  EXPECT_THAT(info.guesses, testing::Contains(testing::HasSubstr("mask names 1")));
  expect_every_number_in_place(*open_scan(write_master<std::uint32_t>().string(), with_shape(2, 3)));
}

TEST(DectrisScan, the_side_file_knows_shape_step_and_energy) {
  const auto master = write_master();
  write_side_file(2, 3);
  const auto scan = open_scan(master.string());
  expect_every_number_in_place(*scan);
  EXPECT_DOUBLE_EQ(scan->info().step_x_angstrom, 0.5);
  EXPECT_EQ(scan->info().energy_kev, 200);
  EXPECT_EQ(open_scan(master.string(), with_shape(3, 2))->info().scan_height, 3);  // the user knows better
}

TEST(DectrisScan, a_side_file_of_another_scan_is_not_believed) {
  const auto master = write_master();
  write_side_file(20, 30);
  expect_error<FileError>([&] { open_scan(master.string()); }, "holds 6 frames in a row");
  write_side_file(1, 5);
  const auto scan = open_scan(master.string());
  EXPECT_EQ(scan->info().scan_width, 5);
  EXPECT_THAT(scan->info().guesses, testing::Contains(testing::HasSubstr("last 1 frames are left out")));
}

TEST(DectrisScan, without_a_shape_it_is_asked_for_unless_square_or_triggered_by_lines) {
  const auto master = write_master();
  expect_error<FileError>([&] { open_scan(master.string()); }, "--scan-shape");
  const auto lines = write_master("lines");
  {
    const hid_t file = H5Fopen(lines.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    for (const auto& [name, count] : {std::pair{"nimages", 3u}, {"ntrigger", 2u}}) {
      const hid_t data =
          H5Dopen2(file, (std::string("/entry/instrument/detector/detectorSpecific/") + name).c_str(), 0);
      H5Dwrite(data, H5T_NATIVE_UINT, H5S_ALL, H5S_ALL, H5P_DEFAULT, &count);
      H5Dclose(data);
    }
    H5Fclose(file);
  }
  expect_every_number_in_place(*open_scan(lines.string()));
  fs::remove(lines.parent_path() / "lines_data_000003.h5");
  write_packed(lines.parent_path() / "lines_data_000003.h5", "/entry/data/data", Array<std::uint16_t, 3>({5, 4, 6}));
  const auto square = open_scan(lines.string());
  EXPECT_EQ(square->info().scan_height, 3);
  EXPECT_THAT(square->info().guesses, testing::Contains(testing::HasSubstr("9 frames taken as a square")));
}

TEST(DectrisScan, masked_and_overflown_pixels_read_0) {
  const auto master = write_master();
  Array<std::uint16_t, 3> frames({2, 4, 6});
  frames(0, 0, 0) = 65535;
  frames(1, 3, 5) = 65534;
  write_packed(master.parent_path() / "scan_data_000001.h5", "/entry/data/data", frames);
  const auto scan = open_scan(master.string(), with_shape(2, 3));
  EXPECT_THAT(read_pattern(*scan, 0, 0), testing::Each(0));
  EXPECT_EQ(read_pattern(*scan, 0, 1).back(), 65534);
  EXPECT_THAT(scan->info().guesses, testing::Contains(testing::HasSubstr("65535")));

  const auto wide = write_master<std::uint32_t>("wide");
  Array<std::uint32_t, 3> counts({2, 4, 6});
  counts(0, 0, 0) = 0xffffffff;
  counts(0, 0, 1) = 65535;
  write_packed(wide.parent_path() / "wide_data_000001.h5", "/entry/data/data", counts);
  const auto pattern = read_pattern(*open_scan(wide.string(), with_shape(2, 3)), 0, 0);
  EXPECT_EQ(pattern[0], 0);
  EXPECT_EQ(pattern[1], 65535);
}

TEST(DectrisScan, missing_data_files_are_named) {
  const auto master = write_master();
  fs::remove(master.parent_path() / "scan_data_000001.h5");
  fs::remove(master.parent_path() / "scan_data_000003.h5");
  expect_error<FileError>([&] { open_scan(master.string(), with_shape(2, 3)); },
                          "lacks 2 of its 3 data files: 'scan_data_000001.h5', 'scan_data_000003.h5'");
}

TEST(DectrisScan, files_renamed_together_are_found) {
  const auto master = write_master();
  for (const auto* end : {"_master.h5", "_data_000001.h5", "_data_000002.h5", "_data_000003.h5"})
    fs::rename(master.parent_path() / (std::string("scan") + end), fresh(std::string("other") + end));
  expect_every_number_in_place(*open_scan((master.parent_path() / "other_master.h5").string(), with_shape(2, 3)));
}

TEST(DectrisScan, a_damaged_or_unlike_data_file_is_named) {
  const auto master = write_master();
  const auto part = master.parent_path() / "scan_data_000002.h5";
  const auto bytes = read_bytes(part);
  const auto open = [&] { read_pattern(*open_scan(master.string(), with_shape(2, 3)), 1, 0); };
  for (std::size_t length = 0; length < bytes.size(); length += 211) {
    write_bytes(part, bytes.substr(0, length));
    expect_error<FileError>(open, "scan_data_000002.h5");
  }
  write_packed(part, "/entry/data/data", Array<std::uint16_t, 3>({2, 4, 5}));
  expect_error<FileError>(open, "scan_data_000002.h5' holds uint16 of shape [2, 4, 5]");
  write_packed(part, "/elsewhere", Array<std::uint16_t, 3>({2, 4, 6}));
  expect_error<FileError>(open, "scan_data_000002.h5:/entry/data/data");
  ScanOverrides axes = with_shape(2, 3);
  axes.axes = "ky kx n";
  expect_error<InputError>([&] { open_scan(write_master().string(), axes); }, "scan_shape");
}

TEST(DectrisScan, a_data_file_opens_by_itself) {
  const auto master = write_master();
  const auto scan = open_scan((master.parent_path() / "scan_data_000002.h5").string());
  EXPECT_EQ(scan->info().scan_width, 2);
  EXPECT_EQ(read_pattern(*scan, 0, 1), pattern_at(scan->info(), 1, 0));
}

TEST(DectrisScan, an_arina_camera_writes_this) {
  const auto path = sample_folder / "arina/test_00_master.h5";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto scan = open_scan(path.string());
  const auto& info = scan->info();
  EXPECT_EQ(info.scan_height, 4);
  EXPECT_EQ(info.scan_width, 4);
  EXPECT_EQ(info.detector_height, 192);
  EXPECT_EQ(info.dtype, "uint32");
  EXPECT_NEAR(info.step_x_angstrom, 1.3915206, 1e-9);
  EXPECT_EQ(info.energy_kev, 300);
  EXPECT_EQ(info.centre_row, -1);
  EXPECT_EQ(total(*scan), 0);  // as published with the file
}

}  // namespace
}  // namespace terrace
