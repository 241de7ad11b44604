#!/usr/bin/env python3
"""Finds the thickness at which a simulated series of position-averaged patterns looks most like a measured one.

terrace simulate examples/pacbed/strontium_titanate.toml -o out/pacbed.h5
tools/compare_pacbed.py --series 'out/pacbed*.h5' --pictures docs/pictures MEASURED.jpg ...

For each thickness centre, scale (mrad a pixel) and rotation are fitted to the largest correlation over a disc of 18 mrad.
Needs numpy, scipy, h5py, Pillow and matplotlib.
"""
import argparse
import glob
from pathlib import Path

import h5py
import matplotlib
import numpy as np
from PIL import Image
from scipy import ndimage, optimize

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

COMPARED_MRAD = 18
POINTS = 91  # along each side of the square that holds the compared disc


def simulated_series(pattern):
    """[(thickness in nm, pattern averaged over the cell)], thinnest first, and mrad a pixel."""
    series = []
    for path in glob.glob(pattern):
        with h5py.File(path) as file:
            data = np.asarray(file["datacube_root/datacube/data"], float)
            about = file["datacube_root/metadatabundle/microscope"]
            thickness = float(about["thickness_nm"][()])
            energy = float(about["energy_kev"][()])
            wavelength = 12.398419843 / np.sqrt(energy * (2 * 510.99895 + energy))
            mrad = 1e3 * wavelength * float(np.diff(file["entry/data/kx"][:2])[0])
        mean = data.mean(axis=(0, 1))[1:, 1:]  # an odd size: the beam falls on the middle
        mirrored = (mean + mean[::-1] + mean[:, ::-1] + mean[::-1, ::-1]) / 4
        series.append((thickness, (mirrored + mirrored.T) / 2))
    return sorted(series, key=lambda item: item[0]), mrad


def measured_pattern(path):
    """The picture at a quarter of its size, which still has more pixels than the compared square has points."""
    image = np.asarray(Image.open(path).convert("L"), float)
    height, width = (size // 4 * 4 for size in image.shape)
    return image[:height, :width].reshape(height // 4, 4, width // 4, 4).mean(axis=(1, 3))


def angles():
    axis = np.linspace(-COMPARED_MRAD, COMPARED_MRAD, POINTS)
    return np.meshgrid(axis, axis, indexing="ij")


def measured_on_angles(image, place):
    centre_y, centre_x, pixels_per_mrad, rotation = place
    y, x = angles()
    rows = centre_y + pixels_per_mrad * (np.cos(rotation) * y + np.sin(rotation) * x)
    columns = centre_x + pixels_per_mrad * (np.cos(rotation) * x - np.sin(rotation) * y)
    return ndimage.map_coordinates(image, [rows, columns], order=1)


def simulated_on_angles(pattern, mrad):
    y, x = angles()
    middle = pattern.shape[0] // 2
    return ndimage.map_coordinates(pattern, [middle + y / mrad, middle + x / mrad], order=1)


def fit(image, simulated, start):
    y, x = angles()
    disc = np.hypot(y, x) <= COMPARED_MRAD

    def loss(place):
        return 1 - np.corrcoef(measured_on_angles(image, place)[disc], simulated[disc])[0, 1]

    simplex = np.array([start] * 5)
    for i, step in enumerate([2, 2, 0.04 * start[2], 0.05]):
        simplex[i + 1, i] += step
    found = optimize.minimize(loss, start, method="Nelder-Mead",
                              options={"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-5, "maxfev": 250})
    return 1 - found.fun, found.x


def first_places(image, semiangle):
    """Centre of mass of what is bright, the disc's radius from its area, and four rotations of an eighth turn."""
    bright = image > 0.25 * np.percentile(image, 99.5)
    centre = ndimage.center_of_mass(bright)
    radius = np.sqrt(bright.sum() / np.pi)
    return [np.array([*centre, radius / semiangle, turn]) for turn in np.arange(6) * np.pi / 12]


def fit_series(image, series, mrad, semiangle):
    """Correlation and place at each thickness. Every fourth thickness tries every rotation; the best starts the rest."""
    on_angles = [simulated_on_angles(pattern, mrad) for _, pattern in series]
    coarse = [fit(image, pattern, start) for pattern in on_angles[::4] for start in first_places(image, semiangle)]
    starts = [place for _, place in sorted(coarse, key=lambda item: -item[0])[:2]]
    return [max((fit(image, pattern, start) for start in starts), key=lambda item: item[0]) for pattern in on_angles], on_angles


def vertex(thicknesses, correlations):
    """The top of the parabola through the best thickness and its neighbours."""
    best = int(np.clip(np.argmax(correlations), 1, len(correlations) - 2))
    a, b, _ = np.polyfit(thicknesses[best - 1:best + 2], correlations[best - 1:best + 2], 2)
    return float(np.clip(-b / (2 * a), thicknesses[best - 1], thicknesses[best + 1]))


def draw(path, name, measured, simulated, thicknesses, correlations, thickness):
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.6), gridspec_kw={"width_ratios": [1, 1, 1.3]})
    reach = [-COMPARED_MRAD, COMPARED_MRAD, COMPARED_MRAD, -COMPARED_MRAD]
    for axes, pattern, title in ((left, measured, f"measured, {name}"), (middle, simulated, f"simulated, {thickness:.0f} nm")):
        axes.imshow(pattern, cmap="gray", extent=reach, vmin=0, vmax=np.percentile(pattern, 99.8))
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("mrad")
    right.plot(thicknesses, correlations, ".-")
    right.set(xlabel="simulated thickness (nm)", ylabel="correlation")
    right.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measured", nargs="+", type=Path)
    parser.add_argument("--series", required=True, help="the simulated files, a glob pattern")
    parser.add_argument("--pictures", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--semiangle", type=float, default=13.6, help="mrad, for the first guess of the scale")
    arguments = parser.parse_args()
    series, mrad = simulated_series(arguments.series)
    thicknesses = np.array([thickness for thickness, _ in series])
    print("| measured | best thickness (nm) | correlation | mrad per pixel | rotation (°) |\n|---|---|---|---|---|")
    for path in arguments.measured:
        image = measured_pattern(path)
        fits, on_angles = fit_series(image, series, mrad, arguments.semiangle)
        correlations = np.array([correlation for correlation, _ in fits])
        best = int(np.argmax(correlations))
        place = fits[best][1]
        name = path.stem.split("_")[-1]
        print(f"| {name} | {vertex(thicknesses, correlations):.1f} | {correlations[best]:.3f} | {1 / (4 * place[2]):.4f} "
              f"| {np.degrees(place[3]) % 90:.1f} |", flush=True)
        draw(arguments.pictures / f"pacbed_{name}.png", name.replace("nm", " nm"), measured_on_angles(image, place),
             on_angles[best], thicknesses, correlations, thicknesses[best])


if __name__ == "__main__":
    main()
