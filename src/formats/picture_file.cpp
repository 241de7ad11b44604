#include "formats/picture_file.h"

#include <fmt/format.h>
#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string_view>

#include "core/error.h"
#include "formats/file_bytes.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t longest_side = 16384;

using Notes = std::vector<std::string>;

[[noreturn]] void damaged(const fs::path& path, const std::string& why) {
  throw FileError(fmt::format("'{}' cannot be read as a picture: {}. Was the copy cut short?", path.string(), why));
}

void check_size(const fs::path& path, std::uint32_t height, std::uint32_t width) {
  if (height < 1 || width < 1 || height > longest_side || width > longest_side)
    throw FileError(fmt::format("'{}' is a picture of {} x {} pixels (up to {} a side are read). Bin it?",
                                path.string(), width, height, longest_side));
}

void note_colours(Notes& notes) { notes.push_back("a picture in colours: their brightness is taken"); }

/// ITU-R BT.601, as JPEG's grey is.
float brightness(float red, float green, float blue) { return 0.299f * red + 0.587f * green + 0.114f * blue; }

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

File open(const fs::path& path) {
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) throw FileError(fmt::format("'{}' cannot be opened. May you read it?", path.string()));
  return file;
}

// PNG and JPEG libraries leave by longjmp: what must be destroyed lives in these structs, outside of the jump.

struct Png {
  png_structp reader = nullptr;
  png_infop info = nullptr;
  std::string problem;
  std::vector<png_byte> bytes;
  std::vector<png_bytep> rows;
  ~Png() { png_destroy_read_struct(&reader, info ? &info : nullptr, nullptr); }
};

void png_failed(png_structp reader, png_const_charp what) {
  static_cast<Png*>(png_get_error_ptr(reader))->problem = what;
  png_longjmp(reader, 1);
}

bool read_png_header(Png& png, std::FILE* file) {
  if (setjmp(png_jmpbuf(png.reader))) return false;
  png_init_io(png.reader, file);
  png_read_info(png.reader, png.info);
  png_set_expand(png.reader);  // palettes and fewer than 8 bits
  png_set_strip_alpha(png.reader);
  png_set_swap(png.reader);  // 16 bits in this machine's order
  png_set_interlace_handling(png.reader);
  png_read_update_info(png.reader, png.info);
  return true;
}

bool read_png_rows(Png& png) {
  if (setjmp(png_jmpbuf(png.reader))) return false;
  png_read_image(png.reader, png.rows.data());
  return true;
}

/// One grey number a pixel out of one or three.
template <class T>
void take_pixels(const T* from, int channels, Image& image) {
  for (float& pixel : image) {
    pixel = channels < 3 ? static_cast<float>(from[0]) : brightness(from[0], from[1], from[2]);
    from += channels;
  }
}

Image read_png(const fs::path& path, Notes& notes) {
  const File file = open(path);
  Png png;
  png.reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, &png, png_failed, [](png_structp, png_const_charp) {});
  png.info = png_create_info_struct(png.reader);
  if (!read_png_header(png, file.get())) damaged(path, png.problem);
  const auto height = png_get_image_height(png.reader, png.info), width = png_get_image_width(png.reader, png.info);
  check_size(path, height, width);
  const auto row_bytes = png_get_rowbytes(png.reader, png.info);
  png.bytes.resize(row_bytes * height);
  for (std::uint32_t row = 0; row < height; ++row) png.rows.push_back(png.bytes.data() + row * row_bytes);
  if (!read_png_rows(png)) damaged(path, png.problem);
  const int channels = png_get_channels(png.reader, png.info);
  if (channels >= 3) note_colours(notes);
  Image image({height, width});
  if (png_get_bit_depth(png.reader, png.info) == 16)
    take_pixels(reinterpret_cast<const std::uint16_t*>(png.bytes.data()), channels, image);
  else
    take_pixels(png.bytes.data(), channels, image);
  return image;
}

struct Jpeg {
  jpeg_error_mgr errors{};
  std::jmp_buf back{};
  jpeg_decompress_struct reader{};
  std::string problem;
  std::vector<JSAMPLE> line;
  ~Jpeg() { jpeg_destroy_decompress(&reader); }
};

