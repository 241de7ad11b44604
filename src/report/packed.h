// Numbers as the page carries them: coded, gzipped, in base64; web/unpack.js is the way back.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace terrace {

/// gzip (RFC 1952) at the highest level.
std::string gzip(std::span<const std::byte> bytes);

/// Base64 (RFC 4648) with padding.
std::string base64(std::string_view bytes);

/// One byte a number on a logarithmic scale. Code 0 is everything below `low` (and NaN); code c ≥ 1 stands for
/// low · (high/low)^((c − 1)/254). `high` is the largest number but for one in 10,000 (hot pixels); `low` is half
/// the smallest one above 0 (single electrons then stand out from nothing), but at most `decades` below `high`.
struct LogCodes {
  double low = 0, high = 0;
  std::vector<std::uint8_t> codes;
};
LogCodes log_codes(std::span<const float> numbers, double decades);

/// {shape, coding, low, high, data} with data = base64(gzip(...)). "float32" keeps the numbers (little-endian), "log8"
/// holds LogCodes, "linear8" codes c = 255 (value − low) / (high − low).
nlohmann::ordered_json pack_float32(std::span<const float> numbers, const std::vector<std::int64_t>& shape);
nlohmann::ordered_json pack_log8(std::span<const float> numbers, const std::vector<std::int64_t>& shape);
nlohmann::ordered_json pack_linear8(std::span<const float> numbers, const std::vector<std::int64_t>& shape);

}  // namespace terrace
