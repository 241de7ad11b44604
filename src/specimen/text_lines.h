// Walks through a text file line by line, remembering where it is; what the structure readers share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace terrace {

/// The lines of `text` (which must outlive it), ends of both kinds stripped. `name` is the file's, for errors.
class TextLines {
 public:
  TextLines(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {}

  /// The next line, or none at the end.
  std::optional<std::string_view> next();
  /// The next line; throws FileError saying that `what` is missing at the end of the file.
  std::string_view expect(std::string_view what);

  /// Throws FileError: "'name' line 7: problem".
  [[noreturn]] void fail(std::string_view problem) const;
  const std::string& name() const { return name_; }
  int line_number() const { return line_; }

 private:
  std::string_view text_;
  std::string name_;
  std::size_t position_ = 0;
  int line_ = 0;
};

/// The words of `line`, separated by blanks, tabs and commas.
std::vector<std::string_view> words_of(std::string_view line);

/// A finite number with '.' for decimals, whatever the locale; Fortran's exponents D and d too. None for anything else.
std::optional<double> number_of(std::string_view word);
/// A number without fraction ("12", "12.0"), at most 2^53 in size.
std::optional<std::int64_t> whole_number_of(std::string_view word);

/// `text` as it may stand in an error: at most 40 characters, unprintable ones as '?'.
std::string excerpt(std::string_view text);

}  // namespace terrace
