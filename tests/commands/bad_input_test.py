"""What a user gets wrong: one line that says what, where and what to try; exit code 2; nothing half-written left."""
import json
import os
import unittest

import workshop
from workshop import contents, data, model, new_folder, npy, run, scan, text

learning = unittest.skipUnless(workshop.has_learning, "built without learning")


class BadInput(unittest.TestCase):
    def refused(self, *arguments, says, left=None, **options):
        """Runs terrace, which must refuse with one line that holds every text of `says`. An argument OUT.x stands for
        x in a new folder, which must hold nothing (or `left`) afterwards."""
        out = new_folder("refused")
        arguments = [str(out / a[4:]) if str(a).startswith("OUT.") else a for a in arguments]
        answer = run(*arguments, **options)
        progress = ("simulating", "reading", "mean pattern", "virtual images", "standard grid", "trying structures")
        lines = [line for line in answer.stderr.splitlines() if not line.startswith(progress)]
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertEqual(len(lines), 1, answer.stderr)
        self.assertTrue(lines[0].startswith("terrace: "), lines)
        for expected in says:
            self.assertIn(expected, lines[0])
        self.assertIn(lines[0][-1], ".?", lines)
        self.assertEqual([str(p.relative_to(out)) for p in out.rglob("*")], left or [])
        return lines[0]

    def simulate(self, experiment, *says, **options):
        return self.refused("simulate", experiment, "-o", "OUT.scan.h5", says=says, **options)

    def predict(self, scan_file, *says, model_file=None, more=()):
        return self.refused("predict", scan_file, "--model", model_file or model(), "-o", "OUT.answer", *more, says=says)


class Inversion(BadInput):
    def invert(self, scan_file, *says, more=()):
        return self.refused("invert", scan_file, "--recipe", workshop.recipe(), "-o", "OUT.answer", *more, says=says)

    def test_no_dose(self):
        self.invert(scan(), "electrons", "--electrons-per-standard-pattern")

    def test_more_memory_than_allowed(self):
        self.invert(scan(), "--max-memory 0.001", "GB of memory", more=["--electrons-per-standard-pattern", "1e4", "--max-memory", "0.001"])

    def test_no_such_scan(self):
        self.invert("nowhere.h5", "'nowhere.h5'")

    @learning
    def test_a_model_that_is_none(self):
        self.invert(scan(), "tiny.toml", more=["--model", workshop.recipe()])

    def test_no_such_split(self):
        self.refused("trials", workshop.recipe(), "-o", "OUT.trials.json", "--split", "elsewhere", says=["'elsewhere'"])

    def test_a_truth_of_another_grid(self):
        other = workshop.text("other_grid.toml", workshop.RECIPE.replace("half_span_cells = 2", "half_span_cells = 1.5"))
        self.refused("trials", workshop.recipe(), "-o", "OUT.trials.json", "--truth", other, says=["[grid]"])


class NoInversion(unittest.TestCase):
    """Scans that say nothing of an interface, or too little: no answer, and the reason."""

    def inverted(self, scan_file):
        out = new_folder("withheld")
        said = workshop.run_well("invert", scan_file, "--recipe", workshop.recipe(), "--two-step-depths", 0,
                                 "--electrons-per-standard-pattern", "1e4", "-o", out / "answer").stdout
        answer = json.loads((out / "answer" / "inversion.json").read_text())
        self.assertTrue(answer["prediction"]["abstains"], said)
        self.assertIn("<html", (out / "answer" / "report.html").read_text())
        return said, answer

    def cropped(self, name, crop):
        path = workshop.bench() / name
        workshop.run_well("convert", scan(), "-o", path, "--crop", crop)
        return path

    def test_one_position(self):
        said, answer = self.inverted(self.cropped("one.h5", "0,10,1,1"))
        self.assertIn("Cannot tell: the scan could not be registered; unknown: where the interface lies", said)
        self.assertNotIn("candidates", answer)

    def test_no_interface(self):
        said, answer = self.inverted(self.cropped("side.h5", "0,0,4,9"))
        self.assertIn("unknown: where the interface lies (interface_angstrom)", said)
        self.assertIn("no interface in the scan", said)

    def test_a_full_camera_is_named(self):
        for limit, named in ("0", False), ("300", True):
            counted = workshop.EXPERIMENT.replace("[camera]", f"[camera]\nelectrons_per_pattern = 20000\nsaturation_counts = {limit}")
            path = workshop.bench() / "counted.h5"
            workshop.run_well("simulate", text("counted.toml", counted), "-o", path)
            said = workshop.run_well("invert", path, "--recipe", workshop.recipe(), "--two-step-depths", 0, "-o",
                                     new_folder("full") / "answer").stdout
            self.assertEqual("the camera was full" in said, named, said)


