"""Runs every *_test.py of this folder against the program of the command line: run.py PATH/TO/terrace [NAMES...]"""
import os
import pathlib
import sys
import unittest

here = pathlib.Path(__file__).parent
os.environ["TERRACE"] = str(pathlib.Path(sys.argv[1]).resolve())
sys.path[:0] = [str(here), str(here.parent / "commands")]  # which holds the tiny study, workshop.py
loader = unittest.TestLoader()
names = sys.argv[2:]
tests = loader.loadTestsFromNames(names) if names else loader.discover(str(here), pattern="*_test.py")
sys.exit(not unittest.TextTestRunner(verbosity=2).run(tests).wasSuccessful())
