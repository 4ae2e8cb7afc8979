"""A record is made while a list is read: what stood at the end of one page stands on the next one, too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from more_steps import context, run

from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.fon import CovageCreateFonRequestOperator
from airflow_provider_covage.operators.order import CovageCreateOrderOperator
from airflow_provider_covage.operators.quote import CovageAcceptQuoteItemOperator

ANY = re.compile("http://covage/")
MADE = {"creation_date": "2026-01-01T10:00:00+01:00"}


@pytest.fixture
def listing(api):
    """`listing(name, ours, *, other)` serves two pages, ours on both, and each record alone."""

    def serve(name: str, ours: dict[str, Any], other: dict[str, Any], **more: dict[str, Any]) -> Any:
        last = {**other, "id": "Z"}
        alone = {one["id"].lower(): one for one in (ours, other, last)} | more

        def answer(request: Any, _: Any) -> Any:
            if not request.path.endswith(f"/{name}/"):
                return alone[request.path.rstrip("/").rpartition("/")[2]]
            first = request.qs.get("page", ["1"]) == ["1"]
            page = [other, ours] if first else [ours, last]
            return {"count": 4, "next_page": 2 if first else None, "results": page}

        api.get(ANY, json=answer)
        return api.register_uri("DELETE", ANY, status_code=204)

    return serve


def test_request_is_not_deleted_as_its_own_twin(listing):
    ours = {"id": "X", "state": "acknowledged", "note": keys.mark(str(keys.derive(context(2)))), **MADE}
    deletion = listing("fon", ours, {**ours, "id": "Y", "note": ""})

    assert run(CovageCreateFonRequestOperator, 2) == "X"
    assert not deletion.called


def test_session_is_not_deleted_as_its_own_twin(listing):
    ours = {"id": "X", "state": "created", "external_id": keys.derive(context(2)), **MADE}
    deletion = listing("product_order", ours, {**ours, "id": "Y", "external_id": "other"})

    assert run(CovageCreateOrderOperator, 2) == "X"
    assert not deletion.called


@pytest.mark.parametrize("number", [17, "17"], ids=["a number", "a text"])
def test_acceptance_finds_its_only_order_line(number, listing):
    site = {"product_offering_qualification_item_id": "site"}
    ours = {"id": "X", "product_order_id": "S", "quote_item_id": number, "product_offering_id": 2173, **site}
    item = {"id": "17", "state": "accepted", **site, **MADE}
    listing("product_order_item", ours, {**ours, "id": "Y", "quote_item_id": "another"}, **{"17": item})

    made = run(CovageAcceptQuoteItemOperator, 2, quote_item_id="17", product_id="2173")

    assert made == {"product_order_id": "S", "product_order_item_id": "X"}
