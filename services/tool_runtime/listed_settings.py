"""Lists in the environment: JSON, and where somebody wrote another thing, a sentence that shows the form."""

import json
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode


def _listed(example: str) -> BeforeValidator:
    def read(given: object) -> object:
        if not isinstance(given, str):
            return given
        try:
            entries = json.loads(given)
        except ValueError:
            entries = None
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise ValueError(f"write a JSON list of texts, such as {example}")
        return entries

    return BeforeValidator(read)


PrivateEntries = Annotated[tuple[str, ...], NoDecode, _listed('["db.internal:5432", "files.internal:443=10.0.0.7"]')]
Networks = Annotated[tuple[str, ...], NoDecode, _listed('["198.51.100.0/24"]')]
