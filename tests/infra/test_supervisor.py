"""The supervisor keeps processes alive, gives restarted emulators their content back, and answers nobody else."""

import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis

from fixtures.waiting import until
from supervisor import env_file
from supervisor.clouds.cloud import Cloud
from supervisor.errors import Refused
from supervisor.processes import ports
from supervisor.settings import ROOT, Settings

pytestmark = pytest.mark.stack

SERVICES = ["control-plane", "llm-gateway", "orchestrator", "tool-runtime"]
GROUND = ["localstack-objects", "localstack-workflow", "postgres", "redis"]


def supervisor(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "supervisor", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "localstack")},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )  # fmt: skip
    return done.stdout


def pid_of(settings: Settings, name: str) -> int:
    return int(json.loads((settings.paths.run / f"{name}.pid").read_text())["pid"])


def row(name: str) -> list[str]:
    return next(line.split() for line in supervisor("status").splitlines() if line.startswith(f"{name} "))


def kill_and_await_return(settings: Settings, name: str) -> None:
    before = int(row(name)[-1])
    os.kill(pid_of(settings, name), signal.SIGKILL)
    until(lambda: (row(name)[1:2] == ["ready"] and int(row(name)[-1]) == before + 1) or None, f"the return of {name}")


@pytest.fixture
def an_object(objects: Callable[[str], Any], cloud: Cloud) -> Iterator[tuple[str, bytes]]:
    key, body = f"tests/{uuid.uuid4()}", uuid.uuid4().bytes
    s3, bucket = objects("s3"), cloud.names()["LOCKSTEP_ARTIFACTS_BUCKET"]
    s3.put_object(Bucket=bucket, Key=key, Body=b"an earlier version")
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="text/x-test", Metadata={"made-by": "a-test"})
    yield key, body
    s3.delete_object(Bucket=bucket, Key=key)


def assert_stored(client: Any, bucket: str, key: str, body: bytes) -> None:
    found = client.get_object(Bucket=bucket, Key=key)
    assert found["Body"].read() == body
    assert (found["ContentType"], found["Metadata"]) == ("text/x-test", {"made-by": "a-test"})


def listens_on(process: psutil.Process) -> list[str]:
    """Its addresses; none of a child that has ended, as PostgreSQL's do with their connections."""
    try:
        connections = process.net_connections("inet")
    except psutil.NoSuchProcess:
        return []
    return [one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN]


@pytest.mark.parametrize("name", GROUND)
def test_a_port_answers_on_loopback_only(settings: Settings, name: str) -> None:
    process = psutil.Process(pid_of(settings, name))
    listening = [address for member in [process, *process.children(recursive=True)] for address in listens_on(member)]
    assert listening
    assert set(listening) <= {"127.0.0.1", "::1"}


async def test_a_port_that_answers_elsewhere_is_noticed() -> None:
    addresses = [one for one in ports.other_addresses() if ":" not in one]
    assert addresses, "this machine has no address but loopback, so the rule cannot be shown here"
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert set(addresses) <= set(await ports.answering_elsewhere(server.getsockname()[1]))


def test_a_taken_port_is_named_with_its_owner_and_its_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Refused) as refusal:
            ports.refuse_taken({"LOCKSTEP_PORT_REDIS": port})
    said = str(refusal.value)
    assert f"port {port} is taken by" in said
    assert f"process {os.getpid()}" in said
    assert "set LOCKSTEP_PORT_REDIS" in said


def test_what_the_stack_offers_to_a_shell_is_private_to_its_owner(settings: Settings) -> None:
    assert settings.paths.env.stat().st_mode & 0o077 == 0
    assert (settings.paths.state / "passwords.json").stat().st_mode & 0o077 == 0
    assert env_file.read(settings.paths.env)["DATABASE_URL"].startswith("postgresql://lockstep:")


