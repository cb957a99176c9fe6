"""A Responses request is measured by its bytes, and refused by the place of what cannot be priced."""

import json
from typing import Any

import pytest

from foundation.domain.errors import BadRequest
from llm_gateway.exchange.request import CacheWrites, ModelRequest
from llm_gateway.wires.overheads import MESSAGE_OVERHEAD, REQUEST_OVERHEAD, TOOL_OVERHEAD
from llm_gateway.wires.responses.request import read_responses_request

FUNCTION = {"type": "function", "name": "now"}
SEARCH = {"type": "web_search"}


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def read(given: Any = "hello", **more: Any) -> ModelRequest:
    return read_responses_request(compact({"model": "m", "input": given, **more}))


def faults_of(given: Any = "hello", **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(BadRequest) as refused:
        read(given, **more)
    return [(fault.pointer, fault.detail) for fault in refused.value.faults]


def places_of(given: Any = "hello", **more: Any) -> list[str]:
    return [place for place, _ in faults_of(given, **more)]


@pytest.mark.parametrize("given", [{}, 5, True])
def test_an_input_is_a_text_or_a_list(given: Any) -> None:
    assert faults_of(given) == [("/input", "a text or a list of items")]


@pytest.mark.parametrize("given", [None, [], ""])
def test_an_input_says_something(given: Any) -> None:
    assert faults_of(given) == [("/input", "at least one item")]


@pytest.mark.parametrize("limit", [0, -1])
def test_an_answer_has_at_least_one_token(limit: int) -> None:
    assert faults_of(max_output_tokens=limit) == [("/max_output_tokens", "at least 1")]
    assert read(max_output_tokens=1).max_output == 1


def test_only_the_default_tier_is_priced() -> None:
    assert places_of(service_tier="flex") == ["/service_tier"]
    for tier in ("auto", "default", None):
        assert read(service_tier=tier).text_tokens > 0


def test_a_field_that_costs_is_refused_unless_it_asks_for_nothing() -> None:
    assert places_of(background=True, prompt={"id": "p"}) == ["/prompt", "/background"]
    assert read(background=False, prompt=None, context_management=[]).unlisted == ()


def test_fields_that_nobody_knows_are_listed() -> None:
    assert read(surprise=1, nothing=None).unlisted == ("surprise",)


def test_a_text_counts_by_its_bytes_and_fields_that_are_no_prompt_do_not() -> None:
    least = REQUEST_OVERHEAD + MESSAGE_OVERHEAD + len(b'"hello"')
    assert read().text_tokens == least
    assert read(user="somebody", metadata={"a": "b"}).text_tokens == least
    assert read(instructions="Be kind.").text_tokens == least + len(b'"Be kind."')


def test_each_item_has_its_overhead() -> None:
    items = [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]
    assert read(items).text_tokens == REQUEST_OVERHEAD + 2 * MESSAGE_OVERHEAD + len(compact(items))


def test_the_callers_tools_count_with_an_overhead_each_also_within_a_namespace() -> None:
    namespace = {"type": "namespace", "name": "n", "tools": [FUNCTION, FUNCTION]}
    for tools, many in (([FUNCTION], 1), ([FUNCTION, namespace], 4)):
        assert read(tools=tools).text_tokens == read().text_tokens + len(compact(tools)) + many * TOOL_OVERHEAD


def test_a_tool_that_the_provider_would_run_is_set_aside_with_its_type() -> None:
    request = read(tools=[FUNCTION, SEARCH])
    assert [bytes(tool) for tool in request.own_tools] == [compact(FUNCTION)]
    assert [(tool.type, bytes(tool.written)) for tool in request.provider_tools] == [("web_search", compact(SEARCH))]
    assert read(tools=[FUNCTION]).own_tools == ()


@pytest.mark.parametrize(
    ("tool", "is_own"),
    [
        ({"type": "tool_search", "execution": "client"}, True),
        ({"type": "tool_search", "execution": "server"}, False),
        ({"type": "tool_search"}, False),
        ({"type": "shell", "environment": {"type": "local"}}, True),
        ({"type": "shell", "environment": {"type": "container_auto"}}, False),
        ({"type": "shell"}, False),
    ],
)
def test_who_runs_a_tool_of_two_kinds_is_what_it_says(tool: dict[str, Any], *, is_own: bool) -> None:
    assert (read(tools=[tool]).provider_tools == ()) is is_own


def test_a_tool_of_a_type_that_nobody_knows_is_refused_by_its_place() -> None:
    assert places_of(tools=[FUNCTION, {"type": "oracle"}]) == ["/tools/1/type"]
    inner = {"type": "namespace", "name": "n", "tools": [FUNCTION, SEARCH]}
    assert places_of(tools=[FUNCTION, inner]) == ["/tools/1/tools/1/type"]


def test_what_is_kept_for_hours_or_written_in_escapes_counts_as_the_dearest_write() -> None:
    assert read().cache_writes is CacheWrites.FIVE_MINUTES
    assert read(prompt_cache_retention="12h").cache_writes is CacheWrites.HOUR
    assert read_responses_request(b'{"model":"m","input":"\\u0041"}').cache_writes is CacheWrites.HOUR


def test_a_stream_is_one_when_it_says_so() -> None:
    assert (read(stream=True).streamed, read(stream=False).streamed, read().streamed) == (True, False, False)
    assert (read().choices, read().wants_usage) == (1, True)


def test_an_item_without_a_type_and_a_role_is_a_name_of_one_that_stands_elsewhere() -> None:
    [reference] = read([{"role": "user", "content": "a"}, {"id": "rs_1"}]).references
    assert (reference.place, reference.id, reference.stands_here, reference.is_whole) == (
        "/input/1",
        "rs_1",
        False,
        False,
    )


def test_thoughts_that_stand_elsewhere_are_a_reference_though_their_item_is_there() -> None:
    [reference] = read([{"type": "reasoning", "id": "rs_1", "summary": []}]).references
    assert (reference.id, reference.stands_here, reference.is_whole) == ("rs_1", True, False)


def test_thoughts_that_stand_here_are_whole_and_need_no_name() -> None:
    [reference] = read([{"type": "reasoning", "id": "rs_1", "encrypted_content": "abc"}]).references
    assert (reference.stands_here, reference.is_whole) == (True, True)
    assert read([{"type": "reasoning", "encrypted_content": "abc"}]).references == ()


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ({"type": "item_reference"}, "/input/0/id"),
        ({"type": "web_search_call"}, "/input/0"),
        ({"type": "function_call", "id": "fc_1"}, "/input/0/arguments"),
        ({"role": "user"}, "/input/0/content"),
        ({"type": "oracle"}, "/input/0/type"),
        ({"role": "user", "content": "a", "caller": {"type": "program"}}, "/input/0/caller"),
        ({"type": "additional_tools", "tools": [SEARCH]}, "/input/0/tools/0/type"),
    ],
)
def test_an_item_of_which_nothing_is_known_is_refused_by_its_place(item: dict[str, Any], place: str) -> None:
    assert places_of([item]) == [place]


def test_one_of_the_members_in_which_an_item_has_its_content_is_enough() -> None:
    assert read([{"type": "computer_call", "actions": [{"type": "click"}]}]).references == ()


def test_a_picture_is_counted_as_media_and_not_by_its_bytes() -> None:
    url = "data:image/png;base64," + "A" * 400
    for member, item in (
        ("content", {"role": "user"}),
        ("output", {"type": "function_call_output", "call_id": "c"}),
    ):
        items = [{**item, member: [{"type": "input_image", "image_url": url}]}]
        request = read(items)
        [media] = request.media
        assert media.place == f"/input/0/{member}/0"
        expected = REQUEST_OVERHEAD + MESSAGE_OVERHEAD + len(compact(items)) - media.written
        assert request.text_tokens == expected
        assert media.written == len(url) + 2
