"""The processes of the local stack, one row each, in the order of their start."""

import sys
from functools import partial

from supervisor.clouds import emulator
from supervisor.clouds.objects import Objects
from supervisor.clouds.synthesis import INPUTS, Synthesis
from supervisor.clouds.workflow import Workflow
from supervisor.databases.redis_server import RedisServer
from supervisor.inventory.sample_tenant import Identity
from supervisor.inventory.surroundings import Surroundings
from supervisor.processes import health
from supervisor.processes.process import Process, Step
from supervisor.settings import ROOT

GROUND, SERVICES = "ground", "services"
_EMULATOR = (ROOT / "localstack" / "lambda_executor", ROOT / "requirements" / "localstack.txt")
# Shorter than the grace that a process has before it is killed.
_DRAIN = {"LOCKSTEP_DRAIN_SECONDS": "10"}


def processes(here: Surroundings) -> list[Process]:
    return [*_ground(here), *_services(here)]


def _ground(here: Surroundings) -> list[Process]:
    settings, paths = here.settings, here.settings.paths
    synthesis = Synthesis(paths.cloud, here.of_lambdas())
    objects_home, workflow_home = paths.run / "localstack-objects", paths.run / "localstack-workflow"
    writes_file = objects_home / "written"
    objects = Objects(
        cloud=here.cloud,
        synthesis=synthesis,
        state=paths.objects,
        writes_file=writes_file,
        public_keys_file=here.public_keys_file,
    )
    workflow = Workflow(cloud=here.cloud, synthesis=synthesis)
    redis = RedisServer(data=paths.redis, port=settings.port_redis, password=here.passwords["redis"])

    async def clear_objects() -> None:
        objects.forget()
        emulator.clear(objects_home)

    async def clear_workflow() -> None:
        emulator.clear(workflow_home)

    return [
        Process(
            name="postgres",
            group=GROUND,
            argv=here.postgres.argv(),
            environment=here.plain(),
            port=settings.port_postgres,
            port_setting="LOCKSTEP_PORT_POSTGRES",
            healthy=health.postgres(here.postgres.url(database="postgres")),
            prepare=here.postgres.create_cluster,
            deploy=here.postgres.prepare_database,
            deployed_from=(ROOT / "migrations", ROOT / "schema.sql"),
            stop_signal=here.postgres.stop_signal,
        ),
        Process(
            name="redis",
            group=GROUND,
            argv=redis.argv(),
            environment=here.plain(),
            port=settings.port_redis,
            port_setting="LOCKSTEP_PORT_REDIS",
            healthy=health.redis_ping(here.redis_url),
            prepare=redis.write_configuration,
        ),
        Process(
            name="localstack-objects",
            group=GROUND,
            argv=emulator.argv(settings),
            environment=emulator.environment(
                settings, home=objects_home, port=settings.port_objects, writes_file=writes_file
            ),
            port=settings.port_objects,
            port_setting="LOCKSTEP_PORT_OBJECTS",
            healthy=health.http(f"{here.cloud.objects_url}/_localstack/health"),
            prepare=clear_objects,
            deploy=objects.deploy,
            save=objects.save,
            sources=_EMULATOR,
            deployed_from=INPUTS,
            grace_seconds=5,
        ),
        Process(
            name="localstack-workflow",
            group=GROUND,
            argv=emulator.argv(settings),
            environment=emulator.environment(settings, home=workflow_home, port=settings.port_workflow),
            port=settings.port_workflow,
            port_setting="LOCKSTEP_PORT_WORKFLOW",
            healthy=health.http(f"{here.cloud.workflow_url}/_localstack/health"),
            prepare=clear_workflow,
            deploy=workflow.deploy,
            sources=_EMULATOR,
            deployed_from=INPUTS,
            grace_seconds=5,
        ),
    ]


