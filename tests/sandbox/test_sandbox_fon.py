import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from airflow_provider_covage.sandbox.covage.fon import working_days_after

FON = "/specific_request/fon/"
FIELDS = {
    "project_id",
    "end_customer_name",
    "business_sector",
    "expected_response_date",
    "note",
    "id",
    "reference",
    "state",
    "sites_file",
    "trace_file",
    "created_by",
    "creation_date",
}


def create(api, **fields):
    return api.ok(api.post(FON, {"note": "marked K1", **fields}))


def test_a_request_as_the_example_shows_it(api):
    request = create(api, project_id="PRJ", end_customer_name="COVAGE")
    assert set(request) == FIELDS
    assert (request["state"], request["created_by"], request["sites_file"]) == ("acknowledged", "sandbox", "")
    assert re.fullmatch(r"QO_\d{8}_\d{8}", request["reference"])
    assert api.ok(api.get(f"{FON}{request['id']}/")) == request
    assert api.ok(api.get(FON))["results"] == [request]
    assert api.call("POST", FON).status_code == 201
    assert api.post(FON, {"external_id": "X"}).json() == {"external_id": ["Unknown field."]}


def test_references_are_shared_with_quotation_lines(api):
    first = create(api)["reference"]
    _, line = api.line()
    second = api.ok(api.get(f"/quote_item/{line}/"))["reference"]
    assert first[-8:] == "00000001"
    assert second[-8:] == "00000002"


def test_five_working_days_are_needed(api):
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    soon = api.post(FON, {"expected_response_date": str(today + timedelta(days=4))})
    assert (soon.status_code, list(soon.json())) == (400, ["expected_response_date"])
    request = create(api, expected_response_date=str(today + timedelta(days=9)))
    path = f"{FON}{request['id']}/"
    assert api.patch(path, {"expected_response_date": str(today)}).status_code == 400
    assert api.ok(api.get(path))["expected_response_date"] == request["expected_response_date"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 6, 1), date(2026, 6, 8)),
        (date(2026, 6, 5), date(2026, 6, 12)),
        (date(2026, 6, 6), date(2026, 6, 12)),
    ],
)
def test_weekends_are_no_working_days(start, end):
    assert working_days_after(start, 5) == end


def test_a_request_lives_until_it_is_confirmed(api, trace):
    path = f"{FON}{create(api)['id']}/"
    assert api.ok(api.patch(path, {"end_customer_name": "New"}))["note"] == "marked K1"
    assert api.ok(api.patch(f"{path}confirm/"))["state"] == "confirmed"
    refusals = [
        api.patch(f"{path}confirm/"),
        api.patch(path, {"note": "late"}),
        api.delete(path),
        api.upload(f"{path}sites/upload/", b"a;b", "s.csv"),
        api.upload(f"{path}trace/upload/", trace),
        api.delete(f"{path}sites/"),
        api.delete(f"{path}trace/"),
    ]
    assert {answer.status_code for answer in refusals} == {409}


def test_a_draft_can_be_deleted(api):
    path = f"{FON}{create(api)['id']}/"
    assert list(api.ok(api.delete(path))) == ["detail"]
    assert api.get(path).status_code == 404
    assert api.patch(f"{path}confirm/").status_code == 404


def test_the_files_of_a_request(api, trace):
    template = api.get(f"{FON}sites/template/download/")
    assert template.headers["Content-Type"] == "text/csv"
    request = create(api)
    path = f"{FON}{request['id']}/"
    shown = api.ok(api.upload(f"{path}sites/upload/", template.content, "myfile.csv"))
    assert shown["sites_file"] == f"myfile_sites_{request['reference']}.csv"
    shown = api.ok(api.upload(f"{path}trace/upload/", trace, "myfile.kmz"))
    assert shown["trace_file"] == f"myfile_trace_{request['reference']}.kmz"
    sites = api.get(f"{path}sites/download/")
    assert (sites.content, sites.headers["Content-Type"]) == (template.content, "text/csv")
    kept = api.get(f"{path}trace/download/")
    assert (kept.content, kept.headers["Content-Type"]) == (trace, "application/vnd.google-earth.kmz")
    assert api.ok(api.upload(f"{path}sites/upload/", b"x;y", "other.csv"))["sites_file"].startswith("other_")
    assert api.get(f"{path}sites/download/").content == b"x;y"
    for role in ("sites", "trace"):
        assert list(api.ok(api.delete(f"{path}{role}/"))) == ["detail"]
        assert api.get(f"{path}{role}/download/").status_code == 404
        assert api.delete(f"{path}{role}/").status_code == 404


def test_files_are_looked_at(api, trace):
    path = f"{FON}{create(api)['id']}/"
    for wrong in (b"", b" \n", trace):
        assert list(api.upload(f"{path}sites/upload/", wrong, "s.csv").json()) == ["file"]
    assert list(api.upload(f"{path}trace/upload/", b"a;b").json()) == ["file"]


def test_a_file_name_cannot_break_the_headers(api):
    path = f"{FON}{create(api)['id']}/"
    name = api.ok(api.upload(f"{path}sites/upload/", b"a", '../../"x"\r\ny.csv'))["sites_file"]
    assert re.fullmatch(r"[\w.-]+\.csv", name)
    assert api.get(f"{path}sites/download/").ok
