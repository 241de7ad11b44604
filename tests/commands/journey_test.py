"""The whole journey on a tiny study, and what a run may leave behind."""
import array
import json
import os
import re
import signal
import subprocess
import time
import unittest

import workshop
from workshop import contents, data, model, new_folder, run_well, scan


def partial_files(folder):
    return [name for name in contents(folder) if name.endswith(".partial")]


def wait_for(condition, process, seconds=60):
    end = time.monotonic() + seconds
    while not condition() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)


class Journey(unittest.TestCase):
    @unittest.skipUnless(workshop.has_learning, "built without learning")
    def test_from_recipe_to_report(self):
        out = new_folder("journey")
        run_well("evaluate", model(), data(), "-o", out / "evaluation")
        figures = json.loads((out / "evaluation" / "evaluation.json").read_text())
        self.assertIn("confusion_matrix", figures)
        self.assertEqual(figures["by_dose"]["0"]["class_accuracy"], figures["class_accuracy"])
        self.assertGreaterEqual(figures["class_accuracy"]["n"], figures["class_accuracy"]["structures"])
        self.assertIn("<html", (out / "evaluation" / "evaluation.html").read_text())
        run_well("predict", scan(), "--model", model(), "-o", out / "answer",
                 "--evaluation", out / "evaluation" / "evaluation.json")
        answer = json.loads((out / "answer" / "prediction.json").read_text())
        self.assertIn("class_probability", answer["prediction"])
        self.assertEqual(bool(answer["map"]), answer["registration"]["usable"])
        for stretch in answer["map"]:
            self.assertLess(stretch["from_angstrom"], stretch["to_angstrom"])
            self.assertLessEqual(stretch["depth_low_nm"], stretch["depth_half_low_nm"])
            self.assertLessEqual(stretch["depth_half_high_nm"], stretch["depth_high_nm"])
        self.assertIn("<html", (out / "answer" / "report.html").read_text())
        self.assertEqual(partial_files(out), [])

    @unittest.skipUnless(workshop.has_learning, "built without learning")
    def test_training_leaves_the_model_alone(self):
        model()
        self.assertFalse((workshop.bench() / "tiny.model.checkpoint").exists())

    def test_a_data_set_says_what_it_holds(self):
        manifest = json.loads((data() / "manifest.json").read_text())
        for split in "train", "calibration", "test":
            self.assertEqual(manifest["statistics"][split]["classes"], manifest["counts"][split])
            thickness = manifest["statistics"][split]["drawn"]["thickness_nm"]
            self.assertGreaterEqual(thickness["least"], 4 * 0.39)
            self.assertLessEqual(thickness["most"], 6 * 0.3906)
        self.assertEqual(manifest["statistics"]["duplicates"]["between_splits"], 0)
        self.assertIn("<html", (data() / "data.html").read_text())

    def test_positions_beyond_the_specimen_are_named(self):
        self.assertNotIn("repeats", run_well("simulate", workshop.experiment(), "--dry-run").stdout)
        wide = workshop.text("beyond.toml", workshop.EXPERIMENT.replace("count_x = 24", "count_x = 100"))
        self.assertIn("the specimen is 30.", run_well("simulate", wide, "--dry-run").stdout)

    def test_dry_runs_write_nothing(self):
        out = new_folder("dry")
        run_well("dataset", workshop.recipe(), "-o", out / "data", "--dry-run")
        run_well("simulate", workshop.experiment(), "-o", out / "scan.h5", "--dry-run")
        run_well("simulate", workshop.experiment(), "--dry-run")
        self.assertEqual(list(out.iterdir()), [])

    def test_the_limit_of_a_recipe_names_its_samples_and_figures(self):
        out = new_folder("limit") / "limit.json"
        said = run_well("limit", workshop.recipe(), "-o", out, "--families", 1, "--doses", "500,1e8", "--draws", 3).stdout
        self.assertIn("estimate: ", said)
        limit = json.loads(out.read_text())
        self.assertGreaterEqual(len(limit["samples"]), 2)
        self.assertEqual(limit["exact"]["100000000"]["rough_vs_diffuse_matched"]["value"], 1)
        self.assertEqual(set(limit["exact"]), {"500", "100000000"})
        self.assertFalse(out.with_name("limit.json.partial").exists())

    def test_a_forecast_is_printed_written_and_drawn(self):
        out = new_folder("forecast")
        said = run_well("forecast", workshop.recipe(), "-o", out / "forecast.json", "--report", out / "forecast.html",
                        "--thickness-nm", 2, "--depths-nm", 0.8, "--source-fwhm-angstrom", "0,0.5", "--electrons", "100,1e6").stdout
        self.assertIn("estimate: ", said)
        self.assertIn("source 0.5 Å", said)
        forecast = json.loads((out / "forecast.json").read_text())
        self.assertEqual([one["setting"]["source_fwhm_angstrom"] for one in forecast["settings"]], [0, 0.5])
        for one in forecast["settings"]:
            few, many = one["depths"][0]["exact_cell"]
            self.assertLess(few, many)
        self.assertIn("<html", (out / "forecast.html").read_text())

    def test_an_inversion_is_printed_written_and_drawn(self):
        out = new_folder("inversion")
        said = run_well("invert", scan(), "--recipe", workshop.recipe(), "--electrons-per-standard-pattern", "1e4",
                        "--two-step-depths", 0, "-o", out / "answer").stdout
        self.assertIn("registration:", said)
        answer = json.loads((out / "answer" / "inversion.json").read_text())
        self.assertTrue(answer["registration"]["usable"])
        self.assertIn("estimate: about", said)
        self.assertAlmostEqual(sum(answer["prediction"]["class_probability"]), 1, places=5)
        self.assertGreater(len(answer["candidates"]), 1)
        self.assertIn("goodness_of_fit", answer)
        self.assertIn("<html", (out / "answer" / "report.html").read_text())
        self.assertEqual(partial_files(out / "answer"), [])

    def test_names_of_files_need_not_be_utf8(self):
        out = new_folder("names")
        named = out / os.fsdecode(b"caf\xe9.h5")
        named.write_bytes(scan().read_bytes())
        run_well("invert", named, "--recipe", workshop.recipe(), "--electrons-per-standard-pattern", "1e4",
                 "--two-step-depths", 0, "-o", out / "inverted")
        self.assertEqual(json.loads((out / "inverted" / "inversion.json").read_text())["scan"], "caf\ufffd.h5")
        if workshop.has_learning:
            run_well("predict", named, "--model", model(), "-o", out / "answer")
            self.assertEqual(json.loads((out / "answer" / "prediction.json").read_text())["scan"], "caf\ufffd.h5")
        stack = workshop.npy(out / os.fsdecode(b"caf\xe9.npy"), (2, 3, 8, 8))
        run_well("convert", stack, "-o", out / "again.npy")
        self.assertEqual(json.loads((out / "again.json").read_text())["title"], "caf\ufffd")
        run_well("convert", stack, "-o", out / "again.h5")

    @unittest.skipUnless(workshop.has_learning, "built without learning")
    def test_an_inversion_says_whether_it_bears_the_network_out(self):
        out = new_folder("inversion_with_model")
        said = run_well("invert", scan(), "--recipe", workshop.recipe(), "--electrons-per-standard-pattern", "1e4",
                        "--two-step-depths", 0, "--model", model(), "-o", out / "answer").stdout
        answer = json.loads((out / "answer" / "inversion.json").read_text())
        self.assertTrue(answer["registration"]["usable"])
        self.assertIn("network: ", said)
        self.assertAlmostEqual(sum(answer["network"]["class_probability"]), 1, places=5)
        self.assertTrue(any(reason.startswith("the network ") for reason in answer["prediction"]["reasons"]))

    def test_trials_go_on_where_they_were_cut_short(self):
        out = new_folder("trials")
        asked = ["trials", workshop.recipe(), "-o", out / "trials.json", "--samples", 1, "--doses", "1e5", "--two-step-depths", 0]
        run_well(*asked, "--families", 1)
        one = json.loads((out / "trials.json").read_text())
        said = run_well(*asked, "--families", 2, "--report", out / "trials.html").stdout
        two = json.loads((out / "trials.json").read_text())
        self.assertEqual(two["trials"][0], one["trials"][0])
        self.assertEqual(len(two["trials"]), 2)
        run_well(*asked[:-3], "1e5,1e6", *asked[-2:], "--families", 1)
        more = json.loads((out / "trials.json").read_text())
        self.assertEqual(more["trials"][0], one["trials"][0])  # the dose that was there is not tried anew
        self.assertEqual([each["electrons_per_pattern"] for each in more["trials"]], [1e5, 1e6])
        self.assertIn("thickness_within_one_cell", said)
        self.assertIn("<html", (out / "trials.html").read_text())
        self.assertEqual(partial_files(out), [])

    @unittest.skipUnless(workshop.has_learning, "built without learning")
    def test_a_network_is_judged_beside_the_inversion(self):
        out = new_folder("trials_with_model")
        asked = ["trials", workshop.recipe(), "-o", out / "trials.json", "--samples", 1, "--families", 1, "--doses", "1e5",
                 "--two-step-depths", 0]
        run_well(*asked)
        alone = json.loads((out / "trials.json").read_text())
        said = run_well(*asked, "--model", model(), "--report", out / "trials.html").stdout
        beside = json.loads((out / "trials.json").read_text())
        self.assertIn("network_class_accuracy", said)
        self.assertTrue(beside["network"].startswith("tiny.model ("), beside["network"])
        network = beside["trials"][0].pop("network")
        self.assertEqual(beside["trials"], alone["trials"])  # which were not inverted again
        self.assertTrue(0 <= network["class_probability"] <= network["answered_probability"] <= 1)

    def test_the_engine_is_chosen_said_and_can_be_told(self):
        said = run_well("simulate", workshop.experiment(), "--dry-run").stdout
        self.assertIn("engine: direct multislice (", said)
        out = new_folder("engines")
        values = {}
        for engine, words in ("direct", "direct multislice (as asked for"), ("sectors", "scattering matrix (2 sectors"):
            told = workshop.text(f"{engine}.toml", workshop.EXPERIMENT + f"engine = '{engine}'\n")
            self.assertIn("engine: " + words, run_well("simulate", told, "-o", out / f"{engine}.h5").stdout)
            run_well("convert", out / f"{engine}.h5", "-o", out / f"{engine}.npy")
            raw = (out / f"{engine}.npy").read_bytes()
            values[engine] = array.array("f", raw[10 + int.from_bytes(raw[8:10], "little"):])
        self.assertEqual(len(values["direct"]), 4 * 24 * 16 * 16)
        apart = sum(abs(a - b) for a, b in zip(values["direct"], values["sectors"]))
        self.assertLess(apart / sum(values["direct"]), 2e-5)  # rounding of single precision

    def test_a_scan_is_told_in_figures_cropped_and_shown_as_images(self):
        out = new_folder("converted")
        whole = json.loads(run_well("info", scan(), "--json", "--sum").stdout)
        self.assertEqual((whole["scan_shape"], whole["detector_shape"]), ([4, 24], [16, 16]))
        self.assertEqual(whole["nan_count"], 0)
        self.assertLess(0.5 * 4 * 24, whole["sum"])  # fractions of the beam: most of it stays on the detector
        self.assertLess(whole["sum"], 4 * 24)
        sums = 0
        for first, height in (0, 1), (1, 3):
            run_well("convert", scan(), out / f"{first}.npy", "--crop", f"{first},0,{height},24")
            sums += json.loads(run_well("info", out / f"{first}.npy", "--json", "--sum").stdout)["sum"]
        self.assertAlmostEqual(sums, whole["sum"], places=9)
        said = run_well("convert", scan(), out / "images.tif", "--semiangle-mrad", 20).stdout
        self.assertIn("centre of mass along x", said)
        self.assertEqual((out / "images.tif").read_bytes()[:4], b"II*\0")

    def test_a_simulated_scan_says_where_its_beam_falls(self):
        off_centre = workshop.EXPERIMENT.replace("[camera]", "[camera]\ncentre_y_pixels = 1\ncentre_x_pixels = 2.5")
        out = new_folder("off_centre") / "scan.h5"
        run_well("simulate", workshop.text("off_centre.toml", off_centre), "-o", out)
        told = json.loads(run_well("info", out, "--json").stdout)
        self.assertEqual(told["centre"], [9, 10.5])

    def test_progress_over_uneven_blocks_ends_at_its_total(self):
        experiment = workshop.EXPERIMENT.replace("count_y = 4", "count_y = 30").replace("thickness_cells = 5", "thickness_cells = 2")
        for engine in "direct", "sectors":
            told = workshop.text("uneven.toml", experiment + f"engine = '{engine}'\n")
            lines = run_well("simulate", told, "-o", new_folder("uneven") / "scan.h5").stderr.splitlines()
            for done, total in re.findall(r": (\d+) of (\d+)", "\n".join(lines)):
                self.assertLessEqual(int(done), int(total), lines)
            self.assertIn(": 720 of 720 (100 %)", lines[-1])

    def test_simulation_needs_no_libtorch(self):
        libraries = subprocess.run(["ldd", workshop.terrace], capture_output=True, text=True).stdout
        self.assertIn("libhdf5", libraries)
        self.assertNotIn("torch", libraries)

    def test_folders_above_an_output_are_made(self):
        out = new_folder("deep")
        run_well("structure", workshop.experiment_of_structure(), "-o", out / "a" / "b" / "cell.xyz")
        self.assertEqual(list(contents(out)), ["a/b/cell.xyz"])


