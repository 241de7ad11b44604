#!/usr/bin/env python3
"""Writes models/NAME/README.md, the card of a model that ships, from the evaluation beside it and the recipe it was made by.

model_card.py NAME"""
import json
import pathlib
import sys
import tomllib

root = pathlib.Path(__file__).parent.parent

QUESTIONS = [
    ("rough_vs_diffuse", "rough or diffuse"),
    ("rough_vs_diffuse_matched", "the same on matched pairs, which no projection tells apart"),
    ("rough_vs_diffuse_random_cations", "the same where the diffuse one is made of whole atoms at random"),
    ("class_accuracy", "which of the four classes"),
    ("step_within_one_cell", "step in the true cell or a neighbour"),
    ("step_exact_cell", "step in the true cell"),
    ("step_depth_mae_nm", "mean depth error, nm"),
    ("mirror_confusion", "steps taken for their mirror image"),
    ("sigma_a_mae", "error of the A-site width, cells"),
    ("sigma_b_mae", "error of the B-site width, cells"),
    ("thickness_mae_nm", "mean error of the thickness, nm"),
    ("given_thickness_mae_nm", "the same of the thickness that is given, nm"),
    ("calibration_error", "calibration error"),
    ("depth_interval_coverage", "90 % depth intervals that hold the truth"),
    ("depth_interval_width_nm", "their mean width, nm"),
    ("abstention_share", "scans it declines to answer"),
    ("baseline_projected_profile_matched", "baseline on matched pairs: the projection"),
    ("baseline_dark_field_matched", "baseline on matched pairs: the dark-field image"),
    ("baseline_linear_matched", "baseline on matched pairs: linear discriminant"),
    ("baseline_dictionary_matched", "baseline on matched pairs: nearest neighbour"),
]


# What all families share, beside the ranges.
FIXED = {"microscope": ["energy_kev", "semiangle_mrad"],
         "grid": ["across", "along", "half_span_cells", "pixels", "mrad_per_pixel", "semiangle_pixels"]}


def noise_note(recipe):
    if recipe.get("detection", {}).get("electrons_per_pattern"):
        return ""
    return "\n**For simulations without noise only**: it declines every scan that has a dose. For measured scans take models/microscope.\n"


# An interval that resamples fewer families than this says more about their number than about the figure.
FEWEST_FAMILIES = 6


def cell(measure):
    if not measure:
        return "–"
    if measure.get("families", FEWEST_FAMILIES) < FEWEST_FAMILIES:
        return f"{measure['value']:.3f}"
    return f"{measure['value']:.3f} ({measure['low']:.3f} … {measure['high']:.3f})"


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def headline(evaluation):
    rows = [[meaning, cell(evaluation[key]), evaluation[key]["n"], evaluation[key].get("structures", ""),
             evaluation[key]["families"]] for key, meaning in QUESTIONS if key in evaluation]
    return table(["question", "figure (95 % interval)", "samples", "structures", "families"], rows)


def by_dose(evaluation):
    doses = sorted((key for key in evaluation.get("by_dose", {})), key=lambda dose: float(dose) or 1e99)
    if len(doses) < 2:
        return ""
    keys = ["rough_vs_diffuse_matched", "step_within_one_cell", "step_depth_mae_nm"]
    names = dict(QUESTIONS)
    limit = evaluation.get("exact", {})
    rows = []
    for dose in doses:
        row = [f"{float(dose):g}" if float(dose) else "noise-free"]
        row += [cell(evaluation["by_dose"][dose].get(key)) for key in keys]
        row.append(cell(limit.get(dose, {}).get("rough_vs_diffuse_matched")))
        rows.append(row)
    families = {block["rough_vs_diffuse_matched"]["families"] for block in limit.values() if "rough_vs_diffuse_matched" in block}
    note = ""
    if families:
        told = "; it is told the true thickness, the network is not" if evaluation.get("exact_thickness") == "known" else ""
        note = f"\nThe exact limit is that of {max(families)} of these families{told}.\n"
    return "\n## Over the dose\n\n" + table(["electrons a pattern", *(names[key] for key in keys), "exact limit, matched pairs"],
                                           rows) + "\n" + note


