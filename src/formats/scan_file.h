// Our scan file: one HDF5 file that py4DSTEM, HyperSpy, LiberTEM and NeXus viewers open as theirs, and terrace again.
// Layout: docs/formats.md.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>

#include "core/progress.h"
#include "formats/hdf5.h"
#include "formats/partial_file.h"
#include "formats/scan.h"

namespace terrace {

/// Writes a scan pattern by pattern, stored as `info.dtype`: "float32", or "uint16" or "uint32" for counts, rounded,
/// shuffled and gzipped; empty: counts where a dose is given, else float32. Until close() the file is called
/// NAME.partial; destroyed earlier, it is removed.
class ScanWriter {
 public:
  /// Checks the free space first. `settings` is stored as JSON text and comes back as ScanInfo::provenance. Throws
  /// InputError for a shape or dtype that cannot be, ResourceError where the disk is too full, FileError.
  ScanWriter(const std::filesystem::path& path, const ScanInfo& info, const nlohmann::ordered_json& settings);

  /// One pattern, detector_height × detector_width; or all of a row, scan_width patterns. Any order, any thread. Throws
  /// InputError where a count does not fit the dtype, ResourceError where the disk is full.
  void write(int row, int column, std::span<const float> pattern);
  void write_row(int row, std::span<const float> patterns);
  void close();

 private:
  void write_block(const Extents& start, const Extents& counts, std::span<const float> numbers);

  PartialFile place_;
  Hdf5File file_;
  Hdf5Dataset data_;
  ScanInfo info_;
};

/// Writes all of `scan` under `path`, with its settings carried over.
void write_scan(const std::filesystem::path& path, const Scan& scan, const Progress& progress = {});

}  // namespace terrace
