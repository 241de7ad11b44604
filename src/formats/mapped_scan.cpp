#include "formats/mapped_scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "formats/file_bytes.h"

namespace terrace {
namespace {

template <class T>
void gather(const std::byte* first, const PatternLayout& from, float* out) {
  for (int row = 0; row < from.height; ++row)
    for (int column = 0; column < from.width; ++column)
      *out++ =
          static_cast<float>(load<T>(first + row * from.row_bytes + column * from.column_bytes, from.type.big_endian));
}

ReadPattern gather_for(const NumberType& type) {
  if (type.kind == 'f') return type.bytes == 4 ? gather<float> : gather<double>;
  const bool has_sign = type.kind == 'i';
  switch (type.bytes) {
    case 1:
      return has_sign ? gather<std::int8_t> : gather<std::uint8_t>;
    case 2:
      return has_sign ? gather<std::int16_t> : gather<std::uint16_t>;
    case 4:
      return has_sign ? gather<std::int32_t> : gather<std::uint32_t>;
    default:
      return has_sign ? gather<std::int64_t> : gather<std::uint64_t>;
  }
}

}  // namespace

std::string name_of(const NumberType& type) {
  const std::string kind = type.kind == 'f' ? "float" : type.kind == 'u' ? "uint" : "int";
  return kind + std::to_string(8 * type.bytes);
}

NumberType number_type(std::string_view name) {
  for (const auto& type :
       {NumberType{'u', 1}, {'u', 2}, {'u', 4}, {'u', 8}, {'i', 1}, {'i', 2}, {'i', 4}, {'i', 8}, {'f', 4}, {'f', 8}})
    if (name == name_of(type)) return type;
  throw InputError(fmt::format("'{}' is no type of number. Try uint8, uint16, uint32, int16, int32, float32.", name));
}

void read_numbers(const std::byte* first, const PatternLayout& layout, float* pattern) {
  gather_for(layout.type)(first, layout, pattern);
}

ScanLayout array_layout(const NumberType& type, std::int64_t first_byte, const Extents& extents, const AxisOrder& order,
                        StorageOrder storage) {
  const int rank = static_cast<int>(extents.size());
  Extents strides(rank);
  std::int64_t step = type.bytes;
  for (int i = 0; i < rank; ++i) {
    const int axis = storage == StorageOrder::first_axis_fastest ? i : rank - 1 - i;
    strides[axis] = step;
    step *= extents[axis];
  }
  const auto stride = [&](int axis) { return order[axis] < 0 ? 0 : strides[order[axis]]; };
  ScanLayout layout;
  layout.pattern = {type, static_cast<int>(extents[order[2]]), static_cast<int>(extents[order[3]]), stride(2),
                    stride(3)};
  layout.first_byte = first_byte;
  layout.y_bytes = stride(0);
  layout.x_bytes = stride(1);
  return layout;
}

void require_array(const std::string& name, std::size_t file_bytes, std::int64_t first_byte, const NumberType& type,
                   const Extents& extents, const std::string& header_says) {
  double promised = type.bytes;  // as a double: it may be beyond any integer
  for (const auto extent : extents) promised *= static_cast<double>(extent);
  const double held = std::max(0.0, static_cast<double>(file_bytes) - static_cast<double>(first_byte));
  if (promised > held)
    throw FileError(fmt::format("'{}' holds {:.0f} bytes of numbers, not {:.0f} ({}). Was the copy cut short?", name,
                                held, promised, header_says));
}

MappedScan::MappedScan(MappedFile file, ScanInfo info, const ScanLayout& layout)
    : file_(std::move(file)), layout_(layout) {
  info_ = std::move(info);
}

void MappedScan::read(int row, int column, std::span<float> pattern) const {
  const auto at = layout_.first_byte + row * layout_.y_bytes + column * layout_.x_bytes;
  layout_.read(file_.bytes().data() + at, layout_.pattern, pattern.data());
}

}  // namespace terrace
