// Numbers at places in a file's bytes, for the readers of headers: every place is checked.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"

namespace terrace {

static_assert(std::endian::native == std::endian::little);

/// The number that is stored at `from`, in this machine's order or (`swap`) the other.
template <class T>
T load(const std::byte* from, bool swap = false) {
  std::byte bytes[sizeof(T)];
  std::memcpy(bytes, from, sizeof(T));
  if (swap) std::reverse(bytes, bytes + sizeof(T));
  return std::bit_cast<T>(bytes);
}

/// Borrows the bytes. What lies beyond the end throws FileError.
class FileBytes {
 public:
  FileBytes(std::span<const std::byte> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

  std::int64_t size() const { return static_cast<std::int64_t>(bytes_.size()); }
  const std::string& name() const { return name_; }

  template <class T>
  T little(std::int64_t place) const {
    return load<T>(from(place, sizeof(T)));
  }
  template <class T>
  T big(std::int64_t place) const {
    return load<T>(from(place, sizeof(T)), true);
  }
  std::string_view text(std::int64_t place, std::int64_t length) const {
    return {reinterpret_cast<const char*>(from(place, length)), static_cast<std::size_t>(length)};
  }
  void require(std::int64_t place, std::int64_t length) const {
    if (place < 0 || length < 0 || place > size() || length > size() - place)
      throw FileError(fmt::format("'{}' ends after {} bytes, within what its header promises. Was the copy cut short?",
                                  name_, size()));
  }

 private:
  const std::byte* from(std::int64_t place, std::int64_t length) const {
    require(place, length);
    return bytes_.data() + place;
  }

  std::span<const std::byte> bytes_;
  std::string name_;
};

}  // namespace terrace
