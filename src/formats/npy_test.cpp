#include "formats/npy.h"

#include <sys/resource.h>

#include <csignal>
#include <cstdlib>

#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;

/// A .npy file by hand: header text as given, version as given.
std::string npy(const std::string& header, const std::string& data, int version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (int byte = 0; byte < (version == 1 ? 2 : 4); ++byte)
    bytes += static_cast<char>((header.size() >> (8 * byte)) & 255);
  return bytes + header + data;
}

std::string header(const std::string& descr, const std::string& shape, bool fortran = false) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape +
         ", }\n";
}

/// The numbers of small_scan() in C order of [y][x][ky][kx], or in Fortran order.
template <class T>
std::string numbers(Order order, bool fortran = false) {
  std::string bytes;
  if (fortran) {
    for (int kx = 0; kx < 6; ++kx)
      for (int ky = 0; ky < 4; ++ky)
        for (int x = 0; x < 3; ++x)
          for (int y = 0; y < 2; ++y) append<T>(bytes, number_at(y, x, ky, kx), order);
  } else {
    for (int y = 0; y < 2; ++y)
      for (int x = 0; x < 3; ++x)
        for (int ky = 0; ky < 4; ++ky)
          for (int kx = 0; kx < 6; ++kx) append<T>(bytes, number_at(y, x, ky, kx), order);
  }
  return bytes;
}

TEST(Npy, every_type_order_and_version_gives_the_same_numbers) {
  const auto shape = "(2, 3, 4, 6)";
  const std::vector<std::pair<std::string, std::string>> files = {
      {"float32", npy(header("<f4", shape), numbers<float>(Order::little))},
      {"float32", npy(header(">f4", shape), numbers<float>(Order::big))},
      {"float64", npy(header("<f8", shape), numbers<double>(Order::little))},
      {"float64", npy(header(">f8", shape, true), numbers<double>(Order::big, true))},
      {"uint16", npy(header("<u2", shape), numbers<std::uint16_t>(Order::little), 2)},
      {"uint16", npy(header(">u2", shape), numbers<std::uint16_t>(Order::big), 3)},
      {"uint32", npy(header("<u4", shape, true), numbers<std::uint32_t>(Order::little, true))},
      {"int16", npy(header("<i2", shape), numbers<std::int16_t>(Order::little))},
      {"int32", npy(header(">i4", shape), numbers<std::int32_t>(Order::big))},
      {"int64", npy(header("<i8", shape), numbers<std::int64_t>(Order::little))},
  };
  int count = 0;
  for (const auto& [dtype, bytes] : files) {
    const auto path = fresh("scan" + std::to_string(count++) + ".npy");
    write_bytes(path, bytes);
    const auto scan = open_scan(path.string());
    EXPECT_EQ(scan->info().dtype, dtype);
    expect_every_number_in_place(*scan);
  }
}

TEST(Npy, small_whole_numbers_are_read) {
  const auto path = fresh("bytes.npy");
  write_bytes(path, npy(header("|u1", "(1, 2, 1, 2)"), std::string("\x00\x7f\x80\xff", 4)));
  EXPECT_EQ(read_pattern(*open_scan(path.string()), 0, 1), (std::vector<float>{128, 255}));
  write_bytes(path, npy(header("|i1", "(1, 2, 1, 2)"), std::string("\x00\x7f\x80\xff", 4)));
  EXPECT_EQ(read_pattern(*open_scan(path.string()), 0, 1), (std::vector<float>{-128, -1}));
}

TEST(Npy, axes_in_any_order_give_the_same_patterns) {
  const auto path = fresh("turned.npy");
  std::string bytes;
  for (int ky = 0; ky < 4; ++ky)
    for (int y = 0; y < 2; ++y)
      for (int kx = 0; kx < 6; ++kx)
        for (int x = 0; x < 3; ++x) append<float>(bytes, number_at(y, x, ky, kx));
  write_bytes(path, npy(header("<f4", "(4, 2, 6, 3)"), bytes));
  ScanOverrides overrides;
  overrides.axes = "ky, y, kx, x";
  expect_every_number_in_place(*open_scan(path.string(), overrides));
  overrides.axes = "ky y kx";
  expect_error<InputError>([&] { open_scan(path.string(), overrides); }, "axes 'ky y kx'");
  overrides.axes = "y y ky kx";
  expect_error<InputError>([&] { open_scan(path.string(), overrides); }, "y, x, ky and kx");
}

