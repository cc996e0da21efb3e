"""Starting, stopping and starting again: in this process and as one of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import httpx
import pytest

from lib.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
HEADERS = {"admin-key": "sandbox", "profile": "sandbox"}
DAY = date(2026, 3, 15)


def test_a_restart_keeps_everything(tmp_path):
    file = tmp_path / "deep" / "sandbox.db"
    with Sandbox(file, customers=30, big=10, today=DAY) as first:
        details = {"forename": "Kept", "surname": "One", "email": "kept@example.com"}
        httpx.post(f"{first.base_url}/customer/create", headers=HEADERS, json=details)
        placed = first.place_order(first.roster()[0]["cust_id"])
        roster, orders = first.roster(), first.orders(first.roster()[0]["cust_id"])
    with Sandbox(file, customers=999, big=99, today=date(2020, 1, 1)) as second:
        assert second.roster() == roster
        assert second.roster()[-1]["surname"] == "One"
        assert second.orders(second.roster()[0]["cust_id"]) == orders
        assert placed in orders


def test_one_sandbox_can_be_stopped_and_started_again(tmp_path):
    sandbox = Sandbox(tmp_path / "s.db", customers=0, big=1)
    for _ in range(2):
        assert sandbox.start() is sandbox
        assert httpx.get(f"{sandbox.base_url}/nowhere", headers=HEADERS).status_code == 404
        sandbox.stop()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{sandbox.base_url}/nowhere", headers=HEADERS)
    sandbox.stop()


def test_starting_twice_and_a_start_inside_with_do_nothing_more(tmp_path):
    with Sandbox(tmp_path / "s.db", customers=0, big=1) as sandbox:
        address = sandbox.base_url
        assert sandbox.start().base_url == address


def test_stopping_leaves_no_thread_even_with_an_answer_under_way(tmp_path):
    others = set(threading.enumerate())
    sandbox = Sandbox(tmp_path / "s.db", customers=0, big=1, latency_ms=5000).start()
    with socket.create_connection(("127.0.0.1", int(sandbox.base_url.split(":")[2].split("/")[0]))) as line:
        line.sendall(b"GET /api/v1/customer HTTP/1.1\r\nHost: x\r\n\r\n")
        while not sandbox.requests:
            threading.Event().wait(0.01)
        sandbox.stop()
    assert "sandbox" not in {thread.name for thread in set(threading.enumerate()) - others}


def test_a_taken_port_is_an_error_at_once(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Sandbox(tmp_path / "s.db", customers=0, big=1, port=taken.getsockname()[1]).start()


def test_what_is_not_running_says_so(tmp_path):
    sandbox = Sandbox(tmp_path / "s.db")
    with pytest.raises(RuntimeError):
        _ = sandbox.base_url
    with pytest.raises(RuntimeError):
        sandbox.roster()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_what_to_set_serves_and_ends_cleanly(tmp_path, ending):
    command = [sys.executable, "-m", "lib.sandbox", "--port", "0", "--file", str(tmp_path / "s.db")]
    command += ["--customers", "25", "--big", "10", "--admin-key", "k3y", "--profile", "p1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            printed = dict(process.stdout.readline().strip().split("=", 1) for _ in range(3))
            assert printed["DIFFERENT_BREED_ADMIN_KEY"] == "k3y"
            assert printed["DIFFERENT_BREED_PROFILE_ID"] == "p1"
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api/v1", printed["DIFFERENT_BREED_BASE_URL"])
            answer = httpx.post(
                printed["DIFFERENT_BREED_BASE_URL"] + "/customer/create",
                headers={"admin-key": "k3y", "profile": "p1"},
                json={"forename": "A", "surname": "B", "email": "a@b"},
            )
            assert answer.json()["success"] is True
            process.send_signal(ending)
            assert process.wait(5) == 0
            assert process.stderr.read() == ""
        finally:
            process.kill()