class Words(BadInput):
    def test_unknown_command(self):
        self.refused("simulat", "x.toml", says=["'simulat'", "'simulate'"])

    def test_no_command(self):
        self.refused(says=["terrace --help"])

    def test_unknown_option(self):
        self.refused("dataset", "x.toml", "-o", "OUT.data", "--thread", "2", says=["--thread", "Did you mean --threads?"])

    def test_one_argument_too_many(self):
        self.refused("dataset", "x.toml", "y.toml", "-o", "OUT.data", says=["y.toml", "terrace dataset --help"])

    def test_missing_argument(self):
        self.refused("dataset", "-o", "OUT.data", says=["RECIPE", "terrace dataset --help"])
        self.refused("info", says=["SCAN", "terrace info --help"])
        self.refused("dataset", workshop.recipe(), says=["--output"])
        self.refused("limit", workshop.recipe(), says=["--output"])
        self.refused("simulate", workshop.experiment(), says=["-o FILE.h5"])

    def test_no_threads(self):
        for command in "simulate", "dataset":
            self.refused(command, workshop.recipe(), "-o", "OUT.x", "--threads", "0", says=["--threads", "0", "1"])

    @learning
    def test_the_figures_of_another_model(self):
        evaluation = text("other_evaluation.json", json.dumps({"about": {"data": {"recipe_hash": "another"}}}))
        self.predict(scan(), "other_evaluation.json", "another recipe", more=["--evaluation", evaluation])

    @learning
    def test_words_of_the_learning_commands(self):
        self.refused("train", data(), "-o", "OUT.m", "--thread", "2", says=["Did you mean --threads?"])
        self.refused("train", data(), "-o", "OUT.m", "--threads", "0", says=["--threads"])
        self.refused("train", "-o", "OUT.m", says=["terrace train --help"])
        self.refused("predict", scan(), "-o", "OUT.m", says=["--model"])
        self.refused("predict", scan(), "--model", model(), "-o", "OUT.m", "--film-side", "left", says=["left", "high"])
        self.refused("predict", scan(), "--model", model(), "-o", "OUT.m", "--energy-kev", "-3", says=["-3", "3000"])
        self.refused("predict", scan(), "--model", model(), "-o", "OUT.m", "--stretch-cells", "-2", says=["-2"])


