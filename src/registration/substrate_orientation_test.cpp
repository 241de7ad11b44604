#include "registration/substrate_orientation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registration/simulated_scans.h"
#include "registration/substrate_thickness.h"
#include "specimen/perovskite.h"

namespace terrace {
namespace {

/// The same scan as a detector sees it that lies as `orientation` says, in quarter turns.
MemoryScan seen_by(const MemoryScan& scan, const DetectorOrientation& orientation) {
  const auto& info = scan.info();
  MemoryScan other(info);
  const int middle = info.detector_height / 2;
  for (int y = 0; y < info.scan_height; ++y)
    for (int x = 0; x < info.scan_width; ++x)
      for (int row = 1; row < info.detector_height; ++row)
        for (int column = 1; column < info.detector_width; ++column) {
          const Place k = orientation.to_crystal({column - 1.0 * middle, row - 1.0 * middle});
          other.patterns(y, x, row, column) = scan.patterns(y, x, middle + std::lround(k.y), middle + std::lround(k.x));
        }
  return other;
}

/// k_crystal = R(turn_deg) g k_detector, as one orientation.
DetectorOrientation after(double turn_deg, const DetectorOrientation& g) {
  return {std::remainder(g.angle_deg + turn_deg, 360), g.handedness};
}

/// What a fit of the mean pattern says of a lamella seen by such a detector: it does not know mirrors.
PacbedFit fit_of(double thickness_nm, const DetectorOrientation& orientation, Place tilt = {}) {
  PacbedFit fit;
  fit.correlation = 0.99;
  fit.thickness_nm = {thickness_nm, 0.2, "measured"};
  const double turn = orientation.row_sign() * orientation.angle_deg;
  fit.rotation_deg = {std::remainder(turn, 90), 0.2, "measured"};
  // The inverse of to_crystal, in the detector's axes.
  const double c = std::cos(orientation.angle_deg * pi / 180), s = std::sin(orientation.angle_deg * pi / 180);
  fit.tilt_x_mrad.value = c * tilt.x + s * tilt.y;
  fit.tilt_y_mrad.value = orientation.row_sign() * (c * tilt.y - s * tilt.x);
  return fit;
}

std::vector<DetectorOrientation> all_eight() {
  std::vector<DetectorOrientation> all;
  for (const auto& turn : cell_turns(0)) all.push_back(turn.orientation);
  return all;
}

void expect_settled(const Registration& r, const DetectorOrientation& truth) {
  EXPECT_NEAR(std::remainder(r.detector_orientation().angle_deg - truth.angle_deg, 360), 0, 1)
      << testing::PrintToString(r.reasons);
  EXPECT_EQ(r.detector_handedness, truth.handedness);
  EXPECT_EQ(r.detector_mirror_source, "measured");
  EXPECT_TRUE(r.detector_turn_reason.empty());
  EXPECT_THAT(r.reasons.back(), testing::HasSubstr("settle half turn and mirror"));
}

const Crystal substrate = unit_cell(strontium_titanate());

/// 4.3 cells across and one along, 2.9 of substrate.
SimulatedPath small_path(double detector_deg) {
  SimulatedPath path;
  path.rows = 8;
  path.step_y = 3.905 / 8;
  path.columns = 34;
  path.step_x = 0.5;
  path.detector_deg = detector_deg;
  return path;
}

TEST(SubstrateOrientation, all_eight_are_told_apart_at_ten_thousand_electrons_from_5_to_30_nm) {
  const std::vector<int> cells = {13, 38, 77};
  // Turned by 7° besides, and in a camera of whole pixels: the turn is found to a degree.
  const auto scans = simulate(small_interface(77), cells, small_path(7));
  for (std::size_t i = 0; i < cells.size(); ++i)
    for (const auto& turn : all_eight()) {
      auto scan = seen_by(scans[i], turn);
      add_shot_noise(scan, 1e4, 5);
      const auto truth = after(7, turn);
      auto r = register_scan(scan, {});
      ASSERT_TRUE(r.usable());
      const auto comparison = settle_orientation(scan, r, substrate, fit_of(cells[i] * 0.3905, truth), 2);
      ASSERT_TRUE(comparison);
      expect_settled(r, truth);
    }
}

TEST(SubstrateOrientation, holds_for_a_tilted_lamella_out_of_focus_whose_thickness_is_a_nanometre_off) {
  Microscope microscope;
  microscope.specimen_tilt_x_mrad = 2;
  microscope.specimen_tilt_y_mrad = -1.5;
  microscope.defocus_nm = 6;
  microscope.source_fwhm_angstrom = 0.8;
  const std::vector<int> cells = {13, 38, 77};
  const auto scans = simulate(small_interface(77), cells, small_path(0), microscope);
  for (std::size_t i = 0; i < cells.size(); ++i)
    for (const auto& turn : all_eight()) {
      auto scan = seen_by(scans[i], turn);
      add_shot_noise(scan, 1e4, 7);
      auto r = register_scan(scan, {});
      ASSERT_TRUE(r.usable());
      const double nm = cells[i] * 0.3905 + (i % 2 == 0 ? 1 : -1);
      const auto comparison = settle_orientation(scan, r, substrate, fit_of(nm, turn, {2, -1.5}), 2);
      ASSERT_TRUE(comparison);
      expect_settled(r, turn);
    }
}

TEST(SubstrateOrientation, holds_however_the_scan_lies_on_the_crystal) {
  SimulatedPath path;
  path.rows = 14, path.columns = 34;
  path.step_y = path.step_x = 0.55;
  path.path = {CrystalAxes::from_degrees(3, 1.15), 1.02};
  path.detector_deg = 10;  // 7° against the scan
  const auto scan = simulate(small_interface(12), {12}, path)[0];
  for (const auto& turn : all_eight())
    for (const bool normal_along_y : {false, true}) {
      const auto seen = normal_along_y ? transposed(seen_by(scan, turn)) : seen_by(scan, turn);
      auto truth = after(10, turn);
      // With x and y exchanged on both sides, turns run the other way.
      if (normal_along_y)
        truth.angle_deg = truth.handedness == Handedness::mirrored ? 180 - truth.angle_deg : -truth.angle_deg;
      auto r = register_scan(seen, {});
      ASSERT_TRUE(r.usable());
      ASSERT_TRUE(settle_orientation(seen, r, substrate, fit_of(12 * 0.3905, truth), 2));
      expect_settled(r, truth);
    }
}

TEST(SubstrateOrientation, too_few_electrons_leave_it_open_and_it_is_said) {
  const auto clean = seen_by(simulate(small_interface(12), {12}, small_path(0))[0], {180, Handedness::same});
  const auto found = register_scan(clean, {});
  for (const double electrons : {0.3, 1.0}) {
    auto scan = clean;
    add_shot_noise(scan, electrons, 3);
    auto r = found;
    const auto comparison = settle_orientation(scan, r, substrate, fit_of(12 * 0.3905, {180, Handedness::same}), 2);
    ASSERT_TRUE(comparison);
    EXPECT_FALSE(comparison->clear());
    EXPECT_EQ(r.detector_rotation_deg.value, found.detector_rotation_deg.value);
    EXPECT_EQ(r.detector_handedness, Handedness::same);
    EXPECT_THAT(r.reasons.back(), testing::HasSubstr("not settled"));
  }
}

TEST(SubstrateOrientation, a_badly_tuned_probe_is_not_taken_for_another_detector) {
  Microscope microscope;  // 2.5 rad of astigmatism and 1 rad of coma at the aperture's rim
  microscope.C12_nm = 5, microscope.phi12_deg = 30;
  microscope.C21_nm = 150, microscope.phi21_deg = 70;
  microscope.C30_um = 1;
  const std::vector<int> cells = {8, 13, 19, 25, 51};
  const auto scans = simulate(small_interface(51), cells, small_path(0), microscope);
  for (std::size_t i = 0; i < cells.size(); ++i)
    for (const double off_nm : {-4.0, -2.0, 0.0, 8.0}) {
      auto scan = scans[i];
      add_shot_noise(scan, 1e4, 5);
      auto r = register_scan(scan, {});
      if (!r.usable() || cells[i] * 0.3905 + off_nm < 1) continue;
      const auto comparison = settle_orientation(scan, r, substrate, fit_of(cells[i] * 0.3905 + off_nm, {}), 2);
      if (!comparison || !comparison->clear()) continue;
      EXPECT_NEAR(comparison->best().orientation.angle_deg, 0, 1);
      EXPECT_EQ(comparison->best().orientation.handedness, Handedness::same);
    }
}

/// As a user's scan goes: registered, thickness and tilt fitted, then settled.
void register_and_settle(const MemoryScan& scan, const RegistrationOptions& options, Registration& r) {
  r = register_scan(scan, options);
  std::string reason;
  const auto fit = substrate_thickness(scan, r, substrate, 2, reason, {}, thicknesses_near(5));
  ASSERT_TRUE(fit) << reason;
  ASSERT_TRUE(settle_orientation(scan, r, substrate, *fit, 2));
}

TEST(SubstrateOrientation, is_settled_from_the_scan_alone) {
  Microscope microscope;
  microscope.specimen_tilt_y_mrad = 1;
  auto scan = seen_by(simulate(small_interface(13), {13}, small_path(7), microscope)[0], {180, Handedness::mirrored});
  add_shot_noise(scan, 1e4, 11);
  Registration r;
  register_and_settle(scan, {}, r);
  expect_settled(r, {-173, Handedness::mirrored});
  RegistrationOptions mirror_given, turn_given;
  mirror_given.detector_mirrored = "yes";
  register_and_settle(scan, mirror_given, r);
  EXPECT_NEAR(r.detector_orientation().angle_deg, -173, 1) << testing::PrintToString(r.reasons);
  turn_given.detector_rotation_deg = -173;
  register_and_settle(scan, turn_given, r);
  expect_settled(r, {-173, Handedness::mirrored});
}

TEST(SubstrateOrientation, the_turn_of_a_detector_known_to_be_mirrored_comes_out_in_its_own_axes) {
  const auto scan = seen_by(simulate(small_interface(12), {12}, small_path(7))[0], {0, Handedness::mirrored});
  RegistrationOptions options;
  options.detector_mirrored = "yes";
  EXPECT_NEAR(register_scan(scan, options).detector_rotation_deg.value, 7, 1);
  EXPECT_NEAR(register_scan(scan, {}).detector_rotation_deg.value, -7, 1);
}

TEST(SubstrateOrientation, turn_or_mirror_given_by_hand_helps_to_settle_the_other) {
  Microscope microscope;
  microscope.specimen_tilt_x_mrad = 2;
  microscope.specimen_tilt_y_mrad = -1.5;
  const auto simulated = simulate(small_interface(13), {13}, small_path(7), microscope)[0];
  for (const auto& turn : all_eight()) {
    auto scan = seen_by(simulated, turn);
    add_shot_noise(scan, 1e4, 5);
    const auto truth = after(7, turn);
    RegistrationOptions mirror_given, turn_given;
    mirror_given.detector_mirrored = truth.handedness == Handedness::mirrored ? "yes" : "no";
    turn_given.detector_rotation_deg = truth.angle_deg;
    for (const auto& options : {mirror_given, turn_given}) {
      auto r = register_scan(scan, options);
      ASSERT_TRUE(r.usable());
      ASSERT_TRUE(settle_orientation(scan, r, substrate, fit_of(5.08, truth, {2, -1.5}), 2));
      EXPECT_NEAR(std::remainder(r.detector_orientation().angle_deg - truth.angle_deg, 360), 0, 1);
      EXPECT_EQ(r.detector_handedness, truth.handedness);
      EXPECT_THAT(r.reasons.back(), testing::HasSubstr("settle half turn and mirror"));
    }
  }
}

TEST(SubstrateOrientation, what_is_given_by_hand_stays_and_a_contradiction_is_said) {
  const auto scan = seen_by(simulate(small_interface(12), {12}, small_path(0))[0], {180, Handedness::same});
  const auto fit = fit_of(12 * 0.3905, {180, Handedness::same});
  RegistrationOptions options;
  options.detector_rotation_deg = 0;
  auto r = register_scan(scan, options);
  ASSERT_TRUE(settle_orientation(scan, r, substrate, fit, 2));
  EXPECT_EQ(r.detector_rotation_deg.value, 0);
  EXPECT_EQ(r.detector_rotation_deg.source, "given");
  EXPECT_THAT(r.reasons.back(), testing::AllOf(testing::HasSubstr("turned by 180"), testing::HasSubstr("stays")));

  options = {};
  options.detector_mirrored = "yes";
  r = register_scan(scan, options);
  ASSERT_TRUE(settle_orientation(scan, r, substrate, fit, 2));
  EXPECT_EQ(r.detector_handedness, Handedness::mirrored);
  EXPECT_THAT(r.reasons.back(), testing::HasSubstr("stays"));
}

}  // namespace
}  // namespace terrace
