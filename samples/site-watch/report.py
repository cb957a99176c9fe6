"""Puts the agent's words, the changes and the picture of the front page together as one page, report.html."""

import base64
import html
import json
from pathlib import Path

IN, OUT = Path("/work/in"), Path("/work/out")
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>What has changed on {site}</title>
<style>body {{ font-family: sans-serif; margin: 48px; max-width: 960px }} img {{ width: 100%; border: 1px solid #999 }}
td, th {{ border: 1px solid #999; padding: 4px 12px; text-align: left }} table {{ border-collapse: collapse }}</style>
<h1>What has changed on {site}</h1>
{words}
{changes}
<h2>The front page</h2>
<img alt="The front page, as it was seen" src="data:image/png;base64,{picture}">
</html>
"""


def read(name: str) -> bytes:
    if not (IN / name).exists():
        raise SystemExit(f"the agent has left no {name}; its turns say why")
    return (IN / name).read_bytes()


def table(changes: list[dict[str, str | None]]) -> str:
    if not changes:
        return ""
    columns = ("url", "what", "before", "after")
    rows = ["".join(f"<td>{html.escape(change[column] or '')}</td>" for column in columns) for change in changes]
    head = "".join(f"<th>{column}</th>" for column in columns)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


given = json.loads((IN / "inputs.json").read_text())
observed = json.loads(read("observed.json"))
words = "".join(f"<p>{html.escape(line)}</p>" for line in given["text"].splitlines() if line.strip())
picture = base64.b64encode(read("front.png")).decode()
(OUT / "report.html").write_text(
    PAGE.format(site=html.escape(given["site"]), words=words, changes=table(observed["changes"]), picture=picture)
)
(OUT / "result.json").write_text(json.dumps(given["text"]))
