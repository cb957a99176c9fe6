"""The form of the last answer that a step with a model asks for."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from foundation.contracts.forms import form_faults
from foundation.contracts.message import Message
from foundation.domain.errors import Fault


class FinalOutput(Message):
    """`schema` is what the answer's data must satisfy; a wrong answer is given back to the model so many times."""

    model_config = ConfigDict(serialize_by_alias=True)

    schema_: Annotated[dict[str, Any], Field(alias="schema", description="a JSON Schema of draft 2020-12")]
    corrections: int = Field(default=2, ge=0, le=5, strict=True)

    def faults(self, pointer: str) -> list[Fault]:
        """What is wrong with the schema, each with its place below the pointer of this member."""
        return [Fault(f"{pointer}/schema{fault.pointer}", fault.detail) for fault in form_faults(self.schema_)]
