"""Inversions shared out over ranks: what one process gives, but for the time it took."""
import json
import unittest

import ranks
import workshop
from ranks import run_well
from workshop import new_folder


@unittest.skipIf(ranks.why_not(), ranks.why_not())
class Inversions(unittest.TestCase):
    def test_trials_of_two_ranks_are_those_of_one(self):
        def trials(count):
            out = new_folder("trials") / "trials.json"
            run_well("trials", workshop.recipe(), "-o", out, "--families", 2, "--samples", 1, "--doses", "1e5",
                     "--two-step-depths", 0, "--threads", 1, ranks=count)
            return [{key: value for key, value in trial.items() if key != "seconds"}
                    for trial in json.loads(out.read_text())["trials"]]

        alone = trials(0)
        self.assertEqual(len(alone), 2)
        self.assertEqual(trials(2), alone)

    def test_the_map_of_two_ranks_is_that_of_one(self):
        long = workshop.text("long.toml", workshop.EXPERIMENT.replace("count_y = 4", "count_y = 20"))
        scan = workshop.bench() / "long.h5"
        run_well("simulate", long, "-o", scan)

        def answer(count):
            out = new_folder("map") / "answer"
            run_well("invert", scan, "--recipe", workshop.recipe(), "--electrons-per-standard-pattern", "1e4", "--two-step-depths", 0,
                     "--stretch-cells", 2, "--threads", 1, "-o", out, ranks=count)
            self.assertEqual(len(list((out / "stretches").iterdir())), 2)
            return json.loads((out / "inversion.json").read_text())

        alone = answer(0)
        self.assertEqual(len(alone["map"]), 2)
        self.assertEqual(answer(2), alone)
