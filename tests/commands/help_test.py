"""Every command explains itself, every option of it in words."""
import re
import unittest

import workshop
from workshop import run_well


def commands():
    listed = run_well("--help").stdout.split("Subcommands:")[1]
    names = re.findall(r"^  ([a-z]+) +\S", listed, re.MULTILINE)
    return [n for n in names if workshop.has_learning or n not in ("train", "evaluate", "predict")]


class Help(unittest.TestCase):
    def test_every_command_has_a_line(self):
        for name in "structure", "simulate", "dataset":
            self.assertIn(name, commands())

    def test_every_option_says_what_it_does(self):
        for name in commands():
            text = run_well(name, "--help").stdout
            self.assertIn(f"terrace {name}", text)
            entries = re.findall(r"^  (-\S+|[A-Z]+ )(.*(?:\n {10,}.*)*)", text, re.MULTILINE)
            self.assertGreater(len(entries), 1, text)
            for option, rest in entries:
                self.assertRegex(rest, r"\b[a-z]{4,}", f"{name} {option} has no words: {rest}")

    def test_settings_are_listed_with_defaults_and_ranges(self):
        for name in ["simulate", "dataset"] + (["train"] if workshop.has_learning else []):
            text = run_well(name, "--settings").stdout
            for line in text.splitlines():
                if not line.startswith("["):
                    self.assertRegex(line, r"^  \w+ +.+\(default ", name)

    def test_version(self):
        self.assertRegex(run_well("--version").stdout, r"^terrace \d+\.\d+")


if __name__ == "__main__":
    unittest.main()
