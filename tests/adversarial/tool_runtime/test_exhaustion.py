"""Attempts to use up the machine, or to stay. Each ends in time, for the right reason, and nothing is left of it."""

# ruff: noqa: E501

import time

import pytest

from fixtures.sandboxes import Ran, run_python
from foundation.contracts.tool_job import KEPT_OUTPUT, JobReason

MIB = 1024 * 1024
PRELUDE = "import ctypes, errno, mmap, os, resource, signal, socket, sys, time\n"

KILLED_FOR = [
    ("sleeps", "time.sleep(60)", {"wall_seconds": 1}, JobReason.WALL_TIME),
    ("stops itself", "os.kill(os.getpid(), signal.SIGSTOP)", {"wall_seconds": 1}, JobReason.WALL_TIME),
    (
        "ignores every signal",
        "[signal.signal(n, signal.SIG_IGN) for n in range(1, 32) if n not in (9, 19)]\nwhile True: time.sleep(1)",
        {"wall_seconds": 1},
        JobReason.WALL_TIME,
    ),
    (
        "fork bomb",
        "while True:\n    try: os.fork()\n    except OSError: pass",
        {"wall_seconds": 2, "cpu_seconds": 60, "processes": 64},
        JobReason.WALL_TIME,
    ),
    (
        "forks away from its parents",
        "while True:\n    try:\n        if os.fork(): os._exit(0) if os.getpid() != 2 else None\n        os.setsid()\n    except OSError: pass",
        {"wall_seconds": 2, "cpu_seconds": 60, "processes": 64},
        JobReason.WALL_TIME,
    ),
    (
        "eight processes spin",
        "for _ in range(8):\n    if not os.fork(): break\nwhile True: pass",
        {"cpu_seconds": 1},
        JobReason.CPU_TIME,
    ),
    (
        "children spin and are reaped",
        "while True:\n    if not os.fork():\n        end = time.process_time() + 0.02\n        while time.process_time() < end: pass\n        os._exit(0)\n    os.wait()",
        {"cpu_seconds": 1},
        JobReason.CPU_TIME,
    ),
    (
        "thirty processes fill memory",
        "for _ in range(30):\n    if not os.fork():\n        held = bytearray(100 << 20); time.sleep(60)\ntime.sleep(60)",
        {"memory_mb": 256},
        JobReason.MEMORY,
    ),
    (
        "shared memory between processes",
        "held = mmap.mmap(-1, 900 << 20)\nfor at in range(0, 900 << 20, 4096): held[at] = 1\ntime.sleep(60)",
        {"memory_mb": 256},
        JobReason.MEMORY,
    ),
    (
        "files in memory",
        "for place in ('/work/a', '/work/b', '/tmp/a', '/tmp/b', '/dev/shm/a'):\n    try:\n        with open(place, 'wb') as f:\n            for _ in range(100): f.write(bytes(1 << 20))\n    except OSError: pass\ntime.sleep(60)",
        {"memory_mb": 256},
        JobReason.MEMORY,
    ),
    (
        "inodes",
        "for place in ('/tmp', '/work', '/dev/shm'):\n    for n in range(40000): os.close(os.open(f'{place}/{n}', os.O_CREAT, 0o600))\ntime.sleep(60)",
        {"memory_mb": 2048},
        JobReason.INODES,
    ),
    (
        "sockets full of data",
        "held = []\nwhile True:\n    if not os.fork():\n        while len(held) < 120:\n            a, b = socket.socketpair(); a.setblocking(False); held += [a, b]\n            try:\n                while True: a.send(bytes(65536))\n            except OSError: pass\n        time.sleep(60)\n    time.sleep(0.01)",
        {"memory_mb": 2048, "processes": 64, "cpu_seconds": 60},
        JobReason.SOCKETS,
    ),
    (
        "endless output",
        "while True: os.write(1, bytes(1 << 16)); os.write(2, bytes(1 << 16))",
        {"output_bytes": 8 * MIB},
        JobReason.OUTPUT,
    ),
]


async def attack(code: str, **limits: int) -> Ran:
    ran = await run_python(PRELUDE + code, **limits)
    assert ran.survivors == []
    return ran


@pytest.mark.parametrize(
    ("code", "limits", "reason"), [row[1:] for row in KILLED_FOR], ids=[row[0] for row in KILLED_FOR]
)
async def test_a_job_that_takes_too_much_is_ended(code: str, limits: dict[str, int], reason: JobReason) -> None:
    ran = await attack(code, **limits)
    assert ran.outcome.stop is not None
    assert ran.outcome.stop.reason is reason, ran.outcome.stop.detail
    assert ran.files == {}


