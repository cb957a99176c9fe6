"""Which modules of the services are pure: no chain of imports leads from them to anything that does I/O."""

from pathlib import Path

import grimp

SERVICES = Path(__file__).resolve().parents[2] / "services"
PACKAGES = ("foundation", "control_plane", "llm_gateway", "orchestrator", "tool_runtime", "lambdas")
DOES_IO = (
    *("psycopg", "sqlalchemy", "redis", "aioboto3", "aiobotocore", "botocore"),
    *("http", "httpx", "aiohttp", "openai", "uvicorn", "langgraph", "aws_lambda_powertools", "argparse"),
    *("os", "socket", "select", "selectors", "subprocess", "ctypes", "mmap", "fcntl", "resource", "signal", "shutil"),
    *("playwright", "lxml"),
)
"""Drivers, clients and servers, what of the standard library reaches the kernel, and what is in sandboxes alone."""


def pure_modules() -> dict[str, Path]:
    """The file of each pure module by its dotted name."""
    graph = grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)
    tainted: set[str] = set()
    for library in DOES_IO:
        if library in graph.modules:
            tainted |= graph.find_downstream_modules(library)
    own = sorted(name for name in graph.modules - tainted if name.partition(".")[0] in PACKAGES)
    files = {name: SERVICES.joinpath(*name.split(".")).with_suffix(".py") for name in own}
    return {name: file for name, file in files.items() if file.exists()}
