#include "formats/hdf5_filters.h"

#include <numeric>
#include <random>

#include "formats/hdf5.h"
#include "formats/test_file.h"
#include "formats/test_packed_hdf5.h"

namespace terrace {
namespace {

using namespace testing_files;

const Hdf5Filter shuffle{2, "shuffle", {}}, lz4{32004, "lz4", {}};

Hdf5Filter bitshuffle(unsigned item_bytes, unsigned block, unsigned compression) {
  return {32008, "bitshuffle", {0, 3, item_bytes, block, compression}};
}

std::string noise(std::size_t bytes) {
  std::mt19937 generator(7);
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text.push_back(static_cast<char>(i % 3 == 0 ? generator() & 255 : 0));
  return text;
}

std::string undone(const std::string& stored, const std::vector<Hdf5Filter>& filters, std::size_t item_bytes,
                   std::size_t bytes, unsigned skipped = 0) {
  const auto* first = reinterpret_cast<const std::byte*>(stored.data());
  const auto out = undo_filters({first, first + stored.size()}, filters, skipped, item_bytes, bytes, "scan.h5:/data");
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

/// Items of 1 to 8 bytes; whole blocks, a shorter last one, and up to seven numbers left over.
TEST(Hdf5Filters, bitshuffle_lz4_comes_back_as_it_was) {
  for (const std::size_t item : {1, 2, 3, 4, 8})
    for (const std::size_t count : {0, 5, 8, 16, 64, 71, 129}) {
      const auto bytes = noise(item * count);
      const auto stored = bitshuffle_lz4(bytes, item, 32);
      EXPECT_EQ(undone(stored, {bitshuffle(item, 0, 2)}, item, bytes.size()), bytes) << item << " x " << count;
    }
}

TEST(Hdf5Filters, bitshuffle_alone_takes_blocks_of_eight_kilobytes_unless_told) {
  const auto bytes = noise(2 * 5000);  // 4096 + 896 + 8 numbers
  EXPECT_EQ(undone(shuffled_bits(bytes.substr(0, 8192), 2) + shuffled_bits(bytes.substr(8192), 2),
                   {bitshuffle(2, 0, 0)}, 2, bytes.size()),
            bytes);
  EXPECT_EQ(undone(shuffled_bits(bytes, 2), {bitshuffle(2, 5000, 0)}, 2, bytes.size()), bytes);
}

TEST(Hdf5Filters, lz4_comes_back_as_it_was_whether_it_shrank_or_not) {
  const std::string flat(100, 'a'), rough = noise(3).substr(0, 3);
  const auto stored = big_endian(103, 8) + big_endian(100, 4) + lz4_block(flat) + big_endian(3, 4) + rough;
  EXPECT_EQ(undone(stored, {lz4}, 2, 103), flat + rough);
}

TEST(Hdf5Filters, filters_are_undone_from_the_last_and_skipped_where_the_chunk_says_so) {
  const std::string bytes = "AaBbCc", apart = "ABCabc";
  EXPECT_EQ(undone(apart, {shuffle}, 2, 6), bytes);
  EXPECT_EQ(undone(big_endian(6, 8) + big_endian(6, 4) + big_endian(6, 4) + apart, {shuffle, lz4}, 2, 6), bytes);
  EXPECT_EQ(undone(apart, {shuffle, lz4}, 2, 6, 2), bytes);
  EXPECT_EQ(undone(bytes, {shuffle, lz4}, 2, 6, 3), bytes);
}

TEST(Hdf5Filters, what_cannot_be_undone_is_known) {
  EXPECT_TRUE(can_undo({shuffle, lz4, bitshuffle(2, 0, 2), bitshuffle(2, 0, 0), {32008, "", {0, 2, 4}}}));
  EXPECT_FALSE(can_undo({bitshuffle(2, 0, 3)}));  // zstd
  EXPECT_FALSE(can_undo({shuffle, {32001, "blosc", {}}}));
}

TEST(Hdf5Filters, a_damaged_chunk_is_refused) {
  const auto bytes = noise(400);
  const auto stored = bitshuffle_lz4(bytes, 4, 32);
  const std::vector<Hdf5Filter> filters = {bitshuffle(4, 0, 2)};
  for (std::size_t length = 0; length < stored.size(); ++length)
    expect_error<FileError>([&] { undone(stored.substr(0, length), filters, 4, 400); }, "scan.h5:/data");
  auto other_total = stored, no_eights = stored, vast_block = stored;
  other_total[7] ^= 1;
  no_eights[11] ^= 4;
  vast_block[12] = '\x7f';
  expect_error<FileError>([&] { undone(other_total, filters, 4, 400); }, "says that it holds");
  expect_error<FileError>([&] { undone(no_eights, filters, 4, 400); }, "not in eights");
  expect_error<FileError>([&] { undone(vast_block, filters, 4, 400); }, "bytes early");
  expect_error<FileError>([&] { undone(big_endian(8, 8) + big_endian(0, 4), {lz4}, 1, 8); }, "empty");
  expect_error<FileError>([&] { undone("short", {shuffle}, 1, 8); }, "5 bytes, not 8");
}

/// Chunks of 2 × 3 × 4 over an array of 5 × 7 × 9: no chunk fits the edge.
TEST(ChunkReader, any_block_is_that_part_of_the_whole) {
  const Extents extents = {5, 7, 9}, chunk = {2, 3, 4};
  const auto number = [](std::int64_t z, std::int64_t y, std::int64_t x) { return 100 * z + 10 * y + x; };
  int fetched = 0;
  const auto fetch = [&](const Extents& first) {
    ++fetched;
    std::vector<std::int64_t> numbers;
    for (std::int64_t z = 0; z < 2; ++z)
      for (std::int64_t y = 0; y < 3; ++y)
        for (std::int64_t x = 0; x < 4; ++x) numbers.push_back(number(first[0] + z, first[1] + y, first[2] + x));
    const auto* bytes = reinterpret_cast<const std::byte*>(numbers.data());
    return std::vector<std::byte>(bytes, bytes + 8 * numbers.size());
  };
  ChunkReader reader(chunk, 8, 1 << 20);
  const auto expect_block = [&](const Extents& start, const Extents& counts) {
    std::vector<std::int64_t> block(static_cast<std::size_t>(counts[0] * counts[1] * counts[2])), wanted;
    reader.read(start, counts, reinterpret_cast<std::byte*>(block.data()), fetch);
    for (std::int64_t z = 0; z < counts[0]; ++z)
      for (std::int64_t y = 0; y < counts[1]; ++y)
        for (std::int64_t x = 0; x < counts[2]; ++x) wanted.push_back(number(start[0] + z, start[1] + y, start[2] + x));
    EXPECT_EQ(block, wanted);
  };
  expect_block({0, 0, 0}, {1, 1, 1});
  expect_block({1, 2, 3}, {3, 4, 5});
  expect_block({4, 6, 8}, {1, 1, 1});
  expect_block({0, 0, 0}, extents);
  EXPECT_EQ(fetched, 3 * 3 * 3);  // each chunk once: all stay in the cache
  ChunkReader forgetful(chunk, 8, 1);
  std::int64_t got = 0;
  for (int round = 0; round < 2; ++round)
    for (const std::int64_t z : {0, 2}) {
      forgetful.read({z, 0, 0}, {1, 1, 1}, reinterpret_cast<std::byte*>(&got), fetch);
      EXPECT_EQ(got, number(z, 0, 0));
    }
  EXPECT_EQ(fetched, 27 + 4);
}

TEST(Hdf5Filters, a_packed_dataset_reads_without_a_plugin) {
  const auto path = fresh("packed.h5");
  Array<std::uint16_t, 3> frames({3, 5, 7});
  std::iota(frames.begin(), frames.end(), std::uint16_t{900});
  write_packed(path, "/entry/data/data", frames);
  const auto data = Hdf5File::open(path).dataset("/entry/data/data");
  data.refuse_unknown_filters();
  std::vector<float> block(2 * 4);
  data.read<float>({1, 2, 3}, {1, 2, 4}, block);
  EXPECT_THAT(block, testing::ElementsAre(952, 953, 954, 955, 959, 960, 961, 962));
}

TEST(Hdf5Filters, an_unknown_filter_is_named_with_what_to_do) {
  const auto path = fresh("unknown.h5");
  const hsize_t extents[] = {2, 4, 4};
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(3, extents, nullptr), layout = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(layout, 3, extents);
  H5Pset_filter(layout, 299, H5Z_FLAG_OPTIONAL, 0, nullptr);
  H5Dclose(H5Dcreate2(file, "data", H5T_STD_U16LE, space, H5P_DEFAULT, layout, H5P_DEFAULT));
  H5Fclose(file);
  expect_error<FileError>([&] { open_scan(path.string()); }, "HDF5 filter 299");
  expect_error<FileError>([&] { open_scan(path.string()); }, "HDF5_PLUGIN_PATH");
}

}  // namespace
}  // namespace terrace
