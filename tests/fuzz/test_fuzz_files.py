"""Files and their names, from the API and from users: refused with a reason, never outside a folder."""

import contextlib
import io
import zipfile

from hypothesis import example, given
from hypothesis import strategies as st
from outside import TEXTS

from airflow_provider_covage.api.covage.sites import check_sites
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.files import kmz, sink

NAMES = TEXTS | st.sampled_from(
    ["../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x.csv", "a\x00b", "..", "con", ".bashrc", "x" * 300]
)
DISPOSITIONS = (
    TEXTS
    | NAMES.map(lambda name: f'attachment; filename="{name}"')
    | NAMES.map(lambda name: f"attachment; filename*=UTF-8''{name}")
    | st.sampled_from(
        ["attachment; filename*=utf-99''x", "attachment; filename*=''%ff%fe", "a; filename*0=x"]
    )
)


@given(DISPOSITIONS, NAMES)
def test_a_download_stays_in_its_folder(tmp_path_factory, disposition, default):
    outer = tmp_path_factory.mktemp("outer")
    folder = outer / "folder"
    folder.mkdir()
    kept = sink(folder, default)
    kept.begin({"content-disposition": disposition})
    kept.write(b"content")
    where = kept.commit()

    assert [one.name for one in outer.iterdir()] == ["folder"]
    assert [one.read_bytes() for one in folder.iterdir()] == [b"content"]
    assert where.parent == folder


CELLS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ['"', '""', ";", "\r", "\n", "\x00"]
)
TABLES = st.lists(st.lists(CELLS, max_size=4).map(";".join), max_size=5).map("\r\n".join).map(str.encode)
CSVS = TABLES | st.binary(max_size=80) | TABLES.map(lambda it: b"\xef\xbb\xbf" + it)
TEMPLATE = b"site;city\r\n"


@given(CSVS, st.just(TEMPLATE) | CSVS)
@example(b'"' + b"x" * 200_000, TEMPLATE)
@example(b"\xff\xfea", TEMPLATE)
@example(TEMPLATE + b"a;b\r\n", TEMPLATE)
def test_a_file_of_sites_is_taken_or_refused(content, template):
    with contextlib.suppress(InputError):
        check_sites(content, template, name="sites.csv")


def archive(members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members:
            made.writestr(name, text)
    return content.getvalue()


TRACES = st.lists(
    st.tuples(st.sampled_from(["doc.kml", "../doc.kml", "x/doc.KML", "doc.txt"]), st.binary(max_size=30)),
    max_size=3,
    unique_by=lambda member: member[0],
).map(archive)


@given(TRACES | st.binary(min_size=1, max_size=120), st.integers(0, 200), st.binary(max_size=4))
def test_a_trace_is_taken_or_refused(content, place, change):
    broken = content[:place] + change + content[place + len(change) :]
    for one in (content, broken, content[:place]):
        with contextlib.suppress(InputError):
            kmz(one)
