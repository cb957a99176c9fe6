"""Each attack in each language: what it says or why it is ended, and that nothing of it is left; see `make attacks`."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from fixtures.sandboxing.sandboxes import run_code
from foundation.contracts.tool_job import JobReason

LANGUAGES = {"python": "code.python", "node": "code.node"}
SEED, SAMPLED = 11, 3
"""How many attacks of each language the default tier plays; `make verify` plays all."""

PYTHON = """
import errno, os, signal, socket, subprocess, sys, time
FOLDERS = ["/tmp", "/work"]
def attempt(act):
    try:
        return f"DONE {act()!r}"
    except OSError as error:
        return errno.errorcode.get(error.errno) or type(error).__name__
"""
NODE = """
const cp = require('child_process'), fs = require('fs'), net = require('net'), dns = require('dns')
const FOLDERS = ['/tmp', '/work']
const attempt = act => { try { return `DONE ${act()}` } catch (error) { return error.code ?? String(error) } }
"""


@dataclass(frozen=True)
class Attack:
    """The same attempt in both languages; it is ended for `reason`, or says only what is among `refusals`."""

    python: str
    node: str
    reason: JobReason | None = None
    refusals: frozenset[str] = frozenset()
    limits: dict[str, Any] = field(default_factory=dict)


def refused(python: str, node: str, *words: str) -> Attack:
    return Attack(python, node, refusals=frozenset(words))


def ended(python: str, node: str, reason: JobReason, **limits: int) -> Attack:
    return Attack(python, node, reason=reason, limits=limits)


_HOST = "['/etc/shadow', '/root/x', '/var/lib/lockstep', '/run/lockstep', '/sys/kernel', '/proc/1/root/etc/shadow']"
_FIRST = "['/proc/1/environ', '/proc/1/mem', '/proc/1/fd/3', '/proc/1/maps']"
_SYSTEM = (
    "['/x', '/usr/x', '/etc/passwd', '/dev/x', '/run/sbx/x', '/node_modules/x', '/opt/site/x', '/proc/sys/kernel/x']"
)
_STAY = "setTimeout(() => 0, 60000)"
_LINES = ("print(*{}, sep='\\n')", "console.log({}.join('\\n'))")


def over(places: str, python: str, node: str, *words: str) -> Attack:
    """An attempt at each of the places."""
    each = (f"[attempt(lambda: {python}) for p in {places}]", f"{places}.map(p => attempt(() => {node}))")
    return refused(_LINES[0].format(each[0]), _LINES[1].format(each[1]), *words)


ATTACKS = {
    "reads the host's files": over(_HOST, "open(p).read()", "fs.readFileSync(p)", "ENOENT", "EACCES", "EISDIR"),
    "reads the first process": over(_FIRST, "open(p, 'rb').read()", "fs.readFileSync(p)", "EACCES", "EPERM", "ENOENT"),
    "writes to the system": over(
        _SYSTEM, "open(p, 'w')", "fs.writeFileSync(p, 'x')", "EROFS", "EACCES", "ENOENT", "EPERM", "ENOTDIR"
    ),
    "becomes another user": refused(
        "print(attempt(lambda: os.setuid(0)), attempt(lambda: os.setgid(0)), sep='\\n')",
        "console.log(attempt(() => process.setuid(0)), '\\n' + attempt(() => process.setgid(0)))",
        *("EPERM", "EINVAL"),
    ),
    "makes a namespace": refused(
        "print(subprocess.run(['/usr/bin/unshare', '-Ur', 'true'], capture_output=True).returncode)",
        "console.log(cp.spawnSync('/usr/bin/unshare', ['-Ur', 'true']).status)",
        "1",
    ),
    "ends the first process": refused(
        "[os.kill(1, n) for n in (9, 15, 2, 19)]; time.sleep(0.05); print('alive')",
        "for (const n of [9, 15, 2, 19]) process.kill(1, n); setTimeout(() => console.log('alive'), 50)",
        "alive",
    ),
    "reaches the machine's network": refused(
        "s = socket.socket(); s.settimeout(3); print(attempt(lambda: s.connect(('169.254.169.254', 80))))",
        "net.connect(80, '169.254.169.254').on('error', error => console.log(error.code))",
        "ENETUNREACH",
    ),
    "resolves a name by itself": refused(
        "print(attempt(lambda: socket.getaddrinfo('example.com', 443)))",
        "dns.lookup('example.com', error => console.log(error?.code))",
        *("gaierror", "EAI_AGAIN", "ENOTFOUND"),
    ),
    "leaves a process behind": refused(
        "subprocess.Popen(['/bin/sh', '-c', 'trap \"\" TERM HUP; sleep 60'], start_new_session=True); print('left')",
        "cp.spawn('/bin/sh', ['-c', 'trap \"\" TERM HUP; sleep 60'], { detached: true }).unref(); console.log('left')\n"
        "process.exit()",
        "left",
    ),
    "sleeps": ended("time.sleep(60)", "setTimeout(() => 0, 60000)", JobReason.WALL_TIME, wall_seconds=1),
    "ignores signals": ended(
        "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]\nwhile True: time.sleep(1)",
        "for (const n of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(n, () => 0); setInterval(() => 0, 1000)",
        JobReason.WALL_TIME,
        wall_seconds=1,
    ),
    "spins": ended("while True: pass", "for (;;);", JobReason.CPU_TIME, cpu_seconds=1),
    "multiplies": ended(
        "while True:\n    try: os.fork()\n    except OSError: pass",
        "for (;;) attempt(() => cp.spawn(process.execPath, [__filename], { stdio: 'ignore' }))",
        JobReason.WALL_TIME,
        wall_seconds=2,
        cpu_seconds=60,
        processes=64,
    ),
    "fills memory with children": ended(
        "for _ in range(30):\n    if not os.fork(): held = bytearray(60 << 20); time.sleep(60)\ntime.sleep(60)",
        "if (process.argv[2]) { globalThis.held = Buffer.alloc(60 << 20, 1); setTimeout(() => 0, 60000) }\n"
        "else for (let n = 0; n < 16; n++) cp.spawn(process.execPath, [__filename, 'x'], { stdio: 'ignore' })",
        JobReason.MEMORY,
        memory_mb=1024,
    ),
    "fills the disk": refused(
        "print([attempt(lambda: open(f'/tmp/{n}', 'wb').write(bytes(100 << 20))) for n in range(4)][-1])",
        "const fill = n => attempt(() => fs.writeFileSync(`/tmp/${n}`, Buffer.alloc(100 << 20)))\n"
        "console.log([1, 2, 3, 4].map(fill).at(-1))",
        "ENOSPC",
    ),
    "makes too many files": ended(
        "for n in range(80000): os.close(os.open(f'{FOLDERS[n % 2]}/{n}', os.O_CREAT, 0o600))\ntime.sleep(60)",
        f"for (let n = 0; n < 80000; n++) fs.closeSync(fs.openSync(`${{FOLDERS[n % 2]}}/${{n}}`, 'w'))\n{_STAY}",
        JobReason.INODES,
    ),
    "says too much": ended(
        "while True: os.write(1, bytes(1 << 16))",
        "for (;;) attempt(() => fs.writeSync(1, Buffer.alloc(1 << 16)))",
        JobReason.OUTPUT,
        output_bytes=4 << 20,
    ),
}


def _cases() -> list[Any]:
    """All of them; those that are not in the sample of their language are for the full tier."""
    chosen = random.Random(SEED)
    cases = []
    for language in LANGUAGES:
        sampled = set(chosen.sample(sorted(ATTACKS), SAMPLED))
        cases += [
            pytest.param(language, name, id=f"{language}: {name}", marks=[] if name in sampled else [pytest.mark.full])
            for name in ATTACKS
        ]
    return cases


@pytest.mark.parametrize(("language", "name"), _cases())
async def test_an_attack_gets_nowhere_and_leaves_nothing(
    language: str, name: str, record_property: Callable[[str, object], None]
) -> None:
    attack = ATTACKS[name]
    code = PYTHON + attack.python if language == "python" else NODE + attack.node
    ran = await run_code(LANGUAGES[language], code, **attack.limits)
    stop = ran.outcome.stop
    said = stop.reason.value if stop else ", ".join(sorted(set(ran.stdout.split())))
    record_property("figures", f"{said}; {ran.outcome.wall_ms} ms, {ran.outcome.max_rss_bytes >> 20} MiB at most")
    assert ran.survivors == []
    if attack.reason is not None:
        assert stop is not None, (ran.outcome, ran.stderr)
        assert stop.reason is attack.reason, stop.detail
    else:
        assert (stop, ran.outcome.exit_code, ran.stderr) == (None, 0, "")
        assert set(ran.stdout.split()) <= attack.refusals
        assert ran.stdout.strip()
    # The next one on this machine runs, and finds nothing of it.
    after = await run_code("code.python", "import os; print(sorted(os.listdir('/tmp')), len(os.listdir('/work')))")
    assert after.stdout == "['matplotlib'] 3\n"
