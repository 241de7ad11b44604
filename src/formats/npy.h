// NumPy's .npy files: everyone's escape hatch. Format: NEP 1 and numpy.lib.format, versions 1.0 to 3.0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "formats/hdf5.h"
#include "formats/mapped_scan.h"
#include "formats/partial_file.h"
#include "formats/scan_overrides.h"

namespace terrace {

/// What the header of a .npy file says.
struct NpyHeader {
  NumberType type;
  bool fortran_order = false;
  Extents shape;
  std::int64_t data_offset = 0;
};

/// Reads the header from the file's first bytes. Throws FileError, naming `name`.
NpyHeader read_npy_header(std::string_view bytes, const std::string& name);

bool is_npy(std::string_view start);
/// A scan in a .npy file, memory-mapped: 4 axes in the order that `overrides.axes` says, or 3 (patterns in a row), or 2
/// (one pattern). Throws FileError.
std::unique_ptr<Scan> open_npy(const std::filesystem::path& path, const ScanOverrides& overrides);

/// Writes float32 numbers of the given shape, C order, little-endian, version 1.0; the file appears on close().
class NpyWriter {
 public:
  NpyWriter(const std::filesystem::path& path, const Extents& shape);
  /// Throws ResourceError where the disk is full.
  void append(std::span<const float> numbers);
  /// Throws FileError where not just as many numbers came as the shape promises, ResourceError where the disk is full.
  void close();

 private:
  void require_written() const;

  PartialFile file_;
  std::ofstream stream_;
  std::int64_t missing_;
};

}  // namespace terrace
