"""Trace files and exports: from and to a path, a folder, or wherever `ObjectStoragePath` reaches."""

import fsspec
import pytest
from airflow.sdk import ObjectStoragePath
from airflow.sdk.io import attach
from operator_steps import context, kmz

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.export import (
    CovageDownloadExportOperator,
    CovageExportQuoteItemPdfOperator,
    CovageExportQuoteItemsCsvOperator,
)
from airflow_provider_covage.operators.fon import (
    CovageDownloadFonSitesOperator,
    CovageDownloadFonTemplateOperator,
    CovageDownloadFonTraceOperator,
    CovageUploadFonSitesOperator,
    CovageUploadFonTraceOperator,
)
from airflow_provider_covage.operators.quote import (
    CovageDownloadQuoteItemTraceOperator,
    CovageUploadQuoteItemTraceOperator,
)


@pytest.fixture(autouse=True)
def _remote_storage():
    """Whatever is behind `memory://`, which stands for the storage of a cloud."""
    memory = fsspec.filesystem("memory")
    attach("memory", fs=memory)
    yield
    memory.rm("/", recursive=True)


def run(operator, try_number=1, **arguments):
    return operator(task_id="act", settling_time=0, **arguments).execute(context(try_number))


def why_not(operator, **arguments):
    with pytest.raises(AirflowFailException) as failure:
        run(operator, **arguments)
    return str(failure.value)


UPLOADS = {
    "quotation trace": (CovageUploadQuoteItemTraceOperator, lambda steps: steps.line(), "trace_file"),
    "fibre trace": (CovageUploadFonTraceOperator, lambda steps: steps.fon_request(), "trace_file"),
    "fibre sites": (CovageUploadFonSitesOperator, lambda steps: steps.fon_request(), "sites_file"),
}
DOWNLOADS = {
    "quotation trace": (CovageDownloadQuoteItemTraceOperator, lambda steps: steps.traced_line()),
    "fibre trace": (CovageDownloadFonTraceOperator, lambda steps: steps.fon_request(with_files=True)),
    "fibre sites": (CovageDownloadFonSitesOperator, lambda steps: steps.fon_request(with_files=True)),
    "fibre template": (CovageDownloadFonTemplateOperator, lambda steps: {}),
    "export": (CovageDownloadExportOperator, lambda steps: steps.finished_export()),
}


@pytest.mark.parametrize("scheme", ["path", "file", "memory"])
@pytest.mark.parametrize("kind", UPLOADS)
def test_upload(kind, scheme, steps):
    operator, begin, field = UPLOADS[kind]
    local = steps.sites_file() if field == "sites_file" else steps.trace_file()
    name = local.rpartition("/")[2]
    where = {"path": local, "file": f"file://{local}", "memory": f"memory://uploads/{name}"}
    if scheme == "memory":
        with ObjectStoragePath(where["memory"]).open("wb") as copy, open(local, "rb") as content:
            copy.write(content.read())

    record = run(operator, file=where[scheme], **begin(steps))

    assert record[field].startswith(name.partition(".")[0])


@pytest.mark.parametrize("kind", UPLOADS)
@pytest.mark.parametrize(
    "where", ["/nowhere/trace.kmz", "file:///nowhere/trace.kmz", "memory://nowhere/trace.kmz", "{folder}"]
)
def test_upload_of_a_file_that_is_not_there(kind, where, steps, sent, tmp_path):
    operator, begin, _ = UPLOADS[kind]
    arguments = begin(steps)
    sent.begin()

    why = why_not(operator, file=where.format(folder=tmp_path), **arguments)

    assert where.format(folder=tmp_path) in why
    assert "nothing was sent" in why
    assert sent() == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<kml/>", "not a readable zip"),
        (kmz()[:-30], "not a readable zip"),
        (kmz().replace(b"doc.kml", b"doc.txt"), "no .kml file"),
    ],
    ids=["empty", "no zip", "truncated", "no KML"],
)
@pytest.mark.parametrize("kind", ["quotation trace", "fibre trace"])
def test_upload_of_what_is_no_trace(kind, content, words, steps, sent, tmp_path):
    operator, begin, _ = UPLOADS[kind]
    path = tmp_path / "wrong.kmz"
    path.write_bytes(content)
    arguments = begin(steps)
    sent.begin()

    why = why_not(operator, file=str(path), **arguments)

    assert "wrong.kmz" in why
    assert words in why
    assert sent() == []


def test_upload_replaces(steps, tmp_path):
    ids = steps.traced_line()
    other = tmp_path / "other.kmz"
    other.write_bytes(kmz())

    assert run(CovageUploadQuoteItemTraceOperator, file=str(other), **ids)["trace_file"].startswith("other")


