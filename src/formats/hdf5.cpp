// The only file that includes the HDF5 library.
#include "formats/hdf5.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <mutex>

#include "core/error.h"

namespace terrace {

std::string shape_text(const Extents& extents) {
  std::string text;
  for (const auto extent : extents) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return fmt::format("[{}]", text);
}

using hdf5_detail::Handle;
using hdf5_detail::Type;

static_assert(sizeof(hid_t) == sizeof(std::int64_t));

namespace {

/// Held during every call of the library. Error messages of the library stay silent in this thread.
struct Turn {
  Turn() : lock(mutex()) {
    // After a full disk the library's cleaning up at exit ends in a crash; every handle here closes itself, so none is
    // due.
    static const bool no_cleaning_at_exit = H5dont_atexit() >= 0;
    (void)no_cleaning_at_exit;
    thread_local const bool silent = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
    (void)silent;
  }
  static std::recursive_mutex& mutex() {
    static std::recursive_mutex one;
    return one;
  }
  std::lock_guard<std::recursive_mutex> lock;
};

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

[[noreturn]] void fail(const std::string& name, const std::string& what) {
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

/// Creation properties: no time stamps; chunk, shuffle and gzip where asked for.
Handle creation_properties(const Hdf5Layout& layout, std::size_t rank, const std::string& name) {
  auto properties = own(H5Pcreate(H5P_DATASET_CREATE), name, "laid out");
  H5Pset_obj_track_times(properties.id(), false);
  if (layout.chunk.empty()) return properties;
  const std::vector<hsize_t> chunk(layout.chunk.begin(), layout.chunk.end());
  if (chunk.size() != rank || H5Pset_chunk(properties.id(), static_cast<int>(rank), chunk.data()) < 0)
    fail(name, fmt::format("laid out in chunks of {}", shape_text(layout.chunk)));
  if (layout.gzip > 0 && (H5Pset_shuffle(properties.id()) < 0 || H5Pset_deflate(properties.id(), layout.gzip) < 0))
    fail(name, "compressed");
  return properties;
}

/// Properties of a new link: the groups on its way are made.
Handle link_properties() {
  Handle properties(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_create_intermediate_group(properties.id(), 1);
  H5Pset_char_encoding(properties.id(), H5T_CSET_UTF8);
  return properties;
}

bool is_attribute(hid_t id) { return H5Iget_type(id) == H5I_ATTR; }
Handle space_of(hid_t id, const std::string& name) {
  return own(is_attribute(id) ? H5Aget_space(id) : H5Dget_space(id), name, "measured");
}
Handle type_of_object(hid_t id, const std::string& name) {
  return own(is_attribute(id) ? H5Aget_type(id) : H5Dget_type(id), name, "understood");
}
herr_t read_object(hid_t id, hid_t type, void* out) {
  return is_attribute(id) ? H5Aread(id, type, out) : H5Dread(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
}

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
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

/// Bytes of the chunks of one index of the first axis: with them kept, reading in order unpacks each chunk once.
std::size_t row_bytes(const Extents& extents, const Extents& chunk) {
  double row = 8;
  for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
    const auto chunks = axis == 0 ? 1 : (extents[axis] + chunk[axis] - 1) / chunk[axis];
    row *= static_cast<double>(chunk[axis]) * static_cast<double>(chunks);
  }
  return static_cast<std::size_t>(std::min(row, 1.0 * (256 << 20)));
}

/// By how much the dataset's filters can shrink data: deflate reaches 1032, others (zstd on zeros) far more.
double largest_compression(hid_t dataset) {
  const Handle properties(H5Dget_create_plist(dataset));
  double factor = H5Pget_layout(properties.id()) == H5D_CHUNKED ? 1100 : 1;
  for (const auto& filter : filters_of(properties.id()))
    if (filter.id != H5Z_FILTER_DEFLATE && filter.id != H5Z_FILTER_SHUFFLE) factor = 1e5;
  return factor;
}

/// Refuses data that claim more than compression could have put into the bytes that are there.
void refuse_promise(hid_t dataset, const Extents& extents, const std::string& name) {
  double bytes = static_cast<double>(H5Tget_size(type_of_object(dataset, name).id()));
  for (const auto extent : extents) bytes *= static_cast<double>(extent);
  const auto stored = static_cast<double>(H5Dget_storage_size(dataset));
  if (bytes > 1e6 + largest_compression(dataset) * stored)
    throw FileError(
        fmt::format("'{}' promises {:.3g} bytes but holds {:.3g}. Was the file cut short?", name, bytes, stored));
}

}  // namespace

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

Hdf5File Hdf5File::create(const std::filesystem::path& path, Hdf5Headers headers) {
  const Turn turn;
  Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_libver_bounds(access.id(), headers == Hdf5Headers::checksummed ? H5F_LIBVER_V18 : H5F_LIBVER_EARLIEST,
                       H5F_LIBVER_V18);
  H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG);
  const Handle root(H5Pcreate(H5P_FILE_CREATE));
  H5Pset_obj_track_times(root.id(), false);
  return {own(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, root.id(), access.id()), path.string(), "written"), path};
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  const Turn turn;
  if (!std::filesystem::exists(path))
    throw FileError(fmt::format("'{}' does not exist. Is the name right?", path.string()));
  if (!is_hdf5(path))
    throw FileError(fmt::format("'{}' is not an HDF5 file. Is it what its name says?", path.string()));
  Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_file_locking(access.id(), false, true);  // a file that another program holds open can still be read
  return {own(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), path.string(), "opened"), path};
}