class Configurations(BadInput):
    def test_unknown_key(self):
        path = text("key.toml", workshop.EXPERIMENT.replace("step_x_ang", "stepx_ang"))
        self.simulate(path, "key.toml:", "'stepx_angstrom'", "'step_x_angstrom'")
        path = text("key.toml", workshop.RECIPE.replace("test_share", "tests_share"))
        self.refused("dataset", path, "-o", "OUT.data", says=["key.toml:", "'tests_share'", "'test_share'"])

    def test_unknown_table(self):
        self.simulate(text("table.toml", "[microscop]\n"), "table.toml:1", "'microscop'", "'microscope'")
        self.refused("structure", text("table.toml", "[interfaces]\n"), "-o", "OUT.s.xyz", says=["table.toml:1", "'interface'"])

    def test_slices_of_an_interface_that_has_its_own(self):
        path = text("slices.toml", workshop.EXPERIMENT + "slice_angstrom = 0.5\n")
        self.simulate(path, "slices.toml:", "sampling.slice_angstrom", "built interface")

    def test_out_of_range(self):
        path = text("range.toml", workshop.EXPERIMENT + "[microscope]\nenergy_kev = -3\n")
        self.simulate(path, "range.toml:", "microscope.energy_kev", "-3", "3000")

    def test_wrong_type(self):
        path = text("type.toml", workshop.EXPERIMENT + "[microscope]\nenergy_kev = 'high'\n")
        self.simulate(path, "type.toml:", "microscope.energy_kev", "number")

    def test_what_cannot_be_sampled_says_what_would_do(self):
        self.simulate(text("coarse.toml", workshop.EXPERIMENT + "[microscope]\nsemiangle_mrad = 90\n"), "90 mrad", "times as many pixels")
        self.simulate(text("wide.toml", workshop.EXPERIMENT + "[microscope]\ndefocus_nm = 60\n"), "24.0 Å wide", "at least 24.0 Å")
        self.simulate(text("prime.toml", workshop.EXPERIMENT.replace("pixels_y = 32", "pixels_y = 37")), "37 pixels", "36 or 38")

    def test_sectors_of_a_specimen_without_a_period(self):
        path = text("sectors.toml", workshop.EXPERIMENT + "engine = 'sectors'\nthermal = 'frozen_phonon'\n")
        self.simulate(path, "sampling.engine", "frozen phonons", '"direct"')

    def test_more_memory_than_allowed(self):
        self.refused("simulate", workshop.experiment(), "-o", "OUT.scan.h5", "--max-memory", "0.001", says=["--max-memory 0.001", "GB of memory"])
        self.refused("dataset", workshop.recipe(), "-o", "OUT.data", "--max-memory", "0.001", says=["--max-memory 0.001", "GB of memory"])
        self.refused("trials", workshop.recipe(), "-o", "OUT.trials.json", "--max-memory", "0.001", says=["--max-memory 0.001", "GB of memory"])

    def test_a_part_that_is_none(self):
        for part in "0/2", "3/2", "2/2147483647", "2/99999999999", "2/4294967299", "two":
            self.refused("dataset", workshop.recipe(), "-o", "OUT.data", "--part", part, says=["--part", "3/16"])

    def test_limit_of_a_split_that_is_not_there(self):
        self.refused("limit", workshop.recipe(), "-o", "OUT.limit.json", "--split", "thicker", says=["'thicker'", "'test'"])

    def test_forecasts_of_what_cannot_be(self):
        def forecast(*options, says):
            self.refused("forecast", workshop.recipe(), "-o", "OUT.forecast.json", *options, says=says)
        forecast("--thickness-nm", "2", "--depths-nm", "3", says=["3 nm", "outside a lamella", "--depths-nm"])
        forecast("--thickness-nm", "1", says=["1 nm", "3 cells", "--thickness-nm"])
        forecast("--semiangle-mrad", "0", says=["--semiangle-mrad", "0.1"])
        forecast("--electrons", "many", says=["--electrons", "many"])
        forecast("--max-memory", "0.001", says=["--max-memory 0.001", "GB of memory"])
        forecast("--max-memory", "nan", says=["--max-memory", "nan"])

    def test_two_results_in_one_file(self):
        self.refused("forecast", workshop.recipe(), "-o", "OUT.f", "--report", "OUT.f", says=["two results"])
        self.refused("trials", workshop.recipe(), "-o", "OUT.f", "--report", "OUT.f", says=["two results"])

    def test_not_toml(self):
        self.simulate(text("no.toml", "energy = = 3"), "no.toml:1", "not valid TOML")

    def test_table_that_is_a_number(self):
        self.simulate(text("scalar.toml", "camera = 3"), "scalar.toml:1", "camera")

    def test_missing(self):
        self.simulate("nowhere.toml", "'nowhere.toml'")
        pipe = new_folder("pipe") / "recipe.toml"
        os.mkfifo(pipe)
        self.refused("dataset", pipe, "-o", "OUT.data", says=[str(pipe), "a file"])
        self.refused("dataset", "nowhere.toml", "-o", "OUT.data", says=["'nowhere.toml'"])

    def test_a_folder(self):
        self.simulate(workshop.bench(), str(workshop.bench()))

    @learning
    def test_of_training(self):
        path = text("learn.toml", "[training]\nepoch = 3\n")
        self.refused("train", data(), "-o", "OUT.m", "--config", path, says=["learn.toml:2", "'epochs'"])


