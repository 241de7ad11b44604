"""Opens what terrace wrote in the programs of the field, and lets terrace open what they wrote.

    check.py INTEROP_SCAN FOLDER

Each check prints what the program said; the first that disagrees ends with its assertion.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
interop_scan, folder = sys.argv[1], pathlib.Path(sys.argv[2])

# What interop_scan.cpp writes.
SHAPE = (3, 5, 8, 12)
Y, X, KY, KX = np.meshgrid(*[np.arange(n) for n in SHAPE], indexing="ij")
NUMBERS = (10000 * Y + 1000 * X + 100 * KY + KX).astype(np.float32)
STEP, START_Y, START_X = 0.97625, 1.5, -7.81  # Å
WAVELENGTH = 0.0250793  # Å at 200 keV
K_STEP = 1.25e-3 / WAVELENGTH  # 1/Å
CENTRE = (4, 6)


def close(found, wanted, relative=1e-5):
    assert np.isclose(found, wanted, rtol=relative), f"{found} is not {wanted}"


def tell(path):
    """What terrace finds in the file."""
    done = subprocess.run([interop_scan, "read", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert tuple(found["shape"]) == SHAPE, found
    assert found["every_number_in_place"], found
    return found


def check_py4dstem(path):
    import py4DSTEM

    cube = py4DSTEM.read(str(path))
    assert type(cube).__name__ == "DataCube", type(cube)
    assert cube.data.shape == SHAPE and np.array_equal(cube.data, NUMBERS)
    calibration = cube.calibration
    close(calibration.get_R_pixel_size(), STEP)
    close(calibration.get_Q_pixel_size(), K_STEP)
    assert calibration.get_R_pixel_units() == "A" and calibration.get_Q_pixel_units() == "A^-1"
    assert (calibration["qx0_mean"], calibration["qy0_mean"]) == CENTRE
    assert calibration["QR_flip"] == False and calibration["QR_rotation_degrees"] == 0  # noqa: E712
    microscope = cube.metadata["microscope"] if "microscope" in cube.metadata else cube.root.metadata["microscope"]
    assert json.loads(microscope["settings"])["note"] == "Å"
    close(microscope["energy_kev"], 200)
    print(f"py4DSTEM {py4DSTEM.__version__}: {path.name}: DataCube {cube.data.shape} {cube.data.dtype},",
          f"R {calibration.get_R_pixel_size()} {calibration.get_R_pixel_units()},",
          f"Q {calibration.get_Q_pixel_size():.6f} {calibration.get_Q_pixel_units()}")
    return cube


def check_py4dstem_back(cube):
    import py4DSTEM

    path = folder / "by_py4dstem.h5"
    py4DSTEM.save(str(path), cube, mode="o")
    found = tell(path)
    close(found["step_nm"][1], STEP / 10)
    close(found["mrad_per_pixel"][0], 1.25)
    assert found["centre"] == list(CENTRE), found
    print(f"terrace: the same saved by py4DSTEM: {found['format']}, {found['dtype']}, {found['mrad_per_pixel'][0]:.4f} mrad")


def check_hyperspy(path):
    import hyperspy.api as hs

    named = folder / (path.stem + ".hspy")
    shutil.copy(path, named)
    for signal in (hs.load(named), hs.load(path, file_format="HSPY"), hs.load(named, lazy=True)):
        data = signal.data if not signal._lazy else signal.data.compute()
        assert data.shape == SHAPE and np.array_equal(data, NUMBERS)
        axes = signal.axes_manager
        # HyperSpy names navigation axes fastest first.
        assert [a.name for a in axes.navigation_axes] == ["x", "y"], axes
        assert [a.name for a in axes.signal_axes] == ["kx", "ky"], axes
        assert [a.units for a in axes._axes] == ["Å", "Å", "1/Å", "1/Å"], axes
        x, y = axes.navigation_axes
        kx, ky = axes.signal_axes
        close(x.scale, STEP), close(y.scale, STEP), close(x.offset, START_X), close(y.offset, START_Y)
        close(kx.scale, K_STEP), close(ky.scale, K_STEP)
        close(kx.offset, -CENTRE[1] * K_STEP), close(ky.offset, -CENTRE[0] * K_STEP)
        close(signal.metadata.Acquisition_instrument.TEM.beam_energy, 200)
        assert signal.metadata.General.title == "terrace interop"
    print(f"HyperSpy {hs.__version__ if hasattr(hs, '__version__') else ''}: {path.name}: {signal}")
    return hs.load(named)


def check_hyperspy_back(signal):
    path = folder / "by_hyperspy.hspy"
    signal.save(path, overwrite=True)
    found = tell(path)
    close(found["step_nm"][0], STEP / 10)
    close(found["start_nm"][1], START_X / 10)
    close(found["mrad_per_pixel"][1], 1.25)
    close(found["centre"][0], CENTRE[0])
    print(f"terrace: the same saved by HyperSpy: {found['format']}, {found['dtype']}, centre {found['centre']}")


def check_rosettasciio(path):
    import rsciio
    from rsciio import emd, hspy

    for reader, name in ((hspy, "hspy"), (emd, "emd")):
        found = [s for s in reader.file_reader(str(path)) if np.shape(s["data"]) == SHAPE]
        assert len(found) == 1 and np.array_equal(found[0]["data"], NUMBERS), (name, len(found))
        print(f"RosettaSciIO {rsciio.__version__} ({name}): {path.name}:",
              [(a.get("name"), a.get("units"), round(float(a["scale"]), 5)) for a in found[0]["axes"]])


def check_libertem(path):
    import libertem
    import libertem.api as lt
    from libertem.udf.sum import SumUDF
    from libertem.udf.sumsigudf import SumSigUDF

    with lt.Context.make_with("inline") as context:
        dataset = context.load("auto", path=str(path))
        assert tuple(dataset.shape) == SHAPE, dataset.shape
        mean, sums = context.run_udf(dataset=dataset, udf=[SumUDF(), SumSigUDF()])
        assert np.allclose(mean["intensity"].data, NUMBERS.sum((0, 1)))
        assert np.allclose(sums["intensity"].data, NUMBERS.sum((2, 3)))
        print(f"LiberTEM {libertem.__version__}: {path.name}: {type(dataset).__name__} {tuple(dataset.shape)} {dataset.dtype}")


def check_numpy_and_tiff():
    import tifffile

    assert np.array_equal(np.load(folder / "scan.npy"), NUMBERS)
    np.save(folder / "fortran.npy", np.asfortranarray(NUMBERS.astype(">u4")))
    assert tell(folder / "fortran.npy")["dtype"] == "uint32"
    with tifffile.TiffFile(folder / "image.tif") as tiff:
        assert tiff.is_imagej and tiff.imagej_metadata["unit"] == "nm"
        assert np.array_equal(tiff.asarray(), NUMBERS.reshape(15, 8, 12))
        assert tiff.pages[0].resolution == (8.0, 4.0)
    print(f"NumPy {np.__version__}, tifffile {tifffile.__version__}: scan.npy and image.tif hold the same numbers")


subprocess.run([interop_scan, "write", str(folder)], check=True)
check_numpy_and_tiff()
for name in ("fractions.h5", "counts.h5"):
    cube = check_py4dstem(folder / name)
    signal = check_hyperspy(folder / name)
    check_rosettasciio(folder / name)
    check_libertem(folder / name)
check_py4dstem_back(cube)
check_hyperspy_back(signal)
