"""LiteLLM's proxy with one worker, a master key and nothing else: no database, no Redis, no budgets, no limits."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peers.base import GATEWAY_CORE, Peer, PeerMissing, installed, pinned, ready
from support.raw_http import LOOPBACK, Target, free_port

_START_SECONDS = 120


@contextmanager
def litellm(folder: Path, upstream: Peer) -> Iterator[Peer]:
    program = installed("litellm") / "bin" / "litellm"
    if not program.exists():
        raise PeerMissing("LiteLLM's packages are not installed")
    key = f"sk-{secrets.token_urlsafe(32)}"
    target, log, file = (
        Target(free_port(), (("authorization", f"Bearer {key}"),)),
        folder / "litellm.log",
        "litellm.yaml",
    )
    model = {"model": "openai/fake*", "api_base": f"http://{LOOPBACK}:{upstream.target.port}/v1", "api_key": "bench"}
    configuration = {"model_list": [{"model_name": "fake*", "litellm_params": model}]}
    # Every JSON document is YAML, so this needs no writer of YAML.
    (folder / file).write_text(json.dumps({**configuration, "litellm_settings": {"telemetry": False}}))
    environment = {
        "HOME": str(folder),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_LOG": "ERROR",
        "LITELLM_MASTER_KEY": key,
    }
    arguments = ("--config", str(folder / file), "--host", LOOPBACK, "--port", str(target.port), "--num_workers", "1")
    with pinned(str(program), *arguments, core=GATEWAY_CORE, log=log, environment=environment, cwd=folder) as process:
        ready("LiteLLM", target, process, log, path="/health/liveliness", seconds=_START_SECONDS)
        yield Peer("litellm", target, process)
