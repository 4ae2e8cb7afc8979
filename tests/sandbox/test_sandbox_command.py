import contextlib
import json
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from airflow_provider_covage.sandbox import Sandbox
from airflow_provider_covage.sandbox.__main__ import add_fault, add_outcome, main

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "airflow_provider_covage.sandbox"]


@pytest.fixture
def run(tmp_path):
    """Start the command on a free port and return the process and its URL, once it is ready."""
    processes = []

    def run(*arguments):
        process = subprocess.Popen(
            [*COMMAND, "--port", "0", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=(tmp_path / "stderr").open("w"),
            text=True,
        )
        processes.append(process)
        ready = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", ready)
        assert found, ready
        return process, found[0]

    yield run
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def end(process, number, tmp_path):
    """Send a signal and return how the command ended, and what else it printed."""
    process.send_signal(number)
    out = process.stdout.read()
    return process.wait(timeout=10), out, (tmp_path / "stderr").read_text()


def token(url, **changes):
    form = {"grant_type": "password", "client_id": "api-client", "username": "sandbox", "password": "sandbox"}
    path = "/auth/realms/covage/protocol/openid-connect/token"
    return requests.post(url + path, data=form | changes, timeout=5)


def test_the_command_says_how_to_connect_and_ends_with_ctrl_c(run, tmp_path):
    process, url = run("--speed", "50", "--token-lifetime", "60")
    granted = token(url).json()
    assert granted["expires_in"] == 60
    headers = {"Authorization": f"Bearer {granted['access_token']}"}
    assert requests.get(f"{url}/api/v1/quote/", headers=headers, timeout=5).ok
    code, out, err = end(process, signal.SIGINT, tmp_path)
    assert code == 0
    assert f"{url}/docs" in out
    assert "GET /api/v1/quote/ quote.list 200" in err
    assert "Traceback" not in err
    assert granted["access_token"] not in out + err
    export = next(line.strip() for line in out.splitlines() if "export AIRFLOW_CONN" in line)
    name, _, value = shlex.split(export)[1].partition("=")
    assert name == "AIRFLOW_CONN_COVAGE_DEFAULT"
    connection = json.loads(value)
    assert (connection["conn_type"], connection["host"], connection["login"]) == ("covage", url, "sandbox")
    add = next(line.strip() for line in out.splitlines() if "airflow connections add" in line)
    assert json.loads(shlex.split(add)[-1]) == connection


def test_the_command_takes_outcomes_faults_dialects_and_records(run, tmp_path):
    process, url = run(
        "--quiet",
        "--speed=0",
        "--bearer-token=fixed",
        "--outcome=quote_item:unable_to_provide:external_id=A*:end_customer_name=X",
        "--outcome=order:rejected",
        "--fault=error_before:quote.list:2:1:status=500",
        "--dialect=confirm_no_content",
        "--dialect=paging_url",
        "--seed=quotes=3,lines_per_quote=2",
    )
    status = requests.get(f"{url}/_sandbox/", timeout=5).json()
    assert status["speed"] == 0
    assert status["outcomes"] == [
        {
            "resource": "quote_item",
            "outcome": "unable_to_provide",
            "match": {"external_id": "A*", "end_customer_name": "X"},
        },
        {"resource": "order", "outcome": "rejected", "match": {}},
    ]
    assert (status["dialect"]["confirm"], status["dialect"]["paging"]) == ("no_content", "url")
    assert status["records"]["quote_item"] == 6
    headers = {"Authorization": "Bearer fixed"}
    answers = [requests.get(f"{url}/api/v1/quote/", headers=headers, timeout=5) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 500, 200]
    assert end(process, signal.SIGTERM, tmp_path) == (0, "", "")


def test_a_stalled_request_does_not_keep_the_command_from_ending(run):
    process, url = run("--quiet", "--fault=stall:auth.token:seconds=600")
    waiting = threading.Thread(target=_try, args=(url,))
    waiting.start()
    while not requests.get(f"{url}/_sandbox/requests", timeout=5).json():
        pass
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0
    waiting.join(10)
    assert not waiting.is_alive()


def _try(url):
    with contextlib.suppress(requests.RequestException):
        token(url)


def test_a_port_that_is_taken_is_said_in_one_line(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            assert main(["--port", str(port)]) == 2
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"error: cannot listen on 127.0.0.1 port {port}: Address already in use\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dialect", "klingon"], "unknown dialect klingon"),
        (["--outcome", "quote_item:lost"], "cannot become 'lost'"),
        (["--outcome", "quote_item:ready:external_id"], "expected NAME=VALUE"),
        (["--fault", "explode:*"], "unknown fault 'explode'"),
        (["--fault", "stall:*:x"], "invalid literal"),
        (["--port", "70000"], "from 0 to 65535"),
        (["--speed", "-1"], "negative"),
    ],
)
def test_what_means_nothing_is_refused(capsys, arguments, message):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("html", ("html", "*", 1, 1, {})),
        ("close_after:quote_item.accept", ("close_after", "quote_item.accept", 1, 1, {})),
        ("stall:quote.*:3:*:seconds=2", ("stall", "quote.*", 3, None, {"seconds": 2.0})),
        ("lag::1:5:calls=2", ("lag", "*", 1, 5, {"calls": 2})),
    ],
)
def test_faults_in_one_word(text, expected):
    sandbox = Sandbox()
    add_fault(sandbox, text)
    fault = sandbox.faults[0]
    assert (fault.kind, fault.match, fault.nth, fault.times, fault.options) == expected


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("quote_item:never", {}),
        ("quote_item:never:external_id=dag:run:task", {"external_id": "dag:run:task"}),
        ("quote_item:never:external_id=a:b:note=x=y", {"external_id": "a:b", "note": "x=y"}),
    ],
)
def test_an_outcome_in_one_word(text, match):
    sandbox = Sandbox()
    add_outcome(sandbox, text)
    assert sandbox.status()["outcomes"] == [{"resource": "quote_item", "outcome": "never", "match": match}]
