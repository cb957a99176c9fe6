"""A pepper is replaced in three steps, in none of which a key is unknown to a service that has restarted since."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from foundation.domain.people.api_keys import Peppers
from infra.peppers import API_KEY_PEPPERS, first_pepper, rotate


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="us-east-1")
        client.create_secret(Name=API_KEY_PEPPERS, SecretString=first_pepper())
        yield client


def known(client: Any) -> Peppers:
    return Peppers.parse(client.get_secret_value(SecretId=API_KEY_PEPPERS)["SecretString"])


def test_each_step_is_known_to_services_of_the_step_before(secrets: Any) -> None:
    seen = [known(secrets)]
    for step, current in (("add", "p1"), ("use", "p2"), ("drop", "p2")):
        assert rotate(secrets, step) == current
        seen.append(known(secrets))
    assert seen[1].digest("lsk_x") == seen[0].digest("lsk_x"), "what is added is not used yet"
    assert seen[2].digest("lsk_x") in seen[1].candidates("lsk_x")
    assert list(seen[3].known) == ["p2"]


def test_steps_out_of_order_are_refused_and_change_nothing(secrets: Any) -> None:
    before = known(secrets)
    with pytest.raises(ValueError, match="`add` another one first"):
        rotate(secrets, "use")
    assert known(secrets) == before
    rotate(secrets, "add")
    with pytest.raises(ValueError, match="two peppers already"):
        rotate(secrets, "add")
