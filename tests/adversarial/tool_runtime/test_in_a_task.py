"""The walls of a Fargate task: the lock on connections, two users, and where nothing is run at all.

The task is simulated (`fixtures/sandboxing/simulated_task.py`): AWS is not asked.
"""

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.mcp.hostile_servers import FORGES, TOOL, WHEEL, a_wheel
from fixtures.mcp.hostile_servers import PYTHON as SERVER
from fixtures.sandboxing.in_task import METADATA as LISTENS
from fixtures.sandboxing.simulated_task import ALL_RIGHT, FARGATE, RanInTask, Task, run_in_task
from foundation.contracts.tool_job import JobReason
from tool_runtime.sandbox.walls.task_checks import CAPABILITIES

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="runner and job are two users, which only root can be")

PYTHON = f"""
import errno, multiprocessing, os, signal, socket, struct, subprocess, sys, threading, time
LISTENS = {LISTENS!r}
def attempt(name, act):
    try: told = act()
    except OSError as error: told = errno.errorcode.get(error.errno) or type(error).__name__
    print(name, told)
def connect(address, family=socket.AF_INET, **options):
    s = socket.socket(family)
    s.settimeout(3)
    s.connect(address)
    return "connected"
"""


def run(code: str, *, task: Task = ALL_RIGHT, **limits: Any) -> RanInTask:
    return run_in_task("code.python", {"code": PYTHON + code}, task=task, **limits)


def told(ran: RanInTask) -> dict[str, str]:
    assert (ran.refused, ran.stop, ran.exit_code, ran.stderr) == (None, None, 0, ""), ran
    return dict(line.split(" ", 1) for line in ran.stdout.splitlines())


NETWORK = """
attempt("metadata", lambda: connect(LISTENS))
attempt("any-address", lambda: connect(("0.0.0.0", LISTENS[1])))
attempt("mapped", lambda: connect(("::ffff:169.254.170.2", LISTENS[1]), socket.AF_INET6))
attempt("version-6", lambda: connect(("2001:db8::1", 80), socket.AF_INET6))
attempt("datagrams", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("fast-open", lambda: socket.socket().sendto(b"x", 0x20000000, LISTENS))
attempt("fast-open-msg", lambda: socket.socket().sendmsg([b"x"], [], 0x20000000, LISTENS))
attempt("abstract", lambda: connect("\\0somebody", socket.AF_UNIX))
attempt("elsewhere", lambda: connect("/run/sbx/x", socket.AF_UNIX))
os.symlink("/run", "/tmp/link")
attempt("by-a-link", lambda: connect("/tmp/link/sbx/x", socket.AF_UNIX))
attempt("closed-port", lambda: connect(("127.0.0.1", 9)))
"""


def test_no_connection_leaves_a_task_whatever_it_is_made_of() -> None:
    ran = run(NETWORK)
    assert told(ran) == {
        "metadata": "ENETUNREACH",
        "any-address": "ENETUNREACH",
        "mapped": "ENETUNREACH",
        "version-6": "ENETUNREACH",
        "datagrams": "EACCES",
        "raw": "EAFNOSUPPORT",
        "fast-open": "ENOTSUP",
        "fast-open-msg": "ENOTSUP",
        "abstract": "EACCES",
        "elsewhere": "EACCES",
        "by-a-link": "ENOENT",
        "closed-port": "ECONNREFUSED",
    }
    assert ran.reached == 0


