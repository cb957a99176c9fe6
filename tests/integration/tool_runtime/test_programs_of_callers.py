"""What programs of callers find in the sandbox of their language, and how they are told of their mistakes."""

import json
import struct
from typing import Any

import pytest

from fixtures.sandboxing.sandboxes import Ran, run_code, run_tool
from fixtures.sandboxing.website import HOST, a_website
from foundation.contracts.egress.records import EgressVerdict
from tool_runtime.sandbox.fonts import OTHER_NAMES

COMMON = (
    "const _ = require('lodash'); require('fs').writeFileSync('out/result.json', JSON.stringify(_.chunk([1, 2, 3], 2)))"
)
MODULE = """
import fs from 'node:fs'
import * as cheerio from 'cheerio'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { addDays, formatISO } from 'date-fns'
import Excel from 'exceljs'
import { marked } from 'marked'
import YAML from 'yaml'
const book = new Excel.Workbook()
book.addWorksheet('a').addRow([1, 'x'])
await book.xlsx.writeFile('out/a.xlsx')
const given = JSON.parse(fs.readFileSync('in/inputs.json', 'utf8'))
fs.writeFileSync('out/result.json', JSON.stringify([
  cheerio.load('<b>bold</b>')('b').text(), parse('a,b\\n1,2', { columns: true }), stringify([[1, 2]]),
  formatISO(addDays(new Date(Date.UTC(2026, 0, 31)), 1), { representation: 'date' }), marked('# x'),
  YAML.parse('a: [1]'), given,
]))
"""
LABELS = """
import matplotlib.pyplot as plt, sys, warnings
warnings.simplefilter("error")
for name, families in (("ours", None), *((f"name {{n}}", [n]) for n in {names!r}), ("generic", ["sans-serif"])):
    with plt.rc_context({{}} if families is None else {{"font.family": families}}):
        figure, axes = plt.subplots()
        axes.plot([1, -2]); axes.set_title("\u9500\u552e\u989d \u30c7\u30fc\u30bf \u2212")
        figure.savefig(f"out/{{name}}.png" if name != "ours" else "out/ours.pdf"); plt.close(figure)
"""


def result(ran: Ran) -> Any:
    assert (ran.outcome.exit_code, ran.stderr) == (0, "")
    return json.loads(ran.files["result.json"])


async def test_a_script_may_be_common_js() -> None:
    assert result(await run_code("code.node", COMMON)) == [[1, 2], [3]]


async def test_a_script_may_be_a_module_and_finds_the_packages_that_the_tool_names() -> None:
    ran = await run_code("code.node", MODULE, files={"inputs.json": b'{"a": "\\u00e4"}'})
    assert result(ran) == [
        *("bold", [{"a": "1", "b": "2"}], "1,2\n", "2026-02-01", "<h1>x</h1>\n", {"a": [1]}, {"a": "ä"}),
    ]
    assert ran.files["a.xlsx"].startswith(b"PK")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("const a = 1\nnull.x", ["/work/main.js:2", "TypeError: Cannot read properties of null"]),
        ("import 'node:fs'\n\nthrow new Error('mine')", ["/work/main.js:3:7", "Error: mine"]),
        ("import 'node:fs'\nconst = 1", ["/work/main.js:2", "SyntaxError"]),
        ("await Promise.reject(new RangeError('late'))", ["/work/main.js:1", "RangeError: late"]),
        ("import 'left-pad'", ["Cannot find package 'left-pad'", "/work/main.js"]),
    ],
)
async def test_a_mistake_in_a_script_is_told_with_its_line(code: str, words: list[str]) -> None:
    ran = await run_code("code.node", code)
    assert ran.outcome.exit_code == 1
    assert [word for word in words if word not in ran.stderr] == []


async def test_a_script_that_fills_its_memory_is_told_so() -> None:
    ran = await run_code(
        "code.node",
        "try { const held = []; for (;;) held.push(Buffer.alloc(64 << 20, 1)) } catch (e) { console.log(String(e)) }",
    )
    assert (ran.outcome.stop, ran.stdout.partition(":")[0], "allocat" in ran.stdout) == (None, "RangeError", True)


