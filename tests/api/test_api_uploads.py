"""Files on their way up: checked before anything is sent, streamed, and sent again as a whole."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from clients import password_for
from raw_server import RESET, reply

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.covage import CALLS

OK = reply(200, {"id": "b1"})


def archive(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as made:
        for name, member in members.items():
            made.writestr(name.replace("_", "."), member)
    return content.getvalue()


def claiming(size: int) -> bytes:
    """Return an archive whose directory claims that its member unpacks to so many bytes."""
    content = bytearray(archive(doc_kml=b"<kml/>"))
    struct.pack_into("<L", content, content.rindex(b"PK\x01\x02") + 24, size)
    return bytes(content)


def of_version(version: int) -> bytes:
    """Return an archive that says that it can only be read by a newer program."""
    content = bytearray(archive(doc_kml=b"<kml/>"))
    struct.pack_into("<H", content, content.rindex(b"PK\x01\x02") + 6, version)
    return bytes(content)


def upload(file: Any) -> Any:
    """Prepare an upload; nothing is sent."""
    return CALLS.quote_item.upload_trace("b1", "l1", file=file)


NO_KMZ = {
    "no zip": (b"<kml/>", "not a readable zip"),
    "cut off": (archive(doc_kml=b"<kml/>" * 50)[:-40], "not a readable zip"),
    "only the beginning of one": (b"PK\x03\x04", "not a readable zip"),
    "of an unknown version": (of_version(999), "not a readable zip"),
    "empty": (b"", "empty"),
    "a zip of nothing": (archive(), r"no \.kml"),
    "a zip of something else": (archive(notes_txt=b"hello"), r"no \.kml"),
    "a bomb": (claiming(0x7FFFFFFF), "unpacks to more than"),
}


@pytest.mark.parametrize(("content", "message"), NO_KMZ.values(), ids=list(NO_KMZ))
@pytest.mark.parametrize("form", ["bytes", "path", "object"])
def test_what_is_no_kmz_is_refused_before_anything_is_sent(tmp_path, content, message, form):
    path = tmp_path / "line.kmz"
    path.write_bytes(content)
    file: Any = {"bytes": content, "path": path, "object": io.BytesIO(content)}[form]
    with pytest.raises(errors.InputError, match=message):
        upload(file)


def test_a_damaged_file_is_an_error_of_ours_or_passes():
    """Whatever is broken in an archive, the zip library's own errors do not come through."""
    whole = archive(doc_kml=b"<kml/>")
    for position in range(len(whole)):
        for value in (0x00, 0xFF, whole[position] ^ 0x40):
            damaged = bytearray(whole)
            damaged[position] = value
            try:
                upload(bytes(damaged))
            except errors.InputError:
                continue


@pytest.mark.parametrize("name", ["doc_kml", "DOC_KML"])
def test_a_kml_is_found_whatever_its_case(name):
    assert upload(archive(**{name: b"<kml/>"}))


def pipe() -> BinaryIO:
    reading, writing = os.pipe()
    os.write(writing, b"PK")
    os.close(writing)
    return os.fdopen(reading, "rb")


NO_FILE: dict[str, tuple[Callable[[Path], Any], str]] = {
    "missing": (lambda folder: folder / "missing.kmz", "missing.kmz is not a file"),
    "missing, as text": (lambda folder: str(folder / "missing.kmz"), "nothing was sent"),
    "a folder": (lambda folder: folder, "is not a file"),
    "text": (lambda folder: io.StringIO("PK"), "rb"),
    "none": (lambda folder: None, "a path, bytes or a binary file object"),
    "a number": (lambda folder: 5, "a path, bytes or a binary file object"),
    "a pipe": (lambda folder: pipe(), "seek"),
}


@pytest.mark.parametrize(("make", "message"), NO_FILE.values(), ids=list(NO_FILE))
def test_what_is_no_file_is_refused_before_anything_is_sent(tmp_path, make, message):
    with pytest.raises(errors.InputError, match=message):
        upload(make(tmp_path))


def test_a_file_opened_as_text_is_refused(tmp_path):
    path = tmp_path / "line.kmz"
    path.write_text("hello")
    with path.open() as file, pytest.raises(errors.InputError, match="rb"):
        upload(file)


FORMS = ["bytes", "bytearray", "path", "text path", "object", "open file"]


def given(form: str, content: bytes, tmp_path: Path) -> Any:
    path = tmp_path / "my trace.kmz"
    path.write_bytes(content)
    forms: dict[str, Callable[[], Any]] = {
        "bytes": lambda: content,
        "bytearray": lambda: bytearray(content),
        "path": lambda: path,
        "text path": lambda: str(path),
        "object": lambda: io.BytesIO(content),
        "open file": lambda: path.open("rb"),
    }
    return forms[form]()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_file_arrives_as_it_is(connect, sandbox, trace, tmp_path, form):
    client = connect(sandbox.url, password_for(sandbox))
    basket = client.call(lambda api: api.quote.create())["id"]
    line = client.call(
        lambda api: api.quote_item.create(basket, product_offering_qualification_item_id="e1")
    )["id"]
    file = given(form, trace, tmp_path)
    client.call(lambda api: api.quote_item.upload_trace(basket, line, file=file))
    assert client.call(lambda api: api.quote_item.download_trace(basket, line)) == trace
    name = sandbox.record("quote_item", line)["trace_file"]
    assert name.startswith("my_trace_" if "path" in form or form == "open file" else "trace_")