BESIDE = """
def pair(kind):
    one, other = socket.socketpair(socket.AF_UNIX, kind)
    one.send(b"in the pair")
    return other.recv(99).decode()
def addressed(kind):
    one, other = socket.socketpair(socket.AF_UNIX, kind)
    try: return one.sendto(b"out", "/run/beside/datagrams")
    finally: print("received", other.recv(99, socket.MSG_DONTWAIT))
os.symlink("/run/beside/stream", "/tmp/link")
attempt("directly", lambda: connect("/run/beside/stream", socket.AF_UNIX))
attempt("by-a-link", lambda: connect("/tmp/link", socket.AF_UNIX))
os.symlink("/run/beside", "/tmp/folder")
attempt("by-a-folder", lambda: connect("/tmp/folder/stream", socket.AF_UNIX))
attempt("upwards", lambda: connect("/tmp/../run/beside/stream", socket.AF_UNIX))
os.symlink("/proc/self/root/run/beside/stream", "/tmp/root")
attempt("by-a-root", lambda: connect("/tmp/root", socket.AF_UNIX))
attempt("datagrams", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"out", "/run/beside/datagrams"))
attempt("raw", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_RAW).sendto(b"out", "/run/beside/datagrams"))
attempt("pair-of-datagrams", lambda: addressed(socket.SOCK_DGRAM))
attempt("pair-of-raw", lambda: addressed(socket.SOCK_RAW))
attempt("addressed-stream", lambda: socket.socket(socket.AF_UNIX).sendto(b"out", "/run/beside/stream"))
attempt("addressed-packets", lambda: socket.socket(1, socket.SOCK_SEQPACKET).sendto(b"out", "/run/beside/stream"))
attempt("pair-of-packets", lambda: pair(socket.SOCK_SEQPACKET))
attempt("pair-of-streams", lambda: pair(socket.SOCK_STREAM))
attempt("addressed-pair", lambda: addressed(socket.SOCK_SEQPACKET))
own = socket.socket(socket.AF_UNIX); own.bind("/work/own"); own.listen()
os.symlink("/work/own", "/tmp/own")
attempt("own", lambda: connect("/work/own", socket.AF_UNIX))
attempt("own-by-a-link", lambda: connect("/tmp/own", socket.AF_UNIX))
"""


@pytest.fixture
def beside() -> Iterator[tuple[Task, socket.socket, socket.socket]]:
    """A task with a folder of sockets, which anybody may write to and which are not the job's: a stream, datagrams."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as stream, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        for listener, name in ((stream, "stream"), (datagrams, "datagrams")):
            listener.bind(str(folder / name))
            (folder / name).chmod(0o777)
            listener.setblocking(False)
        stream.listen(64)
        yield Task(FARGATE, mounts=("--bind", str(folder), "/run/beside")), stream, datagrams
    shutil.rmtree(folder)


def test_no_socket_beside_the_jobs_folders_is_reached(beside: tuple[Task, socket.socket, socket.socket]) -> None:
    task, stream, datagrams = beside
    assert told(run(BESIDE, task=task)) == {
        "directly": "EACCES",
        "by-a-link": "EACCES",
        "by-a-folder": "EACCES",
        "upwards": "EACCES",
        "by-a-root": "EACCES",
        "datagrams": "EACCES",
        "raw": "EACCES",
        "pair-of-datagrams": "EACCES",
        "pair-of-raw": "EACCES",
        "addressed-stream": "ENOTSUP",
        "addressed-packets": "ENOTCONN",
        "pair-of-packets": "in the pair",
        "pair-of-streams": "in the pair",
        "received": "b'out'",
        "addressed-pair": "3",
        "own": "connected",
        "own-by-a-link": "connected",
    }
    with pytest.raises(BlockingIOError):
        stream.accept()
    with pytest.raises(BlockingIOError):
        datagrams.recv(99)


SWAPPED = """
own = socket.socket(socket.AF_UNIX); own.bind("/tmp/own"); own.listen(64); own.setblocking(False)
os.symlink("/tmp/own", "/tmp/link")
swaps = os.fork()
if swaps == 0:
    while True:
        for target in ("/run/beside/stream", "/tmp/own"):
            os.symlink(target, "/tmp/next")
            os.rename("/tmp/next", "/tmp/link")
peers = set()
for _ in range(3000):
    with socket.socket(socket.AF_UNIX) as s:
        try: s.connect("/tmp/link"); peers.add(s.getpeername())
        except PermissionError: peers.add("refused")
    try: own.accept()[0].close()
    except BlockingIOError: pass
os.kill(swaps, 9)
print("peers", sorted(peers))
"""


@pytest.mark.full
def test_a_link_that_is_swapped_while_it_is_judged_leads_nowhere(
    beside: tuple[Task, socket.socket, socket.socket],
) -> None:
    task, stream, _ = beside
    assert told(run(SWAPPED, task=task)) == {"peers": "['/tmp/own', 'refused']"}
    with pytest.raises(BlockingIOError):
        stream.accept()


LINKS_OF_THE_TASK = """
def ask(kind, flags, body):
    n = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    n.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body)
    length, told, _, _, _, number = struct.unpack_from("=IHHIIi", n.recv(65536))
    return errno.errorcode[-number] if told == 2 and number else told
