#include "formats/hdf5_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/error.h"

namespace terrace::hdf5_detail {

namespace {

/// The library's own innermost reason for the call that just failed.
std::string reason() {
  std::string text;
  const auto keep_first = [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
    auto& first = *static_cast<std::string*>(out);
    if (first.empty() && error->desc) first = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
  for (char& letter : text)
    if (letter == '\n') letter = ' ';
  return text.empty() ? "no reason given" : text;
}

/// By how much the dataset's filters can shrink data: deflate reaches 1032, others (zstd on zeros) far more.
double largest_compression(hid_t dataset) {
  const Handle properties(H5Dget_create_plist(dataset));
  double factor = H5Pget_layout(properties.id()) == H5D_CHUNKED ? 1100 : 1;
  for (const auto& filter : filters_of(properties.id()))
    if (filter.id != H5Z_FILTER_DEFLATE && filter.id != H5Z_FILTER_SHUFFLE) factor = 1e5;
  return factor;
}

}  // namespace

Turn::Turn() : lock(mutex()) {
  // After a full disk the library's cleaning up at exit ends in a crash; every handle here closes itself, so none is
  // due.
  static const bool no_cleaning_at_exit = H5dont_atexit() >= 0;
  (void)no_cleaning_at_exit;
  thread_local const bool silent = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
  (void)silent;
}

std::recursive_mutex& Turn::mutex() {
  static std::recursive_mutex one;
  return one;
}

void fail(const std::string& name, const std::string& what) {
  const auto why = reason();
  for (const int full : {ENOSPC, EDQUOT, EFBIG})
    if (why.find(fmt::format("errno = {},", full)) != std::string::npos)
      throw ResourceError(
          fmt::format("'{}' cannot be written: the disk or your share of it is full. Free some space?", name));
  throw FileError(fmt::format("'{}' cannot be {} ({}). Is the file damaged?", name, what, why.substr(0, 200)));
}

Handle own(hid_t id, const std::string& name, const std::string& what) {
  if (id < 0) fail(name, what);
  return Handle(id);
}

hid_t memory_type(Type type) {
  const hid_t types[] = {H5T_NATIVE_INT8,   H5T_NATIVE_UINT8, H5T_NATIVE_INT16,  H5T_NATIVE_UINT16, H5T_NATIVE_INT32,
                         H5T_NATIVE_UINT32, H5T_NATIVE_INT64, H5T_NATIVE_UINT64, H5T_NATIVE_FLOAT,  H5T_NATIVE_DOUBLE};
  return types[static_cast<int>(type)];
}

std::string type_name(hid_t type) {
  const auto bits = 8 * H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return fmt::format("{}int{}", H5Tget_sign(type) == H5T_SGN_NONE ? "u" : "", bits);
    case H5T_FLOAT:
      return fmt::format("float{}", bits);
    case H5T_ENUM:
      return "bool";
    case H5T_STRING:
      return "string";
    case H5T_COMPOUND:
      return "compound";
    default:
      return "other";
  }
}

bool names_numbers(const std::string& type) {
  return type.find("int") != std::string::npos || type.starts_with("float") || type == "bool";
}

Extents extents_of_space(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> sizes(std::max(rank, 0));
  if (rank > 0) H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
  return {sizes.begin(), sizes.end()};
}

Handle make_space(const Extents& extents, const std::string& name) {
  if (extents.empty()) return own(H5Screate(H5S_SCALAR), name, "laid out");
  const std::vector<hsize_t> sizes(extents.begin(), extents.end());
  return own(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), name, "laid out");
}

bool is_attribute(hid_t id) { return H5Iget_type(id) == H5I_ATTR; }
Handle space_of(hid_t id, const std::string& name) {
  return own(is_attribute(id) ? H5Aget_space(id) : H5Dget_space(id), name, "measured");
}
Handle type_of_object(hid_t id, const std::string& name) {
  return own(is_attribute(id) ? H5Aget_type(id) : H5Dget_type(id), name, "understood");
}

std::int64_t product(const Extents& extents) {
  std::int64_t count = 1;
  for (const auto extent : extents) count *= extent;
  return count;
}

std::vector<Hdf5Filter> filters_of(hid_t properties) {
  std::vector<Hdf5Filter> filters;
  for (int i = 0; i < H5Pget_nfilters(properties); ++i) {
    unsigned flags, config, values[16];
    char name[64] = "";
    std::size_t count = std::size(values);
    const int id = H5Pget_filter2(properties, i, &flags, &count, values, sizeof(name) - 1, name, &config);
    const std::string words = name;  // behind a semicolon often an address
    filters.push_back({id, words.substr(0, words.find(';')), {values, values + std::min(count, std::size(values))}});
  }
  return filters;
}

std::size_t row_bytes(const Extents& extents, const Extents& chunk) {
  double row = 8;
  for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
    const auto chunks = axis == 0 ? 1 : (extents[axis] + chunk[axis] - 1) / chunk[axis];
    row *= static_cast<double>(chunk[axis]) * static_cast<double>(chunks);
  }
  return static_cast<std::size_t>(std::min(row, 1.0 * (256 << 20)));
}

void refuse_promise(hid_t dataset, const Extents& extents, const std::string& name) {
  double bytes = static_cast<double>(H5Tget_size(type_of_object(dataset, name).id()));
  for (const auto extent : extents) bytes *= static_cast<double>(extent);
  const auto stored = static_cast<double>(H5Dget_storage_size(dataset));
  if (bytes > 1e6 + largest_compression(dataset) * stored)
    throw FileError(
        fmt::format("'{}' promises {:.3g} bytes but holds {:.3g}. Was the file cut short?", name, bytes, stored));
}

bool Handle::release() noexcept {
  if (id_ < 0) return true;
  const Turn turn;
  const auto id = std::exchange(id_, -1);
  switch (H5Iget_type(id)) {
    case H5I_FILE:
      return H5Fclose(id) >= 0;
    case H5I_GROUP:
    case H5I_DATASET:
      return H5Oclose(id) >= 0;
    case H5I_DATATYPE:
      return H5Tclose(id) >= 0;
    case H5I_DATASPACE:
      return H5Sclose(id) >= 0;
    case H5I_ATTR:
      return H5Aclose(id) >= 0;
    case H5I_GENPROP_LST:
      return H5Pclose(id) >= 0;
    default:
      return false;
  }
}

}  // namespace terrace::hdf5_detail
