"""Pydantic's errors as sentences for whoever sent the value."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

_OBJECT, _LIST, _TEXT = "an object is needed", "a list is needed", "a text is needed"
_WHOLE_NUMBER, _NUMBER = "a whole number is needed", "a number is needed"
_DAY, _MOMENT = "a day is needed, as in 2026-11-30", "a moment is needed, as in 2026-11-30T09:30:00Z"
_ID = "an id is needed, as in 01890a5d-ac96-774b-bcce-b302099a8057"
SENTENCES: Mapping[str, str] = {
    "extra_forbidden": "this member is not known here; leave it out, or see the reference for those that are",
    "missing": "this {member} is required",
    "invalid_key": "the name of a member is a text",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "too_long": "at most {max_counted} taken",
    "too_short": "at least {min_counted} needed",
    "string_type": _TEXT,
    "string_unicode": "a text of whole characters is needed",
    "string_too_long": "at most {max_counted} taken",
    "string_too_short": "at least {min_counted} needed",
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "int_parsing_size": "a whole number with fewer digits is needed",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "a number that is finite is needed",
    "decimal_type": "a decimal is needed, as a number or as a text",
    "decimal_parsing": "a decimal is needed, as in 1.25",
    "decimal_max_digits": "at most {max_digits} digits are taken",
    "decimal_max_places": "at most {decimal_places} digits behind the point are taken",
    "decimal_whole_digits": "at most {whole_digits} digits before the point are taken",
    "bool_type": "true or false is needed",
    "bool_parsing": "true or false is needed",
    "greater_than": "more than {gt} is needed",
    "greater_than_equal": "at least {ge} is needed",
    "less_than": "less than {lt} is needed",
    "less_than_equal": "at most {le} is taken",
    "multiple_of": "a multiple of {multiple_of} is needed",
    "enum": "one of these is needed: {choices}",
    "literal_error": "one of these is needed: {choices}",
    "union_tag_invalid": "there is no such kind; there are {kinds}",
    "union_tag_not_found": "it does not say of which kind it is: the member {discriminator} is required",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": f"{_DAY}, without a time",
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "timezone_naive": f"{_MOMENT}: it must end with Z, or with its distance from UTC such as +01:00",
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "uuid_version": _ID,
}
"""What is needed, by the kind of error, in the words of JSON; Pydantic's own are Python's.

The kinds are those that the models of the API can give; the rules of our own models bring their sentences themselves.
"""
OWN_WORDS = frozenset({"value_error", "assertion_error"})
"""The kinds of error that a rule of ours raises, in words of its own."""
_UNKNOWN = "it is not what the reference describes"
_PLACES = {"query": "parameter", "header": "header", "path": "part of the path"}


def sentence_of_error(error: Mapping[str, Any]) -> str:
    """One of Pydantic's errors; the caller's own value is not repeated, it may be a secret."""
    if error["type"] in OWN_WORDS:
        # In the words of the rule that raised it, without Pydantic's prefix.
        return str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if error["type"] == "missing" and tuple(error["loc"]) == ("body",):
        return "the request needs a body"
    return SENTENCES.get(error["type"], _UNKNOWN).format_map(_Words(error))


class _Words(dict[str, str]):
    """What the sentences name of an error; of its numbers each under its own name."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        context, given = error.get("ctx", {}), error.get("input")
        unit = "character" if isinstance(given, str | bytes) else "member" if isinstance(given, dict) else "item"
        super().__init__(
            {
                **{name: _plain(str(value)) for name, value in context.items()},
                "member": _PLACES.get(str((error["loc"] or ("",))[0]), "member"),
                "max_counted": _counted(context.get("max_length", 0), unit),
                "min_counted": _counted(context.get("min_length", 0), unit),
                "choices": _in_json(_plain(str(context.get("expected", "")))),
                "kinds": _in_json(str(context.get("expected_tags", ""))),
                "discriminator": _in_json(str(context.get("discriminator", ""))),
            }
        )


_MEMBER_OF_ENUM = re.compile(r"<[\w.]+: ('[^']*'|[^<>]*)>")
_DATE_OF_PYTHON = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")


def _plain(text: str) -> str:
    """Values that Pydantic writes as Python does, as they are sent."""
    text = _MEMBER_OF_ENUM.sub(r"\1", text)
    return _DATE_OF_PYTHON.sub(lambda found: date(*map(int, found.groups())).isoformat(), text)


def _in_json(quoted: str) -> str:
    """Texts that stand in quotation marks of Python, in those of JSON."""
    return quoted.replace("'", '"')


def _counted(number: int, unit: str) -> str:
    return f"1 {unit} is" if number == 1 else f"{number} {unit}s are"


def first_of(sentences: Sequence[object], *, most: int) -> str:
    """So many of them in one sentence, and how many more there are: nothing is left out unsaid."""
    more = len(sentences) - most
    told = "; ".join(map(str, sentences[:most]))
    return f"{told}; and {more} more" if more > 0 else told


@dataclass(frozen=True, slots=True)
class WrittenAs:
    """For a text that is in this form as a whole: the document has the pattern, a refusal has the words.

    `pattern=` of Pydantic's own is not used for what callers send: of that a refusal could say the expression at most.
    """

    pattern: str
    words: str
    made_of: str | None = None
    """Characters that it has, as a pattern; of a text with another one its number is told, as it may look like one."""
    is_key: bool = False
    """Of the names of an object's members: there the document has none, as clients derive no types of those."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        form = re.compile(self.pattern)

        def check(text: str) -> str:
            if not form.fullmatch(text):
                raise ValueError(self._told(text))
            return text

        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        if self.is_key:
            return handler(schema)
        anchored = self.pattern if self.pattern.startswith("^") else f"^{self.pattern}$"
        return {**handler(schema), "pattern": anchored}

    def _told(self, text: str) -> str:
        odd = next((one for one in text if not re.fullmatch(self.made_of, one)), None) if self.made_of else None
        return self.words if odd is None else f"{self.words}; this one has U+{ord(odd):04X}"
