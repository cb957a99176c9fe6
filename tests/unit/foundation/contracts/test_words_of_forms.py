"""A text in another form than is needed is answered with the form, in words."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from foundation.contracts.accepted.digests import Sha256
from foundation.contracts.accepted.sentences import sentence_of_error
from foundation.contracts.steps.workspace import WorkspaceSource
from foundation.contracts.tools.browser import SessionName

WORKSPACE = "a workspace is `new`, which begins without files, or {from: <step>}, with those that the step left"
SHA256 = "a SHA-256 digest is 64 digits from 0 to 9 and a to f, as sha256sum prints it"
SESSION = "the name of a session has small letters, digits, _ and -, 40 in all"


@pytest.mark.parametrize(
    ("form", "given", "words"),
    [
        *((Sha256, text, SHA256) for text in ("", "0f" * 31, "0F" * 32, "0g" * 32, "0f" * 32 + "\n")),
        *((SessionName, text, SESSION) for text in ("", "Shop", "a b", "x" * 41)),
        *(
            (WorkspaceSource, text, WORKSPACE)
            for text in ("old", {}, {"of": "a"}, {"from": 1}, {"from": "a", "x": 1}, 3)
        ),
    ],
)
def test_another_form_is_told_in_one_sentence(form: Any, given: object, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(form).validate_python(given)
    assert [sentence_of_error(error) for error in refused.value.errors()] == [words]


@pytest.mark.parametrize(
    ("form", "given"),
    [(Sha256, "0f" * 32), (SessionName, "shop-1"), (WorkspaceSource, "new"), (WorkspaceSource, {"from": "a"})],
)
def test_what_is_in_the_form_is_taken(form: Any, given: object) -> None:
    assert TypeAdapter(form).validate_python(given) == given
