#!/bin/sh
# Opens our scan files in py4DSTEM, HyperSpy, RosettaSciIO and LiberTEM, and theirs in terrace.
#   tests/interop/run.sh [--install] [BUILD_FOLDER]      (build/release where none is given)
# With --install the programs are fetched from PyPI first (about 0.7 GB) into BUILD_FOLDER/interop; without it and them,
# the test is skipped: status 77.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
install=no
if [ "${1:-}" = --install ]; then install=yes; shift; fi
build=$(cd "${1:-$here/../../build/release}" && pwd)
python=$build/interop/bin/python

if [ $install = yes ]; then
  [ -x "$python" ] || python3 -m venv "$build/interop"
  "$python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
fi
if [ ! -x "$python" ]; then
  echo "skipped: py4DSTEM, HyperSpy and LiberTEM are not installed. Run tests/interop/run.sh --install first."
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# What the programs keep for themselves stays in the folder too.
HOME=$folder "$python" "$here/check.py" "$build/tests/interop_scan" "$folder"
