"""One training, shared out over ranks."""
import functools
import json
import struct
import unittest

import ranks
import workshop
from ranks import run_well, start, wait_for
from workshop import new_folder

why_not = "built without learning" if not workshop.has_learning else ranks.why_not("terrace-learn")

# Batches of 7 give two ranks unequal shares. No chance of a masked or noisy difference: those follow the sample.
SETTINGS = workshop.TRAINING.replace("epochs = 2", "epochs = 6").replace("batch = 8", "batch = 7")


def record(file):
    """What a model or a checkpoint (safetensors: length, header, tensors) says of its making."""
    content = file.read_bytes()
    header = json.loads(content[8:8 + struct.unpack("<Q", content[:8])[0]])
    return json.loads(header["__metadata__"]["record"])


def curve(file):
    return [[epoch["training_loss"], epoch["validation_loss"]] for epoch in record(file)["about"]["learning_curve"]]


def arguments(output):
    settings = workshop.text("shared_training.toml", SETTINGS)
    return "train", workshop.data(), "-o", output, "--config", settings, "--threads", 1


@functools.cache
def alone():
    """The curve of one process."""
    out = new_folder("alone") / "x.model"
    run_well(*arguments(out))
    return curve(out)


@unittest.skipIf(why_not, why_not)
class Training(unittest.TestCase):
    def assert_same_curve(self, found):
        # Sums of another order differ by 1e-7 of themselves. Where a gradient is that small, AdamW may turn a weight's step
        # round: 2e-3 of one weight in thousands, for 6 epochs of 6 steps. That leaves some 1e-5 of the loss; 1e-3 is
        # allowed. Ranks that kept their gradients to themselves would follow half of each batch: a hundredth and more.
        self.assertEqual(len(found), len(alone()))
        for epoch, (one, two) in enumerate(zip(alone(), found)):
            for a, b in zip(one, two):
                self.assertLess(abs(a - b), 1e-3 * abs(a), f"epoch {epoch + 1}: {one} alone, {two} shared")
        self.assertGreater(alone()[0][0] - alone()[-1][0], 0.02 * alone()[0][0])  # it learns

    def test_two_ranks_follow_the_curve_of_one(self):
        out = new_folder("shared")
        process = run_well(*arguments(out / "x.model"), ranks=2)
        self.assert_same_curve(curve(out / "x.model"))
        self.assertEqual([p.name for p in out.iterdir()], ["x.model"])
        self.assertEqual(process.stdout_text.count("2 ranks of 1 threads"), 1)
        self.assertEqual(process.stdout_text.count("model: "), 1)

    def test_more_ranks_than_samples_of_the_last_batch(self):
        out = new_folder("many")
        run_well(*arguments(out / "x.model"), ranks=8)  # batches of 7: one rank has nothing to learn from
        self.assert_same_curve(curve(out / "x.model"))

    def test_a_killed_rank_ends_the_training_and_the_next_goes_on(self):
        out = new_folder("killed") / "x.model"
        checkpoint = out.with_name("x.model.checkpoint")
        process = start(*arguments(out), ranks=2)
        wait_for(checkpoint.exists, process)
        everyone = ranks.children(process)
        self.assertEqual(sorted(everyone), [0, 1])
        ranks.kill([everyone[1]])
        process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertTrue(ranks.wait_for_end_of(everyone.values()))
        self.assertFalse(out.exists())
        before = record(checkpoint)["curve"]
        self.assertLess(len(before), 6)
        run_well(*arguments(out), ranks=2)
        self.assert_same_curve(curve(out))
        after = record(out)["about"]["learning_curve"]
        self.assertEqual(after[:len(before)], before)  # gone on with, not begun again


if __name__ == "__main__":
    unittest.main()
