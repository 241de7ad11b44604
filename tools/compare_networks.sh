#!/usr/bin/env bash
# What the parts of the network are worth: trains one variant after the other on the same data and judges each on the same unseen
# families. One network each, the same few epochs; the table of docs/decisions/what_the_network_is.md.
#
#   tools/compare_networks.sh DATA OUT [EPOCHS]
set -euo pipefail
data=${1:?usage: tools/compare_networks.sh DATA OUT [EPOCHS]}
out=${2:?}
epochs=${3:-12}
terrace=$(dirname "${BASH_SOURCE[0]}")/../build/release/terrace

mkdir -p "$out"
for setting in exchange=mixer depth_head=bins steering=scan exchange=convolution exchange=attention exchange=none use_conditions=none input=totals; do
  place=$out/${setting/=/_}
  [ -e "$place/evaluation.json" ] && continue
  mkdir -p "$place"
  printf '[training]\nepochs = %s\n%s = "%s"\n' "$epochs" "${setting%=*}" "${setting#*=}" >"$place/training.toml"
  "$terrace" train "$data" --config "$place/training.toml" -o "$place/model.terrace"
  "$terrace" evaluate "$place/model.terrace" "$data" -o "$place" >"$place/evaluation.txt"
done

python3 - "$out" <<'END'
import json, pathlib, sys

print("| variant | electrons a pattern | twins | step within one cell |\n|---|---|---|---|")
for path in sorted(pathlib.Path(sys.argv[1]).glob("*/evaluation.json")):
    for dose, figures in json.loads(path.read_text())["by_dose"].items():
        cells = ["{value:.3f} ({low:.3f} … {high:.3f})".format(**figures[key])
                 for key in ("rough_vs_diffuse_matched", "step_within_one_cell")]
        print(f"| {path.parent.name} | {dose} | " + " | ".join(cells) + " |")
END