def test_the_multipart_field_is_called_file(connect, server, trace):
    server.say(OK)
    connect(server.url).call(lambda api: api.quote_item.upload_trace("b1", "l1", file=trace))
    body = server.requests[0].body
    assert b'name="file"' in body
    assert b"application/vnd.google-earth.kmz" in body
    assert trace in body


@pytest.mark.parametrize("name", ["tracé.kmz", "a b.kmz", 'a"b.kmz', "a;b.kmz", "線.kmz"])
def test_file_names_of_any_kind_do_not_break_the_upload(connect, sandbox, trace, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(trace)
    client = connect(sandbox.url, password_for(sandbox))
    basket = client.call(lambda api: api.quote.create())["id"]
    line = client.call(
        lambda api: api.quote_item.create(basket, product_offering_qualification_item_id="e1")
    )["id"]
    client.call(lambda api: api.quote_item.upload_trace(basket, line, file=path))
    assert client.call(lambda api: api.quote_item.download_trace(basket, line)) == trace


def test_a_file_object_is_sent_from_where_it_stands(connect, server, trace):
    server.say(OK)
    file = io.BytesIO(b"before" + trace)
    file.seek(6)
    connect(server.url).call(lambda api: api.quote_item.upload_trace("b1", "l1", file=file))
    assert trace in server.requests[0].body
    assert b"before" not in server.requests[0].body


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("said", [reply(401), reply(429), reply(425)], ids=["401", "429", "425"])
def test_a_repeated_upload_sends_the_whole_file_again(connect, server, sandbox, trace, tmp_path, form, said):
    server.say(said, said if said == reply(429) else OK, OK)
    file = given(form, trace, tmp_path)
    client = connect(server.url, password_for(sandbox))
    client.call(lambda api: api.quote_item.upload_trace("b1", "l1", file=file))
    assert len(server.requests) >= 2
    assert all(trace in request.body for request in server.requests)


@pytest.mark.parametrize("form", ["object", "open file"])
@pytest.mark.parametrize("said", [OK, reply(400), RESET], ids=["success", "refusal", "reset"])
def test_the_file_object_of_the_caller_stays_open(connect, server, trace, tmp_path, form, said):
    server.say(said)
    file = given(form, trace, tmp_path)
    with contextlib.suppress(errors.CovageError):
        connect(server.url).call(lambda api: api.quote_item.upload_trace("b1", "l1", file=file))
    assert not file.closed


class Big(io.RawIOBase):
    """A large archive that exists nowhere as a whole, and notes how much was read at a time."""

    def __init__(self, size: int) -> None:
        head, tail = self._ends(size)
        self._head, self._tail, self._size = head, tail, len(head) + size + len(tail)
        self._at = 0
        self.largest = 0

    @staticmethod
    def _ends(size: int) -> tuple[bytes, bytes]:
        small = archive(doc_kml=b"")
        directory = small.rindex(b"PK\x01\x02")
        head, tail = bytearray(small[:directory]), bytearray(small[directory:])
        struct.pack_into("<LL", head, 18, size, size)
        struct.pack_into("<LL", tail, 20, size, size)
        struct.pack_into("<L", tail, tail.rindex(b"PK\x05\x06") + 16, len(head) + size)
        return bytes(head), bytes(tail)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._size if size is None or size < 0 else min(self._at + size, self._size)
        wanted, pieces = end - self._at, []
        self.largest = max(self.largest, wanted)
        middle = self._size - len(self._tail)
        while self._at < end:
            if self._at < len(self._head):
                piece = self._head[self._at : end]
            elif self._at < middle:
                piece = bytes(min(end, middle) - self._at)
            else:
                piece = self._tail[self._at - middle : end - middle]
            pieces.append(piece)
            self._at += len(piece)
        return b"".join(pieces)


def test_a_big_file_is_not_read_as_a_whole(connect, server):
    """20 MiB go through in pieces of no more than 1 MiB."""
    size = 20 * 1024 * 1024
    server.say(OK)
    file = Big(size)
    connect(server.url).call(lambda api: api.quote_item.upload_trace("b1", "l1", file=file))
    assert len(server.requests[0].body) > size
    assert file.largest <= 1024 * 1024


def test_a_file_that_is_gone_when_it_is_sent_is_an_error_of_ours(connect, server, trace, tmp_path):
    path = tmp_path / "line.kmz"
    path.write_bytes(trace)

    def refuse_and_remove(request: Any) -> bytes:
        path.unlink()
        return reply(429)

    server.say(refuse_and_remove, OK)
    with pytest.raises(errors.CovageError, match=r"line\.kmz"):
        connect(server.url).call(lambda api: api.quote_item.upload_trace("b1", "l1", file=path))
