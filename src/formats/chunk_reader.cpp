#include "formats/chunk_reader.h"

#include <algorithm>
#include <cstring>

namespace terrace {
namespace {

/// Calls `visit` with every index low ≤ i < high in steps of `step`, the last axis fastest.
template <class Visit>
void for_each_index(const ChunkReader::Index& low, const ChunkReader::Index& high, const ChunkReader::Index& step,
                    const Visit& visit) {
  auto at = low;
  for (std::size_t axis = at.size(); axis > 0;) {
    visit(at);
    for (axis = at.size(); axis > 0 && (at[axis - 1] += step[axis - 1]) >= high[axis - 1]; --axis)
      at[axis - 1] = low[axis - 1];
  }
}

std::int64_t place_of(const ChunkReader::Index& index, const ChunkReader::Index& from,
                      const ChunkReader::Index& extents) {
  std::int64_t place = 0;
  for (std::size_t axis = 0; axis < index.size(); ++axis) place = place * extents[axis] + index[axis] - from[axis];
  return place;
}

}  // namespace

const std::vector<std::byte>& ChunkReader::chunk_at(const Index& first, const Fetch& fetch) {
  if (const auto found = held_.find(first); found != held_.end()) return found->second;
  auto chunk = fetch(first);
  if (held_bytes_ + chunk.size() > cache_bytes_) {
    held_.clear();
    held_bytes_ = 0;
  }
  held_bytes_ += chunk.size();
  return held_[first] = std::move(chunk);
}

void ChunkReader::read(const Index& start, const Index& counts, std::byte* out, const Fetch& fetch) {
  const auto rank = start.size();
  Index end(rank), first(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    end[axis] = start[axis] + counts[axis];
    first[axis] = start[axis] / chunk_[axis] * chunk_[axis];
  }
  for_each_index(first, end, chunk_, [&](const Index& corner) {
    const auto& chunk = chunk_at(corner, fetch);
    Index low(rank), high(rank), row(rank, 1);
    for (std::size_t axis = 0; axis < rank; ++axis) {
      low[axis] = std::max(start[axis], corner[axis]);
      high[axis] = std::min(end[axis], corner[axis] + chunk_[axis]);
    }
    row.back() = high.back() - low.back();  // numbers that stand in a row in both
    for_each_index(low, high, row, [&](const Index& at) {
      std::memcpy(out + place_of(at, start, counts) * item_bytes_,
                  chunk.data() + place_of(at, corner, chunk_) * item_bytes_, row.back() * item_bytes_);
    });
  });
}

}  // namespace terrace
