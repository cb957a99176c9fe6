"""The secret with which API keys are hashed, and how it is replaced without a key that stops working.

`python -m infra.peppers add`, then restart the services; `use`, then restart them; and once the keys that matter have
been used, `drop`. A key is stored under the current pepper when it is used; what was not used until `drop` is dead.
"""

import argparse
import base64
import json
import secrets
import sys
from typing import Any

import boto3

API_KEY_PEPPERS = "lockstep/api-key-peppers"


def _pepper() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def first_pepper() -> str:
    """The value of the secret in a new deployment."""
    return json.dumps({"current": "p1", "peppers": {"p1": _pepper()}})


def with_another(text: str) -> str:
    """With a second pepper, which services must know before one of them uses it; ValueError when there are two."""
    document = json.loads(text)
    current = document["current"]
    if len(document["peppers"]) > 1:
        raise ValueError("there are two peppers already: `use` the newer one, or `drop` the older one")
    document["peppers"][f"p{int(current.removeprefix('p')) + 1}"] = _pepper()
    return json.dumps(document)


def with_the_newer(text: str) -> str:
    """With the second pepper as the current one; ValueError when there is one only."""
    document = json.loads(text)
    others = [name for name in document["peppers"] if name != document["current"]]
    if not others:
        raise ValueError("there is one pepper only: `add` another one first")
    return json.dumps({**document, "current": others[0]})


def without_the_other(text: str) -> str:
    """With the current pepper alone."""
    document = json.loads(text)
    current = document["current"]
    return json.dumps({"current": current, "peppers": {current: document["peppers"][current]}})


_STEPS = {"add": with_another, "use": with_the_newer, "drop": without_the_other}


def rotate(client: Any, step: str) -> str:
    """Takes one step of a rotation; returns the name of the current pepper."""
    text = client.get_secret_value(SecretId=API_KEY_PEPPERS)["SecretString"]
    changed = _STEPS[step](text)
    client.put_secret_value(SecretId=API_KEY_PEPPERS, SecretString=changed)
    return str(json.loads(changed)["current"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=_STEPS)
    arguments = parser.parse_args()
    try:
        current = rotate(boto3.client("secretsmanager"), arguments.step)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    sys.stdout.write(f"the current pepper is {current}; restart the control plane and the gateways\n")


if __name__ == "__main__":
    main()
