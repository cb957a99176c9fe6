"""What a model makes up for a schema satisfies it."""

from typing import Any

import jsonschema
import pytest

from simulated_provider.answers.schema_instance import NoInstance, instance_of

TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                "parent": {"$ref": "#/$defs/node"},
            },
            "required": ["name", "next", "children"],
            "additionalProperties": False,
        }
    },
}
BASE = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        BASE,
        TREE,
        {"allOf": [BASE, {"properties": {"b": {"const": 3}}, "required": ["b"]}]},
        {"$defs": {"base": BASE}, "allOf": [{"$ref": "#/$defs/base"}]},
        {"type": ["string", "null"], "minLength": 20},
        {"type": "string", "maxLength": 3},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "email"},
        {"enum": ["red", "blue"]},
        {"type": "boolean"},
        {"type": "null"},
        {"type": "integer", "minimum": 18, "maximum": 19},
        {"type": "integer", "exclusiveMinimum": 5},
        {"type": "integer", "maximum": -7},
        {"type": "integer", "multipleOf": 5, "minimum": 11},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "array", "items": {"type": "integer"}, "minItems": 3},
        {"type": "array", "items": {"type": "integer"}, "maxItems": 0},
        {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]},
        {"oneOf": [{"type": "integer"}, {"type": "string"}]},
        {"type": "object", "required": ["any"]},
        {"properties": {"deep": {"type": "array", "items": BASE, "minItems": 1}}, "required": ["deep"]},
    ],
)
def test_an_instance_is_valid(schema: dict[str, Any]) -> None:
    jsonschema.validate(instance_of(schema), schema, cls=jsonschema.Draft202012Validator)


def test_optional_members_are_made_up_too_unless_they_never_end() -> None:
    optional = {"type": "object", "properties": {"a": {"type": "string"}, "self": {"$ref": "#"}}}
    assert instance_of(optional) == {"a": "simulated", "self": {"a": "simulated"}}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"self": {"$ref": "#"}}, "required": ["self"]},
        {"$ref": "#/$defs/nowhere"},
        {"anyOf": [{"$ref": "#/a"}, {"$ref": "#/b"}]},
    ],
)
def test_a_schema_that_nothing_finite_satisfies_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(NoInstance):
        instance_of(schema)
