"""Attempts to see, reach or change what is outside. Each says what happened; nothing may succeed."""

# ruff: noqa: E501
import asyncio
import json
import os
import platform
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest

from fixtures.sandboxing.sandboxes import Ran, run_python
from tool_runtime.sandbox.filter import assembly, bpf

TABLE = assembly.ARCHITECTURES[platform.machine()].table

PRELUDE = f"""
import ctypes, errno, json, os, signal, socket, stat, subprocess, sys, time
TABLE = {TABLE!r}
libc = ctypes.CDLL(None, use_errno=True)

def syscall(name, *arguments):
    result = libc.syscall(TABLE[name] if isinstance(name, str) else name, *map(ctypes.c_long, arguments))
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")
    return result

def attempt(act, *arguments):
    try:
        return f"DONE {{act(*arguments)!r}}"[:200]
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))

def tell(**outcomes):
    print(json.dumps(outcomes))
"""

# mov eax, 20 (getpid of i386); int 0x80; ret. Without i386 in the kernel the trap itself is fatal.
I386 = """
import mmap
page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)
page.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
"""


async def told(code: str, **limits: int) -> dict[str, str]:
    """What the code told, after checking that its job ended well and left nothing."""
    ran = await attack(code, **limits)
    assert (ran.outcome.stop, ran.outcome.exit_code, ran.stderr) == (None, 0, "")
    answer: dict[str, str] = json.loads(ran.stdout)
    return answer


async def attack(code: str, **limits: Any) -> Ran:
    ran = await run_python(PRELUDE + code, **limits)
    assert ran.survivors == []
    return ran


async def test_files_of_the_host_do_not_exist() -> None:
    secret = Path(tempfile.mkdtemp()) / "secret"
    secret.write_text("secret")
    code = f"""
paths = ["/etc/shadow", "/etc/hostname", "/root", "/home", "/var", "/boot", "/srv", "/mnt", "/sys", {str(secret)!r},
         {__file__!r}, "/work/../../etc/shadow", "/proc/1/root/etc/shadow", "/run/lockstep", "/var/lib/lockstep"]
tell(**{{path: attempt(open, path) for path in paths}})
"""
    outcome = await told(code)
    secret.unlink()
    assert set(outcome.values()) <= {"ENOENT", "EACCES"}


