#include "formats/hdf5.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "core/error.h"

namespace terrace {
namespace {

namespace fs = std::filesystem;

/// A path in the test's own folder, which starts empty.
fs::path fresh(const std::string& name) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const auto folder = fs::path(testing::TempDir()) / (std::string("hdf5_") + test->name());
  fs::create_directories(folder);
  fs::remove(folder / name);
  return folder / name;
}

Array<float, 3> counted(std::int64_t a, std::int64_t b, std::int64_t c) {
  Array<float, 3> block({a, b, c});
  for (std::int64_t i = 0; i < block.size(); ++i) block.data()[i] = static_cast<float>(i);
  return block;
}

TEST(Hdf5, what_was_written_reads_back_alike) {
  const auto path = fresh("all.h5");
  auto file = Hdf5File::create(path);
  file.write("/deep/inside/number", 2.5);
  file.write("/count", std::int64_t{1} << 40);
  file.write("/text", "Å and µ");
  file.write("/names", std::vector<std::string>{"y", "", "kx"});
  file.write("/truth", true);
  file.write("/empty", std::vector<double>{});
  file.write("/block", counted(2, 3, 4));
  file.write("/packed", counted(2, 30, 40), {.chunk = {1, 30, 40}, .gzip = 4});
  file.write_attribute("/block", "units", "electrons");
  file.write_attribute("/", "version", 1);
  file.write_attribute("/deep", "steps", std::vector<double>{0.5, 0.25});
  file.link("/views/block", "/block");
  file.close();

  const auto back = Hdf5File::open(path);
  EXPECT_EQ(back.read<double>("/deep/inside/number"), 2.5);
  EXPECT_EQ(back.read<std::int64_t>("/count"), std::int64_t{1} << 40);
  EXPECT_EQ(back.read<std::string>("/text"), "Å and µ");
  EXPECT_EQ(back.read<std::vector<std::string>>("/names"), (std::vector<std::string>{"y", "", "kx"}));
  EXPECT_TRUE(back.read<bool>("/truth"));
  EXPECT_TRUE(back.read<std::vector<double>>("/empty").empty());
  const auto block = back.read<Array<float, 3>>("/views/block");
  EXPECT_THAT(block.span(), testing::ElementsAreArray(counted(2, 3, 4).span()));
  const auto packed = back.read<std::vector<double>>("/packed");
  EXPECT_EQ(packed.back(), 2 * 30 * 40 - 1);
  EXPECT_EQ(back.read_attribute<std::string>("/block", "units"), "electrons");
  EXPECT_EQ(back.read_attribute<int>("/", "version"), 1);
  EXPECT_EQ(back.read_attribute<std::vector<double>>("/deep", "steps"), (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(back.children("/deep"), (std::vector<std::string>{"inside"}));
  EXPECT_THAT(back.datasets(), testing::Contains("/deep/inside/number"));
  EXPECT_THAT(back.datasets(), testing::Not(testing::Contains("/views/block")));
}

TEST(Hdf5, parts_are_the_parts_of_the_whole) {
  auto file = Hdf5File::create(fresh("parts.h5"));
  auto dataset = file.make_dataset<std::uint16_t>("/d", {4, 5, 6}, {.chunk = {2, 5, 6}, .gzip = 1});
  const std::vector<float> row(6, 7);
  dataset.write<float>({3, 2, 0}, {1, 1, 6}, row);
  std::vector<double> column(5);
  file.dataset("/d").read<double>({3, 0, 4}, {1, 5, 1}, column);
  EXPECT_EQ(column, (std::vector<double>{0, 0, 7, 0, 0}));
  EXPECT_EQ(file.dataset("/d").type(), "uint16");
  EXPECT_THROW(dataset.write<float>({4, 0, 0}, {1, 1, 6}, row), FileError);
  EXPECT_THROW(dataset.write<float>({0, 0, 0}, {1, 1, 5}, row), FileError);
}

TEST(Hdf5, equal_content_gives_equal_bytes) {
  std::vector<std::string> bytes;
  for (const auto* name : {"one.h5", "two.h5"}) {
    const auto path = fresh(name);
    auto file = Hdf5File::create(path);
    file.write("/packed", counted(2, 30, 40), {.chunk = {1, 30, 40}, .gzip = 4});
    file.write_attribute("/packed", "units", "electrons");
    file.write("/text", "settings");
    file.close();
    std::ifstream stream(path, std::ios::binary);
    bytes.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // time stamps would differ by a second
  }
  EXPECT_EQ(bytes[0], bytes[1]);
}

TEST(Hdf5, threads_read_the_same_numbers) {
  const auto path = fresh("threads.h5");
  auto made = Hdf5File::create(path);
  made.write("/block", counted(16, 8, 8), {.chunk = {1, 8, 8}, .gzip = 1});
  made.close();
  const auto file = Hdf5File::open(path);
  const auto dataset = file.dataset("/block");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      std::vector<float> pattern(64);
      for (int round = 0; round < 200; ++round) {
        const std::int64_t index = (round + thread) % 16;
        dataset.read<float>({index, 0, 0}, {1, 8, 8}, pattern);
        wrong[thread] += pattern[63] != static_cast<float>(64 * index + 63);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(wrong, testing::Each(0));
}

TEST(Hdf5, damage_is_a_file_error_with_the_name) {
  const auto path = fresh("whole.h5");
  auto file = Hdf5File::create(path);
  file.write("/block", counted(20, 30, 40));
  file.write("/text", "words");
  file.close();

  const auto expect_error = [](const auto& action, const std::string& says) {
    EXPECT_THAT(action, testing::Throws<FileError>(testing::Property(&FileError::what, testing::HasSubstr(says))));
  };
  const auto back = Hdf5File::open(path);
  expect_error([&] { back.read<double>("/missing"); }, "whole.h5:/missing");
  expect_error([&] { back.read<double>("/text"); }, "holds string");
  expect_error([&] { back.read<std::string>("/block"); }, "whole.h5:/block");
  expect_error([&] { back.read<Image>("/block"); }, "[20, 30, 40]");
  expect_error([&] { Hdf5File::open(fresh("absent.h5")); }, "absent.h5");

  const auto cut = fresh("cut.h5");
  fs::copy_file(path, cut);
  fs::resize_file(cut, fs::file_size(cut) / 2);
  expect_error([&] { Hdf5File::open(cut).read<Array<float, 3>>("/block"); }, "cut.h5");
  const auto empty = fresh("empty.h5");
  std::ofstream(empty).close();
  expect_error([&] { Hdf5File::open(empty); }, "not an HDF5 file");
}

TEST(Hdf5, an_enormous_promise_is_refused_before_memory_is_asked_for) {
  const auto path = fresh("promise.h5");
  auto file = Hdf5File::create(path);
  file.make_dataset<float>("/block", {1 << 20, 1 << 20, 4}, {.chunk = {1, 64, 4}});
  file.close();
  EXPECT_THROW((Hdf5File::open(path).read<Array<float, 3>>("/block")), FileError);
}

}  // namespace
}  // namespace terrace
