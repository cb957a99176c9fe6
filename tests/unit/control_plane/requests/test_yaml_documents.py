"""YAML is read as all of its readers read it, or refused with the line and the column."""

import pytest

from control_plane.requests.yaml_documents import MOST_VALUES, parse_yaml
from foundation.domain.errors import BadRequest, InvalidDefinition


def refused_as_json_is(text: str) -> BadRequest:
    """What JSON cannot say either has the code that it has there."""
    with pytest.raises(BadRequest) as error:
        parse_yaml(text.encode())
    assert error.value.code == "bad_request"
    return error.value


def refused(text: str) -> InvalidDefinition:
    with pytest.raises(InvalidDefinition) as error:
        parse_yaml(text.encode())
    return error.value


def test_plain_values_are_those_of_json() -> None:
    text = """
        text: six times seven
        quoted: ["yes", '010', "1:30", "2024-01-01", ".nan", "null", "~"]
        numbers: [0, 7, -12, +3, 0x1F, 1.5, -0.25, 1.5e+3]
        words: [true, False, null, ~]
        nothing:
        block: |
          print("${input.x}")
          yes
        empty: {}
    """
    assert parse_yaml(text.encode()) == {
        "text": "six times seven",
        "quoted": ["yes", "010", "1:30", "2024-01-01", ".nan", "null", "~"],
        "numbers": [0, 7, -12, 3, 31, 1.5, -0.25, 1500.0],
        "words": [True, False, None, None],
        "nothing": None,
        "block": 'print("${input.x}")\nyes\n',
        "empty": {},
    }


@pytest.mark.parametrize(
    "scalar",
    [
        *("yes", "No", "on", "OFF", "010", "-07", "0o17", "0b11", "1_000", "1:30", "190:20:30", "1:30.5"),
        *("2024-01-01", "2001-12-14t21:59:43.10-05:00", "1e3", "1E999", ".5e1", ".nan", ".NaN", ".inf", "-.inf", "="),
        *("12e03", "y", "Y", "n", "N"),
    ],
)
def test_a_value_that_readers_of_yaml_disagree_about_is_refused_with_its_place(scalar: str) -> None:
    error = refused(f"name: x\nsteps:\n  - prompt: {scalar}\n")
    assert [fault.pointer for fault in error.faults] == ["/steps/0/prompt"]
    assert "line 3, column 13" in error.detail
    assert scalar in error.detail


def test_the_member_on_is_a_key_without_quotes_and_still_no_value() -> None:
    assert parse_yaml(b"retry: {attempts: 3, on: [transient]}") == {"retry": {"attempts": 3, "on": ["transient"]}}
    assert "true or false" in refused("retry: on\n").detail


@pytest.mark.parametrize("key", ["On", "off", "yes", "y", "N", "1", "1.5", "null", "~", "true", "2024-01-01"])
def test_a_key_is_a_text_to_every_reader(key: str) -> None:
    error = refused(f"arguments:\n  {key}: x\n")
    assert "line 2, column 3" in error.detail


@pytest.mark.parametrize(
    "text", ["a: 1\nb: 2\na: 3\n", "{a: 1, b: 2,\n a: 3}", "a: 1\nb: 2\n'a': 3\n", '{"a": 1,\n\n"a": 1}']
)
def test_a_key_that_stands_twice_is_refused_with_key_line_and_column(text: str) -> None:
    error = refused_as_json_is(text)
    assert "'a'" in error.detail
    assert "line 3, column 1" in error.detail or "line 2, column 2" in error.detail


def test_the_key_may_stand_again_in_another_object() -> None:
    assert parse_yaml(b"- {a: 1}\n- {a: 2}\n") == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {<<: {b: 1}}", "merge keys"),
        ("? [a]\n: 1", "a list or an object"),
        ("a: !!binary aGVsbG8=", "tag"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("a: !!set {b, c}", "tag"),
        ("a: 1\n---\nb: 2", "second document"),
        ("[" * 65 + "]" * 65, "nested deeper"),
    ],
)
def test_what_only_yaml_can_say_is_refused(text: str, said: str) -> None:
    error = refused(text)
    assert said in error.detail
    assert "line" in error.detail


@pytest.mark.parametrize(
    ("text", "said"),
    [('a: "x\\0y"', "U+0000"), ("a: 99999999999999999999", "64 bits"), (f"a: {'9' * 5000}", "digits")],
)
def test_what_no_stored_value_can_be_is_refused(text: str, said: str) -> None:
    error = refused_as_json_is(text)
    assert said in error.detail
    assert "line" in error.detail


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x", "[" * 100_000, "{a: " * 50_000, "a: 'x", "a: \x01", "\xff", "a: @b"]
)
def test_what_is_no_yaml_of_ours_is_malformed(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_yaml(text.encode("latin-1"))


def test_a_document_of_very_many_values_is_refused() -> None:
    assert f"more than {MOST_VALUES}" in refused("[" + "1," * (MOST_VALUES + 1) + "]").detail


def test_as_many_values_as_a_document_may_have_are_read() -> None:
    assert len(parse_yaml(b"[" + b"1," * (MOST_VALUES - 1) + b"]")) == MOST_VALUES - 1


def test_an_anchor_that_nobody_refers_to_is_nothing() -> None:
    assert parse_yaml(b"a: &x 1") == {"a": 1}


@pytest.mark.parametrize("code", ["0085", "2028", "2029"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("*: 1\n", "line 1, column 1"),
        ("a: 1\r\nb: '*'\n", "line 2, column 5"),
        ('a: 1\nb: "é*"\n', "line 2, column 6"),
        ("a: 1\rb: x*y\n", "line 2, column 5"),
        ("a: |\n  x\n\n  x*y\n", "line 4, column 4"),
        ("a: 1\n#*b: 2", "line 2, column 2"),
    ],
)
def test_what_ends_a_line_to_some_readers_alone_is_refused(text: str, place: str, encoding: str, code: str) -> None:
    with pytest.raises(InvalidDefinition) as error:
        parse_yaml(text.replace("*", chr(int(code, 16))).encode(encoding))
    assert f"({place})" in error.value.detail
    assert f"write it as \\u{code} in double quotes" in error.value.detail


def test_an_escape_in_double_quotes_is_the_character_itself() -> None:
    assert parse_yaml(rb'a: "x\u0085\u2028\N\u2029y"') == {"a": "x\x85\u2028\x85\u2029y"}


@pytest.mark.parametrize("value", ["! y6", "! 'y'", "! {}", "! []", "!x y6", "!!int 6", "!<tag:yaml.org,2002:bool> y"])
def test_a_tag_is_refused_also_one_that_names_nothing(value: str) -> None:
    assert "the tag !" in refused(f"name: {value}\n").detail or "the tag tag:" in refused(f"name: {value}\n").detail


def test_a_decimal_that_a_double_would_alter_is_refused_in_yaml_too() -> None:
    assert "holds it as 0" in refused_as_json_is("a: 1.0e-400\n").detail
    assert "21 significant digits" in refused_as_json_is("a: 12345678901234567890.5\n").detail
