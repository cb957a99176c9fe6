"""`browser` in a real sandbox, on real Chromium, against a small site."""

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from fixtures.sandboxing.egress import a_certificate
from fixtures.sandboxing.sandboxes import a_workspace, run_tool
from fixtures.sandboxing.website import CSV, HOST, NEIGHBOUR, a_website, browse
from foundation.contracts.egress.records import EgressReason, EgressVerdict
from foundation.contracts.tool_job import JobReason
from tool_runtime.egress.injecting import Injecting
from tool_runtime.protocol import Injection

ARTICLE = "<p>" + "A long report on lamps, which nobody will read to its end. " * 40 + "</p>"


async def test_a_person_s_way_through_a_site_is_a_list_of_steps() -> None:
    async with a_website() as site:
        done = await browse(
            site,
            {"goto": site.url("/orders")},
            {"type": {"selector": "[name=user]", "text": "Ada"}},
            {"type": {"selector": "[name=password]", "text": "open sesame", "enter": True}},
            {"extract": "markdown"},
            {"select": {"selector": "[name=year]", "value": "2026"}},
            {"extract": "text", "selector": "#year"},
            {"download": "text=As a file"},
            {"screenshot": "shots/orders"},
            {"pdf": "orders.pdf"},
        )
        asked = list(site.asked)
    result, files = done.result, done.ran.files
    assert (done.error, done.ran.outcome.exit_code, done.ran.stderr) == ((), 0, "")
    assert (result["url"], result["title"], result["status"]) == (site.url("/orders"), "Orders of Ada", 200)
    table, year = result["extracted"]
    assert "| Item | Price |\n| --- | --- |\n| Lamp | 40 |\n| 灯 | 55 |" in table["text"]
    assert (table["step"], table["of"], table["truncated"]) == (3, "page", False)
    assert (year["step"], year["of"], year["text"]) == (5, "selection", "Year 2026")
    assert [saved["name"] for saved in result["saved"]] == ["downloads/orders 灯.csv", "shots/orders.png", "orders.pdf"]
    assert files["downloads/orders 灯.csv"] == CSV
    assert asked[:4] == [f"GET {HOST}/orders", f"GET {HOST}/login", f"POST {HOST}/login", f"GET {HOST}/orders"]
    with Image.open(io.BytesIO(files["shots/orders.png"])) as shot:
        assert shot.size[0] == 1280
        # The margin has the colour of the page's style, the middle that of its text's ground.
        assert (shot.convert("RGB").getpixel((50, 50)), shot.convert("RGB").getpixel((640, 110))) == (
            (0, 128, 0),
            (255, 255, 255),
        )
    [page] = PdfReader(io.BytesIO(files["orders.pdf"])).pages
    assert "Orders of Ada" in page.extract_text()
    assert {record.host for record in done.ran.egress.records} == {HOST}


async def test_a_step_that_fails_is_told_with_all_that_there_was_before_it() -> None:
    async with a_website() as site:
        failed = await browse(
            site,
            {"goto": site.url("/login")},
            {"extract": "text", "selector": "h1"},
            {"click": "input"},
            {"screenshot": "never"},
        )
    assert failed.error == ("ambiguous", 2, "click")
    assert 'name="password"' in failed.result["error"]["detail"]
    assert (failed.result["steps_done"], failed.result["title"]) == (2, "Log in")
    assert [one["text"] for one in failed.result["extracted"]] == ["Log in"]
    assert (failed.ran.outcome.exit_code, set(failed.ran.files)) == (1, {"result.json"})


async def test_each_step_is_told_as_it_begins_and_never_what_is_typed() -> None:
    async with a_website() as site:
        seen = await browse(
            site,
            {"goto": site.url("/login")},
            {"type": {"selector": "[name=password]", "text": "open sesame"}},
            {"extract": "text", "selector": "h1"},
            {"click": "#nowhere"},
            {"screenshot": "never"},
        )
    assert seen.ran.stdout.splitlines() == [
        f"step 1 of 5: goto {site.url('/login')}",
        "step 2 of 5: type [name=password]",
        "step 3 of 5: extract text",
        "step 4 of 5: click #nowhere",
    ]


