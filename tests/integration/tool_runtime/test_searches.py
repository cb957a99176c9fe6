"""`search` in a real sandbox: staged documents, and the web by servers that speak their vendors' wires."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from fixtures.sandboxing.launchers import Launcher, a_job, launcher_process
from fixtures.sandboxing.presigned import PresignedStore
from fixtures.sandboxing.search_providers import HOST, SearchServer, a_search_server
from foundation.contracts.tool_job import JobInput, JobStatus, ToolResult

KEY = "k3y-of-the-operator-that-no-job-may-see"


async def searched(launcher: Launcher, query: str = "emperor penguins", **arguments: Any) -> ToolResult:
    job = {name: arguments.pop(name) for name in ("inputs", "network") if name in arguments}
    return await launcher.run(
        a_job(tool="search", arguments={"query": query, "timeout_seconds": 20, **arguments}, **job)
    )


def staged(store: PresignedStore, files: dict[str, bytes]) -> list[JobInput]:
    return [store.input(name, content) for name, content in files.items()]


async def test_documents_are_ranked_and_told_with_their_place(launcher: Launcher, store: PresignedStore) -> None:
    files = {
        "notes/birds.md": b"# Birds\n\nMany of them fly.\n\n## Emperor penguins\n\nThe largest penguin lives on ice.\n",
        "page.html": b"<html><head><title>Zoo</title><script>var penguin = 1</script></head><body>"
        b"<p>Open daily.</p>\n<p>A penguin swims at &lt;noon&gt;.</p></body></html>",
        "zh.txt": "北极熊住在北极。\n帝企鹅住在南极的冰上。\n".encode(),
        "figures.pdf": b"%PDF-1.7\nnothing",
        "latin.txt": b"caf\xe9",
        "unrelated.csv": b"a,b\n1,2\n",
    }
    result = await searched(launcher, inputs=staged(store, files))
    assert (result.status, result.stderr) == (JobStatus.SUCCEEDED, "")
    told = result.result
    assert [(hit["path"], hit["title"], hit["line"]) for hit in told["results"]] == [
        ("in/notes/birds.md", "Emperor penguins", 5),
        ("in/page.html", "Zoo", 1),
    ]
    assert told["results"][0]["score"] > told["results"][1]["score"] > 0
    assert told["results"][1]["snippet"] == "Open daily. … A **penguin** swims at <noon>."
    assert (told["source"], told["documents"], told["truncated"]) == ("documents", 4, False)
    assert {one["place"]: one["reason"].partition(";")[0] for one in told["skipped"]} == {
        "in/figures.pdf": "it is no text",
        "in/latin.txt": "it is not written in UTF-8",
    }
    chinese = await searched(launcher, "帝企鹅", inputs=staged(store, files))
    [hit] = chinese.result["results"]
    assert (hit["path"], hit["snippet"]) == ("in/zh.txt", "北极熊住在北极。**帝企鹅**住在南极的冰上。")


async def test_a_hit_among_few_documents_has_a_score_and_shows_no_marks(
    launcher: Launcher, store: PresignedStore
) -> None:
    hidden = "Pen\u202eguins\x1b[31m \u200band\u2066 ice\x07".encode()
    files = {f"{n}.md": b"# " + hidden + b"\n\n" + hidden + b" here.\n\nAnd there.\n" for n in range(3)}
    for some in (1, 2, 3):
        result = await searched(launcher, "penguins", inputs=staged(store, dict(list(files.items())[:some])))
        hits = result.result["results"]
        assert len(hits) == some
        for hit in hits:
            assert hit["score"] > 0.01
            assert (hit["title"], hit["snippet"]) == (
                "Penguins and ice",
                "# **Penguins** and ice … **Penguins** and ice here. … And there.",
            )


@pytest.mark.parametrize("query", ['") OR text:*', "NEAR(a b) AND -", "title:x ^y", "'; DROP TABLE passages; --", '"x'])
async def test_a_query_is_words_and_never_a_language(launcher: Launcher, store: PresignedStore, query: str) -> None:
    result = await searched(launcher, query, inputs=staged(store, {"a.txt": b"nothing of the kind"}))
    assert (result.status, result.result["documents"]) == (JobStatus.SUCCEEDED, 1), result


async def test_what_cannot_be_searched_is_said(launcher: Launcher, store: PresignedStore) -> None:
    one = staged(store, {"a.txt": b"words"})
    asked = {
        "no_provider": await searched(launcher, source="web"),
        "no_documents": await searched(launcher, source="documents"),
        "not_found": await searched(launcher, path="elsewhere", inputs=one),
    }
    for code, result in asked.items():
        assert (result.status, result.result["error"]["code"]) == (JobStatus.FAILED, code)
    nothing = await searched(launcher)
    assert nothing.result["error"] == asked["no_provider"].result["error"]
    elsewhere = await searched(launcher, glob="*.md", inputs=one)
    assert elsewhere.result["error"]["code"] == "no_documents"
    assert "provider" not in elsewhere.result["error"]["detail"]
    assert "fits the glob" in elsewhere.result["error"]["detail"]


@pytest.fixture(scope="module", params=["brave", "tavily", "searxng"])
async def web(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, key: OKPKey
) -> AsyncIterator[tuple[Launcher, SearchServer]]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(a_search_server(request.param, key=KEY))
        secret: Path = tmp_path_factory.mktemp("search") / "key"
        secret.write_text(KEY + "\n")
        launcher = launcher_process(
            secret.parent,
            key,
            LOCKSTEP_LAUNCHER_EGRESS_PRIVATE=json.dumps([server.place]),
            LOCKSTEP_LAUNCHER_SEARCH_PROVIDER=server.provider,
            LOCKSTEP_LAUNCHER_SEARCH_URL=server.url,
            LOCKSTEP_LAUNCHER_SEARCH_KEY_FILE=str(secret),
        )
        yield await stack.enter_async_context(launcher), server


async def test_the_web_is_asked_with_a_key_that_the_job_does_not_have(web: tuple[Launcher, SearchServer]) -> None:
    launcher, server = web
    server.asked.clear()
    result = await searched(launcher, "emperor penguins", limit=3)
    assert (result.status, result.stderr) == (JobStatus.SUCCEEDED, ""), result
    told = result.result
    assert (told["source"], told["provider"]) == ("web", server.provider)
    [hit] = told["results"]
    assert (hit["title"], hit["url"]) == ("Penguins & ice", "https://penguins.example/ice")
    assert hit["snippet"] == "About emperor penguins"
    assert told["skipped_in_all"] == (1 if server.provider == "brave" else 0)
    [record] = result.egress.records
    assert (record.host, record.secrets) == (HOST, ("search",))
    for text in (result.model_dump_json(), launcher.log.read_text()):
        assert KEY not in text


async def test_a_key_that_a_provider_repeats_comes_to_nobody(web: tuple[Launcher, SearchServer]) -> None:
    launcher, server = web
    server.repeats_key = True
    try:
        result = await searched(launcher, "emperor penguins", limit=3)
    finally:
        server.repeats_key = False
    [hit] = result.result["results"]
    assert hit["snippet"] == "About emperor penguins [the operator's key]"
    assert KEY not in result.model_dump_json()


async def test_only_the_provider_is_reached_and_only_where_the_tenant_allows_it(
    web: tuple[Launcher, SearchServer], store: PresignedStore
) -> None:
    launcher, server = web
    server.asked.clear()
    closed = await searched(launcher, network={"hosts": ["other.example"], "ceiling": ["other.example"]})
    assert closed.result["error"]["code"] == "egress_denied"
    assert [record.reason for record in closed.egress.records] == ["above_ceiling"] * len(closed.egress.records)
    documents = await searched(launcher, inputs=staged(store, {"a.txt": b"emperor penguins"}))
    assert (documents.result["source"], documents.egress.records) == ("documents", ())
    assert server.asked == []


async def test_a_provider_that_fails_is_told_in_our_words(web: tuple[Launcher, SearchServer]) -> None:
    launcher, server = web
    server.failures[:] = [503]
    assert (await searched(launcher)).status is JobStatus.SUCCEEDED
    for status, code in ((401, "provider_refused"), (432, "provider_busy"), (418, "provider_failed")):
        server.failures[:] = [status]
        result = await searched(launcher)
        assert (result.status, result.result["error"]["code"]) == (JobStatus.FAILED, code)
        assert KEY not in result.model_dump_json()
