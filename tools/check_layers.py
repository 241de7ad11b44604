#!/usr/bin/env python3
"""Checks that src/ keeps its layers: who may include whom, where a heavy library may appear, how long a file may be.

    tools/check_layers.py [FOLDER]     FOLDER holds src/; the repository by default

Prints one line for each fault and ends with 1, or one line that all is well and ends with 0.
"""
import pathlib
import re
import sys

# The modules, lowest first, each with those it may include besides itself. ARCHITECTURE.md tells what each is for.
LAYERS = {
    "core": "",
    "specimen": "core",
    "microscope": "core",
    "formats": "core specimen microscope",
    "multislice": "core specimen microscope",
    "dataset": "core specimen microscope formats multislice",
    "registration": "core specimen microscope formats multislice dataset",
    "learning": "core microscope formats dataset registration",
    "inversion": "core specimen microscope formats multislice dataset registration",
    "report": "core microscope formats dataset registration inversion",
    "commands": "core specimen microscope formats multislice dataset registration learning inversion report",
}

# Each heavy library and the one place that may include it (a folder ends with /).
HOMES = [
    ("BLAS", r"cblas", ["core/matrix_product.cpp", "learning/linear_algebra.cpp"]),
    ("toml++", r"toml\+\+/|toml\.hpp", ["core/config.cpp"]),
    ("Random123", r"Random123/", ["core/"]),
    ("gemmi", r"gemmi/", ["specimen/cif_file.cpp"]),
    ("HDF5", r"hdf5|H5\w*\.h$", ["formats/"]),
    ("libtorch", r"torch/|ATen/|c10/", ["learning/"]),
    ("MPI", r"mpi\.h$", ["dataset/ranks.cpp", "learning/all_reduce.cpp"]),
    ("Eigen", r"Eigen/", ["inversion/"]),
    ("CLI11", r"CLI/", ["commands/"]),
]

# Only commands/ prints, exits and reads the environment; tests may do as they like.
SPEAKING = re.compile(r"\bstd::(cout|cerr|clog)\b|(?<![\w.>])(std::)?(f?printf|puts|getenv|exit|abort)\s*\(|\bfmt::print\b")

LONGEST_FILE = 600
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def include_fault(module, quote, header):
    """What is wrong with `module` including `header` for the order of the modules, or None."""
    if quote == "<":
        return None
    other = header.split("/")[0] if "/" in header else ""
    if other not in LAYERS:
        return f'includes "{header}", which names no module. Write "module/file.h"'
    if other != module and other not in LAYERS[module].split():
        return f'includes "{header}", but {module} may include only: {LAYERS[module] or "nothing below it"}'
    return None


def home_fault(place, header):
    """What is wrong with the file `place` (below src/) including a heavy library's `header`, or None."""
    for library, pattern, homes in HOMES:
        at_home = any(place.startswith(home) if home.endswith("/") else place == home for home in homes)
        if re.match(pattern, header) and not at_home:
            return f"includes <{header}>, but {library} belongs in {' and '.join(homes)} alone"
    return None


def line_faults(module, place, line):
    """Every fault of one line of source."""
    include = INCLUDE.match(line)
    if include:
        faults = [include_fault(module, *include.groups()), home_fault(place, include.group(2))]
        return [fault for fault in faults if fault]
    code = re.sub(r'"(\\.|[^"\\])*"', '""', line).split("//")[0]
    speaks = SPEAKING.search(code)
    if speaks and module != "commands" and not place.endswith("_test.cpp"):
        return [f"says '{speaks.group().strip()}', but only commands/ prints, exits or reads the environment"]
    return []


def file_faults(path, src):
    """Every fault of one source file, as lines `file:line: what is wrong`."""
    place = path.relative_to(src).as_posix()
    module = place.split("/")[0]
    if "/" not in place or module not in LAYERS:
        return [f"src/{place}: lies in no module. The modules are: {' '.join(LAYERS)}"]
    lines = path.read_text(encoding="utf-8").splitlines()
    faults = [f"src/{place}:{number}: {fault}"
              for number, line in enumerate(lines, 1) for fault in line_faults(module, place, line)]
    if len(lines) > LONGEST_FILE:
        faults.append(f"src/{place}: has {len(lines)} lines, more than {LONGEST_FILE}. What in it is a noun of its own?")
    return faults


def build_faults(src):
    """Every module that src/CMakeLists.txt links to one it may not include."""
    build = src / "CMakeLists.txt"
    text = build.read_text(encoding="utf-8") if build.exists() else ""
    return [f"src/CMakeLists.txt: {module} depends on {other}, but may only on: {LAYERS.get(module) or 'nothing'}"
            for module, depends in re.findall(r"terrace_module\((\w+) DEPENDS ([a-z ]+?)(?: LINK|\))", text)
            for other in depends.split() if other not in LAYERS.get(module, "").split()]


def main(folder):
    src = pathlib.Path(folder) / "src"
    files = sorted(path for path in src.rglob("*")
                   if path.suffix in {".h", ".cpp", ".hpp", ".cc", ".inc"} and "node_modules" not in path.parts)
    if not files:
        print(f"{src}: holds no source file. Is this the folder of the repository?")
        return 1
    faults = build_faults(src) + [fault for path in files for fault in file_faults(path, src)]
    print("\n".join(faults) if faults else f"layers: {len(files)} files keep the order of the modules")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent))
