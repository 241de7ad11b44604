// HDF5 files as plain reads and writes; hdf5_library.h alone includes the HDF5 library. Under every scan and
// shard. May be used from several threads: one lock serialises every call.
//
//   auto file = Hdf5File::create("run.h5");
//   file.write("/labels/depth_nm", depths);                         // Array, vector, number, truth value or string
//   file.write("/patterns", patterns, {.chunk = {1, 64, 64}, .gzip = 4});
//   file.write_attribute("/patterns", "units", "fraction");
//   file.close();
//
//   const auto file = Hdf5File::open("run.h5");
//   const auto depths = file.read<std::vector<double>>("/labels/depth_nm");
//   file.dataset("/patterns").read<float>({7, 0, 0}, {1, 64, 64}, pattern);
//
// Every function throws FileError that names the file and the object, ResourceError where the disk is full.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/array.h"
#include "formats/chunk_reader.h"
#include "formats/hdf5_filters.h"

namespace terrace {

using Extents = std::vector<std::int64_t>;
/// "[4, 16, 64, 64]", for errors.
std::string shape_text(const Extents& extents);

/// How a dataset lies in its file: without `chunk` in one piece, else in chunks (one extent an axis), shuffled and
/// compressed where `gzip` is 1 … 9.
struct Hdf5Layout {
  Extents chunk = {};
  int gzip = 0;
};

/// The library trusts plain headers: a changed byte in them can end the program. Of checksummed ones (HDF5 1.8 and
/// later) it notices. Texts are stored where neither protects them.
enum class Hdf5Headers { plain, checksummed };

namespace hdf5_detail {

enum class Type { int8, uint8, int16, uint16, int32, uint32, int64, uint64, float32, float64 };

template <class T>
constexpr Type type_of() {
  static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>, "numbers only");
  if constexpr (std::is_floating_point_v<T>) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8);
    return sizeof(T) == 4 ? Type::float32 : Type::float64;
  } else {
    constexpr int width = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 2 : sizeof(T) == 4 ? 4 : 6;
    return static_cast<Type>(width + (std::is_unsigned_v<T> ? 1 : 0));
  }
}

/// Owns one identifier of the HDF5 library.
class Handle {
 public:
  Handle() = default;
  explicit Handle(std::int64_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle() { release(); }
  std::int64_t id() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  /// Says whether the library could let go; buffered data may fail to reach the disk here.
  bool release() noexcept;

 private:
  std::int64_t id_ = -1;
};

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsArray : std::false_type {};
template <class T, int N>
struct IsArray<Array<T, N>> : std::true_type {};

}  // namespace hdf5_detail

/// An open dataset, for reading and writing by parts. Valid while its file is open.
class Hdf5Dataset {
 public:
  Hdf5Dataset() = default;
  const Extents& extents() const { return extents_; }
  /// "float32", "uint16" … as in NumPy, whatever the byte order; "string", "compound", "other" where not numbers.
  const std::string& type() const { return type_; }
  bool is_numeric() const;
  /// The chunk's extents; empty where the dataset lies in one piece.
  const Extents& chunk() const { return chunk_; }
  /// Bytes that the numbers need once read, and bytes that they take in the file.
  std::int64_t bytes() const;
  std::int64_t stored_bytes() const;
  /// Throws FileError where the dataset claims more than its bytes can hold however compressed: most of it was never
  /// written. Whole reads check this by themselves.
  void refuse_empty_promise() const;
  /// Throws FileError where the dataset went through a filter that neither the library here nor we can undo.
  void refuse_unknown_filters() const;
  /// Whether it holds numbers that refuse_unknown_filters lets pass.
  bool can_be_read() const;

