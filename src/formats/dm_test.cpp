#include "formats/dm.h"

#include "formats/dm_tags.h"
#include "formats/test_file.h"

namespace terrace {
namespace {

using namespace testing_files;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// Writes the tags of a DM3 or DM4 file: lengths and counts in 4 or 8 bytes, big-endian; data little-endian or big.
struct Writer {
  int version = 4;
  Order data = Order::little;

  std::string length(std::int64_t value) const {
    std::string bytes;
    version == 4 ? append<std::int64_t>(bytes, static_cast<double>(value), Order::big)
                 : append<std::int32_t>(bytes, static_cast<double>(value), Order::big);
    return bytes;
  }

  std::string tag(int id, const std::string& name, const std::string& content) const {
    std::string bytes(1, static_cast<char>(id));
    append<std::uint16_t>(bytes, static_cast<double>(name.size()), Order::big);
    return bytes + name + (version == 4 ? length(static_cast<std::int64_t>(content.size())) : "") + content;
  }

  std::string described(const std::vector<std::int64_t>& words, const std::string& data) const {
    auto bytes = "%%%%" + length(static_cast<std::int64_t>(words.size()));
    for (const auto word : words) bytes += length(word);
    return bytes + data;
  }

  std::string children(const std::vector<std::string>& tags) const {
    auto bytes = std::string("\0\0", 2) + length(static_cast<std::int64_t>(tags.size()));
    for (const auto& tag : tags) bytes += tag;
    return bytes;
  }

  std::string group(const std::string& name, const std::vector<std::string>& tags) const {
    return tag(20, name, children(tags));
  }

  std::string real(const std::string& name, double value) const {
    std::string bytes;
    append<double>(bytes, value, data);
    return tag(21, name, described({7}, bytes));
  }

  std::string whole(const std::string& name, double value) const {
    std::string bytes;
    append<std::uint32_t>(bytes, value, data);
    return tag(21, name, described({5}, bytes));
  }

  std::string text(const std::string& name, const std::string& value) const {
    std::string bytes;
    for (const char c : value) append<std::uint16_t>(bytes, static_cast<unsigned char>(c), data);
    return tag(21, name, described({20, 4, static_cast<std::int64_t>(value.size())}, bytes));
  }

