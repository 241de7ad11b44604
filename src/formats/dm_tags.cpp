#include "formats/dm_tags.h"

#include <cmath>
#include <limits>

#include "formats/text_of_file.h"

namespace terrace {
namespace {

enum Kind : std::int64_t { struct_kind = 15, string_kind = 18, array_kind = 20 };
constexpr std::int64_t uint16_kind = 4;

/// Bytes of a number of this kind; 0 where it is none.
std::int64_t number_bytes(std::int64_t kind) {
  constexpr int bytes[] = {0, 0, 2, 4, 2, 4, 4, 8, 1, 1, 1, 8, 8};
  return kind >= 0 && kind < std::ssize(bytes) ? bytes[kind] : 0;
}

std::string utf8_of_utf16(const FileBytes& file, std::int64_t offset, std::int64_t units, bool little) {
  std::string text;
  for (std::int64_t i = 0; i < units; ++i) {
    const auto at = offset + 2 * i;
    const unsigned code = little ? file.little<std::uint16_t>(at) : file.big<std::uint16_t>(at);
    if (code == 0) break;
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else if (code < 0x800) {
      text += static_cast<char>(0xC0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0xD800 || code >= 0xE000) {
      text += static_cast<char>(0xE0 | code >> 12);
      text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      text += '?';
    }
  }
  return readable(text);
}

/// Walks through the file once, from the header to the last tag.
class Reader {
 public:
  explicit Reader(const FileBytes& file) : file_(file) {}

  DmFile read() {
    const auto version = next<std::int32_t>();
    if (version != 3 && version != 4) refuse("has an unknown version");
    is_dm4_ = version == 4;
    next_length();  // of the file, as its writer thought
    DmFile dm;
    dm.little_endian = little_ = next<std::int32_t>() != 0;
    read_group(dm.root, 0);
    return dm;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw FileError(fmt::format("'{}' {} (at byte {} of its tags). Is it damaged?", file_.name(), what, at_));
  }

  template <class T>
  T next() {
    const auto value = file_.big<T>(at_);
    at_ += sizeof(T);
    return value;
  }

  /// Lengths and counts are 4 bytes in DM3, 8 in DM4.
  std::int64_t next_length() { return is_dm4_ ? next<std::int64_t>() : next<std::int32_t>(); }

  void read_group(DmTag& group, int depth) {
    constexpr int deepest = 64;
    constexpr std::int64_t least_tag_bytes = 3;
    if (depth > deepest) refuse("has tags within tags beyond all measure");
    at_ += 2;  // is sorted, is open
    const auto count = next_length();
    if (count < 0 || count > (file_.size() - at_) / least_tag_bytes) refuse("has a group of impossible size");
    for (std::int64_t i = 0; i < count; ++i) read_tag(group.children.emplace_back(), i, depth);
  }

  void read_tag(DmTag& tag, std::int64_t index, int depth) {
    constexpr int most = 1'000'000;
    if (++tags_ > most) refuse("has more tags than any file");
    const auto id = next<std::uint8_t>();
    const auto name_bytes = next<std::uint16_t>();
    tag.name = name_bytes == 0 ? std::to_string(index) : readable(file_.text(at_, name_bytes));
    at_ += name_bytes;
    const auto bytes = is_dm4_ ? next<std::int64_t>() : 0;
    const auto start = at_;
    if (id == 20) {
      read_group(tag, depth + 1);
    } else if (id == 21) {
      if (is_dm4_) file_.require(start, bytes);
      read_data(tag);
      if (is_dm4_ && bytes > 0) at_ = start + bytes;
    } else {
      refuse(fmt::format("has a tag of kind {}", id));
    }
  }

  void read_data(DmTag& tag) {
    if (file_.text(at_, 4) != "%%%%") refuse("has data without its mark");
    at_ += 4;
    const auto words = next_length();
    constexpr std::int64_t most = 4096;
    if (words < 1 || words > most) refuse("describes data in an impossible way");
    std::vector<std::int64_t> description;
    for (std::int64_t i = 0; i < words; ++i) description.push_back(next_length());
    std::size_t word = 0;
    const auto bytes = value_bytes(description, word, 0);
    file_.require(at_, bytes);
    read_value(tag, description, bytes);
    at_ += bytes;
  }

  /// Bytes of the value that the words from `word` on describe; `word` moves behind them.
  std::int64_t value_bytes(const std::vector<std::int64_t>& words, std::size_t& word, int depth) const {
    const auto next_word = [&] {
      if (word >= words.size() || words[word] < 0 || words[word] > file_.size())
        refuse("describes data in an impossible way");
      return words[word++];
    };
    const auto kind = next_word();
    if (const auto bytes = number_bytes(kind); bytes > 0) return bytes;
    if (kind == string_kind) return next_word();
    if (kind == struct_kind) {
      next_word();  // length of its name, which is not there
      std::int64_t bytes = 0;
      for (auto fields = next_word(); fields > 0; --fields) {
        next_word();
        bytes += number_bytes(next_word());
      }
      return bytes;
    }
    if (kind != array_kind || depth > 4) refuse(fmt::format("has data of kind {}", kind));
    const auto element = value_bytes(words, word, depth + 1);
    const auto count = next_word();
    if (element > 0 && count > file_.size() / element) refuse("promises an array larger than the file");
    return element * count;
  }

  void read_value(DmTag& tag, const std::vector<std::int64_t>& words, std::int64_t bytes) const {
    constexpr std::int64_t longest_text = 1 << 16;
    if (words.size() == 1) {
      tag.number = number(words[0]);
    } else if (words[0] == array_kind || words[0] == string_kind) {
      tag.offset = at_;
      tag.bytes = bytes;
      if (words[0] == array_kind && words[1] == uint16_kind && bytes <= longest_text)
        tag.text = utf8_of_utf16(file_, at_, bytes / 2, little_);
    }
  }

  template <class T>
  double as() const {
    return static_cast<double>(little_ ? file_.little<T>(at_) : file_.big<T>(at_));
  }

  double number(std::int64_t kind) const {
    switch (kind) {
      case 2:
        return as<std::int16_t>();
      case 3:
        return as<std::int32_t>();
      case 4:
        return as<std::uint16_t>();
      case 5:
        return as<std::uint32_t>();
      case 6:
        return as<float>();
      case 7:
        return as<double>();
      case 8:
      case 10:
        return as<std::uint8_t>();
      case 9:
        return as<std::int8_t>();
      case 11:
        return as<std::int64_t>();
      default:
        return as<std::uint64_t>();
    }
  }

  const FileBytes& file_;
  std::int64_t at_ = 0;
  bool is_dm4_ = false, little_ = true;
  int tags_ = 0;
};

}  // namespace

DmTag::DmTag() : number(std::numeric_limits<double>::quiet_NaN()) {}

const DmTag* DmTag::find(std::string_view path) const {
  const auto dot = path.find('.');
  for (const auto& child : children)
    if (child.name == path.substr(0, dot))
      return dot == std::string_view::npos ? &child : child.find(path.substr(dot + 1));
  return nullptr;
}

double DmTag::number_at(std::string_view path, double otherwise) const {
  const auto* tag = find(path);
  return tag && std::isfinite(tag->number) ? tag->number : otherwise;
}

std::string DmTag::text_at(std::string_view path) const {
  const auto* tag = find(path);
  return tag ? tag->text : std::string();
}

bool is_dm(std::string_view start) {
  if (start.size() < 32 || start.substr(0, 3) != std::string_view("\0\0\0", 3) || (start[3] != 3 && start[3] != 4))
    return false;
  const std::size_t order = start[3] == 3 ? 8 : 12;  // 0 or 1, big-endian; then two flags of the root group
  return start.substr(order, 3) == std::string_view("\0\0\0", 3) && (start[order + 3] == 0 || start[order + 3] == 1) &&
         (start[order + 4] == 0 || start[order + 4] == 1);
}

DmFile read_dm_tags(const FileBytes& file) { return Reader(file).read(); }

}  // namespace terrace
