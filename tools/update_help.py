#!/usr/bin/env python3
"""Writes the help text of every command into docs/guide/commands.md, or (--check) says where the page differs.

update_help.py [--check] PATH/TO/terrace

The page says what to show: a line <!-- help: terrace ... --> is followed by a block of code, which this program fills with
what that command prints."""
import pathlib
import re
import subprocess
import sys

page = pathlib.Path(__file__).parent.parent / "docs" / "guide" / "commands.md"
block = re.compile(r"<!-- help: terrace (?P<arguments>[^\n]*) -->\n```text\n.*?```\n", re.DOTALL)


def printed(program, arguments):
    environment = {"OMP_NUM_THREADS": "2", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}  # the same on any machine
    answer = subprocess.run([program, *arguments.split()], capture_output=True, text=True, env=environment)
    if answer.returncode != 0:
        sys.exit(f"terrace {arguments} ended with {answer.returncode}: {answer.stderr}")
    return "\n".join(line.rstrip() for line in answer.stdout.strip("\n").splitlines())


def filled(text, program):
    def fill(match):
        arguments = match["arguments"]
        return f"<!-- help: terrace {arguments} -->\n```text\n{printed(program, arguments)}\n```\n"
    return block.sub(fill, text)


def commands_missing(text, program):
    listed = printed(program, "--help").split("Subcommands:")[1].splitlines()
    names = [line.split()[0] for line in listed if re.match(r"  [a-z]+ ", line)]
    return [name for name in names if f"<!-- help: terrace {name} --help -->" not in text]


def main():
    *flags, program = sys.argv[1:]
    old = page.read_text()
    for name in commands_missing(old, program):
        sys.exit(f"{page.name} lacks a block for 'terrace {name} --help'. Add the line <!-- help: terrace {name} --help -->"
                 " and an empty text block below it.")
    new = filled(old, program)
    if flags == ["--check"] and new != old:
        sys.exit(f"{page.name} differs from what the programs print. Run tools/update_help.py {program}")
    if not flags:
        page.write_text(new)


if __name__ == "__main__":
    main()
