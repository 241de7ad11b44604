#include "commands/registered_scan.h"

#include <fmt/format.h>

#include "commands/estimate_line.h"
#include "registration/estimate_text.h"
#include "registration/substrate_orientation.h"
#include "report/registration_section.h"

namespace terrace {

void print_registration(const Registration& found) {
  fmt::print("registration:\n");
  for (const auto& [name, estimate, unit] : found_items(found)) print_estimate(name, estimate, unit);
  fmt::print("  {:<26} {} end of {}\n", "Film", found.film_side, found.interface_normal);
  for (const auto& reason : found.reasons) fmt::print("  note: {}\n", reason);
}

void print_thickness(const PacbedFit& fit) {
  fmt::print("substrate: {} nm thick, tilted by {} mrad along columns and {} along rows (correlation {:.3f})\n",
             estimate_text(fit.thickness_nm, 2), number_text(fit.tilt_x_mrad.value, 2),
             number_text(fit.tilt_y_mrad.value, 2), fit.correlation);
}

std::optional<PacbedFit> read_substrate(const Scan& scan, Registration& registration, Perovskite substrate,
                                        double substrate_cell_angstrom, MeasureThickness when, int threads,
                                        const Progress& progress) {
  const bool thickness_wanted = !registration.thickness_nm.known() || when == MeasureThickness::always;
  if (!thickness_wanted && orientation_is_given(registration)) return std::nullopt;
  substrate.cell_angstrom = substrate.cell_across_angstrom = substrate_cell_angstrom;
  const auto crystal = unit_cell(substrate);
  const auto range = thickness_wanted ? ThicknessRange{} : thicknesses_near(registration.thickness_nm.value);
  std::string reason;
  auto fit = substrate_thickness(scan, registration, crystal, threads, reason, progress, range);
  if (!fit) {
    registration.reasons.push_back(reason);
    return fit;
  }
  if (!orientation_is_given(registration)) settle_orientation(scan, registration, crystal, *fit, threads, progress);
  if (!thickness_wanted) return std::nullopt;
  if (!registration.thickness_nm.known() && fit->correlation >= least_correlation)
    registration.thickness_nm = fit->thickness_nm;
  return fit;
}

RegistrationOptions registration_options(RegistrationOptions options, const ScanOverrides& overrides) {
  const bool turned = overrides.flip_detector_y == "yes" || overrides.flip_detector_x == "yes";
  if (turned && options.detector_mirrored == "auto") options.detector_mirrored = "no";
  const auto take = [](double& by_hand, double instead) {
    if (by_hand <= 0) by_hand = instead;
  };
  take(options.energy_kev, overrides.energy_kev);
  take(options.semiangle_mrad, overrides.semiangle_mrad);
  take(options.thickness_nm, overrides.thickness_nm);
  if (overrides.mrad_per_pixel.size() == 1) take(options.mrad_per_pixel, overrides.mrad_per_pixel[0]);
  if (!overrides.step_nm.empty()) {
    take(options.step_y_angstrom, 10 * overrides.step_nm.front());
    take(options.step_x_angstrom, 10 * overrides.step_nm.back());
  }
  return options;
}

}  // namespace terrace
