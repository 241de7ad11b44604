#include "commands/registered_scan.h"

#include <fmt/format.h>

#include "commands/estimate_line.h"
#include "report/registration_section.h"

namespace terrace {

void print_registration(const Registration& found) {
  fmt::print("registration:\n");
  for (const auto& [name, estimate, unit] : found_items(found)) print_estimate(name, estimate, unit);
  fmt::print("  {:<26} {} end of {}\n", "Film", found.film_side, found.interface_normal);
  for (const auto& reason : found.reasons) fmt::print("  note: {}\n", reason);
}

void print_thickness(const PacbedFit& fit) {
  fmt::print(
      "substrate: {:.1f} nm thick, tilted by {:.2f} mrad along columns and {:.2f} along rows (correlation {:.3f})\n",
      fit.thickness_nm.value, fit.tilt_x_mrad.value, fit.tilt_y_mrad.value, fit.correlation);
}

std::optional<PacbedFit> measure_thickness(const Scan& scan, Registration& registration, Perovskite substrate,
                                           double substrate_cell_angstrom, MeasureThickness when, int threads,
                                           const Progress& progress) {
  if (registration.thickness_nm.known() && when == MeasureThickness::where_unknown) return std::nullopt;
  substrate.cell_angstrom = substrate.cell_across_angstrom = substrate_cell_angstrom;
  std::string reason;
  auto fit = substrate_thickness(scan, registration, unit_cell(substrate), threads, reason, progress);
  if (!reason.empty()) registration.reasons.push_back(reason);
  if (!fit) return fit;
  if (!registration.thickness_nm.known() && fit->correlation >= least_correlation)
    registration.thickness_nm = fit->thickness_nm;
  return fit;
}

}  // namespace terrace
