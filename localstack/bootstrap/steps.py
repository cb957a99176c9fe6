"""What has to be installed on a machine, in order."""

import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from bootstrap import environments, sandboxes
from bootstrap.places import LOCAL, REQUIREMENTS, ROOT, SYSTEM_GIT, VENVS, digest, sandbox_root

# The second agent of the tool code_agent, installed where it is asked for because it has half a gigabyte.
CODEX = "codex"
# What the benchmark compares the gateway with. nginx comes from the system's packages, in their version.
PEERS = ("nginx", "litellm", "portkey", "dbos")

Action = Callable[[], None]


def steps(*wanted: str) -> Iterable[tuple[str, str, Action]]:
    """Name, fingerprint of the inputs (empty: always done) and action of each step."""
    executor = ROOT / "localstack" / "lambda_executor"
    if not shutil.which("bwrap"):
        yield "bubblewrap, the sandbox of tools", "", sandboxes.install_bubblewrap
    if not SYSTEM_GIT.exists():
        yield "git, for the tool of that name", "", sandboxes.install_git
    yield "uv, the installer", digest(REQUIREMENTS / "bootstrap.txt", more=sys.version), environments.install_uv
    yield environment_step("the project's packages", ROOT / ".venv", "dev.txt")
    client = ROOT / "clients" / "python"
    yield (
        "our Python client, for samples and tests",
        digest(client / "pyproject.toml", REQUIREMENTS / "dev.txt", more=f"{sys.version} {ROOT}"),
        lambda: environments.editable(ROOT / ".venv", client),
    )
    yield (
        "LocalStack's packages",
        digest(REQUIREMENTS / "localstack.txt", executor / "pyproject.toml", more=f"{sys.version} {ROOT}"),
        lambda: environments.localstack(VENVS / "localstack", executor),
    )
    yield environment_step("the lambdas' packages", VENVS / "lambdas", "lambdas.txt")
    yield (
        "CrewAI, for crews",
        digest(REQUIREMENTS / "crew.txt", more=sys.version),
        lambda: environments.crew(VENVS / "crew"),
    )
    yield environment_step("clients of the gateway, for its tests", VENVS / "clients", "clients.txt")
    yield (
        "the AI SDK, for the same tests",
        digest(REQUIREMENTS / "clients" / "package-lock.json"),
        lambda: environments.node_packages(VENVS / "clients" / "node", REQUIREMENTS / "clients"),
    )
    yield environment_step("readers of the API's document, for its tests", VENVS / "api-clients", "api-clients.txt")
    servers = VENVS / "mcp-servers"
    yield (
        "MCP servers of others, for tests",
        digest(REQUIREMENTS / "mcp-servers.txt", REQUIREMENTS / "mcp-servers" / "package-lock.json", more=str(servers)),
        lambda: environments.mcp_servers(servers),
    )
    yield from sandbox_steps()
    if CODEX in wanted:
        place = sandbox_root() / CODEX
        yield (
            "Codex, for the tool code_agent",
            digest(REQUIREMENTS / "codex" / "package-lock.json", more=f"{place} {place.exists()}"),
            lambda: sandboxes.coding_agent(place, with_platform=True),
        )
    yield from (made for name, made in peer_steps() if name in wanted)


def sandbox_steps() -> Iterable[tuple[str, str, Action]]:
    """What jobs find in their sandboxes."""
    site = sandbox_root() / "site"
    yield (
        "packages for sandboxed code",
        digest(REQUIREMENTS / "sandbox.txt", more=f"{site} {site.exists()}"),
        lambda: sandboxes.packages(site, "sandbox.txt"),
    )
    browser = sandbox_root() / "browser"
    yield (
        "packages for the sandboxed browser",
        digest(REQUIREMENTS / "sandbox-browser.txt", more=f"{browser} {browser.exists()}"),
        lambda: sandboxes.packages(browser, "sandbox-browser.txt"),
    )
    mcp = sandbox_root() / "mcp"
    yield (
        "the client of MCP servers, for sandboxed code",
        digest(REQUIREMENTS / "sandbox-mcp.txt", more=f"{mcp} {mcp.exists()}"),
        lambda: sandboxes.packages(mcp, "sandbox-mcp.txt"),
    )
    if not sandboxes.chromium_is_there():
        yield "Chromium, for the tool browser", "", sandboxes.install_chromium
    node, modules = sandbox_root() / "node", sandbox_root() / "npm"
    locks = (REQUIREMENTS / "sandbox-node.txt", REQUIREMENTS / "sandbox" / "package-lock.json")
    yield (
        "Node and its packages for sandboxed code",
        digest(*locks, more=f"{node} {node.exists()} {modules.exists()}"),
        lambda: sandboxes.node_with_packages(node, modules),
    )
    claude = sandbox_root() / "claude-code"
    yield (
        "Claude Code, for the tool code_agent",
        digest(REQUIREMENTS / "claude-code" / "package-lock.json", more=f"{claude} {claude.exists()}"),
        lambda: sandboxes.coding_agent(claude),
    )


def environment_step(name: str, place: Path, lock: str) -> tuple[str, str, Action]:
    """A step that installs one lock into an environment of its own."""
    return (
        name,
        digest(REQUIREMENTS / lock, more=sys.version),
        lambda: environments.from_lock(place, REQUIREMENTS / lock),
    )


def peer_steps() -> Iterable[tuple[str, tuple[str, str, Action]]]:
    place = LOCAL / "peers"
    binary = place / "nginx" / "usr" / "sbin" / "nginx"
    yield (
        "nginx",
        ("nginx, a peer", digest(more=str(binary.exists())), lambda: environments.unpacked(place / "nginx", "nginx")),
    )
    lock = REQUIREMENTS / "peers.txt"
    litellm = place / "litellm"
    yield "litellm", ("LiteLLM, a peer", digest(lock, more=sys.version), lambda: environments.from_lock(litellm, lock))
    yield "dbos", environment_step("DBOS, a peer", place / "dbos", "durable-peer.txt")
    folder = REQUIREMENTS / "peers"
    stamp = digest(folder / "package-lock.json")
    yield "portkey", ("Portkey, a peer", stamp, lambda: environments.node_packages(place / "portkey", folder))
