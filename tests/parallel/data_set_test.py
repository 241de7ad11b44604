"""One data set, whoever makes it: ranks, parts, runs that were killed, shards that were damaged."""
import functools
import os
import re
import signal
import subprocess
import unittest

import ranks
import workshop
from ranks import run, run_well, start, wait_for, wait_for_end_of
from workshop import contents, new_folder

with_mpi = unittest.skipIf(ranks.why_not(), ranks.why_not())
FAMILIES, SHARDS = 24, 12


@functools.cache
def recipe():
    """Long enough (a second) to be killed in its midst."""
    return workshop.text("parallel.toml", workshop.RECIPE.replace("families = 8", f"families = {FAMILIES}"))


@functools.cache
def whole():
    """What one process makes."""
    out = new_folder("whole")
    run_well("dataset", recipe(), "-o", out, "--threads", 2)
    return contents(out)


class DataSet(unittest.TestCase):
    def assert_whole(self, folder):
        found = contents(folder)
        self.assertEqual(list(found), list(whole()))
        self.assertEqual([name for name in found if found[name] != whole()[name]], [])

    def begin(self, out, **options):
        """A run that has made its first shard and has others to make."""
        process = start("dataset", recipe(), "-o", out, "--threads", 1, **options)
        wait_for(lambda: any(out.glob("shard-?????.h5")), process)
        self.assertIsNone(process.poll(), "it ended before it could be disturbed")
        return process

    def assert_unfinished(self, out):
        self.assertFalse((out / "manifest.json").exists())
        self.assertLess(len(list(out.glob("shard-?????.h5"))), SHARDS)


@with_mpi
class Ranks(DataSet):
    def test_two_ranks_make_the_same_bytes_as_one(self):
        out = new_folder("ranks") / "data"
        process = run_well("dataset", recipe(), "-o", out, "--threads", 1, ranks=2)
        self.assert_whole(out)
        self.assertEqual(process.stdout_text.count("estimate:"), 1)
        self.assertIn("on 2 ranks of 1 threads", process.stdout_text)
        self.assertIn(f": {FAMILIES} of {FAMILIES} (100 %)", process.stderr_text.splitlines()[-1])
        for done in re.findall(r": (\d+) of", process.stderr_text):
            self.assertLessEqual(int(done), FAMILIES)

    def test_a_killed_rank_ends_the_run_and_the_next_goes_on_to_the_same_bytes(self):
        for victim in 0, 1:
            out = new_folder("rank")
            process = self.begin(out, ranks=2)
            everyone = ranks.children(process)
            self.assertEqual(sorted(everyone), [0, 1])
            ranks.kill([everyone[victim]])
            process.communicate(timeout=60)
            self.assertNotEqual(process.returncode, 0)
            self.assertTrue(wait_for_end_of(everyone.values()))
            self.assert_unfinished(out)
            run_well("dataset", recipe(), "-o", out, "--threads", 1, ranks=2)
            self.assert_whole(out)

    def test_all_killed_at_once_and_gone_on_with_by_one_process(self):
        out = new_folder("all")
        process = self.begin(out, ranks=2)
        everyone = [process.pid, *ranks.children(process).values()]
        self.assertEqual(len(everyone), 3)
        ranks.kill(everyone)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGKILL)
        self.assertTrue(wait_for_end_of(everyone))
        self.assert_unfinished(out)
        (out / "shard-00011.h5.somewhere-1.partial").write_text("half a shard")  # as of another machine
        run_well("dataset", recipe(), "-o", out, "--threads", 2)
        self.assert_whole(out)

    def test_ctrl_c_ends_all_ranks(self):
        out = new_folder("interrupted")
        process = self.begin(out, ranks=2)
        everyone = ranks.children(process).values()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertTrue(wait_for_end_of(everyone))
        # mpirun takes up to a second to end its ranks, in which a few shards more may be made.
        run_well("dataset", recipe(), "-o", out, "--threads", 1)
        self.assert_whole(out)

    def test_what_is_wrong_for_all_is_said_once_and_nothing_hangs(self):
        process = run("dataset", "nowhere.toml", "-o", new_folder("wrong"), ranks=2)
        self.assertEqual(process.returncode, 2)
        self.assertEqual(process.stderr_text.count("terrace: "), 1)
        self.assertIn("nowhere.toml", process.stderr_text)

    def test_each_rank_makes_shards_and_its_failure_ends_the_other(self):
        # A limit on the size of a file, for one rank alone, stands for its full disk.
        for number in 0, 1:
            out = new_folder("failing")
            work = f"exec {workshop.terrace} dataset {recipe()} -o {out} --threads 1"
            each = [["-n", "1", "sh", "-c", f"trap '' XFSZ; ulimit -f 8; {work}" if i == number else work] for i in (0, 1)]
            process = subprocess.run([*ranks.mpirun, *each[0], ":", *each[1]], capture_output=True, text=True, timeout=60)
            self.assertEqual(process.returncode, 2, process.stderr)
            self.assertEqual(process.stderr.count("terrace: "), 1, process.stderr)
            self.assertIn("full", process.stderr)
            self.assert_unfinished(out)

    def test_processes_that_do_not_find_each_other_are_refused(self):
        out = new_folder("lost")
        process = run("dataset", recipe(), "-o", out, env={**os.environ, "SLURM_STEP_NUM_TASKS": "2"})
        self.assertEqual(process.returncode, 2, process.stderr_text)
        self.assertIn("2 processes", process.stderr_text)
        self.assertEqual(list(out.iterdir()), [])


