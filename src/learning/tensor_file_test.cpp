#include "learning/tensor_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/error.h"

namespace terrace {
namespace {

std::filesystem::path place(const std::string& name) { return std::filesystem::path(testing::TempDir()) / name; }

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::filesystem::path write(const std::string& name, const std::string& bytes) {
  std::ofstream(place(name), std::ios::binary) << bytes;
  return place(name);
}

TensorFile example() {
  TensorFile file;
  file.record["answer"] = 42;
  file.add("numbers", std::vector<float>{1, 2.5f, -3});
  Image image({2, 2});
  image(1, 0) = 7;
  file.add("image", image);
  return file;
}

std::string stored() {
  write_tensor_file(example(), "model", place("example.terrace"));
  return bytes_of(place("example.terrace"));
}

TEST(TensorFile, gives_back_what_it_was_given) {
  stored();
  const auto file = read_tensor_file(place("example.terrace"), "model");
  EXPECT_EQ(file.record.at("answer"), 42);
  EXPECT_EQ(file.at("numbers", 3).values, (std::vector<float>{1, 2.5f, -3}));
  EXPECT_EQ(file.image("image")(1, 0), 7);
  EXPECT_FALSE(std::filesystem::exists(place("example.terrace.partial")));
}

TEST(TensorFile, a_copy_cut_short_anywhere_is_refused) {
  const auto bytes = stored();
  for (std::size_t length = 0; length < bytes.size(); length += 7)
    EXPECT_THROW(read_tensor_file(write("short.terrace", bytes.substr(0, length)), "model"), FileError) << length;
}

TEST(TensorFile, a_changed_byte_anywhere_is_refused) {
  const auto bytes = stored();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == ' ') continue;  // the header's padding carries nothing
    auto damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x11);
    const auto path = write("damaged.terrace", damaged);
    try {
      const auto file = read_tensor_file(path, "model");
      // A changed name of a tensor is found when it is asked for.
      EXPECT_THROW((file.at("numbers", 3), file.at("image", 4)), FileError) << i;
    } catch (const FileError&) {
    }
  }
}

TEST(TensorFile, foreign_empty_missing_and_mislabelled_files_are_refused_by_name) {
  for (const auto& path : {write("foreign.terrace", std::string(1000, 'x')), write("empty.terrace", ""),
                           place("missing.terrace"), std::filesystem::path(testing::TempDir())})
    try {
      read_tensor_file(path, "model");
      FAIL() << path;
    } catch (const FileError& error) {
      EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos);
    }
  stored();
  EXPECT_THROW(read_tensor_file(place("example.terrace"), "checkpoint"), FileError);
}

TEST(TensorFile, a_header_that_claims_to_be_enormous_takes_no_memory) {
  auto bytes = stored();
  for (int i = 0; i < 8; ++i) bytes[i] = '\x7f';
  EXPECT_THROW(read_tensor_file(write("enormous.terrace", bytes), "model"), FileError);
}

TEST(TensorFile, a_folder_that_is_not_there_is_named) {
  EXPECT_THROW(write_tensor_file(example(), "model", place("no/such/folder/model.terrace")), FileError);
}

TEST(TensorFile, half_numbers_take_half_the_room_and_come_back_as_they_were_rounded) {
  const auto path = std::filesystem::path(testing::TempDir()) / "half.tensors";
  TensorFile whole, half;
  whole.add("x", std::vector<float>(4000, 0.1f));
  half = whole;
  round_to_half(half.tensors["x"]);
  write_tensor_file(whole, "model", path);
  const auto whole_size = std::filesystem::file_size(path);
  write_tensor_file(half, "model", path);
  EXPECT_EQ(whole_size - std::filesystem::file_size(path), 8000u);
  const auto again = read_tensor_file(path, "model").at("x", 4000);
  EXPECT_EQ(again.values, half.tensors["x"].values);
  EXPECT_EQ(again.storage, Storage::half);
  EXPECT_NEAR(again.values[0], 0.1f, 0.1f / 2048);  // half a step of eleven bits
}

}  // namespace
}  // namespace terrace
