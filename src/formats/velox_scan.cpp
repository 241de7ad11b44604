// Velox's .emd files, which share nothing with EMD but the ending.
#include <fmt/format.h>

#include "core/error.h"
#include "formats/hdf5_scan.h"

namespace terrace {

bool is_velox(const Hdf5File& file) {
  for (const std::string group : {"/Data/Image", "/Data/SpectrumStream", "/Data/SpectrumImage"}) {
    if (!file.has(group) || file.is_dataset(group)) continue;
    for (const auto& name : file.children(group))
      if (file.is_dataset(group + "/" + name + "/Data")) return true;
  }
  return false;
}

std::unique_ptr<Scan> refuse_velox(Hdf5File file, const ScanOverrides&) {
  throw FileError(fmt::format(
      "'{}' is a Velox file: images and spectra, not patterns by scan position. Velox saves 4D-STEM data as "
      ".mrc; export that?",
      file.path().string()));
}

}  // namespace terrace
