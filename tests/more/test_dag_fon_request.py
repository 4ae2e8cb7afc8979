"""DAG `covage_fon_request`, whole, on real Airflow, against the sandbox."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from more_steps import kmz, sites

from airflow_provider_covage.api.working_days import first_answer_date

pytestmark = pytest.mark.covage_sandbox(speed=100)

ONCE = {"fon.create", "fon.upload_sites", "fon.upload_trace", "fon.confirm"}


@pytest.fixture
def dag(example):
    return example("covage_fon_request")


@pytest.fixture
def sites_file(client, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(sites(client.fon.template_download(), [[str(number) for number in range(12)]]))
    return path


def test_it_runs_as_it_stands(dag, run_dag, sandbox, sent, tmp_path, client):
    run = run_dag(dag, {"folder": str(tmp_path)})

    assert run.state == "success"
    (request,) = sandbox.records("fon")
    assert run.xcom("create_request") == request["id"]
    assert run.xcom("wait_for_request") == request
    assert (request["state"], request["end_customer_name"]) == ("confirmed", "Example Bakery")
    assert request["expected_response_date"] == str(first_answer_date(date.today()))
    assert request["note"].startswith("[af-create_request-")
    assert set(sent()) == ONCE
    assert len(sent()) == len(ONCE)
    template = client.fon.template_download()
    assert client.fon.download_sites(request["id"]).startswith(template)


def test_own_files_and_fields_are_sent(dag, run_dag, sandbox, client, sites_file, tmp_path):
    trace = tmp_path / "mine.kmz"
    trace.write_bytes(kmz())
    wanted = str(first_answer_date(date.today() + timedelta(days=3)))

    run = run_dag(
        dag,
        {
            "end_customer_name": "Garage",
            "expected_response_date": wanted,
            "note": "two pairs",
            "project_id": "PRJ",
            "sites_file": f"file://{sites_file}",
            "trace_file": str(trace),
        },
    )

    assert run.state == "success"
    (request,) = sandbox.records("fon")
    assert (request["end_customer_name"], request["project_id"]) == ("Garage", "PRJ")
    assert request["expected_response_date"] == wanted
    assert request["note"].startswith("two pairs [af-create_request-")
    assert request["sites_file"].startswith("mine_sites_")
    assert client.fon.download_sites(request["id"]) == sites_file.read_bytes()
    assert client.fon.download_trace(request["id"]) == trace.read_bytes()


def test_lost_answers_make_one_request(dag, run_dag, sandbox, sent, tmp_path):
    for operation in ("fon.create", "fon.confirm"):
        sandbox.fault("close_after", match=operation)

    run = run_dag(dag, {"folder": str(tmp_path)})

    assert run.state == "success"
    assert sorted(sent()) == sorted(ONCE)


def test_file_that_is_not_by_the_template_keeps_the_request_from_being_sent(
    dag, run_dag, sandbox, sent, sites_file, tmp_path
):
    sites_file.write_bytes(sites_file.read_bytes().replace(b";", b","))

    run = run_dag(dag, {"sites_file": str(sites_file), "folder": str(tmp_path)})

    assert run.state == "failed"
    assert (run.states["upload_sites", -1], run.tries["upload_sites", -1]) == ("failed", 1)
    assert run.states["confirm_request", -1] == "upstream_failed"
    (request,) = sandbox.records("fon")
    assert (request["state"], request["sites_file"]) == ("acknowledged", "")
    assert "fon.confirm" not in sent()


def test_date_that_is_too_early_sends_nothing(dag, run_dag, sent, tmp_path):
    early = str(date.today() + timedelta(days=1))

    run = run_dag(dag, {"expected_response_date": early, "folder": str(tmp_path)})

    assert run.state == "failed"
    assert (run.states["create_request", -1], run.tries["create_request", -1]) == ("failed", 1)
    assert sent() == []
