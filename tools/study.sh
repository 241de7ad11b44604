#!/usr/bin/env bash
# The studies at full size, unattended: for each recipe its data, its network, the exact limit, its figures, and what
# ships in models/. Goes on where it was stopped: whole shards, epochs and judged families are kept.
#
#   tools/study.sh [paper] [microscope]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
terrace=build/release/terrace

# Runs one step and notes how long it took: the longest of its runs, as one that finds all done takes no time.
timed() {
  local what=$1 start=$SECONDS before=0
  shift
  "$@"
  [ ! -e "$out/seconds_$what" ] || before=$(cat "$out/seconds_$what")
  [ $((SECONDS - start)) -lt "$before" ] || echo $((SECONDS - start)) >"$out/seconds_$what"
}

times() {
  local what
  for what in data training limit figures; do
    [ -e "$out/seconds_$what" ] || continue
    printf '%s %d min; ' "$what" $((($(cat "$out/seconds_$what") + 59) / 60))
  done
}

step() { printf '\n== %s: %s (%s)\n' "$name" "$*" "$(date +%H:%M)"; }

# What a model was trained with and on; another program or recipe means another model.
origin() { sha256sum "$terrace" "$terrace-learn" "recipes/$name.toml" "recipes/${name}_training.toml"; }

# What the exact limit is asked of: twelve families of the microscope's recipe would take a night.
limit_options() { [ "$1" != microscope ] || echo --families 5 --pairs 1 --abrupt 0 --thickness-known; }

make_study() {
  local out=out/study/$name
  mkdir -p "$out"
  step "1 of 5: data"
  timed data "$terrace" dataset "recipes/$name.toml" -o "$out/data"
  step "2 of 5: the network"
  if [ -e "$out/model.terrace" ] && origin | cmp -s - "$out/origin.txt"; then
    echo "kept: $out/model.terrace"
  else
    rm -f "$out/seconds_training"
    timed training "$terrace" train "$out/data" --config "recipes/${name}_training.toml" -o "$out/model.terrace"
    origin >"$out/origin.txt"
  fi
  step "3 of 5: the exact limit"
  timed limit "$terrace" limit "recipes/$name.toml" $(limit_options "$name") -o "$out/limit.json"
  step "4 of 5: figures"
  timed figures "$terrace" evaluate "$out/model.terrace" "$out/data" --limit "$out/limit.json" --sanity -o "$out" | tee "$out/evaluation.txt"
  step "5 of 5: models/$name"
  mkdir -p "models/$name"
  cp "$out/model.terrace" "models/$name/$name.terrace"
  cp "$out/evaluation.json" "models/$name/"
  times >"$out/times.txt"
  tools/model_card.py "$name"
}

[ $# -gt 0 ] || set -- paper microscope
for name in "$@"; do make_study; done
