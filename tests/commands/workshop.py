"""The programs as a user meets them, and one tiny study (recipe, data, model, scan) that all tests of this folder share."""
import atexit
import functools
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

terrace = pathlib.Path(os.environ.get("TERRACE", "terrace"))
has_learning = (terrace.parent / "terrace-learn").exists()

# Seconds of work: thin specimens, few positions, a coarse grid.
RECIPE = """
[study]
name = "tiny"
seed = 3
families = 8
families_per_shard = 2
calibration_share = 0.2
test_share = 0.3
[content]
stepped_structures = 2
exits_per_step = 1
diffuse_profiles = 1
stepped_and_diffuse = 1
exits_per_profile = 1
abrupt_exits = 1
[ranges]
thickness_cells = [4, 6]
[window]
columns = 8
cells_along = 2
[grid]
across = 4
along = 1
half_span_cells = 2
pixels = 8
mrad_per_pixel = 8
[sampling]
pixels_x = 96
pixels_y = 32
"""

EXPERIMENT = """
[interface]
substrate_cells = 4
film_cells = 4
cells_along = 2
thickness_cells = 5
[scan]
count_y = 4
count_x = 24
start_x_angstrom = 7.0
step_y_angstrom = 0.98
step_x_angstrom = 0.8
[camera]
pixels = 16
mrad_per_pixel = 4
[sampling]
pixels_x = 96
pixels_y = 32
"""

TRAINING = """
[training]
epochs = 2
batch = 8
components = 8
width = 8
embedding = 4
"""


def run(*arguments, timeout=120, **options):
    """Runs terrace; the answer has returncode, stdout, stderr."""
    command = [str(terrace), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)


def run_well(*arguments, **options):
    answer = run(*arguments, **options)
    if answer.returncode != 0:
        raise AssertionError(f"terrace {arguments} ended with {answer.returncode}: {answer.stderr}")
    return answer


@functools.cache
def bench():
    """A folder for this run, removed at its end. Other users may look into it, for the tests of permissions."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="terrace-commands-"))
    folder.chmod(0o755)
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")  # a first user's, and the same plans for every run after it
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def text(name, content):
    path = bench() / name
    path.write_text(content)
    return path


def new_folder(name):
    return pathlib.Path(tempfile.mkdtemp(prefix=name + "-", dir=bench()))


@functools.cache
def recipe():
    return text("tiny.toml", RECIPE)


@functools.cache
def experiment():
    return text("experiment.toml", EXPERIMENT)


@functools.cache
def data():
    run_well("dataset", recipe(), "-o", bench() / "data", "--threads", 2)
    return bench() / "data"


@functools.cache
def model():
    settings = text("training.toml", TRAINING)
    run_well("train", data(), "-o", bench() / "tiny.model", "--config", settings, "--threads", 2)
    return bench() / "tiny.model"


@functools.cache
def scan():
    run_well("simulate", experiment(), "-o", bench() / "scan.h5", "--threads", 2)
    return bench() / "scan.h5"


def npy(path, shape, values=b""):
    """A float32 .npy of `shape`; `values` stand for its numbers, zeros where there are none."""
    header = str({"descr": "<f4", "fortran_order": False, "shape": tuple(shape)}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    count = 1
    for extent in shape:
        count *= extent
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + (values or bytes(4 * count)))
    return path


def contents(folder):
    """Every file under `folder` with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@functools.cache
def experiment_of_structure():
    """The interface alone, as `terrace structure` takes it."""
    return text("interface.toml", EXPERIMENT.split("[scan]")[0])