class Structures(BadInput):
    def test_missing(self):
        path = text("structure.toml", workshop.EXPERIMENT.split("[scan]")[0].replace(
            "[interface]", "[specimen]\nfile = 'nowhere.xyz'").split("substrate_cells")[0])
        self.simulate(path, "nowhere.xyz")
        self.refused("structure", "nowhere.xyz", "-o", "OUT.s.cif", says=["nowhere.xyz"])

    def test_cut_short(self):
        whole = 'text\n3\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3\nSr 0 0 0\n'.split("\n", 1)[1]
        self.refused("structure", text("short.xyz", whole), "-o", "OUT.s.cif", says=["short.xyz", "3"])
        self.refused("structure", text("short.cif", "data_x\n_cell_length_a 3.9\nloop_\n"), says=["short.cif"])
        self.refused("structure", text("empty.xtl", ""), says=["empty.xtl"])

    def test_unknown_ending(self):
        self.refused("structure", workshop.experiment_of_structure(), "-o", "OUT.s.pdb", says=["s.pdb"])
        self.refused("simulate", workshop.experiment(), "-o", "OUT.s.npy", says=["s.npy", "terrace convert"])

    def test_options_of_another_form(self):
        def refused(*options, says):
            self.refused("structure", workshop.experiment_of_structure(), *options, says=says)
        refused("-o", "OUT.s.xyz", "--format", "cif", says=["s.xyz", "--format cif"])
        refused("-o", "OUT.s.xtl", "--xtl-kev", "-300", says=["--xtl-kev", "-300"])
        refused("--cell", 1, 1, 1, says=["--cell", "plain .xyz"])
        self.refused("convert", scan(), "OUT.s.npy", "--image", "pacbed", says=["--image", "s.npy"])


class DataSets(BadInput):
    def test_of_another_recipe_stays_as_it_was(self):
        before = contents(data())
        other = text("other.toml", workshop.RECIPE.replace("seed = 3", "seed = 4").replace("families = 8", "families = 12"))
        self.refused("dataset", other, "-o", data(), "--threads", "2", says=["another recipe"])
        self.assertEqual(contents(data()), before)

    def test_damaged_shard(self):
        folder = new_folder("damaged")
        for name, content in contents(data()).items():
            (folder / name).write_bytes(content)
        shard = folder / "shard-00001.h5"
        shard.write_bytes(shard.read_bytes()[:3000])
        self.refused("dataset", workshop.recipe(), "-o", folder, says=["shard-00001.h5"])
        if workshop.has_learning:
            self.refused("train", folder, "-o", "OUT.m", says=["shard-00001.h5"])
        (folder / "manifest.json").write_text("{")
        if workshop.has_learning:
            self.refused("train", folder, "-o", "OUT.m", says=["manifest.json"])

    @learning
    def test_not_a_data_set(self):
        self.refused("train", workshop.bench(), "-o", "OUT.m", says=["manifest.json"])

    @learning
    def test_of_another_grid_cannot_judge_a_model(self):
        path = text("grid.toml", workshop.RECIPE.replace("pixels = 8", "pixels = 6"))
        folder = new_folder("grid")
        workshop.run_well("dataset", path, "-o", folder / "data", "--threads", 2)
        self.refused("evaluate", model(), folder / "data", "-o", "OUT.e", says=["[grid]"])
        self.refused("evaluate", model(), folder / "data", "-o", "OUT.e", "--other-recipe", says=["[grid]"])

    @learning
    def test_of_another_recipe_judge_a_model_only_when_asked_to(self):
        folder = new_folder("recipe")
        path = text("recipe.toml", workshop.RECIPE.replace("seed = 3", "seed = 4"))
        workshop.run_well("dataset", path, "-o", folder / "data", "--threads", 2)
        self.refused("evaluate", model(), folder / "data", "-o", "OUT.e", says=["another recipe", "--other-recipe"])
        workshop.run_well("evaluate", model(), folder / "data", "-o", folder / "e", "--other-recipe")
        self.assertIn('"model_learnt_from_another_recipe"', (folder / "e" / "evaluation.json").read_text())

    @learning
    def test_not_a_limit(self):
        self.refused("evaluate", model(), data(), "-o", "OUT.e", "--limit", workshop.recipe(), says=["tiny.toml", "terrace limit"])
        other = text("limit.json", '{"format": "terrace limit", "recipe_hash": "0", "exact": {}}')
        self.refused("evaluate", model(), data(), "-o", "OUT.e", "--limit", other, says=["limit.json", "another recipe"])


