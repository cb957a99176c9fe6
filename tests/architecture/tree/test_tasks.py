"""Whoever starts a task keeps it, and hears of its failure: by TaskSet, VitalTasks or TaskGroup, or as is said here."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from architecture.sources import ROOT, named, python_files, tree_of

_STARTERS = {"create_task", "ensure_future"}

_CANCELLED = "cancelled in the `finally` of the function that starts it"
_AWAITED = "the function that starts it waits for it, and raises its error"
_BY_HAND: Mapping[str, str] = {
    # What the rule is made of.
    "services/foundation/telemetry/background.py::TaskSet.start": "this is the set",
    "services/foundation/telemetry/background.py::VitalTasks.start": "this is the list of vital tasks",
    "services/llm_gateway/single_flight.py::SingleFlight.start": "kept by key, and its error goes to all who join it",
    # Gateway: what a call does beside itself is ended with the call.
    "services/llm_gateway/stages/dispatcher.py::Dispatcher._race.start": "all racers are awaited or discarded in _race",
    "services/llm_gateway/stages/dispatcher.py::_client_leaves": _CANCELLED,
    "services/llm_gateway/stages/sender.py::_Leaving._look": "cancelled by stop(); its callback looks at its end",
    "services/llm_gateway/pipeline.py::Pipeline._make_call": "awaited here, or handed to the stream that awaits it",
    "services/llm_gateway/endpoints/calls.py::_send_stream": _CANCELLED,
    "services/llm_gateway/budget/redis/runners/pipelined.py::PipelinedConnection._connected": "shared by all who ask",
    # Control plane: a stream, and whether its reader is still there.
    "services/control_plane/requests/event_streams.py::EventStreamResponse.__call__": _CANCELLED,
    # Worker: its loops end in an order, and the first that ends by itself ends the worker with its error.
    "services/orchestrator/worker.py::Worker.run": "stopped in order in this function; _until raises their errors",
    "services/orchestrator/worker.py::_until": "cancelled in the same function",
    # Crews: what a program asks for ends with its conversation.
    "services/orchestrator/clients/crew_program/bubblewrap.py::ProcessConversation.__init__": "awaited by end()",
    "services/orchestrator/clients/crew_program/fake.py::FakeCrewProgram.start": _CANCELLED,
    "services/orchestrator/engines/crew/session.py::CrewSession.play": _AWAITED,
    "services/orchestrator/engines/crew/session.py::_started": "awaited or cancelled in CrewSession.play",
    # Tool runtime: two things of which the first to end decides.
    "services/tool_runtime/sandbox/box.py::Box.__init__": "awaited or cancelled when the box is closed",
    "services/tool_runtime/sandbox/box.py::Box.run": _CANCELLED,
    "services/tool_runtime/runner/execute.py::_unless_stopped": _AWAITED,
    "services/tool_runtime/runner/__main__.py::_serve": _AWAITED,
    "services/tool_runtime/runner/serve.py::_stopped_on_cancellation": _CANCELLED,
    "services/tool_runtime/launcher/routes.py::_progress": _CANCELLED,
    # Browser: what a page does meanwhile, and which of two things ends a step.
    "services/tool_runtime/tools/programs/browser/watch.py::Watch._start": "kept to its end; a page's end is no fault",
    "services/tool_runtime/tools/programs/browser/steps.py::_keep": "awaited or cancelled in the same function",
    "services/tool_runtime/tools/programs/mcp_client/main.py::_within": "awaited, and ends with its process",
    "services/tool_runtime/tools/programs/browser/main.py::_failure": "awaited or cancelled in the same function",
    "services/tool_runtime/launcher/routes.py::_told": _CANCELLED,
    "services/tool_runtime/job_lines.py::Telling.going_on": _AWAITED,
    "services/orchestrator/tools/model_grants.py::ModelGrants.renewed": _CANCELLED,
    # Egress proxy: the two directions of one connection, and the connections of one job.
    "services/tool_runtime/egress/transfers.py::tunnel": _AWAITED,
    "services/tool_runtime/egress/transfers.py::exchange": _AWAITED,
    "services/tool_runtime/egress/transfers.py::answered": _AWAITED,
    "services/tool_runtime/egress/proxy.py::EgressProxy.listening": _CANCELLED,
    "services/tool_runtime/egress_link/carrying.py::_both": _CANCELLED,
    # Egress service: who asks for a job awaits its beginning, and what a job asked for is told until it is over.
    "services/tool_runtime/egress_service/jobs.py::ServedJobs.find": _AWAITED,
    "services/tool_runtime/egress_service/jobs.py::ServedJobs._attend": _CANCELLED,
    "services/tool_runtime/launcher/runners/fake.py::FakeRunners.start": "the fake runner is this task",
    # The local cloud, which imports nothing of the services.
    "localstack/simulated_provider/billing/invoice.py::Invoice.append": "its writers wait for the lines that it stores",
    "localstack/simulated_provider/serving/asgi.py::ClientWatch.__init__": "cancelled by stop()",
    "localstack/supervisor/processes/child.py::Child.start": "cancelled when the process is stopped",
    "localstack/supervisor/processes/stack.py::Stack.start": _AWAITED,
    "localstack/supervisor/clouds/objects.py::Objects.deploy": "cancelled when the store is stopped",
}


def _started(node: ast.AST, place: tuple[str, ...] = ()) -> Iterator[str]:
    """The functions that start a task outside a TaskGroup, by qualified name."""
    for child in ast.iter_child_nodes(node):
        inner = place
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = (*place, child.name)
        if isinstance(child, ast.Call) and _starts(child.func):
            yield ".".join(inner)
        yield from _started(child, inner)


def _starts(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _STARTERS
    if not isinstance(function, ast.Attribute) or function.attr not in _STARTERS:
        return False
    # A TaskGroup is awaited where it stands; asyncio itself, or a loop, forgets what it has started.
    owner = ast.unparse(function.value)
    return owner == "asyncio" or "loop" in owner


def _places(files: tuple[Path, ...]) -> set[str]:
    return {f"{named(file)}::{function}" for file in files for function in _started(tree_of(file))}


def test_tasks_are_started_where_someone_hears_of_their_failure() -> None:
    assert _places(python_files("services", "localstack")) - set(_BY_HAND) == set()


def test_the_list_names_no_place_that_is_gone() -> None:
    assert set(_BY_HAND) - _places(python_files("services", "localstack")) == set()


def test_the_rule_sees_every_way_to_start_one(tmp_path: Path) -> None:
    file = ROOT / "tests" / "architecture" / "sources.py"
    assert _places((file,)) == set()
    ways = ("asyncio.create_task(x())", "asyncio.ensure_future(x())", "create_task(x())", "self._loop.create_task(x())")
    for way in ways:
        slip = tmp_path / f"slip{ways.index(way)}.py"
        slip.write_text(f"class A:\n    def f(self):\n        def g():\n            {way}\n")
        assert list(_started(tree_of(slip))) == ["A.f.g"]
    group = tmp_path / "group.py"
    group.write_text("def f(group):\n    group.create_task(x())\n")
    assert list(_started(tree_of(group))) == []
