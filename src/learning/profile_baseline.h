// Baselines that read one number for each column across the interface: what an image shows.
#pragma once

#include <functional>
#include <vector>

#include "learning/preprocessing.h"

namespace terrace {

/// One number for each column across the grid.
using Profile = std::function<std::vector<float>(const Sample&)>;

/// Intensity outside the aperture for each column of the grid: mean over the covered positions along y, divided by the
/// mean of all columns; 1 where a column is not covered.
std::vector<float> dark_field_profile(const Sample& sample, const StandardGrid& grid);

/// Trains a small network to tell rough from diffuse by the profile and the conditions of the samples, and asks it.
std::vector<bool> profile_says_rough(const std::vector<Sample>& training, const std::vector<Sample>& test,
                                     const Preprocessing& preprocessing, const Profile& profile_of);

}  // namespace terrace