def _services(here: Surroundings) -> list[Process]:
    """`python -m <module>` each, with only the variables that it reads."""
    settings = here.settings
    service = partial(_service, here)
    control_plane = {
        "LOCKSTEP_ISSUER": here.issuer,
        **here.database("control_plane", "relay"),
        **here.cloud_names(),
        **here.redis(),
        **here.neighbours(),
    }
    workers = [
        service(
            "orchestrator" if number == 0 else f"orchestrator-{number + 1}",
            module="orchestrator",
            port=settings.port_worker_health + number,
            port_setting="LOCKSTEP_PORT_WORKER_HEALTH",
            after=("postgres", "localstack-workflow", "llm-gateway", "tool-runtime"),
            sees={
                **here.database("orchestrator", "relay", "sweeper"),
                **here.cloud_names(),
                **here.redis(),
                **here.neighbours(),
                **_DRAIN,
            },
        )
        for number in range(settings.orchestrators)
    ]
    return [
        service(
            "simulated-provider",
            module="simulated_provider",
            folder="localstack",
            port=settings.port_simulated_provider,
            port_setting="LOCKSTEP_PORT_SIMULATED_PROVIDER",
            after=(),
            sees={
                "LOCKSTEP_SIMULATED_PORT": str(settings.port_simulated_provider),
                "LOCKSTEP_SIMULATED_SCRIPTS": str(ROOT / "samples" / "penguins" / "scripts"),
                "LOCKSTEP_SIMULATED_INVOICE": str(settings.paths.state / "simulated-provider"),
            },
        ),
        service(
            "llm-gateway",
            module="llm_gateway",
            port=settings.port_gateway,
            port_setting="LOCKSTEP_PORT_GATEWAY",
            after=("simulated-provider", "postgres", "redis", "localstack-objects"),
            sees={
                **here.database("llm_gateway", "recorder", "reconciler"),
                **here.cloud_names(),
                **here.redis(),
                **here.neighbours(),
                "LOCKSTEP_GATEWAY_JOURNAL": str(settings.paths.state / "gateway-journal"),
                **_DRAIN,
            },
        ),
        service(
            "tool-runtime",
            module="tool_runtime.launcher",
            port=settings.port_launcher,
            port_setting="LOCKSTEP_PORT_LAUNCHER",
            after=("localstack-objects",),
            # It takes jobs with presigned addresses in them, so it needs no cloud and no credentials.
            sees={
                "LOCKSTEP_SANDBOX_ROOT": str(settings.sandbox_root),
                "LOCKSTEP_SERVICE_PUBLIC_KEYS_FILE": str(here.public_keys_file),
            },
        ),
        service(
            "control-plane",
            module="control_plane",
            port=settings.port_control_plane,
            port_setting="LOCKSTEP_PORT_CONTROL_PLANE",
            after=("postgres", "redis", "localstack-objects", "localstack-workflow", "llm-gateway"),
            sees=control_plane,
            deploy=Identity(_environment(here, control_plane), superuser=here.postgres.url(), into=here.minted).make,
        ),
        *workers,
    ]


def _service(
    here: Surroundings,
    name: str,
    *,
    module: str,
    port: int,
    port_setting: str,
    after: tuple[str, ...],
    sees: dict[str, str],
    folder: str = "services",
    deploy: Step | None = None,
) -> Process:
    package = ROOT / folder / module.partition(".")[0]
    return Process(
        name=name,
        group=SERVICES,
        argv=(sys.executable, "-m", module),
        environment=_environment(
            here,
            {port_setting: str(port), "LOCKSTEP_METRICS_PORT": str(port + here.settings.port_metrics_above), **sees},
        ),
        port=port,
        port_setting=port_setting,
        healthy=health.http(f"http://127.0.0.1:{port}/health"),
        after=after,
        deploy=deploy,
        sources=(package, ROOT / "services" / "foundation"),
    )


def _environment(here: Surroundings, sees: dict[str, str]) -> dict[str, str]:
    return {
        **here.plain(),
        "PYTHONPATH": f"{ROOT / 'services'}:{ROOT / 'localstack'}",
        "LOCKSTEP_ENVIRONMENT": "local",
        **sees,
    }