async def test_labels_in_chinese_and_japanese_are_drawn_whatever_font_a_program_names() -> None:
    """A warning about a missing glyph or font would end the program."""
    ran = await run_code("code.python", LABELS.format(names=[OTHER_NAMES[0], OTHER_NAMES[-1], "Noto Sans SC"]))
    assert (ran.outcome.exit_code, ran.stderr) == (0, "")
    assert ran.files["ours.pdf"].startswith(b"%PDF")
    sizes = {struct.unpack(">II", content[16:24]) for name, content in ran.files.items() if name.endswith(".png")}
    assert sizes == {(640, 480)}


async def test_tables_go_from_frames_to_sheets_to_columns_and_back() -> None:
    code = """
import json, pandas, PIL.Image, pyarrow.parquet
frame = pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})
frame.to_excel("out/a.xlsx", index=False); frame.to_parquet("out/a.parquet")
PIL.Image.new("RGB", (2, 3)).save("out/a.png")
same = [pandas.read_excel("out/a.xlsx"), pandas.read_parquet("out/a.parquet")]
json.dump([bool((one == frame).all().all()) for one in same], open("out/result.json", "w"))
"""
    assert result(await run_code("code.python", code)) == [True, True]


async def test_a_program_that_fills_its_heap_is_told_so_in_v8_s_words() -> None:
    ran = await run_tool(
        "code.node", {"code": "const kept = []; while (true) kept.push(new Array(1000).fill(kept.length));"}
    )
    assert "JavaScript heap out of memory" in ran.stderr
    assert ran.outcome.exit_code is None


PREPARED = "globalThis[Symbol.for('undici.globalDispatcher.1')] !== undefined"
WAYS = {
    "fetch": "console.log(await (await fetch(URL_)).text())",
    "required": "require('http').get(URL_, answer => answer.pipe(process.stdout))",
    "imported": "import http from 'node:http'\nhttp.get(URL_, answer => answer.pipe(process.stdout))",
    "imported later": "(await import('node:http')).get(URL_, answer => answer.pipe(process.stdout))",
    "built in": "process.getBuiltinModule('node:http').get(URL_, answer => answer.pipe(process.stdout))",
    "in a worker": "const { Worker } = require('node:worker_threads')\n"
    "new Worker(`fetch(URL_).then(answer => answer.text()).then(console.log)`, { eval: true })",
    "in a process of its own": "const { spawnSync } = require('node:child_process')\n"
    "const code = `require('http').get(URL_, answer => answer.pipe(process.stdout))`\n"
    "console.log(String(spawnSync(process.execPath, ['-e', code]).stdout))",
}


@pytest.mark.parametrize(
    "way", [*(pytest.param(way, marks=pytest.mark.full) for way in WAYS if way != "fetch"), "fetch"]
)
async def test_each_way_of_a_node_program_to_http_leads_through_the_proxy(way: str) -> None:
    async with a_website({"/": "<p>reached</p>"}) as site:
        code = WAYS[way].replace("URL_", json.dumps(site.url("/")))
        ran = await run_tool("code.node", {"code": code}, private=site.places)
    assert (ran.stdout.strip(), ran.stderr) == ("<p>reached</p>", "")
    assert [(one.host, one.verdict) for one in ran.egress.records] == [(HOST, EgressVerdict.ALLOWED)]


async def test_a_node_program_that_asks_for_nothing_does_not_wait_for_what_leads_to_the_proxy() -> None:
    ran = await run_code("code.node", f"console.log({PREPARED}); fetch('x').catch(() => console.log({PREPARED}))")
    assert (ran.stdout, ran.stderr) == ("false\ntrue\n", "")
    # What a socket of the web is made of is loaded by looking at it, so that whoever names one is led there at once.
    ran = await run_code("code.node", f"console.log({PREPARED}, typeof WebSocket)")
    assert (ran.stdout, ran.stderr) == ("true function\n", "")
