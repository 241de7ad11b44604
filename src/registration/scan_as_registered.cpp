#include "registration/scan_as_registered.h"

#include "microscope/faulty_pixels.h"

namespace terrace {
namespace {

void take(const Estimate& estimate, double& value) {
  if (estimate.known()) value = estimate.value;
}

}  // namespace

ScanAsRegistered::ScanAsRegistered(const Scan& scan, const Registration& r) : scan_(scan), registration_(r) {
  info_ = scan.info();
  take(r.centre_row, info_.centre_row);
  take(r.centre_column, info_.centre_column);
  take(r.mrad_per_pixel_y, info_.mrad_per_pixel_y);
  take(r.mrad_per_pixel_x, info_.mrad_per_pixel_x);
  take(r.semiangle_mrad, info_.semiangle_mrad);
  take(r.step_y_angstrom, info_.step_y_angstrom);
  take(r.step_x_angstrom, info_.step_x_angstrom);
  take(r.energy_kev, info_.energy_kev);
}

void ScanAsRegistered::read(int row, int column, std::span<float> pattern) const {
  scan_.read(row, column, pattern);
  repair(pattern, info_.detector_height, info_.detector_width, registration_.faulty_pixels);
}

}  // namespace terrace
