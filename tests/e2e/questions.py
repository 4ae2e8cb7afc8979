"""Questions that wait for a human on a complete Airflow, and ways to answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pages import picture

from airflow_provider_covage.hooks.covage import CovageHook
from tools.processes import wait_until
from tools.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

DAG = "choose_offers"
ASKS = "site.choose"
_IN_VIEW = """name => {
    const button = [...document.querySelectorAll("button")].find(one => one.innerText.trim() === name);
    return button.getBoundingClientRect().right <= window.innerWidth;
}"""


def confirmed_lines(*names: str) -> list[str]:
    """Ask for two offers for each of these sites; the ids of the quotation lines."""
    with CovageHook().get_conn() as client:
        basket = client.quote.create()["id"]
        lines = [
            client.quote_item.create(
                basket,
                product_offering_qualification_item_id=f"site-{name}",
                end_customer_name=f"Bakery {name}",
                site_connection_type="FTTO",
                product_offerings=["2173", "2174"],
            )["id"]
            for name in names
        ]
        client.quote.confirm(basket)
        return lines


class Questions:
    """A run of the DAG that asks; each line has the map index of its place in the list."""

    def __init__(self, stack: Stack, lines: list[str]) -> None:
        self.stack = stack
        self.api = stack.api
        self.run_id = self.api.trigger(DAG, {"lines": lines})

    def wait_for(self, index: int) -> dict[str, Any]:
        """Wait until a question can be answered, and give its form."""

        def parked() -> list[dict[str, Any]]:
            found = self.api.task_instances(DAG, self.run_id, ASKS)
            return [one for one in found if (one["map_index"], one["state"]) == (index, "awaiting_input")]

        try:
            (instance,) = wait_until(parked, f"question {index}", 120)
        except TimeoutError as error:
            raise TimeoutError(f"{error}: {self.api.states(DAG, self.run_id)}") from None
        # Airflow fails a task that is answered before the scheduler has heard of the end of its process.
        end = f"run_id='{self.run_id}', try_number={instance['try_number']}, map_index={index})"
        heard = f"state success for task instance TaskInstanceKey(dag_id='{DAG}', task_id='{ASKS}', {end}"
        log = self.stack.home / "scheduler.log"
        wait_until(lambda: heard in log.read_text(errors="replace"), "the scheduler to hear of it", 60)
        return self.api.call("GET", f"{self._instance(index)}/hitlDetails")

    def answer(self, index: int, option: str) -> None:
        """Answer without a browser."""
        body = {"chosen_options": [option], "params_input": {}}
        self.api.call("PATCH", f"{self._instance(index)}/hitlDetails", body)

    def click(self, page: Page, index: int, option: str, shown: list[str]) -> None:
        """Click on an option as a human does, once all of this is shown in the tables; leaves a picture."""
        run = quote(self.run_id, safe="")
        page.goto(f"/dags/{DAG}/runs/{run}/tasks/{ASKS}/mapped/{index}/required_actions")
        button = page.get_by_role("button", name=option)
        button.wait_for()
        assert page.evaluate(_IN_VIEW, option), "the whole button can be seen"
        assert page.evaluate(_IN_VIEW, "Decline"), "and so can the last one"
        for text in shown:
            page.get_by_role("cell", name=text, exact=True).first.wait_for()
        tables, last = page.get_by_role("table").all(), page.get_by_role("button", name="Decline")
        picture(page, "choose-offer.png", page.get_by_text("Choose an offer:"), *tables, last)
        button.click()
        wait_until(lambda: self._is_answered(index), "the answer to arrive", 60)

    def left(self, index: int, key: str) -> Any:
        """An XCom of the task that asks."""
        path = f"/dags/{DAG}/dagRuns/{self.run_id}/taskInstances/{ASKS}/xcomEntries/{key}"
        return self.api.call("GET", f"{path}?map_index={index}&deserialize=true")["value"]

    def links(self, task_id: str, index: int) -> dict[str, str | None]:
        """What Airflow's UI shows as links of a task instance."""
        return self.api.links(DAG, self.run_id, task_id, index)

    def end(self) -> str:
        """The state that the run ends in."""
        return self.api.wait_for_run(DAG, self.run_id)

    def _is_answered(self, index: int) -> bool:
        return bool(self.api.call("GET", f"{self._instance(index)}/hitlDetails")["response_received"])

    def _instance(self, index: int) -> str:
        return f"/dags/{DAG}/dagRuns/{self.run_id}/taskInstances/{ASKS}/{index}"
