#include "formats/hdf5.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "core/error.h"
#include "formats/hdf5_library.h"

namespace terrace {

std::string shape_text(const Extents& extents) {
  std::string text;
  for (const auto extent : extents) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return fmt::format("[{}]", text);
}

using namespace hdf5_detail;

namespace {

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

herr_t read_object(hid_t id, hid_t type, void* out) {
  return is_attribute(id) ? H5Aread(id, type, out) : H5Dread(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
}

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

}  // namespace

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

}  // namespace terrace
