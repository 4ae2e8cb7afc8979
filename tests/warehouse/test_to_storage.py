"""`CovageToObjectStorageOperator` to folders on disk and on a real S3 server."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from airflow.sdk import ObjectStoragePath

from airflow_provider_covage.api.covage.tables import QUOTE_ITEM
from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.api.request import Answer, Request
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.transfers import storage
from airflow_provider_covage.transfers.covage import CovageToObjectStorageOperator
from airflow_provider_covage.transfers.spool import Spool
from airflow_provider_covage.transfers.storage import Folder

BUCKET = "lake"


@pytest.fixture
def place(request, tmp_path, monkeypatch):
    """Where a folder is: on disk, or on S3 through Airflow's amazon provider."""
    if request.param == "file":
        return f"file://{tmp_path}/lake"
    s3 = request.getfixturevalue("s3")
    s3.make(BUCKET)
    monkeypatch.setenv("AIRFLOW_CONN_LAKE", s3.connection_json)
    return f"s3://lake@{BUCKET}/{os.path.basename(tmp_path)}"


both = pytest.mark.parametrize("place", ["file", "s3"], indirect=True)


def store(place, resource="quote_item", **arguments):
    return CovageToObjectStorageOperator(task_id="store", resource=resource, path=place, **arguments).execute(
        {}
    )


def listed(place):
    folder = ObjectStoragePath(place)
    folder.fs.invalidate_cache()
    return {str(one).rpartition("/")[2]: one for one in folder.fs.find(folder.path)}


def content(place, name):
    return ObjectStoragePath(f"{place}/{name}").read_bytes()


def rows_of(place, manifest):
    tables = [pq.read_table(pa.BufferReader(content(place, one["name"]))) for one in manifest["files"]]
    return pa.concat_tables(tables).to_pylist()


@both
def test_folder_holds_what_the_manifest_says(place, sandbox):
    sandbox.seed(quotes=50, lines_per_quote=1)

    manifest = store(place, part_rows=20)

    assert set(listed(place)) == {"_manifest.json", *(f"part-0000{number}.parquet" for number in range(3))}
    assert json.loads(content(place, "_manifest.json")) == manifest
    assert (manifest["rows"], manifest["count"], manifest["complete"]) == (50, 50, True)
    assert [one["rows"] for one in manifest["files"]] == [20, 20, 10]
    for one in manifest["files"]:
        bytes_of = content(place, one["name"])
        assert (len(bytes_of), hashlib.sha256(bytes_of).hexdigest()) == (one["bytes"], one["sha256"])
    rows = rows_of(place, manifest)
    assert {row["id"]: row["state"] for row in rows} == {
        one["id"]: one["state"] for one in sandbox.records("quote_item")
    }
    assert list(rows[0]) == [column["name"] for column in manifest["columns"]]


@both
def test_retry_replaces_and_leaves_nothing_of_a_longer_set(place, sandbox):
    sandbox.seed(quotes=30)
    store(place, "quote", part_rows=10)
    sandbox.reset()
    sandbox.seed(quotes=15)
    ObjectStoragePath(f"{place}/notes.txt").write_text("not ours")

    manifest = store(place, "quote", part_rows=10)

    names = {"_manifest.json", "notes.txt", "part-00000.parquet", "part-00001.parquet"}
    assert set(listed(place)) == names
    assert {row["id"] for row in rows_of(place, manifest)} == {one["id"] for one in sandbox.records("quote")}


def test_folder_may_have_a_name_that_is_a_pattern(tmp_path, sandbox):
    sandbox.seed(quotes=30)
    place, other = f"{tmp_path}/run[1]", f"{tmp_path}/run1"
    for folder in (other, place):
        store(folder, "quote", part_rows=10)

    store(place, "quote", part_rows=20)

    assert set(listed(place)) == {"_manifest.json", "part-00000.parquet", "part-00001.parquet"}
    assert len(listed(other)) == 4


@both
def test_failure_while_writing_leaves_what_was_there(place, sandbox, monkeypatch):
    sandbox.seed(quotes=5)
    first = store(place, "quote")
    before = {name: content(place, name) for name in listed(place)}
    sandbox.seed(quotes=20)
    written = iter([True])
    suffix, parquet = storage.FORMATS["parquet"]

    def broken(file, schema):
        if next(written, None) is None:
            raise OSError(28, "No space left on device")
        return parquet(file, schema)

    monkeypatch.setitem(storage.FORMATS, "parquet", (suffix, broken))
    with pytest.raises(TransientError, match=r"cannot be written: .*No space left on device"):
        store(place, "quote", part_rows=10)

    assert {name: content(place, name) for name in listed(place)} == before
    assert first["rows"] == 5


def test_half_a_set_has_no_manifest(tmp_path, sandbox, monkeypatch):
    place = f"file://{tmp_path}/lake"
    sandbox.seed(quotes=30)
    store(place, "quote", part_rows=10)
    move, moves = Folder._move, iter([1])

    def interrupted(self, name):
        if next(moves, None) is None:
            raise OSError("connection lost")
        move(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "_move", interrupted)
        with pytest.raises(TransientError):
            store(place, "quote", part_rows=10)
    assert "_manifest.json" not in listed(place)
    assert store(place, "quote", part_rows=10)["rows"] == 30
    assert len(listed(place)) == 4


