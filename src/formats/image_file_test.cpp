#include "formats/image_file.h"

#include <cstring>
#include <map>

#include "formats/scan_overrides.h"
#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;

template <class T>
T number_from(const std::string& bytes, std::size_t at) {
  T number;
  std::memcpy(&number, bytes.data() + at, sizeof(T));
  return number;
}

/// The directory at `at` by tag: (count, value).
std::map<int, std::pair<std::uint32_t, std::uint32_t>> directory(const std::string& bytes, std::size_t at) {
  std::map<int, std::pair<std::uint32_t, std::uint32_t>> entries;
  const int count = number_from<std::uint16_t>(bytes, at);
  for (int i = 0; i < count; ++i) {
    const auto entry = at + 2 + 12 * static_cast<std::size_t>(i);
    entries[number_from<std::uint16_t>(bytes, entry)] = {number_from<std::uint32_t>(bytes, entry + 4),
                                                         number_from<std::uint32_t>(bytes, entry + 8)};
  }
  return entries;
}

std::vector<Image> two_images() {
  std::vector<Image> images(2, Image({3, 5}));
  for (int i = 0; i < 15; ++i) {
    images[0].data()[i] = static_cast<float>(i) - 2.5f;
    images[1].data()[i] = 100.0f * static_cast<float>(i);
  }
  return images;
}

TEST(ImageFile, a_tiff_holds_its_images_and_their_scale) {
  const auto path = fresh("images.tif");
  const auto images = two_images();
  write_tiff(path, images, {0.25, 0.0976, "nm"});
  const auto bytes = read_bytes(path);
  ASSERT_EQ(bytes.substr(0, 4), std::string("II\x2a\x00", 4));
  auto at = number_from<std::uint32_t>(bytes, 4);
  for (const auto& image : images) {
    const auto entries = directory(bytes, at);
    EXPECT_EQ(entries.at(256).second, 5u);
    EXPECT_EQ(entries.at(257).second, 3u);
    EXPECT_EQ(bytes.substr(entries.at(273).second, 60), std::string(reinterpret_cast<const char*>(image.data()), 60));
    const auto text = bytes.substr(entries.at(270).second, entries.at(270).first);
    EXPECT_THAT(text, testing::HasSubstr("images=2\nslices=2\nunit=nm\n"));
    EXPECT_THAT(text, testing::HasSubstr("min=-2.5\nmax=1400\n"));
    const auto x = entries.at(282).second, y = entries.at(283).second;
    const auto quotient = [&](std::uint32_t from) {
      return double(number_from<std::uint32_t>(bytes, from)) / number_from<std::uint32_t>(bytes, from + 4);
    };
    EXPECT_NEAR(quotient(x), 1 / 0.0976, 5e-9 / 0.0976);  // half a unit of the ninth digit
    EXPECT_EQ(quotient(y), 4);
    at = number_from<std::uint32_t>(bytes, at + 2 + 12 * entries.size());
  }
  EXPECT_EQ(at, 0u);
}

TEST(ImageFile, labels_stand_where_imagej_looks_for_them) {
  const auto path = fresh("labelled.tif");
  write_tiff(path, two_images(), {}, {"BF", "ADF"});
  const auto bytes = read_bytes(path);
  const auto first_at = number_from<std::uint32_t>(bytes, 4);
  const auto first = directory(bytes, first_at);
  const auto [parts, lengths_at] = first.at(50838);
  ASSERT_EQ(parts, 3u);
  EXPECT_EQ(number_from<std::uint32_t>(bytes, lengths_at), 12u);
  EXPECT_EQ(number_from<std::uint32_t>(bytes, lengths_at + 4), 4u);
  EXPECT_EQ(number_from<std::uint32_t>(bytes, lengths_at + 8), 6u);
  const auto [size, block_at] = first.at(50839);
  EXPECT_EQ(bytes.substr(block_at, size), std::string("JIJIlbal\2\0\0\0", 12) + std::string("B\0F\0A\0D\0F\0", 10));
  EXPECT_EQ(bytes.substr(first.at(273).second, 60),
            std::string(reinterpret_cast<const char*>(two_images()[0].data()), 60));
  const auto second = directory(bytes, number_from<std::uint32_t>(bytes, first_at + 2 + 12 * first.size()));
  EXPECT_FALSE(second.contains(50838));
  EXPECT_EQ(bytes.substr(second.at(273).second, 60),
            std::string(reinterpret_cast<const char*>(two_images()[1].data()), 60));
}

TEST(ImageFile, numpy_images_read_back) {
  const auto path = fresh("image.npy");
  write_npy(path, two_images()[1]);
  const auto numbers = read_pattern(*open_scan(path.string()), 0, 0);
  EXPECT_THAT(numbers, testing::ElementsAreArray(two_images()[1].span()));
}

TEST(ImageFile, what_no_tiff_holds_is_refused) {
  expect_error<InputError>([] { write_tiff(fresh("none.tif"), {}, {}); }, "no image");
  std::vector<Image> unequal = {Image({2, 2}), Image({2, 3})};
  expect_error<InputError>([&] { write_tiff(fresh("unequal.tif"), unequal, {}); }, "same size");
  expect_error<FileError>([] { write_tiff(fresh("no") / "folder.tif", two_images(), {}); }, "folder.tif");
}

}  // namespace
}  // namespace terrace
