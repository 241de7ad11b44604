// Laying a registered scan on the standard grid: the form in which networks see simulated and measured scans alike.
#pragma once

#include <span>
#include <vector>

#include "core/progress.h"
#include "dataset/sample.h"
#include "formats/scan.h"
#include "registration/registration.h"
#include "registration/stretches.h"

namespace terrace {

/// For each standard position, the mean over every equivalent place that the scan holds (one per cell along the
/// interface), found along the crystal's axes and interpolated linearly between the four scan positions around it.
/// Linear interpolation of patterns is exact where scan and grid coincide, good where the step is at most λ/4α (0.31 Å
/// at 20 mrad, 200 kV), and blurs like a source of about half a step where it is coarser; it is done all the same. A
/// position is covered when a place lies within half a step of the scan's outermost positions. Patterns are rebinned by
/// area (intensity is conserved up to the grid's reach), turned so that kx points into the film, and divided by the
/// beam. Places beside a lost pattern are left out. `seen_from` says where each pattern was seen, so that a model may
/// average as the interpolation did. Conditions carry what is known; `electrons_per_pattern` counts the patterns
/// averaged, so that it is the dose that the noise of a standard pattern shows. Labels are the defaults: nothing is
/// known of them. Throws InputError where the registration is not usable, saying what is missing; FileError from
/// reading.
Sample to_standard_grid(const Scan& scan, const Registration& registration, const StandardGrid& grid,
                        const Progress& progress = {});

/// The same for several stretches along the interface at once, one sample each: only places inside a stretch count. The
/// scan is read once, in the order of the file, whatever the number of stretches; beside their borders, patterns of one
/// scan position may serve both neighbours, by interpolation.
std::vector<Sample> to_standard_grids(const Scan& scan, const Registration& registration, const StandardGrid& grid,
                                      std::span<const Stretch> stretches, const Progress& progress = {});

/// The dose that the noise of a standard pattern shows, known before any pattern is read; 0 where the file's is
/// unknown.
double electrons_per_standard_pattern(const ScanInfo& info, const Registration& registration, const StandardGrid& grid);

/// Share of the grid's positions that `sample` covers.
double covered_share(const Sample& sample);

}  // namespace terrace