TEST(Npy, patterns_in_a_row_take_the_scan_shape_that_is_given) {
  const auto path = fresh("row.npy");
  write_bytes(path, npy(header("<f4", "(6, 4, 6)"), numbers<float>(Order::little)));
  const auto row = open_scan(path.string());
  EXPECT_EQ(row->info().scan_width, 6);
  EXPECT_THAT(row->info().guesses, testing::ElementsAre(testing::HasSubstr("one row")));
  ScanOverrides overrides;
  overrides.scan_shape = {2, 3};
  expect_every_number_in_place(*open_scan(path.string(), overrides));
  overrides.scan_shape = {2, 4};
  expect_error<InputError>([&] { open_scan(path.string(), overrides); }, "holds 6");
}

TEST(Npy, a_sidecars_centre_turns_with_the_pattern) {
  const auto path = fresh("turned.npy");
  write_bytes(path, npy(header("<f4", "(2, 3, 4, 6)"), numbers<float>(Order::little)));
  const auto centre_of = [&](const std::string& sidecar, const ScanOverrides& overrides) {
    write_bytes(path.parent_path() / "turned.json", sidecar);
    const auto scan = open_scan(path.string(), overrides);
    return std::vector<double>{scan->info().centre_row, scan->info().centre_column};
  };
  const std::string plain = R"({"centre": [1, 2]})", turned = R"({"centre": [1, 2], "flip_detector_y": true})";
  EXPECT_THAT(centre_of(plain, {}), testing::ElementsAre(1, 2));
  EXPECT_THAT(centre_of(turned, {}), testing::ElementsAre(1, 2));
  ScanOverrides overrides;
  overrides.flip_detector_y = overrides.flip_detector_x = "yes";
  EXPECT_THAT(centre_of(plain, overrides), testing::ElementsAre(2, 3));
  EXPECT_THAT(centre_of(turned, overrides), testing::ElementsAre(1, 3));
  overrides.centre = {0, 5};
  EXPECT_THAT(centre_of(plain, overrides), testing::ElementsAre(0, 5));
}

TEST(Npy, the_sidecar_says_what_numpy_cannot) {
  const auto path = fresh("stack.npy");
  std::string bytes;
  for (int n = 0; n < 6; ++n)
    for (int kx = 0; kx < 6; ++kx)
      for (int ky = 0; ky < 4; ++ky) append<float>(bytes, number_at(n / 3, n % 3, ky, kx));
  write_bytes(path, npy(header("<f4", "(6, 6, 4)"), bytes));
  write_bytes(fresh("stack.json"), R"({"axes": ["n", "kx", "ky"], "scan_shape": [2, 3], "step_nm": [0.2, 0.1],
    "start_nm": [1, 2], "mrad_per_pixel": [0.8028, 0.8212], "centre": [2, 3], "energy_kev": 200, "semiangle_mrad": 20,
    "thickness_nm": 15.62, "intensity_unit": "fraction"})");
  const auto scan = open_scan(path.string());
  expect_every_number_in_place(*scan);
  const auto& info = scan->info();
  EXPECT_EQ(info.format, "NumPy with sidecar");
  EXPECT_DOUBLE_EQ(info.step_y_angstrom, 2);
  EXPECT_DOUBLE_EQ(info.start_x_angstrom, 20);
  EXPECT_EQ(info.mrad_per_pixel_y, 0.8028);
  EXPECT_EQ(info.mrad_per_pixel_x, 0.8212);
  EXPECT_EQ(info.centre_column, 3);
  EXPECT_EQ(info.thickness_nm, 15.62);

  ScanOverrides overrides;
  overrides.energy_kev = 300;
  EXPECT_EQ(open_scan(path.string(), overrides)->info().energy_kev, 300) << "the user knows better than the sidecar";
  write_bytes(path.parent_path() / "stack.json", R"({"energy_kv": 200})");
  expect_error<FileError>([&] { open_scan(path.string()); }, "energy_kev");
  write_bytes(path.parent_path() / "stack.json", R"({"energy_kev": 200)");
  expect_error<FileError>([&] { open_scan(path.string()); }, "stack.json");
  write_bytes(path.parent_path() / "stack.json", R"({"energy_kev": null})");
  expect_error<FileError>([&] { open_scan(path.string()); }, "stack.json");
  const int levels = 200'000;
  write_bytes(path.parent_path() / "stack.json",
              R"({"step_nm": )" + std::string(levels, '[') + std::string(levels, ']') + "}");
  expect_error<FileError>([&] { open_scan(path.string()); }, "nested");
}

