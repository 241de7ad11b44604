#include "report/packed.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstring>

namespace terrace {
namespace {

std::string from_base64(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    group = group << 6 | static_cast<std::uint32_t>(alphabet.find(c));
    if ((bits += 6) >= 8) bytes += static_cast<char>(group >> (bits -= 8) & 255);
  }
  return bytes;
}

std::string gunzip(const std::string& zipped, std::size_t size) {
  std::string bytes(size, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zipped.data()));
  stream.avail_in = static_cast<uInt>(zipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(size);
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return bytes;
}

TEST(Base64, gives_the_examples_of_rfc_4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

TEST(Packed, float32_comes_back_unchanged) {
  const std::vector<float> numbers = {1.5f, -2.25f, 1e-30f, 0, 3e30f};
  const auto packed = pack_float32(numbers, {5});
  const std::string bytes = gunzip(from_base64(packed["data"]), sizeof(float) * numbers.size());
  EXPECT_EQ(std::memcmp(bytes.data(), numbers.data(), bytes.size()), 0);
  EXPECT_EQ(packed["low"], -2.25);
}

TEST(LogCodes, come_back_within_half_a_step) {
  std::vector<float> numbers;
  for (int i = 0; i <= 100; ++i) numbers.push_back(static_cast<float>(3 * std::pow(10, -0.0399 * i)));
  const auto coded = log_codes(numbers, 4);
  // 254 steps over four decades: half a step is a factor of 10^(4/254/2) = 1.0183; float rounding adds 1e-6.
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double back = coded.low * std::pow(coded.high / coded.low, (coded.codes[i] - 1) / 254.0);
    EXPECT_NEAR(std::log(back / numbers[i]), 0, std::log(1.0184)) << i;
  }
}

TEST(LogCodes, one_electron_stands_out_from_none) {
  const auto coded = log_codes(std::vector<float>{0, 1, 4}, 4);
  EXPECT_EQ(coded.low, 0.5);
  EXPECT_EQ(coded.codes, (std::vector<std::uint8_t>{0, 86, 255}));  // ln 2 / ln 8 = a third of the way
}

TEST(LogCodes, a_hot_pixel_does_not_darken_the_rest) {
  std::vector<float> numbers(20000, 1.0f);
  numbers[7] = 1e9f;
  const auto coded = log_codes(numbers, 4);
  EXPECT_EQ(coded.high, 1);
  EXPECT_EQ(coded.codes[7], 255);
}

TEST(LogCodes, zero_negative_and_nan_are_code_0) {
  const std::vector<float> numbers = {0, -1, NAN, 1};
  EXPECT_EQ(log_codes(numbers, 4).codes, (std::vector<std::uint8_t>{0, 0, 0, 255}));
  EXPECT_EQ(log_codes(std::vector<float>(3, 0.0f), 4).codes, (std::vector<std::uint8_t>{0, 0, 0}));
}

TEST(Packed, linear8_takes_a_flat_picture) {
  const auto packed = pack_linear8(std::vector<float>(4, 2.0f), {2, 2});
  EXPECT_EQ(gunzip(from_base64(packed["data"]), 4), std::string(4, '\0'));
  EXPECT_EQ(packed["low"], 2.0);
}

}  // namespace
}  // namespace terrace