async def test_the_environment_is_the_one_that_the_tool_built() -> None:
    outcome = await told("tell(**os.environ)")
    expected = {"PATH", "HOME", "TMPDIR", "LANG", "TZ", "PYTHONPATH", "MPLBACKEND", "MPLCONFIGDIR", "EGRESS_PROOF_KEY"}
    expected |= {written for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY") for written in (name, name.lower())}
    threads = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"}
    assert set(outcome) - {"LC_CTYPE", "PWD"} == expected | threads


async def test_the_first_process_can_be_seen_but_not_read() -> None:
    code = """
names = ["environ", "mem", "maps", "root", "cwd", "exe", "fd", "stack", "syscall", "io", "auxv"]
found = {name: attempt(os.listdir if name in ("root", "cwd", "fd") else open, f"/proc/1/{name}") for name in names}
found |= {f"fd/{n}": attempt(open, f"/proc/1/fd/{n}", "wb") for n in range(12)}
found["exe"] = attempt(os.readlink, "/proc/1/exe")
tell(**found)
"""
    assert set((await told(code)).values()) <= {"EACCES", "EPERM", "ENOENT"}


async def test_only_its_own_processes_are_there_and_it_holds_no_descriptor_but_three() -> None:
    code = """
pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
fds = sorted(int(name) for name in os.listdir("/proc/self/fd"))
tell(pids=pids, fds=fds[:-1], uid=[os.getuid(), os.geteuid()], no_new_privs="NoNewPrivs:\\t1" in open("/proc/self/status").read(),
     capabilities=[l.split()[1] for l in open("/proc/self/status") if l.startswith("Cap")])
"""
    outcome = await told(code)
    assert outcome == {
        "pids": [1, 2],
        "fds": [0, 1, 2],
        "uid": [1000, 1000],
        "no_new_privs": True,
        "capabilities": ["0" * 16] * 5,
    }


async def test_devices_are_neither_there_nor_to_be_made() -> None:
    code = """
found = {name: attempt(open, f"/dev/{name}", "rb") for name in ("vda", "sda", "mem", "kmsg", "vsock", "kvm", "fuse", "net/tun")}
found["char"] = attempt(os.mknod, "/work/c", stat.S_IFCHR | 0o666, os.makedev(1, 1))
found["block"] = attempt(os.mknod, "/work/b", stat.S_IFBLK | 0o666, os.makedev(8, 0))
tell(**found)
"""
    assert set((await told(code)).values()) <= {"ENOENT", "EPERM"}


async def test_nothing_outside_the_working_folders_can_be_written() -> None:
    code = """
places = ["/x", "/usr/x", "/usr/local/x", "/etc/x", "/etc/passwd", "/dev/x", "/run/x", "/run/sbx/x", "/opt/site/x",
          "/run/sbx/tool_runtime/sandbox/inside/init.py", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/1/oom_score_adj"]
found = {place: attempt(open, place, "wb") for place in places}
found["remove"] = attempt(os.unlink, "/etc/passwd")
found["chmod"] = attempt(os.chmod, "/usr/bin/python3", 0o777)
found["hard link"] = attempt(os.link, "/etc/passwd", "/work/out/passwd")
tell(**found)
"""
    assert set((await told(code)).values()) <= {"EROFS", "EACCES", "EXDEV", "EPERM", "ENOENT"}


async def test_no_way_leads_to_another_user() -> None:
    code = """
open("/work/id", "wb").write(open("/usr/bin/id", "rb").read()); os.chmod("/work/id", 0o6755)
found = {name: attempt(getattr(os, name), 0) for name in ("setuid", "setgid", "seteuid")}
found["setgroups"] = attempt(os.setgroups, [0])
found["su"] = "refused" if subprocess.run(["/usr/bin/su", "-c", "id"], capture_output=True).returncode else "DONE"
found["setuid file"] = "refused" if b"euid" not in subprocess.run(["/work/id"], capture_output=True).stdout else "DONE"
tell(**found)
"""
    outcome = await told(code)
    assert [name for name, result in outcome.items() if result.startswith("DONE")] == []


async def test_every_filtered_call_is_refused_by_this_kernel() -> None:
    code = f"""
names = [name for name in {bpf.FORBIDDEN + bpf.NOT_THERE!r} if name in TABLE]
tell(**{{name: attempt(syscall, name, 0, 0, 0, 0, 0, 0) for name in names}})
"""
    outcome = await told(code)
    assert {name for name, result in outcome.items() if result not in {"EPERM", "ENOSYS"}} == set()
    assert {outcome[name] for name in bpf.NOT_THERE} == {"ENOSYS"}


async def test_no_namespace_can_be_made_or_joined() -> None:
    code = """
flags = {"user": 0x10000000, "pid": 0x20000000, "net": 0x40000000, "mount": 0x20000, "ipc": 0x8000000, "uts": 0x4000000, "cgroup": 0x2000000}
found = {f"clone {name}": attempt(syscall, "clone", flag | signal.SIGCHLD, 0, 0, 0, 0) for name, flag in flags.items()}
found |= {f"unshare {name}": attempt(syscall, "unshare", flag) for name, flag in flags.items()}
found |= {f"join {name}": attempt(syscall, "setns", os.open(f"/proc/self/ns/{name}", os.O_RDONLY), 0) for name in ("user", "net", "pid")}
found["nsenter"] = "EPERM" if subprocess.run(["/usr/bin/nsenter", "-t", "1", "-n", "true"], capture_output=True).returncode else "DONE"
tell(**found)
"""
    assert set((await told(code)).values()) == {"EPERM"}


async def test_other_processes_cannot_be_touched() -> None:
    code = """
import resource
found = {"limits of 1": attempt(resource.prlimit, 1, resource.RLIMIT_NOFILE, (1, 1)), "personality": attempt(syscall, "personality", 0x40000),
         "terminal": attempt(syscall, "ioctl", 0, 0x5412, 0)}
tell(**found)
"""
    assert set((await told(code)).values()) == {"EPERM"}


async def test_signals_do_not_end_the_first_process() -> None:
    code = """
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGALRM, signal.SIGSEGV):
    os.kill(1, number)
attempt(os.kill, -1, signal.SIGKILL)
time.sleep(0.05)
open("/work/out/after", "w").write("alive")
tell(alive="yes")
"""
    ran = await attack(code)
    assert ran.files == {"after": b"alive"}
    assert ran.outcome.exit_code == 0


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x32 and i386 calls exist on x86_64 alone")
@pytest.mark.parametrize(
    ("code", "signals"),
    [
        ("libc.syscall(ctypes.c_long(0x40000000 + 39))", {31}),
        (
            I386,
            {31, 11},
        ),
    ],
    ids=["x32", "i386"],
)
async def test_a_call_of_another_architecture_is_fatal(code: str, signals: set[int]) -> None:
    assert (await attack(code)).outcome.signal in signals


async def test_no_socket_but_the_plain_kinds_can_be_opened() -> None:
    code = """
kinds = {"raw": (2, 3, 6), "raw6": (10, 3, 58), "icmp": (2, 2, 1), "packet": (17, 3, 0), "vsock": (40, 1, 0), "alg": (38, 5, 0),
         "audit": (16, 3, 9), "netfilter": (16, 3, 12), "sctp": (2, 1, 132), "mptcp": (2, 1, 262), "bluetooth": (31, 3, 1),
         "xdp": (44, 3, 0), "rds": (21, 5, 0), "tipc": (30, 1, 0), "key": (15, 3, 2), "can": (29, 3, 1), "ax25": (3, 5, 0)}
tell(**{name: attempt(socket.socket, *kind) for name, kind in kinds.items()},
     pair=attempt(socket.socketpair, 30, 1, 0))
"""
    assert set((await told(code)).values()) == {"EAFNOSUPPORT"}


async def test_no_address_can_be_reached_the_hosts_own_included() -> None:
    listening = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    code = f"""
def connect(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as s:
        s.settimeout(1)
        s.connect(address)
def send(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"x", address)
v4, v6 = socket.AF_INET, socket.AF_INET6
tell(metadata=attempt(connect, v4, ("169.254.169.254", 80)), task=attempt(connect, v4, ("169.254.170.2", 80)),
     public=attempt(connect, v4, ("1.1.1.1", 443)), public6=attempt(connect, v6, ("2606:4700:4700::1111", 443)),
     private=attempt(connect, v4, ("10.0.0.1", 80)), dns=attempt(send, ("8.8.8.8", 53)), launcher=attempt(connect, v4, ("127.0.0.1", {port})),
     broadcast=attempt(send, ("255.255.255.255", 9)), multicast=attempt(send, ("224.0.0.1", 9)))
"""
    outcome = await told(code)
    listening.close()
    assert set(outcome.values()) <= {"ENETUNREACH", "ECONNREFUSED", "EACCES", "EADDRNOTAVAIL", "EPERM"}
    assert outcome["launcher"] == "ECONNREFUSED"
    assert {outcome[name] for name in ("metadata", "public", "dns")} == {"ENETUNREACH"}


async def test_no_name_is_resolved_and_no_interface_but_loopback_exists() -> None:
    code = """
try:
    found = socket.getaddrinfo("example.com", 443)
except socket.gaierror:
    found = "none"
tell(found=found, interfaces=[name for _, name in socket.if_nameindex()], abstract=open("/proc/net/unix").read().count("@"))
"""
    outcome = await told(code)
    assert outcome == {"found": "none", "interfaces": ["lo"], "abstract": 0}


async def test_a_socket_of_the_host_cannot_be_found_by_its_abstract_name() -> None:
    name = f"\0lockstep-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        listening.listen()
        code = f"tell(found=attempt(socket.socket(socket.AF_UNIX).connect, {name!r}))"
        assert await told(code) == {"found": "ECONNREFUSED"}
