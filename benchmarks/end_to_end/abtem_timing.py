"""The abTEM half of other_programs.py, run by the Python that has abTEM: the work as JSON in, times as JSON out."""
import json
import sys

import abtem
import ase.io
import dask
import numpy as np
from threadpoolctl import threadpool_info

from other_programs import in_rounds

BATCH = 8  # probes or beams at once; larger ones are no faster on one thread


def use_one_thread():
    abtem.config.set({"device": "cpu", "fft": "fftw", "fftw.threads": 1, "precision": "float32", "dask.lazy": False,
                      "diagnostics.progress_bar": False})
    dask.config.set(scheduler="synchronous")


def settings():
    pools = [f"{pool['internal_api']} {pool['version']}, {pool['num_threads']} thread" for pool in threadpool_info()]
    return {"fft": abtem.config.get("fft"), "threads": abtem.config.get("fftw.threads"),
            "planner": abtem.config.get("fftw.planning_effort"), "precision": abtem.config.get("precision"),
            "dask": "eager, synchronous", "batch": BATCH, "other_pools": pools, "numpy": np.__version__}


def read_atoms(path):
    atoms = ase.io.read(path, format="prismatic")
    atoms.positions[:, 2] = atoms.cell[2, 2] - atoms.positions[:, 2]  # Prismatic's beam enters at the largest z, abTEM's at 0
    return atoms


def make_potential(atoms, work, exit_planes=None):
    return abtem.Potential(atoms, gpts=(work["pixels"],) * 2, slice_thickness=work["slice"], parametrization="lobato",
                           projection="infinite", exit_planes=exit_planes).build(lazy=False)


def line(atoms, count):
    width, height = atoms.cell[0, 0], atoms.cell[1, 1]
    return abtem.CustomScan(np.array([((i + 0.5) / count * width, height / 2) for i in range(count)]))


def make_calls(atoms, work):
    """{name: (what is called, function)}, how many beams three apertures hold, and slices and planes."""
    detector = abtem.PixelatedDetector(max_angle=40)
    probe = abtem.Probe(energy=work["energy_ev"], semiangle_cutoff=work["semiangle"])
    whole = make_potential(atoms, work)
    with_exits = make_potential(atoms, work, work["between_exits"])

    def scan(potential, count):
        return (f"Probe.scan({count} positions, PixelatedDetector(max_angle=40), max_batch={BATCH}), "
                f"exit planes {potential.num_exit_planes}",
                lambda: probe.scan(potential, scan=line(atoms, count), detectors=detector, max_batch=BATCH, lazy=False))

    def matrix(potential, angle):
        return abtem.SMatrix(semiangle_cutoff=angle, energy=work["energy_ev"], potential=potential, interpolation=1)

    def build(angle):
        return (f"SMatrix(semiangle_cutoff={angle}, interpolation=1).build(max_batch={BATCH})",
                lambda: matrix(whole, angle).build(lazy=False, max_batch=BATCH))

    def reduce(array, count):
        return (f"SMatrixArray.reduce({count} positions, PixelatedDetector(max_angle=40))",
                lambda: array.reduce(scan=line(atoms, count), detectors=detector))

    thin = matrix(whole[:work["thin"]], work["semiangle"]).build(lazy=False, max_batch=BATCH)
    few, many = work["few"], work["many"]
    calls = {"few": scan(whole, few), "many": scan(whole, many), "one_plane": scan(whole, many), "planes": scan(with_exits, many),
             "potential": ("Potential(parametrization='lobato', projection='infinite').build()", lambda: make_potential(atoms, work)),
             "narrow": build(work["narrow"]), "wide": build(work["wide"]),
             "thin_few": reduce(thin, few), "thin_many": reduce(thin, many)}
    beams = [len(matrix(whole, work[aperture])) for aperture in ("narrow", "wide", "semiangle")]
    return calls, {"beams": beams, "slices": len(whole), "planes": with_exits.num_exit_planes}


def without_answers(runs):
    return {name: {key: value for key, value in run.items() if key != "answer"} for name, run in runs.items()}


def main():
    work = json.loads(sys.argv[1])
    use_one_thread()
    calls, sizes = make_calls(read_atoms(work["structure"]), work)
    for name in ("few", "planes", "narrow", "thin_few"):  # the first calls compile and plan transforms
        calls[name][1]()
    runs = in_rounds(calls, work["repeats"])
    print(json.dumps({"version": abtem.__version__, "settings": settings(), **sizes, "runs": without_answers(runs)}))


if __name__ == "__main__":
    main()
