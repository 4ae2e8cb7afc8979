"""A file of sites that is not by the template is refused, line by line, before anything is sent."""

from __future__ import annotations

import codecs

import pytest
from more_steps import run, sites, why_not

from airflow_provider_covage.api.covage.sites import check_sites
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.operators.fon import CovageUploadFonSitesOperator

TEMPLATE = b"site_a;city_a;comment\r\n"
ROWS = [["North", "Orléans", "first"], ["South", "Nîmes", "second"]]
GOOD = sites(TEMPLATE, ROWS)


def slips(content, template=TEMPLATE):
    with pytest.raises(InputError) as refusal:
        check_sites(content, template, name="mine.csv")
    told = str(refusal.value)
    assert told.startswith("mine.csv")
    assert told.endswith("nothing was sent")
    return told


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        sites(TEMPLATE, ROWS, end="\n"),
        GOOD.removesuffix(b"\r\n"),
        GOOD.replace(b"\r\n", b"\r"),
        sites(TEMPLATE, [["a;b", 'said "hello"', "two\r\nlines"]]),
        sites(TEMPLATE, [["", "", "only a comment"]]),
        GOOD.replace(b"site_a;city_a", b"site_a ; city_a"),
    ],
    ids=[
        "Windows line ends",
        "Unix line ends",
        "no end of the last line",
        "old Mac line ends",
        "quoted",
        "empty fields",
        "spaces in the header",
    ],
)
def test_file_by_the_template_passes(content):
    check_sites(content, TEMPLATE, name="mine.csv")


def test_template_with_byte_order_mark_takes_files_with_and_without():
    template = codecs.BOM_UTF8 + TEMPLATE
    check_sites(GOOD, template, name="mine.csv")
    check_sites(codecs.BOM_UTF8 + GOOD, template, name="mine.csv")


def test_template_that_is_not_utf8_takes_files_like_it():
    template = "site_a;prénom;comment\r\n".encode("cp1252")
    check_sites(template + "North;Zoé;first\r\n".encode("cp1252"), template, name="mine.csv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD.decode().encode("latin-1"), "is not UTF-8, see line 2: save it as UTF-8"),
        (GOOD.decode().encode("utf-16"), "is UTF-16: save it as UTF-8"),
        (codecs.BOM_UTF16_BE + GOOD.decode().encode("utf-16-be"), "is UTF-16: save it as UTF-8"),
        (codecs.BOM_UTF8 + GOOD, "begins with a byte order mark"),
    ],
    ids=["latin-1", "UTF-16", "big-endian UTF-16", "byte order mark"],
)
def test_encoding(content, words):
    assert words in slips(content)


def test_wrong_encoding_is_named_by_its_line():
    rows = [["North", "Paris", "first"]] * 3 + [["South", "Nîmes", "second"]]
    assert "see line 5" in slips(sites(TEMPLATE, rows).decode().encode("cp1252"))


def test_utf16_without_byte_order_mark_is_refused():
    assert slips(GOOD.decode().encode("utf-16-le"))


@pytest.mark.parametrize(
    ("template", "content", "words"),
    [
        (TEMPLATE, GOOD.replace(b";", b","), "is separated by ',', the template by ';'"),
        (TEMPLATE.replace(b";", b","), GOOD, "is separated by ';', the template by ','"),
        (TEMPLATE, GOOD.replace(b";", b"\t"), r"is separated by '\t', the template by ';'"),
    ],
    ids=["comma for semicolon", "semicolon for comma", "tab for semicolon"],
)
def test_separator(template, content, words):
    assert words in slips(content, template)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("site_a;city_a", "missing: comment"),
        ("site_a;city_a;comment;floor", "not in the template: 'floor'"),
        ("site_a;town_a;comment", "missing: city_a; not in the template: 'town_a'"),
        ("city_a;site_a;comment", "another order, wanted is site_a;city_a;comment"),
        ("Site_A;city_a;comment", "missing: site_a; not in the template: 'Site_A'"),
        ("North;Paris;first", "missing: site_a, city_a, comment"),
    ],
    ids=["missing", "extra", "other name", "reordered", "capitals", "no header"],
)
def test_header(header, words):
    told = slips(GOOD.replace(b"site_a;city_a;comment", header.encode()))
    assert "line 1: the header is not the template's" in told
    assert words in told


