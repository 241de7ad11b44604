// For the tests of this module: HDF5 files with bitshuffle-LZ4 chunks, made from the description of that format bit by
// bit, and with external links, as Dectris cameras write them.
#pragma once

#include <gtest/gtest.h>
#include <hdf5.h>
#include <lz4.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/array.h"

namespace terrace::testing_files {

inline std::string big_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text.push_back(static_cast<char>(number >> 8 * i & 255));
  return text;
}

inline std::string lz4_block(const std::string& bytes) {
  std::string packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(bytes.size()))), '\0');
  packed.resize(static_cast<std::size_t>(LZ4_compress_default(
      bytes.data(), packed.data(), static_cast<int>(bytes.size()), static_cast<int>(packed.size()))));
  return big_endian(packed.size(), 4) + packed;
}

/// Bit k of byte b of number i goes to byte (8b + k) n/8 + i/8, bit i mod 8.
inline std::string shuffled_bits(const std::string& bytes, std::size_t item_bytes) {
  std::string out(bytes.size(), '\0');
  const auto n = bytes.size() / item_bytes;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t b = 0; b < item_bytes; ++b)
      for (std::size_t k = 0; k < 8; ++k)
        if (bytes[i * item_bytes + b] >> k & 1) out[(8 * b + k) * (n / 8) + i / 8] |= static_cast<char>(1 << i % 8);
  return out;
}

/// A chunk as bitshuffle-LZ4 stores it, in blocks of `block` numbers.
inline std::string bitshuffle_lz4(const std::string& bytes, std::size_t item_bytes, std::size_t block) {
  std::string out = big_endian(bytes.size(), 8) + big_endian(block * item_bytes, 4);
  std::size_t at = 0;
  for (auto items = bytes.size() / item_bytes; items >= 8;) {
    const auto part = std::min(block, items / 8 * 8);
    out += lz4_block(shuffled_bits(bytes.substr(at, part * item_bytes), item_bytes));
    at += part * item_bytes;
    items -= part;
  }
  return out + bytes.substr(at);
}

template <class T>
std::string bytes_of(std::span<const T> numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()};
}

inline hid_t with_groups() {
  const hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  return links;
}

/// A file whose dataset `path` holds `frames`, one chunk a frame, of uint16 or uint32.
template <class T>
void write_packed(const std::filesystem::path& file, const std::string& path, const Array<T, 3>& frames) {
  const hsize_t extents[] = {hsize_t(frames.extent(0)), hsize_t(frames.extent(1)), hsize_t(frames.extent(2))};
  const hsize_t chunk[] = {1, extents[1], extents[2]};
  const unsigned settings[] = {0, 3, sizeof(T), 0, 2};
  const hid_t out = H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(3, extents, nullptr), layout = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(layout, 3, chunk);
  H5Pset_filter(layout, 32008, H5Z_FLAG_OPTIONAL, 5, settings);
  const hid_t data = H5Dcreate2(out, path.c_str(), sizeof(T) == 2 ? H5T_STD_U16LE : H5T_STD_U32LE, space, with_groups(),
                                layout, H5P_DEFAULT);
  for (hsize_t i = 0; i < extents[0]; ++i) {
    const hsize_t first[] = {i, 0, 0};
    const auto packed = bitshuffle_lz4(bytes_of(frames[static_cast<std::int64_t>(i)]), sizeof(T), 16);
    ASSERT_GE(H5Dwrite_chunk(data, H5P_DEFAULT, 0, first, packed.size(), packed.data()), 0);
  }
  H5Dclose(data);
  ASSERT_GE(H5Fclose(out), 0);
}

/// Adds to `file` an external link `path` to `inside` of `other`.
inline void link_outside(const std::filesystem::path& file, const std::string& path, const std::string& other,
                         const std::string& inside) {
  const hid_t out = H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  ASSERT_GE(H5Lcreate_external(other.c_str(), inside.c_str(), out, path.c_str(), with_groups(), H5P_DEFAULT), 0);
  ASSERT_GE(H5Fclose(out), 0);
}

}  // namespace terrace::testing_files
