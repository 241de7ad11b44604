#!/usr/bin/env python3
"""Draws how time and memory of both engines grow with window, slices, probes and coherent states.

    benchmarks/growth.py [--build build/release] [--out docs/pictures/growth.svg]

Each point is one `terrace simulate` on one thread: 8 x 8 cells on 256 x 256 pixels, 80 slices, 64 probes, one state, 32 x 32 camera pixels,
but for what the panel varies. Time includes start, potentials and the written file; memory is the peak.
"""
import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STANDARD = {"cells": 8, "depth": 40, "rows": 4, "fwhm": 0.0}
# What varies: its values, what each is called, and how many of the unit it stands for.
PANELS = [
    ("window (pixels along each side)", "cells", {4: 128, 8: 256, 12: 384, 16: 512}),
    ("slices", "depth", {10: 20, 20: 40, 40: 80, 80: 160}),
    ("probe positions", "rows", {2: 32, 8: 128, 32: 512, 64: 1024}),
    ("coherent states of a source", "fwhm", {0.0: 1, 0.3: 7, 0.9: 19, 1.3: 37}),
]
COLOURS = {"direct": "#1f77b4", "sectors": "#d62728"}
CONFIG = """[interface]
substrate_cells = {half}
film_cells = {half}
cells_along = {cells}
thickness_cells = {depth}
[microscope]
source_fwhm_angstrom = {fwhm}
[scan]
count_x = 16
count_y = {rows}
[camera]
pixels = 32
mrad_per_pixel = 2.5
[sampling]
pixels_x = {pixels}
pixels_y = {pixels}
engine = "{engine}"
"""


def measure(terrace, folder, engine, setting):
    """Seconds and peak MB of one run."""
    config = folder / "growth.toml"
    config.write_text(CONFIG.format(engine=engine, half=setting["cells"] // 2, pixels=32 * setting["cells"], **setting))
    start = time.perf_counter()
    process = subprocess.Popen([terrace, "simulate", config, "-o", folder / "growth.h5", "--threads", "1"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"growth: terrace simulate failed with {setting}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def panel(points, title, left, top, unit):
    """One chart of 240 x 170, both axes logarithmic by powers of two. points: {engine: [(x, y)]}."""

    xs = [x for line in points.values() for x, _ in line]
    ys = [y for line in points.values() for _, y in line]
    low, high = math.floor(math.log2(min(ys))), math.ceil(math.log2(max(ys)))
    at_x = lambda x: left + 40 + 190 * (math.log2(x) - math.log2(min(xs))) / (math.log2(max(xs)) - math.log2(min(xs)))
    at_y = lambda y: top + 140 - 120 * (math.log2(y) - low) / max(1, high - low)
    svg = [f'<text x="{left + 135}" y="{top + 168}" text-anchor="middle">{title}</text>']
    for power in range(low, high + 1):
        y = at_y(2**power)
        svg.append(f'<line x1="{left + 40}" x2="{left + 232}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                   f'<text x="{left + 36}" y="{y + 4:.1f}" text-anchor="end">{2**power:g} {unit}</text>')
    for x in sorted(set(xs)):
        svg.append(f'<text x="{at_x(x):.1f}" y="{top + 154}" text-anchor="middle">{x}</text>')
    for engine, line in points.items():
        path = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in line)
        svg.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[engine]}" stroke-width="2"/>')
        svg += [f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="3" fill="{COLOURS[engine]}"/>' for x, y in line]
    return svg


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build/release"), help="folder with terrace")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures/growth.svg"), help="picture to write")
    arguments = parser.parse_args()
    svg = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="-20 0 1040 400" font-family="sans-serif" font-size="11">',
           '<rect x="-20" width="1040" height="400" fill="white"/>',
           f'<text x="40" y="16" fill="{COLOURS["direct"]}">direct multislice</text>',
           f'<text x="160" y="16" fill="{COLOURS["sectors"]}">scattering matrix in sectors</text>']
    with tempfile.TemporaryDirectory() as folder:
        for index, (title, name, values) in enumerate(PANELS):
            seconds, megabytes = {}, {}
            for engine in COLOURS:
                runs = {x: measure(arguments.build / "terrace", Path(folder), engine, {**STANDARD, name: value}) for value, x in values.items()}
                seconds[engine] = [(x, run[0]) for x, run in runs.items()]
                megabytes[engine] = [(x, run[1]) for x, run in runs.items()]
                print(title, engine, {x: f"{run[0]:.2f} s, {run[1]:.0f} MB" for x, run in runs.items()}, flush=True)
            svg += panel(seconds, title, 250 * index, 20, "s") + panel(megabytes, title, 250 * index, 210, "MB")
    arguments.out.write_text("\n".join(svg + ["</svg>"]) + "\n")
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