class Interruption(unittest.TestCase):
    def start(self, *arguments):
        return subprocess.Popen([str(workshop.terrace), *map(str, arguments)], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def test_a_killed_data_set_goes_on_to_the_same_bytes(self):
        whole = contents(data())  # made first: the next run then begins with the same plans of transforms
        out = new_folder("killed") / "data"
        process = self.start("dataset", workshop.recipe(), "-o", out, "--threads", 1)
        wait_for((out / "shard-00000.h5").exists, process)
        process.kill()
        process.communicate()
        self.assertEqual(process.returncode, -signal.SIGKILL)
        self.assertFalse((out / "manifest.json").exists())
        run_well("dataset", workshop.recipe(), "-o", out, "--threads", 2)
        resumed = contents(out)
        self.assertEqual(list(resumed), list(whole))
        for name in whole:
            self.assertTrue(resumed[name] == whole[name], name)

    def test_half_written_files_of_a_killed_run_are_replaced(self):
        out = new_folder("stale")
        (out / "scan.h5.partial").write_text("half a scan")
        run_well("simulate", workshop.experiment(), "-o", out / "scan.h5")
        self.assertEqual(list(contents(out)), ["scan.h5"])

    def test_ctrl_c_and_sigterm_leave_nothing_half_written(self):
        slow = workshop.text("slow.toml", workshop.EXPERIMENT.replace("count_y = 4", "count_y = 4000"))
        for number in signal.SIGINT, signal.SIGTERM:
            out = new_folder("interrupted")
            process = self.start("simulate", slow, "-o", out / "scan.h5", "--threads", 1)
            wait_for((out / "scan.h5.partial").exists, process)
            time.sleep(0.2)
            os.kill(process.pid, number)
            complaint = process.communicate(timeout=60)[1]
            self.assertEqual(process.returncode, 128 + number, complaint)
            self.assertEqual(list(out.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
