"""Disks that are full and folders that are closed."""
import os
import pathlib
import resource
import unittest

import workshop
from workshop import data, model, new_folder, run, scan


def small_files(size):
    """For a child: no file may grow beyond `size` bytes, and saying so is an error code instead of a signal."""
    import signal

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


class FullDisk(unittest.TestCase):
    """A limit on the size of a file stands for the full disk: writing fails in the same places."""

    def fails_cleanly(self, size, *arguments, left=()):
        out = new_folder("full")
        answer = run(*[str(out / a[4:]) if str(a).startswith("OUT.") else a for a in arguments], preexec_fn=small_files(size))
        last = answer.stderr.splitlines()[-1]
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertEqual(answer.stderr.count("terrace: "), 1, answer.stderr)
        self.assertTrue(last.startswith("terrace: ") and ("full" in last or "room" in last), last)
        files = {p.name for p in out.rglob("*") if p.is_file()}
        self.assertEqual(files - set(left), set())

    def test_for_a_scan(self):
        self.fails_cleanly(20000, "simulate", workshop.experiment(), "-o", "OUT.scan.h5")

    def test_for_a_stack_and_its_sidecar(self):
        self.fails_cleanly(20000, "convert", scan(), "-o", "OUT.stack.npy")

    def test_for_a_data_set(self):
        for size in 100, 20000:
            self.fails_cleanly(size, "dataset", workshop.recipe(), "-o", "OUT.data")

    @unittest.skipUnless(workshop.has_learning, "built without learning")
    def test_for_a_model(self):
        self.fails_cleanly(2000, "train", data(), "-o", "OUT.tiny.model", "--config",
                           workshop.text("training.toml", workshop.TRAINING))

    @unittest.skipUnless(workshop.has_learning, "built without learning")
    def test_for_a_report(self):
        self.fails_cleanly(5000, "predict", scan(), "--model", model(), "-o", "OUT.answer", left=["prediction.json"])

    @unittest.skipUnless(workshop.has_learning, "built without learning")
    def test_for_an_evaluation(self):
        self.fails_cleanly(500, "evaluate", model(), data(), "-o", "OUT.answer")


class ClosedFolder(unittest.TestCase):
    def refused(self, *arguments, path):
        """As an ordinary user: root may write anywhere."""
        def become_ordinary():
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
        try:
            answer = run(*arguments, preexec_fn=become_ordinary, env={**os.environ, "HOME": "/nonexistent"})
        except PermissionError:
            self.skipTest("an ordinary user cannot reach the program, which lies in a closed folder")
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertEqual(len(answer.stderr.splitlines()), 1, answer.stderr)
        self.assertIn(str(path), answer.stderr)

    def places(self):
        closed = new_folder("closed")
        closed.chmod(0o555)
        file = workshop.text("a_file", "")
        file.chmod(0o444)
        return [closed / "x", closed / "deeper" / "x", file / "x"]

    def setUp(self):
        try:
            pathlib.Path(workshop.terrace).stat()
        except OSError as error:
            self.skipTest(str(error))

    def test_is_refused_before_any_work(self):
        for place in self.places():
            for command in ["simulate", workshop.experiment()], ["dataset", workshop.recipe()]:
                self.refused(*command, "-o", place, path=place.parent)

    @unittest.skipUnless(workshop.has_learning, "built without learning")
    def test_is_refused_before_learning(self):
        for path in data().rglob("*"):
            path.chmod(0o644)
        data().chmod(0o755)
        for place in self.places():
            self.refused("train", data(), "-o", place, path=place.parent)
            self.refused("predict", scan(), "--model", model(), "-o", place, path=place.parent)

    def test_a_folder_is_no_file(self):
        folder = new_folder("folder")
        self.refused("simulate", workshop.experiment(), "-o", folder, path=folder)


if __name__ == "__main__":
    unittest.main()
