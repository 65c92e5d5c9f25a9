"""What `deploy/` holds is what its programs take, and names settings that the app has."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoring.interface.paths import PROBES
from scoring.serving.settings import read_settings
from tests.docs.test_commands import documented_settings
from tests.nginx import nginx

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
# Read by gradio, uvicorn and the hub's client themselves.
OF_LIBRARIES = {"GRADIO_ROOT_PATH", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "FORWARDED_ALLOW_IPS", "HF_HOME"}


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def kubernetes() -> dict[str, dict[str, Any]]:
    documents = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
    return {each["kind"]: each for each in documents}


def units() -> str:
    return (DEPLOY / "systemd" / "credit@.service").read_text(encoding="utf-8")


def settings_of(source: str) -> dict[str, str]:
    if source == "compose":
        # What the environment leaves empty, compose sets to nothing.
        given = compose()["services"]["app-1"]["environment"]
        return {name: re.sub(r"\$\{\w+:(?:-(\w*)|\?)\}", r"\1", value) for name, value in given.items()}
    if source == "kubernetes":
        return kubernetes()["ConfigMap"]["data"]
    return dict(
        pair.split("=", 1) for line in re.findall(r"^Environment=(.+)$", units(), re.M) for pair in line.split()
    )


def test_nginx_takes_its_configuration(tmp_path: Path):
    done = subprocess.run([*nginx(tmp_path, 8080, [7861, 7862]), "-t"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("source", ["compose", "kubernetes", "systemd"])
def test_only_settings_that_exist_are_set(source: str):
    given = settings_of(source)
    assert set(given) - OF_LIBRARIES <= set(documented_settings())
    oidc = {"AUTH": "oidc", "OIDC_ISSUER": "https://x", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "x"}
    read_settings({**given, **oidc, "JOURNAL_KEY": ""})


def test_every_process_is_in_nginx_s_list():
    upstream = re.findall(r"server ([\w-]+):7860", (DEPLOY / "nginx" / "credit.conf").read_text(encoding="utf-8"))
    services = compose()["services"]
    assert upstream == [name for name in services if name.startswith("app-")]
    assert [services[name]["environment"]["GRADIO_ROOT_PATH"] for name in upstream] == ["/credit", "/credit"]


def test_kubernetes_asks_the_app_s_own_probes_and_leaves_it_the_time_to_stop():
    pod = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    probes = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert probes == {"startupProbe": PROBES[0], "readinessProbe": PROBES[1], "livenessProbe": PROBES[0]}
    assert pod["terminationGracePeriodSeconds"] >= 25
    labels = kubernetes()["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert labels == kubernetes()["Service"]["spec"]["selector"]


def test_the_image_copies_what_is_there():
    copied = re.findall(r"^COPY (\S+)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"app.py", "scoring", "requirements.lock"} <= set(copied)
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_systemd_takes_the_units(tmp_path: Path):
    start = re.search(r"^ExecStart=(\S+)", units(), re.M)
    assert start
    (tmp_path / "credit@.service").write_text(units().replace(start[1], sys.executable))
    shutil.copy(DEPLOY / "systemd" / "credit.target", tmp_path)
    names = [str(tmp_path / name) for name in ("credit@7861.service", "credit.target")]
    (tmp_path / "credit@7861.service").symlink_to("credit@.service")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True)
    # What else is installed on this machine is none of ours.
    assert "credit" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
