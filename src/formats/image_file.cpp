// TIFF revision 6.0 (Adobe, 1992), as small as ImageJ likes it: the pages' pixels side by side, then their directories.
#include "formats/image_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <vector>

#include "core/error.h"
#include "formats/npy.h"
#include "formats/partial_file.h"

namespace terrace {
namespace {

static_assert(std::endian::native == std::endian::little);

enum Type : std::uint16_t { byte = 1, ascii = 2, short_integer = 3, integer = 4, rational = 5 };

/// One line of a TIFF directory; `value` is the number itself or where it stands.
struct Entry {
  std::uint16_t tag, type;
  std::uint32_t count, value;
};

template <class T>
void put(std::ostream& out, T number) {
  out.write(reinterpret_cast<const char*>(&number), sizeof(T));
}

/// What ImageJ reads of its own files: "key=value" lines.
std::string description(std::span<const Image> images, const PixelSize& pixel) {
  float low = std::numeric_limits<float>::infinity(), high = -low;
  for (const auto& image : images) {
    const auto [least, most] = std::minmax_element(image.begin(), image.end());
    low = std::min(low, *least);
    high = std::max(high, *most);
  }
  auto text = fmt::format("ImageJ=1.53t\nimages={0}\nslices={0}\n", images.size());
  if (pixel.x > 0) text += fmt::format("unit={}\n", pixel.unit);
  text += fmt::format("loop=false\nmin={}\nmax={}\n", low, high);
  text.push_back('\0');
  if (text.size() % 2 == 1) text.push_back('\0');  // what follows stands at an even place
  return text;
}

std::string bytes_of(std::uint32_t number) { return {reinterpret_cast<const char*>(&number), sizeof(number)}; }

/// ImageJ's own block of labels, in two letters a character, and the length of each of its parts.
struct Labels {
  explicit Labels(const std::vector<std::string>& labels) {
    if (labels.empty()) return;
    constexpr std::uint32_t magic = 0x494a494a, kind = 0x6c61626c;  // "IJIJ", "labl"
    block = bytes_of(magic) + bytes_of(kind) + bytes_of(static_cast<std::uint32_t>(labels.size()));
    lengths = bytes_of(static_cast<std::uint32_t>(block.size()));
    for (const auto& label : labels) {
      lengths += bytes_of(static_cast<std::uint32_t>(2 * label.size()));
      for (const char letter : label) block.append({letter, '\0'});
    }
  }
  std::string block, lengths;
};

/// Pixels per unit as the quotient of two whole numbers, to nine digits.
std::pair<std::uint32_t, std::uint32_t> resolution(double pixel) {
  if (!(pixel > 0)) return {1, 1};
  const double per_unit = 1 / pixel;
  const double below = std::pow(10.0, std::floor(9 - std::log10(std::max(per_unit, 1.0))));
  const auto number = [](double value) { return static_cast<std::uint32_t>(std::clamp(value, 1.0, 4.2e9)); };
  return {number(std::round(per_unit * below)), number(below)};
}

void write_directory(std::ostream& out, const std::vector<Entry>& entries, std::uint32_t next) {
  put(out, static_cast<std::uint16_t>(entries.size()));
  for (const auto& entry : entries) {
    put(out, entry.tag);
    put(out, entry.type);
    put(out, entry.count);
    put(out, entry.value);
  }
  put(out, next);
}

void refuse_unequal(std::span<const Image> images) {
  if (images.empty() || images[0].size() == 0) throw InputError("There is no image to be written.");
  for (const auto& image : images)
    if (image.extents() != images[0].extents()) throw InputError("Images of one TIFF must have the same size.");
  const double bytes = 4.0 * static_cast<double>(images[0].size()) * images.size();
  if (bytes > 4.2e9)
    throw InputError(fmt::format("A TIFF cannot hold {:.3g} GB of images. Write .npy or .h5?", bytes * 1e-9));
}

}  // namespace

void write_tiff(const std::filesystem::path& path, std::span<const Image> images, const PixelSize& pixel,
                const std::vector<std::string>& labels) {
  refuse_unequal(images);
  const Labels named(labels);
  PartialFile file(path);
  std::ofstream out(file.partial(), std::ios::binary);
  const auto text = description(images, pixel);
  const auto image_bytes = static_cast<std::uint32_t>(4 * images[0].size());
  const auto count = static_cast<std::uint32_t>(images.size());
  const std::uint32_t text_at = 8, resolution_at = text_at + static_cast<std::uint32_t>(text.size());
  const std::uint32_t lengths_at = resolution_at + 16,
                      labels_at = lengths_at + static_cast<std::uint32_t>(named.lengths.size()),
                      pixels_at = labels_at + static_cast<std::uint32_t>(named.block.size()),
                      directories_at = pixels_at + count * image_bytes;

  out << "II";
  put(out, std::uint16_t{42});
  put(out, directories_at);
  out << text;
  for (const double size : {pixel.x, pixel.y}) {
    const auto [above, below] = resolution(size);
    put(out, above);
    put(out, below);
  }
  out << named.lengths << named.block;
  for (const auto& image : images) out.write(reinterpret_cast<const char*>(image.data()), image_bytes);

  const auto height = static_cast<std::uint32_t>(images[0].extent(0)),
             width = static_cast<std::uint32_t>(images[0].extent(1));
  std::uint32_t next = directories_at;
  for (std::uint32_t page = 0; page < count; ++page) {
    std::vector<Entry> entries = {
        {256, integer, 1, width},
        {257, integer, 1, height},
        {258, short_integer, 1, 32},  // bits
        {259, short_integer, 1, 1},   // uncompressed
        {262, short_integer, 1, 1},   // 0 is black
        {270, ascii, static_cast<std::uint32_t>(text.size()), text_at},
        {273, integer, 1, pixels_at + page * image_bytes},
        {277, short_integer, 1, 1},  // one number a pixel
        {278, integer, 1, height},   // all rows in one strip
        {279, integer, 1, image_bytes},
        {282, rational, 1, resolution_at},
        {283, rational, 1, resolution_at + 8},
        {296, short_integer, 1, 1},  // in the unit of the description
        {339, short_integer, 1, 3},  // floating point
    };
    if (page == 0 && !labels.empty()) {
      entries.push_back({50838, integer, static_cast<std::uint32_t>(named.lengths.size() / 4), lengths_at});
      entries.push_back({50839, byte, static_cast<std::uint32_t>(named.block.size()), labels_at});
    }
    next += static_cast<std::uint32_t>(6 + 12 * entries.size());
    write_directory(out, entries, page + 1 < count ? next : 0);
  }
  out.close();
  if (!out) throw ResourceError(fmt::format("'{}' cannot be written to its end. Is the disk full?", path.string()));
  file.commit();
}

void write_npy(const std::filesystem::path& path, const Image& image) {
  NpyWriter writer(path, {image.extent(0), image.extent(1)});
  writer.append(image.span());
  writer.close();
}

}  // namespace terrace
