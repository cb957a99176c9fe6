"""The environment is read by settings, and by the few places that stand before them."""

import ast

from architecture.sources import named, python_files, tree_of

_MAY = {
    "infra/aws.py": "hands its own environment to the CDK's program",
    "localstack/bootstrap.py": "runs before anything is installed",
    "samples/penguins/run.py": "a program for people, of the standard library alone",
    "localstack/lambda_executor/lambda_executor/bootstrap.py": "is Lambda's runtime, whose contract is the environment",
    "localstack/lambda_executor/lambda_executor/executor.py": "is configured by LocalStack, through its environment",
    "localstack/lambda_executor/lambda_executor/object_writes.py": "is configured by LocalStack, the same way",
}
_NAMES = {"environ", "environb", "getenv", "putenv"}


def _reads_environment(tree: ast.Module) -> bool:
    of_os = any(
        isinstance(node, ast.Attribute)
        and node.attr in _NAMES
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        for node in ast.walk(tree)
    )
    imported = any(
        isinstance(node, ast.ImportFrom) and node.module == "os" and {alias.name for alias in node.names} & _NAMES
        for node in ast.walk(tree)
    )
    return of_os or imported


def _readers() -> set[str]:
    files = python_files("services", "localstack", "infra", "samples", "bench")
    return {named(file) for file in files if _reads_environment(tree_of(file))}


def test_only_settings_read_the_environment() -> None:
    settings = {name for name in _readers() if name.rpartition("/")[2] == "settings.py"}
    assert _readers() - settings - set(_MAY) == set()


def test_every_exception_is_still_one() -> None:
    assert set(_MAY) - _readers() == set()