  std::string file(const std::vector<std::string>& tags) const {
    std::string bytes;
    append<std::int32_t>(bytes, version, Order::big);
    bytes += length(0);
    append<std::int32_t>(bytes, data == Order::little, Order::big);
    return bytes + children(tags);
  }
};

struct Axis {
  int size;
  double scale, origin;
  std::string unit;
};

/// An image whose axes are given fastest first, as the file has them.
std::string image(const Writer& write, const std::vector<Axis>& axes, int data_type, int element, std::int64_t count,
                  const std::string& numbers, const std::vector<std::string>& image_tags) {
  std::vector<std::string> sizes, calibrations;
  for (const auto& axis : axes) {
    sizes.push_back(write.whole("", axis.size));
    calibrations.push_back(write.group(
        "", {write.real("Origin", axis.origin), write.real("Scale", axis.scale), write.text("Units", axis.unit)}));
  }
  // A struct and an array of structs stand in every file; they must be stepped over.
  const auto point = write.tag(21, "Point", write.described({15, 0, 2, 0, 3, 0, 6}, std::string(8, '\1')));
  const auto colours = write.tag(21, "Colours", write.described({20, 15, 0, 2, 0, 2, 0, 2, 3}, std::string(12, '\1')));
  return write.group(
      "",
      {write.group("ImageData", {point, colours, write.group("Calibrations", {write.group("Dimension", calibrations)}),
                                 write.tag(21, "Data", write.described({20, element, count}, numbers)),
                                 write.whole("DataType", data_type), write.group("Dimensions", sizes)}),
       write.group("ImageTags", image_tags), write.text("Name", "a scan")});
}

std::string thumbnail(const Writer& write) {
  return image(write, {{2, 1, 0, ""}, {2, 1, 0, ""}}, 23, 5, 4, std::string(16, '\0'), {});
}

const Axis ky{4, 0.5, 2, "1/nm"}, kx{6, 0.25, 3, "1/nm"}, y{2, 0.2, 0, "nm"}, x{3, 0.1, 0, "nm"};

std::string pattern_order(const Writer& write) {
  std::string numbers;
  for (int n = 0; n < 6; ++n)
    for (const float number : pattern_at(small_scan(), n / 3, n % 3))
      append<std::uint16_t>(numbers, number, write.data);
  return numbers;
}

std::string scan_image_order(const Writer& write) {
  std::string numbers;
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 6; ++column)
      for (int n = 0; n < 6; ++n) append<std::uint16_t>(numbers, number_at(n / 3, n % 3, row, column), write.data);
  return numbers;
}

/// A file with a thumbnail before the scan and tags after it.
std::string file(const Writer& write, const std::vector<Axis>& axes, const std::string& numbers,
                 std::vector<std::string> meta_data) {
  const auto microscope =
      write.group("Microscope Info", {write.real("Voltage", 200000), write.text("Microscope", "Titan")});
  return write.file(
      {write.group("ImageList", {thumbnail(write), image(write, axes, 10, 4, 144, numbers,
                                                         {write.group("Meta Data", meta_data), microscope})}),
       write.text("After", "all")});
}

void expect_scan(const Scan& scan) {
  expect_every_number_in_place(scan);
  const auto& info = scan.info();
  EXPECT_EQ(info.title, "a scan");
  EXPECT_EQ(info.dtype, "uint16");
  EXPECT_EQ(info.energy_kev, 200);
  EXPECT_NEAR(info.step_y_angstrom, 2, 1e-12);
  EXPECT_NEAR(info.step_x_angstrom, 1, 1e-12);
  EXPECT_NEAR(info.k_per_pixel_y, 0.05, 1e-12);
  EXPECT_NEAR(info.k_per_pixel_x, 0.025, 1e-12);
  EXPECT_NEAR(info.centre_row, 2, 1e-12);
  EXPECT_NEAR(info.centre_column, 3, 1e-12);
  EXPECT_EQ(info.provenance["Microscope"], "Titan");
}

TEST(Dm, both_axis_orders_of_both_versions_give_the_same_scan) {
  for (const int version : {3, 4})
    for (const auto order : {Order::little, Order::big}) {
      const Writer write{version, order};
      const auto path = fresh("scan.dm" + std::to_string(version));
      write_bytes(path, file(write, {kx, ky, x, y}, pattern_order(write), {write.whole("Data Order Swapped", 1)}));
      expect_scan(*open_scan(path.string()));
      write_bytes(path, file(write, {x, y, kx, ky}, scan_image_order(write), {write.whole("Data Order Swapped", 0)}));
      expect_scan(*open_scan(path.string()));
    }
}

TEST(Dm, units_tell_the_order_where_no_tag_does_and_the_user_wins) {
  const Writer write;
  const auto path = fresh("scan.dm4");
  write_bytes(path, file(write, {kx, ky, x, y}, pattern_order(write), {}));
  expect_scan(*open_scan(path.string()));
  write_bytes(path, file(write, {x, y, kx, ky}, scan_image_order(write), {}));
  expect_scan(*open_scan(path.string()));
  write_bytes(path, file(write, {kx, ky, x, y}, pattern_order(write), {write.whole("Data Order Swapped", 0)}));
  EXPECT_THAT(open_scan(path.string())->info().guesses, Contains(HasSubstr("their units say")));
  ScanOverrides overrides;
  overrides.axes = "y x ky kx";
  expect_scan(*open_scan(path.string(), overrides));
}

TEST(Dm, an_order_that_nothing_tells_is_that_of_older_files_and_is_told) {
  const Writer write;
  const auto path = fresh("scan.dm4");
  write_bytes(path,
              file(write, {{3, 1, 0, ""}, {2, 1, 0, ""}, {6, 1, 0, ""}, {4, 1, 0, ""}}, scan_image_order(write), {}));
  const auto scan = open_scan(path.string());
  expect_every_number_in_place(*scan);
  EXPECT_EQ(scan->info().step_x_angstrom, 0);
  EXPECT_THAT(scan->info().guesses, Contains(HasSubstr("does not say the order")));
}

TEST(Dm, patterns_in_a_row_and_single_patterns_are_read) {
  const Writer write;
  const auto path = fresh("stack.dm4");
  write_bytes(path, file(write, {kx, ky, {6, 1, 0, ""}}, pattern_order(write), {}));
  ScanOverrides overrides;
  overrides.scan_shape = {2, 3};
  expect_every_number_in_place(*open_scan(path.string(), overrides));
  EXPECT_THAT(shape_of(*open_scan(path.string())), ElementsAre(1, 6, 4, 6));
  write_bytes(path, file(write, {{12, 1, 0, ""}, {12, 1, 0, ""}}, pattern_order(write), {}));
  EXPECT_THAT(shape_of(*open_scan(path.string())), ElementsAre(1, 1, 12, 12));
  write_bytes(path,
              file(write, {kx, ky, {6, 1, 0, ""}}, pattern_order(write), {write.text("Format", "Spectrum image")}));
  expect_error<FileError>([&] { open_scan(path.string()); }, "spectrum image");
}

TEST(Dm, hostile_tag_trees_are_refused_in_one_line) {
  const Writer write;
  const auto path = fresh("bad.dm4");
  const auto refused = [&](const std::string& bytes, const std::string& says) {
    write_bytes(path, bytes);
    expect_error<FileError>([&] { open_scan(path.string()); }, says);
  };
  std::string deep = write.whole("x", 1);
  for (int depth = 0; depth < 2000; ++depth) deep = write.group("g", {deep});
  refused(write.file({deep}), "beyond all measure");
  refused(write.file({}) + std::string(64, '\0'), "no image");
  auto many = write.file({write.whole("x", 1)});
  many.replace(18, 8, std::string("\x7f\xff\xff\xff\xff\xff\xff\xff", 8));
  refused(many, "impossible size");
  refused(write.file({write.tag(22, "x", "")}), "kind 22");
  refused(write.file({write.tag(21, "x", "$$$$" + std::string(30, '\0'))}), "without its mark");
  refused(write.file({write.tag(21, "x", write.described({20, 7, 1LL << 61}, ""))}), "impossible");
  refused(write.file({write.tag(21, "x", write.described({20, 20, 20, 20, 20, 20, 20, 2, 1, 1, 1, 1, 1, 1, 1}, ""))}),
          "kind 20");
  refused(write.file({write.tag(21, "x", write.described({15, 0, 400, 0, 2}, ""))}), "impossible");
  refused(write.file({write.tag(21, "x", write.described({20, 2, 30}, ""))}), "Was the copy cut short?");
  const std::string numbers(288, '\0');
  refused(file(write, {{1000, 1, 0, ""}, {1000, 1, 0, ""}, {1000, 1, 0, ""}, {1000, 1, 0, ""}}, numbers, {}),
          "cut short");
  refused(file(write, {{0, 1, 0, ""}, {6, 1, 0, ""}, {6, 1, 0, ""}, {4, 1, 0, ""}}, numbers, {}), "no scan");
  refused(file(write, {{6, 1, 0, ""}, {4, 1, 0, ""}, {3, 1, 0, ""}, {2, 1, 0, ""}, {1, 1, 0, ""}}, numbers, {}),
          "no image");
}

TEST(Dm, damage_does_no_harm) {
  for (const int version : {3, 4}) {
    const Writer write{version, Order::little};
    const auto path = fresh("good.dm" + std::to_string(version));
    write_bytes(path, file(write, {kx, ky, x, y}, pattern_order(write), {write.whole("Data Order Swapped", 1)}));
    expect_damage_does_no_harm(path, 29);
  }
}

TEST(Dm, digital_micrograph_writes_this) {
  if (!std::filesystem::exists(samples)) GTEST_SKIP() << samples << " is not here";
  for (const auto* name : {"dm4_3D_test-2.dm4", "dm3_3D_test-2.dm3"}) {
    const auto stack = open_scan((samples / name).string());
    EXPECT_THAT(shape_of(*stack), ElementsAre(1, 2, 2, 2)) << name;
    EXPECT_EQ(total(*stack), 36) << name;
    EXPECT_EQ(stack->info().dtype, "float32");
  }
  const auto single = open_scan((samples / "dm4_2D_test-2.dm4").string());
  EXPECT_THAT(shape_of(*single), ElementsAre(1, 1, 2, 2));
  EXPECT_EQ(total(*single), 10);
  const auto pattern = open_scan((samples / "dm3_diffraction_pattern.dm3").string());
  EXPECT_THAT(shape_of(*pattern), ElementsAre(1, 1, 87, 87));
  EXPECT_NEAR(pattern->info().k_per_pixel_x, 0.017443, 1e-6);
  EXPECT_NEAR(pattern->info().k_per_pixel_y, 0.017443, 1e-6);
}

}  // namespace
}  // namespace terrace
