"""Lays out the staged packages of a server, and finds the program by which it starts. Nothing of them runs for that."""

import configparser
import json
import pathlib
import re
import shutil
import tarfile
import zlib
from typing import Any

from tool_runtime.tools.programs.mcp_client.faults import McpFailed
from tool_runtime.tools.programs.places import WORK
from tool_runtime.tools.programs.with_wheels import NoWheelError, lay_out

ROOT = pathlib.Path("/tmp/mcp")  # noqa: S108  (inside the sandbox)
SITE, NODE_MODULES = ROOT / "site", ROOT / "node_modules"
PYTHON, NODE = "/usr/bin/python3", "/opt/node/bin/node"
_NPM_NAME = re.compile(r"(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*")
_ENTRY = re.compile(r"([\w.]+)(?::([\w.]+))?\s*(\[.*\])?")
# An entry point as installers start it: the module, the object in it, and the name that the program has for itself.
_START = (
    "import functools, importlib, sys; module, name, sys.argv[0] = sys.argv[1:4]; del sys.argv[1:4];"
    " sys.exit(functools.reduce(getattr, name.split('.'), importlib.import_module(module))())"
)
_OWN = {
    "pypi": {"PYTHONPATH": str(SITE)},
    # Node's own requests take the way out as well, and its heap ends before the job's memory does.
    "npm": {"NODE_USE_ENV_PROXY": "1", "NODE_OPTIONS": "--max-old-space-size=896"},
}
Told = dict[str, Any]


def command_of(server: Told) -> list[str]:
    """The command that starts the server, whose packages lie unpacked then. Raises `McpFailed`."""
    ROOT.mkdir()
    command = _python(server) if server["registry"] == "pypi" else _node(server)
    return [*command, *server["arguments"]]


def environment_of(server: Told) -> dict[str, str]:
    return {**_OWN[server["registry"]], **server["environment"]}


def _python(server: Told) -> list[str]:
    for wheel in sorted((WORK / "in").glob("*.whl")):
        try:
            lay_out(wheel, SITE)
        except NoWheelError as error:
            raise McpFailed("package_invalid", str(error)) from error
    wanted = _plain(server["package"])
    for about in sorted(SITE.glob("*.dist-info")):
        if _plain(_name_of(about)) == wanted:
            module, name, script = _entry(about, server)
            return [PYTHON, "-P", "-s", "-B", "-u", "-c", _START, module, name, script]
    raise McpFailed("package_missing", f"no staged wheel is {server['package']}; stage it and all that it needs")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _name_of(about: pathlib.Path) -> str:
    try:
        lines = (about / "METADATA").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line[5:].strip() for line in lines if line.startswith("Name:")), "")


def _entry(about: pathlib.Path, server: Told) -> tuple[str, str, str]:
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names of programs keep their case
    try:
        parser.read(about / "entry_points.txt", encoding="utf-8")
        scripts = dict(parser["console_scripts"]) if parser.has_section("console_scripts") else {}
    except (configparser.Error, UnicodeDecodeError) as error:
        raise McpFailed("package_invalid", f"the programs of {server['package']} cannot be read: {error}") from error
    script = _chosen(server, list(scripts), server["package"])
    found = _ENTRY.fullmatch(scripts[script].strip())
    if found is None or found[2] is None:
        raise McpFailed("package_invalid", f"the program {script} of {server['package']} is no function of a module")
    return found[1], found[2], script


def _node(server: Told) -> list[str]:
    for at, archive in enumerate(sorted((WORK / "in").glob("*.tgz"))):
        _lay_out_archive(archive, ROOT / f"archive-{at}")
    places = [NODE_MODULES, *NODE_MODULES.glob("*/node_modules"), *NODE_MODULES.glob("@*/*/node_modules")]
    folder = next((place / server["package"] for place in places if (place / server["package"]).is_dir()), None)
    if folder is None:
        raise McpFailed("package_missing", f"no staged archive has {server['package']}; stage it and all that it needs")
    told = _package_json(folder, server["package"]).get("bin")
    short = server["package"].rpartition("/")[2]
    scripts = {short: told} if isinstance(told, str) else told if isinstance(told, dict) else {}
    program = (folder / str(scripts[_chosen(server, list(scripts), short)])).resolve()
    if not program.is_relative_to(folder.resolve()) or not program.is_file():
        raise McpFailed("package_invalid", f"the program of {server['package']} is no file of the package")
    return [NODE, str(program)]


def _chosen(server: Told, scripts: list[str], usual: str) -> str:
    """The one that was named, or the one of the package's own name, or the only one."""
    if server["script"] is not None and server["script"] in scripts:
        return str(server["script"])
    if server["script"] is None and (usual in scripts or len(scripts) == 1):
        return usual if usual in scripts else scripts[0]
    has = ", ".join(scripts[:10]) or "none"
    raise McpFailed("script_missing", f"name `script`, a program of {server['package']}; it has {has}"[:2000])


def _lay_out_archive(archive: pathlib.Path, folder: pathlib.Path) -> None:
    """The regular files below the archive's one folder, as npm lays them out: links and devices are none."""
    try:
        with tarfile.open(archive, "r:gz") as packed:
            for entry in packed:
                parts = pathlib.PurePosixPath(entry.name).parts
                if entry.name.startswith("/") or ".." in parts or "\\" in entry.name:
                    raise McpFailed("package_invalid", f"{entry.name[:200]!r} is no path within {archive.name}")
                content = packed.extractfile(entry) if entry.isreg() and len(parts) > 1 else None
                if content is not None:
                    target = folder.joinpath(*parts[1:])
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with target.open("wb") as file:
                        shutil.copyfileobj(content, file)
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise McpFailed("package_invalid", f"{archive.name} is no archive of npm: {error}") from error
    except OSError as error:
        raise McpFailed("package_invalid", f"{archive.name} cannot be unpacked: {error.strerror or error}") from error
    name = _package_json(folder, archive.name).get("name")
    if not isinstance(name, str) or not _NPM_NAME.fullmatch(name) or (NODE_MODULES / name).exists():
        raise McpFailed("package_invalid", f"{archive.name} has no name of its own in its package.json")
    (NODE_MODULES / name).parent.mkdir(parents=True, exist_ok=True)
    folder.rename(NODE_MODULES / name)


def _package_json(folder: pathlib.Path, what: str) -> dict[str, Any]:
    try:
        told = json.loads((folder / "package.json").read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise McpFailed("package_invalid", f"{what} has no package.json that can be read") from error
    return told if isinstance(told, dict) else {}
