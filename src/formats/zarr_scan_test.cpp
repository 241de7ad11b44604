// Folders as zarr 3 and abTEM write them.
#include "formats/zarr_scan.h"

#include <nlohmann/json.hpp>

#include "core/constants.h"
#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;
namespace fs = std::filesystem;
using Json = nlohmann::json;

Json axis(const char* label, const char* units, double sampling, double offset) {
  return {{"label", label}, {"units", units}, {"sampling", sampling}, {"offset", offset}, {"fftshift", true}};
}

Json array_json(const std::vector<int>& shape, const std::vector<int>& chunk) {
  return {{"zarr_format", 3},
          {"node_type", "array"},
          {"shape", shape},
          {"data_type", "float32"},
          {"chunk_grid", {{"name", "regular"}, {"configuration", {{"chunk_shape", chunk}}}}},
          {"chunk_key_encoding", {{"name", "default"}, {"configuration", {{"separator", "/"}}}}},
          {"codecs", Json::array({{{"name", "bytes"}, {"configuration", {{"endian", "little"}}}}})}};
}

/// small_scan() as [x][y][kx][ky] in chunks of `chunk_x` × `chunk_y` patterns, as abTEM would write it.
fs::path write_abtem(int chunk_x, int chunk_y, const std::string& name = "scan.zarr") {
  const auto folder = fresh("unused").parent_path() / name;
  fs::remove_all(folder);
  fs::create_directories(folder / "array0/c");
  const Json axes = {{"axis_0", axis("x", "Å", 0.5, 0)},
                     {"axis_1", axis("y", "Å", 0.25, 1)},
                     {"axis_2", axis("kx", "1/Å", 0.1, -0.3)},
                     {"axis_3", axis("ky", "1/Å", 0.1, -0.2)}};
  const Json root = {
      {"zarr_format", 3},
      {"node_type", "group"},
      {"attributes",
       {{"metadata0",
         {{"type", "DiffractionPatterns"}, {"axes", axes}, {"energy", 200e3}, {"semiangle_cutoff", 20}}}}}};
  write_bytes(folder / "zarr.json", root.dump());
  write_bytes(folder / "array0/zarr.json", array_json({3, 2, 6, 4}, {chunk_x, chunk_y, 6, 4}).dump());
  for (int first_x = 0; first_x < 3; first_x += chunk_x)
    for (int first_y = 0; first_y < 2; first_y += chunk_y) {
      std::vector<float> numbers;
      for (int x = first_x; x < first_x + chunk_x; ++x)
        for (int y = first_y; y < first_y + chunk_y; ++y)
          for (int kx = 0; kx < 6; ++kx)
            for (int ky = 0; ky < 4; ++ky) numbers.push_back(x < 3 && y < 2 ? number_at(y, x, ky, kx) : 0);
      const auto file =
          folder / "array0/c" / std::to_string(first_x / chunk_x) / std::to_string(first_y / chunk_y) / "0/0";
      fs::create_directories(file.parent_path());
      write_bytes(file, {reinterpret_cast<const char*>(numbers.data()), 4 * numbers.size()});
    }
  return folder;
}

void change(const fs::path& file, const std::string& pointer, const Json& value) {
  auto json = Json::parse(read_bytes(file));
  json[Json::json_pointer(pointer)] = value;
  write_bytes(file, json.dump());
}

TEST(Zarr, patterns_come_out_with_our_axes_however_they_are_chunked) {
  for (const auto& [chunk_x, chunk_y] : {std::pair{3, 2}, {1, 1}, {2, 1}, {1, 2}, {2, 2}}) {
    const auto scan = open_scan(write_abtem(chunk_x, chunk_y).string());
    expect_every_number_in_place(*scan);
    const auto& info = scan->info();
    EXPECT_EQ(info.format, "abTEM (Zarr)");
    EXPECT_EQ(info.step_x_angstrom, 0.5);
    EXPECT_EQ(info.step_y_angstrom, 0.25);
    EXPECT_EQ(info.start_y_angstrom, 1);
    EXPECT_NEAR(info.centre_row, 2, 1e-9);
    EXPECT_NEAR(info.centre_column, 3, 1e-9);
    EXPECT_EQ(info.energy_kev, 200);
    EXPECT_EQ(info.semiangle_mrad, 20);
    EXPECT_DOUBLE_EQ(info.mrad_per_pixel_x, 100 * wavelength(200));
  }
}

TEST(Zarr, an_array_alone_opens_with_axes_given) {
  const auto folder = write_abtem(3, 2) / "array0";
  ScanOverrides overrides;
  overrides.axes = "x y kx ky";
  expect_every_number_in_place(*open_scan(folder.string(), overrides));
  EXPECT_EQ(open_scan(folder.string())->info().scan_height, 3);
}

TEST(Zarr, a_chunk_that_zarr_left_out_is_zero_but_a_folder_without_any_is_no_copy) {
  const auto folder = write_abtem(1, 1);
  fs::remove(folder / "array0/c/1/0/0/0");
  const auto scan = open_scan(folder.string());
  EXPECT_THAT(read_pattern(*scan, 0, 1), testing::Each(0));
  EXPECT_EQ(read_pattern(*scan, 1, 2), pattern_at(scan->info(), 1, 2));
  fs::remove_all(folder / "array0/c");
  expect_error<FileError>([&] { open_scan(folder.string()); }, "no chunks");
}

TEST(Zarr, what_cannot_be_read_is_refused_in_one_line) {
  const auto refused = [](const auto& spoil, const std::string& says) {
    const auto folder = write_abtem(3, 2);
    spoil(folder);
    expect_error<FileError>([&] { read_pattern(*open_scan(folder.string()), 0, 0); }, says);
  };
  const auto array_with = [](const std::string& pointer, const Json& value) {
    return [=](const fs::path& folder) { change(folder / "array0/zarr.json", pointer, value); };
  };
  refused(array_with("/codecs/1", {{"name", "zstd"}}), "'zstd'");
  refused(array_with("/codecs/1", {{"name", "blosc"}}), "numpy.save");
  refused(array_with("/codecs/0/configuration/endian", "big"), "'bytes'");
  refused(array_with("/data_type", "complex64"), "complex64");
  refused(array_with("/shape", {2, 3, 2, 6, 4}), "array and chunks");
  refused(array_with("/shape", {3, 2, -6, 4}), "no array of patterns");
  refused(array_with("/shape", {1 << 30, 2, 6, 4}), "no scan");
  refused(array_with("/shape", {3, 2, 1 << 20, 1 << 20}), "pixels");
  refused(array_with("/chunk_grid/configuration/chunk_shape", {3, 2, 3, 4}), "divide its patterns");
  refused(array_with("/chunk_grid/configuration/chunk_shape", {1 << 30, 1 << 30, 6, 4}), "cut short");
  refused([](const fs::path& folder) { fs::resize_file(folder / "array0/c/0/0/0/0", 100); },
          "holds 100 bytes, not 576");
  refused([](const fs::path& folder) { write_bytes(folder / "array0/zarr.json", "{\"shape\""); }, "not valid JSON");
  refused([](const fs::path& folder) { write_bytes(folder / "zarr.json", "[1, 2"); }, "not valid JSON");
  refused([](const fs::path& folder) { fs::remove_all(folder / "array0"); }, "no array");
  refused([](const fs::path& folder) { fs::rename(folder / "zarr.json", folder / ".zgroup"); }, "old version");
}

}  // namespace
}  // namespace terrace
