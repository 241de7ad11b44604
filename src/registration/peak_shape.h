// What an atomic column looks like in the image of high-angle scattering: a sharp peak on a broad foot.
#pragma once

#include <cmath>

namespace terrace {

/// exp(−r²/2w²) + foot · exp(−r²/2(2.5w)²), w in Å: the probe, source and thermal motion make the peak, the probe's
/// tails and beam spreading the foot.
struct PeakShape {
  double width = 0.5;
  double foot = 0;

  double operator()(double offset) const {
    const double r = offset * offset / (2 * width * width);
    return std::exp(-r) + foot * std::exp(-r / 6.25);
  }
};

}  // namespace terrace
