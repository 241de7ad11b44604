#!/usr/bin/env python3
"""Runs the benchmarks and makes ratios of them: prints a line a figure and writes figures.json.

    benchmarks/figures.py --build build/release --out out/bench [--prismatic PATH] [--abtem-python PATH]

`make bench` calls it. Everything that a ratio divides is measured in the same run. Where Prismatic or abTEM are not at hand, their
times are taken as multiples of an FFTW pair (others_measured.json, from a run that had them) and the figure says so.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SIZES = ["256x256", "32x256", "250x250", "243x320", "384x384"]
WORKS = ["reference", "threads", "one_state", "randomised", "randomised_with_source", "dense"]
SIMULATE = """[interface]
cells_along = 8
thickness_cells = 40
step_depths_cells = [20]
step_heights_cells = [1]
[scan]
count_x = {count}
count_y = {rows}
[camera]
pixels = {camera}
mrad_per_pixel = {mrad}
[sampling]
pixels_x = 256
pixels_y = 256
engine = "{engine}"
"""


def run(*command):
    print("benchmarks:", *command, file=sys.stderr, flush=True)
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def memory(terrace, folder, engine, **scan):
    """Of one scan by one engine."""
    config = folder / f"memory_{engine}.toml"
    config.write_text(SIMULATE.format(engine=engine, **scan))
    return peak_over_estimate(terrace, "simulate", config, "-o", folder / "memory.h5", "--threads", "2")


def memory_of_data_set(terrace, folder):
    """Of the quick recipe cut to 24 families."""
    recipe = folder / "memory_recipe.toml"
    recipe.write_text(re.sub(r"(?m)^families = .*", "families = 24", (HERE.parent / "recipes/quick.toml").read_text()))
    with tempfile.TemporaryDirectory(dir=folder) as data:
        return peak_over_estimate(terrace, "dataset", recipe, "-o", data, "--threads", "2")


def kernel_seconds(program):
    """{name: seconds per wave and slice}, the fastest of five repetitions."""
    report = json.loads(run(program, "--benchmark_format=json", "--benchmark_repetitions=5", "--benchmark_min_time=0.1"))
    best = {}
    for entry in report["benchmarks"]:
        if entry.get("run_type") == "iteration":
            seconds = entry["per_wave_and_slice"]
            best[entry["run_name"]] = min(seconds, best.get(entry["run_name"], seconds))
    return best


def peak_over_estimate(*command):
    """Peak resident memory of a run over what it said before."""
    print("benchmarks:", *command, file=sys.stderr, flush=True)
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"benchmarks: {command[1]} failed")
    return usage.ru_maxrss * 1024 / (float(re.search(r"([\d.]+) GB of memory", text)[1]) * 1e9)


def others_over_pair(pair, arguments):
    """Seconds of the other programs' pieces, and where they come from."""
    stored = json.loads((HERE / "others_measured.json").read_text())
    seconds = {name: value * pair for name, value in stored["over_fftw_pair_256x256"].items()}
    source = f"as multiples of an FFTW pair, measured {stored['when']}"
    command = [sys.executable, HERE / "end_to_end/other_programs.py", "--structure", arguments.out / "reference.xyz"]
    found = [(f"--{name}", path) for name, path in
             (("prismatic", arguments.prismatic), ("abtem-python", arguments.abtem_python)) if path]
    if not found:
        return seconds, source
    measured = json.loads(run(*command, *(part for pair_of in found for part in pair_of)))
    for program in "prismatic", "abtem":
        one = measured.get(program)
        if not isinstance(one, dict):
            continue
        seconds[f"{program}_step"] = 1 / one["multislice_probe_slices_per_second"]["value"]
        seconds[f"{program}_beam_slice"] = one["prism_f1_setup_seconds_per_beam_slice"]["value"]
        seconds[f"{program}_probe_of_f1"] = one["prism_f1_seconds_per_probe"]["value"]
        seconds[f"{program}_potential"] = min(entry["value"] for entry in one["potential_seconds"].values())
        seconds[f"{program}_exit_plane"] = one["exit_plane_seconds_per_probe"]["value"]
    return seconds, "measured in this run"


