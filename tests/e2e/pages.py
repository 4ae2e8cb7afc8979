"""Airflow's pages as people use them: the connections, the form that starts a run, the graph, a task.

They are those of Airflow 3.3.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from playwright.sync_api import expect

from tools.environment import AIRFLOW, ROOT

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator, Page

PICTURES = ROOT / os.environ.get("SCREENSHOTS", AIRFLOW / "screenshots")
EDGE = 8
"""Pixels around what a picture shows."""


def picture(page: Page, name: str, *shown: Locator, height: int | None = None) -> None:
    """Take a picture for the documentation, of the part of the page where all of these are.

    With a height, in a window that is as low: what sticks to its lower edge is nearer then.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    usual = page.viewport_size
    assert usual
    page.set_viewport_size({**usual, "height": height or usual["height"]})
    # A mouse that rests somewhere brings up hints.
    page.mouse.move(0, 0)
    expect(page.get_by_role("tooltip")).to_have_count(0)
    boxes = [box for one in shown if (box := one.bounding_box())]
    page.screenshot(path=Path(PICTURES, name), clip=_around(boxes), animations="disabled")
    page.set_viewport_size(usual)


def _around(boxes: list[FloatRect]) -> FloatRect:
    left, top = (max(0, min(box[side] for box in boxes) - EDGE) for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes) + EDGE
    bottom = max(box["y"] + box["height"] for box in boxes) + EDGE
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def shows(form: Locator, name: str, title: str, description: str = "") -> None:
    """Expect a field in a form that Airflow makes of a description, with its title and what is said of it."""
    field = form.page.locator(f"[name=element_{name}], #element_{name}")
    row = form.locator("[data-scope=field][data-part=root]").filter(has=field)
    expect(row.locator("label")).to_have_text(re.compile(rf"^{re.escape(title)}\s*\*?\s*$"))
    # What is Markdown loses its signs.
    for paragraph in re.sub("[*`]", "", description).split("\n\n"):
        expect(row).to_contain_text(paragraph.strip())


