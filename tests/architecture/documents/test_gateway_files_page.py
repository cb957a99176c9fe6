"""Whoever writes a gateway's file finds every member on the page about it."""

import re

import pytest
from pydantic import BaseModel

from architecture.sources import ROOT
from llm_gateway.configuration import file

_PAGE = (ROOT / "docs" / "reference" / "gateway.md").read_text(encoding="utf-8").partition("## The gateway's files")[2]
_NAMED = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`([^`\n]+)`", _PAGE))))
_MODELS = [
    model
    for model in vars(file).values()
    if isinstance(model, type) and issubclass(model, BaseModel)
    if model.__module__ == file.__name__
]


@pytest.mark.parametrize("model", _MODELS, ids=lambda model: model.__name__)
def test_every_member_of_the_gateways_files_is_on_their_page(model: type[BaseModel]) -> None:
    assert set(model.model_fields) - _NAMED == set()
