#include "formats/merlin_header.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

#include "core/error.h"
#include "formats/text_of_file.h"

namespace terrace {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::string_view blank(" \t\r\n\0", 5);
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> fields;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    fields.push_back(trimmed(text.substr(at, end - at)));
    at = end + 1;
  }
  while (!fields.empty() && fields.back().empty()) fields.pop_back();
  return fields;
}

/// The number that `text` begins with.
template <class T>
std::optional<T> number_in(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

/// Seconds since midnight from "2021-05-07 18:51:10.905800" or "2021-05-07T16:51:10.905800928Z".
std::optional<double> seconds_in(std::string_view text) {
  if (text.size() < 19 || text[4] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const auto hours = number_in<int>(text.substr(11, 2)), minutes = number_in<int>(text.substr(14, 2));
  const auto seconds = number_in<double>(text.substr(17));
  if (!hours || !minutes || !seconds) return std::nullopt;
  return 3600.0 * *hours + 60.0 * *minutes + *seconds;
}

}  // namespace

bool is_merlin_frame(std::string_view start) { return start.starts_with("MQ1,"); }

MerlinHeader read_merlin_header(std::string_view bytes, const std::string& name) {
  const auto refuse = [&](const std::string& what) {
    throw FileError(fmt::format("'{}' has a Merlin header that {}. Is it damaged?", name, what));
  };
  constexpr std::size_t longest = 1 << 14;
  auto fields = fields_of(bytes.substr(0, std::min<std::size_t>(bytes.size(), 384)));
  if (!is_merlin_frame(bytes) || fields.size() < 8) refuse("ends before its pixel type");
  const auto length = number_in<std::int64_t>(fields[2]);
  if (!length || *length < 64 || *length > static_cast<std::int64_t>(std::min(bytes.size(), longest)))
    refuse(fmt::format("claims a length of '{}' bytes", readable(fields[2])));
  fields = fields_of(bytes.substr(0, static_cast<std::size_t>(*length)));
  if (fields.size() < 8) refuse("ends before its pixel type");

  MerlinHeader header;
  header.header_bytes = *length;
  header.frame_number = number_in<int>(fields[1]).value_or(0);
  header.chips = number_in<int>(fields[3]).value_or(0);
  header.width = number_in<std::int64_t>(fields[4]).value_or(0);
  header.height = number_in<std::int64_t>(fields[5]).value_or(0);
  header.pixel_type = readable(fields[6]);
  header.chip_layout = readable(fields[7]);
  if (fields.size() > 9) header.seconds = seconds_in(fields[9]).value_or(0);
  if (fields.size() > 10) header.exposure_s = number_in<double>(fields[10]).value_or(0);
  // Newer software ends with a second block: its name, the time to the nanosecond, exposure and counter depth.
  if (const auto end = fields.size(); end > 11 && fields[end - 4].starts_with("MQ1")) {
    header.seconds = seconds_in(fields[end - 3]).value_or(header.seconds);
    header.counter_depth = number_in<int>(fields[end - 1]).value_or(0);
  }
  return header;
}

std::map<std::string, std::string> read_merlin_hdr(const std::filesystem::path& path) {
  std::map<std::string, std::string> values;
  const auto text = beginning_of(path, 1 << 16);  // such a file has 2 kB
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos || line.starts_with("HDR") || line.starts_with("End")) continue;
    auto key = trimmed(line.substr(0, tab));
    if (key.ends_with(':')) key.remove_suffix(1);
    values[readable(key)] = readable(trimmed(line.substr(tab)));
  }
  return values;
}

}  // namespace terrace
