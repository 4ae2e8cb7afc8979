import csv
import io

EXPORT = "/quote_item/export/"


def status(api, task):
    return api.ok(api.get(f"{EXPORT}{task}/status/"))


def test_a_csv_export_waits_runs_and_stops(api, sandbox):
    _, ready = api.priced_line(external_id="R")
    api.line(external_id="D")
    task = api.ok(api.post(f"{EXPORT}csv/", {"state": "ready"}))["task_id"]
    assert status(api, task) == {"task_id": task, "success": None, "started": None, "stopped": None}
    assert api.get(f"{EXPORT}{task}/download/").status_code == 409
    sandbox.advance(2)
    running = status(api, task)
    assert running["started"]
    assert (running["stopped"], running["success"]) == (None, None)
    sandbox.advance(3)
    done = status(api, task)
    assert done["success"] is True
    assert done["stopped"] >= done["started"]
    file = api.get(f"{EXPORT}{task}/download/")
    assert file.headers["Content-Type"] == "text/csv"
    rows = list(csv.DictReader(io.StringIO(file.text), delimiter=";"))
    assert [(row["id"], row["external_id"], row["state"]) for row in rows] == [(ready, "R", "ready")]
    assert rows[0]["product_offerings"] == "2173,2174"


def test_without_filters_every_line_is_exported(api, sandbox):
    for _ in range(3):
        api.line()
    task = api.ok(api.call("POST", f"{EXPORT}csv/"))["task_id"]
    sandbox.advance(5)
    assert len(api.get(f"{EXPORT}{task}/download/").text.splitlines()) == 4


def test_filters_that_only_the_list_knows_are_refused(api):
    answer = api.post(f"{EXPORT}csv/", {"offer_family": "BPE"})
    assert (answer.status_code, answer.json()) == (400, {"offer_family": ["Unknown field."]})


def test_the_answer_to_a_line_can_be_had_as_pdf(api, sandbox):
    basket, line = api.priced_line(end_customer_name="Société (Nord)")
    path = f"/quote/{basket}/quote_item/{line}/"
    tasks = [
        api.ok(api.post(f"{path}export/pdf/"))["task_id"],
        api.ok(api.post(f"{path}price/2174/export/pdf/"))["task_id"],
    ]
    assert len(set(tasks)) == 2
    sandbox.advance(5)
    whole, one = (api.get(f"{EXPORT}{task}/download/") for task in tasks)
    assert whole.headers["Content-Type"] == one.headers["Content-Type"] == "application/pdf"
    assert whole.content.startswith(b"%PDF-1.4")
    assert whole.content.rstrip().endswith(b"%%EOF")
    assert b"Ethernet 100M" in whole.content
    assert b"Ethernet 100M" not in one.content
    assert b"Ethernet 1G" in one.content


def test_there_is_no_pdf_of_what_was_not_answered(api):
    basket, line = api.confirmed_line()
    path = f"/quote/{basket}/quote_item/{line}/"
    assert api.post(f"{path}export/pdf/").status_code == 409
    basket, line = api.priced_line()
    path = f"/quote/{basket}/quote_item/{line}/"
    assert api.post(f"{path}price/9999/export/pdf/").status_code == 404
    assert api.post(f"/quote/{basket}/quote_item/unknown/export/pdf/").status_code == 404


def test_an_export_can_fail(api, sandbox):
    sandbox.outcome("export", "failure", kind="csv")
    task = api.ok(api.post(f"{EXPORT}csv/", {}))["task_id"]
    sandbox.advance(5)
    done = status(api, task)
    assert done["success"] is False
    assert done["stopped"]
    assert api.get(f"{EXPORT}{task}/download/").status_code == 404
    assert api.get(f"{EXPORT}task_1/status/").status_code == 404
