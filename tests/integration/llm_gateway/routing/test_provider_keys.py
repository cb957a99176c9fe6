"""A compatible provider is one table of one file: its key is found by reference, and goes to it alone."""

import json
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import boto3
import httpx
import pytest

from fixtures.cloud.object_server import ObjectServer, running_object_server
from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.ground import GatewayGround

PROVIDER = """
[providers.{name}]
adapter = "openai-compatible"
base_url = "{url}"
key = {{ {key} }}

[routes.{name}]
targets = [{{ provider = "{name}", model = "anything" }}]

[[prices]]
provider = "{name}"
model = "*"
input = "1"
output = "2"
"""
KEYS = {
    "by-env": 'env = "THEIR_KEY"',
    "by-secret": 'env = "NEVER_SET", secret = "lockstep/provider/theirs"',
    "env-first": 'env = "THEIR_KEY", secret = "lockstep/provider/theirs"',
    "set-to-nothing": 'env = "EMPTY_KEY", secret = "lockstep/provider/theirs"',
    "not-there": 'secret = "lockstep/provider/nobody"',
}
ANSWER = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "anything",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
).encode()


class Compatible(BaseHTTPRequestHandler):
    """A server that speaks chat completions and keeps the keys that it is sent."""

    keys: list[str | None]

    def do_POST(self) -> None:
        self.keys.append(self.headers["authorization"])
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_args: object) -> None:
        """Nothing: a test says what went wrong."""


@pytest.fixture
def provider() -> Iterator[tuple[str, list[str | None]]]:
    keys: list[str | None] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Compatible,), {"keys": keys})) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1", keys
        server.shutdown()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    yield from running_object_server(tmp_path_factory.mktemp("secrets"))


@pytest.fixture
def gateway(
    ground: GatewayGround, cloud: ObjectServer, provider: tuple[str, list[str | None]]
) -> Iterator[GatewayProcess]:
    endpoint = cloud.environment["AWS_ENDPOINT_URL_S3"]
    with closing(boto3.client("secretsmanager", endpoint_url=endpoint, region_name="us-east-1")) as secrets:
        secrets.create_secret(Name="lockstep/provider/theirs", SecretString="sk-of-the-secret")
    folder = ground.new_folder("keys")
    routes = folder / "compatible.toml"
    routes.write_text("".join(PROVIDER.format(name=name, url=provider[0], key=key) for name, key in KEYS.items()))
    more = {
        **cloud.environment,
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": endpoint,
        "THEIR_KEY": "sk-of-the-environment",
        "EMPTY_KEY": "",
    }
    yield from ground.running("gateway-keys", folder=folder, routes=[routes], more=more)


async def test_a_key_is_taken_from_the_environment_or_else_from_a_secret(
    gateway: GatewayProcess, tenant: Tenant, provider: tuple[str, list[str | None]]
) -> None:
    statuses = {}
    async with httpx.AsyncClient(base_url=gateway.url, timeout=30, headers={"x-api-key": tenant.api_key}) as client:
        for name in KEYS:
            body = {"model": name, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 10}
            answer = await client.post("/v1/chat/completions", json=body)
            statuses[name] = (answer.status_code, answer.json().get("error", {}).get("code"))
    assert statuses == {
        "by-env": (200, None),
        "by-secret": (200, None),
        "env-first": (200, None),
        "set-to-nothing": (404, "no_provider_key"),
        "not-there": (404, "no_provider_key"),
    }
    sent = ["sk-of-the-environment", "sk-of-the-secret", "sk-of-the-environment"]
    assert provider[1] == [f"Bearer {key}" for key in sent]
    assert "sk-of" not in gateway.process.log()
