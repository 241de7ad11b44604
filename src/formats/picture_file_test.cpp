#include "formats/picture_file.h"

#include <jpeglib.h>
#include <zlib.h>

#include <cstdio>

#include "formats/image_file.h"
#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;

void put_big(std::string& bytes, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 255);
}

std::string chunk(const std::string& name, const std::string& data) {
  std::string bytes;
  put_big(bytes, static_cast<std::uint32_t>(data.size()));
  bytes += name + data;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(bytes.data() + 4), static_cast<uInt>(data.size() + 4));
  put_big(bytes, static_cast<std::uint32_t>(sum));
  return bytes;
}

/// A PNG (ISO/IEC 15948) of `lines`, each with its filter byte 0 before it.
std::string png_of(std::uint32_t height, std::uint32_t width, int bits, int colour, const std::string& lines) {
  std::string header;
  put_big(header, width);
  put_big(header, height);
  header += {static_cast<char>(bits), static_cast<char>(colour), 0, 0, 0};
  uLongf size = compressBound(lines.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(lines.data()), lines.size());
  packed.resize(size);
  return "\x89PNG\r\n\x1A\n" + chunk("IHDR", header) + chunk("IDAT", packed) + chunk("IEND", "");
}

std::string jpeg_of(int height, int width, JSAMPLE value) {
  jpeg_compress_struct writer;
  jpeg_error_mgr errors;
  writer.err = jpeg_std_error(&errors);
  jpeg_create_compress(&writer);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&writer, &memory, &size);
  writer.image_height = height;
  writer.image_width = width;
  writer.input_components = 1;
  writer.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&writer);
  jpeg_start_compress(&writer, TRUE);
  std::vector<JSAMPLE> line(width, value);
  JSAMPROW row = line.data();
  while (writer.next_scanline < writer.image_height) jpeg_write_scanlines(&writer, &row, 1);
  jpeg_finish_compress(&writer);
  jpeg_destroy_compress(&writer);
  std::string bytes(reinterpret_cast<char*>(memory), size);
  std::free(memory);
  return bytes;
}

Image read_bytes_as_picture(const std::string& bytes, std::vector<std::string>* notes = nullptr) {
  const auto path = fresh("picture");
  write_bytes(path, bytes);
  return read_picture(path, notes);
}

TEST(PictureFile, a_tiff_of_floats_comes_back_to_the_bit) {
  Image image({3, 5});
  for (int i = 0; i < 15; ++i) image.data()[i] = static_cast<float>(i) * 0.37f - 2;
  const auto path = fresh("image.tif");
  write_tiff(path, std::vector<Image>{image, image}, {});
  std::vector<std::string> notes;
  const auto back = read_picture(path, &notes);
  ASSERT_EQ(back.extents(), image.extents());
  EXPECT_TRUE(std::equal(back.begin(), back.end(), image.begin()));
  EXPECT_THAT(notes, testing::ElementsAre(testing::HasSubstr("several pages")));
}

TEST(PictureFile, a_png_keeps_8_and_16_bits) {
  using namespace std::string_literals;
  const auto eight = read_bytes_as_picture(png_of(2, 3, 8, 0, "\0\1\2\3\0\4\5\xFF"s));
  EXPECT_THAT(std::vector<float>(eight.begin(), eight.end()), testing::ElementsAre(1, 2, 3, 4, 5, 255));
  const auto sixteen = read_bytes_as_picture(png_of(1, 2, 16, 0, "\0\1\2\xFF\xFE"s));
  EXPECT_THAT(std::vector<float>(sixteen.begin(), sixteen.end()), testing::ElementsAre(258, 65534));
}

TEST(PictureFile, colours_become_brightness_and_that_is_noted) {
  using namespace std::string_literals;
  std::vector<std::string> notes;
  const auto image = read_bytes_as_picture(png_of(1, 2, 8, 2, "\0\x64\x64\x64\xFF\0\0"s), &notes);
  EXPECT_NEAR(image(0, 0), 100, 1e-3);
  EXPECT_NEAR(image(0, 1), 0.299 * 255, 1e-3);
  EXPECT_THAT(notes, testing::ElementsAre(testing::HasSubstr("colours")));
}

TEST(PictureFile, a_jpeg_of_one_grey_is_that_grey) {
  const auto image = read_bytes_as_picture(jpeg_of(16, 24, 93));
  EXPECT_EQ(image.extent(0), 16);
  EXPECT_EQ(image.extent(1), 24);
  for (const float value : image) EXPECT_NEAR(value, 93, 1);
}

TEST(PictureFile, one_that_is_cut_short_is_refused) {
  Image image({40, 50});
  const auto path = fresh("whole.tif");
  write_tiff(path, std::vector<Image>{image}, {});
  using namespace std::string_literals;
  for (const auto& whole : {read_bytes(path), png_of(2, 3, 8, 0, "\0\1\2\3\0\4\5\xFF"s), jpeg_of(64, 64, 9)})
    for (const std::size_t kept : {std::size_t{9}, whole.size() / 3, whole.size() / 2})
      EXPECT_THROW(read_bytes_as_picture(whole.substr(0, kept)), FileError) << kept << " of " << whole.size();
}

TEST(PictureFile, an_enormous_one_is_refused_before_it_is_read) {
  EXPECT_THROW(read_bytes_as_picture(png_of(2'000'000, 900'000, 8, 0, "")), FileError);
}

TEST(PictureFile, a_tiff_of_more_numbers_a_pixel_than_colours_is_refused) {
  const auto path = fresh("many.tif");
  write_tiff(path, std::vector<Image>{Image({2, 3})}, {});
  auto bytes = read_bytes(path);
  const std::string_view one_a_pixel("\x15\x01\x03\0\x01\0\0\0\x01\0", 10);  // tag 277
  const auto at = bytes.find(one_a_pixel);
  ASSERT_NE(at, std::string::npos);
  put<std::uint16_t>(bytes, at + 8, 65535);
  expect_error<FileError>([&] { read_bytes_as_picture(bytes); }, "is not read");
}

TEST(PictureFile, the_first_bytes_decide_not_the_name) {
  const auto path = fresh("scan.png");
  write_bytes(path, "\x93NUMPY");
  EXPECT_FALSE(is_picture(path));
  EXPECT_THROW(read_picture(path), FileError);
  EXPECT_THROW(is_picture(fresh("missing.png")), FileError);
}

TEST(PictureFile, real_patterns_are_read) {
  const auto path = samples / "pacbed" / "02-on_zone_49-51nm.jpg";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the sample files are not here";
  const auto image = read_picture(path);
  EXPECT_EQ(image.extent(0), 1024);
  EXPECT_EQ(image.extent(1), 1024);
}

}  // namespace
}  // namespace terrace
