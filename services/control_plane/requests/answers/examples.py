"""Examples of answers for the API's document, composed of the schemas that they follow."""

from typing import Any

_SCHEMAS = "#/components/schemas/"
_BY_FORMAT = {
    "uuid": "019a0000-0000-7000-8000-000000000000",
    "date-time": "2026-11-29T18:00:00Z",
    "date": "2026-11-29",
    "uri": "https://example.com/",
    "email": "ann@example.com",
    "binary": "",
}
_BY_NAME = {
    "sha256": "0f" * 32,
    "digest": "0f" * 32,
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "url": "https://example.com/",
    "started_by": "user:019a0000-0000-7000-8000-000000000000",
    "actor": "user:019a0000-0000-7000-8000-000000000000",
}
_GIVEN = ("const", "example")
_DOLLARS = "0.001234"
_LEFT_OUT: Any = object()
"""Of what has no example that ends: a thing of which a part is of its own kind."""


def add_examples(document: dict[str, Any]) -> None:
    """Gives each JSON answer that is a success and has no example yet one that its schema allows."""
    for item in document["paths"].values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if status.startswith("2") and content is not None and not {"example", "examples"} & set(content):
                    content["example"] = Composer(document["components"]["schemas"]).example_of(content["schema"])


class Composer:
    """Composes examples by the examples, defaults, words and forms that the schemas have."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas
        self._within: list[str] = []

    def example_of(self, schema: dict[str, Any], name: str = "") -> Any:
        found = self._example(schema, name)
        return None if found is _LEFT_OUT else found

    def _example(self, schema: dict[str, Any], name: str) -> Any:
        if "$ref" in schema:
            return self._referred(schema["$ref"].removeprefix(_SCHEMAS))
        if "properties" in schema:
            return self._object(schema)
        for given in (schema.get("examples"), schema.get("enum"), [schema[key] for key in _GIVEN if key in schema]):
            if given:
                return given[0]
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema:
                return self._first(schema[key], name)
        return self._by_type(schema, name)

    def _referred(self, name: str) -> Any:
        if name in self._within:
            return _LEFT_OUT
        self._within.append(name)
        try:
            return self._example(self._schemas[name], name)
        finally:
            self._within.pop()

    def _first(self, kinds: list[dict[str, Any]], name: str) -> Any:
        """Of what may be several things, the first that has an example; null is the last resort."""
        for kind in sorted(kinds, key=lambda one: one.get("type") == "null"):
            if (found := self._example(kind, name)) is not _LEFT_OUT:
                return found
        return _LEFT_OUT

    def _by_type(self, schema: dict[str, Any], name: str) -> Any:
        match schema.get("type"):
            case "array":
                items = [self._example(one, name) for one in schema.get("prefixItems", [schema.get("items", {})])]
                return [] if _LEFT_OUT in items or schema.get("maxItems") == 0 else items
            case "string":
                usual = _DOLLARS if name.endswith("_usd") else _BY_NAME.get(name, name or "text")
                text = _BY_FORMAT.get(schema.get("format", ""), usual)
                return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]
            case "integer" | "number":
                return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
            case "null":
                return None
        return {}

    def _object(self, schema: dict[str, Any]) -> Any:
        """An example that the schema has may be of less: that of what is sent, where more is answered."""
        found = {}
        for name, member in schema.get("properties", {}).items():
            value = self._example(member, name)
            if value is not _LEFT_OUT:
                found[name] = value
            elif name in schema.get("required", ()):
                return _LEFT_OUT
        return {**found, **next(iter(schema.get("examples", ())), {})}
