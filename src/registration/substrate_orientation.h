// How the detector lies on the scan, half turn and mirror included: from the substrate's own patterns.
#pragma once

#include <optional>

#include "registration/orientation_comparison.h"
#include "registration/pacbed_fit.h"
#include "registration/registration.h"
#include "specimen/crystal.h"

namespace terrace {

/// Whether turn and mirror of the detector were given by hand, so that there is nothing to settle.
bool orientation_is_given(const Registration& registration);

/// Compares the substrate's patterns with simulated ones of the thickness and tilt that `fit` found, in each of the
/// eight ways that a detector may lie on a square crystal, and takes the one that is clearly best
/// (orientation_comparison.h) into `registration`, whose reasons say the outcome. The turn modulo 45° stays as it was
/// measured; which of the mirror lines is <10> the fit says. What was given by hand stays, and it is said where the
/// patterns speak clearly against it. `substrate` is seen along c, an A column at its origin. Empty, with the reason
/// among the registration's, where nothing can be compared.
std::optional<OrientationComparison> settle_orientation(const Scan& scan, Registration& registration,
                                                        const Crystal& substrate, const PacbedFit& fit, int threads,
                                                        const Progress& progress = {});

}  // namespace terrace
