// What registration found, with the pictures to judge it by. The only file of the report that knows Registration.
#pragma once

#include <string>
#include <vector>

#include "core/progress.h"
#include "registration/registration.h"
#include "report/report.h"

namespace terrace {

struct FoundItem {
  std::string name;
  Estimate estimate;
  std::string unit;
};

/// The numbers of a registration that a reader judges it by, in the order of their finding.
std::vector<FoundItem> found_items(const Registration& registration);

/// The interface's plane from end to end of the scan; none where it was not found.
std::optional<ScanLine> interface_line(const ScanInfo& info, const Registration& registration);

/// The plane's position minus where the straight lattice has it that the standard grid is laid on: the interface plane
/// plus whole substrate cells on one side, film cells on the other. Å, in order of registration.planes; empty where no
/// interface was found.
std::vector<double> lattice_residuals(const Registration& registration);

/// A table of what was found; the mean pattern with the disc, the columns with the planes, their brightness and their
/// residuals, each where it is known.
ReportSection registration_section(const ScanInfo& info, const Registration& registration);

}  // namespace terrace
