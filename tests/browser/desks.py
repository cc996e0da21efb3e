"""Real processes for the browser tests: a desk on a free port, with its own data folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from lib.settings import ROOT, Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """This process's environment without any setting of a desk, with those given."""
    names = {str(field.alias) for field in Settings.model_fields.values()}
    clean = {name: value for name, value in os.environ.items() if name not in names}
    return clean | {"DESK_DATA_FOLDER": str(folder)} | settings


@contextmanager
def desk_process(folder: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`streamlit run app.py` as an operator's machine runs it; yields its address and the process."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    log = (folder / "desk.log").open("ab")
    process = subprocess.Popen(command, cwd=ROOT, env=environment(folder, **settings), stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_alive(url, process, folder)
        yield url, process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _wait_until_alive(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 40
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/healthz", timeout=2).text == "ok":
                return
        except httpx.HTTPError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the desk did not start:\n{(folder / 'desk.log').read_text()[-3000:]}")