  /// The block of `counts` numbers from `start`, in C order, converted to T. `numbers` must hold just as many.
  template <class T>
  void read(const Extents& start, const Extents& counts, std::span<T> numbers) const {
    read(start, counts, hdf5_detail::type_of<T>(), numbers.data(), numbers.size());
  }
  template <class T>
  void write(const Extents& start, const Extents& counts, std::span<const T> numbers) {
    write(start, counts, hdf5_detail::type_of<T>(), numbers.data(), numbers.size());
  }

 private:
  friend class Hdf5File;
  Hdf5Dataset(hdf5_detail::Handle handle, std::string name);
  void read(const Extents&, const Extents&, hdf5_detail::Type, void*, std::size_t count) const;
  void write(const Extents&, const Extents&, hdf5_detail::Type, const void*, std::size_t count);
  void read_own_chunks(const Extents&, const Extents&, hdf5_detail::Type, void*, std::size_t count) const;
  std::vector<std::byte> unpacked_chunk(const Extents& first) const;
  const Hdf5Filter* unknown_filter() const;

  hdf5_detail::Handle handle_;
  std::string name_;  ///< "file.h5:/path", for errors
  Extents extents_, chunk_;
  std::string type_;
  std::vector<Hdf5Filter> filters_;
  std::shared_ptr<ChunkReader> own_chunks_;  ///< where we undo the filters; none where the library does
};

/// What an external link says: the other file, as written in this one, and the path in it.
struct Hdf5ExternalLink {
  std::string file, path;
};

/// An open HDF5 file. Paths inside start with '/'; groups on the way to a new object are made.
class Hdf5File {
 public:
  /// Starts an empty file in place of whatever `path` was. The file can be read by HDF5 1.8; equal content gives equal
  /// bytes (no time stamps).
  static Hdf5File create(const std::filesystem::path& path, Hdf5Headers headers = Hdf5Headers::plain);
  /// For reading only. Throws FileError where the file is missing, not HDF5 or cut short.
  static Hdf5File open(const std::filesystem::path& path);
  /// Whether `path` begins as an HDF5 file does.
  static bool is_hdf5(const std::filesystem::path& path);
  /// Brings everything to the disk; a write that fails shows here at the latest. Without it the destructor closes,
  /// silently.
  void close();
  const std::filesystem::path& path() const { return path_; }

  bool has(const std::string& path) const;
  bool is_dataset(const std::string& path) const;
  /// Whether or not there is anything at its end; nothing where `path` is no external link.
  std::optional<Hdf5ExternalLink> external_link(const std::string& path) const;
  /// Names of the members of a group, sorted.
  std::vector<std::string> children(const std::string& group) const;
  /// Paths of all datasets below `group` that hard links reach, sorted.
  std::vector<std::string> datasets(const std::string& group = "/") const;
  void make_group(const std::string& path);
  /// A soft link called `path` to the object `target`.
  void link(const std::string& path, const std::string& target);

  /// T: number, bool (stored as h5py does), string (UTF-8), vector of numbers or strings, Array.
  template <class T>
  void write(const std::string& path, const T& value, const Hdf5Layout& layout = {}) {
    put(path, "", value, layout);
  }
  template <class T>
  T read(const std::string& path) const {
    return get<T>(path, "");
  }
  /// A dataset to be filled by parts; what is never written reads 0.
  template <class T>
  Hdf5Dataset make_dataset(const std::string& path, const Extents& extents, const Hdf5Layout& layout = {}) {
    put_numbers(path, "", hdf5_detail::type_of<T>(), extents, nullptr, layout);
    return dataset(path);
  }
  Hdf5Dataset dataset(const std::string& path) const;

  /// Attributes of the group or dataset `object`, of the same types.
  template <class T>
  void write_attribute(const std::string& object, const std::string& name, const T& value) {
    put(object, name, value, {});
  }
  template <class T>
  T read_attribute(const std::string& object, const std::string& name) const {
    return get<T>(object, name);
  }
  bool has_attribute(const std::string& object, const std::string& name) const;

