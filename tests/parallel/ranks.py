"""Several processes of terrace at once: under mpirun, and how they are found and killed."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

import workshop

mpirun = ["mpirun", "--oversubscribe", *(["--allow-run-as-root"] if os.getuid() == 0 else [])]


def why_not(program="terrace"):
    """Why nothing can run under mpirun here; empty where it can."""
    if not shutil.which("mpirun"):
        return "there is no mpirun (make setup installs it)"
    built = subprocess.run(["ldd", workshop.terrace.parent / program], capture_output=True, text=True).stdout
    return "" if "libmpi" in built else "built without MPI"


def start(*arguments, ranks=0, **options):
    """Starts terrace, under mpirun where `ranks` is not 0."""
    launcher = [*mpirun, "-n", str(ranks)] if ranks else []
    return subprocess.Popen([*launcher, str(workshop.terrace), *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **options)


def run(*arguments, ranks=0, **options):
    process = start(*arguments, ranks=ranks, **options)
    process.stdout_text, process.stderr_text = process.communicate(timeout=120)
    return process


def run_well(*arguments, **options):
    process = run(*arguments, **options)
    if process.returncode != 0:
        raise AssertionError(f"terrace {arguments} ended with {process.returncode}: {process.stderr_text}")
    return process


def wait_for(condition, process, seconds=60):
    end = time.monotonic() + seconds
    while not condition() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)


def children(process):
    """Rank -> process id, of the ranks that this mpirun started."""
    found = {}
    for pid in pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        for entry in environment:
            if entry.startswith(b"OMPI_COMM_WORLD_RANK="):
                found[int(entry.split(b"=")[1])] = int(pid)
    return found


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def wait_for_end_of(pids, seconds=20):
    end = time.monotonic() + seconds
    while any(map(is_alive, pids)) and time.monotonic() < end:
        time.sleep(0.01)
    return not any(map(is_alive, pids))
