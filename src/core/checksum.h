// A checksum of many bytes at the speed of memory: tells a damaged shard from a whole one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace terrace {

/// XXH64 (Collet, github.com/Cyan4973/xxHash): no change of a single bit goes unseen. Chains: give the checksum of what
/// came before as `seed`. `stable_hash` (random.h), five times slower, names things and must never change.
std::uint64_t checksum(const void* bytes, std::size_t count, std::uint64_t seed = 0);

}  // namespace terrace
