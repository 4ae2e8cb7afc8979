"""Requests of any shape to every operation of the sandboxes: no 5xx, answers as their OpenAPI describes."""

from functools import partial

import pytest
import schemathesis
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from airflow_provider_covage.sandbox import PrizzSandbox, Sandbox

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
CALLS_OF_ONE_IN = 15
"""Requests to one operation, in so many times fewer than examples of other tests."""

SANDBOXES = {
    "covage": (
        partial(Sandbox, bearer_token="fixed"),
        "Bearer",
        {"quotes": 2, "lines_per_quote": 2, "orders": 2},
    ),
    "prizz": (partial(PrizzSandbox, api_token="fixed"), "Token", {"offers": 2, "contracts": 2, "tickets": 2}),
}


def known(sandbox):
    """Identifiers that lead somewhere."""
    found = [record for resource in sandbox.resources for record in sandbox.records(resource)]
    return sorted({str(record["id"]) for record in found if record.get("id")})


@pytest.mark.parametrize("api", SANDBOXES)
def test_every_operation_answers_as_described(api):
    make, scheme, records = SANDBOXES[api]
    with make(speed=0) as sandbox:
        sandbox.seed(**records)
        ids = st.sampled_from(known(sandbox))
        schema = schemathesis.openapi.from_url(f"{sandbox.url}/openapi.json")
        trouble = {}
        for found in schema.get_all_operations():
            operation = found.ok()
            try:
                ask_often(operation, ids, {"Authorization": f"{scheme} fixed"})
            except BaseExceptionGroup as error:
                trouble[operation.label] = str(error)

    assert trouble == {}


def ask_often(operation, ids, headers):
    @hypothesis_settings(max_examples=max(2, hypothesis_settings().max_examples // CALLS_OF_ONE_IN))
    @given(case=operation.as_strategy(), data=st.data())
    def ask(case, data):
        for name in case.path_parameters or {}:
            if data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(ids)
        case.call_and_validate(checks=CHECKS, headers=headers)

    ask()
