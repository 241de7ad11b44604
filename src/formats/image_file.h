// Images for other programs: 32-bit TIFF as ImageJ opens it, and NumPy.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/array.h"

namespace terrace {

/// Width of a pixel; 0 where it is unknown.
struct PixelSize {
  double y = 0, x = 0;
  std::string unit = "nm";
};

/// Writes one page an image, float32, uncompressed, with ImageJ's description (pixel size, unit, number of images,
/// range) and, where given, a label for each page in ASCII. Throws InputError where the images differ in size, are
/// none, or exceed the 4 GB of a TIFF; ResourceError, FileError.
void write_tiff(const std::filesystem::path& path, std::span<const Image> images, const PixelSize& pixel,
                const std::vector<std::string>& labels = {});

/// Writes an image as float32 .npy. Throws ResourceError, FileError.
void write_npy(const std::filesystem::path& path, const Image& image);

}  // namespace terrace
