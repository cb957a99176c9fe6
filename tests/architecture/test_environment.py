"""The environment is read by settings, and by the few places that stand before them."""

import ast

import pytest

from architecture.sources import named, python_files, tree_of

_MAY = {
    "infra/aws.py": "hands its own environment to the CDK's program",
    "services/tool_runtime/tools/programs/browser/sessions.py": "is a job's program, whose runner tells it so",
    "services/tool_runtime/tools/programs/code_agent/main.py": "is a job's program, and hands its own to the agent",
    "services/tool_runtime/tools/programs/clock.py": "is a part of jobs' programs, whose runner tells them so",
    "services/tool_runtime/tools/programs/mcp_client/stdio.py": "is a job's program, and hands some to the server",
    "services/tool_runtime/tools/programs/refusal_proof.py": "is of a job's programs, whose runner tells them so",
    "services/tool_runtime/tools/programs/search/main.py": "is a job's program, whose runner tells it so",
    "localstack/bootstrap/commands.py": "runs before anything is installed, and hands its own on",
    "localstack/bootstrap/places.py": "runs before anything is installed",
    "samples/run.py": "a program for people, which is told where the API is as they are",
    "localstack/lambda_executor/lambda_executor/bootstrap.py": "is Lambda's runtime, whose contract is the environment",
    "localstack/lambda_executor/lambda_executor/executor.py": "is configured by LocalStack, through its environment",
    "localstack/lambda_executor/lambda_executor/object_writes.py": "is configured by LocalStack, the same way",
}
_MODULES = {"os", "posix"}
_NAMES = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def _reads_environment(tree: ast.Module) -> bool:
    """Whether the tree names the environment, whatever it calls the module that has it."""
    modules = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in _MODULES
    }
    return any(_is_of(node, modules) or _is_imported(node) for node in ast.walk(tree))


def _is_of(node: ast.AST, modules: set[str]) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return module in modules and name in _NAMES
        case ast.Call(func=ast.Name(id="getattr" | "vars"), args=[ast.Name(id=module), *_]):
            return module in modules
    return False


def _is_imported(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and node.module in _MODULES
        and bool({alias.name for alias in node.names} & {*_NAMES, "*"})
    )


def _readers() -> set[str]:
    files = python_files("services", "localstack", "infra", "samples", "bench", "clients")
    return {named(file) for file in files if _reads_environment(tree_of(file))}


def test_only_settings_read_the_environment() -> None:
    settings = {name for name in _readers() if name.rpartition("/")[2] == "settings.py"}
    assert _readers() - settings - set(_MAY) == set()


def test_every_exception_is_still_one() -> None:
    assert set(_MAY) - _readers() == set()


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['A']",
        "import os as o\no.getenv('A')",
        "from os import environ as e\ne['A']",
        "from os import getenv",
        "from os import *",
        "import posix\nposix.environ",
        "import os\ngetattr(os, 'environ')",
        "def late():\n    import os as o\n    return o.environb",
    ],
)
def test_a_reader_is_found_whatever_it_calls_the_environment(source: str) -> None:
    assert _reads_environment(ast.parse(source))


@pytest.mark.parametrize(
    "source", ["import os\nos.getpid()", "import os.path as o\no.environ", "a.environ", "getenv()"]
)
def test_other_uses_of_such_names_are_no_readers(source: str) -> None:
    assert not _reads_environment(ast.parse(source))
