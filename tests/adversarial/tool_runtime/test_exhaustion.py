"""Attempts to use up the machine, or to stay. Each ends in time, for the right reason, and nothing is left of it."""

# ruff: noqa: E501
import asyncio
import json
import time
from typing import Any

import pytest

from fixtures.sandboxing.sandboxes import Ran, run_python
from foundation.contracts.tool_job import KEPT_FIRST, KEPT_LAST, JobLimits, JobReason
from foundation.domain.tools import SandboxProfile
from tool_runtime.sandbox.limits import rlimits
from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.sandbox.watch.memory import counts_shared_memory

MIB = 1024 * 1024
PRELUDE = (
    "import ctypes, errno, fcntl, mmap, os, resource, select, signal, socket, sys, threading, time\n"
    "LIBC = ctypes.CDLL(None, use_errno=True)\n"
)

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
        "processes whose first thread has ended",
        "def work():\n    time.sleep(0.2)\n    held = bytearray(100 << 20); time.sleep(60)\nfor _ in range(4):\n    if not os.fork():\n        threading.Thread(target=work).start(); LIBC.syscall(60 if os.uname().machine == 'x86_64' else 93, 0)\ntime.sleep(60)",
        {"memory_mb": 256},
        JobReason.MEMORY,
    ),
    (
        "pipes full of data",
        "held = []\nwhile True:\n    if not os.fork():\n        try:\n            while True: held.append(os.pipe()); os.set_blocking(held[-1][1], False); os.write(held[-1][1], bytes(65536))\n        except OSError: time.sleep(60)\n    time.sleep(0.01)",
        {"memory_mb": 256, "cpu_seconds": 60},
        JobReason.MEMORY,
    ),
    (
        "pages of a file that is gone, kept in pipes",
        "held, n = [], 0\nwhile True:\n    if not os.fork():\n        try:\n            while True:\n                held.append(os.pipe()); f = os.open(f'/tmp/{os.getpid()}', os.O_RDWR | os.O_CREAT)\n                os.write(f, bytes(65536)); os.splice(f, held[-1][1], 65536, offset_src=0); os.ftruncate(f, 0); os.close(f)\n        except OSError: time.sleep(60)\n    time.sleep(0.01)",
        {"memory_mb": 256, "cpu_seconds": 60},
        JobReason.MEMORY,
    ),
    (
        "connections that nobody accepts, full of data, closed by their sender",
        "l = socket.create_server(('127.0.0.1', 0), backlog=4096)\nwhile True:\n    s = socket.create_connection(l.getsockname()); s.setblocking(False)\n    try:\n        while True: s.send(bytes(1 << 20))\n    except OSError: s.close()",
        {"memory_mb": 256},
        JobReason.MEMORY,
    ),
    (
        "locks on parts of a file",
        "f = open('/tmp/a', 'wb'); n = 0\nwhile True: fcntl.lockf(f, fcntl.LOCK_EX, 1, n); n += 2",
        {"memory_mb": 256, "cpu_seconds": 60},
        JobReason.MEMORY,
    ),
    (
        "terminals",
        "held = []\nwhile True:\n    if not os.fork():\n        try:\n            while True: held.append(os.openpty())\n        except OSError: time.sleep(60)\n    time.sleep(0.01)",
        {"memory_mb": 256, "cpu_seconds": 60},
        JobReason.MEMORY,
    ),
    (
        "descriptors that watch descriptors",
        "while True:\n    if not os.fork():\n        held = [os.eventfd(0) for _ in range(120)]\n        try:\n            while True:\n                held.append(select.epoll()); [held[-1].register(e) for e in held[:120]]\n        except OSError: time.sleep(60)\n    time.sleep(0.01)",
        {"memory_mb": 256, "cpu_seconds": 60},
        JobReason.MEMORY,
    ),
    (
        "endless output",
        "while True: os.write(1, bytes(1 << 16)); os.write(2, bytes(1 << 16))",
        {"output_bytes": 8 * MIB},
        JobReason.OUTPUT,
    ),
]


async def attack(code: str, **limits: Any) -> Ran:
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


