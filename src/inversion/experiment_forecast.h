// An experiment weighed before it is made: the dose that settles questions about a buried step, at several depths and
// under several settings of the microscope, everything that the recipe leaves open fitted beside.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/progress.h"
#include "dataset/recipe.h"

namespace terrace {

/// What to vary; an empty list keeps what the recipe has: the middle of its ranges, or what it fixes.
struct ForecastRequest {
  std::vector<double> energies_kev{}, semiangles_mrad{}, defoci_nm{}, sources_fwhm_angstrom{};
  std::vector<double> thicknesses_nm{};         ///< rounded to cells
  std::vector<int> across{}, along{};           ///< positions of the grid, and so the scan steps
  std::vector<double> depths_nm{};              ///< of the step, rounded to cells; empty: shares of each thickness
  std::vector<double> electrons_per_pattern{};  ///< for the rates
};

/// One experiment. The rest is the recipe's; what that leaves open has its expected value and its spread.
struct ForecastSetting {
  double energy_kev = 0, semiangle_mrad = 0;
  double defocus_nm = 0;  ///< of the beam where it meets the crystal: an amorphous layer counts
  double source_fwhm_angstrom = 0;
  int thickness_cells = 0;
  double thickness_nm = 0;
  int across = 0, along = 0;
  double step_angstrom = 0;  ///< across the interface
  /// Of a pattern's electrons, how many fall on 1 Å² of the scanned stretch (one cell along the interface).
  double electrons_per_square_angstrom = 0;
};

/// Electrons a pattern at which the expected ln ratio reaches `settling_ratio`; infinite where no dose does.
struct SettlingDose {
  double fitted = 0;  ///< everything open fitted
  double known = 0;   ///< everything but the question known
};

/// A step that advances the substrate by one cell (+1), this far below the entrance surface.
struct DepthForecast {
  int depth_cells = 0;
  double depth_nm = 0;
  std::optional<SettlingDose> next_cell{};  ///< the harder of the cells above and below
  std::optional<SettlingDose> mirrored{};   ///< the step at t − z, of the same projection
  std::optional<SettlingDose> twin{};       ///< the mixed cell of the same projection
  std::optional<SettlingDose> two_steps{};  ///< the harder of the two nearest pairs of steps of the same projection
  std::vector<double> exact_cell{};  ///< [dose]: probability that no cell nearby (rival_reach) is likelier, nor one of
                                     ///< the mirrored step
  std::vector<double> over_twin{};   ///< [dose]: that the mixed cell is not likelier
  /// [dose]: mean distance of the likeliest of those steps. Farther ones are not among them, which makes it too small
  /// where the dose leaves them open.
  std::vector<double> depth_error_nm{};
};

struct SettingForecast {
  ForecastSetting setting{};
  std::vector<std::string> fitted{};  ///< names of what is fitted beside
  std::vector<DepthForecast> depths{};
};

struct ExperimentForecast {
  std::vector<double> electrons_per_pattern{};
  std::vector<SettingForecast> settings{};
};

/// What it takes; counted on one depth of each setting.
struct ForecastCost {
  int settings = 0, depths = 0;
  double seconds = 0, memory_bytes = 0;
};
/// Throws InputError as forecast_experiment does, before any work.
ForecastCost cost_of_forecast(const Recipe& recipe, const ForecastRequest& request, int threads);

/// Every combination of what is varied. Throws InputError where a depth lies outside a lamella, a lamella has fewer
/// than four cells or loses its film, the window is too small (check_seam), or a setting cannot be simulated.
ExperimentForecast forecast_experiment(const Recipe& recipe, const ForecastRequest& request, int threads,
                                       const Progress& progress = {});

}  // namespace terrace