def figures_of(kernels, works, others, source, memories):
    pair, loop = kernels["fftw_pair/256x256"], kernels["fftw_loop/256x256"]
    beams = {"prismatic": 2419, "abtem": 1983}  # that each sends through for 20 mrad and this window
    one, rough, rough_source = works["one_state"], works["randomised"], works["randomised_with_source"]
    reference, threads, dense = works["reference"], works["threads"], works["dense"]
    step, potential = others["prismatic_step"], others["prismatic_potential"]
    fair = one["runs_with_exit_planes"] * (potential + 192 * 80 * step) + (one["pairs"] - 39) * 192 * others["prismatic_exit_plane"]
    naive = 192 * one["slab_steps_of_naive_runs"] * step + one["pairs"] * potential
    per_sample = lambda work: potential + work["states"] * work["positions"] * work["mean_slices"] * step
    f1 = lambda name: beams[name] * 80 * others[f"{name}_beam_slice"] + 2000 * others[f"{name}_probe_of_f1"] + others[f"{name}_potential"]
    kernel, work = "step_benchmark", "engine_work"
    for size in SIZES:
        yield f"step_over_fft_pair_{size}", kernels[f"step/{size}"] / kernels[f"fftw_pair/{size}"], "ratio", kernel
    for name in kernels:
        if name.startswith("step_"):
            instruction_set, size = name.removeprefix("step_").split("/")
            yield f"step_over_fft_pair_{size}_{instruction_set}", kernels[name] / kernels[f"fftw_pair/{size}"], "ratio", kernel
    yield "fftw_loop_over_fft_pair_256x256", loop / pair, "ratio", kernel
    yield "probe_slices_per_core_second", reference["probe_slices"] / reference["seconds"], "1/s", f"{work} reference"
    yield "probe_slices_per_core_second_fftw_loop", 1 / loop, "1/s", kernel
    yield "probe_slices_per_core_second_prismatic", 1 / step, "1/s", source
    yield "probe_slices_per_core_second_abtem", 1 / others["abtem_step"], "1/s", source
    yield "setup_share_of_reference_work", reference["setup_seconds"] / reference["seconds"], "share", f"{work} reference"
    yield "one_state_patterns_per_core_second", one["patterns"] / one["seconds"], "1/s", f"{work} one_state"
    yield "one_state_over_fair", fair / one["seconds"], "ratio", f"{work} one_state; Prismatic {source}"
    yield "one_state_over_naive", naive / one["seconds"], "ratio", f"{work} one_state; Prismatic {source}"
    yield "randomised_samples_per_core_hour", 3600 * rough["samples"] / rough["seconds"], "1/h", f"{work} randomised"
    yield "randomised_over_per_sample", per_sample(rough) * rough["samples"] / rough["seconds"], "ratio", f"{work} randomised; Prismatic {source}"
    yield ("randomised_over_per_sample_with_source", per_sample(rough_source) * rough_source["samples"] / rough_source["seconds"], "ratio",
           f"{work} randomised_with_source; Prismatic {source}")
    yield "dense_scan_over_direct", (potential + 2000 * 80 * step) / dense["seconds"], "ratio", f"{work} dense; Prismatic {source}"
    yield "dense_scan_over_abtem_direct", 2000 * 80 * others["abtem_step"] / dense["seconds"], "ratio", f"{work} dense; abTEM {source}"
    yield "dense_scan_over_prismatic_f1", f1("prismatic") / dense["seconds"], "ratio", f"{work} dense; Prismatic {source}"
    yield "dense_scan_over_abtem_f1", f1("abtem") / dense["seconds"], "ratio", f"{work} dense; abTEM {source}"
    yield "two_thread_speedup", threads["direct_one"] / threads["direct_two"], "ratio", f"{work} threads"
    yield "two_thread_speedup_sectors", threads["sectors_one"] / threads["sectors_two"], "ratio", f"{work} threads"
    for engine, value in memories.items():
        yield f"peak_memory_over_estimate_{engine}", value, "ratio", f"terrace {'dataset' if engine == 'data_set' else 'simulate'}, two threads"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build/release"), help="folder with terrace and benchmarks/")
    parser.add_argument("--out", type=Path, default=Path("out/bench"), help="folder for figures.json")
    parser.add_argument("--prismatic", default=os.environ.get("TERRACE_PRISMATIC"), help="Prismatic's program")
    parser.add_argument("--abtem-python", default=os.environ.get("TERRACE_ABTEM_PYTHON"), help="a Python that has abTEM")
    parser.add_argument("--remember", metavar="WHEN", help="store the other programs' times as multiples of the FFTW pair")
    arguments = parser.parse_args()
    terrace, programs = arguments.build / "terrace", arguments.build / "benchmarks"
    if not (programs / "step_benchmark").exists():
        parser.exit(2, f"benchmarks: {programs} holds no benchmarks. Build them with 'make bench'.\n")
    arguments.out.mkdir(parents=True, exist_ok=True)
    interface = arguments.out / "reference.toml"
    interface.write_text(SIMULATE[: SIMULATE.index("[scan]")])
    run(terrace, "structure", interface, "-o", arguments.out / "reference.xyz", "--format", "prismatic")
    kernels = kernel_seconds(programs / "step_benchmark")
    others, source = others_over_pair(kernels["fftw_pair/256x256"], arguments)
    works = {name: json.loads(run(programs / "engine_work", name))[name] for name in WORKS}
    memories = {"direct": memory(terrace, arguments.out, "direct", count=16, rows=8, camera=128, mrad=0.8),
                "sectors": memory(terrace, arguments.out, "sectors", count=32, rows=16, camera=128, mrad=0.8),
                "data_set": memory_of_data_set(terrace, arguments.out)}
    if arguments.remember:
        over = {name: seconds / kernels["fftw_pair/256x256"] for name, seconds in others.items()}
        (HERE / "others_measured.json").write_text(json.dumps({"when": arguments.remember, "over_fftw_pair_256x256": over}, indent=1) + "\n")
    figures = {name: {"value": value, "unit": unit, "command": command}
               for name, value, unit, command in figures_of(kernels, works, others, source, memories)}
    for name, figure in figures.items():
        print(f"{name:45} {figure['value']:10.4g} {figure['unit']:6} {figure['command']}")
    (arguments.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    (arguments.out / "measured.json").write_text(json.dumps({"kernels": kernels, "works": works, "others": others}, indent=1) + "\n")
    print(f"figures: {arguments.out / 'figures.json'}")


if __name__ == "__main__":
    main()
