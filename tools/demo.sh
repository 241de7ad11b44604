#!/usr/bin/env bash
# A small study from start to end, in out/demo: simulate, train, measure, and read a scan that the network has never seen.
# Run by `make demo`. A second run keeps data and model as long as program and recipe are the same, else it starts anew.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
terrace=build/release/terrace
recipe=recipes/quick.toml
out=out/demo

step() { printf '\n== %s\n' "$*"; }

# What data and model were made with and from.
origin() { sha256sum "$terrace" "$terrace-learn" "$recipe" recipes/quick_training.toml; }

mkdir -p "$out"
origin | cmp -s - "$out/origin.txt" || rm -rf "$out"
mkdir -p "$out"
origin >"$out/origin.txt"

step "1 of 5: simulate a labelled data set, and the same specimens projected into a single slice"
[ -e "$out/data.done" ] && echo "kept: $out/data" || {
  "$terrace" dataset "$recipe" -o "$out/data"
  "$terrace" dataset "$recipe" --single-slice -o "$out/single_slice"
}
touch "$out/data.done"

step "2 of 5: train a network on it"
[ -e "$out/model.terrace" ] && echo "kept: $out/model.terrace" ||
  "$terrace" train "$out/data" --config recipes/quick_training.toml -o "$out/model.terrace"

step "3 of 5: measure it on families of structures that it has never seen"
"$terrace" evaluate "$out/model.terrace" "$out/data" --single-slice "$out/single_slice" -o "$out" | tee "$out/evaluation.txt"

step "4 of 5: simulate a scan as a microscope would have stored it (one buried step, 5.47 nm deep)"
"$terrace" simulate recipes/held_out_scan.toml -o "$out/scan.h5"

step "5 of 5: read that scan"
"$terrace" predict "$out/scan.h5" --model "$out/model.terrace" --evaluation "$out/evaluation.json" -o "$out"

step "what the network is worth on unseen families"
cat "$out/evaluation.txt"
printf '\nReport: %s\n' "$PWD/$out/report.html"
