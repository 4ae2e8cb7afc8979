"""What the environments here are pinned to, and what the package says it needs."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.version import Version

from tools.environment import ROOT
from tools.pins import FOLDER, LOWEST, NEWEST


def floors() -> dict[str, Version]:
    """The lowest of all that the package requires, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = [Requirement(one) for group in groups for one in group]
    return {one.name: Version(part.version) for one in wanted for part in one.specifier}


def test_the_lowest_environment_has_everything_at_its_floor() -> None:
    pinned = {Requirement(line).name: Requirement(line) for line in LOWEST.read_text().splitlines()}
    assert {name: Version(next(iter(pinned[name].specifier)).version) for name in floors()} == floors()


def test_pins_name_versions_and_nowhere_to_get_them() -> None:
    for file in (NEWEST, *FOLDER.iterdir()):
        wrong = [
            line for line in file.read_text().splitlines() if not re.fullmatch(r"[\w.-]+==[^/@:]+", line)
        ]
        assert wrong == [], file