def test_types_of_parquet_are_those_of_the_documents(tmp_path, sandbox):
    sandbox.seed(quotes=1, lines_per_quote=1)
    (line,) = sandbox.records("quote_item")

    manifest = store(f"{tmp_path}/lake")

    table = pq.read_table(tmp_path / "lake")
    assert table.schema.field("creation_date").type == pa.timestamp("us", "UTC")
    assert table.schema.field("expected_response_date").type == pa.date32()
    assert table.schema.field("latitude").type == pa.float64()
    (row,) = table.to_pylist()
    assert row["creation_date"] == datetime.fromisoformat(line["creation_date"])
    assert json.loads(row["address"]) == line["address"]
    assert {column["name"]: column["type"] for column in manifest["columns"]}["address"] == "json"


def test_json_lines_hold_the_records_as_the_api_sent_them(tmp_path, sandbox):
    sandbox.seed(quotes=2, lines_per_quote=2)
    sandbox.extra_fields("quote_item", {"colour": ["green"]})

    store(f"{tmp_path}/lake", format="jsonl")

    rows = [json.loads(line) for line in (tmp_path / "lake" / "part-00000.jsonl").read_text().splitlines()]
    sent = {one["id"]: one for one in sandbox.records("quote_item")}
    assert set(sent) == {row["id"] for row in rows}
    for row in rows:
        line = sent[row["id"]]
        for name in ("state", "address", "product_offerings", "latitude", "reference"):
            assert row[name] == line[name]
        assert datetime.fromisoformat(row["creation_date"]) == datetime.fromisoformat(line["creation_date"])
        assert row["_extra"] == {"colour": ["green"]}


def test_json_lines_are_lines_even_where_the_api_writes_for_people(tmp_path):
    record = {"id": "1", "address": {"city": "Caen\n", "floors": [1, 2]}, "odd": {"a": [None, {}]}}
    body = json.dumps({"count": 1, "results": [record]}, indent=2).encode()
    with Spool(tmp_path, QUOTE_ITEM) as spool:
        spool.take(spool.read(Answer(Request("GET", "/list"), 200, {}, body=body)))
        Folder(f"file://{tmp_path}/lake", "x").replace(spool, "jsonl", 10, {})

    (line,) = content(f"file://{tmp_path}/lake", "part-00000.jsonl").decode().split("\n")[:-1]

    assert json.loads(line)["address"] == record["address"]
    assert json.loads(line)["_extra"] == {"odd": record["odd"]}


def test_csv_has_a_header_in_each_part(tmp_path, sandbox):
    sandbox.seed(quotes=5)

    manifest = store(f"{tmp_path}/lake", "quote", format="csv", part_rows=3)

    tables = [pyarrow.csv.read_csv(tmp_path / "lake" / one["name"]) for one in manifest["files"]]
    assert [len(table) for table in tables] == [3, 2]
    assert {one for table in tables for one in table.column("id").to_pylist()} == {
        one["id"] for one in sandbox.records("quote")
    }


def test_incomplete_list_takes_no_files_away_unless_it_is_wanted(tmp_path, sandbox, empty_pages):
    place = f"file://{tmp_path}/lake"
    sandbox.seed(quotes=30)
    before = store(place, "quote")
    empty_pages("2")

    with pytest.raises(TransientError, match="the API counts 30 records, 20 came"):
        store(place, "quote")
    assert json.loads(content(place, "_manifest.json")) == before
    manifest = store(place, "quote", keep_incomplete=True)

    assert (manifest["rows"], manifest["count"], manifest["complete"]) == (20, 30, False)


@pytest.mark.parametrize("file_format", ["parquet", "jsonl", "csv"])
def test_empty_list_is_a_file_without_rows(tmp_path, sandbox, file_format):
    manifest = store(f"{tmp_path}/lake", "fon", format=file_format)

    assert (manifest["rows"], len(manifest["files"])) == (0, 1)
    assert (tmp_path / "lake" / manifest["files"][0]["name"]).exists()


def test_filters_and_window_stand_in_the_manifest(tmp_path, sandbox):
    sandbox.seed(quotes=30)
    dates = sorted(one["creation_date"] for one in sandbox.records("quote"))

    filters = {"creation_date_gt": dates[19], "state": "", "project_id": None}
    manifest = store(f"{tmp_path}/lake", "quote", filters=filters)

    assert (manifest["rows"], manifest["window"]) == (10, [dates[19], None])
    assert manifest["filters"] == {"creation_date_gt": dates[19]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"resource": "quotes"}, "no list of 'quotes'; known: quote, "),
        ({"filters": {"stat": "x"}}, "there is no stat; known: .*state"),
        ({"format": "xml"}, "format: there is no 'xml'; known: parquet, jsonl, csv"),
        ({"path": ""}, "path has to be an identifier"),
        ({"path": "foo://bucket/x"}, "path foo://bucket/x"),
        ({"path": "s3://lake/run[1]"}, r"path s3://lake/run\[1\]: .* choose another name"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(sandbox, tmp_path, arguments, words):
    with pytest.raises(AirflowFailException, match=words):
        CovageToObjectStorageOperator(
            task_id="x", **({"resource": "quote", "path": f"{tmp_path}/lake"} | arguments)
        ).execute({})
    assert [one for one in sandbox.requests if one["operation"] == "quote.list"] == []
    assert not (tmp_path / "lake").exists()
