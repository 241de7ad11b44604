// Folders as zarr 2 and 3, abTEM and HyperSpy write them.
#include "formats/zarr_scan.h"

#include <blosc.h>
#include <lz4.h>
#include <zlib.h>
#include <zstd.h>

#include <functional>
#include <map>
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

/// Packs every chunk of write_abtem's array as `pack` does, and says so in the codecs.
fs::path write_packed(const Json& codecs, const std::function<std::string(const std::string&)>& pack, int chunk_x = 2,
                      int chunk_y = 1) {
  const auto folder = write_abtem(chunk_x, chunk_y, "packed.zarr");
  for (const auto& entry : fs::recursive_directory_iterator(folder / "array0/c"))
    if (entry.is_regular_file()) write_bytes(entry.path(), pack(read_bytes(entry.path())));
  auto all = Json::array({{{"name", "bytes"}, {"configuration", {{"endian", "little"}}}}});
  for (const auto& codec : codecs) all.push_back(codec);
  change(folder / "array0/zarr.json", "/codecs", all);
  return folder;
}

std::string zlib_packed(const std::string& bytes) {
  std::string out(compressBound(bytes.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return out.substr(0, size);
}

std::string gzip_packed(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd_packed(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

std::string blosc_packed(const std::string& bytes, const char* compressor, int shuffle) {
  std::string out(bytes.size() + BLOSC_MAX_OVERHEAD, '\0');
  out.resize(blosc_compress_ctx(5, shuffle, 4, bytes.size(), bytes.data(), out.data(), out.size(), compressor, 0, 1));
  return out;
}

std::string lz4_packed(const std::string& bytes) {
  std::string out;
  append<std::uint32_t>(out, static_cast<double>(bytes.size()));
  std::string packed(LZ4_compressBound(static_cast<int>(bytes.size())), '\0');
  packed.resize(LZ4_compress_default(bytes.data(), packed.data(), static_cast<int>(bytes.size()),
                                     static_cast<int>(packed.size())));
  return out + packed;
}

std::string shuffled(const std::string& bytes) {
  std::string out;
  for (std::size_t byte = 0; byte < 4; ++byte)
    for (std::size_t i = byte; i < bytes.size(); i += 4) out += bytes[i];
  return out;
}

TEST(Zarr, packed_chunks_come_out_as_they_were) {
  const auto expect_in_place = [](const fs::path& folder) {
    SCOPED_TRACE(folder.string());
    expect_every_number_in_place(*open_scan(folder.string()));
  };
  expect_in_place(write_packed({{{"name", "zstd"}}}, zstd_packed));
  expect_in_place(write_packed({{{"name", "zstd"}}}, zstd_packed, 3, 2));
  expect_in_place(write_packed({{{"name", "gzip"}}}, gzip_packed));
  expect_in_place(write_packed({{{"name", "numcodecs.zlib"}}}, zlib_packed));
  expect_in_place(write_packed({{{"name", "numcodecs.lz4"}}}, lz4_packed));
  for (const auto* compressor : {"lz4", "zstd", "blosclz", "zlib"})
    for (const int shuffle : {BLOSC_NOSHUFFLE, BLOSC_SHUFFLE, BLOSC_BITSHUFFLE})
      expect_in_place(write_packed({{{"name", "blosc"}}},
                                   [&](const std::string& bytes) { return blosc_packed(bytes, compressor, shuffle); }));
  const Json shuffle = {{"name", "numcodecs.shuffle"}, {"configuration", {{"elementsize", 4}}}};
  expect_in_place(write_packed({shuffle, {{"name", "zstd"}}},
                               [](const std::string& bytes) { return zstd_packed(shuffled(bytes)); }));
}

TEST(Zarr, a_checksum_is_checked) {
  // crc32c of "123456789" is 0xE3069283 (RFC 3720, B.4, lists others; this is the catalogue's check value).
  const auto folder = fresh("unused").parent_path() / "check.zarr";
  fs::create_directories(folder / "c/0");
  auto json = array_json({1, 9}, {1, 9});
  json["data_type"] = "uint8";
  json["codecs"].push_back({{"name", "crc32c"}});
  write_bytes(folder / "zarr.json", json.dump());
  write_bytes(folder / "c/0/0", "123456789\x83\x92\x06\xE3");
  EXPECT_THAT(read_pattern(*open_scan(folder.string()), 0, 0),
              testing::ElementsAre('1', '2', '3', '4', '5', '6', '7', '8', '9'));
  write_bytes(folder / "c/0/0", "123456788\x83\x92\x06\xE3");
  expect_error<FileError>([&] { read_pattern(*open_scan(folder.string()), 0, 0); }, "checksum");
}

TEST(Zarr, patterns_that_chunks_divide_are_put_together) {
  const auto folder = fresh("unused").parent_path() / "divided.zarr";
  fs::remove_all(folder);
  const auto info = small_scan();
  // [y][x][ky][kx] of 2 × 3 positions, chunks of 1 × 2 positions and 3 × 4 pixels: the last ones reach beyond the edge.
  write_bytes((fs::create_directories(folder), folder / "zarr.json"),
              array_json({2, 3, info.detector_height, info.detector_width}, {1, 2, 3, 4}).dump());
  const auto chunks = [](int extent, int chunk) { return (extent + chunk - 1) / chunk; };
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 2; ++x)
      for (int row = 0; row < chunks(info.detector_height, 3); ++row)
        for (int column = 0; column < chunks(info.detector_width, 4); ++column) {
          std::vector<float> numbers;
          for (int i = 0; i < 2; ++i)
            for (int j = 0; j < 3; ++j)
              for (int k = 0; k < 4; ++k) numbers.push_back(number_at(y, 2 * x + i, 3 * row + j, 4 * column + k));
          const auto file =
              folder / "c" / std::to_string(y) / std::to_string(x) / std::to_string(row) / std::to_string(column);
          fs::create_directories(file.parent_path());
          write_bytes(file, {reinterpret_cast<const char*>(numbers.data()), 4 * numbers.size()});
        }
  expect_every_number_in_place(*open_scan(folder.string()));
}

/// small_scan() as [y][x][ky][kx] big-endian in Zarr 2, one pattern a chunk.
void write_version_2(const fs::path& folder, const std::string& separator, const Json& compressor,
                     const std::function<std::string(const std::string&)>& pack) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  const Json array = {{"zarr_format", 2},   {"shape", {2, 3, 4, 6}},    {"chunks", {1, 1, 4, 6}},
                      {"dtype", ">f4"},     {"fill_value", 0.0},        {"order", "C"},
                      {"filters", nullptr}, {"compressor", compressor}, {"dimension_separator", separator}};
  write_bytes(folder / ".zarray", array.dump());
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 3; ++x) {
      std::string bytes;
      for (int ky = 0; ky < 4; ++ky)
        for (int kx = 0; kx < 6; ++kx) append<float>(bytes, number_at(y, x, ky, kx), Order::big);
      const auto file =
          folder / (std::to_string(y) + separator + std::to_string(x) + separator + "0" + separator + "0");
      fs::create_directories(file.parent_path());
      write_bytes(file, pack(bytes));
    }
}

TEST(Zarr, version_2_is_read_as_well) {
  const auto folder = fresh("unused").parent_path() / "two.zarr";
  for (const std::string separator : {".", "/"}) {
    write_version_2(folder, separator, nullptr, [](const std::string& bytes) { return bytes; });
    expect_every_number_in_place(*open_scan(folder.string()));
    write_version_2(folder, separator, {{"id", "zlib"}, {"level", 1}}, zlib_packed);
    expect_every_number_in_place(*open_scan(folder.string()));
    write_version_2(folder, separator, {{"id", "blosc"}, {"cname", "zstd"}, {"clevel", 1}, {"shuffle", 1}},
                    [](const std::string& bytes) { return blosc_packed(bytes, "zstd", BLOSC_SHUFFLE); });
    expect_every_number_in_place(*open_scan(folder.string()));
  }
}

TEST(Zarr, a_hyperspy_signal_brings_its_axes_and_microscope) {
  const auto root = fresh("unused").parent_path() / "signal.zspy";
  fs::remove_all(root);
  const auto group = [&](const fs::path& path, const Json& attributes) {
    fs::create_directories(root / path);
    write_bytes(root / path / ".zgroup", R"({"zarr_format": 2})");
    write_bytes(root / path / ".zattrs", attributes.dump());
  };
  group("", {{"file_format", "ZSpy"}});
  group("Experiments/it", Json::object());
  write_version_2(root / "Experiments/it/data", "/", {{"id", "zstd"}, {"level", 1}}, zstd_packed);
  const auto axis = [&](int number, const char* units, double scale, double offset) {
    group("Experiments/it/axis-" + std::to_string(number),
          {{"units", units}, {"scale", scale}, {"offset", offset}, {"navigate", number < 2}});
  };
  axis(0, "nm", 0.05, 0.1), axis(1, "nm", 0.025, 0), axis(2, "mrad", 1.5, -3), axis(3, "mrad", 1.25, -2.5);
  group("Experiments/it/metadata/Acquisition_instrument/TEM", {{"beam_energy", 300}, {"convergence_angle", 21.4}});
  group("Experiments/it/metadata/General", {{"title", "a scan"}});
  const auto scan = open_scan(root.string());
  expect_every_number_in_place(*scan);
  const auto& info = scan->info();
  EXPECT_EQ(info.format, "HyperSpy (Zarr)");
  EXPECT_EQ(info.step_y_angstrom, 0.5);
  EXPECT_EQ(info.start_y_angstrom, 1);
  EXPECT_EQ(info.mrad_per_pixel_x, 1.25);
  EXPECT_EQ(info.centre_row, 2);
  EXPECT_EQ(info.energy_kev, 300);
  EXPECT_EQ(info.semiangle_mrad, 21.4);
  EXPECT_EQ(info.title, "a scan");
  axis(2, "eV", 1, 0), group("Experiments/it/axis-2", {{"navigate", true}});
  expect_error<FileError>([&] { open_scan(root.string()); }, "spectra");
}

TEST(Zarr, what_abtem_wrote_before_1_0_10_brings_its_axes) {
  const auto root = fresh("unused").parent_path() / "old_abtem.zarr";
  fs::remove_all(root);
  fs::create_directories(root);
  write_bytes(root / ".zgroup", R"({"zarr_format": 2})");
  const Json scan_axes = {{{"label", "y"}, {"units", "Å"}, {"sampling", 0.25}, {"offset", 1.0}, {"type", "ScanAxis"}},
                          {{"label", "x"}, {"units", "Å"}, {"sampling", 0.5}, {"offset", 0.0}, {"type", "ScanAxis"}}};
  const Json kwargs = {{"ensemble_axes_metadata", scan_axes},
                       {"sampling", {0.1, 0.2}},
                       {"fftshift", true},
                       {"metadata", {{"energy", 200e3}, {"semiangle_cutoff", 20}}}};
  write_bytes(root / ".zattrs", Json{{"type0", "DiffractionPatterns"}, {"kwargs0", kwargs}}.dump());
  write_version_2(root / "array0", ".", nullptr, [](const std::string& bytes) { return bytes; });
  const auto info = open_scan(root.string())->info();
  EXPECT_EQ(info.format, "abTEM (Zarr)");
  EXPECT_EQ(info.step_y_angstrom, 0.25);
  EXPECT_EQ(info.step_x_angstrom, 0.5);
  EXPECT_EQ(info.energy_kev, 200);
  EXPECT_EQ(info.detector_height, 6);  // [y][x][kx][ky]: the last axis is ky
  EXPECT_DOUBLE_EQ(info.centre_row, 3);
  EXPECT_DOUBLE_EQ(info.centre_column, 2);
  EXPECT_DOUBLE_EQ(info.mrad_per_pixel_x, 100 * wavelength(200));
}

TEST(Zarr, damaged_chunks_are_refused_in_one_line_before_anything_is_unpacked) {
  const auto refused = [](const Json& codecs, const std::function<std::string(const std::string&)>& pack,
                          const std::string& says) {
    const auto folder = write_packed(codecs, pack);
    expect_error<FileError>([&] { read_pattern(*open_scan(folder.string()), 0, 0); }, says);
  };
  const std::map<std::string, std::function<std::string(const std::string&)>> packings = {
      {"zstd", zstd_packed},
      {"gzip", gzip_packed},
      {"lz4", lz4_packed},
      {"blosc", [](const std::string& bytes) { return blosc_packed(bytes, "lz4", BLOSC_SHUFFLE); }}};
  for (const auto& [name, pack] : packings) {
    const Json codecs = {{{"name", name}}};
    refused(
        codecs, [&](const std::string& bytes) { return pack(bytes).substr(0, pack(bytes).size() / 2); },
        "damaged chunk");
    refused(
        codecs, [&](const std::string& bytes) { return pack(bytes.substr(4)); }, "damaged chunk");
    refused(
        codecs, [&](const std::string& bytes) { return pack(bytes + bytes); }, "damaged chunk");
    refused(
        codecs, [&](const std::string&) { return std::string(3, '\xFF'); }, "array0");
    // Every byte changed once: refused, or other numbers, but never a crash.
    const auto good = pack(std::string(192, 'a') + std::string(192, 'b'));
    for (std::size_t at = 0; at < good.size(); ++at) {
      auto bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 0xFF);
      const auto folder = write_packed(codecs, [&](const std::string&) { return bad; });
      try {
        read_pattern(*open_scan(folder.string()), 0, 0);
      } catch (const FileError&) {
      }
    }
  }
  // A file that is far larger than what it stands for.
  refused(
      {{{"name", "zstd"}}}, [](const std::string& bytes) { return zstd_packed(bytes) + std::string(1'000'000, 'x'); },
      "bytes of numbers");
  // A small file that promises gigabytes.
  const auto folder = write_packed({{{"name", "zstd"}}}, zstd_packed);
  change(folder / "array0/zarr.json", "/shape", {3, 2, 1 << 13, 1 << 13});
  change(folder / "array0/zarr.json", "/chunk_grid/configuration/chunk_shape", {1, 1, 1 << 13, 1 << 13});
  expect_error<FileError>([&] { read_pattern(*open_scan(folder.string()), 0, 0); }, "cannot hold");
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
  refused(array_with("/codecs/1", {{"name", "sharding_indexed"}}), "'sharding_indexed'");
  refused(array_with("/codecs/1", {{"name", "numcodecs.bz2"}}), "numpy.save");
  refused(array_with("/codecs", {{{"name", "zstd"}}, {{"name", "gzip"}}}), "compressed 2 times");
  refused(array_with("/data_type", "complex64"), "complex64");
  refused(array_with("/shape", {2, 3, 2, 6, 4}), "array and chunks");
  refused(array_with("/shape", {3, 2, -6, 4}), "no array of patterns");
  refused(array_with("/shape", {1 << 30, 2, 6, 4}), "no scan");
  refused(array_with("/shape", {3, 2, 1 << 20, 1 << 20}), "pixels");
  refused(array_with("/chunk_grid/configuration/chunk_shape", {1 << 20, 1 << 20, 6, 4}), "cut short");
  refused(array_with("/chunk_grid/configuration/chunk_shape", {1 << 30, 1 << 30, 6, 3}), "smaller chunks");
  refused([](const fs::path& folder) { fs::resize_file(folder / "array0/c/0/0/0/0", 100); },
          "holds 100 bytes of numbers, not 576");
  refused([](const fs::path& folder) { write_bytes(folder / "array0/zarr.json", "{\"shape\""); }, "not valid JSON");
  refused([](const fs::path& folder) { write_bytes(folder / "zarr.json", "[1, 2"); }, "not valid JSON");
  const int levels = 200'000;
  refused(
      [](const fs::path& folder) {
        write_bytes(folder / "zarr.json", R"({"shape": )" + std::string(levels, '[') + std::string(levels, ']') + "}");
      },
      "nested");
  refused([](const fs::path& folder) { fs::remove_all(folder / "array0"); }, "no array");

  const auto old = fresh("unused").parent_path() / "two.zarr";
  write_version_2(old, ".", nullptr, [](const std::string& bytes) { return bytes; });
  change(old / ".zarray", "/order", "F");
  expect_error<FileError>([&] { open_scan(old.string()); }, "Fortran order");
  change(old / ".zarray", "/order", "C");
  change(old / ".zarray", "/dtype", "<c8");
  expect_error<FileError>([&] { open_scan(old.string()); }, "<c8");
}

}  // namespace
}  // namespace terrace
