#include "report/packed.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/error.h"

namespace terrace {
namespace {

static_assert(std::endian::native == std::endian::little, "the page reads little-endian numbers");

constexpr double log_decades = 4;

nlohmann::ordered_json packed(std::span<const std::byte> bytes, const std::vector<std::int64_t>& shape,
                              const char* coding, double low, double high) {
  return {{"shape", shape}, {"coding", coding}, {"low", low}, {"high", high}, {"data", base64(gzip(bytes))}};
}

/// The number that all but one in 10,000 of the finite ones do not exceed.
double nearly_largest(std::span<const float> numbers) {
  std::vector<float> finite;
  for (const float number : numbers)
    if (std::isfinite(number)) finite.push_back(number);
  if (finite.empty()) return 0;
  const auto place = finite.end() - 1 - static_cast<std::ptrdiff_t>(finite.size() / 10000);
  std::nth_element(finite.begin(), place, finite.end());
  return *place;
}

double smallest_above_zero(std::span<const float> numbers, double otherwise) {
  double smallest = otherwise;
  for (const float number : numbers)
    if (number > 0 && number < smallest) smallest = number;
  return smallest;
}

}  // namespace

std::string gzip(std::span<const std::byte> bytes) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;  // zlib: 16 asks for the gzip wrapper
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw ResourceError("zlib could not start (no memory for 256 kB). Close other programs and try again?");
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= count ? alphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

LogCodes log_codes(std::span<const float> numbers, double decades) {
  LogCodes result{.high = nearly_largest(numbers), .codes = std::vector<std::uint8_t>(numbers.size())};
  if (result.high <= 0) return result;
  const double deepest = result.high * std::pow(10, -decades);
  result.low = std::max(deepest, smallest_above_zero(numbers, result.high) / 2);
  const double origin = std::log(result.low), scale = 254 / (std::log(result.high) - origin);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!(numbers[i] >= result.low)) continue;
    const double code = 1 + std::round((std::log(numbers[i]) - origin) * scale);
    result.codes[i] = static_cast<std::uint8_t>(std::clamp(code, 1.0, 255.0));
  }
  return result;
}

nlohmann::ordered_json pack_float32(std::span<const float> numbers, const std::vector<std::int64_t>& shape) {
  float low = 0, high = 0;
  bool first = true;
  for (const float number : numbers) {
    if (!std::isfinite(number)) continue;
    low = first ? number : std::min(low, number);
    high = first ? number : std::max(high, number);
    first = false;
  }
  return packed(std::as_bytes(numbers), shape, "float32", low, high);
}

nlohmann::ordered_json pack_log8(std::span<const float> numbers, const std::vector<std::int64_t>& shape) {
  const LogCodes coded = log_codes(numbers, log_decades);
  return packed(std::as_bytes(std::span(coded.codes)), shape, "log8", coded.low, coded.high);
}

nlohmann::ordered_json pack_linear8(std::span<const float> numbers, const std::vector<std::int64_t>& shape) {
  double low = INFINITY, high = -INFINITY;
  for (const float number : numbers)
    if (std::isfinite(number)) low = std::min<double>(low, number), high = std::max<double>(high, number);
  if (!(high > low)) low = std::isfinite(low) ? low : 0, high = low + 1;
  std::vector<std::uint8_t> codes;
  for (const float number : numbers)
    codes.push_back(std::isfinite(number) ? static_cast<std::uint8_t>(255 * (number - low) / (high - low) + 0.5) : 0);
  return packed(std::as_bytes(std::span(codes)), shape, "linear8", low, high);
}

}  // namespace terrace
