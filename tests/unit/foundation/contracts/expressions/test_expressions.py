"""Expressions: what they read is known before they run; a whole one keeps its type."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.expressions.evaluation import ExpressionError, expressions_in, resolve, steps_read_by
from foundation.contracts.expressions.reads import _DATA, _Reader

READS = {
    "input.topic": [],
    "steps.a.output": ["a"],
    "steps.a.output.files[0].name": ["a"],
    "steps.a.output.items[?size > `3`].name": ["a"],
    "length(steps.a.output.items)": ["a"],
    "[steps.a.output.files, steps.b.output.files][]": ["a", "b"],
    "{x: steps.a.output, y: input.z}": ["a"],
    "steps.a.output || steps.b.output": ["a", "b"],
    "sort_by(steps.a.output.rows, &size)": ["a"],
    "max_by(steps.a.output.rows, &means.mass).name": ["a"],
    "(input.x || steps.a.output).attempt": ["a"],
    "(steps || input).a.output": ["a"],
    "steps | a.output | x": ["a"],
    "@.steps.a.output": ["a"],
    'steps."a".output': ["a"],
    "input.y && !(steps.a.output.z == steps.b.output)": ["a", "b"],
    "steps.a.output | length(@)": ["a"],
    "steps.a.output.files[?name != 'x'].{artifact: artifact, name: name}": ["a"],
    "input.rows[?n == steps.a.output.n]": [],
}


@pytest.mark.parametrize("expression", READS)
def test_the_steps_that_an_expression_reads_are_known(expression: str) -> None:
    assert sorted(steps_read_by(expression)) == READS[expression]


@pytest.mark.parametrize(
    "expression",
    [
        *("secrets.x", "steps.a", "steps.a.error", "steps", "a b", "steps.a.output[", "", "@", "`NaN`", "(" * 3000),
        *("[steps][0].a.output", "{s: steps}.s.a.output", "values(steps)", "steps.*.output", "steps[?output]"),
        *("keys(@)", "steps[0]", "steps == input", "merge(steps.a, input)", "nothing(input)", "length(input, input)"),
    ],
)
def test_an_expression_that_reads_something_else_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        steps_read_by(expression)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.text(max_size=20).filter(lambda t: "${" not in t and "\0" not in t),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8).filter(lambda t: "\0" not in t), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_a_value_without_expressions_stays_as_it_is(value: Any) -> None:
    assert resolve(value, {"input": {}, "steps": {}}) == value


@given(json_values)
def test_a_whole_expression_keeps_its_type(value: Any) -> None:
    assert resolve({"x": ["${input.v}"]}, {"input": {"v": value}}) == {"x": [value]}


def test_text_around_an_expression_makes_it_text() -> None:
    data = {"input": {"n": 3, "who": "Ada", "list": [1, 2]}}
    assert resolve("${input.who} has ${input.n}: ${input.list}", data) == "Ada has 3: [1, 2]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$${input.n}", "${input.n}"),
        ("$${", "${"),
        ("a $${b} ${input.n}", "a ${b} 3"),
        ("cost: $${input.n} $ ${input.n}$", "cost: ${input.n} $ 3$"),
        ("${'}'}", "}"),
        ("${ {a: input.n} }", {"a": 3}),
        ("${ {a: {b: {c: input.n}}} }", {"a": {"b": {"c": 3}}}),
        ('${ `{"a": "}"}` }', {"a": "}"}),
        ("{} } $ $x {$", "{} } $ $x {$"),
    ],
)
def test_a_doubled_dollar_is_a_literal_and_braces_may_stand_inside(text: str, said: Any) -> None:
    assert resolve(text, {"input": {"n": 3}}) == said


@pytest.mark.parametrize("text", ["Say ${input.x now", "${", "a ${input.x} ${", "${ {a: input.x}"])
def test_an_expression_that_is_not_closed_is_found(text: str) -> None:
    ((pointer, found),) = [one for one in expressions_in({"p": text}) if isinstance(one[1], ExpressionError)]
    assert (pointer, "is not closed" in str(found)) == ("/p", True)
    with pytest.raises(ExpressionError, match="is not closed"):
        resolve(text, {"input": {"x": 1}})


def test_null_within_a_text_is_an_error_with_its_place_and_the_key_that_is_not_there() -> None:
    with pytest.raises(ExpressionError, match=r"/prompt.*\$\{input\.nme\} is null, as there is no 'nme'"):
        resolve({"prompt": "Hello ${input.nme}"}, {"input": {"name": "Ann"}})
    assert resolve("Hello ${input.nme || 'you'}", {"input": {}}) == "Hello you"
    assert resolve("${input.nme}", {"input": {}}) is None


def test_what_comes_of_an_expression_is_not_read_as_one() -> None:
    assert resolve("<${input.x}> ${input.x}", {"input": {"x": "${input.y} $${"}}) == "<${input.y} $${> ${input.y} $${"


@pytest.mark.parametrize("expression", ["sum(input.huge)", "join('', input.many)", "input.half"])
def test_what_may_not_be_stored_is_not_what_an_expression_gives(expression: str) -> None:
    data = {"input": {"huge": [1e308, 1e308], "many": ["x" * 1000] * 2000, "half": "\ud800"}}
    with pytest.raises(ExpressionError):
        resolve({"a": f"${{{expression}}}"}, data)


def test_many_small_expressions_do_not_add_up_to_more_than_a_document() -> None:
    with pytest.raises(ExpressionError, match="larger than"):
        resolve(["${input.x}"] * 200, {"input": {"x": "x" * 10_000}})


def test_places_are_json_pointers() -> None:
    assert list(expressions_in({"a": ["x", "${input.b} ${input.c}"]})) == [("/a/1", "input.b"), ("/a/1", "input.c")]


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        *((f"input.x[{digits}]", "digits") for digits in ("9" * 5000, "-" + "9" * 5000, "9" * 19)),
        *((f"input.x[{part}]", "digits") for part in (f"0:{'9' * 5000}", f"{'9' * 5000}:", f"::{'9' * 5000}")),
        ("input.x[::0]", "step is 0"),
        ("input.x[1:2:0]", "step is 0"),
        ("input.x[::-0].y", "step is 0"),
        ('`{"a":1,"a":2}`', "'a' stands twice"),
        ('input.x[?y == `[{"b":{"a":1,"a":2}}]`]', "'a' stands twice"),
        (f"`{'9' * 5000}`", "5000 digits"),
        ("`1e400`", "not finite"),
        ("`1e-400`", "holds it as 0"),
        ("`" + "[" * 100_000 + "`", "nested deeper"),
    ],
)
def test_a_number_or_a_literal_that_cannot_be_read_as_it_is_written_is_refused(expression: str, word: str) -> None:
    with pytest.raises(ExpressionError, match=word) as refused:
        steps_read_by(expression)
    assert len(str(refused.value)) < 700
    with pytest.raises(ExpressionError, match=word):
        resolve("${" + expression + "}", {"input": {"x": [1, 2]}, "steps": {}})


@pytest.mark.parametrize("text", ["1_000", "١٢", " 12", "12\n", "+1", "01", "1.", ".5", "0x10", "nan", "Infinity", ""])
def test_a_text_that_json_does_not_read_as_a_number_is_null_to_to_number(text: str) -> None:
    assert resolve("${to_number(input.x)}", {"input": {"x": text}}) is None


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("-0.5", -0.5), ("1e3", 1000.0), ("1.50", 1.5)])
def test_a_number_as_json_writes_it_is_that_number_to_to_number(text: str, number: float) -> None:
    assert resolve("${to_number(input.x)}", {"input": {"x": text}}) == number


@pytest.mark.parametrize(
    ("expression", "data"),
    [
        ("to_number(input.x)", "9" * 5000),
        ("to_number(input.x)", "1e-400"),
        ("contains(input.x, `1`)", "text"),
        ("ceil(input.x)", "text"),
        ("sort_by(input.x, &y)", [{"y": 1}, {"y": "a"}]),
        ("join(`1`, input.x)", ["a"]),
    ],
)
def test_whatever_a_function_meets_the_error_names_the_place(expression: str, data: Any) -> None:
    with pytest.raises(ExpressionError, match=r"^/a: "):
        resolve({"a": "${" + expression + "}"}, {"input": {"x": data}})


def test_a_literal_without_its_quotes_is_a_text_as_ever() -> None:
    assert resolve("${input.x || `none`}", {"input": {}}) == "none"


def test_an_expression_that_is_not_closed_is_shown_from_where_it_begins() -> None:
    with pytest.raises(ExpressionError, match=r"begins with '\$\{input\.x and more' is not closed"):
        resolve("before ${input.x and more", {"input": {}})
    with pytest.raises(ExpressionError) as long:
        resolve("before ${" + "x" * 100, {"input": {}})
    assert "'${" + "x" * 38 + "'" in str(long.value)


def test_an_expression_that_does_not_apply_says_why() -> None:
    with pytest.raises(ExpressionError, match=r"\$\{length\(input\.x\)\} does not apply: .*length"):
        resolve("${length(input.x)}", {"input": {"x": 3}})


def test_an_expression_that_compares_what_cannot_be_compared_is_told_in_our_words_and_others_in_the_language_s() -> (
    None
):
    given = {"input": {"items": [{"x": 1}, {"x": "a"}]}}
    with pytest.raises(ExpressionError, match="does not apply: it compares or combines values of kinds that do not go"):
        resolve("${input.items[?x > `1`]}", given)
    with pytest.raises(ExpressionError, match=r"does not apply: In function sort_by\(\), invalid type for value: a"):
        resolve("${sort_by(input.items, &x)}", given)


def test_a_part_of_the_syntax_that_this_version_does_not_know_is_refused() -> None:
    """A later version of the library may have more than ours knows to follow."""
    with pytest.raises(ExpressionError, match="not known here: lambda"):
        _Reader("a", frozenset()).value({"type": "lambda", "children": []}, _DATA)


@pytest.mark.parametrize(
    "expression",
    [
        "`[1]`" + " | [@,@][]" * 40 + " | length(@) == `5`",
        "`[1]`" + " | [@,@]" * 40,
        "`[1]`" + " | [@,@]" * 40 + " | to_string(@)",
        "`[1]`" + " | [@,@]" * 40 + " | contains(@, `1`)",
        "[`[1]`" + " | [@,@]" * 40 + ", `[1]`" + " | [@,@]" * 40 + "] | [0] == [1]",
        "'x'" + " | join('', [@,@])" * 40,
        "'x'" + " | [@,@]" * 30 + " | {a: @, b: @} | values(@)",
    ],
)
def test_a_short_expression_that_makes_ever_more_of_little_is_stopped(expression: str) -> None:
    with pytest.raises(ExpressionError):
        resolve(f"${{{expression}}}", {"input": {}})


def test_an_expression_over_thousands_of_rows_is_evaluated() -> None:
    rows = [{"name": f"n{number}", "score": number} for number in range(5_000)]
    found = resolve("${input.rows[?score >= `4990`].name | sort(@) | join(',', @)}", {"input": {"rows": rows}})
    assert found == ",".join(f"n{number}" for number in range(4990, 5000))


DEEP = [
    "{a:" * 200 + "input.x" + "}" * 200,
    "not_null(" * 300 + "input.x" + ")" * 300,
    "input.[" * 200 + "x" + "]" * 200,
    "||".join(["input.a"] * 3000),
    "input.a" + " | @" * 4000,
]


@pytest.mark.parametrize("expression", DEEP)
def test_what_is_nested_too_deeply_to_be_read_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError, match="nested too deeply"):
        steps_read_by(expression)
