"""Schemas of an OpenAPI document (3.0 or 3.1) as forms: the same part of JSON Schema that all forms are written in.

What only describes is left out; what an older version writes in another way is written anew. Any other word stays, and
the check of forms refuses it by name: a schema is never taken for less than it says.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from foundation.contracts.accepted.shown_text import hidden_in, without_hidden
from foundation.contracts.tools.tenant.references import Components, DocumentFault, component

_ONLY_DESCRIBES = frozenset(
    {"example", "examples", "xml", "externalDocs", "discriminator", "deprecated", "title", "$comment", "$schema"}
)
_ONE = frozenset({"additionalProperties", "items", "contains", "propertyNames", "not", "if", "then", "else"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_ASSERTED = frozenset({"date", "date-time", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname"})
"""Formats of JSON Schema; of OpenAPI's own (`int64`, `password` …) none says what a text has to be."""
MOST_DEFINITIONS = 100
MAX_DEPTH = 24
MAX_DESCRIPTION = 500


class Forms:
    """Makes the forms of one operation, and gathers the components that they refer to."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self.definitions: dict[str, Any] = {}

    def of(self, schema: Any, at: Sequence[str | int], *, depth: int = 0) -> Any:
        """The schema as a part of a form; raises `DocumentFault`."""
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            raise DocumentFault(at, "a schema is an object, or true or false")
        if depth > MAX_DEPTH:
            raise DocumentFault(at, f"schemas are nested deeper than {MAX_DEPTH} levels")
        if "$ref" in schema:
            return self._referred(schema["$ref"], (*at, "$ref"))
        made = {
            word: self._value(word, value, (*at, word), depth)
            for word, value in schema.items()
            if word not in _ONLY_DESCRIBES and not str(word).startswith("x-")
        }
        return _modern(made)

    def _value(self, word: str, value: Any, at: Sequence[str | int], depth: int) -> Any:
        if word in _ONE:
            return self.of(value, at, depth=depth + 1)
        if word in _LISTS and isinstance(value, list):
            return [self.of(one, (*at, place), depth=depth + 1) for place, one in enumerate(value)]
        if word == "properties" and isinstance(value, Mapping):
            for name in value:
                if reason := hidden_in(str(name)):
                    raise DocumentFault((*at, name), f"the name of a member: {reason}")
            return {str(name): self.of(one, (*at, name), depth=depth + 1) for name, one in value.items()}
        if word == "description" and isinstance(value, str):
            return without_hidden(value)[:MAX_DESCRIPTION]
        return value

    def _referred(self, reference: Any, at: Sequence[str | int]) -> dict[str, Any]:
        kind, name = component(reference, at)
        if kind != "schemas":
            raise DocumentFault(at, "a schema refers to #/components/schemas/<name>")
        if name not in self.definitions:
            if len(self.definitions) == MOST_DEFINITIONS:
                raise DocumentFault(at, f"the operation refers to more than {MOST_DEFINITIONS} schemas")
            self.definitions[name] = True  # until it is made: a circle ends here, and the check of forms finds it
            schema = self._components.get(kind, name, at)
            self.definitions[name] = self.of(schema, ("components", "schemas", name))
        return {"$ref": "#/$defs/" + name.replace("~", "~0").replace("/", "~1")}


def _modern(schema: dict[str, Any]) -> dict[str, Any]:
    """Words of 3.0 as 3.1 writes them; a format that asserts nothing is left out."""
    if schema.get("format") not in _ASSERTED:
        schema.pop("format", None)
    for word, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(is_open := schema.get(word), bool):
            del schema[word]
            if is_open and bound in schema:
                schema[word] = schema.pop(bound)
    if schema.pop("nullable", False) is True:
        if isinstance(kind := schema.get("type"), str):
            schema["type"] = [kind, "null"]
        if isinstance(values := schema.get("enum"), list) and None not in values:
            schema["enum"] = [*values, None]
    return schema
