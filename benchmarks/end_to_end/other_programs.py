#!/usr/bin/env python3
"""Times Prismatic and abTEM, one thread each, on the work that Terrace's own benchmarks do. Writes one JSON.

other_programs.py --prismatic PATH --abtem-python PATH --structure specimen.xyz --out others.json

Prismatic: version 2.0 from its authors' repository, the command-line program built for the CPU with its own release flags.
--prismatic (or TERRACE_PRISMATIC) points at the program. abTEM: from PyPI, best in a virtual environment of its own, with
pyfftw; --abtem-python (or TERRACE_ABTEM_PYTHON) points at the Python that can import it. What is absent is left out.
The specimen is a Prismatic .xyz, as `terrace structure --format prismatic` writes it. Static atoms, 200 kV, 20 mrad.

Every run is repeated, one round of all runs after another; the fastest repeat counts. Set-up is excluded by differences: many
probes less few, many beams less few. Each figure has a value by the clock, the same by processor time (equal on a quiet
machine), how it was formed, and its command lines; `runs` holds the seconds of every repeat.
"""
import argparse
import hashlib
import json
import math
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ENERGY_KEV, SEMIANGLE_MRAD, SLICE = 200, 20, 1.9525
NARROW_MRAD, WIDE_MRAD = 2, 6  # two small apertures: the difference gives the cost of one beam
THIN_SLICES = 2  # the cost of a probe from an S-matrix does not depend on the thickness
SLICES_BETWEEN_EXITS = 4
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")}


def refuse(message):
    print(f"other_programs: {message}", file=sys.stderr)
    sys.exit(2)


def processor_seconds():
    """Of this process and those it waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def in_rounds(calls, repeats):
    """Runs all of {name: (command line, function)}, then all again: a slow minute of the machine does not hit one run alone."""
    runs = {name: {"command": command, "wall_seconds": [], "cpu_seconds": []} for name, (command, _) in calls.items()}
    for _ in range(repeats):
        for name, (_, call) in calls.items():
            wall, cpu = time.perf_counter(), processor_seconds()
            runs[name]["answer"] = call()
            runs[name]["wall_seconds"].append(time.perf_counter() - wall)
            runs[name]["cpu_seconds"].append(processor_seconds() - cpu)
    return runs


def figure(runs, names, how, formula):
    by = {clock: formula(*(min(runs[name][clock]) for name in names)) for clock in ("wall_seconds", "cpu_seconds")}
    return {"value": by["wall_seconds"], "by_processor_time": by["cpu_seconds"], "how": how,
            "commands": [runs[name]["command"] for name in names]}


def inverse(number):
    return {**number, "value": 1 / number["value"], "by_processor_time": 1 / number["by_processor_time"],
            "how": f"inverse of: {number['how']}"}


def figures(runs, few, many, slices, planes, beams):
    """What both programs have in common. `beams`: within the narrow, the wide and the whole aperture."""
    step = figure(runs, ("few", "many"), f"(many - few) / {many - few} probes / {slices} slices",
                  lambda a, b: (b - a) / (many - few) / slices)
    return {
        "multislice_probe_slices_per_second": inverse(step),
        "seconds_per_step": step,
        "exit_plane_seconds_per_probe": figure(
            runs, ("one_plane", "planes"), f"patterns at {planes} planes less at one, / {many} probes / {planes - 1}",
            lambda a, b: (b - a) / many / (planes - 1)),
        "prism_f1_beams": {"value": beams[2], "commands": [runs["thin_many"]["command"]]},
        "prism_f1_setup_seconds_per_beam_slice": figure(
            runs, ("narrow", "wide"), f"({beams[1]} beams - {beams[0]} beams) / {beams[1] - beams[0]} / {slices} slices",
            lambda a, b: (b - a) / (beams[1] - beams[0]) / slices),
        "prism_f1_seconds_per_probe": figure(
            runs, ("thin_few", "thin_many"), f"(many - few) / {many - few} probes, all {beams[2]} beams, {THIN_SLICES} slices",
            lambda a, b: (b - a) / (many - few))}


def read_structure(path):
    """Comment, size in Å and rows of a Prismatic .xyz."""
    try:
        comment, size, *rows = path.read_text().splitlines()
        size = [float(word) for word in size.split()]
        rows = [row.split() for row in rows[:[row.strip() for row in rows].index("-1")]]
        inside = all(0 <= float(row[3]) <= size[2] for row in rows)
    except OSError as error:
        refuse(f"'{path}' cannot be read ({error.strerror}).")
    except (ValueError, IndexError):
        refuse(f"'{path}' is not a whole Prismatic .xyz (comment, three lengths, atoms, -1).")
    if len(size) != 3 or not all(0 < length < 1e4 for length in size) or not rows or not inside:
        refuse(f"'{path}' holds no atoms, or no box of three lengths that holds them all.")
    return comment, size, rows


def write_thin(path, structure):
    """The first slices only. Prismatic's beam enters at the largest z."""
    comment, (x, y, z), rows = structure
    height = THIN_SLICES * SLICE
    kept = [[*row[:3], f"{float(row[3]) - z + height:.6f}", *row[4:]] for row in rows if float(row[3]) > z - height]
    path.write_text("\n".join([comment, f"{x} {y} {height}", *map(" ".join, kept), "-1", ""]))


