"""Hosts that have a browser or the tool `http` ask another host, which a secret of the tenant's opens."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fixtures.machine.free_port import free_port
from fixtures.sandboxing.egress import a_certificate
from fixtures.sandboxing.sandboxes import run_tool
from fixtures.sandboxing.website import HOST, NEIGHBOUR, a_website, browse
from tool_runtime.egress.injecting import Injecting
from tool_runtime.protocol import Injection

SECRET = Injection(name="a-key", host=HOST, header="cookie", text="session=the-very-secret")
OTHER = Injection(name="another-key", host=NEIGHBOUR, header="x-key", text="other")
HAS_ASKED = """<title>Hostile</title><p id=state>asking</p><script>
const options = {method: 'POST', mode: 'no-cors', body: 'all=1'};
const frame = document.createElement('iframe');
const framed = new Promise(done => { frame.onload = done });
Promise.allSettled([
  fetch('AT/login', options), fetch('AT/orders'), fetch('AT/orders', {mode: 'no-cors', referrerPolicy: 'no-referrer'}),
  framed,
]).then(() => { document.getElementById('state').textContent = 'asked' });
document.body.append(frame);
frame.src = 'AT/orders';
</script>"""


@pytest.mark.parametrize("by_tls", [True, False])
async def test_a_page_of_another_host_has_no_secret_sent(tmp_path: Path, by_tls: bool) -> None:
    serving, authorities = None, None
    if by_tls:
        serving, _ = a_certificate(tmp_path, HOST, NEIGHBOUR)
        pem = (tmp_path / "server.pem").read_text()
        authorities = tmp_path / "authorities.pem"
        authorities.write_text(pem[pem.index("-----BEGIN CERTIFICATE") :])
    async with a_website(tls=serving) as site:
        site.pages["/hostile"] = HAS_ASKED.replace("AT", site.url("").rstrip("/"))
        seen = await browse(
            site,
            {"goto": site.url("/hostile", host=NEIGHBOUR)},
            {"wait_for": "text=/^asked$/"},
            {"goto": site.url("/orders")},
            {"extract": "text", "selector": "h1"},
            injecting=Injecting([SECRET, OTHER], authorities=authorities, of_pages=True),
        )
    assert seen.error == ()
    assert [one["text"] for one in seen.result["extracted"]] == ["Orders of the-very-secret"]
    asked = [record for record in seen.ran.egress.records if record.host == HOST]
    opened = [record for record in asked if record.secrets]
    assert len(asked) > 4
    assert [record.method for record in opened] == ["GET"], "the step alone, and nothing of the page's"


async def test_a_redirect_to_another_host_takes_no_secret_of_that_host_along() -> None:
    port, asked = free_port(), list[str]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head)
        to = f"HTTP/1.1 302 Found\r\nLocation: http://{HOST}:{port}/delete\r\nContent-Length: 0\r\n\r\n"
        writer.write((to if "/begin" in head else "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").encode())
        writer.close()

    places = tuple(f"{host}:{port}=127.0.0.1" for host in (HOST, NEIGHBOUR))
    async with await asyncio.start_server(serve, "127.0.0.1", port):

        async def result(host: str, path: str) -> dict[str, Any]:
            told = {"method": "GET", "url": f"http://{host}:{port}{path}"}
            ran = await run_tool("http", told, private=places, injecting=Injecting([SECRET]))
            found: dict[str, Any] = json.loads(ran.files["result.json"])
            return found

        assert (await result(NEIGHBOUR, "/begin"))["text"] == "hi"
        assert (await result(HOST, "/"))["text"] == "hi"
    assert ["very-secret" in head for head in asked] == [False, False, True]
    assert "without-secrets" not in "".join(asked).lower()