def test_column_that_is_there_twice():
    assert "line 1" in slips(GOOD.replace(b"comment", b"comment;comment"))


def test_header_only():
    assert "there is no site below the header" in slips(TEMPLATE)


@pytest.mark.parametrize("content", [b"", b"\r\n", b"   \n\n"], ids=["nothing", "one end of line", "blanks"])
def test_empty_file(content):
    assert slips(content)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["Unix", "Windows"])
def test_every_faulty_row_is_named_by_its_line(end):
    lines = ["site_a;city_a;comment", "a;b;c", "", "a;b", "a;b;c;d", ";;", "a;b;c", "   ", "a", ""]
    told = slips(end.join(lines).encode(), end.join(["site_a;city_a;comment", ""]).encode())
    for slip in (
        "line 3 is empty",
        "line 4 has 2 columns in place of 3",
        "line 5 has 4 columns in place of 3",
        "line 6 is empty",
        "line 8 is empty",
        "line 9 has 1 columns in place of 3",
    ):
        assert slip in told
    assert told.count("line ") == 6


def test_empty_line_at_the_end_is_named():
    assert "line 4 is empty" in slips(GOOD + b"\r\n")


def test_many_slips_are_counted():
    told = slips(TEMPLATE + b"a;b\r\n" * 50)
    assert "line 21 has" in told
    assert "line 22 has" not in told
    assert "(and 30 more)" in told


def test_lines_within_quotes_are_counted():
    content = TEMPLATE + b'a;"two\r\nlines";c\r\na;b\r\n'
    assert slips(content) == "mine.csv: line 4 has 2 columns in place of 3; nothing was sent"


def test_row_over_several_lines_is_named_by_the_first():
    content = TEMPLATE + b'a;"two\r\nlines"\r\n'
    assert "line 2 has 2 columns" in slips(content)


def test_quote_that_is_not_closed():
    assert "line" in slips(TEMPLATE + b'a;"b;c\r\n' + b"a;b;c\r\n" * 3)


def test_quote_that_is_not_closed_in_a_large_file():
    assert slips(TEMPLATE + b'a;"b;c\r\n' + b"North;Paris;first\r\n" * 10_000)


def test_template_that_is_empty_is_named():
    with pytest.raises(InputError, match="template"):
        check_sites(GOOD, b"", name="mine.csv")


@pytest.mark.parametrize("try_number", [1, 2])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("x", "é", 1).encode("latin-1"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace(";", ",").encode(),
        lambda text: text.replace(";comment", "", 1).encode(),
        lambda text: text.partition("\n")[0].encode(),
        lambda text: f"{text}\r\n".encode(),
        lambda text: b"",
    ],
    ids=["latin-1", "UTF-16", "byte order mark", "comma", "header", "header only", "empty row", "empty"],
)
def test_nothing_is_sent(spoil, try_number, client, sent, asked, tmp_path):
    request_id = client.fon.create()["id"]
    path = tmp_path / "mine.csv"
    path.write_bytes(spoil(sites(client.fon.template_download()).decode()))

    upload = {"operator": CovageUploadFonSitesOperator, "fon_request_id": request_id, "file": str(path)}

    assert "mine.csv" in why_not(lambda: run(**upload, try_number=try_number))
    assert sent() == ["fon.create"]
    assert len(asked("POST")) == 1


def test_check_can_be_left_out(client, sent, tmp_path):
    request_id = client.fon.create()["id"]
    path = tmp_path / "mine.csv"
    path.write_bytes(b"of another kind")

    run(CovageUploadFonSitesOperator, fon_request_id=request_id, file=str(path), check=False)

    assert sent() == ["fon.create", "fon.upload_sites"]


def test_template_that_cannot_be_had_for_the_moment_is_asked_for_again(client, sandbox, sent, tmp_path):
    request_id = client.fon.create()["id"]
    path = tmp_path / "mine.csv"
    path.write_bytes(sites(client.fon.template_download()))
    sandbox.fault("truncate", match="fon.template_download")

    run(CovageUploadFonSitesOperator, fon_request_id=request_id, file=str(path))

    assert sent() == ["fon.create", "fon.upload_sites"]
