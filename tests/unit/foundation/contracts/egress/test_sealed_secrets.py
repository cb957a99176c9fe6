"""A task says where a secret goes, and only what is sealed for that opens there."""

import base64
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from fixtures.sandboxing.sealed import A_TENANT, a_seal, a_seal_jwks, a_sealed_secret
from foundation.contracts.egress.sealing import Opener, SealBrokenError
from foundation.contracts.egress.secrets import TaskSecret, doubled
from foundation.domain.ids import TenantId

HOST = "api.example.com"


def a_secret(**changed: Any) -> TaskSecret:
    return TaskSecret.model_validate({"name": "git", "host": HOST, **changed})


def test_a_header_is_written_with_the_value_or_with_its_base64() -> None:
    assert a_secret().text("v") == "Bearer v"
    assert a_secret(format="key={value}!").text("v") == "key=v!"
    basic = base64.b64encode(b"user:pass").decode()
    assert a_secret(format="Basic {base64}").text("user:pass") == f"Basic {basic}"
    assert a_secret(format="{value}").text("{base64}") == "{base64}"


@pytest.mark.parametrize(
    ("changed", "member"),
    [
        ({"name": "Git"}, "name"),
        ({"name": "1git"}, "name"),
        ({"name": "a" * 64}, "name"),
        ({"host": "*.example.com"}, "host"),
        ({"host": "10.0.0.1"}, "host"),
        ({"host": "localhost"}, "host"),
        *(({"header": name}, "header") for name in ("Host", "te", "Content-Length", "proxy-x", "a b", "")),
        ({"format": "Bearer"}, "format"),
        ({"format": "{value}{value}"}, "format"),
        ({"format": "{value}{base64}"}, "format"),
        ({"format": "{value}}"}, "format"),
        ({"format": "a\n{value}"}, "format"),
    ],
)
def test_what_says_more_than_a_credential_is_refused(changed: dict[str, str], member: str) -> None:
    with pytest.raises(ValidationError) as refused:
        a_secret(**changed)
    assert refused.value.errors()[0]["loc"] == (member,)


def test_names_are_made_small() -> None:
    secret = a_secret(host="API.Example.com", header="X-Key")
    assert (secret.host, secret.header) == (HOST, "x-key")


def test_a_header_of_a_host_has_one_secret() -> None:
    one, other = a_secret(), a_secret(header="x-key")
    elsewhere = a_secret(host="b.example.com")
    assert doubled([one, other, elsewhere]) == []
    assert doubled([one, other, one, elsewhere, other]) == [2, 4]


def test_what_is_sealed_opens_for_its_tenant_name_and_host_and_with_any_of_the_keys() -> None:
    old, new = a_seal("old"), a_seal("new")
    opener = Opener(a_seal_jwks(new, old, private=True))
    for key in (old, new):
        assert opener.header_text(a_sealed_secret(key, value="v", host=HOST), TenantId(A_TENANT)) == "Bearer v"


@pytest.mark.parametrize(
    ("changed", "tenant", "words"),
    [
        ({}, UUID(int=9), "is another one"),
        ({"of": "other"}, A_TENANT, "is another one"),
        ({"hosts": ("b.example.com",)}, A_TENANT, f"may not go to {HOST}"),
        ({"hosts": ("*.example.com",)}, A_TENANT, None),
        ({"hosts": ("*.api.example.com",)}, A_TENANT, f"may not go to {HOST}"),
    ],
)
def test_in_another_s_place_it_stays_closed(changed: dict[str, Any], tenant: UUID, words: str | None) -> None:
    key = a_seal()
    sealed, opener = a_sealed_secret(key, value="v", host=HOST, **changed), Opener(a_seal_jwks(key, private=True))
    if words is None:
        assert opener.header_text(sealed, TenantId(tenant)) == "Bearer v"
        return
    with pytest.raises(SealBrokenError, match=words):
        opener.header_text(sealed, TenantId(tenant))


def test_what_was_changed_or_is_of_another_key_is_not_opened_and_not_repeated() -> None:
    key = a_seal()
    sealed = a_sealed_secret(key, value="very-secret", host=HOST)
    assert "very-secret" not in repr(sealed)
    assert sealed.sealed not in repr(sealed)
    for text, opened_by in ((sealed.sealed[:-4] + "AAAA", key), (sealed.sealed, a_seal("other")), ("x", key)):
        opener = Opener(a_seal_jwks(opened_by, private=True))
        with pytest.raises(SealBrokenError, match="cannot be opened"):
            opener.header_text(sealed.model_copy(update={"sealed": text}), TenantId(A_TENANT))