def sanity(evaluation):
    rows = [[name.replace("_", " "), cell(measure), measure["meaning"]] for name, measure in evaluation.get("sanity", {}).items()]
    note = ("\nThe sum of a pattern is not quite blind: what is scattered beyond the camera depends a little on the order of the atoms. "
            "Shuffled labels must end at chance.\n")
    return "\n## What must fail\n\n" + table(["network", "figure", "what it is"], rows) + "\n" + note if rows else ""


def held_out(evaluation):
    sets = evaluation.get("held_out", {})
    if not sets:
        return ""
    rows = [[name.replace("_", " "), block["class_accuracy"]["families"], block["class_accuracy"]["n"],
             cell(block.get("class_accuracy")), cell(block.get("rough_vs_diffuse_matched")),
             cell(block.get("step_depth_mae_nm")), cell(block.get("abstention_share")),
             cell(block.get("out_of_domain_auroc"))] for name, block in sets.items()]
    head = ["set", "families", "samples", "class", "matched pairs", "mean depth error, nm", "declined", "recognised as strange (AUROC)"]
    few = min(block["class_accuracy"]["families"] for block in sets.values()) < FEWEST_FAMILIES
    note = "\nSo few families bear no interval.\n" if few else ""
    return "\n## Outside what it was trained on\n\n" + table(head, rows) + "\n" + note


def domain(recipe):
    ranges = recipe.get("ranges", {})
    drawn = set(ranges) | ({"energy_kev"} if "energies_kev" in ranges else set())
    fixed = [(part, key) for part, keys in FIXED.items() for key in keys if key in recipe.get(part, {}) and key not in drawn]
    rows = [[f"{part}: {key.replace('_', ' ')}", recipe[part][key]] for part, key in fixed]
    rows += [[key.replace("_", " "), value] for key, value in ranges.items()]
    rows += [[key.replace("_", " "), value] for key, value in recipe.get("detection", {}).items()]
    return table(["what", "value, or range drawn from"], rows)


def times(name):
    path = root / "out" / "study" / name / "times.txt"
    return path.read_text().strip() if path.exists() else "not recorded"


def card(name):
    folder = root / "models" / name
    evaluation = json.loads((folder / "evaluation.json").read_text())
    text = (root / "recipes" / f"{name}.toml").read_text()
    recipe = tomllib.loads(text)
    introduction = " ".join(line[2:] for line in text.split("\n\n")[0].splitlines())
    size = (folder / f"{name}.terrace").stat().st_size / 1e6
    return f"""# The model `{name}`

{introduction}

`{name}.terrace` ({size:.1f} MB) answers for scans that look like its training: what it was not trained on it should decline
(`terrace predict SCAN --model models/{name}/{name}.terrace -o ANSWER`). Trained on LaAlO3 on SrTiO3 simulated by Terrace alone; how other
programs' patterns and measured ones differ from these is in docs/physics.md.
{noise_note(recipe)}
## Figures

On families of structures that training never saw; intervals resample families.

{headline(evaluation)}
{by_dose(evaluation)}{held_out(evaluation)}{sanity(evaluation)}
## What it was trained on

{domain(recipe)}

The recipe is `recipes/{name}.toml`, the training `recipes/{name}_training.toml`; everything else about the model stands in the file itself.

## Remaking it

    tools/study.sh {name}

on two cores, unattended and resumable: {times(name)}. `evaluation.json` holds every figure, with its number of samples, structures and families.
"""


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = root / "models" / sys.argv[1] / "README.md"
    path.write_text(card(sys.argv[1]))
    print(f"card: {path.relative_to(root)}")
