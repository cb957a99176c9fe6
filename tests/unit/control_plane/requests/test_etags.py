"""A version as an ETag, and back from If-Match, as RFC 9110 says."""

import pytest

from control_plane.requests.etags import (
    Conditions,
    content_tag,
    etag,
    expected_version,
    require_content,
    require_version,
    required_version,
)
from foundation.domain.errors import BadRequest, VersionMismatch, VersionRequired
from foundation.storage.session.seen import NOT_THERE, Expected, SeenTags

DIGEST = "0123456789abcdef" * 2


def said(header: str | None) -> Expected:
    return expected_version(Conditions(header))


def seen(*tags: str) -> SeenTags:
    return SeenTags(frozenset(tags))


def test_a_version_survives_the_way_out_and_back() -> None:
    assert said(etag(7)) == seen("7")
    assert required_version(Conditions(etag(7))) == seen("7")


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ('"7"', {"7"}),
        (' "7" ', {"7"}),
        ('"6", "7"', {"6", "7"}),
        ('"6","7",', {"6", "7"}),
        (',\t, "6" ,, "7"\t, ', {"6", "7"}),
        ('"a,b", "7"', {"a,b", "7"}),
        ('W/"6", "7"', {"7"}),
        ('""', {""}),
        ('"1234567890123456789"', {"1234567890123456789"}),
        (f'"7.{DIGEST}"', {"7"}),
        (f'"{DIGEST}.{DIGEST}", "7"', {DIGEST, "7"}),
        (f'"7.{DIGEST}0", "7.{DIGEST[1:]}", ".{DIGEST}"', {f"7.{DIGEST}0", f"7.{DIGEST[1:]}", ""}),
    ],
)
def test_tags_are_read_as_a_list_and_weak_ones_match_nothing(header: str, tags: set[str]) -> None:
    assert said(header) == seen(*tags)


@pytest.mark.parametrize("header", ['W/"7"', 'W/"6", W/"7"'])
def test_weak_tags_alone_match_nothing_and_are_told_so(header: str) -> None:
    with pytest.raises(VersionMismatch, match="weak"):
        said(header)


def test_who_says_nothing_changes_any_version_but_not_where_one_is_required() -> None:
    assert said(None) is None
    with pytest.raises(VersionRequired) as refused:
        required_version(Conditions())
    assert refused.value.remedy


@pytest.mark.parametrize("header", ["*", " * "])
def test_a_star_is_whatever_there_is(header: str) -> None:
    expected = required_version(Conditions(header))
    assert expected == SeenTags(None)
    assert expected.admits(1)
    assert not expected.admits(None), "what is not there is not any version of it"


@pytest.mark.parametrize("tail", ["x", '"', '"7" x', "W/", "*"])
@pytest.mark.parametrize("between", [",", " ", "\t", ", ", " ,", ' , "7"', ',W/"7" '])
def test_a_long_list_of_nothing_is_refused_without_being_tried_in_every_way(between: str, tail: str) -> None:
    """An expression that reads a blank or a comma in two ways would not come to its end."""
    with pytest.raises(BadRequest):
        expected_version(Conditions('"7",' + between * 5000 + tail))


@pytest.mark.parametrize("header", [",", " , ", "a", "7", "", '"', '"7', '"7" "8"', '*, "7"', "W/7", '"\x007"', "１"])
def test_what_is_no_list_of_tags_is_refused(header: str) -> None:
    with pytest.raises(BadRequest):
        said(header)


def test_a_change_is_made_to_a_version_that_was_seen_or_to_any() -> None:
    require_version("task", 7, seen("7"))
    require_version("task", 7, seen("6", "7"))
    require_version("task", 7, SeenTags(None))
    require_version("task", 7, None)
    with pytest.raises(VersionMismatch, match="the task is at version 7, not at version 6") as refused:
        require_version("task", 7, seen("6"))
    assert refused.value.remedy == "read the task again and repeat your change"


def test_only_what_may_be_a_version_is_compared_in_sql() -> None:
    assert seen("7", "x", "007", "1234567890123456789", "").versions == [7]
    assert SeenTags(None).versions is None


def test_a_content_has_one_tag_whatever_the_order_of_its_members() -> None:
    assert content_tag({"a": 1, "b": [2]}) == content_tag({"b": [2], "a": 1}) != content_tag({"a": 1, "b": [3]})


def test_only_what_is_not_there_is_nothing() -> None:
    expected = expected_version(Conditions(if_none_match=" * "))
    assert expected == NOT_THERE
    assert NOT_THERE.admits(None)
    assert not NOT_THERE.admits(1)
    assert NOT_THERE.versions == []
    with pytest.raises(VersionMismatch, match="the secret is there already") as refused:
        require_version("secret", 1, expected)
    assert "without If-None-Match" in str(refused.value.remedy)
    with pytest.raises(VersionMismatch, match="the policy is there already"):
        require_content("policy", None, expected)


@pytest.mark.parametrize(
    ("match", "none_match"), [(None, '"3"'), (None, ""), (None, '*, "3"'), ("*", "*"), ('"3"', "*")]
)
def test_a_condition_that_no_change_can_mean_is_refused(match: str | None, none_match: str) -> None:
    with pytest.raises(BadRequest) as refused:
        expected_version(Conditions(match, none_match))
    assert refused.value.faults[0].pointer == "/header/if-none-match"
