"""Starts LocalStack in host mode (without Docker); its two processes share no variable and no folder."""

import shutil
from pathlib import Path

from supervisor.settings import Settings, inherited_environment


def argv(settings: Settings) -> tuple[str, ...]:
    return (str(settings.venvs_dir / "localstack" / "bin" / "python"), "-m", "localstack.runtime.main")


def environment(settings: Settings, *, home: Path, port: int, writes_file: Path | None = None) -> dict[str, str]:
    address = f"127.0.0.1:{port}"
    values = {
        **inherited_environment(),
        "GATEWAY_LISTEN": address,
        "LOCALSTACK_HOST": address,
        # Queue URLs then contain this address; by default they contain a name that needs DNS.
        "SQS_ENDPOINT_STRATEGY": "path",
        # A `.dockerenv` file in the root folder would make it write to /var/lib/localstack.
        "OVERRIDE_IN_DOCKER": "0",
        "FILESYSTEM_ROOT": str(home / "files"),
        "TMPDIR": str(home / "tmp"),
        "XDG_CACHE_HOME": str(settings.paths.top / "cache"),
        "DNS_ADDRESS": "0",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        # Turns off the analytics of LocalStack; EventBridge is not affected.
        "DISABLE_EVENTS": "1",
        "S3_SKIP_SIGNATURE_VALIDATION": "0",
        "LAMBDA_RUNTIME_EXECUTOR": "subprocess",
        "LAMBDA_PYTHON": str(settings.venvs_dir / "lambdas" / "bin" / "python"),
        "LAMBDA_SYNCHRONOUS_CREATE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if writes_file:
        values["LOCKSTEP_OBJECT_WRITES_FILE"] = str(writes_file)
    return values


def clear(home: Path) -> None:
    """Empty the folder of LocalStack, whose next start can use nothing of it."""
    shutil.rmtree(home, ignore_errors=True)
    (home / "files").mkdir(parents=True, mode=0o700)
    (home / "tmp").mkdir(mode=0o700)
