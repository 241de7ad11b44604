// What a file of a data set is called until it is whole: a name of its writer's own, so that two writers of one file
// never write into each other's.
#pragma once

#include <filesystem>
#include <string_view>

namespace terrace {

/// "shard-00003.h5.node17-4242.partial": of this machine and process.
std::filesystem::path own_partial_of(const std::filesystem::path& whole);

/// Whether `name` is what any writer called the file `whole` before it was.
bool is_partial_of(std::string_view name, std::string_view whole);

}  // namespace terrace
