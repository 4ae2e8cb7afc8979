"""The files of a request for dark fibre: uploaded, replaced, downloaded, deleted."""

from __future__ import annotations

import pytest
from airflow.sdk import ObjectStoragePath
from more_steps import LOSSES, in_dialects, kmz, retried, run, sites, why_not

from airflow_provider_covage.operators.fon import (
    CovageDeleteFonSitesOperator,
    CovageDeleteFonTraceOperator,
    CovageDownloadFonSitesOperator,
    CovageDownloadFonTemplateOperator,
    CovageDownloadFonTraceOperator,
    CovageUploadFonSitesOperator,
    CovageUploadFonTraceOperator,
)

UPLOADS = {"sites": CovageUploadFonSitesOperator, "trace": CovageUploadFonTraceOperator}
DOWNLOADS = {"sites": CovageDownloadFonSitesOperator, "trace": CovageDownloadFonTraceOperator}
DELETIONS = {"sites": CovageDeleteFonSitesOperator, "trace": CovageDeleteFonTraceOperator}
BOTH = pytest.mark.parametrize("kind", list(UPLOADS))


@pytest.fixture
def request_id(client):
    return client.fon.create(note="two pairs")["id"]


@pytest.fixture
def written(client, tmp_path):
    """`written("trace")` writes a file of that kind and gives its path; `name` and `text` make it another."""

    def write(kind, name="first", text="x"):
        path = tmp_path / f"{name}.{'csv' if kind == 'sites' else 'kmz'}"
        template = client.fon.template_download()
        row = [text] * (template.count(b";") + 1)
        content = sites(template, [row]) if kind == "sites" else kmz(**{"doc.kml": text})
        path.write_bytes(content)
        return str(path)

    return write


def stored(client, request_id, kind):
    return getattr(client.fon, f"download_{kind}")(request_id)


def content_of(path):
    return ObjectStoragePath(path).read_bytes()


@BOTH
def test_upload_returns_the_request(kind, request_id, written, client, sandbox):
    path = written(kind)

    record = run(UPLOADS[kind], fon_request_id=request_id, file=path)

    assert record == sandbox.record("fon", request_id)
    assert record[f"{kind}_file"].startswith(f"first_{kind}_QO_")
    assert stored(client, request_id, kind) == content_of(path)


@BOTH
def test_upload_from_a_uri(kind, request_id, written, client):
    path = written(kind)

    run(UPLOADS[kind], fon_request_id=request_id, file=f"file://{path}")

    assert stored(client, request_id, kind) == content_of(path)


@BOTH
def test_upload_replaces(kind, request_id, written, client, sent):
    run(UPLOADS[kind], fon_request_id=request_id, file=written(kind))
    other = written(kind, "second", "y")

    record = run(UPLOADS[kind], fon_request_id=request_id, file=other)

    assert record[f"{kind}_file"].startswith("second_")
    assert stored(client, request_id, kind) == content_of(other)
    assert sent() == ["fon.create", f"fon.upload_{kind}", f"fon.upload_{kind}"]


@BOTH
@pytest.mark.parametrize("loss", [*LOSSES, "error_before"])
def test_upload_whose_answer_was_lost(loss, kind, request_id, written, client, sandbox):
    sandbox.fault(loss, match="fon.upload*", times=2)
    path = written(kind)

    record = retried(UPLOADS[kind], fon_request_id=request_id, file=path)

    assert record[f"{kind}_file"].startswith("first_")
    assert stored(client, request_id, kind) == content_of(path)


@BOTH
def test_upload_after_the_confirmation(kind, request_id, written, client, sent):
    client.fon.confirm(request_id)

    upload = {"operator": UPLOADS[kind], "fon_request_id": request_id, "file": written(kind)}

    assert "it is confirmed" in why_not(lambda: run(**upload))
    assert sent() == ["fon.create", "fon.confirm"]


@BOTH
def test_upload_that_comes_back_after_the_confirmation(kind, request_id, written, client, sent):
    upload = {"operator": UPLOADS[kind], "fon_request_id": request_id, "file": written(kind)}
    run(**upload)
    client.fon.confirm(request_id)

    assert run(**upload, try_number=2)["state"] == "confirmed"
    assert sent() == ["fon.create", f"fon.upload_{kind}", "fon.confirm"]


@BOTH
def test_upload_of_a_file_that_is_not_there(kind, request_id, sent):
    for where in ("/nowhere/file", "file:///nowhere/file"):
        upload = {"operator": UPLOADS[kind], "fon_request_id": request_id, "file": where}
        assert "nothing was sent" in why_not(lambda upload=upload: run(**upload))
    assert sent() == ["fon.create"]


