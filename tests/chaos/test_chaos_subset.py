"""A little of `make chaos` in every test run: each write and each of the worst kinds of trouble once."""

from __future__ import annotations

import pytest

from tools.chaos import jobs
from tools.chaos.plan import name_of, named, pairs
from tools.chaos.run import Bench

pytestmark = pytest.mark.timeout(240)

# Each write, in the order in which they are sent, with another kind; two in a run, far apart.
OF_ORDERS = [
    "quote.create:1:close_after+quote_item.accept:1:truncate",
    "quote_item.create:1:truncate+product_order_item.update:1:error_after",
    "quote_item.create:2:close_before+product_order.confirm:1:close_after",
    "quote_item.upload_trace:1:close_after+quote_item.accept:2:twice",
    "quote.confirm:1:error_after+product_order.confirm:2:close_before",
    "quote_item.create:1:twice_lost+product_order.confirm:1:twice",
]
OF_REQUESTS = ["fon.create:1:close_after", "fon.create:1:twice_lost"]
# Of Prizz, the worst: what bears no key, and what orders; several in a run, far apart.
OF_OFFERS = {
    jobs.OFFER_TO_CONTRACT: "commercial_offer.fast_order:1:twice_lost+commercial_offer.submit:1:twice"
    "+commercial_offer.sign:2:close_after+service_contract.set_vlan:1:html",
    jobs.OFFER_WITH_SECTIONS: "commercial_offer.create:1:close_after"
    "+commercial_offer_section.create:1:twice_lost+commercial_offer.sign:2:truncate",
}
PAIRS = 2
SEED = 1


class Benches(dict[str, Bench]):
    """A bench for each job, made when it is first wanted."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        super().__init__()
        self._folders = folders

    def __missing__(self, job: str) -> Bench:
        self[job] = Bench(job, self._folders.mktemp(job))
        return self[job]


@pytest.fixture(scope="module")
def benches(airflow_db: None, tmp_path_factory: pytest.TempPathFactory) -> Benches:
    return Benches(tmp_path_factory)


@pytest.mark.parametrize("name", OF_ORDERS)
def test_sites_are_ordered_once_whatever_happens_to_writes(name, benches):
    verdict = benches[jobs.QUOTE_TO_ORDER].judge(named(name))

    assert verdict.problems == []
    assert verdict.struck == verdict.planned


@pytest.mark.parametrize("name", OF_REQUESTS)
def test_fibre_is_requested_once_whatever_happens_to_a_write(name, benches):
    verdict = benches[jobs.FON_REQUEST].judge(named(name))

    assert verdict.problems == []
    assert verdict.struck == verdict.planned


@pytest.mark.parametrize("job", OF_OFFERS)
def test_a_line_is_signed_for_once_whatever_happens_to_writes(job, benches):
    verdict = benches[job].judge(named(OF_OFFERS[job]))

    assert verdict.problems == []
    assert verdict.struck == verdict.planned


@pytest.mark.parametrize("number", range(PAIRS))
def test_sites_are_ordered_once_whatever_happens_to_two_requests(number, benches):
    bench = benches[jobs.QUOTE_TO_ORDER]
    case = pairs(bench.undisturbed.requests, PAIRS, SEED)[number]

    verdict = bench.judge(case)

    assert (name_of(case), verdict.problems) == (name_of(case), [])
