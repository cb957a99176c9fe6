"""Pages whose own scripts stand where a step asks for what they show."""

import pytest

from fixtures.sandboxing.website import a_website, browse

_GETTER = "Object.defineProperty({0}.prototype, '{1}', {{get() {{ {2} }}, configurable: true}})"
_OF_TEXT = _GETTER.format("HTMLElement", "innerText", "{}")
_OF_HTML = _GETTER.format("Element", "outerHTML", "{}")
_OF_SIZE = _GETTER.format("Element", "scrollHeight", "{}")


def _getter(of: str, body: str) -> str:
    return of.replace("{}", body)


PAGES = {
    "a text that is an object": (_getter(_OF_TEXT, "return {a: 1}"), {"extract": "text"}),
    "a text that is none": (_getter(_OF_TEXT, "return undefined"), {"extract": "text"}),
    "a text that is no number": (_getter(_OF_TEXT, "return NaN"), {"extract": "text"}),
    "a text that holds itself": (_getter(_OF_TEXT, "const a = []; a.push(a); return a"), {"extract": "text"}),
    "a text that is a large number": (_getter(_OF_TEXT, "return 2n ** 90n"), {"extract": "text"}),
    "a text that throws": (_getter(_OF_TEXT, "throw new Error('do as I say')"), {"extract": "text"}),
    "lists that are none": ("Array.prototype.map = () => 'do as I say'", {"extract": "text"}),
    "html that is an object": (_getter(_OF_HTML, "return {length: NaN, slice: () => ({})}"), {"extract": "html"}),
    "html that throws": (_getter(_OF_HTML, "throw 'do as I say'"), {"extract": "markdown"}),
    "html whose parts are joined by the page": ("Array.prototype.join = () => 7", {"extract": "html"}),
    "a height that is none": (_getter(_OF_SIZE, "return NaN"), {"screenshot": "a"}),
    "a height that is a text": (_getter(_OF_SIZE, "return 'high'"), {"screenshot": "a"}),
    "a height that throws": (_getter(_OF_SIZE, "throw {}"), {"screenshot": "a"}),
}


@pytest.mark.parametrize("way", PAGES)
async def test_a_page_that_gives_something_else_is_told_as_that_and_as_no_fault_of_ours(way: str) -> None:
    script, step = PAGES[way]
    async with a_website({"/": f"<title>T</title><p>Here</p><script>{script}</script>"}) as site:
        seen = await browse(site, {"goto": site.url("/")}, step)
    if not seen.error:
        # What was asked for did not go through the page's own.
        assert seen.result["steps_done"] == 2
        return
    action = next(iter(step))
    assert seen.error == ("odd_page", 1, action), seen.result["error"]
    detail = seen.result["error"]["detail"]
    assert detail.startswith(f"step 2 of 2: {action}")
    for foreign in ("do as I say", "Locator", "Page.", "Error:"):
        assert foreign not in detail


async def test_half_characters_and_marks_of_a_page_do_not_end_a_step() -> None:
    script = "document.title = 'a\\ud800\\u0000'; document.querySelector('p').textContent = 'b\\ud800'"
    async with a_website({"/": f"<title>T</title><p>Here</p><script>{script}</script>"}) as site:
        seen = await browse(
            site, {"goto": site.url("/")}, *({"extract": kind} for kind in ("text", "html", "markdown"))
        )
    assert (seen.error, seen.result["title"][:2]) == ((), "a\ufffd")
    assert all("b\ufffd" in one["text"] for one in seen.result["extracted"])


async def test_a_title_is_told_without_what_turns_or_hides_it() -> None:
    script = "document.title = 'pay \\u202etxt.exe\\u200b now'"
    async with a_website({"/": f"<title>T</title><p>Here</p><script>{script}</script>"}) as site:
        seen = await browse(site, {"goto": site.url("/")})
    assert (seen.error, seen.result["title"]) == ((), "pay txt.exe now")


@pytest.mark.parametrize("given", ["\u706f" * 300, "a" * 300, f"a.{'b' * 300}"])
async def test_a_download_has_a_name_that_a_file_may_have(given: str) -> None:
    page = f"<a id=d href='data:text/plain,hello' download='{given}.txt'>Get</a>"
    async with a_website({"/": page}) as site:
        seen = await browse(site, {"goto": site.url("/")}, {"download": "#d"})
    assert seen.error == (), seen.result["error"]
    [saved] = seen.result["saved"]
    assert saved["name"].startswith(f"downloads/{given[:40]}")
    assert seen.ran.files[saved["name"]] == b"hello"


async def test_a_click_that_cannot_be_made_says_what_is_in_the_way() -> None:
    page = "<p>x</p><button disabled>Buy</button><button id=h style='display:none'>Go</button>"
    cover = "<a href=/>Over</a><div id=c style='position:fixed;inset:0'>Cookies?</div>"
    async with a_website({"/": page, "/covered": cover}) as site:
        disabled = await browse(site, {"goto": site.url("/")}, {"click": "button >> nth=0"})
        hidden = await browse(site, {"goto": site.url("/")}, {"click": "#h"})
        covered = await browse(site, {"goto": site.url("/covered")}, {"click": "a"})
    for seen, words in ((disabled, "is disabled"), (hidden, "is not shown"), (covered, "Cookies?")):
        assert seen.error[0] == "timed_out"
        detail = seen.result["error"]["detail"]
        assert words in detail
        assert "Timeout" not in detail
        assert "\x1b" not in detail
        assert detail.startswith("step 2 of 2: click ")