async def test_output_is_kept_to_a_bound_and_said_to_be_cut() -> None:
    ran = await attack("while True: os.write(1, b'x' * 65536)", output_bytes=4 * MIB)
    assert len(ran.stdout) == KEPT_OUTPUT
    assert ran.box.stdout.truncated
    assert not ran.box.stderr.truncated


SELF_CONTAINED = [
    (
        "one process cannot take all memory",
        "try:\n    held = [bytearray(10 << 20) for _ in range(100)]\nexcept MemoryError: print('MemoryError')",
        "MemoryError",
    ),
    (
        "a file has a size",
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\ntry:\n    f = open('/tmp/a', 'wb')\n    while True: f.write(bytes(1 << 20))\nexcept OSError as e: print(errno.errorcode[e.errno])",
        "EFBIG",
    ),
    (
        "a mount has a size",
        "try:\n    for n in range(9): open(f'/dev/shm/{n}', 'wb').write(bytes(30 << 20))\nexcept OSError as e: print(errno.errorcode[e.errno])",
        "ENOSPC",
    ),
    (
        "descriptors are counted",
        "held = []\ntry:\n    while True: held.append(os.open('/dev/null', 0))\nexcept OSError as e: print(errno.errorcode[e.errno], len(held) < 256)",
        "EMFILE True",
    ),
    (
        "processes are counted",
        "n = 0\ntry:\n    while True:\n        if not os.fork(): time.sleep(30)\n        n += 1\nexcept OSError as e: print(errno.errorcode[e.errno], n <= 32)",
        "EAGAIN True",
    ),
    (
        "threads are counted",
        "import threading\nn = 0\ntry:\n    while True: threading.Thread(target=time.sleep, args=(30,), daemon=True).start(); n += 1\nexcept RuntimeError: print('RuntimeError', n <= 32)\nsys.stdout.flush(); os._exit(0)",
        "RuntimeError True",
    ),
    (
        "limits cannot be raised",
        "try: resource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096))\nexcept ValueError: print('ValueError')",
        "ValueError",
    ),
    (
        "a socket's buffer cannot be raised",
        "s = socket.socket(socket.AF_UNIX); before = s.getsockopt(1, 7); s.setsockopt(1, 7, 1 << 22); print(s.getsockopt(1, 7) == before)",
        "True",
    ),
    (
        "address space has a size, so page tables have one",
        "try: mmap.mmap(-1, 2 << 30, prot=mmap.PROT_READ)\nexcept OSError as e: print(errno.errorcode[e.errno])",
        "ENOMEM",
    ),
    ("nothing comes from standard input", "print(repr(sys.stdin.read()))", "''"),
    (
        "arguments have a size",
        "try: os.execv('/bin/true', ['x' * (1 << 18)] * 64)\nexcept OSError as e: print(errno.errorcode[e.errno])",
        "E2BIG",
    ),
    ("there is one processor", "print(len(os.sched_getaffinity(0)))", "1"),
]


@pytest.mark.parametrize(("code", "said"), [row[1:] for row in SELF_CONTAINED], ids=[row[0] for row in SELF_CONTAINED])
async def test_the_kernel_holds_a_job_that_then_ends_by_itself(code: str, said: str) -> None:
    ran = await attack(code, memory_mb=512, processes=32)
    assert (ran.outcome.stop, ran.outcome.exit_code, ran.stderr) == (None, 0, "")
    assert ran.stdout.strip() == said


async def test_a_crash_leaves_no_core() -> None:
    ran = await attack("os.chdir('/work/out'); os.abort()")
    assert ran.outcome.signal == 6
    assert ran.files == {}


DAEMON = """
if not os.fork():
    os.setsid()
    if not os.fork():
        for n in range(1, 32):
            if n not in (9, 19): signal.signal(n, signal.SIG_IGN)
        while True: time.sleep(1)
    os._exit(0)
for _ in range(5):
    if not os.fork(): os._exit(0)
time.sleep(0.1)
print("done")
"""


async def test_a_job_ends_with_its_own_process_whatever_it_left_behind() -> None:
    # The daemon holds the job's standard output, and the children are never waited for.
    began = time.monotonic()
    ran = await attack(DAEMON, wall_seconds=20)
    assert (ran.outcome.stop, ran.outcome.exit_code, ran.stdout) == (None, 0, "done\n")
    assert time.monotonic() - began < 20
