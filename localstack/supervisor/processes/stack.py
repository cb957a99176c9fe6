"""All processes together: they are started in the order in which they need each other, and stopped in reverse."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

from supervisor.errors import Refused, SupervisorError
from supervisor.processes import ports
from supervisor.processes.child import Child, State
from supervisor.processes.fingerprint import fingerprint
from supervisor.processes.process import Process
from supervisor.settings import Paths

Report = Callable[[str, float], None]


class Stack:
    """The processes by name, in the order in which they are started."""

    def __init__(self, processes: Iterable[Process], paths: Paths) -> None:
        self.children = {one.name: Child(one, paths) for one in processes}

    def select(self, *, names: Iterable[str] = (), only: str = "") -> list[Child]:
        """The named processes, or those of a group, or all."""
        unknown = [name for name in names if name not in self.children]
        if unknown:
            raise Refused(f"no process is called {', '.join(unknown)}; known: {', '.join(self.children)}")
        if names:
            return [self.children[name] for name in names]
        groups = {child.process.group for child in self.children.values()}
        if only and only not in groups:
            raise Refused(f"no group is called {only}; known: {', '.join(sorted(groups))}")
        return [child for child in self.children.values() if not only or child.process.group == only]

    async def start(self, selected: list[Child], report: Report) -> None:
        """Start what does not run, and bring what runs up to date. Nothing is started if a port is taken."""
        await self._stop_outdated(selected, report)
        fresh = [child for child in selected if child.state is State.STOPPED]
        await asyncio.to_thread(ports.refuse_taken, {child.process.port_setting: child.process.port for child in fresh})
        tasks: dict[str, asyncio.Task[None]] = {}
        for child in fresh:
            tasks[child.process.name] = asyncio.create_task(self._start_after(child, tasks, report))
        redeployed = [child for child in selected if child not in fresh]
        results = await asyncio.gather(
            *tasks.values(), *(self._deploy_changes(child, report) for child in redeployed), return_exceptions=True
        )
        self._raise_first(results)

    async def _stop_outdated(self, selected: list[Child], report: Report) -> None:
        for child in selected:
            running = child.state is State.READY
            if running and child.started_from != fingerprint(child.process.sources):
                report(f"{child.process.name}: its code has changed, it is started again", 0)
                await child.stop()

    async def _start_after(self, child: Child, tasks: dict[str, asyncio.Task[None]], report: Report) -> None:
        needs = [tasks[name] for name in child.process.after if name in tasks]
        if needs:
            await asyncio.gather(*needs)
        started = time.monotonic()
        await child.start()
        report(f"{child.process.name} is ready", time.monotonic() - started)

    async def _deploy_changes(self, child: Child, report: Report) -> None:
        if child.state is State.READY and child.deployed_from != fingerprint(child.process.deployed_from):
            started = time.monotonic()
            await child.deploy()
            report(f"{child.process.name} is deployed again", time.monotonic() - started)

    @staticmethod
    def _raise_first(results: list[BaseException | None]) -> None:
        """Raise all errors as one. Processes that need one that failed have its error too, which is named once."""
        messages: list[str] = []
        for error in results:
            if isinstance(error, SupervisorError):
                messages += [str(error)] if str(error) not in messages else []
            elif isinstance(error, BaseException):
                raise error
        if messages:
            raise SupervisorError("\n".join(messages))

    async def stop(self, selected: list[Child], report: Report) -> None:
        """Stop the processes that no other one needs, all at once, and repeat that until none is left."""
        chosen = {child.process.name for child in selected if child.state is not State.STOPPED}
        while chosen:
            needed = {name for one in chosen for name in self.children[one].process.after}
            last = sorted(chosen - needed)
            await asyncio.gather(*(self._stop_one(self.children[name], report) for name in last))
            chosen -= set(last)

    async def _stop_one(self, child: Child, report: Report) -> None:
        started = time.monotonic()
        how = "is stopped" if await child.stop() else "did not end by itself, and is killed"
        report(f"{child.process.name} {how}", time.monotonic() - started)

    def idle(self) -> bool:
        return all(child.state is State.STOPPED for child in self.children.values())

    def status(self) -> list[dict[str, Any]]:
        return [
            {
                "name": child.process.name,
                "state": str(child.state),
                "port": child.process.port,
                "pid": child.pid,
                "restarts": child.restarts,
                "log": str(child.log),
            }
            for child in self.children.values()
        ]
