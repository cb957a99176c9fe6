"""Values of secrets are made once, in the place of placeholders; the halves of a key pair belong together."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from foundation.domain.people.api_keys import Peppers
from infra.peppers import API_KEY_PEPPERS
from infra.secret_values import (
    EGRESS_PUBLIC_KEYS,
    EGRESS_SIGNING_KEY,
    PLACEHOLDER,
    REPLAY_KEY,
    SERVICE_PUBLIC_KEYS,
    SERVICE_SIGNING_KEY,
    TENANT_SECRET_KEYS,
    TENANT_SECRET_PUBLIC_KEYS,
    USER_SIGNING_KEY,
    WEBHOOK_KEY,
    is_placeholder,
    put_missing_values,
)

NAMES = (
    *(SERVICE_SIGNING_KEY, SERVICE_PUBLIC_KEYS, USER_SIGNING_KEY, REPLAY_KEY, API_KEY_PEPPERS),
    *(TENANT_SECRET_KEYS, TENANT_SECRET_PUBLIC_KEYS, WEBHOOK_KEY, EGRESS_SIGNING_KEY, EGRESS_PUBLIC_KEYS),
)


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="us-east-1")
        for name in NAMES:
            client.create_secret(Name=name, SecretString=json.dumps({**json.loads(PLACEHOLDER), "nonce": "x"}))
        yield client


def value_of(client: Any, name: str) -> str:
    return str(client.get_secret_value(SecretId=name)["SecretString"])


def test_every_placeholder_gets_a_value_once(secrets: Any) -> None:
    assert set(put_missing_values(secrets)) == set(NAMES)
    values = {name: value_of(secrets, name) for name in NAMES}
    assert put_missing_values(secrets) == []
    assert {name: value_of(secrets, name) for name in NAMES} == values
    assert len(base64.b64decode(values[REPLAY_KEY])) == 32
    assert Peppers.parse(values[API_KEY_PEPPERS]).digest("lsk_x").pepper == "p1"
    [public] = json.loads(values[SERVICE_PUBLIC_KEYS])["keys"]
    private = json.loads(values[SERVICE_SIGNING_KEY])
    assert public == {name: value for name, value in private.items() if name != "d"}
    assert values[EGRESS_SIGNING_KEY] != values[SERVICE_SIGNING_KEY], "it is good for nothing but grants"


def test_half_a_key_pair_is_replaced_as_a_whole(secrets: Any) -> None:
    put_missing_values(secrets)
    before = value_of(secrets, SERVICE_SIGNING_KEY)
    secrets.put_secret_value(SecretId=SERVICE_PUBLIC_KEYS, SecretString=PLACEHOLDER)
    assert set(put_missing_values(secrets)) == {SERVICE_SIGNING_KEY, SERVICE_PUBLIC_KEYS}
    assert value_of(secrets, SERVICE_SIGNING_KEY) != before


@pytest.mark.parametrize(
    ("text", "expected"),
    [(PLACEHOLDER, True), ('{"placeholder": "true"}', False), ("[1]", False), ("sk-x", False), ("", False)],
)
def test_only_a_marked_value_is_a_placeholder(text: str, expected: bool) -> None:
    assert is_placeholder(text) is expected
