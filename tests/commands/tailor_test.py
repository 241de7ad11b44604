"""A study made for one scan: what `terrace tailor` writes is what the programs run."""
import json
import os
import re
import subprocess
import unittest

import workshop
from workshop import new_folder, run, run_well, scan, text


# Three cells of substrate, 4.7 nm thick, in a camera that shows them.
ROOMY = """
[interface]
substrate_cells = 6
film_cells = 4
cells_along = 4
thickness_cells = 12
[scan]
count_y = 8
count_x = 44
start_x_angstrom = 5.0
start_y_angstrom = 3.0
step_y_angstrom = 0.5
step_x_angstrom = 0.5
[camera]
pixels = 40
mrad_per_pixel = 2
[sampling]
pixels_x = 192
pixels_y = 80
"""


def without_thickness(scan_file, folder):
    """The scan as NumPy array, its sidecar silent about the thickness."""
    run_well("convert", scan_file, folder / "scan.npy")
    sidecar = json.loads((folder / "scan.json").read_text())
    del sidecar["thickness_nm"]
    (folder / "scan.json").write_text(json.dumps(sidecar))
    return folder / "scan.npy"


def change(path, **values):
    """Gives keys of a TOML file other values; each must stand there once."""
    text = path.read_text()
    for key, value in values.items():
        text, count = re.subn(rf"^{key} = [^#\n]*", f"{key} = {value} ", text, flags=re.MULTILINE)
        assert count == 1, f"{key} stands {count} times in {path}"
    path.write_text(text)


class Tailor(unittest.TestCase):
    def test_a_thickness_that_nobody_says_is_measured_on_the_substrate(self):
        folder = new_folder("tailor")
        run_well("simulate", text("roomy.toml", ROOMY), "-o", folder / "scan.h5", "--threads", 2)
        path = without_thickness(folder / "scan.h5", folder)
        run_well("tailor", path, "-o", folder / "study", "--families", 10, "--threads", 2, timeout=300)
        line = re.search(r"^thickness_cells = \[(\d+), (\d+)\] *# (.*)$", (folder / "study" / "recipe.toml").read_text(),
                         re.MULTILINE)
        self.assertIn("scan: measured", line[3])
        self.assertLessEqual(int(line[1]), 12)
        self.assertGreaterEqual(int(line[2]), 12)

    @unittest.skipUnless(workshop.has_learning, "built without learning")
    def test_its_script_simulates_trains_and_reads_the_scan(self):
        folder = new_folder("tailor")
        path = without_thickness(scan(), folder)
        study = folder / "it's a study"
        said = run_well("tailor", path, "-o", study, "--families", 10, "--threads", 2).stdout
        self.assertIn("study:", said)
        # The same study in seconds: thin lamellae, few structures, a coarse grid, a small network.
        change(study / "recipe.toml", thickness_cells="[6, 8]", film_loss_cells="[0, 1]", stepped_structures=1,
               exits_per_step=1, exits_per_profile=1, abrupt_exits=1, states=1, pixels_x=120, pixels_y=48)
        change(study / "training.toml", epochs=2, members=1, width=8, embedding=4, components=8)
        environment = dict(os.environ, TERRACE=str(workshop.terrace), OMP_NUM_THREADS="2")
        for _ in range(2):  # the second time all but the last step is done
            answer = subprocess.run([study / "run.sh"], capture_output=True, text=True, timeout=240, env=environment)
            self.assertEqual(answer.returncode, 0, answer.stderr)
        prediction = json.loads((study / "prediction" / "prediction.json").read_text())
        self.assertIn("class_probability", prediction["prediction"])
        self.assertIn("<html", (study / "prediction" / "report.html").read_text())

    def test_a_study_that_its_user_changed_is_not_written_over(self):
        folder = new_folder("tailor")
        again = ["tailor", scan(), "-o", folder / "study", "--families", 10, "--thickness-nm", 3]
        self.assertRegex(run_well(*again).stdout, r"thickness.* 3\.0+ nm.*given")
        run_well(*again)
        change(folder / "study" / "recipe.toml", states="2")
        mine = (folder / "study" / "recipe.toml").read_text()
        answer = run(*again)
        self.assertEqual(answer.returncode, 2)
        self.assertIn("another recipe", answer.stderr)
        self.assertEqual((folder / "study" / "recipe.toml").read_text(), mine)


if __name__ == "__main__":
    unittest.main()
