"""nginx as a plain proxy with one worker: the least that any process between client and upstream can cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peers.base import GATEWAY_CORE, Peer, PeerMissing, installed, pinned, ready
from support.raw_http import LOOPBACK, Target, free_port

_CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000;
    upstream model {{ server {address}:{upstream}; keepalive 512; keepalive_requests 1000000; }}
    server {{
        listen {address}:{port} backlog=2048;
        location / {{
            proxy_pass http://model;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }}
    }}
}}
"""


@contextmanager
def nginx(folder: Path, upstream: Peer) -> Iterator[Peer]:
    binary = installed("nginx") / "usr" / "sbin" / "nginx"
    if not binary.exists():
        raise PeerMissing("nginx is not there: the system has no package of it")
    target, log, file = Target(free_port()), folder / "nginx.log", folder / "nginx.conf"
    variables = {"folder": folder, "address": LOOPBACK, "port": target.port, "upstream": upstream.target.port}
    file.write_text(_CONFIGURATION.format(**variables))
    with pinned(str(binary), "-c", str(file), core=GATEWAY_CORE, log=log) as process:
        ready("nginx", target, process, log, path="/health", seconds=20)
        yield Peer("nginx", target, process)