void jpeg_failed(j_common_ptr reader) {
  auto* jpeg = static_cast<Jpeg*>(reader->client_data);
  char text[JMSG_LENGTH_MAX];
  reader->err->format_message(reader, text);
  jpeg->problem = text;
  std::longjmp(jpeg->back, 1);
}

bool start_jpeg(Jpeg& jpeg, std::FILE* file) {
  if (setjmp(jpeg.back)) return false;
  jpeg_create_decompress(&jpeg.reader);
  jpeg.reader.client_data = &jpeg;
  jpeg_stdio_src(&jpeg.reader, file);
  jpeg_read_header(&jpeg.reader, TRUE);
  jpeg.reader.out_color_space = JCS_GRAYSCALE;
  return true;
}

bool read_jpeg_lines(Jpeg& jpeg, Image& image) {
  if (setjmp(jpeg.back)) return false;
  jpeg_start_decompress(&jpeg.reader);
  while (jpeg.reader.output_scanline < jpeg.reader.output_height) {
    const auto row = jpeg.reader.output_scanline;
    JSAMPROW line = jpeg.line.data();
    jpeg_read_scanlines(&jpeg.reader, &line, 1);
    std::copy(jpeg.line.begin(), jpeg.line.end(), image[row].begin());
  }
  return jpeg.errors.num_warnings == 0;  // a cut file is a warning to the library
}

Image read_jpeg(const fs::path& path, Notes& notes) {
  const File file = open(path);
  Jpeg jpeg;
  jpeg.reader.err = jpeg_std_error(&jpeg.errors);
  jpeg.errors.error_exit = jpeg_failed;
  jpeg.errors.output_message = [](j_common_ptr) {};
  jpeg.problem = "its data end early or are damaged";
  if (!start_jpeg(jpeg, file.get())) damaged(path, jpeg.problem);
  check_size(path, jpeg.reader.image_height, jpeg.reader.image_width);
  if (jpeg.reader.num_components >= 3) note_colours(notes);
  Image image({jpeg.reader.image_height, jpeg.reader.image_width});
  jpeg.line.resize(jpeg.reader.image_width);
  if (!read_jpeg_lines(jpeg, image)) damaged(path, jpeg.problem);
  return image;
}

/// How a TIFF keeps its numbers.
struct TiffKind {
  std::uint32_t height = 0, width = 0;
  std::uint16_t bits = 1, samples = 1, format = SAMPLEFORMAT_UINT, planes = PLANARCONFIG_CONTIG, photometric = 1;
};

struct CloseTiff {
  void operator()(TIFF* file) const { TIFFClose(file); }
};
using Tiff = std::unique_ptr<TIFF, CloseTiff>;

/// The library's words land in `problem` instead of on the terminal.
int keep_problem(TIFF*, void* problem, const char*, const char* form, va_list values) {
  char text[300];
  std::vsnprintf(text, sizeof text, form, values);
  *static_cast<std::string*>(problem) = text;
  return 1;
}

Tiff open_tiff(const fs::path& path, std::string& problem) {
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                             TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_problem, &problem);
  TIFFOpenOptionsSetWarningHandlerExtR(
      options.get(), [](TIFF*, void*, const char*, const char*, va_list) { return 1; }, nullptr);
  Tiff file(TIFFOpenExt(path.c_str(), "r", options.get()));
  if (!file) damaged(path, problem);
  return file;
}

TiffKind kind_of(TIFF* file) {
  TiffKind kind;
  TIFFGetField(file, TIFFTAG_IMAGELENGTH, &kind.height);
  TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &kind.width);
  TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &kind.bits);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &kind.samples);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLEFORMAT, &kind.format);
  TIFFGetFieldDefaulted(file, TIFFTAG_PLANARCONFIG, &kind.planes);
  TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &kind.photometric);
  return kind;
}

template <class T>
double number_at(const std::byte* line, std::uint32_t index) {
  return static_cast<double>(load<T>(line + index * sizeof(T)));
}

using NumberAt = double (*)(const std::byte*, std::uint32_t);

