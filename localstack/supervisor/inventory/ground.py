"""The processes that every service needs: PostgreSQL, Redis and two LocalStack processes."""

import signal

from infra.secret_values import SERVICE_PUBLIC_KEYS, TENANT_SECRET_KEYS
from supervisor.clouds import emulator
from supervisor.clouds.objects import Objects
from supervisor.clouds.synthesis import INPUTS, Synthesis
from supervisor.clouds.workflow import Workflow
from supervisor.databases.redis_server import RedisServer
from supervisor.inventory.surroundings import Surroundings
from supervisor.processes import health
from supervisor.processes.process import Group, Process
from supervisor.settings import ROOT

_EMULATOR = (ROOT / "localstack" / "lambda_executor", ROOT / "requirements" / "localstack.txt")

# LocalStack takes five seconds to end and writes nothing that is read again: objects are exported before, and each
# start deploys anew.
_NOTHING_TO_SAVE = signal.SIGKILL


def ground(here: Surroundings) -> list[Process]:
    synthesis = Synthesis(here.settings.paths.cloud, here.of_lambdas())
    return [_postgres(here), _redis(here), _objects(here, synthesis), _workflow(here, synthesis)]


def _postgres(here: Surroundings) -> Process:
    return Process(
        name="postgres",
        group=Group.GROUND,
        argv=here.postgres.argv(),
        environment=here.plain(),
        port=here.settings.port_postgres,
        port_setting="LOCKSTEP_PORT_POSTGRES",
        healthy=health.postgres(here.postgres.url(database="postgres")),
        prepare=here.postgres.create_cluster,
        deploy=here.postgres.prepare_database,
        deployed_from=(ROOT / "migrations", ROOT / "schema.sql"),
        stop_signal=here.postgres.stop_signal,
    )


def _redis(here: Surroundings) -> Process:
    settings = here.settings
    redis = RedisServer(data=settings.paths.redis, port=settings.port_redis, password=here.passwords["redis"])
    return Process(
        name="redis",
        group=Group.GROUND,
        argv=redis.argv(),
        environment=here.plain(),
        port=settings.port_redis,
        port_setting="LOCKSTEP_PORT_REDIS",
        healthy=health.redis_ping(here.redis_url),
        prepare=redis.write_configuration,
    )


def _objects(here: Surroundings, synthesis: Synthesis) -> Process:
    settings, paths = here.settings, here.settings.paths
    home = paths.run / "localstack-objects"
    writes_file = home / "written"
    objects = Objects(
        cloud=here.cloud,
        synthesis=synthesis,
        state=paths.objects,
        writes_file=writes_file,
        key_files={
            SERVICE_PUBLIC_KEYS: here.public_keys_file,
            TENANT_SECRET_KEYS: here.tenant_secret_keys_file,
        },
    )

    async def clear() -> None:
        objects.forget()
        emulator.clear(home)

    return Process(
        name="localstack-objects",
        group=Group.GROUND,
        argv=emulator.argv(settings),
        environment=emulator.environment(settings, home=home, port=settings.port_objects, writes_file=writes_file),
        port=settings.port_objects,
        port_setting="LOCKSTEP_PORT_OBJECTS",
        healthy=health.http(f"{here.cloud.objects_url}/_localstack/health"),
        prepare=clear,
        deploy=objects.deploy,
        save=objects.save,
        sources=_EMULATOR,
        deployed_from=INPUTS,
        stop_signal=_NOTHING_TO_SAVE,
    )


def _workflow(here: Surroundings, synthesis: Synthesis) -> Process:
    settings = here.settings
    home = settings.paths.run / "localstack-workflow"

    async def clear() -> None:
        emulator.clear(home)

    return Process(
        name="localstack-workflow",
        group=Group.GROUND,
        argv=emulator.argv(settings),
        environment=emulator.environment(settings, home=home, port=settings.port_workflow),
        port=settings.port_workflow,
        port_setting="LOCKSTEP_PORT_WORKFLOW",
        healthy=health.http(f"{here.cloud.workflow_url}/_localstack/health"),
        prepare=clear,
        deploy=Workflow(cloud=here.cloud, synthesis=synthesis).deploy,
        sources=_EMULATOR,
        deployed_from=INPUTS,
        stop_signal=_NOTHING_TO_SAVE,
    )
