"""A member or a type that stands on no list is refused with its place, as a pointer escapes it."""

import msgspec
import pytest

from foundation.domain.errors import BadRequest, Fault
from llm_gateway.wires.allow_lists import Listed, decode_listed, is_nothing, refused, unlisted_types
from llm_gateway.wires.fields import check_free_values, field_bytes, find_unlisted


class _Inner(Listed):
    a: int = 0


class _Outer(Listed):
    inner: list[_Inner] | None = None


_outer = msgspec.json.Decoder(_Outer)


def fault_of(raw: bytes) -> Fault:
    with pytest.raises(BadRequest) as error:
        decode_listed(_outer, raw, at="/x")
    [fault] = error.value.faults
    return fault


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b'{"b": 1}', "/x/b"),
        (b'{"b/c~d": 1}', "/x/b~1c~0d"),
        (b'{"inner": [{}, {"b": 1}]}', "/x/inner/1/b"),
        (b'{"inner": [{"a": "x"}]}', "/x/inner/0/a"),
        (b"[]", "/x"),
    ],
)
def test_the_place_leads_to_what_is_wrong(raw: bytes, place: str) -> None:
    assert fault_of(raw).pointer == place


def test_a_member_that_is_not_known_is_named_and_a_wrong_value_is_described() -> None:
    assert "'b'" in fault_of(b'{"b": 1}').detail
    assert fault_of(b'{"inner": [{"a": "x"}]}').detail == "Expected `int`, got `str`"


def test_faults_are_joined_in_their_order() -> None:
    error = refused([Fault("/a", "one"), Fault("/b/0", "two")])
    assert error.detail == "a: one; b/0: two"
    assert [fault.pointer for fault in error.faults] == ["/a", "/b/0"]


def test_only_types_that_are_not_listed_are_faults() -> None:
    faults = unlisted_types(["a", "b", None], {"a"}, at="/t", what="a tool", instead="leave it out")
    assert [fault.pointer for fault in faults] == ["/t/1/type", "/t/2/type"]


def test_what_is_absent_or_null_is_nothing() -> None:
    assert is_nothing(msgspec.Raw())
    assert is_nothing(msgspec.Raw(b"null"))
    assert not is_nothing(msgspec.Raw(b"0"))


FIELDS = {"a": msgspec.Raw(b"[ ]"), "b": msgspec.Raw(b"null"), "c": msgspec.Raw(b"1")}


def test_a_field_is_its_bytes_and_nothing_where_it_is_absent() -> None:
    assert (field_bytes(FIELDS, "c"), field_bytes(FIELDS, "d")) == (b"1", b"")


def test_fields_on_no_list_are_found_unless_they_are_null() -> None:
    assert find_unlisted(FIELDS, frozenset({"a"})) == ("c",)
    assert find_unlisted(FIELDS, frozenset("abc")) == ()


def test_a_field_may_have_its_free_values_only_however_they_are_spaced() -> None:
    faults: list[Fault] = []
    free = (frozenset({b"[]"}), "it costs")
    check_free_values(FIELDS, {"a": free, "b": free, "c": free, "d": free}, faults)
    assert faults == [Fault("/c", "not supported: it costs")]
