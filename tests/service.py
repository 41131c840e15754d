"""The running service, as a newcomer starts it, for the checks that need one: ``python -m tests.service``.

Starts the supervisor in sample mode on a free port with a data directory of its own, then runs the
contract tests (schemathesis, a token per role) and the browser tests against it, and stops it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 180


@dataclass(frozen=True)
class Running:
    """A service that answers, and how to sign in to it."""

    address: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    def sign_ins(self) -> dict[str, dict[str, str]]:
        """By role: email and password; and under ``integration``: client_id and client_secret."""
        out = subprocess.run(
            [sys.executable, "-m", "api.cli", "samples", "sign-ins", "--json"],
            env=self.environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        found: dict[str, dict[str, str]] = json.loads(out.stdout)
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_service(*, sample_mode: bool = True, workers: int = 1) -> Iterator[Running]:
    """The supervisor and all its children, ready; stopped and cleared away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="turnstone-service-"))
    folder.chmod(0o711)
    port = free_port()
    environment = os.environ | {
        "TURNSTONE_DATA_DIR": str(folder / "data"),
        "TURNSTONE_SAMPLE_MODE": str(sample_mode).lower(),
        "TURNSTONE_PORT": str(port),
        "TURNSTONE_WORKERS": str(workers),
        "TURNSTONE_LOG_LEVEL": "warning",
    }
    log = folder / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.supervisor"], env=environment, cwd=ROOT, stdout=sink, stderr=sink
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process, log)
        yield Running(address, environment, process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if (
                httpx.get(f"{address}/readyz", timeout=2).status_code == 200
                and b"is ready at" in log.read_bytes()
            ):
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"the service did not become ready:\n{log.read_text(errors='replace')[-4000:]}")


def token_of(address: str, who: dict[str, str]) -> str:
    """An access token for a person or an integration."""
    form = (
        {
            "grant_type": "client_credentials",
            "client_id": who["client_id"],
            "client_secret": who["client_secret"],
        }
        if "client_id" in who
        else {"grant_type": "password", "username": who["email"], "password": who["password"]}
    )
    answer = httpx.post(f"{address}/v1/auth/token", data=form, timeout=20)
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token


def contract_tests(service: Running) -> int:
    """Schemathesis over the whole API, once per role; non-zero if any answer breaks the contract."""
    failed = 0
    for role, who in service.sign_ins().items():
        began = time.monotonic()
        done = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"),
                "--config-file",
                str(ROOT / "tests/contract/schemathesis.toml"),
                "run",
                f"{service.address}/v1/openapi.json",
                "--url",
                service.address,
                "--header",
                f"Authorization: Bearer {token_of(service.address, who)}",
            ],
            cwd=ROOT,
            env=service.environment,
            capture_output=True,
            text=True,
        )
        outcome = "ok" if done.returncode == 0 else "FAILED"
        print(f"   contract as {role}: {outcome} ({time.monotonic() - began:.0f} s)", flush=True)
        if done.returncode != 0:
            print(done.stdout[-6000:], done.stderr[-2000:], flush=True)
            failed += 1
    return failed


def browser_tests(service: Running) -> int:
    """Playwright in the system's Chromium."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as sign_ins:
        json.dump(service.sign_ins(), sign_ins)
        sign_ins.flush()
        environment = service.environment | {
            "BASE_URL": service.address,
            "E2E_SIGN_INS": sign_ins.name,
            "CI": "true",
        }
        return subprocess.run(
            ["npm", "run", "--silent", "e2e"], cwd=ROOT / "client", env=environment
        ).returncode


def main() -> int:
    which = sys.argv[1:] or ["contract", "browser"]
    with running_service() as service:
        failed = 0
        if "browser" in which:
            failed += browser_tests(service)
        if "contract" in which:
            failed += contract_tests(service)
        if failed:
            print(service.log.read_text(errors="replace")[-4000:], file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