print("reads", ask(22, 0x301, bytes(16)))
print("changes", ask(16, 5, struct.pack("=BxHiII", 0, 0, 1, 0, 1)))
attempt("to-others", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).sendto(bytes(16), (os.getppid(), 0)))
"""


def test_routing_netlink_tells_of_the_network_and_changes_nothing() -> None:
    """Node and Chromium list interfaces with it."""
    assert told(run(LINKS_OF_THE_TASK)) == {"reads": "20", "changes": "EPERM", "to-others": "EPERM"}


RACE = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
inside = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(LISTENS[1]), socket.inet_aton("127.0.0.1"))
outside = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(LISTENS[1]), socket.inet_aton(LISTENS[0]))
address, over = ctypes.create_string_buffer(inside, 16), False
def swap():
    while not over:
        ctypes.memmove(address, outside, 16)
        ctypes.memmove(address, inside, 16)
thread = threading.Thread(target=swap)
thread.start()
peers, until = set(), time.monotonic() + 2
own = socket.create_server(("127.0.0.1", LISTENS[1] + 9000))
while time.monotonic() < until:
    s = socket.socket()
    if libc.connect(s.fileno(), address, 16) == 0:
        peers.add(s.getpeername()[0])
    s.close()
over = True
thread.join()
print("peers", sorted(peers))
"""


@pytest.mark.full
def test_an_address_that_changes_while_it_is_judged_leads_nowhere() -> None:
    """The lock connects to its own copy; nothing of the job's memory is read twice."""
    ran = run(RACE)
    assert told(ran) == {"peers": "[]"}
    assert ran.reached == 0


OWN = """
def served(listener):
    def answer():
        with listener.accept()[0] as taken: taken.sendall(b"here")
    threading.Thread(target=answer).start()
    return listener.getsockname()
def asked(**how):
    s = socket.socket()
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.settimeout(how.get("seconds"))
    s.connect(served(socket.create_server(("127.0.0.1", 0))))
    return s.recv(9).decode(), s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), s.gettimeout()
attempt("waiting", lambda: asked())
attempt("with-time", lambda: asked(seconds=2))
async def stream():
    import asyncio
    server = await asyncio.start_server(lambda r, w: (w.write(b"here"), w.close()), "127.0.0.1", 0)
    reader, _ = await asyncio.open_connection(*server.sockets[0].getsockname())
    return (await reader.read()).decode()
import asyncio
attempt("stream", lambda: asyncio.run(stream()))
attempt("processes", lambda: multiprocessing.Manager().list([1, 2])[1])
full = socket.socket(); full.bind(("127.0.0.1", 0)); full.listen(0)
held = [socket.socket() for _ in range(2)]
for s in held: s.setblocking(False); s.connect_ex(full.getsockname())
late = socket.socket()
attempt("full", lambda: late.connect(full.getsockname()))
"""


def test_a_job_uses_its_own_loopback_as_elsewhere() -> None:
    assert told(run(OWN)) == {
        "waiting": "('here', 1, None)",
        "with-time": "('here', 1, 2.0)",
        "stream": "here",
        "processes": "2",
        "full": "ETIMEDOUT",
    }


def test_node_and_a_browser_work_under_the_lock() -> None:
    code = """
const http = require('http')
const server = http.createServer((_, answer) => answer.end('here')).listen(0, '127.0.0.1', async () => {
  console.log(await (await fetch(`http://127.0.0.1:${server.address().port}`)).text())
  require('net').connect(80, '169.254.170.2').on('error', error => console.log(error.code))
  server.close()
})"""
    ran = run_in_task("code.node", {"code": code})
    assert (ran.stdout, ran.exit_code, ran.reached) == ("here\nENETUNREACH\n", 0, 0), ran
    steps = [{"goto": "http://site.example:8080/"}, {"extract": "markdown"}, {"screenshot": "seen"}]
    looked = run_in_task("browser", {"steps": steps}, memory_mb=1536, wall_seconds=60, processes=512)
    assert (looked.refused, looked.stop, looked.reached) == (None, None, 0), looked
    assert "A page of the task" in (looked.files or {})["result.json"], looked
    assert "seen.png" in (looked.files or {})