 private:
  Hdf5File(hdf5_detail::Handle file, std::filesystem::path path) : path_(std::move(path)), file_(std::move(file)) {}
  void put_numbers(const std::string& object, const std::string& attribute, hdf5_detail::Type, const Extents&,
                   const void*, const Hdf5Layout&);
  void put_truth(const std::string& object, const std::string& attribute, bool value);
  /// `extents` empty: a scalar, the first of `texts`.
  void put_texts(const std::string& object, const std::string& attribute, const Extents& extents,
                 const std::vector<std::string>& texts);
  Extents extents_of(const std::string& object, const std::string& attribute) const;
  void get_numbers(const std::string& object, const std::string& attribute, hdf5_detail::Type, void*,
                   std::int64_t count) const;
  std::vector<std::string> get_texts(const std::string& object, const std::string& attribute) const;
  [[noreturn]] void refuse_shape(const std::string& object, const std::string& attribute, const Extents& found,
                                 const std::string& wanted) const;
  std::string name_of(const std::string& object, const std::string& attribute) const;
  hdf5_detail::Handle open_object(const std::string& object, const std::string& attribute) const;
  void write_whole(const std::string& object, const std::string& attribute, std::int64_t type, const Extents&,
                   const void*, const Hdf5Layout&);

  template <class T>
  void put(const std::string& object, const std::string& attribute, const T& value, const Hdf5Layout& layout) {
    using namespace hdf5_detail;
    if constexpr (std::is_convertible_v<T, std::string>) {
      put_texts(object, attribute, {}, {std::string(value)});
    } else if constexpr (std::is_same_v<T, bool>) {
      put_truth(object, attribute, value);
    } else if constexpr (std::is_arithmetic_v<T>) {
      put_numbers(object, attribute, type_of<T>(), {}, &value, layout);
    } else {
      if constexpr (IsArray<T>::value) {
        const Extents extents(value.extents().begin(), value.extents().end());
        put_numbers(object, attribute, type_of<std::remove_cvref_t<decltype(*value.data())>>(), extents, value.data(),
                    layout);
      } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        put_texts(object, attribute, {static_cast<std::int64_t>(value.size())}, value);
      } else {
        put_numbers(object, attribute, type_of<typename T::value_type>(), {static_cast<std::int64_t>(value.size())},
                    value.data(), layout);
      }
    }
  }

  template <class T>
  T get(const std::string& object, const std::string& attribute) const {
    using namespace hdf5_detail;
    if constexpr (std::is_same_v<T, std::string>) {
      const auto texts = get_texts(object, attribute);
      if (texts.size() != 1) refuse_shape(object, attribute, extents_of(object, attribute), "one string");
      return texts[0];
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
      return get_texts(object, attribute);
    } else if constexpr (std::is_same_v<T, bool>) {
      return get<std::int8_t>(object, attribute) != 0;
    } else if constexpr (std::is_arithmetic_v<T>) {
      T value{};
      get_numbers(object, attribute, type_of<T>(), &value, 1);
      return value;
    } else {
      return get_block<T>(object, attribute);
    }
  }

  template <class T>
  T get_block(const std::string& object, const std::string& attribute) const {
    const auto extents = extents_of(object, attribute);
    std::int64_t count = 1;
    for (const auto extent : extents) count *= extent;
    T block;
    if constexpr (hdf5_detail::IsVector<T>::value) {
      block.resize(static_cast<std::size_t>(count));
    } else {
      std::remove_cvref_t<decltype(block.extents())> sizes;
      if (extents.size() != sizes.size())
        refuse_shape(object, attribute, extents, std::to_string(sizes.size()) + " axes");
      std::copy(extents.begin(), extents.end(), sizes.begin());
      block = T(sizes);
    }
    get_numbers(object, attribute, hdf5_detail::type_of<std::remove_cvref_t<decltype(*block.data())>>(), block.data(),
                count);
    return block;
  }

  std::filesystem::path path_;
  hdf5_detail::Handle file_;
};

}  // namespace terrace