FILL = "for at in range(0, len(m), 1 << 20): m[at : at + (1 << 20)] = bytes(1 << 20)"
SHARED_MEMORY = [
    ("mapped", f"m = mmap.mmap(-1, 900 << 20)\n{FILL}"),
    ("filled and let go", f"m = mmap.mmap(-1, 900 << 20)\n{FILL}; m.madvise(mmap.MADV_DONTNEED, at, 1 << 20)"),
    (
        "unmapped but for a page",
        "held = []\nfor n in range(60):\n    m = mmap.mmap(-1, 16 << 20); m.write(bytes(len(m))); m.resize(4096); held.append(m)",
    ),
    (
        "filled by one, kept by another that never touched it",
        f"m = mmap.mmap(-1, 900 << 20)\nif not os.fork(): time.sleep(60)\n{FILL}\nm.close()",
    ),
    (
        "in a process whose first thread has ended",
        f"m = mmap.mmap(-1, 900 << 20)\ndef work():\n    time.sleep(0.1)\n    {FILL}; m.madvise(mmap.MADV_DONTNEED, at, 1 << 20)\n    time.sleep(60)\nthreading.Thread(target=work).start()\nLIBC.syscall(60 if os.uname().machine == 'x86_64' else 93, 0)",
    ),
    (
        "in many small pieces",
        "held = []\ntry:\n    while True: held.append(mmap.mmap(-1, 4096))\nexcept OSError:\n    if not held: raise",
    ),
    (
        "in pieces over many processes",
        "for _ in range(30):\n    if not os.fork():\n        held = []\n        try:\n            while True: held.append(mmap.mmap(-1, 4096)); held[-1][0] = 1\n        except OSError:\n            if not held: raise\n        break",
    ),
]


@pytest.mark.parametrize("code", [row[1] for row in SHARED_MEMORY], ids=[row[0] for row in SHARED_MEMORY])
async def test_shared_memory_without_a_name_is_counted_or_cannot_be_had(code: str) -> None:
    ran = await attack(f"{code}\ntime.sleep(60)", memory_mb=256, wall_seconds=15)
    if counts_shared_memory():
        assert ran.outcome.stop is not None
        assert ran.outcome.stop.reason is JobReason.MEMORY, ran.outcome.stop.detail
    else:
        assert "Cannot allocate memory" in ran.stderr


async def test_shared_memory_has_no_second_door() -> None:
    ran = await attack("mmap.mmap(os.open('/dev/zero', os.O_RDWR), 900 << 20)", memory_mb=256)
    assert "No such device" in ran.stderr


async def test_a_neighbour_does_not_notice_a_job_that_takes_all_memory() -> None:
    work = "held = [bytearray(1 << 20) for _ in range(400)]\nfor n in range(200): sum(held[n])\nprint('done')"
    attacks = [attack(SHARED_MEMORY[1][1], memory_mb=256), attack(SHARED_MEMORY[4][1], memory_mb=256)]
    bystander, *attackers = await asyncio.gather(attack(work, memory_mb=512), *attacks)
    assert (bystander.outcome.stop, bystander.outcome.exit_code, bystander.stdout) == (None, 0, "done\n")
    assert [one.outcome.exit_code for one in attackers] != [0, 0]


async def test_a_child_that_shares_its_parents_memory_until_it_executes_counts_once() -> None:
    code = "import subprocess\nheld = bytearray(300 << 20)\nfor _ in range(60): subprocess.run(['/bin/true'])\nprint('done')"
    ran = await attack(code, memory_mb=512)
    assert (ran.outcome.stop, ran.stdout) == (None, "done\n")


async def test_a_pool_of_processes_is_no_attack() -> None:
    # Each worker inherits the descriptors of all pipes that were made before it.
    pool = "from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor(60) as p: print(sum(p.map(abs, range(5000))))"
    ran = await attack(pool, processes=128)
    assert (ran.outcome.stop, ran.stdout) == (None, "12497500\n")


