"""What differs between the targets: account, names, synthesizer, the lambdas' environment variables.

All of it is given as CDK context (`-c target=local`, `-c target=aws -c env=dev -c account=… -c region=…`).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import aws_cdk as cdk
from constructs import Node

from infra.names import Names, local_names
from infra.sandbox_inputs import SandboxInputs

Target = Literal["local", "aws"]


@dataclass(frozen=True, slots=True)
class Environment:
    """One target with all that its stacks need to know of it."""

    target: Target
    names: Names
    lambda_environment: dict[str, str] = field(default_factory=dict)
    # Locally the URL of a queue contains LocalStack's address.
    steps_queue_url: str | None = None
    # A folder with the lambdas' locked packages in `python/`; locally their interpreter has them installed.
    lambda_packages: Path | None = None
    # None where no images for it are named: then there is no stack for it.
    sandbox: SandboxInputs | None = None

    @property
    def env(self) -> cdk.Environment:
        return cdk.Environment(account=self.names.account, region=self.names.region)

    def synthesizer(self) -> cdk.DefaultStackSynthesizer:
        """LocalStack is not bootstrapped for the CDK, so its templates must not check the version of the bootstrap."""
        return cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=self.target == "aws")

    def stack_options(self) -> dict[str, Any]:
        return {"env": self.env, "synthesizer": self.synthesizer()}


def from_context(node: Node) -> Environment:
    target = node.try_get_context("target") or "local"
    given = node.try_get_context("lambda_environment") or {}
    if target == "local":
        return Environment(
            target="local",
            names=local_names(),
            lambda_environment=given,
            steps_queue_url=given.get("LOCKSTEP_STEPS_QUEUE_URL"),
        )
    if target != "aws":
        raise ValueError(f"context target={target!r}: known are local and aws")
    env = _required(node, "env")
    names = Names(env=env, account=_required(node, "account"), region=_required(node, "region"))
    packages = node.try_get_context("lambda_packages")
    sandbox = node.try_get_context("sandbox")
    return Environment(
        target="aws",
        names=names,
        # CloudFormation resolves it when it deploys, so that no template contains the address and its password.
        lambda_environment={
            "LOCKSTEP_DATABASE_URL": "{{resolve:secretsmanager:lockstep/database/lambdas}}",
            **given,
        },
        lambda_packages=Path(packages) if packages else None,
        sandbox=SandboxInputs.of(sandbox) if sandbox else None,
    )


def _required(node: Node, name: str) -> str:
    value = node.try_get_context(name)
    if not value:
        raise ValueError(f"target aws needs the context value {name!r}: -c {name}=…")
    return str(value)
