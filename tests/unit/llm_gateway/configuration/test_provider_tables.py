"""A provider's table: the dialects that it speaks, where each is reached, and where its key is found."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.configuration.file import KeyReference, ProviderConfig

URL, OTHER = "https://a.example/v1", "https://b.example/v1"


def table(**members: Any) -> ProviderConfig:
    return ProviderConfig.model_validate({"base_url": URL, **members})


@pytest.mark.parametrize(
    ("members", "urls"),
    [
        ({"adapter": "openai"}, {Dialect.CHAT: URL}),
        ({"adapter": "openai-compatible"}, {Dialect.CHAT: URL}),
        ({"adapter": "anthropic"}, {Dialect.MESSAGES: URL}),
        ({"adapter": "openai", "speaks": ["responses"]}, {Dialect.CHAT: URL, Dialect.RESPONSES: URL}),
        ({"adapter": "openai", "urls": {"messages": OTHER}}, {Dialect.CHAT: URL, Dialect.MESSAGES: OTHER}),
        ({"speaks": ["embeddings"]}, {Dialect.EMBEDDINGS: URL}),
    ],
)
def test_each_dialect_has_one_base_url(members: dict[str, Any], urls: dict[Dialect, str]) -> None:
    assert table(**members).base_urls() == urls


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({}, "no dialect is named"),
        ({"adapter": "openai", "urls": {"chat": OTHER}}, "'chat' is spoken at base_url already"),
        ({"adapter": "openai", "speaks": ["responses"], "urls": {"responses": OTHER}}, "'responses' is spoken"),
        ({"adapter": "openai", "speaks": ["whistling"]}, "Input should be 'chat'"),
        ({"adapter": "local"}, "Input should be 'openai'"),
    ],
)
def test_a_table_that_means_two_things_or_nothing_is_refused(members: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        table(**members)


@pytest.mark.parametrize("reference", [{"env": "A_KEY"}, {"secret": "a/key"}, {"env": "A_KEY", "secret": "a/key"}])
def test_a_key_is_found_by_reference(reference: dict[str, str]) -> None:
    key = table(adapter="openai", key=reference).key
    assert key == KeyReference(**reference)


def test_a_reference_to_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        table(adapter="openai", key={})


def test_the_key_itself_has_no_place_in_a_table() -> None:
    with pytest.raises(ValidationError):
        table(adapter="openai", key="sk-secret")
