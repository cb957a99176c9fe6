"""Sparse fields: which members of its items a list shows."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, create_model

from foundation.domain.errors import Fault, UnknownFields
from foundation.domain.words.quoting import quoted


class Sparse:
    """The members of a view that a list shows: those that are asked for, or else all but some that are large.

    Those that name the item are always shown: `key`, or its first member. `on_request` are the members that are shown
    to whoever asks for them only: a list carries no inputs and no outputs, of which few may fill a page.
    """

    def __init__(self, view: type[BaseModel], *, key: Sequence[str] = (), on_request: Sequence[str] = ()) -> None:
        self.names = tuple(view.model_fields)
        self.key = tuple(key) or self.names[:1]
        if unknown := {*on_request, *self.key} - set(self.names):
            raise ValueError(f"{view.__name__} has no {', '.join(sorted(unknown))}")
        self.usual = frozenset(self.names) - set(on_request)
        self.item = _with_members_missing(view, self.key)

    def chosen(self, asked: Sequence[str] | None) -> frozenset[str]:
        """The members of the names that are asked for, each alone or with others between commas; `UnknownFields`."""
        if asked is None:
            return self.usual
        names = [name.strip() for text in asked for name in text.split(",")]
        if unknown := [name for name in dict.fromkeys(names) if name not in self.names]:
            told = ", ".join(quoted(name[:64]) for name in unknown[:5]) + (", …" if len(unknown) > 5 else "")  # noqa: PLR2004
            detail = f"an item has no {told}; it has {', '.join(self.names)}"
            raise UnknownFields(f"fields: {detail}", faults=(Fault("/query/fields", detail),))
        return frozenset((*self.key, *names))

    def told(self) -> str:
        """The parameter, for the document."""
        hidden = [name for name in self.names if name not in self.usual]
        usual = f"all but {', '.join(f'`{name}`' for name in hidden)}" if hidden else "all"
        told_key = " and ".join(f"`{name}`" for name in self.key) + (" are" if len(self.key) > 1 else " is")
        return (
            "the members that items are shown with: names with commas between them, or the parameter several times;"
            f" {told_key} always among them. Without it {usual}"
        )


def _with_members_missing(view: type[BaseModel], key: Sequence[str]) -> type[BaseModel]:
    """The view as a list has it: every member but its key may be left out."""

    def key_is_there(schema: dict[str, Any]) -> None:
        schema["required"] = list(key)

    return create_model(
        f"Listed{view.__name__.removesuffix('View')}",
        __base__=view,
        __config__=None,
        __doc__=f"{view.__doc__ or ''}\n\nOf a list: the members that `fields` names, or those that it shows anyway.",
        __cls_kwargs__={"json_schema_extra": key_is_there},
    )
