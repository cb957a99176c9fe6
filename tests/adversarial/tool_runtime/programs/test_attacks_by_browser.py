"""Each attack that a page can try on the browser that looks at it: what became of it, and that nothing is left."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from fixtures.attacking.ground import Ground
from fixtures.attacking.table import PROPERTY
from fixtures.sandboxing.website import HOST, Browsed, a_website, browse
from foundation.contracts.egress.records import EgressVerdict
from foundation.contracts.tool_job import JobStatus, ToolResult

SEED, SAMPLED = 11, 2
"""How many attacks the default tier plays; `make verify` plays all."""

DONE = {"wait_for": "#told.done"}
TOLD = {"extract": "text", "selector": "#told"}
WAIT = {"wait_for": "#never"}


def page(script: str, more: str = "") -> str:
    """A page that tries what the script says and shows what came of it, by `tell` a line."""
    return f"""<!doctype html><title>attack</title><p id="told"></p>{more}<script>
const told = document.getElementById('told')
const tell = text => {{ told.append(text, document.createElement('br')) }}
const attempt = async act => {{ try {{ return 'DONE ' + await act() }} catch (error) {{ return error.name }} }}
(async () => {{ {script}; told.className = 'done' }})()
</script>"""


@dataclass(frozen=True)
class Attack:
    """A page at `/`, what is done with it, and all that may come of it: words that it tells, or how the call ends."""

    page: str
    steps: tuple[dict[str, Any], ...]
    ends: frozenset[str]
    seconds: int = 30
    limits: dict[str, Any] = field(default_factory=dict)


def refused(script: str, *words: str, more: str = "") -> Attack:
    return Attack(page(script, more), (DONE, TOLD), frozenset(words))


def ended(script: str, *ends: str, seconds: int = 12, **limits: int) -> Attack:
    """What a step then waits for never comes, unless the call has ended before."""
    return Attack(page(script), (WAIT,), frozenset({"not_found", *ends}), seconds, limits)


def stays(address: str) -> Attack:
    """An address that a page leads to by a click, as a link, by script, and in a frame."""
    go = f"onclick=\"location = '{address}'\""
    more = f"<a id=go href='{address}'>go</a><button {go}>go</button><iframe src='{address}'></iframe>"
    steps = ({"click": "#go"}, {"click": "button"}, {"extract": "text", "selector": "#told"})
    return Attack(page(f"tell('here'); tell(await attempt(() => window.open('{address}')))", more), steps, _HERE)


_HERE = frozenset({"here", "DONE [object Window]", "DONE null", "refused_url"})
_ASK = "for (const url of {}) tell(await attempt(async () => (await fetch(url, {{ mode: 'no-cors' }})).type))"
_OPAQUE = "DONE opaque"  # an answer that the page cannot read: the refusal of the proxy
_GROW = "const all = []; setTimeout(() => {{ for (;;) {} }}, 300)"

ATTACKS = {
    "reads the host's files": refused(
        _ASK.format(
            "['file:///etc/passwd', 'file:///root/', 'file:///work/in/browser.json', 'file:///proc/1/environ']"
        ),
        "TypeError",
    ),
    "goes to the host's files": stays("file:///etc/passwd"),
    "goes to the first process": stays("file:///proc/1/environ"),
    "goes to the browser's own pages": stays("chrome://version/"),
    "goes to the source of a page": stays("view-source:http://shop.inside.example/"),
    "goes to a page that it made": stays("data:text/html,<title>made</title>made"),
    "reaches the machine's network": refused(
        _ASK.format(
            "['http://169.254.169.254/latest/meta-data/', 'http://metadata.google.internal/', 'http://10.0.0.1/', "
            "'https://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://2130706433/', 'http://elsewhere.example/']"
        ),
        *(_OPAQUE, "TypeError"),
    ),
    "reaches the loopback": refused(
        _ASK.format(
            "[3128, 5432, 8080, 9222].map(port => `http://127.0.0.1:${port}/`).concat('http://localhost:8081/')"
        ),
        *(_OPAQUE, "TypeError"),
    ),
    "speaks past the proxy": refused(
        """const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:169.254.169.254:3478' }] })
        peer.onicecandidate = found => found.candidate?.candidate && tell('CANDIDATE ' + found.candidate.candidate)
        peer.createDataChannel('out'); await peer.setLocalDescription(await peer.createOffer())
        await new Promise(end => setTimeout(end, 2000)); tell('none')
        for (const url of ['ws://127.0.0.1:3128/', 'ws://shop.inside.example/', 'wss://elsewhere.example/'])
          tell(await new Promise(end => {
            const socket = new WebSocket(url)
            socket.onopen = () => end('OPEN'); socket.onerror = () => end('error') }))""",
        *("none", "error"),
    ),
    "resolves a name by itself": refused(
        "await new Promise(end => setTimeout(end, 500)); tell('none')",
        "none",
        more="<link rel=dns-prefetch href=//told.by.name.example><link rel=preconnect href=https://told.by.name.example>",
    ),
    "spins": ended("setTimeout(() => { for (;;); }, 300)", "timed_out"),
    "spins while it loads": ended("for (;;);", "timed_out"),
    "multiplies": ended(
        "const work = URL.createObjectURL(new Blob(['for (;;);']))\nfor (let n = 0; n < 500; n++) new Worker(work)",
        *("timed_out", "page_crashed", "page_closed", "cpu_time", "not_possible"),
    ),
    "multiplies by frames": ended(
        """for (let n = 0; n < 300; n++) {
          const frame = document.createElement('iframe'); frame.src = `http://h${n}.inside.example/`
          document.body.append(frame) }""",
        *("timed_out", "page_crashed", "memory"),
    ),
    "fills its heap": ended(_GROW.format("all.push(new Array(1e6).fill(Math.random()))"), "page_crashed"),
    "fills memory": ended(_GROW.format("all.push(new Uint8Array(5e7).fill(1))"), "memory", "page_crashed"),
    "fills memory with pictures": ended(
        """const all = []
        for (let n = 0; n < 400; n++) {
          const canvas = document.createElement('canvas'); canvas.width = canvas.height = 4096; all.push(canvas)
          canvas.getContext('2d').fillRect(0, 0, 4096, 4096); await new Promise(end => setTimeout(end, 1))
        }""",
        *("memory", "page_crashed", "page_closed", "timed_out"),
    ),
    "fills what it stores": ended(
        """const open = indexedDB.open('all'); open.onupgradeneeded = () => open.result.createObjectStore('all')
        await new Promise(end => { open.onsuccess = end })
        for (let n = 0;; n++) await new Promise(end => {
          const put = open.result.transaction('all', 'readwrite').objectStore('all').put(new Uint8Array(3e7).fill(n), n)
          put.onsuccess = put.onerror = end })""",
        *("timed_out", "memory", "page_crashed", "page_closed"),
    ),
    "grows its document": ended(
        _GROW.format("document.body.insertAdjacentHTML('beforeend', '<p>more</p>'.repeat(1e5))"),
        *("timed_out", "memory", "page_crashed"),
    ),
    "fills the disk with downloads": ended(
        """for (let n = 0; n < 20; n++) {
          const frame = document.createElement('iframe'); frame.src = '/endless.bin?' + n; document.body.append(frame)
        }""",
        "timed_out",
    ),
    "asks without end": ended("for (;;) { alert('again'); await null }", "timed_out"),
    "opens windows without end": ended(
        "setInterval(() => window.open('/?' + Math.random()), 10)", *("timed_out", "memory", "page_crashed")
    ),
    "goes on without end": ended("setTimeout(() => { location = '/?' + Math.random() }, 20)", "timed_out"),
    "says too much": ended(
        "for (;;) { console.log('x'.repeat(1e5)); await new Promise(end => setTimeout(end)) }", "timed_out"
    ),
    "tells a title without end": Attack(
        page("document.title = 'x'.repeat(5e7); tell('told')"), (DONE, TOLD), frozenset({"told"})
    ),
    "closes itself": ended("setTimeout(() => window.close(), 200)", *("page_closed", "timed_out")),
}


def came_of(result: ToolResult) -> set[str]:
    """How the call ended, or all that its page told."""
    if result.status in {JobStatus.KILLED, JobStatus.TIMED_OUT}:
        return {str(result.reason)}
    if result.result["error"]:
        return {str(result.result["error"]["code"])}
    return {line for one in result.result["extracted"] for line in one["text"].splitlines() if line}


def _cases() -> list[Any]:
    sampled = set(random.Random(SEED).sample(sorted(set(ATTACKS) - _LONG), SAMPLED))
    return [
        pytest.param(name, id=f"browser: {name}", marks=[] if name in sampled else [pytest.mark.full])
        for name in ATTACKS
    ]


_LONG = {name for name, attack in ATTACKS.items() if WAIT in attack.steps}


@pytest.mark.parametrize("name", _cases())
async def test_an_attack_of_a_page_gets_nowhere_and_leaves_nothing(
    ground: Ground, name: str, record_property: Callable[[str, object], None]
) -> None:
    attack = ATTACKS[name]
    async with a_website({"/": attack.page}) as site:
        steps = [{"goto": site.url("/")}, *attack.steps]
        given = {"wall_seconds": attack.seconds, **attack.limits}
        arguments = {"steps": steps, "timeout_seconds": attack.seconds}
        attacked = await ground.attack("browser", arguments, places=site.places, **given)
    result, asked = attacked.result, attacked.result.egress.records
    found = came_of(result)
    told = {"by": "browser", "attack": name, "came to": ", ".join(sorted(found))}
    record_property(PROPERTY, {**told, **attacked.columns})
    assert found
    assert found <= attack.ends, result
    # The browser stands where it was sent, and nothing but the site was reached.
    assert result.result["url"].startswith((site.url("/"), "about:blank"))
    assert {one.host for one in asked if one.verdict is EgressVerdict.ALLOWED} <= {HOST}
    assert "told.by.name.example" not in {one.host for one in asked if one.address}


KEEP = """document.cookie = 'kept=1; max-age=9999'; localStorage.kept = 1
const open = indexedDB.open('kept')
await new Promise(end => { open.onsuccess = open.onupgradeneeded = end }); tell('kept')"""
LOOK = """tell('cookies ' + document.cookie); tell('storage ' + localStorage.length)
tell('databases ' + (await indexedDB.databases()).length)"""


@pytest.mark.full
async def test_what_a_page_keeps_is_gone_with_its_call() -> None:
    async with a_website({"/": page(KEEP), "/look": page(LOOK)}) as site:
        first = await browse(site, {"goto": site.url("/")}, DONE, {"goto": site.url("/look")}, DONE, TOLD)
        second = await browse(site, {"goto": site.url("/look")}, DONE, TOLD)
    assert _lines(first) == ["cookies kept=1", "storage 1", "databases 1"]
    assert _lines(second) == ["cookies", "storage 0", "databases 0"]


def _lines(seen: Browsed) -> list[str]:
    assert seen.error == ()
    return [line.rstrip() for line in seen.result["extracted"][0]["text"].split("\n")][:3]
