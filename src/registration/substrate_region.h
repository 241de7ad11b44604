// The part of a scan that shows the substrate alone, in whole cells.
#pragma once

#include "registration/registration.h"

namespace terrace {

/// Cells of the substrate next to the interface that are left out: the probe's tails and the film's strain end there.
inline constexpr double cells_left_out = 1.5;

/// As many whole cells as the scan holds on the substrate's side, along both axes; none where it holds no whole one.
class SubstrateRegion {
 public:
  /// `registration` must be usable.
  SubstrateRegion(const ScanInfo& info, const Registration& registration);

  bool any() const { return across_.any() && along_.any(); }
  /// Whether a place of the crystal frame lies inside.
  bool holds(const Place& crystal) const {
    return across_.holds(normal_is_x_ ? crystal.x : crystal.y) && along_.holds(normal_is_x_ ? crystal.y : crystal.x);
  }

 private:
  /// Å of the crystal frame.
  struct Reach {
    double low = 0, high = 0;
    bool any() const { return high > low; }
    bool holds(double place) const { return place >= low && place < high; }
  };
  static Reach whole_cells(double low, double high, double cell);

  bool normal_is_x_;
  Reach across_, along_;
};

}  // namespace terrace
