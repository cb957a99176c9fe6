"""A version as an ETag, and back from If-Match."""

import pytest

from control_plane.requests.etags import etag, expected_version, require_version, required_version
from foundation.domain.errors import BadRequest, VersionMismatch


def test_a_version_survives_the_way_out_and_back() -> None:
    assert expected_version(etag(7)) == 7
    assert required_version(etag(7)) == 7


@pytest.mark.parametrize("header", ['W/"7"', ' "7" ', "7"])
def test_weak_and_bare_tags_name_the_same_version(header: str) -> None:
    assert expected_version(header) == 7


@pytest.mark.parametrize("header", [None, "*", " * "])
def test_who_names_no_version_replaces_any_but_not_where_one_is_required(header: str | None) -> None:
    assert expected_version(header) is None
    with pytest.raises(VersionMismatch) as refused:
        required_version(header)
    assert refused.value.remedy


@pytest.mark.parametrize("header", ['"a"', '""', '"-1"', '"1", "2"', '"1234567890123456789"', '"１"'])
def test_what_is_no_tag_of_ours_is_refused(header: str) -> None:
    with pytest.raises(BadRequest):
        expected_version(header)


def test_a_change_is_made_to_the_version_that_was_seen_or_to_any() -> None:
    require_version("task", 7, 7)
    require_version("task", 7, None)
    with pytest.raises(VersionMismatch, match="the task is at version 7, not 6") as refused:
        require_version("task", 7, 6)
    assert refused.value.remedy == "read the task again and repeat your change"
