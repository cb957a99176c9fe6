"""The system's resolver against a name server that lies, in a network of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from fixtures.sandboxing.name_server import ASKED, NAMES

ROOT = Path(__file__).resolve().parents[3]


def test_what_a_name_server_answers_is_vetted_whole_and_only_whole_names_are_asked_for(tmp_path: Path) -> None:
    settings = tmp_path / "resolv.conf"
    settings.write_text("nameserver 127.0.0.1\nsearch inside.example\noptions ndots:5 timeout:1 attempts:1\n")
    walls = [
        *("bwrap", "--unshare-user", "--unshare-net", "--unshare-pid", "--uid", "0", "--gid", "0"),
        *("--cap-add", "CAP_NET_BIND_SERVICE", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev"),
        *("--proc", "/proc", "--ro-bind", str(settings), str(Path("/etc/resolv.conf").resolve())),
    ]
    paths = f"{ROOT / 'services'}:{ROOT / 'tests'}"
    done = subprocess.run(
        [*walls, sys.executable, "-m", "fixtures.sandboxing.name_server"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    public = ["2606:2800:220:1:248:1893:25c8:1946", "93.184.216.34"]
    assert told["told"] == [
        ["good.example", public],
        *([name, "address_not_allowed"] for name in list(NAMES)[1:6]),
        ["rebinding.example", ["93.184.216.34"]],
        ["nothing.example", "name_unresolved"],
        ["rebinding.example", "address_not_allowed"],
        ["unknown.example", "name_unresolved"],
        ["foreign.other", "host_not_allowed"],
    ]
    # No search list was tried, and a name that is not allowed was not told to anybody.
    assert told["asked"] == sorted({*ASKED} - {"foreign.other"})
