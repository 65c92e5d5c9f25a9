"""A real nginx on loopback with the project's own configuration."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "nginx" / "credit.conf"
START_SECONDS = 30
# Beside the project's file, what a distribution's own nginx.conf says. The log names the process that answered.
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
{user}
events {{}}
http {{
    log_format answered '$upstream_addr $status $cookie_credit_route $request';
    access_log {folder}/access.log answered;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {configuration}
}}
"""


def nginx(folder: Path, port: int, apps: list[int]) -> list[str]:
    """The command of an nginx that listens on a port and passes requests on to these."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.fail("No nginx: `make test` installs it.")
    configuration = CONFIGURATION.read_text(encoding="utf-8").replace("listen 8080;", f"listen 127.0.0.1:{port};")
    named = iter(apps)
    configuration = re.sub(r"server app-\d:7860", lambda _: f"server 127.0.0.1:{next(named)}", configuration)
    user = "user root;" if os.getuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(AROUND.format(folder=folder, user=user, configuration=configuration))
    return [program, "-c", str(file), "-p", str(folder)]


@contextmanager
def running_nginx(folder: Path, port: int, apps: list[int]) -> Iterator[str]:
    """Its address with the app's path, without a slash at the end."""
    process = subprocess.Popen(nginx(folder, port, apps))
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                assert time.monotonic() < until, (folder / "error.log").read_text()
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/credit"
    finally:
        process.terminate()
        process.wait()
