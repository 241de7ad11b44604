// In which of the eight ways a detector may lie on a square crystal it does: its quarter turns, and their mirror
// images.
#pragma once

#include <array>
#include <vector>

#include "registration/cell_patterns.h"

namespace terrace {

/// One of them: where a place (x, y) of the cell must be looked up in the simulated cell.
struct CellTurn {
  DetectorOrientation orientation;
  std::array<int, 4> matrix{1, 0, 0, 1};  ///< x = m0 x' + m1 y', y = m2 x' + m3 y'

  int place(int y, int x, int count) const;
};

/// The eight, given one turn `angle_deg` of an unmirrored detector against the crystal's axes. In a square crystal the
/// pattern at a place r is that at h r seen turned by h, for any turn or mirror h; so a detector that lies as h⁻¹
/// R(angle) sees at r what one that lies as R(angle) sees at h r, tilt included.
std::array<CellTurn, 8> cell_turns(double angle_deg);

struct TurnScore {
  DetectorOrientation orientation;
  double correlation = 0;  ///< of the part that tells the eight apart, with the best of the simulated states
  int state = 0;           ///< its number
};

struct OrientationComparison {
  std::array<TurnScore, 8> scores;  ///< best first
  double log_odds = 0;              ///< ln of the likelihood ratio of the first two
  double runner_up_share = 0;       ///< what the second explains of what the first does

  const TurnScore& best() const { return scores.front(); }
  /// Whether counting noise and what the simulation lacks leave no doubt.
  bool clear() const;
};

/// Compares measured patterns, laid on the grid at R(`angle_deg`), with simulated ones in each of the eight ways. By
/// weighted least squares, a pixel's weight being 1 / its mean as counting noise asks, the patterns' deviations from
/// their mean over places are made of a share that all eight have in common and of the rest, which must be positive.
/// What the rest explains is the score; each way takes the simulated state that suits it best, so that an unknown
/// defocus, and the sign of the deflection, which changes with thickness, decide nothing. The likelihood ratio takes
/// everything unexplained as noise. Pixels beyond `reach_mrad` are not compared.
OrientationComparison compare_orientations(const CellPatterns& measured, const std::vector<Array<float, 4>>& simulated,
                                           const CellGrid& grid, double angle_deg, double reach_mrad);

}  // namespace terrace