@pytest.mark.parametrize("try_number", [1, 2])
def test_upload_after_the_confirmation_is_decided_by_the_api(try_number, steps, sent):
    ids = steps.confirmed_line()
    sent.begin()

    with pytest.raises(AirflowFailException, match="This basket cannot be changed: it is confirmed"):
        run(CovageUploadQuoteItemTraceOperator, try_number, file=steps.trace_file(), **ids)

    assert sent() == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text.replace(";", ","), "separated by ','"),
        (lambda text: text.replace("number_of_fibres", "fibres"), "missing: number_of_fibres"),
        (lambda text: text.partition("\n")[0] + "\n", "no site below the header"),
        (lambda text: text + "a;b\n", "line 3 has 2 columns"),
    ],
    ids=["separator", "header", "no site", "columns"],
)
def test_file_of_sites_that_is_not_by_the_template(spoil, words, steps, sent, tmp_path):
    path = tmp_path / "wrong.csv"
    with open(steps.sites_file(), newline="") as content:
        path.write_text(spoil(content.read()), newline="")
    ids = steps.fon_request()
    sent.begin()

    assert words in why_not(CovageUploadFonSitesOperator, file=str(path), **ids)
    assert sent() == []
    run(CovageUploadFonSitesOperator, file=str(path), check=False, **ids)
    assert sent() == ["fon.upload_sites"]


@pytest.mark.parametrize("target", ["path", "folder", "new folder", "file", "memory", "memory folder"])
@pytest.mark.parametrize("kind", DOWNLOADS)
def test_download(kind, target, steps, tmp_path):
    operator, begin = DOWNLOADS[kind]
    folder = tmp_path / "down"
    folder.mkdir()
    to = {
        "path": f"{folder}/mine",
        "folder": str(folder),
        "new folder": f"file://{folder}/new/",
        "file": f"file://{folder}/new/mine",
        "memory": "memory://down/mine",
        "memory folder": "memory://down/folder/",
    }[target]

    # The ObjectStoragePath of another Airflow writes the same place with one stroke more.
    where = run(operator, to=to, **begin(steps)).replace("memory:///", "memory://")

    assert where.startswith(to)
    assert ObjectStoragePath(where).stat().st_size > 20
    if "folder" in target:
        assert where.endswith((".kmz", ".csv"))
    else:
        assert where == to
    assert not [name for name in folder.rglob("*") if name.suffix == ".part"]


@pytest.mark.parametrize("kind", ["quotation trace", "fibre trace", "fibre sites"])
def test_download_of_a_file_that_is_not_there(kind, steps, tmp_path):
    operator, _ = DOWNLOADS[kind]
    ids = steps.line() if kind == "quotation trace" else steps.fon_request()

    assert "There is no such file." in why_not(operator, to=str(tmp_path / "mine"), **ids)
    assert list(tmp_path.glob("mine*")) == []


def test_download_into_a_folder_that_is_not_there(steps):
    why = why_not(CovageDownloadQuoteItemTraceOperator, to="/nowhere/at/all", **steps.traced_line())
    assert "/nowhere/at is not a folder" in why


@pytest.mark.parametrize("fault", ["close_after", "truncate", "html"])
def test_download_that_breaks_off_is_repeated(fault, sandbox, steps, tmp_path):
    ids = steps.traced_line()
    sandbox.fault(fault, match="quote_item.download_trace")

    where = run(CovageDownloadQuoteItemTraceOperator, to=f"{tmp_path}/mine", **ids)

    with open(where, "rb") as content:
        assert content.read() == kmz()


@pytest.mark.parametrize(
    ("offer", "names"), [(None, ["100M", "1G"]), ("2174", ["1G"]), ("2173", ["100M"])], ids=str
)
def test_pdf_of_a_line_or_of_one_offer(offer, names, sandbox, steps, tmp_path):
    ids = steps.priced_line(product_offerings=["2173", "2174"])

    task_id = run(CovageExportQuoteItemPdfOperator, product_id=offer, **ids)
    sandbox.advance(60)
    where = run(CovageDownloadExportOperator, export_task_id=task_id, to=f"{tmp_path}/")

    with open(where, "rb") as pdf:
        content = pdf.read()
    assert where.endswith(".pdf")
    assert content.startswith(b"%PDF")
    assert [name for name in ("100M", "1G") if f"Ethernet {name}".encode() in content] == names


def test_csv_of_the_lines_that_pass_the_filters(sandbox, steps, tmp_path):
    ready, _draft = steps.priced_line(end_customer_name="Here"), steps.line(end_customer_name="There")

    task_id = run(CovageExportQuoteItemsCsvOperator, filters={"state": "ready"})
    sandbox.advance(60)
    where = run(CovageDownloadExportOperator, export_task_id=task_id, to=f"{tmp_path}/lines.csv")

    with open(where) as csv:
        rows = csv.read().splitlines()
    assert len(rows) == 2
    assert ready["quote_item_id"] in rows[1]


def test_export_that_is_still_running(steps, tmp_path):
    task_id = run(CovageExportQuoteItemsCsvOperator)

    why = why_not(CovageDownloadExportOperator, export_task_id=task_id, to=str(tmp_path / "mine"))

    assert f"export task {task_id} is still running: wait for it first (CovageExportSensor)" in why
    assert list(tmp_path.glob("mine*")) == []


def test_export_that_has_failed(sandbox, steps, tmp_path):
    sandbox.outcome("export", "failure")

    why = why_not(CovageDownloadExportOperator, to=str(tmp_path / "mine"), **steps.finished_export())

    assert "has failed: start the export again" in why


def test_export_of_a_line_without_answer(steps, sent):
    ids = steps.confirmed_line()
    sent.begin()

    assert "There is no answer to export" in why_not(CovageExportQuoteItemPdfOperator, **ids)
    assert sent() == []


def test_export_that_is_not_there(tmp_path, sandbox):
    assert "404" in why_not(CovageDownloadExportOperator, export_task_id="nowhere", to=str(tmp_path))
