#include "formats/units.h"

#include <array>
#include <string_view>
#include <utility>

#include "core/constants.h"

namespace terrace {
namespace {

/// `text` with every `from` written as `to`.
std::string replaced(const std::string& text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t start = 0;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, start)) {
    result.append(text, start, at - start).append(to);
    start = at + from.size();
  }
  return result.append(text, start);
}

/// One spelling for all: no decoration, "A" for ångström, "u" for micro, "X^-1" for reciprocals.
std::string plain(std::string unit) {
  for (const auto* decoration : {"$", "{", "}", "[", "]", " ", "\\", "mathrm", "k_", "_"})
    unit = replaced(unit, decoration, "");
  for (const auto* name : {"Å", "\u212B", "Angstroms", "Angstrom", "angstroms", "angstrom", "Ang"})
    unit = replaced(unit, name, "A");
  for (const auto* micro : {"µ", "μ"}) unit = replaced(unit, micro, "u");
  unit = replaced(unit, "⁻¹", "^-1");
  if (unit.starts_with("1/")) unit = unit.substr(2) + "^-1";
  return unit;
}

double length_of(std::string_view plain_unit) {
  constexpr std::array<std::pair<std::string_view, double>, 6> lengths = {
      {{"A", 1}, {"nm", 10}, {"pm", 0.01}, {"um", 1e4}, {"mm", 1e7}, {"m", 1e10}}};
  for (const auto& [name, value] : lengths)
    if (plain_unit == name) return value;
  return 0;
}

}  // namespace

double angstrom_in(const std::string& unit) { return length_of(plain(unit)); }

double inverse_angstrom_in(const std::string& unit) {
  const auto text = plain(unit);
  if (!text.ends_with("^-1")) return 0;
  const double length = length_of(std::string_view(text).substr(0, text.size() - 3));
  return length > 0 ? 1 / length : 0;
}

double mrad_in(const std::string& unit) {
  const auto text = plain(unit);
  return text == "mrad" ? 1 : text == "rad" ? 1000 : 0;
}

void calibrate_scan_axis(ScanInfo& info, char axis, const AxisCalibration& calibration) {
  const double step = calibration.scale * angstrom_in(calibration.unit);
  if (!(step > 0)) return;
  (axis == 'y' ? info.step_y_angstrom : info.step_x_angstrom) = step;
  (axis == 'y' ? info.start_y_angstrom : info.start_x_angstrom) = calibration.offset * angstrom_in(calibration.unit);
}

void calibrate_detector_axis(ScanInfo& info, char axis, const AxisCalibration& calibration) {
  const double k = calibration.scale * inverse_angstrom_in(calibration.unit);
  const double angle = calibration.scale * mrad_in(calibration.unit);
  if (!(k > 0 || angle > 0)) return;
  if (k > 0) (axis == 'y' ? info.k_per_pixel_y : info.k_per_pixel_x) = k;
  if (angle > 0) (axis == 'y' ? info.mrad_per_pixel_y : info.mrad_per_pixel_x) = angle;
  // An axis that starts at 0 or above says nothing about the beam: many programs leave the offset out.
  if (calibration.offset < 0)
    (axis == 'y' ? info.centre_row : info.centre_column) = -calibration.offset / calibration.scale;
}

void settle_angles(ScanInfo& info) {
  if (!(info.energy_kev > 0)) return;
  const double mrad_per_k = 1000 * wavelength(info.energy_kev);
  if (!(info.mrad_per_pixel_y > 0)) info.mrad_per_pixel_y = info.k_per_pixel_y * mrad_per_k;
  if (!(info.mrad_per_pixel_x > 0)) info.mrad_per_pixel_x = info.k_per_pixel_x * mrad_per_k;
}

void forget_settled_angles(ScanInfo& info) {
  if (!(info.energy_kev > 0)) return;
  const double mrad_per_k = 1000 * wavelength(info.energy_kev);
  if (info.mrad_per_pixel_y == info.k_per_pixel_y * mrad_per_k) info.mrad_per_pixel_y = 0;
  if (info.mrad_per_pixel_x == info.k_per_pixel_x * mrad_per_k) info.mrad_per_pixel_x = 0;
}

}  // namespace terrace
