"""Thickness from a position-averaged pattern, as a user asks for it."""
import json
import pathlib
import random
import struct
import unittest

from bad_input_test import BadInput
from workshop import npy, new_folder, run_well, scan, text

measured = pathlib.Path(__file__).parents[3] / "shared" / "samples" / "pacbed"


class Thickness(BadInput):
    def test_a_scan_gives_numbers_a_report_and_json(self):
        out = new_folder("thickness")
        answer = run_well("thickness", scan(), "--thickest-nm", 8, "--thickness-step-nm", 0.8, "--json", "-o", out)
        found = json.loads(answer.stdout)
        self.assertGreater(found["thickness_nm"]["value"], 0)
        self.assertEqual(found["semiangle_mrad"]["source"], "given")
        self.assertIn("<html", (out / "report.html").read_text())
        self.assertEqual(json.loads((out / "thickness.json").read_text())["crystal"], "SrTiO3")

    def test_measured_patterns_of_strontium_titanate(self):
        if not measured.exists():
            self.skipTest("the measured patterns are not here")
        for name, low, high in ("02-on_zone_49-51nm", 49, 51), ("09-on_zone_94-95nm", 94, 95):
            answer = run_well("thickness", measured / f"{name}.jpg", "--energy-kev", 200, "--semiangle-mrad", 13.6,
                              "--thinnest-nm", low - 12, "--thickest-nm", high + 12, "--json", timeout=300)
            found = json.loads(answer.stdout)
            self.assertGreater(found["correlation"], 0.98)
            # The names give a range of a nanometre or two, by a method whose own error is not known.
            self.assertGreater(found["thickness_nm"]["value"], low - 3)
            self.assertLess(found["thickness_nm"]["value"], high + 3)

    def test_where_no_pattern_fits_no_thickness_is_said(self):
        noise = random.Random(1)
        numbers = struct.pack("<4096f", *(noise.random() for _ in range(4096)))
        pattern = npy(new_folder("noise") / "noise.npy", (64, 64), numbers)
        answer = run_well("thickness", pattern, "--energy-kev", 200, "--semiangle-mrad", 14, "--thinnest-nm", 9,
                          "--thickest-nm", 14)
        self.assertIn("thickness: none fits", answer.stdout)

    def test_what_is_no_pattern_is_refused(self):
        self.refused("thickness", text("note.txt", "no pattern"), "-o", "OUT.t", says=["note.txt"])
        self.refused("thickness", "missing.png", "-o", "OUT.t", says=["missing.png"])
        flat = npy(new_folder("flat") / "flat.npy", (64, 64))
        self.refused("thickness", flat, "--energy-kev", 200, "--semiangle-mrad", 14, "-o", "OUT.t", says=["disc"])

    def test_a_crystal_that_cannot_be_is_refused(self):
        self.refused("thickness", scan(), "--crystal", "missing.cif", "-o", "OUT.t", says=["missing.cif"])
        self.refused("thickness", scan(), "--zone-axis", 0, 0, 0, "-o", "OUT.t", says=["[0 0 0]"])
        self.refused("thickness", scan(), "--thinnest-nm", 20, "--thickest-nm", 10, "-o", "OUT.t", says=["Widen"])


del BadInput  # or its own tests would run here as well

if __name__ == "__main__":
    unittest.main()
