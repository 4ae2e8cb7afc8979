"""The archives that are given to others, built as `make dist` does, once for each test file."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import build

from tools.environment import ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The wheel and the sdist, in this order."""
    return build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def wheel(built: list[Path]) -> Path:
    return built[0]


@pytest.fixture(scope="module")
def sdist(built: list[Path]) -> Path:
    return built[1]
