#!/bin/sh
# run.sh report EXAMPLE_PROGRAM FOLDER: writes the example reports to FOLDER and opens them in chromium.
# run.sh bundle: is the committed bundle what its sources give?
# Returns 77 (skipped) where something needed is missing.
web=$(cd "$(dirname "$0")/../../src/report/web" && pwd)
skip() { echo "skipped: $1"; exit 77; }

command -v node >/dev/null || skip "node is not installed"
[ -d "$web/node_modules" ] || skip "no node_modules (run make web-packages)"
case $1 in
  bundle)
    cd "$web" && exec node build.mjs --check ;;
  report)
    chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser)}
    [ -x "$chromium" ] || skip "chromium is not installed"
    "$2" "$3/report.html" && "$2" "$3/prediction.html" prediction || exit 1
    CHROMIUM=$chromium exec node "$(dirname "$0")/report_test.mjs" "$3" ;;
  *) echo "usage: run.sh report EXAMPLE_PROGRAM FOLDER | bundle"; exit 2 ;;
esac
