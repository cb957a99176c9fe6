"""Synthesizes, compares, deploys and destroys on AWS the stacks that also run locally.

Used by the Makefile: `python -m infra.aws deploy --env dev --account 123456789012 --region eu-west-1`. Credentials are
the AWS SDK's own; the account must be bootstrapped for the CDK once.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import boto3

from infra.node import node_environment
from infra.secret_values import put_missing_values

ROOT = Path(__file__).resolve().parents[1]
INFRA = ROOT / "infra"
BUILD = ROOT / "build"
UV = ROOT / ".local" / "bootstrap" / "venv" / "bin" / "uv"
# Packages that Lambda's python3.12 on x86_64 can load.
_PLATFORM = ("--python-version", "3.12", "--python-platform", "x86_64-manylinux_2_28", "--only-binary", ":all:")


def main() -> int:
    arguments = _arguments()
    context: dict[str, object] = {
        "target": "aws",
        "env": arguments.env,
        "account": arguments.account,
        "region": arguments.region,
        "lambda_packages": str(_lambda_packages()),
    }
    if arguments.sandbox is not None:
        context["sandbox"] = json.loads(arguments.sandbox.read_text())
    environment = {
        **os.environ,
        **node_environment(path=os.environ.get("PATH", "")),
        "CDK_CONTEXT_JSON": json.dumps(context),
    }
    cloud_assembly = BUILD / f"cdk-{arguments.env}"
    subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env={**environment, "CDK_OUTDIR": str(cloud_assembly)},
        check=True,
    )
    if arguments.command == "synth":
        print(f"  templates in {cloud_assembly}")
        return 0
    options = {"diff": [], "deploy": ["--all", "--require-approval", "broadening"], "destroy": ["--all"]}
    code = subprocess.run(
        [*_cdk(environment), arguments.command, "--app", str(cloud_assembly), *options[arguments.command]],
        env=environment,
        check=False,
    ).returncode
    if code == 0 and arguments.command == "deploy":
        put = put_missing_values(boto3.client("secretsmanager", region_name=arguments.region))
        print(f"  values given to {len(put)} secrets")
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["synth", "diff", "deploy", "destroy"])
    parser.add_argument("--env", required=True, help="dev, staging, production …")
    parser.add_argument("--account", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--sandbox", type=Path, help="a JSON file with the inputs of the sandbox's stack")
    return parser.parse_args()


def _lambda_packages() -> Path:
    """Build the functions' layer from their lock, in an empty folder: no package of an older lock may stay."""
    place = BUILD / "lambda-packages"
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run(
        [
            *(str(UV), "pip", "install", "--quiet", "--require-hashes", *_PLATFORM),
            *("--target", str(place / "python"), "--requirement", str(ROOT / "requirements" / "lambdas.txt")),
        ],
        check=True,
    )
    return place


def _cdk(environment: dict[str, str]) -> list[str]:
    """The CDK's command line, installed from its lock by the npm that comes with Node."""
    program = Path(environment["JSII_NODE"])
    npm = program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run(
        [str(program), str(npm), "ci", "--silent", "--no-audit", "--no-fund", "--prefix", str(INFRA)],
        env=environment,
        check=True,
    )
    return [str(program), str(INFRA / "node_modules" / "aws-cdk" / "bin" / "cdk")]


if __name__ == "__main__":
    sys.exit(main())
