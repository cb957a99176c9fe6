"""The text of a key is guessed by nobody; a secret outside of the database takes part in the hash that is stored."""

import base64
import hashlib
import json
from typing import Any

import pytest

from foundation.domain.people.api_keys import Peppers, hint_of, new_key

A, B = base64.b64encode(bytes(32)).decode(), base64.b64encode(bytes([1] * 32)).decode()


def peppers(current: str, **known: str) -> Peppers:
    return Peppers.parse(json.dumps({"current": current, "peppers": known}))


def test_keys_differ_and_show_little_of_themselves() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    key = keys.pop()
    assert key.startswith("lsk_")
    assert len(key) == 47
    assert hint_of(key) == f"{key[:8]}…{key[-4:]}"
    assert len(hint_of(key)) <= 16


def test_a_hash_is_of_the_current_pepper_and_may_have_been_of_the_other_or_of_none() -> None:
    both = peppers("b", a=A, b=B)
    assert both.digest("lsk_x") == peppers("b", b=B).digest("lsk_x")
    assert both.digest("lsk_x").hash != peppers("a", a=A).digest("lsk_x").hash
    assert [one.pepper for one in both.candidates("lsk_x")] == ["b", "a", None]
    assert both.candidates("lsk_x")[1] == peppers("a", a=A).digest("lsk_x")
    assert both.candidates("lsk_x")[2].hash == hashlib.sha256(b"lsk_x").digest()


def test_no_pepper_is_shown() -> None:
    assert "x00" not in repr(peppers("a", a=A))
    assert A not in repr(peppers("a", a=A))


@pytest.mark.parametrize(
    "document",
    [
        {"placeholder": True, "nonce": "x"},
        {"current": "a", "peppers": {}},
        {"current": "c", "peppers": {"a": A}},
        {"current": "a", "peppers": {"a": A, "b": B, "c": B}},
        {"current": "a", "peppers": {"a": base64.b64encode(b"short").decode()}},
        {"current": "a", "peppers": {"a": "no base64"}},
        {"current": "a", "peppers": {"a": 7}},
        [],
        "x",
    ],
    ids=str,
)
def test_what_is_no_secret_of_ours_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match="pepper"):
        Peppers.parse(json.dumps(document))