async def test_a_page_s_own_requests_go_through_the_proxy_and_what_it_did_not_get_is_told() -> None:
    async with a_website() as site:
        site.pages |= {
            "/": f"""<title>Home</title><script src="{site.url("/own.js", host=NEIGHBOUR)}"></script>
                <img src="https://pictures.example/a.png"><script src="http://scripts.example/b.js"></script>""",
            "/own.js": "document.title = 'From the neighbour'",
        }
        seen = await browse(site, {"goto": site.url("/")}, {"goto": "https://elsewhere.example/x"})
    assert seen.error == ("egress_denied", 1, "goto")
    assert (seen.result["url"], seen.result["title"]) == (site.url("/"), "From the neighbour")
    assert {one["url"]: one["reason"] for one in seen.result["unreached"]} == {
        "https://pictures.example/a.png": "ERR_TUNNEL_CONNECTION_FAILED",
        "http://scripts.example/b.js": "ERR_BLOCKED_BY_ORB; a refusal of the proxy reads so as well",
        "https://elsewhere.example/x": "ERR_TUNNEL_CONNECTION_FAILED",
    }
    refused = {(record.host, record.reason) for record in seen.ran.egress.records if record.reason}
    assert refused == {
        (host, EgressReason.HOST_NOT_ALLOWED) for host in ("pictures.example", "scripts.example", "elsewhere.example")
    }


async def test_a_page_that_speaks_in_the_proxys_name_is_a_page() -> None:
    async with a_website({"/": "<title>Home</title><p>Here</p><script src='/own.js'></script>"}) as site:
        site.pages["/own.js"] = "document.title = 'There'"
        site.headers = {"X-Egress-Reason": "host_not_allowed", "X-Egress-Proof": "0" * 64}
        seen = await browse(site, {"goto": site.url("/")}, {"extract": "text"})
    assert (seen.error, seen.result["status"], seen.result["title"]) == ((), 200, "There")
    assert not seen.result.get("unreached")


async def test_a_refusal_of_the_proxy_is_told_as_one() -> None:
    async with a_website() as site:
        seen = await browse(site, {"goto": "http://elsewhere.example/"})
    assert seen.error == ("egress_denied", 0, "goto")
    assert "host_not_allowed" in seen.result["error"]["detail"]


async def test_the_proxy_s_authority_is_trusted_for_the_host_of_a_secret_and_the_page_never_has_it(
    tmp_path: Path,
) -> None:
    serving, _ = a_certificate(tmp_path, HOST, NEIGHBOUR)
    pem = (tmp_path / "server.pem").read_text()
    authorities = tmp_path / "authorities.pem"
    authorities.write_text(pem[pem.index("-----BEGIN CERTIFICATE") :])
    secret = Injection(name="a-key", host=HOST, header="cookie", text="session=the-very-secret")
    async with a_website(tls=serving) as site:
        seen = await browse(
            site,
            {"goto": site.url("/orders")},
            {"extract": "text", "selector": "h1"},
            {"goto": site.url("/orders", host=NEIGHBOUR)},
            injecting=Injecting([secret], authorities=authorities, of_pages=True),
        )
    assert [one["text"] for one in seen.result["extracted"]] == ["Orders of the-very-secret"]
    # Where the proxy does not end TLS, the server's own certificate counts, which nobody known has signed.
    assert seen.error == ("certificate", 2, "goto")
    assert seen.ran.egress.records[0].secrets == ("a-key",)


@pytest.mark.full
async def test_the_article_of_a_page_stands_for_it_only_where_it_is_most_of_it() -> None:
    around = "<nav><a href='/a'>Other things</a></nav><footer>Imprint</footer>"
    async with a_website(
        {
            "/long": f"<title>L</title>{around}<article><h1>Lamps</h1>{ARTICLE}</article>",
            "/table": f"<title>T</title><article>{ARTICLE}</article>"
            "<table><tr><td>a number<td>7<tr><td>a | b<td><code>c|d</code></table>",
        }
    ) as site:
        seen = await browse(
            site,
            *({"goto": site.url("/long")}, {"extract": "markdown"}),
            *({"extract": "markdown", "selector": "body"}, {"goto": site.url("/table")}, {"extract": "markdown"}),
        )
    article, body, table = seen.result["extracted"]
    assert [one["of"] for one in (article, body, table)] == ["article", "selection", "page"]
    assert "Imprint" not in article["text"]
    assert "Imprint" in body["text"]
    assert "| a number | 7 |" in table["text"]
    assert r"| a \| b | `c\|d` |" in table["text"], "what would end a cell stands in it as text"