async def test_output_is_kept_to_a_bound_and_said_to_be_cut() -> None:
    ran = await attack("while True: os.write(1, b'x' * 65536)", output_bytes=4 * MIB)
    cut = ran.box.stdout.cut
    assert cut is not None
    assert (cut.after, ran.stdout.count("x")) == (KEPT_FIRST, KEPT_FIRST + KEPT_LAST)
    assert ran.box.stderr.cut is None


STOPPED = [
    ("by the clock", "time.sleep(60)", {"wall_seconds": 1}),
    ("for its processor time", "while True: pass", {"cpu_seconds": 1}),
    (
        "for its memory",
        "os.fork(); m = [bytearray(1 << 20) for _ in range(90)]; time.sleep(60)",
        {"memory_mb": 128, "processes": 64},
    ),
    ("for its output", "while True: os.write(2, bytes(65536))", {"output_bytes": 4 * MIB}),
    ("while it is stopped", "os.kill(os.getpid(), signal.SIGSTOP)", {"wall_seconds": 1}),
    (
        "while it forks",
        "while True:\n    try: os.fork()\n    except OSError: pass",
        {"wall_seconds": 1, "cpu_seconds": 60, "processes": 64},
    ),
]


@pytest.mark.parametrize(("code", "limits"), [row[1:] for row in STOPPED], ids=[row[0] for row in STOPPED])
async def test_what_a_job_had_when_it_was_stopped_is_handed_out(code: str, limits: dict[str, int]) -> None:
    begun = "print('progress 1', flush=True); open('out/partial.csv', 'w').write('x'); open('out/result.json', 'w').write('[1]')\n"
    ran = await attack(begun + code, **limits)
    assert ran.outcome.stop is not None
    assert ran.stdout.startswith("progress 1\n")
    assert ran.files == {"partial.csv": b"x", "result.json": b"[1]"}
    assert ran.outcome.collected


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
        "try: mmap.mmap(-1, 2 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ)\nexcept OSError as e: print(errno.errorcode[e.errno])",
        "ENOMEM",
    ),
    ("nothing comes from standard input", "print(repr(sys.stdin.read()))", "''"),
    (
        "a pipe cannot grow",
        "r, w = os.pipe(); fcntl.fcntl(w, 1031, 1 << 20); print(fcntl.fcntl(w, 1032))",
        "65536",
    ),
    (
        "access lists and attributes of files are not there",
        "open('/tmp/a', 'w').close()\nfor name in ('user.a', 'system.posix_acl_access'):\n    try: os.setxattr('/tmp/a', name, bytes(4))\n    except OSError as e: print(errno.errorcode[e.errno], end=' ')",
        "ENOTSUP ENOTSUP",
    ),
    (
        "rules of Landlock are not there",
        "print(LIBC.syscall(444, None, 0, 1), errno.errorcode[ctypes.get_errno()])",
        "-1 ENOSYS",
    ),
    ("nobody watches files", "print(LIBC.inotify_init1(0), errno.errorcode[ctypes.get_errno()])", "-1 ENOSYS"),
    ("zeros can be read", "print(open('/dev/zero', 'rb').read(3))", "b'\\x00\\x00\\x00'"),
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


@pytest.mark.parametrize(
    "code",
    ["bytearray(3 * 2**30)", "held = []\nwhile True: held.append(bytearray(50 << 20))"],
    ids=["at once", "in pieces"],
)
async def test_memory_that_one_process_cannot_have_is_refused_to_it_before_the_job_is_ended(code: str) -> None:
    ran = await attack(code, wall_seconds=30)
    assert ran.outcome.stop is None
    assert ran.outcome.exit_code == 1
    assert ran.stderr.rstrip().endswith("MemoryError")


async def test_a_process_has_the_kernels_limits_that_the_page_tells() -> None:
    names = sorted(rlimits(JobLimits(), PROFILES[SandboxProfile.PYTHON]))
    code = f"import json, resource\nprint(json.dumps({{n: resource.getrlimit(getattr(resource, 'RLIMIT_' + n)) for n in {names}}}))"
    ran = await attack(code, wall_seconds=60)
    assert json.loads(ran.stdout) == {
        name: [value, value] for name, value in rlimits(JobLimits(), PROFILES[SandboxProfile.PYTHON]).items()
    }
