"""Who sees which workers: operators all of them, a tenant's administrators those that hold steps of the tenant."""

from control_plane.execution.workers.schemas import WorkerView
from control_plane.identity.callers import ApiCaller, Operator
from control_plane.resources import AppResources


async def visible(app: AppResources, caller: Operator | ApiCaller) -> list[WorkerView]:
    """`DependencyUnavailable` when it cannot be known which workers live: none is told as none only if it is so."""
    workers = await app.presence.present()
    if isinstance(caller, Operator):
        return [WorkerView.of(worker, running=sum(worker.running.values()), is_whole=True) for worker in workers]
    own = [(worker, worker.running.get(caller.tenant_id, 0)) for worker in workers]
    return [WorkerView.of(worker, running=running, is_whole=False) for worker, running in own if running]