@pytest.mark.full
async def test_a_long_text_is_told_in_part_and_is_whole_in_a_file() -> None:
    words = "灯" * 60_000
    async with a_website({"/": f"<title>Long</title><p>{words}</p>"}) as site:
        seen = await browse(site, {"goto": site.url("/")}, *({"extract": "text"},) * 4)
    first, *_, last = seen.result["extracted"]
    assert (first["truncated"], first["file"]) == (True, "extracted/1.txt")
    assert words.startswith(first["text"])
    assert (last["truncated"], seen.ran.files["extracted/4.txt"].decode()) == (True, words)
    assert len(seen.ran.files["result.json"]) < 256 * 1024


@pytest.mark.full
async def test_an_address_of_a_file_saves_it_and_two_of_one_name_stay_apart() -> None:
    async with a_website() as site:
        seen = await browse(site, *({"goto": site.url("/orders.csv")},) * 2)
    assert seen.error == ()
    assert [one["name"] for one in seen.result["saved"]] == ["downloads/orders 灯.csv", "downloads/orders 灯 (2).csv"]
    assert seen.ran.files["downloads/orders 灯 (2).csv"] == CSV


@pytest.mark.full
@pytest.mark.parametrize(
    ("path", "steps", "expected"),
    [
        ("/login", [{"click": "#nowhere"}], ("not_found", 1, "click")),
        ("/login", [{"click": "div["}], ("bad_selector", 1, "click")),
        ("/login", [{"extract": "html", "selector": "foo=bar"}], ("bad_selector", 1, "extract")),
        ("/login", [{"download": "button"}], ("no_download", 1, "download")),
        ("/login", [{"select": {"selector": "button", "value": "x"}}], ("not_possible", 1, "select")),
        ("/round", [], ("too_many_redirects", 0, "goto")),
        ("/endless.bin", [], ("too_large", 0, "goto")),
        ("/endless.bin?slow", [], ("timed_out", 0, "goto")),
    ],
)
async def test_each_failure_has_its_code(
    path: str, steps: list[dict[str, object]], expected: tuple[object, ...]
) -> None:
    async with a_website() as site:
        failed = await browse(site, {"goto": site.url(path)}, *steps, seconds=20)
    assert failed.error == expected, failed.result["error"]


@pytest.mark.full
async def test_what_the_job_is_ended_for_leaves_the_step_and_what_there_was() -> None:
    fill = "<title>Full</title><p>here</p><script>setTimeout(() => { const all = []; for (;;) "
    async with a_website({"/": fill + "all.push(new Uint8Array(5e7).fill(1)) }, 500)</script>"}) as site:
        seen = await browse(site, {"goto": site.url("/")}, {"extract": "text"}, {"wait_for": "#never"})
    assert seen.ran.outcome.stop is not None
    assert seen.ran.outcome.stop.reason is JobReason.MEMORY
    assert seen.error == ("interrupted", 2, "wait_for")
    assert seen.result["extracted"][0]["text"] == "here"


@pytest.mark.full
async def test_dialogs_and_windows_are_closed_and_told() -> None:
    async with a_website(
        {
            "/": """<title>Loud</title><p>calm</p><a href="/two" target="_blank">more</a>
                <script>alert('one'); confirm('two'); prompt('three'); onbeforeunload = e => e.preventDefault()</script>
                <input>""",
            "/two": "<title>Two</title>two",
        }
    ) as site:
        seen = await browse(
            site,
            {"goto": site.url("/")},
            {"click": "a"},
            {"type": {"selector": "input", "text": "x"}},
            {"goto": site.url("/two")},
            {"extract": "text"},
        )
    assert seen.error == ()
    assert [one["type"] for one in seen.result["dialogs"]] == ["alert", "confirm", "prompt", "beforeunload"]
    assert seen.result["popups"] == [site.url("/two")]
    assert seen.result["extracted"][0]["text"] == "two"
    allowed = [record for record in seen.ran.egress.records if record.verdict is EgressVerdict.ALLOWED]
    assert allowed


