"""The export of the local cloud's objects: one that cannot be read does not keep the others."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from supervisor.clouds.objects_state import ObjectsState

URL = "http://127.0.0.1:4567"


class Secrets:
    """One secret, and nothing to restore it into."""

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self) -> Iterator[dict[str, Any]]:
        yield {"SecretList": [{"Name": "lockstep/key"}]}

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": "secret"}

    def put_secret_value(self, **_: str) -> None:
        pass


class S3:
    """Objects by key; those in `bad` end the connection, and `gone` ends every one."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects
        self.bad: set[str] = set()
        self.gone = False
        self.reads: list[str] = []

    def list_buckets(self) -> dict[str, Any]:
        if self.gone:
            raise EndpointConnectionError(endpoint_url=URL)
        return {"Buckets": [{"Name": "artifacts"}]}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        yield {
            "Versions": [
                {"Key": key, "VersionId": f"v-{key}", "IsLatest": True, "LastModified": at} for key in self.objects
            ]
        }

    def get_object(self, *, Key: str, **_: str) -> dict[str, Any]:  # noqa: N803 - the SDK's name
        self.reads.append(Key)
        if Key in self.bad or self.gone:
            raise ConnectionClosedError(endpoint_url=URL)
        return {"Body": BytesIO(self.objects[Key]), "ContentType": "text/plain", "Metadata": {}}

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803
        if Key in self.bad:
            raise ConnectionClosedError(endpoint_url=URL)
        self.objects[Key] = Body


def index(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "index.json").read_text()))


def test_what_cannot_be_read_is_skipped_and_named_and_the_rest_is_exported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    s3 = S3({"a": b"1", "bad": b"2", "z": b"3"})
    s3.bad = {"bad"}
    ObjectsState(tmp_path).export(s3, Secrets())
    found = index(tmp_path)
    assert sorted(one["key"] for one in found["versions"]) == ["a", "z"]
    assert found["secrets"] == {"lockstep/key": "secret"}
    assert [(one["key"], "Connection was closed" in one["reason"]) for one in found["skipped"]] == [("bad", True)]
    assert "artifacts/bad" in caplog.text


def test_it_is_tried_again_later_and_before_the_end(tmp_path: Path) -> None:
    s3, now = S3({"bad": b"2"}), [0.0]
    s3.bad = {"bad"}
    state = ObjectsState(tmp_path, clock=lambda: now[0])
    for at in (0.0, 1.0, 11.0, 12.0):
        now[0] = at
        state.export(s3, Secrets())
    assert s3.reads == ["bad", "bad"]
    s3.bad = set()
    state.export(s3, Secrets(), last=True)
    assert ([one["key"] for one in index(tmp_path)["versions"]], index(tmp_path)["skipped"]) == (["bad"], [])


def test_a_cloud_that_is_gone_takes_nothing_out_of_the_export(tmp_path: Path) -> None:
    s3 = S3({"a": b"1"})
    ObjectsState(tmp_path).export(s3, Secrets())
    s3.gone = True
    with pytest.raises(EndpointConnectionError):
        ObjectsState(tmp_path).export(s3, Secrets())
    assert [one["key"] for one in index(tmp_path)["versions"]] == ["a"]


def test_what_is_not_taken_back_stays_in_the_export(tmp_path: Path) -> None:
    before, after = S3({"a": b"1", "bad": b"2"}), S3({})
    ObjectsState(tmp_path).export(before, Secrets())
    after.bad = {"bad"}
    state = ObjectsState(tmp_path)
    assert state.restore(after, Secrets()) == 1
    state.export(after, Secrets())
    assert after.objects == {"a": b"1"}
    assert sorted(one["key"] for one in index(tmp_path)["versions"]) == ["a", "bad"]
    assert len(list((tmp_path / "content").iterdir())) == 2
