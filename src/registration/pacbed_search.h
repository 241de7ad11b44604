// From nothing to the best fit at every thickness: coarse trials, the best of them refined, then thickness by
// thickness. Under fit_pacbed.
#pragma once

#include <vector>

#include "registration/pacbed_fitter.h"
#include "registration/pattern_disc.h"

namespace terrace {

/// Every thickness of the series within what is known, fitted from the best of all rotations, tilts and semi-angles; of
/// ascending thickness. `few` shows fewer pixels than the fitter sees. Throws InputError where no thickness is allowed.
std::vector<PacbedTrial> search_thicknesses(const PacbedView& few, const PacbedFitter& fitter,
                                            const PacbedSeries& series, const PacbedKnown& known,
                                            const PatternDisc& disc, int threads);

}  // namespace terrace
