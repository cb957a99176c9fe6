"""The processes of the stack with their children, and their processor time."""

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import psutil

from support.settings import BenchSettings


def parts_of(settings: BenchSettings) -> dict[str, psutil.Process]:
    """By name, the process that listens on the port of that name."""
    ports = {
        "control_plane": urlsplit(settings.api_url).port,
        "orchestrator": settings.port_worker_health,
        "llm_gateway": urlsplit(settings.gateway_url).port,
        "tool_runtime": urlsplit(settings.launcher_url).port,
        "postgres": urlsplit(settings.database_url.get_secret_value()).port,
        "localstack_workflow_and_lambdas": urlsplit(settings.workflow_url).port,
    }
    listening = {
        getattr(connection.laddr, "port", None): connection.pid
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.pid
    }
    missing = [name for name, port in ports.items() if port not in listening]
    if missing:
        raise RuntimeError(f"nobody listens for {missing}: run `make deploy-local`")
    return {name: psutil.Process(listening[port]) for name, port in ports.items()}


def cpu_seconds(parts: Mapping[str, psutil.Process]) -> dict[str, float]:
    """The processor time of each part, with that of its children, running or ended."""
    return {name: _of_tree(process) for name, process in parts.items()}


def _of_tree(process: psutil.Process) -> float:
    own = process.cpu_times()
    spent = float(own.user + own.system + own.children_user + own.children_system)
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            spent += float(times.user + times.system)
    return spent
