"""Files on their way down: whole or not there, under a name that cannot lead out of the folder."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from raw_server import DRIP, RESET, html, reply

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.covage import CALLS

PDF = b"%PDF-1.7" + bytes(range(256)) * 1000
BROKEN = reply(200, PDF[:100_000], kind="application/pdf", length=len(PDF))


def file_answer(content: bytes = PDF, disposition: str | None = None) -> bytes:
    headers = {} if disposition is None else {"Content_Disposition": disposition}
    return reply(200, content, kind="application/pdf", **headers)


def download(to: Any = None, task: str = "t1") -> Any:
    return lambda api: api.export.download(task, to=to)


def test_without_a_place_the_content_comes_back(connect, server):
    server.say(file_answer())
    assert connect(server.url).call(download()) == PDF


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_comes_back_as_it_was_given(connect, server, tmp_path, kind):
    server.say(file_answer(disposition='attachment; filename="other.pdf"'))
    target = kind(tmp_path / "offer.pdf")
    result = connect(server.url).call(download(target))
    assert (result, type(result)) == (target, type(target))
    assert Path(result).read_bytes() == PDF
    assert os.listdir(tmp_path) == ["offer.pdf"]


@pytest.mark.parametrize("kind", [str, Path])
def test_in_a_folder_the_answer_names_the_file(connect, server, tmp_path, kind):
    server.say(file_answer(disposition='attachment; filename="offer QO_1.pdf"'))
    result = connect(server.url).call(download(kind(tmp_path)))
    assert result == kind(tmp_path / "offer QO_1.pdf")
    assert Path(result).read_bytes() == PDF


@pytest.mark.parametrize("disposition", [None, "", "attachment", 'attachment; filename=""', ";;;", "\xff="])
def test_without_a_name_of_its_own_a_file_in_a_folder_gets_one(connect, server, tmp_path, disposition):
    server.say(file_answer(disposition=disposition))
    result = connect(server.url).call(download(f"{tmp_path}/"))
    assert result == str(tmp_path / "export-t1")


HOSTILE = {
    "../../x.pdf": "x.pdf",
    "/etc/cron.d/x": "x",
    "C:\\\\Windows\\\\x.pdf": "x.pdf",
    "..": "export-t1",
    ".": "export-t1",
    "...": "export-t1",
    "../": "export-t1",
    ".bashrc": "bashrc",
    "a/b/": "b",
    "a\tb.pdf": "a_b.pdf",
    "a:b|c<d>.pdf": "a_b_c_d_.pdf",
    "x" * 5000: "x" * 200,
}


@pytest.mark.parametrize(("name", "kept"), HOSTILE.items(), ids=[name[:20] for name in HOSTILE])
def test_a_hostile_name_does_not_lead_out_of_the_folder(connect, server, tmp_path, name, kept):
    server.say(file_answer(disposition=f'attachment; filename="{name}"'))
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    result = connect(server.url).call(download(folder))
    assert result.parent == folder
    assert result.name == kept
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [result]


@pytest.mark.parametrize(
    ("disposition", "kept"),
    [
        ("attachment; filename*=UTF-8''devis%20%C3%A9t%C3%A9.pdf", "devis été.pdf"),
        ("attachment; filename*=UTF-8''..%2F..%2Fx.pdf", "x.pdf"),
        ("attachment; filename*=UTF-8''%E4%B8%AD" + "%E4%B8%AD" * 150, None),
        ("attachment; filename*=nonsense''x.pdf", None),
        ("attachment; filename*=UTF-8''%ff%fe.pdf", None),
        ("attachment; filename*0=a; filename*1=b.pdf", None),
    ],
)
def test_names_in_other_encodings_are_read_or_replaced(connect, server, tmp_path, disposition, kept):
    server.say(file_answer(disposition=disposition))
    result = connect(server.url).call(download(tmp_path))
    assert result.parent == tmp_path
    assert result.read_bytes() == PDF
    assert kept is None or result.name == kept


@pytest.mark.parametrize("task", ["a/b", "../x", "../..", "a\\b"])
def test_the_name_made_of_an_identifier_stays_in_the_folder_too(connect, server, tmp_path, task):
    server.say(file_answer())
    folder = tmp_path / "here"
    folder.mkdir()
    result = connect(server.url).call(download(folder, task))
    assert result.parent == folder
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [result]


def test_a_file_object_is_written_from_where_it_stands(connect, server):
    server.say(file_answer(b"new"))
    target = io.BytesIO(b"before")
    target.seek(6)
    assert connect(server.url).call(download(target)) is target
    assert target.getvalue() == b"beforenew"


def test_a_stream_that_cannot_seek_will_do(connect, server):
    server.say(file_answer(b"new"))
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as target:
        connect(server.url).call(download(target))
    with os.fdopen(reading, "rb") as source:
        assert source.read() == b"new"


@pytest.mark.parametrize("to", [5, ["x"], object()], ids=["number", "list", "object"])
def test_what_is_no_place_is_refused_before_anything_is_sent(to):
    with pytest.raises(errors.InputError):
        download(to)(CALLS)


@pytest.mark.parametrize("to", ["{folder}/missing/offer.pdf", "{folder}/missing/"])
def test_a_missing_folder_is_refused_before_anything_is_sent(tmp_path, to):
    with pytest.raises(errors.InputError, match="missing"):
        download(to.format(folder=tmp_path))(CALLS)


BREAKS = {
    "broken off": BROKEN,
    "reset": RESET,
    "an HTML page": html(),
    "a page with 502": html(502),
    "not found": reply(404),
}
breaks = pytest.mark.parametrize("said", BREAKS.values(), ids=list(BREAKS))


@breaks
def test_a_download_that_fails_leaves_nothing(connect, server, tmp_path, said):
    server.say(said)
    with pytest.raises(errors.CovageError):
        connect(server.url).call(download(tmp_path / "offer.pdf"))
    with pytest.raises(errors.CovageError):
        connect(server.url).call(download(tmp_path))
    assert os.listdir(tmp_path) == []


@breaks
def test_a_download_that_fails_does_not_harm_the_file_that_is_there(connect, server, tmp_path, said):
    server.say(said)
    target = tmp_path / "offer.pdf"
    target.write_bytes(b"the old one")
    with pytest.raises(errors.CovageError):
        connect(server.url).call(download(target))
    assert target.read_bytes() == b"the old one"
    assert os.listdir(tmp_path) == ["offer.pdf"]


@breaks
def test_a_download_that_fails_takes_back_what_it_wrote_into_an_object(connect, server, said):
    server.say(said)
    target = io.BytesIO(b"before")
    target.seek(6)
    with pytest.raises(errors.CovageError):
        connect(server.url).call(download(target))
    assert target.getvalue() == b"before"


def test_a_broken_download_is_transient_and_begun_anew(connect, server, tmp_path):
    server.say(BROKEN, BROKEN, file_answer())
    target = tmp_path / "offer.pdf"
    connect(server.url).call(download(target))
    assert target.read_bytes() == PDF


@pytest.mark.parametrize("to", [None, "object"])
def test_what_a_broken_try_brought_is_not_there_twice(connect, server, to):
    server.say(BROKEN, file_answer())
    target = io.BytesIO() if to else None
    result = connect(server.url).call(download(target))
    assert (target.getvalue() if target else result) == PDF


def test_a_download_that_never_ends_well_is_transient(connect, server):
    server.say(BROKEN)
    with pytest.raises(errors.AnswerLostError):
        connect(server.url).call(download())
    assert len(server.requests) == 3


class Stream(io.RawIOBase):
    """A place that cannot seek."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        self.content += bytes(chunk)
        return len(chunk)


