// Scans whose numbers lie uncompressed in a file, which is mapped and not loaded: what the readers of NumPy, raw and
// camera files share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "formats/hdf5.h"
#include "formats/mapped_file.h"
#include "formats/scan.h"
#include "formats/scan_overrides.h"

namespace terrace {

/// How one number is stored.
struct NumberType {
  char kind = 'f';  ///< 'f' float, 'u' unsigned, 'i' signed
  int bytes = 4;
  bool big_endian = false;
};

/// "float32", "uint16" …
std::string name_of(const NumberType& type);
/// From such a name, little-endian. Throws InputError for any other.
NumberType number_type(std::string_view name);

/// How the numbers of one pattern lie, counted from that of row 0 and column 0; a distance is negative where the file
/// stores rows or columns the other way round.
struct PatternLayout {
  NumberType type;
  int height = 0, width = 0;
  std::int64_t row_bytes = 0, column_bytes = 0;
};

/// Makes `height × width` numbers of what begins at `first`.
using ReadPattern = void (*)(const std::byte* first, const PatternLayout& layout, float* pattern);
void read_numbers(const std::byte* first, const PatternLayout& layout, float* pattern);

/// Where the patterns lie in a file.
struct ScanLayout {
  PatternLayout pattern;
  std::int64_t first_byte = 0;            ///< of the pattern at scan position (0, 0)
  std::int64_t y_bytes = 0, x_bytes = 0;  ///< from one scan row, one scan column to the next
  ReadPattern read = read_numbers;
};

enum class StorageOrder { last_axis_fastest, first_axis_fastest };

/// The layout of an array of these extents, which begins at `first_byte`; `order` says which axis is y, x, ky, kx.
ScanLayout array_layout(const NumberType& type, std::int64_t first_byte, const Extents& extents, const AxisOrder& order,
                        StorageOrder storage = StorageOrder::last_axis_fastest);

/// Throws FileError where the array that `header_says` ("its header says shape [2, 3] of float32") would reach beyond
/// the end of a file of `file_bytes`.
void require_array(const std::string& name, std::size_t file_bytes, std::int64_t first_byte, const NumberType& type,
                   const Extents& extents, const std::string& header_says);

/// A scan in one mapped file. Safe to read from several threads.
class MappedScan : public Scan {
 public:
  /// The caller has made sure that all of the layout lies within the file.
  MappedScan(MappedFile file, ScanInfo info, const ScanLayout& layout);
  void read(int row, int column, std::span<float> pattern) const override;

 private:
  MappedFile file_;
  ScanLayout layout_;
};

}  // namespace terrace