class Connections:
    """The list of connections, and the form behind it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form = page.get_by_role("dialog")
        page.goto("/connections")

    def begin(self, conn_id: str, kind: str) -> None:
        """Open the form for a new connection of a kind."""
        self.page.get_by_role("button", name="Add Connection").click()
        self.form.get_by_label("Connection ID").fill(conn_id)
        self.form.get_by_role("combobox").fill(kind)
        self.page.get_by_role("option", name=kind, exact=True).click()
        self.field("API base URL").wait_for()

    def edit(self, conn_id: str) -> None:
        """Open the form of a connection that is there."""
        self.row(conn_id).get_by_role("button", name="Edit Connection").click()
        self.field("API base URL").wait_for()

    def field(self, label: str) -> Locator:
        """A field of the form."""
        return self.form.get_by_label(re.compile(rf"^{re.escape(label)}\s*\*?\s*$"))

    def fill(self, fields: Mapping[str, object]) -> None:
        """Write into fields."""
        for label, value in fields.items():
            self.field(label).fill(str(value))

    def section(self, title: str) -> Locator:
        """What opens a section, and closes the one that is open."""
        return self.form.get_by_role("button", name=title, exact=True)

    def unfold(self) -> None:
        """Show the extra fields, which are not shown at first."""
        self.section("Extra Fields").click()

    def extra(self, name: str) -> Locator:
        """An extra field."""
        return self.form.locator(f"[name=element_{name}]")

    def corners(self) -> tuple[Locator, ...]:
        """What stands at the edges of the form."""
        heading = self.form.get_by_role("heading", name="Connection")
        return heading, self.form.get_by_role("button", name="Close"), self._saver

    @property
    def _saver(self) -> Locator:
        return self.form.get_by_role("button", name="Save")

    def save(self) -> None:
        """Send the form."""
        self._saver.click()
        expect(self.form).to_have_count(0)

    def row(self, conn_id: str) -> Locator:
        """Where a connection stands in the list."""
        return self.page.get_by_role("row").filter(has_text=conn_id)

    def press_test(self, conn_id: str) -> Locator:
        """Try a connection out; gives the sign that shows what came of it."""
        button = self.row(conn_id).get_by_role("button", name="Test Connection")
        button.click()
        return button.locator("svg")

    def told(self) -> Locator:
        """What is said of tests, for some seconds."""
        return self.page.locator("[data-scope=toast][data-part=root]").filter(has_text="Test Connection")

    def trouble(self) -> Locator:
        """What is said when it did not work."""
        return self.told().filter(has_text="Test Connection Failed")


class TriggerForm:
    """The form that starts a run of a DAG."""

    def __init__(self, page: Page, dag_id: str) -> None:
        self.page = page
        self.form = page.get_by_role("dialog")
        self.sender = self.form.get_by_role("button", name="Trigger")
        page.goto(f"/dags/{dag_id}")
        page.get_by_role("button", name="Trigger").click()
        self.param("sites").wait_for()

    def param(self, name: str) -> Locator:
        """The field of a param."""
        return self.form.locator(f"#element_{name}")

    def section(self, title: str) -> Locator:
        """What opens a section, and closes the one that is open."""
        return self.form.get_by_role("button", name=title, exact=True)

    def submit(self) -> None:
        """Start the run, if it can be; by the keyboard, as what was wrong before may lie over the button."""
        self.sender.press("Enter")

    def corners(self) -> tuple[Locator, ...]:
        """What stands at the edges of the form."""
        heading = self.form.get_by_role("heading", name="Trigger")
        return heading, self.section("Run Parameters"), self.sender

    def refuses(self, name: str, value: str, words: str) -> None:
        """Expect no run with this value, but these words about it; then the field is as it was."""
        before = self.param(name).input_value()
        self.param(name).fill(value)
        self.submit()
        expect(self.form).to_contain_text(words)
        self.param(name).fill(before)

    def run_id(self) -> str:
        """The run that has been started, whose page is shown then."""
        expect(self.form).to_have_count(0)
        shown = self.page.get_by_text(re.compile(r"^manual__")).first
        shown.wait_for()
        return shown.inner_text()


class Graph:
    """The graph of a run."""

    def __init__(self, page: Page, dag_id: str, run_id: str) -> None:
        self.page = page
        self.nodes = page.locator(".react-flow__node")
        page.goto(f"/dags/{dag_id}/runs/{quote(run_id, safe='')}")
        page.get_by_role("button", name="Show Graph").click()
        page.get_by_role("button", name="Collapse Details Panel").click()
        self.nodes.first.wait_for()

    def node(self, name: str) -> Locator:
        """A task or a group of tasks, by the name that is shown."""
        return self.nodes.filter(has=self.page.get_by_text(re.compile(rf"^{name}( \[.*\])?$")))

    def unfold(self, name: str) -> None:
        """Show the tasks of a group."""
        self.node(name).get_by_role("button", name=re.compile("Tasks")).click()

    def unfold_all(self) -> None:
        """Show the tasks of all groups."""
        self.page.get_by_role("button", name="Expand all task groups").click()


class TaskDetails:
    """What is known of a task instance."""

    def __init__(self, page: Page, dag_id: str, run_id: str, task_id: str, map_index: int) -> None:
        self.page = page
        run = f"/dags/{dag_id}/runs/{quote(run_id, safe='')}"
        page.goto(f"{run}/tasks/{task_id}/mapped/{map_index}/details")

    def corners(self) -> tuple[Locator, ...]:
        """What stands at the edges of what is said of it first: its name, and the last tab."""
        return self.page.get_by_test_id("header-card").get_by_role("heading").first, self._tab("Details")

    def _tab(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def link(self, name: str) -> Locator:
        """A link to somewhere else."""
        return self.page.get_by_role("link", name=name)