def test_a_broken_download_into_a_stream_is_not_begun_anew_on_top(connect, server):
    """Half a file cannot be taken back; and it is the network that failed, not what the user gave."""
    server.say(BROKEN, file_answer())
    target = Stream()
    with pytest.raises(errors.TransientError):
        connect(server.url).call(download(target))
    assert len(target.content) < len(PDF)


def test_a_stream_that_got_nothing_yet_may_be_tried_again(connect, server):
    server.say(reply(503), RESET, file_answer(b"new"))
    target = Stream()
    connect(server.url).call(download(target))
    assert target.content == b"new"


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_the_umask_is_respected(connect, server, tmp_path, mask, mode):
    server.say(file_answer())
    before = os.umask(mask)
    try:
        connect(server.url).call(download(tmp_path / "offer.pdf"))
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "offer.pdf").stat().st_mode) == mode


def test_an_empty_file_is_a_file(connect, server, tmp_path):
    server.say(reply(200, b"", kind="text/csv"))
    assert connect(server.url).call(download(tmp_path / "lines.csv")).read_bytes() == b""


def test_a_download_that_drips_but_goes_on_is_taken(connect, server):
    """A large file may take longer than the time-out, which is one between two pieces."""
    server.say(DRIP)
    assert connect(server.url, timeout=0.8).call(download()) == b" " * 100


class Full(io.RawIOBase):
    """A disk without room."""

    def write(self, chunk: Any) -> int:
        raise OSError(28, "No space left on device")


def test_a_disk_without_room_is_not_taken_for_the_network(connect, server):
    server.say(file_answer())
    with pytest.raises(OSError, match="No space left"):
        connect(server.url).call(download(Full()))
    assert len(server.requests) == 1