@pytest.mark.full
async def test_a_page_of_many_pictures_from_many_hosts_is_had_whole() -> None:
    async with a_website() as site:
        site.hosts = (HOST, *(f"h{number}.inside.example" for number in range(20)))
        places = [(f"/picture{number}", site.hosts[number % len(site.hosts)]) for number in range(300)]
        pictures = "".join(f"<img src='{site.url(path, host=host)}'>" for path, host in places)
        site.pages |= {"/": f"<title>Many</title>{pictures}", **{path: "none" for path, _ in places}}
        seen = await browse(site, {"goto": site.url("/")})
    assert seen.error == ()
    assert {record.verdict for record in seen.ran.egress.records} == {EgressVerdict.ALLOWED}
    assert len(seen.ran.egress.records) == len(places) + 1


async def test_a_session_goes_on_where_it_stood_and_lies_in_the_workspace_alone() -> None:
    log_in = (
        {"type": {"selector": "[name=user]", "text": "Ada"}},
        {"type": {"selector": "[name=password]", "text": "open sesame", "enter": True}},
    )
    async with a_website() as site:
        first = a_workspace()
        began = await browse(site, {"goto": site.url("/login")}, *log_in, session="shop", workspace=first)
        later = a_workspace(first.kept)
        seen = await browse(site, {"extract": "text", "selector": "h1"}, session="shop", workspace=later)
    assert (began.error, began.result["session"]) == (
        (),
        {"name": "shop", "resumed": False, "kept": True, "detail": None},
    )
    assert (seen.error, seen.result["url"]) == ((), site.url("/orders"))
    assert seen.result["extracted"][0]["text"] == "Orders of Ada"
    assert seen.result["session"] == {"name": "shop", "resumed": True, "kept": True, "detail": None}
    assert set(seen.ran.files) == {"result.json"}


@pytest.mark.full
async def test_a_session_that_cannot_be_had_is_refused_in_words() -> None:
    broken = a_workspace()
    write = {"action": "write", "path": ".browser/shop.json", "text": '{"url": 1}'}
    await run_tool("files", write, workspace=broken)
    async with a_website({"/": "<title>Home</title>"}) as site:
        without = await browse(site, {"goto": site.url("/")}, session="shop")
        none_yet = await browse(site, {"click": "a"}, session="shop", workspace=a_workspace())
        no_session = await browse(site, {"click": "a"}, session="shop", workspace=a_workspace(broken.kept))
    assert without.error == ("no_workspace", None, None)
    assert none_yet.error == ("no_session", None, "resume")
    assert no_session.error == ("bad_session", None, None)


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ("os.symlink('/work/out', '.browser')", False),
        ("os.symlink('/work', '.browser')", False),
        ("os.mkdir('.browser'); os.symlink('/work/out/x', '.browser/shop.new')", True),
        ("os.mkdir('.browser'); os.symlink('/work/out/x', '.browser/shop.json')", True),
    ],
)
async def test_a_session_is_told_to_be_kept_where_the_next_call_has_it(made: str, kept: bool) -> None:
    before = a_workspace()
    await run_tool("code.python", {"code": f"import os; {made}"}, workspace=before)
    async with a_website({"/": "<title>Home</title>"}) as site:
        first = a_workspace(before.kept)
        told = (await browse(site, {"goto": site.url("/")}, session="shop", workspace=first)).result["session"]
        assert (told["kept"], "is a link" in (told["detail"] or "")) == (kept, not kept)
        again = await browse(site, {"goto": site.url("/")}, session="shop", workspace=a_workspace(first.kept))
    assert again.result["session"]["resumed"] is kept


@pytest.mark.full
async def test_a_session_s_file_that_is_none_ends_in_words_and_not_in_a_traceback() -> None:
    deep, folder = a_workspace(), a_workspace()
    nested = {"action": "write", "path": ".browser/shop.json", "text": "[" * 200_000}
    await run_tool("files", nested, workspace=deep)
    await run_tool("files", {"action": "write", "path": ".browser/shop.json/a", "text": "x"}, workspace=folder)
    async with a_website({"/": "<title>Home</title>"}) as site:
        unreadable = await browse(site, {"goto": site.url("/")}, session="shop", workspace=a_workspace(deep.kept))
        unwritten = await browse(site, {"goto": site.url("/")}, session="shop", workspace=a_workspace(folder.kept))
    assert unreadable.error == ("bad_session", None, None)
    assert unwritten.error == ()
    told = unwritten.result["session"]
    assert (told["kept"], "cannot be written" in told["detail"]) == (False, True)