def test_template_goes_to_path_folder_and_uri(client, tmp_path):
    template = client.fon.template_download()
    places = {
        str(tmp_path / "mine.csv"): str(tmp_path / "mine.csv"),
        str(tmp_path): str(tmp_path / "template_fon.csv"),
        f"file://{tmp_path}/new/mine.csv": f"file://{tmp_path}/new/mine.csv",
        f"file://{tmp_path}/other/": f"file://{tmp_path}/other/template_fon.csv",
    }
    for to, where in places.items():
        assert run(CovageDownloadFonTemplateOperator, to=to) == where
        assert content_of(where) == template


@BOTH
def test_file_comes_back_to_path_folder_and_uri(kind, request_id, written, client, tmp_path):
    content = content_of(written(kind))
    name = run(UPLOADS[kind], fon_request_id=request_id, file=written(kind))[f"{kind}_file"]
    folder = tmp_path / "down"
    folder.mkdir()
    places = {
        f"{folder}/mine": f"{folder}/mine",
        str(folder): f"{folder}/{name}",
        f"file://{folder}/new/mine": f"file://{folder}/new/mine",
        f"file://{folder}/new/": f"file://{folder}/new/{name}",
    }
    for to, where in places.items():
        assert run(DOWNLOADS[kind], fon_request_id=request_id, to=to) == where
        assert content_of(where) == content
    assert list(folder.rglob(".*")) == []


@BOTH
def test_download_of_a_file_that_is_not_there(kind, request_id, tmp_path):
    download = {"operator": DOWNLOADS[kind], "fon_request_id": request_id, "to": str(tmp_path / "mine")}

    assert "There is no such file." in why_not(lambda: run(**download))
    assert list(tmp_path.iterdir()) == []


@BOTH
@pytest.mark.parametrize("loss", ["close_after", "truncate", "html", "unavailable"])
def test_download_that_broke_off_is_repeated(loss, kind, request_id, written, sandbox, tmp_path):
    path = written(kind)
    run(UPLOADS[kind], fon_request_id=request_id, file=path)
    sandbox.fault(loss, match="fon.download*", **({"retry_after": 0} if loss == "unavailable" else {}))

    where = run(DOWNLOADS[kind], fon_request_id=request_id, to=str(tmp_path / "mine"))

    assert content_of(where) == content_of(path)


@BOTH
@in_dialects("deletions_body", "deletions_no_content")
def test_deletion_returns_the_request(kind, request_id, written, sandbox):
    run(UPLOADS[kind], fon_request_id=request_id, file=written(kind))

    record = run(DELETIONS[kind], fon_request_id=request_id)

    assert record == sandbox.record("fon", request_id)
    assert record[f"{kind}_file"] == ""


@BOTH
@pytest.mark.parametrize("try_number", [1, 2])
def test_deletion_of_a_file_that_is_gone(try_number, kind, request_id, sent):
    record = run(DELETIONS[kind], fon_request_id=request_id, try_number=try_number)

    assert record["id"] == request_id
    assert sent() == ["fon.create"]


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
def test_deletion_whose_answer_was_lost(loss, kind, request_id, written, sandbox, sent):
    run(UPLOADS[kind], fon_request_id=request_id, file=written(kind))
    sandbox.fault(loss, match="fon.delete*")

    assert retried(DELETIONS[kind], fon_request_id=request_id)[f"{kind}_file"] == ""
    assert sent() == ["fon.create", f"fon.upload_{kind}", f"fon.delete_{kind}"]


@BOTH
def test_deletion_after_the_confirmation(kind, request_id, written, client):
    path = written(kind)
    run(UPLOADS[kind], fon_request_id=request_id, file=path)
    client.fon.confirm(request_id)

    assert "it is confirmed" in why_not(lambda: run(DELETIONS[kind], fon_request_id=request_id))
    assert stored(client, request_id, kind) == content_of(path)


@BOTH
def test_deletion_that_comes_back_after_the_confirmation(kind, request_id, written, client, sent):
    run(UPLOADS[kind], fon_request_id=request_id, file=written(kind))
    run(DELETIONS[kind], fon_request_id=request_id)
    client.fon.confirm(request_id)

    record = run(DELETIONS[kind], fon_request_id=request_id, try_number=2)

    assert (record["state"], record[f"{kind}_file"]) == ("confirmed", "")
    assert sent()[-1] == "fon.confirm"


@BOTH
def test_deletion_leaves_the_other_file(kind, request_id, written):
    for each in UPLOADS:
        run(UPLOADS[each], fon_request_id=request_id, file=written(each))

    record = run(DELETIONS[kind], fon_request_id=request_id)

    assert [bool(record["sites_file"]), bool(record["trace_file"])] == [kind == "trace", kind == "sites"]
