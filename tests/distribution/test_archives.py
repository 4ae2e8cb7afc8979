"""What is in the archives that are given to others, and what they say of themselves."""

from __future__ import annotations

import re
import tarfile
from configparser import ConfigParser
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest
from building import build
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from packaging.metadata import Metadata

from airflow_provider_covage import __version__
from tools.environment import ROOT

PACKAGE = "airflow_provider_covage"
STEM = f"{PACKAGE}-{__version__}"
ABOUT = f"{STEM}.dist-info"

BESIDE_THE_PACKAGE = {
    ".gitignore",  # hatchling needs it to leave out the same files again
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "PKG-INFO",
    "README.md",
    "SECURITY.md",
    "pyproject.toml",
}
IN_FOLDERS = {
    PACKAGE: {".py", ".typed"},
    "docs": {".csv", ".json", ".md", ".png", ".py", ".rst", ".txt"},
    "example_dags": {".py"},
}


@pytest.fixture(scope="module")
def in_wheel(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def in_sdist(sdist: Path) -> set[PurePosixPath]:
    with tarfile.open(sdist) as archive:
        return {PurePosixPath(one.name).relative_to(STEM) for one in archive.getmembers() if one.isfile()}


@pytest.fixture(scope="module")
def told(in_wheel: dict[str, bytes]) -> Metadata:
    return Metadata.from_email(in_wheel[f"{ABOUT}/METADATA"], validate=True)


def modules() -> set[str]:
    return {str(one.relative_to(ROOT)) for one in (ROOT / PACKAGE).rglob("*.py")}


def test_they_are_named_after_the_package_and_its_version(wheel: Path, sdist: Path) -> None:
    assert (wheel.name, sdist.name) == (f"{STEM}-py3-none-any.whl", f"{STEM}.tar.gz")


def test_the_wheel_has_every_module_and_nothing_else(in_wheel: dict[str, bytes]) -> None:
    about = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
    assert set(in_wheel) == modules() | {f"{PACKAGE}/py.typed"} | {f"{ABOUT}/{name}" for name in about}


def test_the_sdist_has_the_sources_the_documentation_and_nothing_else(in_sdist: set[PurePosixPath]) -> None:
    inside = {path for path in in_sdist if len(path.parts) > 1}
    assert {str(path) for path in in_sdist - inside} == BESIDE_THE_PACKAGE
    assert [path for path in inside if path.suffix not in IN_FOLDERS.get(path.parts[0], ())] == []
    assert {str(path) for path in inside if path.parts[0] == PACKAGE} == modules() | {f"{PACKAGE}/py.typed"}


def test_the_sdist_gives_the_very_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    [again] = build(tmp_path / STEM, tmp_path / "again", "--target", "wheel")
    assert again.read_bytes() == wheel.read_bytes()


def test_an_index_is_told_what_it_is(told: Metadata) -> None:
    assert (told.name, str(told.version)) == ("airflow-provider-covage", __version__)
    assert told.license_expression == "Apache-2.0"
    assert set(told.classifiers or ()) >= {
        "Framework :: Apache Airflow :: Provider",
        "Typing :: Typed",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.13",
    }


def test_an_index_shows_the_readme_without_what_only_a_clone_has(told: Metadata) -> None:
    assert told.description_content_type == "text/markdown"
    assert told.description
    shown = SyntaxTreeNode(MarkdownIt("gfm-like", {"linkify": False}).parse(told.description))
    parts = list(shown.walk())
    links = [str(one.attrs.get("href") or one.attrs["src"]) for one in parts if one.type in ("link", "image")]
    assert links
    assert [link for link in links if not link.startswith("https://")] == []
    assert [one.content for one in parts if one.type in ("html_block", "html_inline")] == []
    code = [one for one in parts if one.type == "fence"]
    assert {one.info for one in code} == {"console", "python", "sh"}
    assert [one.content for one in code if "make " in one.content] == []


def test_what_an_index_names_is_in_the_source_archive(told: Metadata, in_sdist: set[PurePosixPath]) -> None:
    named = re.findall(r"`((?:docs|example_dags)/[\w/.-]*\w)`", told.description or "")
    assert {PurePosixPath(one) for one in named} - in_sdist == set()
    assert named


def test_it_wants_a_python_that_it_was_written_for(told: Metadata) -> None:
    assert told.requires_python is not None
    assert [one for one in ("3.10", "3.11", "3.14") if one in told.requires_python] == ["3.11", "3.14"]


def test_it_comes_in_between_no_other_package_by_a_ceiling(told: Metadata) -> None:
    limits = {(one.name, part.operator) for one in told.requires_dist or () for part in one.specifier}
    assert {operator for _, operator in limits} == {">="}
    assert {one.name for one in told.requires_dist or () if not one.specifier} == set()


def test_the_extra_all_is_all_other_extras(told: Metadata) -> None:
    brought = {
        extra: {
            str(one.name)
            for one in told.requires_dist or ()
            if one.marker and one.marker.evaluate({"extra": extra})
        }
        for extra in told.provides_extra or ()
    }
    assert set(brought) == {"sandbox", "parquet", "postgres", "duckdb", "all"}
    everything = brought.pop("all")
    assert everything == set().union(*brought.values())
    assert all(brought.values())


def test_airflow_is_told_where_to_ask(in_wheel: dict[str, bytes]) -> None:
    found = ConfigParser()
    found.read_string(in_wheel[f"{ABOUT}/entry_points.txt"].decode())
    assert {name: dict(found[name]) for name in found.sections()} == {
        "apache_airflow_provider": {"provider_info": f"{PACKAGE}:get_provider_info"}
    }
