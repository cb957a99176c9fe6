"""The project's own processes: `python -m <module>` each, with only the variables that it reads."""

import os
import sys

from supervisor.inventory.sample_tenant import SampleTenant
from supervisor.inventory.surroundings import Surroundings
from supervisor.processes import health
from supervisor.processes.process import Group, Process, Step
from supervisor.settings import ROOT, SCRIPTS

# With what a gateway takes after that to end the answers that are open (17 s) and to write down what they cost (5 s),
# less than the grace, after which the supervisor kills the process.
_DRAIN = {"LOCKSTEP_DRAIN_SECONDS": "10"}
_GRACE_SECONDS = 35.0


def services(here: Surroundings) -> list[Process]:
    workers = [_worker(here, number) for number in range(here.settings.orchestrators)]
    return [_simulated_provider(here), _gateway(here), _launcher(here), _control_plane(here), *workers]


def _simulated_provider(here: Surroundings) -> Process:
    settings = here.settings
    return _service(
        here,
        "simulated-provider",
        module="simulated_provider",
        folder="localstack",
        port=settings.port_simulated_provider,
        port_setting="LOCKSTEP_PORT_SIMULATED_PROVIDER",
        after=(),
        variables={
            "LOCKSTEP_SIMULATED_PORT": str(settings.port_simulated_provider),
            "LOCKSTEP_SIMULATED_SCRIPTS": os.pathsep.join(map(str, SCRIPTS)),
            "LOCKSTEP_SIMULATED_INVOICE": str(settings.paths.state / "simulated-provider"),
        },
    )


def _gateway(here: Surroundings) -> Process:
    settings = here.settings
    # A key that has a secret is stored there instead, so that it is there after a restart from another shell too.
    keys = {name: key for name, key in settings.provider_keys.items() if settings.key_references[name] is None}
    return _service(
        here,
        "llm-gateway",
        module="llm_gateway",
        port=here.settings.port_gateway,
        port_setting="LOCKSTEP_PORT_GATEWAY",
        after=("simulated-provider", "postgres", "redis", "localstack-objects"),
        variables={
            **here.database("llm_gateway", "recorder", "reconciler"),
            **here.cloud_names(),
            **here.redis(),
            **here.neighbours(),
            "LOCKSTEP_EXTRA_ROUTES_FILES": here.settings.extra_routes_files,
            "LOCKSTEP_GATEWAY_JOURNAL": str(here.settings.paths.state / "gateway-journal"),
            **keys,
            **_DRAIN,
        },
    )


def _launcher(here: Surroundings) -> Process:
    """Its jobs contain presigned addresses, so it gets neither an address of the cloud nor credentials."""
    return _service(
        here,
        "tool-runtime",
        module="tool_runtime.launcher",
        port=here.settings.port_launcher,
        port_setting="LOCKSTEP_PORT_LAUNCHER",
        after=("localstack-objects",),
        variables={
            "LOCKSTEP_SANDBOX_ROOT": str(here.settings.sandbox_root),
            "LOCKSTEP_SERVICE_PUBLIC_KEYS_FILE": str(here.public_keys_file),
            "LOCKSTEP_LAUNCHER_SECRET_KEYS_FILE": str(here.tenant_secret_keys_file),
            "LOCKSTEP_LAUNCHER_EGRESS_PRIVATE": here.settings.launcher_egress_private,
            "LOCKSTEP_GATEWAY_URL": here.neighbours()["LOCKSTEP_GATEWAY_URL"],
            **_authorities(here.settings.launcher_egress_authorities),
        },
    )


def _authorities(path: str) -> dict[str, str]:
    """Left out where there are none, as an empty path would be this folder."""
    return {"LOCKSTEP_LAUNCHER_EGRESS_AUTHORITIES": path} if path else {}


def _control_plane(here: Surroundings) -> Process:
    variables = {
        "LOCKSTEP_ISSUER": here.issuer,
        "LOCKSTEP_WEBHOOK_PRIVATE": here.settings.webhook_private,
        **here.database("control_plane", "relay"),
        **here.cloud_names(),
        **here.redis(),
        **here.neighbours(),
    }
    sample_tenant = SampleTenant(_environment(here, variables), superuser=here.postgres.url(), into=here.minted)
    return _service(
        here,
        "control-plane",
        module="control_plane",
        port=here.settings.port_control_plane,
        port_setting="LOCKSTEP_PORT_CONTROL_PLANE",
        after=("postgres", "redis", "localstack-objects", "localstack-workflow", "llm-gateway"),
        variables=variables,
        deploy=sample_tenant.make,
    )


def _worker(here: Surroundings, number: int) -> Process:
    return _service(
        here,
        "orchestrator" if number == 0 else f"orchestrator-{number + 1}",
        module="orchestrator",
        port=here.settings.port_worker_health + number,
        port_setting="LOCKSTEP_PORT_WORKER_HEALTH",
        after=("postgres", "localstack-workflow", "llm-gateway", "tool-runtime"),
        variables={
            **here.database("orchestrator", "relay", "sweeper"),
            **here.cloud_names(),
            **here.redis(),
            **here.neighbours(),
            "LOCKSTEP_CREW_PYTHON": str(here.settings.venvs_dir / "crew" / "bin" / "python"),
            **_DRAIN,
        },
    )


def _service(
    here: Surroundings,
    name: str,
    *,
    module: str,
    port: int,
    port_setting: str,
    after: tuple[str, ...],
    variables: dict[str, str],
    folder: str = "services",
    deploy: Step | None = None,
) -> Process:
    package = ROOT / folder / module.partition(".")[0]
    listening = {port_setting: str(port), "LOCKSTEP_METRICS_PORT": str(port + here.settings.port_metrics_above)}
    return Process(
        name=name,
        group=Group.SERVICES,
        argv=(sys.executable, "-m", module),
        environment=_environment(here, {**listening, **variables}),
        port=port,
        port_setting=port_setting,
        healthy=health.http(f"http://127.0.0.1:{port}/health"),
        answer=health.answer(f"http://127.0.0.1:{port}/health"),
        after=after,
        deploy=deploy,
        sources=(package, ROOT / "services" / "foundation"),
        grace_seconds=_GRACE_SECONDS,
    )


def _environment(here: Surroundings, variables: dict[str, str]) -> dict[str, str]:
    return {
        **here.plain(),
        "PYTHONPATH": f"{ROOT / 'services'}:{ROOT / 'localstack'}",
        "LOCKSTEP_ENVIRONMENT": "local",
        **variables,
    }
