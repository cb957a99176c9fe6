"""Files with the ids of supervised processes, by which those of a supervisor that was killed can be found."""

import contextlib
import json

import psutil

from supervisor.settings import Paths


def write(paths: Paths, name: str, pid: int) -> None:
    """Note a process with its time of creation, which a later process with the same id does not have."""
    with contextlib.suppress(psutil.NoSuchProcess):
        created = psutil.Process(pid).create_time()
        (paths.run / f"{name}.pid").write_text(json.dumps({"pid": pid, "created": created}))


def remove(paths: Paths, name: str) -> None:
    (paths.run / f"{name}.pid").unlink(missing_ok=True)


def find(paths: Paths) -> dict[str, psutil.Process]:
    """The noted processes that still run, by name."""
    alive = {}
    for file in sorted(paths.run.glob("*.pid")):
        noted = json.loads(file.read_text())
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(noted["pid"])
            if process.create_time() == noted["created"] and process.status() != psutil.STATUS_ZOMBIE:
                alive[file.stem] = process
                continue
        file.unlink(missing_ok=True)
    return alive


def end_orphans(paths: Paths) -> list[str]:
    """Terminate, then kill, what an earlier supervisor left; return the names. Only while no supervisor runs."""
    orphans = find(paths)
    family = []
    for process in orphans.values():
        with contextlib.suppress(psutil.NoSuchProcess):
            family += [process, *process.children(recursive=True)]
    for process in orphans.values():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, left = psutil.wait_procs(list(orphans.values()), timeout=5)
    for process in {*left, *family}:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    for name in orphans:
        remove(paths, name)
    return list(orphans)
