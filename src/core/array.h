// An owned block of numbers with its extents; everybody else borrows a span of it.
#pragma once

#include <algorithm>
#include <array>
#include <complex>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace terrace {

using Complex = std::complex<float>;

/// A row-major block of `T`, aligned to 64 bytes (one cache line, one AVX-512 register), zero at first. Movable; a copy
/// copies the numbers. Indices run [y][x]: the last one is contiguous. Throws std::bad_alloc.
template <class T, int N>
class Array {
 public:
  Array() = default;
  explicit Array(const std::array<std::int64_t, N>& extents) : extents_(extents) {
    size_ = 1;
    for (const auto extent : extents) size_ *= extent;
    if (size_ > 0) block_.reset(new (std::align_val_t{64}) T[static_cast<std::size_t>(size_)]());
  }
  Array(const Array& other) : Array(other.extents_) { *this = other; }
  Array(Array&& other) noexcept : Array() { swap(other); }
  Array& operator=(const Array& other) {
    if (this == &other) return *this;
    if (extents_ != other.extents_ || size_ != other.size_) *this = Array(other.extents_);
    std::copy(other.begin(), other.end(), begin());
    return *this;
  }
  Array& operator=(Array&& other) noexcept {
    swap(other);
    return *this;
  }

  std::int64_t size() const { return size_; }
  std::int64_t extent(int axis) const { return extents_[axis]; }
  const std::array<std::int64_t, N>& extents() const { return extents_; }
  T* data() { return block_.get(); }
  const T* data() const { return block_.get(); }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  std::span<T> span() { return {data(), static_cast<std::size_t>(size_)}; }
  std::span<const T> span() const { return {data(), static_cast<std::size_t>(size_)}; }

  template <class... Index>
  T& operator()(Index... index) {
    return block_[offset(index...)];
  }
  template <class... Index>
  const T& operator()(Index... index) const {
    return block_[offset(index...)];
  }

  /// The contiguous block at the first index: a pattern of a stack, a row of an image.
  std::span<T> operator[](std::int64_t first) { return span().subspan(first * stride(), stride()); }
  std::span<const T> operator[](std::int64_t first) const { return span().subspan(first * stride(), stride()); }

 private:
  struct Free {
    void operator()(T* block) const { ::operator delete[](block, std::align_val_t{64}); }
  };

  template <class... Index>
  std::int64_t offset(Index... index) const {
    static_assert(sizeof...(Index) == N);
    std::int64_t position = 0;
    int axis = 0;
    ((position = position * extents_[axis++] + static_cast<std::int64_t>(index)), ...);
    return position;
  }
  std::int64_t stride() const { return extents_[0] ? size_ / extents_[0] : 0; }
  void swap(Array& other) {
    std::swap(extents_, other.extents_);
    std::swap(size_, other.size_);
    std::swap(block_, other.block_);
  }

  std::array<std::int64_t, N> extents_{};
  std::int64_t size_ = 0;
  std::unique_ptr<T[], Free> block_;
};

using Image = Array<float, 2>;

}  // namespace terrace
