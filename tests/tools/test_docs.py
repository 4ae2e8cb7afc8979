"""The links of the pages that stand beside the documentation."""

from __future__ import annotations

import re

from airflow_provider_covage.sandbox import Dialect, PrizzDialect
from tools.docs import DOCS, anchors, broken_links
from tools.environment import ROOT

PAGE = """# A page

[there](other.md), [a heading](other.md#two-words-and-code), [here](#a-page), [far](https://example.net/x#y)
[gone](gone.md) [no heading](other.md#three) [nor here](#b-page)
`[not a link](nowhere.md)`

```text
[nor this](nowhere.md)
```
"""


def test_what_leads_nowhere_is_named(tmp_path):
    (tmp_path / "page.md").write_text(PAGE)
    (tmp_path / "other.md").write_text("## Two words, and `code`!\n\n```sh\n# three\n```\n")

    assert list(broken_links(tmp_path / "page.md")) == [
        "page.md: gone.md: there is no such file",
        "page.md: other.md#three: there is no such heading",
        "page.md: #b-page: there is no such heading",
    ]


def test_anchors_are_those_of_forges(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Go to production\n## Pools and rate limits\n## What's `new`: 3.3\n")
    assert anchors(page) == {"go-to-production", "pools-and-rate-limits", "whats-new-33"}


def test_what_is_said_to_show_how_an_ambiguity_is_met_is_there():
    page = (DOCS / "ambiguities.md").read_text()
    rows = dict(re.findall(r"^\| ([CP]\d.*?) \|.*\| (.*?) \|$", page, re.MULTILINE))
    assert len(rows) > 80
    assert [row for row, shown in rows.items() if not shown] == []

    told = re.sub(r"(?:fault|outcomes?) `.*?`", "", " ".join(rows.values()))
    tests = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    known = {*tests, *Dialect.names(), *PrizzDialect.names()}
    assert [name for name in re.findall(r"`([a-z_0-9]+)`", told) if name not in known] == []
