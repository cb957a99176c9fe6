"""Starts Chromium as a job has it: one way out, nothing to find, nothing that it asks for by itself."""

import pathlib
import subprocess
from typing import Any

CHROMIUM = "/opt/chromium/chromium"
AUTHORITY = pathlib.Path("/tmp/authority.pem")  # noqa: S108  (inside the sandbox)
DOWNLOADS = pathlib.Path("/tmp/downloads")  # noqa: S108
PROXY = "http://127.0.0.1:3128"
VIEW = {"width": 1280, "height": 720}
_CERTUTIL = "/usr/bin/certutil"
_DATABASE = pathlib.Path("/tmp/.pki/nssdb")  # noqa: S108

# Chromium's own sandbox needs namespaces or a setuid program, which jobs do not have: the job's walls are around it.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-quic",
    "--no-pings",
    # Names are resolved by the proxy alone; what would ask for one here finds none.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-gpu",
    # One program less, where each page's own is started by itself.
    "--no-zygote",
    "--disable-breakpad",
    # A page that fills its heap ends alone, and not the job with all that it gave so far.
    "--js-flags=--max-old-space-size=1024",
)


async def opened(playwright: Any) -> Any:
    """The browser, with an empty profile."""
    _trust_the_proxy()
    DOWNLOADS.mkdir(exist_ok=True)  # noqa: ASYNC240  (nothing else runs yet)
    return await playwright.chromium.launch(
        executable_path=CHROMIUM,
        chromium_sandbox=False,
        args=list(ARGUMENTS),
        # Without the last part Chromium would reach what listens on the job's loopback past the proxy.
        proxy={"server": PROXY, "bypass": "<-loopback>"},
        downloads_path=str(DOWNLOADS),
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )


def _trust_the_proxy() -> None:
    """Where the proxy ends TLS to add secrets: its authority, with the names that it is constrained to."""
    if not AUTHORITY.exists():
        return
    _DATABASE.mkdir(parents=True, mode=0o700)
    place = ("-d", f"sql:{_DATABASE}")
    subprocess.run([_CERTUTIL, "-N", *place, "--empty-password"], check=True)
    add = ("-A", *place, "-n", "proxy", "-t", "C,,", "-i", str(AUTHORITY))
    subprocess.run([_CERTUTIL, *add], check=True)
