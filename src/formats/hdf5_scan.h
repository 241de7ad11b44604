// Scans in HDF5 files: one reader of patterns, and for each kind of file one function that finds them and their
// calibration. All throw FileError and may be read from several threads.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "formats/hdf5.h"
#include "formats/scan_overrides.h"
#include "formats/units.h"

namespace terrace {

/// Patterns in a dataset of 4 axes (or 3: patterns in a row, or 2: one pattern), read when asked.
class Hdf5Scan : public Scan {
 public:
  Hdf5Scan(Hdf5File file, const std::string& path, const ScanOverrides& overrides);
  void read(int row, int column, std::span<float> pattern) const override;
  const Hdf5File& file() const { return file_; }

 private:
  Hdf5File file_;
  Hdf5Dataset data_;
  AxisOrder order_;
};

/// A kind of HDF5 file: how it is known, and how it is opened.
struct Hdf5Kind {
  bool (*recognises)(const Hdf5File& file);
  std::unique_ptr<Scan> (*open)(Hdf5File file, const ScanOverrides& overrides);
};

/// EMD 1.0, as py4DSTEM and terrace write it: the calibration bundle, and of terrace's files everything.
bool is_emd(const Hdf5File& file);
std::unique_ptr<Scan> open_emd(Hdf5File file, const ScanOverrides& overrides);

/// EMD 0.2, as py4DSTEM wrote it before version 0.14: the axes' calibration, and what its metadata hold.
bool is_old_emd(const Hdf5File& file);
std::unique_ptr<Scan> open_old_emd(Hdf5File file, const ScanOverrides& overrides);

/// HyperSpy (.hspy): axes with units, acquisition metadata.
bool is_hyperspy(const Hdf5File& file);
std::unique_ptr<Scan> open_hyperspy(Hdf5File file, const ScanOverrides& overrides);

/// Prismatic's 4D output, of the deepest exit plane where nothing else is asked for; axes, energy, semi-angle.
bool is_prismatic(const Hdf5File& file);
std::unique_ptr<Scan> open_prismatic(Hdf5File file, const ScanOverrides& overrides);

/// The master file of a Dectris camera, with the data files that it links to and the microscope's side file.
bool is_dectris(const Hdf5File& file);
std::unique_ptr<Scan> open_dectris(Hdf5File file, const ScanOverrides& overrides);

/// Velox's .emd, which holds images alone: opening refuses it, with advice.
bool is_velox(const Hdf5File& file);
std::unique_ptr<Scan> refuse_velox(Hdf5File file, const ScanOverrides& overrides);

/// Any other HDF5 file: its largest dataset of three or more axes, no calibration.
std::unique_ptr<Scan> open_plain_hdf5(Hdf5File file, const ScanOverrides& overrides);

/// That of `found` whose path ends with or contains the `dataset` asked for, `standard` where none is. Throws
/// InputError with the choice where it is not one of them.
std::string chosen_dataset(const std::vector<std::string>& found, const std::string& standard,
                           const ScanOverrides& overrides, const Hdf5File& file);

/// The linear axis that a dataset of coordinates says, two or all of them, with its attribute "units"; empty where
/// there is none.
AxisCalibration axis_at(const Hdf5File& file, const std::string& path);

/// The value at `path`, or the attribute, where it is there and is one number or one text; files of others promise
/// nothing.
std::optional<double> number_at(const Hdf5File& file, const std::string& path);
std::optional<std::string> text_at(const Hdf5File& file, const std::string& path);
std::optional<double> number_attribute(const Hdf5File& file, const std::string& object, const std::string& name);
std::optional<std::string> text_attribute(const Hdf5File& file, const std::string& object, const std::string& name);

}  // namespace terrace
