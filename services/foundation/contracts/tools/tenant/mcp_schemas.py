"""Schemas of an MCP tool's arguments as forms: JSON Schema as servers' libraries write it, of several drafts."""

from collections.abc import Mapping, Sequence
from typing import Any

from foundation.contracts.tools.tenant.references import Components, DocumentFault
from foundation.contracts.tools.tenant.schemas import MOST_DEFINITIONS, Forms
from foundation.domain.words.quoting import quoted

_HOLDERS = ("$defs", "definitions")


class McpForms(Forms):
    """The form of one tool's arguments; a part that is referred to stands in the same schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        super().__init__(Components({}))
        self._schema = schema

    def root(self, at: Sequence[str | int]) -> dict[str, Any]:
        """Raises `DocumentFault`."""
        without = {name: value for name, value in self._schema.items() if name not in _HOLDERS}
        form = self.of({"type": "object", **without}, at)
        if self.definitions:
            form["$defs"] = self.definitions
        made: dict[str, Any] = form
        return made

    def _referred(self, reference: Any, at: Sequence[str | int]) -> dict[str, Any]:
        parts = reference.split("/") if isinstance(reference, str) else []
        if len(parts) != 3 or parts[0] != "#" or parts[1] not in _HOLDERS:  # noqa: PLR2004 - #, the holder, the name
            raise DocumentFault(at, "a schema refers to a part of itself, #/$defs/<name>")
        held, name = self._schema.get(parts[1]), parts[2].replace("~1", "/").replace("~0", "~")
        if not isinstance(held, Mapping) or name not in held:
            raise DocumentFault(at, f"there is no part {quoted(name[:100])} in the schema")
        if name not in self.definitions:
            if len(self.definitions) == MOST_DEFINITIONS:
                raise DocumentFault(at, f"the tool refers to more than {MOST_DEFINITIONS} schemas")
            self.definitions[name] = True  # until it is made: a circle ends here, and the check of forms finds it
            self.definitions[name] = self.of(held[name], (*at[:2], parts[1], name))
        return {"$ref": f"#/$defs/{parts[2]}"}
