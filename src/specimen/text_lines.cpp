#include "specimen/text_lines.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/error.h"

namespace terrace {

std::optional<std::string_view> TextLines::next() {
  if (position_ >= text_.size()) return {};
  const std::size_t end = std::min(text_.find('\n', position_), text_.size());
  auto line = text_.substr(position_, end - position_);
  position_ = end + 1;
  ++line_;
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::string_view TextLines::expect(std::string_view what) {
  if (const auto line = next()) return *line;
  throw FileError(
      fmt::format("'{}' ends after line {}, where {} should follow. Was the copy cut short?", name_, line_, what));
}

void TextLines::fail(std::string_view problem) const {
  throw FileError(fmt::format("'{}' line {}: {}", name_, line_, problem));
}

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view separators = " \t,\r\f\v";
  std::vector<std::string_view> words;
  for (std::size_t start = line.find_first_not_of(separators); start != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(separators, start), line.size());
    words.push_back(line.substr(start, end - start));
    start = line.find_first_not_of(separators, end);
  }
  return words;
}

std::optional<double> number_of(std::string_view word) {
  if (word.empty() || word.size() > 64) return {};
  if (word[0] == '+') word.remove_prefix(1);
  std::string text(word);
  for (char& letter : text)
    if (letter == 'D' || letter == 'd') letter = 'e';
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return {};
  return number;
}

std::optional<std::int64_t> whole_number_of(std::string_view word) {
  const auto number = number_of(word);
  if (!number || *number != std::floor(*number) || std::abs(*number) > 0x1p53) return {};
  return static_cast<std::int64_t>(*number);
}

std::string excerpt(std::string_view text) {
  std::string shown(text.substr(0, 40));
  for (char& letter : shown)
    if (letter < ' ' || letter > '~') letter = '?';
  return text.size() > 40 ? shown + "…" : shown;
}

}  // namespace terrace