@learning
class Models(BadInput):
    def test_missing(self):
        self.predict(scan(), "nothing.model", model_file="nothing.model")

    def test_not_a_model(self):
        self.predict(scan(), "tiny.toml", model_file=workshop.recipe())
        self.predict(scan(), "empty", model_file=text("empty", ""))
        self.predict(scan(), str(workshop.bench()), model_file=workshop.bench())

    def test_damaged(self):
        whole = model().read_bytes()
        broken = workshop.bench() / "broken.model"
        broken.write_bytes(whole[:-100])
        self.predict(scan(), "broken.model", "damaged", model_file=broken)
        broken.write_bytes(whole[:50])
        self.predict(scan(), "broken.model", model_file=broken)
        broken.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
        self.predict(scan(), "broken.model", "damaged", model_file=broken)
        self.refused("evaluate", broken, data(), "-o", "OUT.e", says=["broken.model"])


@learning
class Scans(BadInput):
    def test_missing(self):
        self.predict("nothing.h5", "nothing.h5")

    def test_empty_garbage_cut_short(self):
        self.predict(text("empty.h5", ""), "empty.h5")
        self.predict(text("garbage.h5", "garbage " * 1000), "garbage.h5")
        short = workshop.bench() / "short.h5"
        for bytes_kept in 100, 3000, -5000:
            short.write_bytes(scan().read_bytes()[:bytes_kept])
            self.predict(short, "short.h5")

    def test_numpy_files_of_wrong_shapes(self):
        bench = workshop.bench()
        self.predict(npy(bench / "flat.npy", [7]), "flat.npy")
        self.predict(npy(bench / "zero.npy", [0, 4, 8, 8]), "zero.npy")
        self.predict(npy(bench / "row.npy", [7, 8, 8]), "15", more=["--scan-shape", "3,5"])
        self.predict(npy(bench / "cut.npy", [4, 4, 8, 8], b"1234"), "cut.npy")

    def test_without_calibration(self):
        self.predict(npy(workshop.bench() / "bare.npy", [4, 4, 8, 8]), "mrad")

    def test_evaluation_that_is_none(self):
        for content in "", "{", "[]", '{"confusion_matrix": 3}', '{"by_dose": {"few": {}, "many": {}}}':
            self.predict(scan(), "figures.json", more=["--evaluation", text("figures.json", content)])


@learning
class Abstention(unittest.TestCase):
    def test_a_scan_from_outside_the_domain_gets_no_answer(self):
        out = new_folder("foreign")
        answer = workshop.run_well("predict", scan(), "--model", model(), "-o", out, "--energy-kev", "80")
        found = json.loads((out / "prediction.json").read_text())["prediction"]
        self.assertTrue(found["abstains"])
        self.assertTrue(any("80" in reason or "registered" in reason for reason in found["reasons"]), found["reasons"])
        self.assertIn("note: ", answer.stdout)

    def test_an_empty_scan_gets_no_answer(self):
        out = new_folder("dark")
        workshop.run_well("predict", npy(workshop.bench() / "dark.npy", [4, 24, 16, 16]), "--model", model(), "-o", out,
                          "--energy-kev", "200", "--mrad-per-pixel", "4", "--step-nm", "0.098,0.08",
                          "--semiangle-mrad", "20")
        self.assertTrue(json.loads((out / "prediction.json").read_text())["prediction"]["abstains"])


if __name__ == "__main__":
    unittest.main()
