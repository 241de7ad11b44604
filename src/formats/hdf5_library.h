// The HDF5 library's own terms, for hdf5.cpp and hdf5_dataset.cpp alone: they and this file's source are all that know
// it.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <vector>

#include "formats/hdf5.h"

namespace terrace::hdf5_detail {

static_assert(sizeof(hid_t) == sizeof(std::int64_t));

/// Held during every call of the library. Error messages of the library stay silent in this thread.
struct Turn {
  Turn();
  static std::recursive_mutex& mutex();
  std::lock_guard<std::recursive_mutex> lock;
};

/// Throws FileError ("'name' cannot be written (why)"), or ResourceError where the disk is full: the call before
/// failed.
[[noreturn]] void fail(const std::string& name, const std::string& what);

/// Takes what a call returned; fails where that is no identifier.
Handle own(hid_t id, const std::string& name, const std::string& what);

hid_t memory_type(Type type);
std::string type_name(hid_t type);
bool names_numbers(const std::string& type);

Extents extents_of_space(hid_t space);
Handle make_space(const Extents& extents, const std::string& name);
/// Of a dataset or an attribute.
bool is_attribute(hid_t id);
Handle space_of(hid_t id, const std::string& name);
Handle type_of_object(hid_t id, const std::string& name);

std::int64_t product(const Extents& extents);
std::vector<Hdf5Filter> filters_of(hid_t properties);
/// Bytes of the chunks of one index of the first axis: with them kept, reading in order unpacks each chunk once.
std::size_t row_bytes(const Extents& extents, const Extents& chunk);
/// Refuses data that claim more than compression could have put into the bytes that are there.
void refuse_promise(hid_t dataset, const Extents& extents, const std::string& name);

}  // namespace terrace::hdf5_detail