bool Hdf5File::is_hdf5(const std::filesystem::path& path) {
  const Turn turn;
  return std::filesystem::is_regular_file(path) && H5Fis_hdf5(path.c_str()) > 0;
}

void Hdf5File::close() {
  const Turn turn;
  if (!file_) return;
  if (H5Fflush(file_.id(), H5F_SCOPE_GLOBAL) < 0 || !file_.release()) fail(path_.string(), "written to its end");
  const int descriptor = ::open(path_.c_str(), O_RDONLY);
  if (descriptor >= 0) {
    ::fsync(descriptor);
    ::close(descriptor);
  }
}

bool Hdf5File::has(const std::string& path) const {
  const Turn turn;
  if (path == "/") return true;
  // The library asks link by link: each step on the way must be there.
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    if (H5Lexists(file_.id(), path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    if (end == std::string::npos) return H5Oexists_by_name(file_.id(), path.c_str(), H5P_DEFAULT) > 0;
  }
}

bool Hdf5File::is_dataset(const std::string& path) const {
  const Turn turn;
  return has(path) && H5Iget_type(open_object(path, "").id()) == H5I_DATASET;
}

std::optional<Hdf5ExternalLink> Hdf5File::external_link(const std::string& path) const {
  const Turn turn;
  H5L_info_t info;
  if (H5Lget_info(file_.id(), path.c_str(), &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_EXTERNAL)
    return std::nullopt;
  std::vector<char> value(info.u.val_size);
  const char *file = nullptr, *inside = nullptr;
  unsigned flags;
  if (H5Lget_val(file_.id(), path.c_str(), value.data(), value.size(), H5P_DEFAULT) < 0 ||
      H5Lunpack_elink_val(value.data(), value.size(), &flags, &file, &inside) < 0)
    fail(name_of(path, ""), "followed");
  return Hdf5ExternalLink{file, inside};
}

std::vector<std::string> Hdf5File::children(const std::string& group) const {
  const Turn turn;
  const auto object = open_object(group, "");
  std::vector<std::string> names;
  const auto keep = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  if (H5Literate(object.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, keep, &names) < 0)
    fail(name_of(group, ""), "listed");
  return names;
}

std::vector<std::string> Hdf5File::datasets(const std::string& group) const {
  const Turn turn;
  const auto object = open_object(group, "");
  std::vector<std::string> names;
  const auto keep = [](hid_t, const char* name, const H5O_info_t* info, void* out) -> herr_t {
    auto& list = *static_cast<std::vector<std::string>*>(out);
    if (info->type == H5O_TYPE_DATASET) list.emplace_back(name);
    return list.size() < 100000 ? 0 : 1;
  };
  if (H5Ovisit2(object.id(), H5_INDEX_NAME, H5_ITER_INC, keep, &names, H5O_INFO_BASIC) < 0)
    fail(name_of(group, ""), "listed");
  for (auto& name : names) name = (group == "/" ? "/" : group + "/") + name;
  std::sort(names.begin(), names.end());
  return names;
}

void Hdf5File::make_group(const std::string& path) {
  const Turn turn;
  if (has(path)) return;
  const auto links = link_properties();
  own(H5Gcreate2(file_.id(), path.c_str(), links.id(), H5P_DEFAULT, H5P_DEFAULT), name_of(path, ""), "made");
}

void Hdf5File::link(const std::string& path, const std::string& target) {
  const Turn turn;
  const auto links = link_properties();
  if (H5Lcreate_soft(target.c_str(), file_.id(), path.c_str(), links.id(), H5P_DEFAULT) < 0)
    fail(name_of(path, ""), "linked");
}

bool Hdf5File::has_attribute(const std::string& object, const std::string& name) const {
  const Turn turn;
  return has(object) && H5Aexists_by_name(file_.id(), object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::string Hdf5File::name_of(const std::string& object, const std::string& attribute) const {
  return path_.string() + ":" + object + (attribute.empty() ? "" : "@" + attribute);
}

Handle Hdf5File::open_object(const std::string& object, const std::string& attribute) const {
  const auto name = name_of(object, attribute);
  if (attribute.empty()) {
    if (!has(object)) throw FileError(fmt::format("'{}' is not there. Was the file written by another program?", name));
    return own(H5Oopen(file_.id(), object.c_str(), H5P_DEFAULT), name, "opened");
  }
  if (!has_attribute(object, attribute))
    throw FileError(fmt::format("'{}' is not there. Was the file written by another program?", name));
  return own(H5Aopen_by_name(file_.id(), object.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT), name, "opened");
}

void Hdf5File::write_whole(const std::string& object, const std::string& attribute, std::int64_t type,
                           const Extents& extents, const void* data, const Hdf5Layout& layout) {
  const auto name = name_of(object, attribute);
  const auto space = make_space(extents, name);
  if (!attribute.empty()) {
    const auto made = own(H5Acreate_by_name(file_.id(), object.c_str(), attribute.c_str(), type, space.id(),
                                            H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                          name, "written");
    if (H5Awrite(made.id(), type, data) < 0) fail(name, "written");
    return;
  }
  const auto links = link_properties();
  const auto properties = creation_properties(layout, extents.size(), name);
  const auto made =
      own(H5Dcreate2(file_.id(), object.c_str(), type, space.id(), links.id(), properties.id(), H5P_DEFAULT), name,
          "written");
  if (data && H5Dwrite(made.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) fail(name, "written");
}

void Hdf5File::put_numbers(const std::string& object, const std::string& attribute, Type type, const Extents& extents,
                           const void* data, const Hdf5Layout& layout) {
  const Turn turn;
  write_whole(object, attribute, memory_type(type), extents, data, layout);
}

void Hdf5File::put_truth(const std::string& object, const std::string& attribute, bool value) {
  const Turn turn;
  const auto type = own(H5Tenum_create(H5T_STD_I8LE), name_of(object, attribute), "written");
  const std::int8_t no = 0, yes = 1;
  H5Tenum_insert(type.id(), "FALSE", &no);
  H5Tenum_insert(type.id(), "TRUE", &yes);
  write_whole(object, attribute, type.id(), {}, value ? &yes : &no, {});
}

void Hdf5File::put_texts(const std::string& object, const std::string& attribute, const Extents& extents,
                         const std::vector<std::string>& texts) {
  const Turn turn;
  std::vector<const char*> pointers;
  for (const auto& text : texts) pointers.push_back(text.c_str());
  const auto type = text_type();
  write_whole(object, attribute, type.id(), extents, pointers.data(), {});
}

Extents Hdf5File::extents_of(const std::string& object, const std::string& attribute) const {
  const Turn turn;
  const auto name = name_of(object, attribute);
  const auto opened = open_object(object, attribute);
  if (H5Iget_type(opened.id()) == H5I_GROUP) throw FileError(fmt::format("'{}' is a group, not a dataset.", name));
  const auto extents = extents_of_space(space_of(opened.id(), name).id());
  if (attribute.empty()) refuse_promise(opened.id(), extents, name);
  return extents;
}

void Hdf5File::get_numbers(const std::string& object, const std::string& attribute, Type type, void* data,
                           std::int64_t count) const {
  const Turn turn;
  const auto name = name_of(object, attribute);
  const auto extents = extents_of(object, attribute);
  if (product(extents) != count) refuse_shape(object, attribute, extents, fmt::format("{} numbers", count));
  const auto opened = open_object(object, attribute);
  const auto found = type_name(type_of_object(opened.id(), name).id());
  if (!names_numbers(found)) throw FileError(fmt::format("'{}' holds {}, not numbers.", name, found));
  if (count > 0 && read_object(opened.id(), memory_type(type), data) < 0) fail(name, "read");
}

std::vector<std::string> Hdf5File::get_texts(const std::string& object, const std::string& attribute) const {
  const Turn turn;
  const auto name = name_of(object, attribute);
  const auto extents = extents_of(object, attribute);
  const auto count = product(extents);
  const auto opened = open_object(object, attribute);
  const auto stored = type_of_object(opened.id(), name);
  if (H5Tget_class(stored.id()) != H5T_STRING)
    throw FileError(fmt::format("'{}' holds {}, not text.", name, type_name(stored.id())));
  if (attribute.empty()) refuse_promise(opened.id(), extents, name);
  std::vector<std::string> texts;
  if (H5Tis_variable_str(stored.id()) > 0) {
    std::vector<char*> pointers(static_cast<std::size_t>(count));
    if (read_object(opened.id(), stored.id(), pointers.data()) < 0) fail(name, "read");
    for (const char* pointer : pointers) texts.emplace_back(pointer ? pointer : "");
    H5Dvlen_reclaim(stored.id(), space_of(opened.id(), name).id(), H5P_DEFAULT, pointers.data());
    return texts;
  }
  const auto width = H5Tget_size(stored.id());
  std::vector<char> block(static_cast<std::size_t>(count) * width);
  if (read_object(opened.id(), stored.id(), block.data()) < 0) fail(name, "read");
  for (std::int64_t i = 0; i < count; ++i) {
    const char* begin = block.data() + i * width;
    texts.emplace_back(begin, std::find(begin, begin + width, '\0'));
  }
  return texts;
}

void Hdf5File::refuse_shape(const std::string& object, const std::string& attribute, const Extents& found,
                            const std::string& wanted) const {
  throw FileError(fmt::format("'{}' has shape {}, where {} should stand. Was the file written by another program?",
                              name_of(object, attribute), shape_text(found), wanted));
}

Hdf5Dataset Hdf5File::dataset(const std::string& path) const {
  const Turn turn;
  const auto name = name_of(path, "");
  if (!is_dataset(path))
    throw FileError(fmt::format("'{}' is not a dataset. Was the file written by another program?", name));
  Hdf5Dataset found(own(H5Dopen2(file_.id(), path.c_str(), H5P_DEFAULT), name, "opened"), name);
  if (found.chunk().empty()) return found;
  Handle access(H5Pcreate(H5P_DATASET_ACCESS));
  const auto bytes = std::max<std::size_t>(row_bytes(found.extents(), found.chunk()), 1 << 20);
  H5Pset_chunk_cache(access.id(), 12421, bytes, H5D_CHUNK_CACHE_W0_DEFAULT);
  found.handle_.release();  // an open dataset would keep its old cache
  found.handle_ = own(H5Dopen2(file_.id(), path.c_str(), access.id()), name, "opened");
  return found;
}

Hdf5Dataset::Hdf5Dataset(Handle handle, std::string name) : handle_(std::move(handle)), name_(std::move(name)) {
  extents_ = extents_of_space(space_of(handle_.id(), name_).id());
  type_ = type_name(type_of_object(handle_.id(), name_).id());
  const auto properties = own(H5Dget_create_plist(handle_.id()), name_, "understood");
  if (H5Pget_layout(properties.id()) != H5D_CHUNKED) return;
  std::vector<hsize_t> chunk(extents_.size());
  H5Pget_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data());
  chunk_.assign(chunk.begin(), chunk.end());
  filters_ = filters_of(properties.id());
  // Filters beyond HDF5's own, which end at 255, are the reason to unpack chunks ourselves.
  const bool own = std::any_of(filters_.begin(), filters_.end(), [](const auto& filter) { return filter.id > 255; });
  if (own && can_undo(filters_))
    own_chunks_ = std::make_shared<ChunkReader>(chunk_, H5Tget_size(type_of_object(handle_.id(), name_).id()),
                                                row_bytes(extents_, chunk_));
}

bool Hdf5Dataset::is_numeric() const { return names_numbers(type_); }

std::int64_t Hdf5Dataset::bytes() const {
  const Turn turn;
  const auto size = H5Tget_size(type_of_object(handle_.id(), name_).id());
  double bytes = static_cast<double>(size);
  for (const auto extent : extents_) bytes *= static_cast<double>(extent);
  return bytes < 9e18 ? static_cast<std::int64_t>(bytes) : std::numeric_limits<std::int64_t>::max();
}

std::int64_t Hdf5Dataset::stored_bytes() const {
  const Turn turn;
  return static_cast<std::int64_t>(H5Dget_storage_size(handle_.id()));
}

void Hdf5Dataset::refuse_empty_promise() const {
  const Turn turn;
  refuse_promise(handle_.id(), extents_, name_);
}

const Hdf5Filter* Hdf5Dataset::unknown_filter() const {
  const Turn turn;
  const auto unknown = std::find_if(filters_.begin(), filters_.end(),
                                    [](const Hdf5Filter& filter) { return H5Zfilter_avail(filter.id) <= 0; });
  return own_chunks_ || unknown == filters_.end() ? nullptr : &*unknown;
}

bool Hdf5Dataset::can_be_read() const { return is_numeric() && !unknown_filter(); }

void Hdf5Dataset::refuse_unknown_filters() const {
  if (const auto* filter = unknown_filter())
    throw FileError(
        fmt::format("'{}' is compressed with the HDF5 filter {}, which is not installed. Save it again with gzip or "
                    "without compression, or 'pip install hdf5plugin' and set HDF5_PLUGIN_PATH to its folder of "
                    "plugins (hdf5plugin.PLUGIN_PATH)?",
                    name_, filter_text(*filter)));
}

namespace {

void refuse_outside(const Extents& extents, const Extents& start, const Extents& counts, std::size_t numbers,
                    const std::string& name) {
  bool inside = start.size() == extents.size() && counts.size() == extents.size();
  for (std::size_t axis = 0; inside && axis < extents.size(); ++axis)
    inside = start[axis] >= 0 && counts[axis] > 0 && start[axis] <= extents[axis] - counts[axis];
  if (!inside || product(counts) != static_cast<std::int64_t>(numbers))
    throw FileError(fmt::format("'{}' of shape {} has no block of {} numbers, shape {}, at {}.", name,
                                shape_text(extents), numbers, shape_text(counts), shape_text(start)));
}

/// The file's and the memory's side of the block; refuses one that lies outside.
std::pair<Handle, Handle> block_spaces(hid_t dataset, const Extents& extents, const Extents& start,
                                       const Extents& counts, std::size_t numbers, const std::string& name) {
  refuse_outside(extents, start, counts, numbers, name);
  auto in_file = space_of(dataset, name);
  const std::vector<hsize_t> from(start.begin(), start.end()), sizes(counts.begin(), counts.end());
  if (H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, from.data(), nullptr, sizes.data(), nullptr) < 0)
    fail(name, "selected");
  return {std::move(in_file), make_space({static_cast<std::int64_t>(numbers)}, name)};
}

}  // namespace

void Hdf5Dataset::read(const Extents& start, const Extents& counts, Type type, void* data, std::size_t count) const {
  const Turn turn;
  if (!is_numeric()) throw FileError(fmt::format("'{}' holds {}, not numbers.", name_, type_));
  if (own_chunks_) return read_own_chunks(start, counts, type, data, count);
  const auto [in_file, in_memory] = block_spaces(handle_.id(), extents_, start, counts, count, name_);
  if (H5Dread(handle_.id(), memory_type(type), in_memory.id(), in_file.id(), H5P_DEFAULT, data) < 0)
    fail(name_, "read");
}

void Hdf5Dataset::read_own_chunks(const Extents& start, const Extents& counts, Type type, void* data,
                                  std::size_t count) const {
  refuse_outside(extents_, start, counts, count, name_);
  const auto stored_type = type_of_object(handle_.id(), name_);
  const auto wanted = H5Tget_size(memory_type(type));
  std::vector<std::byte> block(count * std::max(H5Tget_size(stored_type.id()), wanted));
  own_chunks_->read(start, counts, block.data(), [&](const Extents& first) { return unpacked_chunk(first); });
  if (H5Tconvert(stored_type.id(), memory_type(type), count, block.data(), nullptr, H5P_DEFAULT) < 0)
    fail(name_, "converted");
  std::memcpy(data, block.data(), count * wanted);
}

std::vector<std::byte> Hdf5Dataset::unpacked_chunk(const Extents& first) const {
  const auto item_bytes = H5Tget_size(type_of_object(handle_.id(), name_).id());
  double claim = static_cast<double>(item_bytes);
  for (const auto extent : chunk_) claim *= static_cast<double>(extent);
  const std::vector<hsize_t> at(first.begin(), first.end());
  hsize_t stored = 0;
  if (H5Dget_chunk_storage_size(handle_.id(), at.data(), &stored) < 0) fail(name_, "read");
  if (claim > 2e9 || static_cast<double>(stored) > 1e5 + 2 * claim)
    throw FileError(fmt::format("'{}' has a chunk of {} bytes for {:.3g} bytes of numbers. Is the file damaged?", name_,
                                stored, claim));
  const auto bytes = static_cast<std::size_t>(claim);
  if (stored == 0) return std::vector<std::byte>(bytes);  // never written
  std::vector<std::byte> packed(stored);
  std::uint32_t skipped = 0;
  if (H5Dread_chunk(handle_.id(), H5P_DEFAULT, at.data(), &skipped, packed.data()) < 0) fail(name_, "read");
  return undo_filters(std::move(packed), filters_, skipped, item_bytes, bytes, name_);
}

void Hdf5Dataset::write(const Extents& start, const Extents& counts, Type type, const void* data, std::size_t count) {
  const Turn turn;
  const auto [in_file, in_memory] = block_spaces(handle_.id(), extents_, start, counts, count, name_);
  if (H5Dwrite(handle_.id(), memory_type(type), in_memory.id(), in_file.id(), H5P_DEFAULT, data) < 0)
    fail(name_, "written");
}

}  // namespace terrace