OTHERS = """
others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]
def tried(act):
    for pid in others:
        try: return f"{pid}: {act(pid)!r}"
        except OSError as error: last = errno.errorcode[error.errno]
    return last
print("environment", tried(lambda p: open(f"/proc/{p}/environ").read()))
print("memory", tried(lambda p: open(f"/proc/{p}/mem", "rb").read(1)))
print("descriptors", tried(lambda p: os.listdir(f"/proc/{p}/fd")))
print("signals", tried(lambda p: os.kill(int(p), 0) if int(p) != os.getppid() else os.kill(1, 0)))
status = [line.split()[:2] for line in open("/proc/self/status") if line.strip()]
print("user", {line[1] for line in status if line[0] == "Uid:"})
print("capabilities", {line[1] for line in status if line[0] in ("CapEff:", "CapPrm:", "CapAmb:")})
"""


def test_a_job_is_another_user_than_its_runner() -> None:
    assert told(run(OTHERS)) == {
        "environment": "EACCES",
        "memory": "EACCES",
        "descriptors": "EACCES",
        "signals": "EPERM",
        "user": "{'64001'}",
        "capabilities": "{'0000000000000000'}",
    }


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "subprocess.Popen(['sleep', '60'], start_new_session=True); os.kill(os.getppid(), 9); time.sleep(60)",
            "protocol",
        ),
        ("os.kill(os.getppid(), signal.SIGSTOP); time.sleep(60)", "wall_time"),
        pytest.param(
            "while True:\n    try:\n        if os.fork() == 0: os.setsid()\n    except OSError: pass",
            "wall_time",
            marks=pytest.mark.full,
        ),
    ],
    ids=["ends the first process", "stops the first process", "sessions of its own without end"],
)
def test_whatever_a_job_does_to_its_first_process_nothing_of_it_is_left(code: str, reason: str) -> None:
    ran = run(code, wall_seconds=3, processes=64, cpu_seconds=60)
    assert (ran.stop, ran.survivors) == (JobReason(reason), []), ran


def test_what_a_job_leaves_is_collected_after_its_last_process() -> None:
    ran = run("open('/work/out/a.txt', 'w').write('left'); subprocess.Popen(['sleep', '60'])")
    assert (ran.files, ran.collected, ran.survivors) == ({"a.txt": "left"}, True, [])


WRONG = {
    "not on Fargate": (Task({}), "is not set"),
    "with credentials": (
        Task({**FARGATE, "AWS_ACCESS_KEY_ID": "AKIA"}),
        "it has credentials of AWS (AWS_ACCESS_KEY_ID)",
    ),
    "with the task's role": (
        Task({**FARGATE, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}),
        "it has credentials of AWS (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)",
    ),
    "too many capabilities": (Task(FARGATE, (*CAPABILITIES, "DAC_OVERRIDE")), "(0x2)"),
    "an open root": (Task(FARGATE, root_is_closed=False), "its root is writable"),
    "too large a folder": (
        Task(FARGATE, mounts=("--size", str(1 << 30), "--tmpfs", "/work")),
        "/work may hold more than 268435456 bytes",
    ),
    "a folder of the disk": (Task(FARGATE, mounts=("--bind", "/var/tmp", "/tmp")), "/tmp is not in memory"),
    "no user to drop to": (Task(FARGATE, user=65534), "the runner is not root"),
}


SAMPLED = {"not on Fargate", "with the task's role", "an open root"}


@pytest.mark.parametrize(
    ("task", "why"),
    [pytest.param(*row, id=name, marks=[] if name in SAMPLED else [pytest.mark.full]) for name, row in WRONG.items()],
)
def test_nothing_runs_in_a_task_that_is_not_as_it_should_be(task: Task, why: str) -> None:
    ran = run("print('ran')", task=task)
    assert why in (ran.refused or ""), ran
    assert ran.stdout == ""


def test_no_process_that_a_server_left_writes_another_result_in_a_task() -> None:
    ran = run_in_task("mcp.list", {"server": SERVER}, files={WHEEL: a_wheel(FORGES)})
    assert (ran.refused, ran.stop, ran.exit_code, ran.survivors) == (None, None, 0, []), ran
    result = json.loads((ran.files or {})["result.json"])
    assert (result["tools"], "forged" in result) == ([TOOL], False)
