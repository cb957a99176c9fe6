"""Files and folders say what they are."""

import ast

from architecture.sources import ROOT, named, python_files, tree_of


def test_every_file_of_the_services_and_of_the_client_begins_with_what_it_is() -> None:
    silent = [
        named(file)
        for file in python_files("services", "clients")
        if not (ast.get_docstring(tree_of(file)) or "").strip()
    ]
    assert silent == []


def test_every_folder_of_the_services_is_a_package_that_says_what_it_is() -> None:
    files = python_files("services")
    folders = {folder for file in files for folder in file.parents if ROOT / "services" in folder.parents}
    assert [named(folder) for folder in sorted(folders) if folder / "__init__.py" not in files] == []


def test_localstack_is_a_folder_and_not_a_package() -> None:
    assert not (ROOT / "localstack" / "__init__.py").exists(), "it would shadow LocalStack's own modules"
