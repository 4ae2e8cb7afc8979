"""Build the documentation, and see that no link leads nowhere: neither in it nor in what stands beside it.

python -m tools.docs            # build; links to other sites are not asked
python -m tools.docs --links    # ask these, too; takes a network that reaches them, and builds nothing
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from tools.environment import ROOT

DOCS = ROOT / "docs"
BUILT = ROOT / "build" / "docs"
ASKED = ROOT / "build" / "linkcheck"

BESIDE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
"""Pages that people read where the source is; Sphinx does not see their links as they are there."""

_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Install what it takes, check, build.

    Args:
        arguments: The command line.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__.partition("\n")[0])
    parser.add_argument("--links", action="store_true", help="ask the sites that are linked to")
    options = parser.parse_args(arguments)
    broken = [slip for name in BESIDE for slip in broken_links(ROOT / name)]
    if broken:
        print(*broken, sep="\n", file=sys.stderr)
        return 1
    if find_spec("sphinx") is None:
        _install()
    return _ask() if options.links else _build()


def _build() -> int:
    status = _sphinx("html", BUILT, "-W", "--keep-going")
    if status == 0:
        print(f"Documentation: {BUILT / 'index.html'}")
    return status


def _ask() -> int:
    status = _sphinx("linkcheck", ASKED)
    notes = ASKED / "output.txt"
    if status == 0:
        print("Every link leads somewhere.")
    else:
        print(f"Not every link leads somewhere, or there is no way out of here; see {notes}", file=sys.stderr)
    return status


def _sphinx(builder: str, target: Path, *options: str) -> int:
    """Read all pages anew: what a page that has not changed was warned about would not be said again."""
    command = [sys.executable, "-m", "sphinx", "-b", builder, "-q", "-E", *options, str(DOCS), str(target)]
    return subprocess.run(command, cwd=ROOT).returncode  # noqa: S603


def broken_links(page: Path) -> Iterator[str]:
    """Find the links of a page to files and headings that are not there. Those to other sites are not asked.

    Args:
        page: A Markdown file.

    Yields:
        What is wrong, a line each.
    """
    for link in _LINK.findall(_CODE.sub("", page.read_text())):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists():
            yield f"{page.name}: {link}: there is no such file"
        elif anchor and anchor not in anchors(target):
            yield f"{page.name}: {link}: there is no such heading"


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as forges and MyST make them.

    Args:
        page: A Markdown file.

    Returns:
        The anchors.
    """
    headings = _HEADING.findall(re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _install() -> None:
    print("Installing what the documentation needs", flush=True)
    os.environ.setdefault("UV_SYSTEM_CERTS", "true")
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["docs"]
    uv = Path(sys.executable).with_name("uv")
    with_uv = [str(uv), "pip", "install", "--python", sys.executable]
    with_pip = [sys.executable, "-m", "pip", "install"]
    pinned = ["--quiet", "--constraint", str(ROOT / "constraints.txt"), *wanted]
    subprocess.run([*(with_uv if uv.exists() else with_pip), *pinned], cwd=ROOT, check=True)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