NumberAt reader_of(const TiffKind& kind) {
  const bool is_float = kind.format == SAMPLEFORMAT_IEEEFP, is_signed = kind.format == SAMPLEFORMAT_INT;
  if (is_float) return kind.bits == 32 ? number_at<float> : kind.bits == 64 ? number_at<double> : nullptr;
  if (kind.bits == 8) return is_signed ? number_at<std::int8_t> : number_at<std::uint8_t>;
  if (kind.bits == 16) return is_signed ? number_at<std::int16_t> : number_at<std::uint16_t>;
  if (kind.bits == 32) return is_signed ? number_at<std::int32_t> : number_at<std::uint32_t>;
  return nullptr;
}

void take_line(const std::byte* line, const TiffKind& kind, NumberAt number, std::span<float> row) {
  for (std::uint32_t x = 0; x < kind.width; ++x) {
    const std::uint32_t first = x * kind.samples;
    row[x] = static_cast<float>(kind.samples < 3 ? number(line, first)
                                                 : brightness(static_cast<float>(number(line, first)),
                                                              static_cast<float>(number(line, first + 1)),
                                                              static_cast<float>(number(line, first + 2))));
  }
}

Image read_tiff(const fs::path& path, Notes& notes) {
  std::string problem;
  const Tiff file = open_tiff(path, problem);
  const auto kind = kind_of(file.get());
  check_size(path, kind.height, kind.width);
  const auto number = reader_of(kind);
  constexpr int most_samples = 4;  // colours and transparency; more are claimed by damaged files alone
  if (!number || kind.samples > most_samples || kind.planes != PLANARCONFIG_CONTIG || TIFFIsTiled(file.get()) ||
      kind.photometric == PHOTOMETRIC_PALETTE)
    throw FileError(fmt::format(
        "'{}' is a TIFF with {} bits a number and {} numbers a pixel, in planes, tiles or a palette, which is "
        "not read. Save it as plain 16 or 32 bit grey in ImageJ.",
        path.string(), kind.bits, kind.samples));
  if (kind.samples >= 3) note_colours(notes);
  Image image({kind.height, kind.width});
  std::vector<std::byte> line(static_cast<std::size_t>(TIFFScanlineSize(file.get())));
  if (line.size() < std::size_t{kind.width} * kind.samples * kind.bits / 8) damaged(path, "its lines are too short");
  for (std::uint32_t row = 0; row < kind.height; ++row) {
    if (TIFFReadScanline(file.get(), line.data(), row) < 0) damaged(path, problem);
    take_line(line.data(), kind, number, image[row]);
  }
  if (kind.photometric == PHOTOMETRIC_MINISWHITE)
    for (float& pixel : image) pixel = -pixel;
  if (TIFFReadDirectory(file.get())) notes.push_back("a TIFF of several pages: the first is taken");
  return image;
}

/// A kind of picture by its first bytes.
struct Kind {
  std::string_view start;
  Image (*read)(const fs::path& path, Notes& notes);
};

constexpr std::string_view operator""_bytes(const char* text, std::size_t length) { return {text, length}; }

constexpr Kind kinds[] = {
    {"\x89PNG\r\n\x1A\n"_bytes, read_png},
    {"\xFF\xD8\xFF"_bytes, read_jpeg},
    {"II*\0"_bytes, read_tiff},
    {"MM\0*"_bytes, read_tiff},
    {"II+\0"_bytes, read_tiff},
    {"MM\0+"_bytes, read_tiff},
};

const Kind* kind_of_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || !fs::is_regular_file(path))
    throw FileError(
        fmt::format("'{}' cannot be opened (missing, a folder, or not yours). Is the path right?", path.string()));
  char start[8] = {};
  file.read(start, sizeof start);
  const std::string_view found(start, static_cast<std::size_t>(file.gcount()));
  for (const auto& kind : kinds)
    if (found.starts_with(kind.start)) return &kind;
  return nullptr;
}

}  // namespace

bool is_picture(const fs::path& path) { return kind_of_file(path) != nullptr; }

Image read_picture(const fs::path& path, std::vector<std::string>* notes) {
  const auto* kind = kind_of_file(path);
  if (!kind) throw FileError(fmt::format("'{}' is no picture (.tif, .png or .jpg).", path.string()));
  Notes found;
  auto image = kind->read(path, found);
  if (notes) notes->insert(notes->end(), found.begin(), found.end());
  return image;
}

}  // namespace terrace