class Parts(DataSet):
    def test_two_parts_are_the_whole(self):
        out = new_folder("parts")
        first = run_well("dataset", recipe(), "-o", out, "--part", "1/2", "--threads", 1)
        self.assertIn(f"{SHARDS // 2} shards of other parts are still missing", first.stdout_text)
        self.assert_unfinished(out)
        run_well("dataset", recipe(), "-o", out, "--part", "2/2", "--threads", 1)
        self.assert_whole(out)

    def test_parts_at_the_same_time_are_the_whole(self):
        out = new_folder("together")
        parts = [start("dataset", recipe(), "-o", out, "--part", f"{i}/3", "--threads", 1) for i in (1, 2, 3)]
        for part in parts:
            errors = part.communicate(timeout=120)[1]
            self.assertEqual(part.returncode, 0, errors)
        self.assert_whole(out)

    def test_words_that_name_no_part(self):
        for words in "0/2", "3/2", "1", "a/b", "1/2x", "1/0":
            answer = run("dataset", recipe(), "-o", new_folder("words"), "--part", words)
            self.assertEqual(answer.returncode, 2)
            self.assertIn(words, answer.stderr_text)

    def test_a_second_run_at_the_same_time_is_refused(self):
        out = new_folder("twice")
        process = self.begin(out)
        second = run("dataset", recipe(), "-o", out, "--threads", 1)
        self.assertEqual(second.returncode, 2)
        self.assertIn("Another run", second.stderr_text)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)
        self.assert_whole(out)


class Damage(DataSet):
    def test_a_flipped_byte_is_named_and_its_shard_remade_alone(self):
        out = new_folder("damage")
        for name, content in whole().items():
            (out / name).write_bytes(content)
        shard = out / "shard-00005.h5"
        content = bytearray(shard.read_bytes())
        content[len(content) // 2] ^= 1
        shard.write_bytes(content)
        told = run("dataset", recipe(), "-o", out)
        self.assertEqual(told.returncode, 2)
        self.assertIn("shard-00005.h5", told.stderr_text)
        self.assertIn("--remake-damaged", told.stderr_text)
        self.assertEqual(shard.read_bytes(), content)
        before = {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in out.glob("shard-*")}
        run_well("dataset", recipe(), "-o", out, "--remake-damaged")
        after = {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in out.glob("shard-*")}
        self.assertEqual([name for name in after if after[name] != before[name]], [shard.name])
        self.assert_whole(out)


if __name__ == "__main__":
    unittest.main()
