"""A trace that is no KMZ, or would unpack to something absurd, is refused before anything is sent."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest
from more_steps import kmz, run, why_not

from airflow_provider_covage.api import files
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.operators.fon import CovageUploadFonTraceOperator

GOOD = kmz(**{"doc.kml": "<kml>" + "x" * 2000 + "</kml>", "icons/a.png": "picture"})
CENTRAL_SIZE = 24
"""Where the unpacked size stands in an entry of a zip's directory."""


def with_sizes(content, *sizes):
    """Write other unpacked sizes into the directory of a zip."""
    crafted = bytearray(content)
    place = 0
    for size in sizes:
        place = crafted.index(b"PK\x01\x02", place)
        struct.pack_into("<L", crafted, place + CENTRAL_SIZE, size)
        place += 4
    return bytes(crafted)


def many_members(number):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for member in range(number):
            archive.writestr(f"{member}.kml", "")
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [kmz(), GOOD, kmz(**{"DOC.KML": "<kml/>"}), kmz(**{"folder/doc.kml": "<kml/>"}), b"before" + kmz()],
    ids=["small", "with pictures", "capitals", "in a folder", "something before it"],
)
def test_kmz_passes(content):
    assert files.kmz(content).name == "trace.kmz"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"no zip at all", "not a readable zip"),
        (GOOD[:-10], "not a readable zip"),
        (GOOD[: len(GOOD) // 2], "not a readable zip"),
        (kmz(**{"notes.txt": "no line"}), "the zip holds no .kml file"),
        (with_sizes(kmz(), 300 << 20), "unpacks to more than 256 MiB"),
        (with_sizes(GOOD, 0xFFFF_FFF0, 0xFFFF_FFF0), "unpacks to more than 256 MiB"),
        (with_sizes(GOOD, 200 << 20, 200 << 20), "unpacks to more than 256 MiB"),
    ],
    ids=["empty", "no zip", "end cut off", "half", "no KML", "bomb", "large bomb", "bomb in two"],
)
def test_what_is_refused(content, words, client, sent, asked, tmp_path):
    request_id = client.fon.create()["id"]
    path = tmp_path / "mine.kmz"
    path.write_bytes(content)
    upload = {"operator": CovageUploadFonTraceOperator, "fon_request_id": request_id, "file": str(path)}

    why = why_not(lambda: run(**upload))

    assert "mine.kmz" in why
    assert words in why
    assert sent() == ["fon.create"]
    assert len(asked("POST")) == 1


def test_too_many_members(tmp_path):
    with pytest.raises(InputError, match="unpacks to more"):
        files.kmz(many_members(10_001))


def test_nothing_is_unpacked_for_the_check(monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("a member was opened"))
    assert files.kmz(GOOD)


def test_damaged_zip_is_taken_or_refused_as_input():
    chance = random.Random(7)
    for _ in range(3000):
        damaged = bytearray(GOOD)
        # The directory at the end is what is read.
        for _ in range(chance.randint(1, 4)):
            damaged[-chance.randint(1, 200)] = chance.randrange(256)
        try:
            files.kmz(bytes(damaged))
        except InputError:
            continue