def test_the_installer_and_the_supervisor_mean_the_same_sandbox_folder(settings: Settings) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", "from bootstrap.places import sandbox_root; print(sandbox_root())"],
        cwd=ROOT / "localstack", check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert Path(asked.stdout.strip()) == Path(env_file.read(settings.paths.env)["LOCKSTEP_SANDBOX_ROOT"])


def test_a_second_start_changes_nothing(settings: Settings) -> None:
    supervisor("up", "--only", "ground")
    before = [pid_of(settings, name) for name in GROUND]
    assert "nothing to do" in supervisor("up", "--only", "ground")
    assert [pid_of(settings, name) for name in GROUND] == before


@pytest.mark.serial
@pytest.mark.parametrize(
    "name", ["control-plane", *(pytest.param(other, marks=pytest.mark.full) for other in SERVICES[1:])]
)
def test_a_service_ends_by_itself_when_it_is_told_to(settings: Settings, name: str) -> None:
    assert f"{name} is stopped" in supervisor("restart", name)


@pytest.mark.full
@pytest.mark.serial
def test_workflow_gets_its_stacks_back_after_a_crash(settings: Settings, workflow: Callable[[str], Any]) -> None:
    kill_and_await_return(settings, "localstack-workflow")
    names = {one["name"] for one in workflow("stepfunctions").list_state_machines()["stateMachines"]}
    assert "lockstep-local-run" in names
    assert workflow("sqs").get_queue_url(QueueName="lockstep-local-steps")["QueueUrl"]


@pytest.mark.full
@pytest.mark.serial
def test_objects_deletions_and_keys_survive_a_stop(
    objects: Callable[[str], Any], cloud: Cloud, an_object: tuple[str, bytes]
) -> None:
    bucket, deleted = cloud.names()["LOCKSTEP_ARTIFACTS_BUCKET"], f"deleted-{an_object[0]}"
    objects("s3").put_object(Bucket=bucket, Key=deleted, Body=b"no longer")
    objects("s3").delete_object(Bucket=bucket, Key=deleted)
    key = objects("secretsmanager").get_secret_value(SecretId="lockstep/service-signing-key")["SecretString"]
    supervisor("restart", "localstack-objects")
    assert_stored(objects("s3"), bucket, *an_object)
    assert objects("s3").list_objects_v2(Bucket=bucket, Prefix=deleted)["KeyCount"] == 0
    again = objects("secretsmanager").get_secret_value(SecretId="lockstep/service-signing-key")["SecretString"]
    assert json.loads(again)["kty"] == "OKP"
    assert again == key


@pytest.mark.serial
@pytest.mark.full
def test_exported_objects_survive_a_crash(
    settings: Settings, objects: Callable[[str], Any], cloud: Cloud, an_object: tuple[str, bytes]
) -> None:
    index = settings.paths.objects / "index.json"
    until(lambda: an_object[0] in index.read_text() or None, "the export of the object")
    kill_and_await_return(settings, "localstack-objects")
    assert_stored(objects("s3"), cloud.names()["LOCKSTEP_ARTIFACTS_BUCKET"], *an_object)


@pytest.mark.serial
def test_a_committed_row_survives_a_crash_of_postgres(settings: Settings) -> None:
    url, mark = env_file.read(settings.paths.env)["DATABASE_URL"], uuid.uuid4().hex
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS public.survival_test (mark text)")
        connection.execute("INSERT INTO public.survival_test VALUES (%s)", (mark,))
    kill_and_await_return(settings, "postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT count(*) FROM public.survival_test WHERE mark = %s", (mark,)).fetchone()
        connection.execute("DROP TABLE public.survival_test")
    assert found == (1,)


@pytest.mark.serial
def test_an_acknowledged_key_survives_a_crash_of_redis(settings: Settings) -> None:
    url, key = env_file.read(settings.paths.env)["REDIS_URL"], f"test:{uuid.uuid4().hex}"
    with redis.Redis.from_url(url) as client:
        client.set(key, "1")
    kill_and_await_return(settings, "redis")
    with redis.Redis.from_url(url) as client:
        assert client.get(key) == b"1"
        client.delete(key)
