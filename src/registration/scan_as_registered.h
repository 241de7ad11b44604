// A scan with what its registration found of it, for what shows or sums its patterns as they are.
#pragma once

#include "formats/scan.h"
#include "registration/registration.h"

namespace terrace {

/// Patterns with faulty pixels, and values that are no numbers, replaced by their neighbours' mean; beam, angles, steps
/// and energy as registered. `scan` and `registration` are borrowed.
class ScanAsRegistered : public Scan {
 public:
  ScanAsRegistered(const Scan& scan, const Registration& registration);
  void read(int row, int column, std::span<float> pattern) const override;

 private:
  const Scan& scan_;
  const Registration& registration_;
};

}  // namespace terrace
