"""Wheels of `code.python`: staged files with the name of a wheel, told to the job by a file of its own."""

import pytest
from pydantic import ValidationError

from foundation.contracts.tools.code_python import MAX_WHEELS, WHEELS_NAME, CodePythonArguments


def arguments(*wheels: str) -> CodePythonArguments:
    return CodePythonArguments.model_validate({"code": "1", "wheels": list(wheels)})


@pytest.mark.parametrize(
    "name", ["package-1.0-py3-none-any.whl", "a.b_c-1!2.0+local-1b-cp311-cp311-manylinux_2_17_x86_64.whl"]
)
def test_a_wheel_is_named_like_one(name: str) -> None:
    given = arguments(name)
    assert given.wheels == [name]
    assert given.files_needed() == [name]


@pytest.mark.parametrize(
    "name", ["package.whl", "package-1.0.tar.gz", "package-1.0-py3-none.whl", "a/p-1-py3-none-any.whl"]
)
def test_what_is_not_named_like_a_wheel_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        arguments(name)


def test_there_are_not_too_many() -> None:
    names = [f"package{number}-1.0-py3-none-any.whl" for number in range(MAX_WHEELS + 1)]
    assert len(arguments(*names[:-1]).wheels) == MAX_WHEELS
    with pytest.raises(ValidationError):
        arguments(*names)


def test_the_file_that_tells_of_wheels_is_taken_only_where_there_are_some() -> None:
    assert WHEELS_NAME in set(CodePythonArguments.names_taken({"code", "wheels"}))
    assert WHEELS_NAME not in set(CodePythonArguments.names_taken({"code"}))
