"""What every bucket must do: S3 as the stack has it, and the one in memory."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from fixtures.cloud.buckets import KINDS, Bucket, a_bucket
from fixtures.cloud.closed_ports import clients_of_nothing
from foundation.cloud.clients import Clients
from foundation.cloud.objects.base import ObjectStore, Upload
from foundation.cloud.objects.fake import FakeObjectStore, Fetched
from foundation.cloud.objects.s3 import S3ObjectStore
from foundation.domain.errors import DependencyUnavailable, NotFound

BODY = b"penguins " * 1000
DIGEST = hashlib.sha256(BODY).digest()
FORM = "incoming/key"
KEYS = ["incoming/a", "incoming/b"]


@pytest.fixture(params=KINDS)
async def played(request: pytest.FixtureRequest) -> AsyncIterator[Bucket]:
    async with a_bucket(request.param) as made:
        yield made


@pytest.fixture(params=["fake", pytest.param("s3", marks=pytest.mark.stack)])
async def away(request: pytest.FixtureRequest) -> AsyncIterator[ObjectStore]:
    if request.param == "fake":
        yield FakeObjectStore(away=True)
    else:
        async with clients_of_nothing() as clients:
            yield S3ObjectStore(await clients.s3(), "none")


async def test_what_was_put_is_there_to_the_byte(played: Bucket) -> None:
    await played.store.put("a/b", BODY)
    assert await played.store.get("a/b") == BODY
    assert await played.store.size("a/b") == len(BODY)
    assert await played.store.digest("a/b") == (len(BODY), DIGEST)


async def test_what_was_put_again_replaces_the_first(played: Bucket) -> None:
    await played.store.put("key", b"first")
    await played.store.put("key", b"second")
    assert await played.store.get("key") == b"second"


async def test_what_is_not_there_is_told_as_such(played: Bucket) -> None:
    with pytest.raises(NotFound):
        await played.store.get("nothing")
    assert await played.store.size("nothing") is None
    assert await played.store.digest("nothing") is None


async def test_what_was_deleted_is_gone_also_when_it_was_never_there(played: Bucket) -> None:
    await played.store.put("key", b"x")
    await played.store.delete("key")
    await played.store.delete("key")
    assert await played.store.size("key") is None


async def test_a_bucket_that_answers_says_so(played: Bucket) -> None:
    await played.store.ping()


async def test_only_the_bytes_that_were_promised_are_frozen(played: Bucket) -> None:
    await played.store.put("upload", BODY)
    assert await played.store.freeze("upload", "final", size=len(BODY), sha256=DIGEST)
    await played.store.put("upload", b"other bytes")
    assert await played.store.get("final") == BODY


@pytest.mark.parametrize(("key", "size", "sha256"), [
    ("upload", len(BODY) + 1, DIGEST),
    ("upload", len(BODY), hashlib.sha256(b"other").digest()),
    ("nothing", len(BODY), DIGEST),
])  # fmt: skip
async def test_other_bytes_or_none_are_not_frozen(played: Bucket, key: str, size: int, sha256: bytes) -> None:
    await played.store.put("upload", BODY)
    assert not await played.store.freeze(key, "final", size=size, sha256=sha256)
    assert await played.store.size("final") is None


async def test_a_signed_address_gives_the_object_as_it_was_typed(played: Bucket) -> None:
    await played.store.put("key", BODY, content_type="text/csv")
    assert await played.fetch(await played.store.download_url("key", seconds=60)) == Fetched(BODY, "text/csv", None)


@pytest.mark.parametrize(("inline", "kind"), [(False, "attachment"), (True, "inline")])
async def test_a_signed_address_gives_the_name_and_the_type_that_it_was_made_for(
    played: Bucket, inline: bool, kind: str
) -> None:
    await played.store.put("key", BODY)
    url = await played.store.download_url(
        "key", seconds=60, file_name="a.csv", content_type="text/plain", inline=inline
    )
    assert await played.fetch(url) == Fetched(BODY, "text/plain", f'{kind}; filename="a.csv"')


async def test_a_signed_address_gives_nothing_once_the_object_is_gone(played: Bucket) -> None:
    await played.store.put("key", BODY)
    url = await played.store.download_url("key", seconds=60)
    await played.store.delete("key")
    assert await played.fetch(url) is None


async def test_a_form_takes_what_it_was_made_for(played: Bucket) -> None:
    form = await played.store.upload(FORM, seconds=60, max_bytes=len(BODY), content_type="text/csv")
    assert await played.post(form, BODY)
    assert await played.store.get(FORM) == BODY
    assert await played.fetch(await played.store.download_url(FORM, seconds=60)) == Fetched(BODY, "text/csv", None)


async def test_a_form_takes_no_more_and_no_less_than_it_says(played: Bucket) -> None:
    form = await played.store.upload(FORM, seconds=60, min_bytes=3, max_bytes=5)
    assert [await played.post(form, b"x" * size) for size in (2, 6)] == [False, False]
    assert await played.store.size(FORM) is None
    assert [await played.post(form, b"x" * size) for size in (3, 5)] == [True, True]


async def test_a_form_of_a_digest_takes_no_other_bytes(played: Bucket) -> None:
    form = await played.store.upload(FORM, seconds=60, max_bytes=1 << 20, sha256=DIGEST)
    assert not await played.post(form, b"y" + BODY[1:])
    assert await played.post(form, BODY)


async def test_a_form_reaches_no_other_key(played: Bucket) -> None:
    form = await played.store.upload(FORM, seconds=60, max_bytes=1 << 20)
    assert not await played.post(Upload(form.url, {**form.fields, "key": "another"}), BODY)
    assert await played.store.size("another") is None


async def test_no_form_is_signed_for_a_key_at_which_something_final_may_lie(played: Bucket) -> None:
    for key in ("tenants/t/artifacts/a", "key", "/incoming/a", "incoming"):
        with pytest.raises(ValueError, match="no form is signed"):
            await played.store.upload(key, seconds=60, max_bytes=1)
        with pytest.raises(ValueError, match="no form is signed"):
            await played.store.uploads([FORM, key], seconds=60, max_bytes=1)


async def test_a_form_that_is_used_again_changes_nothing_of_what_was_frozen(played: Bucket) -> None:
    form = await played.store.upload(FORM, seconds=60, max_bytes=1 << 20)
    assert await played.post(form, BODY)
    assert await played.store.freeze(FORM, "final", size=len(BODY), sha256=DIGEST)
    url = await played.store.download_url("final", seconds=60)
    assert await played.post(form, b"forged")
    assert not await played.store.freeze(FORM, "final", size=len(BODY), sha256=DIGEST)
    fetched = await played.fetch(url)
    assert fetched is not None
    assert fetched.body == await played.store.get("final") == BODY


async def test_many_forms_each_reach_their_own_key(played: Bucket) -> None:
    keys = [f"incoming/many/{number}" for number in range(5)]
    forms = await played.store.uploads(keys, seconds=60, max_bytes=10)
    for number, form in enumerate(forms):
        assert await played.post(form, str(number).encode())
        assert not await played.post(form, b"x" * 11)
    assert [await played.store.get(key) for key in keys] == [str(number).encode() for number in range(5)]
    assert await played.store.uploads([], seconds=60, max_bytes=10) == []


async def test_a_bucket_that_does_not_answer_is_unavailable_to_every_call_that_asks_it(away: ObjectStore) -> None:
    calls = [
        away.ping(),
        away.put("key", b"x"),
        away.get(FORM),
        away.size(FORM),
        away.digest("key"),
        away.delete("key"),
        away.freeze("key", "final", size=1, sha256=DIGEST),
    ]
    raised = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in raised} == {DependencyUnavailable}


async def test_addresses_and_forms_are_signed_without_asking_the_bucket(away: ObjectStore) -> None:
    """So who is given one learns only when using it that the bucket is away."""
    assert "key" in await away.download_url("key", seconds=60)
    assert (await away.upload(FORM, seconds=60, max_bytes=1)).fields["key"] == FORM
    assert [form.fields["key"] for form in await away.uploads(KEYS, seconds=60, max_bytes=1)] == KEYS


@pytest.mark.parametrize("size", [0, 10, 16 * 1024 * 1024 + 1], ids=["empty", "small", "in parts"])
async def test_a_file_is_stored_whole_and_read_in_pieces(played: Bucket, tmp_path: Path, size: int) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(7) * (size // 7) + b"x" * (size % 7))
    await played.store.put_file("a/file", file, content_type="application/zip")
    digest = hashlib.sha256()
    pieces = [piece async for piece in played.store.read("a/file")]
    for piece in pieces:
        digest.update(piece)
    assert digest.digest() == hashlib.sha256(file.read_bytes()).digest()
    assert max(map(len, pieces), default=0) <= 1024 * 1024


async def test_what_is_not_there_cannot_be_read(played: Bucket) -> None:
    with pytest.raises(NotFound):
        [piece async for piece in played.store.read("nothing")]


async def test_what_is_below_a_prefix_is_erased_with_all_its_versions_and_nothing_else(played: Bucket) -> None:
    for key in ("t/1/a", "t/1/b/c", "t/12/a", "u/t/1/a"):
        await played.store.put(key, b"x")
    assert await played.store.count("t/1/") == 2
    assert await played.store.erase("t/1/") == 2
    assert (await played.store.count("t/1/"), await played.store.erase("t/1/")) == (0, 0)
    assert [await played.store.size(key) for key in ("t/12/a", "u/t/1/a")] == [1, 1]


async def test_exactly_one_object_is_purged_and_none_whose_key_goes_on(played: Bucket) -> None:
    for key in ("p/1", "p/10", "p/1/a"):
        await played.store.put(key, b"x")
    for _ in range(2):
        await played.store.purge("p/1")
    assert [await played.store.size(key) for key in ("p/1", "p/10", "p/1/a")] == [None, 1, 1]


async def test_several_may_purge_or_erase_the_same_at_once(played: Bucket) -> None:
    for _ in range(5):
        await played.store.put("p/1", b"x")
        await asyncio.gather(*(played.store.purge("p/1") for _ in range(6)))
        assert await played.store.count("p/1") == 0
        await asyncio.gather(*(played.store.put(f"e/{at}", b"x") for at in range(3)))
        await asyncio.gather(*(played.store.erase("e/") for _ in range(6)))
        assert await played.store.count("e/") == 0


async def test_keys_are_listed_of_what_nothing_was_written_to_since(played: Bucket) -> None:
    for key in ("w/1", "w/2", "w/3", "v/1"):
        await played.store.put(key, b"x")
    now = datetime.now(UTC)
    assert sorted(await played.store.keys("w/", written_by=now + timedelta(minutes=1))) == ["w/1", "w/2", "w/3"]
    assert len(await played.store.keys("w/", written_by=now + timedelta(minutes=1), most=2)) == 2
    assert await played.store.keys("w/", written_by=now - timedelta(minutes=1)) == []


@pytest.mark.stack
async def test_older_versions_of_an_object_are_erased_too() -> None:
    s3, bucket = boto3.client("s3"), f"contract-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    async with Clients() as clients:
        store = S3ObjectStore(await clients.s3(), bucket)
        for body in (b"first", b"second"):
            await store.put("t/1/a", body)
        for key in ("t/2", "t/20"):
            for body in (b"first", b"second"):
                await store.put(key, body)
        await store.purge("t/2")
        assert (await store.count("t/2"), await store.erase("t/20")) == (2, 2)
        await store.delete("t/1/a")
        assert await store.size("t/1/a") is None
        assert await store.count("t/1/") == 3
        assert await store.erase("t/1/") == 3
        assert await store.count("t/1/") == 0
    s3.delete_bucket(Bucket=bucket)
