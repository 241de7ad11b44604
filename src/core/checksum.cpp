// The only file that includes xxHash.
#include "core/checksum.h"

#include <xxhash.h>

namespace terrace {

std::uint64_t checksum(const void* bytes, std::size_t count, std::uint64_t seed) { return XXH64(bytes, count, seed); }

}  // namespace terrace