TEST(Npy, a_turned_detector_turns_back) {
  const auto path = fresh("flipped.npy");
  std::string bytes;
  for (int n = 0; n < 6; ++n)
    for (int ky = 3; ky >= 0; --ky)
      for (int kx = 5; kx >= 0; --kx) append<float>(bytes, number_at(n / 3, n % 3, ky, kx));
  write_bytes(path, npy(header("<f4", "(2, 3, 4, 6)"), bytes));
  ScanOverrides overrides;
  overrides.flip_detector_y = overrides.flip_detector_x = "yes";
  expect_every_number_in_place(*open_scan(path.string(), overrides));
}

TEST(Npy, what_was_written_reads_back) {
  const auto path = fresh("written.npy");
  NpyWriter writer(path, {2, 3, 4, 6});
  for (int n = 0; n < 6; ++n) writer.append(pattern_at(small_scan(), n / 3, n % 3));
  EXPECT_FALSE(std::filesystem::exists(path));
  writer.close();
  expect_every_number_in_place(*open_scan(path.string()));
  EXPECT_EQ(read_npy_header(read_bytes(path), "written").data_offset % 64, 0);
  NpyWriter unfinished(path, {2, 3, 4, 6});
  expect_error<FileError>([&] { unfinished.close(); }, "lacks 144");
}

/// In a process of its own, because the limit stays with it.
void write_beyond_the_limit(const std::filesystem::path& path) {
  signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{1000, 1000};
  setrlimit(RLIMIT_FSIZE, &limit);
  NpyWriter writer(path, {2, 256, 256});
  try {
    writer.append(std::vector<float>(256 * 256));
  } catch (const ResourceError&) {
    std::exit(0);
  }
  std::exit(1);
}

TEST(Npy, a_full_disk_is_said_at_once) {
  EXPECT_EXIT(write_beyond_the_limit(fresh("full.npy")), testing::ExitedWithCode(0), "");
}

TEST(Npy, a_place_that_cannot_be_written_is_named) {
  const auto path = fresh("closed.npy");
  std::filesystem::create_directory(path.string() + ".partial");
  expect_error<FileError>([&] { NpyWriter(path, {2, 3}); }, "closed.npy");
}

TEST(Npy, damaged_files_are_refused_in_one_line) {
  const auto good = npy(header("<f4", "(2, 3, 4, 6)"), numbers<float>(Order::little));
  const std::vector<std::pair<std::string, std::string>> files = {
      {good.substr(0, 9), "does not begin"},
      {good.substr(0, 40), "header is cut short"},
      {good.substr(0, good.size() - 1), "cut short"},
      {npy(header("<f4", "(2, 3, 4, 6)"), ""), "cut short"},
      {npy(header("<f4", "(2, 3, 4000000000, 6)"), ""), "no scan"},
      {npy(header("<f4", "(90000000, 90000000, 8000, 8000)"), ""), "cut short"},
      {npy(header("<f4", "(99999999999999999999, 3, 4, 6)"), ""), "beyond measure"},
      {npy(header("<f4", "(-2, 3, 4, 6)"), numbers<float>(Order::little)), "beyond measure"},
      {npy(header("<f4", "(0, 3, 4, 6)"), ""), "no scan"},
      {npy(header("<f4", "(144,)"), numbers<float>(Order::little)), "4 axes"},
      {npy(header("<f4", "()"), numbers<float>(Order::little)), "4 axes"},
      {npy(header("<f4", "2, 3, 4, 6"), numbers<float>(Order::little)), "no shape"},
      {npy(header("<c8", "(2, 3, 4, 6)"), numbers<double>(Order::little)), "of type '<c8'"},
      {npy(header("<f2", "(2, 3, 4, 6)"), numbers<double>(Order::little)), "of type '<f2'"},
      {npy(header("|O", "(2, 3, 4, 6)"), numbers<double>(Order::little)), "of type '|O'"},
      {npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3, 4, 6), }", ""), "of type ["},
      {npy("{'fortran_order': False, 'shape': (2, 3, 4, 6), }", ""), "lacks 'descr'"},
      {npy("{      }", ""), "lacks 'descr'"},
      {npy(header("<f4", "(2, 3, 4, 6)"), "", 9), "version is 9"},
  };
  for (const auto& [bytes, says] : files) {
    const auto path = fresh("damaged.npy");
    write_bytes(path, bytes);
    expect_error<FileError>([&] { open_scan(path.string()); }, says);
  }
}

}  // namespace
}  // namespace terrace
