"""Many forms signed at once are those that the SDK would have signed one by one."""

import base64
import json
from typing import Any

import boto3
import pytest
from botocore.config import Config

from foundation.cloud.objects.upload_forms import forms_like


def form(key: str, *, token: str | None = None, secret: str = "secret", version: str = "s3v4") -> dict[str, str]:  # noqa: S107
    client = boto3.client(
        "s3",
        region_name="eu-west-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="AKIA",
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(signature_version=version),
    )
    made: dict[str, Any] = client.generate_presigned_post("bucket", key, Conditions=[["content-length-range", 0, 9]])
    return dict(made["fields"])


@pytest.mark.parametrize("token", [None, "session"])
def test_each_form_is_the_first_with_another_key_and_its_own_signature(token: str | None) -> None:
    first = form("jobs/0", token=token)
    forms = forms_like(first, ["jobs/0", "jobs/é"], secret_key="secret")
    assert forms is not None
    same, other = forms
    policy = json.loads(base64.b64decode(other["policy"]))
    assert {"key": "jobs/é"} in policy["conditions"]
    assert {"key": "jobs/0"} not in policy["conditions"]
    assert ["content-length-range", 0, 9] in policy["conditions"]
    assert other["key"] == "jobs/é"
    assert other.keys() == first.keys()
    # The order of the conditions differs, so the signature is checked by signing the result anew.
    assert forms_like(other, ["jobs/0"], secret_key="secret") == [same]


def test_a_form_that_was_signed_otherwise_is_not_copied() -> None:
    assert forms_like(form("a"), ["b"], secret_key="another") is None
    assert forms_like(form("a", version="s3"), ["b"], secret_key="secret") is None