def write_files(folder, structure, path, probe_counts):
    """What the command lines name: the specimen, its thin beginning, and probes on a line across the cell."""
    (folder / "specimen.xyz").write_bytes(path.read_bytes())
    write_thin(folder / "thin.xyz", structure)
    width, height, _ = structure[1]
    for count in probe_counts:
        places = [f"{(i + 0.5) / count * width:.6f} {height / 2:.6f}" for i in range(count)]
        (folder / f"probes_{count}.txt").write_text("\n".join(["probes", *places, "-1", ""]))


def printed_by(program, words, folder):
    environment = {**os.environ, **ONE_THREAD, "HOME": str(folder)}  # Prismatic leaves a file in the home folder
    done = subprocess.run([program, *words], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise RuntimeError(f"{Path(program).name} {' '.join(words)} ended with {done.returncode}: {' '.join(last)}")
    return done.stdout


def prismatic_calls(program, folder, size, pixels, few, many):
    """{name: (command line, function)}. -te 0 -oc 0: static atoms; -j 1: one thread; the batch is one probe, its default."""
    grid = f"-px {size[0] / pixels:.9g} -py {size[1] / pixels:.9g} -s {SLICE}"
    common = f"{grid} -E {ENERGY_KEV} -df 0 -C3 0 -C5 0 -F 1 -te 0 -oc 0 -j 1 -o out.h5"

    def call(probes, options, specimen="specimen.xyz", semiangle=SEMIANGLE_MRAD):
        words = f"-i {specimen} {common} -sa {semiangle} -pos probes_{probes}.txt {options}".split()
        return " ".join(["prismatic", *words]), lambda: printed_by(program, words, folder)

    multislice, exact = "-a m -3DP 0", "-a p -f 1 -3DP 0"
    return {"few": call(few, multislice), "many": call(many, multislice), "few_3d": call(few, "-a m -3DP 1"),
            "one_plane": call(many, f"{multislice} -4D 1"),
            "planes": call(many, f"{multislice} -4D 1 -ns {SLICES_BETWEEN_EXITS}"),
            "narrow": call(few, exact, semiangle=NARROW_MRAD), "wide": call(few, exact, semiangle=WIDE_MRAD),
            "thin_few": call(few, exact, "thin.xyz"), "thin_many": call(many, exact, "thin.xyz")}


def prismatic_potential(runs, few, many):
    """What a run takes beside its probes: reading, potential, planning the transforms, the output file."""
    how = f"{few} probes, less what these take"

    def rest(a, b, c):
        return c - few * (b - a) / (many - few)

    return {"3D, -3DP 1 (its default; -3DPZ 16, -P 3 by default)": figure(runs, ("few", "many", "few_3d"), how, rest),
            "2D, -3DP 0": figure(runs, ("few", "many", "few"), how, rest)}


def time_prismatic(program, folder, size, arguments, few, many, slices):
    if not program or not Path(program).is_file():
        return "not found"
    program = str(Path(program).resolve())
    help_text = subprocess.run([program, "-h"], capture_output=True, text=True, cwd=folder).stdout
    version = "2.0 or later" if "--matrix-refocus" in help_text else "before 2.0"
    runs = in_rounds(prismatic_calls(program, folder, size, arguments.pixels, few, many), arguments.repeats)
    answers = {name: run.pop("answer") for name, run in runs.items()}
    beams = [int(re.search(r"Plane Wave #0/(\d+)", answers[name])[1]) for name in ("narrow", "wide", "thin_many")]
    planes = int(re.search(r"Number of layers: (\d+)", answers["planes"])[1])
    if planes != math.ceil(slices / SLICES_BETWEEN_EXITS):
        raise RuntimeError(f"{planes} exit planes in {slices} slices: Prismatic rounded their number otherwise.")
    return {"version": f"{version} (by its help; it prints none)", "sha256": hashlib.sha256(Path(program).read_bytes()).hexdigest(),
            "settings": {"threads": 1, "planner": "FFTW_MEASURE for waves, FFTW_ESTIMATE for the 3D potential (its source)", "batch": 1,
                         "precision": "float32 unless built otherwise", "beams": "up to 2.5 mrad beyond the semi-angle"},
            "potential_seconds": prismatic_potential(runs, few, many), **figures(runs, few, many, slices, planes, beams), "runs": runs}


def time_abtem(python, folder, arguments, few, many, slices):
    if not python or not Path(python).is_file():
        return "not found"
    python = str(Path(python).absolute())  # not resolved: a virtual environment is known by its link
    if subprocess.run([python, "-c", "import abtem"], capture_output=True).returncode != 0:
        return "not found (that Python cannot import abtem)"
    work = {"structure": "specimen.xyz", "pixels": arguments.pixels, "repeats": arguments.repeats, "few": few, "many": many,
            "energy_ev": ENERGY_KEV * 1000, "semiangle": SEMIANGLE_MRAD, "narrow": NARROW_MRAD, "wide": WIDE_MRAD,
            "slice": SLICE, "thin": THIN_SLICES, "between_exits": SLICES_BETWEEN_EXITS}
    words = ["-B", "-W", "ignore", str(Path(__file__).resolve().parent / "abtem_timing.py"), json.dumps(work)]
    measured = json.loads(printed_by(python, words, folder))
    if measured["slices"] != slices:
        raise RuntimeError(f"abTEM made {measured['slices']} slices, not {slices}.")
    runs, planes, beams = (measured.pop(name) for name in ("runs", "planes", "beams"))
    potential = figure(runs, ("potential",), "all slices, when the first potential has been built and compiled", lambda a: a)
    return {**measured, "command": f"python -B -W ignore abtem_timing.py '{json.dumps(work)}'", "environment": ONE_THREAD,
            "potential_seconds": {"infinite projection (its default), Lobato": potential},
            **figures(runs, few, many, slices, planes, beams), "runs": runs}


def attempt(name, work):
    """What `work` measured, or why it failed, so that one program's failure leaves the other's figures."""
    print(f"{name} ...", file=sys.stderr)
    try:
        result = work()
    except (RuntimeError, OSError, ValueError, TypeError, ZeroDivisionError) as error:
        result = {"failed": str(error)}
    print(f"{name}: {result if isinstance(result, str) else result.get('failed', 'done')}", file=sys.stderr)
    return result


def machine():
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {"processor": names[0] if names else "unknown", "cores": os.cpu_count(), "load_before": os.getloadavg()}


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = refuse
    parser.add_argument("--structure", type=Path, required=True, help="Prismatic .xyz of the specimen")
    parser.add_argument("--prismatic", default=os.environ.get("TERRACE_PRISMATIC"), help="the program")
    parser.add_argument("--abtem-python", default=os.environ.get("TERRACE_ABTEM_PYTHON"), help="a Python that has abTEM")
    parser.add_argument("--out", type=Path, help="file to write (default: print)")
    parser.add_argument("--pixels", type=int, default=256, help="of the grid, in x and in y (default 256)")
    parser.add_argument("--probes", type=int, default=64, help="of the long runs; the short ones take a sixteenth (default 64)")
    parser.add_argument("--repeats", type=int, default=3, help="of every run (default 3)")
    arguments = parser.parse_args()
    if not 64 <= arguments.pixels <= 4096 or arguments.pixels % 4:
        refuse(f"--pixels is {arguments.pixels}, not a multiple of 4 from 64 to 4096 (Prismatic rounds other sizes).")
    if arguments.probes < 16 or arguments.repeats < 1:
        refuse(f"--probes is {arguments.probes} and --repeats {arguments.repeats}: at least 16 and 1 are needed.")
    if arguments.out and (arguments.out.is_dir() or not arguments.out.absolute().parent.is_dir()):
        refuse(f"'{arguments.out}' cannot be written (it is a folder, or its folder does not exist).")
    return arguments


def measure(arguments, structure):
    size, slices = structure[1], math.ceil(structure[1][2] / SLICE - 1e-6)
    few, many = arguments.probes // 16, arguments.probes
    work = {"size_angstrom": size, "atoms": len(structure[2]), "slices": slices, "pixels": arguments.pixels,
            "probes_few_many": [few, many], "energy_kev": ENERGY_KEV, "semiangle_mrad": SEMIANGLE_MRAD, "thermal": "static",
            "repeats": arguments.repeats}
    result = {"work": work, "machine": machine()}
    with tempfile.TemporaryDirectory(prefix="other_programs_") as name:
        folder = Path(name)
        write_files(folder, structure, arguments.structure, (few, many))
        result["prismatic"] = attempt(
            "prismatic", lambda: time_prismatic(arguments.prismatic, folder, size, arguments, few, many, slices))
        result["abtem"] = attempt("abtem", lambda: time_abtem(arguments.abtem_python, folder, arguments, few, many, slices))
    result["machine"]["load_after"] = os.getloadavg()
    return result


def main():
    arguments = read_arguments()
    structure = read_structure(arguments.structure)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the temporary folder goes too
    result = measure(arguments, structure)
    text = json.dumps(result, indent=1) + "\n"
    if arguments.out:
        arguments.out.write_text(text)
    else:
        print(text, end="")
    sys.exit(1 if any("failed" in result[name] for name in ("prismatic", "abtem")) else 0)


if __name__ == "__main__":
    main()
