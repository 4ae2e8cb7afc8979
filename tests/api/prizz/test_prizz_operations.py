"""Every operation of the Prizz document: how it is called, what goes over the wire, what comes back."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from requests_mock import ANY

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.prizz import CALLS, enums

FACTS = json.loads((Path(__file__).parents[2] / "facts" / "prizz.json").read_text())

BASE = "https://api.example.net"

Operation = dict[str, Any]

OPERATIONS: list[Operation] = FACTS["operations"]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=[one["call"] for one in OPERATIONS])

BEYOND_THE_DOCUMENTS = {"attachment.download"}
"""Follows a link that an answer holds: no operation of the API."""


def method_of(client: Any, operation: Operation) -> Any:
    resource, verb = operation["call"].split(".")
    return getattr(getattr(client, resource), verb)


def parameters_of(operation: Operation, kind: Any) -> list[str]:
    parameters = inspect.signature(method_of(CALLS, operation)).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind is kind]


def is_list(operation: Operation) -> bool:
    return "Iterator" in str(inspect.signature(method_of(CALLS, operation)).return_annotation)


def snake(name: str) -> str:
    """Return the Python name of a parameter: `createDate[from]` is `create_date_from`."""
    words = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
    return re.sub(r"\W+", "_", words).strip("_")


def named(operation: Operation) -> list[dict[str, Any]]:
    """Return what is given by keyword, without the free fields of a form."""
    return [field for field in operation["query_params"] + operation["body"] if field["name"] != "*"]


def identifiers(operation: Operation) -> list[Any]:
    return [
        position if parameter["type"] == "integer" else f"{parameter['name']} of it"
        for position, parameter in enumerate(operation["path_params"], start=11)
    ]


def sample(field: dict[str, Any]) -> Any:
    """Return a value for a documented field, as the wire has it."""
    if choices := field.get("enum") or (field.get("enum_ref") and FACTS["enums"][field["enum_ref"]]):
        return choices[-1]
    if field["type"] == "array":
        return (field.get("items_enum") or [3, 5])[:2]
    if field["type"] in FACTS["models"]:
        inner = FACTS["models"][field["type"]]
        return {one["name"]: sample(one) for one in inner}
    if field.get("format") == "date":
        return "2026-09-21"
    values = {"string": f"a {field['name']}", "integer": 7, "number": 1.5, "boolean": True}
    return values[field["type"]]


def in_python(value: Any) -> Any:
    return {snake(name): inner for name, inner in value.items()} if isinstance(value, dict) else value


def arguments(operation: Operation) -> dict[str, Any]:
    return {snake(field["name"]): in_python(sample(field)) for field in named(operation)}


def answered(operation: Operation) -> tuple[dict[str, Any], Any]:
    """Return what the API answers, and what the method then has to return."""
    response = operation["response"]
    if response["kind"] == "pdf":
        return {"content": b"%PDF-1.7"}, b"%PDF-1.7"
    if response["kind"] == "none":
        return {"status_code": 204}, None
    example = operation["example_response"] or {"id": 12, "success": True, "lastLog": "done"}
    if not is_list(operation):
        return {"json": example}, example
    if isinstance(example, list):
        return {"json": example}, example
    ((records),) = [value for value in example.values() if isinstance(value, list)]
    return {"json": example}, records


def on_the_wire(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def test_every_operation_has_its_method():
    assert len(OPERATIONS) == 64
    assert [one["call"] for one in OPERATIONS if not callable(method_of(CALLS, one))] == []


def test_the_client_has_no_operation_that_no_document_knows():
    resources = {name: value for name, value in vars(CALLS).items() if name != "transport"}
    methods = {
        f"{name}.{verb}"
        for name, resource in resources.items()
        for verb in dir(type(resource))
        if not verb.startswith("_")
    }
    assert methods - {one["call"] for one in OPERATIONS} == BEYOND_THE_DOCUMENTS


@each_operation
def test_identifiers_of_the_path_are_positional_in_their_order(operation):
    positional = parameters_of(operation, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    documented = [snake(name) for name in re.findall(r"{(\w+)}", operation["path"])]
    assert len(positional) == len(documented)
    for ours, theirs in zip(positional, documented, strict=True):
        assert ours.endswith(theirs)  # `id` has become `commercial_offer_id`


@each_operation
def test_everything_else_is_a_keyword_by_the_name_of_the_api_in_snake_case(operation):
    keywords = set(parameters_of(operation, inspect.Parameter.KEYWORD_ONLY))
    extra = {"files", "fields"} if operation["multipart"] else set()
    extra |= {"to"} if operation["response"]["kind"] == "pdf" else set()
    assert keywords == set(arguments(operation)) | extra


@each_operation
def test_only_what_is_documented_as_needed_is_needed(operation):
    signature = inspect.signature(method_of(CALLS, operation))
    needed = {
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.default is inspect.Parameter.empty
    }
    assert needed == {snake(field["name"]) for field in named(operation) if field["required"] == "yes"}


@each_operation
def test_every_parameter_is_typed_and_described(operation):
    method = method_of(CALLS, operation)
    signature = inspect.signature(method)
    doc = inspect.getdoc(method) or ""
    assert "Returns:" in doc
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter.name
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            assert f"{parameter.name}:" in doc


@each_operation
def test_what_goes_over_the_wire(operation, client, requests_mock):
    said, expected = answered(operation)
    path = operation["path"]
    for parameter, value in zip(operation["path_params"], identifiers(operation), strict=True):
        path = path.replace(f"{{{parameter['name']}}}", str(value))
    requests_mock.register_uri(operation["method"], BASE + path, **said)

    result = method_of(client, operation)(*identifiers(operation), **arguments(operation))

    assert (list(result) if is_list(operation) else result) == expected
    request = requests_mock.request_history[0]
    assert request.method == operation["method"]
    assert unquote(urlsplit(request.url).path) == path
    assert request.headers["Authorization"] == "Token fixed-token"
    assert parse_qs(urlsplit(request.url).query) == {
        field["name"]: on_the_wire(sample(field)) for field in operation["query_params"]
    }
    body = {field["name"]: sample(field) for field in named(operation) if field in operation["body"]}
    if "multipart/form-data" in (operation["content_types"] or []) and body:
        assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    elif body or operation["content_types"] == ["application/json"]:
        assert request.json() == body
    elif operation["content_types"]:
        assert request.json() == {}
    else:
        assert request.body is None


@each_operation
def test_the_documented_example_can_be_sent(operation, client, requests_mock):
    example = operation["example_request"]
    if not example:
        return
    requests_mock.register_uri(ANY, re.compile(f"^{BASE}/"), **answered(operation)[0])
    given = {snake(name): in_python(value) for name, value in example.items()}
    method_of(client, operation)(*identifiers(operation), **given)
    assert requests_mock.last_request.json() == example


ENUMERATED = [
    (operation, field)
    for operation in OPERATIONS
    for field in named(operation)
    if field.get("enum") or field.get("enum_ref") or field.get("items_enum")
]


@pytest.mark.parametrize(
    ("operation", "field"), ENUMERATED, ids=[f"{one['call']}-{field['name']}" for one, field in ENUMERATED]
)
def test_enumerated_parameters_are_checked_before_they_are_sent(operation, field, client, requests_mock):
    requests_mock.register_uri(ANY, re.compile(f"^{BASE}/"), **answered(operation)[0])
    name = snake(field["name"])
    wrong = ["nothing of the kind"] if field["type"] == "array" else "nothing of the kind"
    with pytest.raises(InputError, match=rf"{name}.*nothing was sent"):
        list(method_of(client, operation)(*identifiers(operation), **{**arguments(operation), name: wrong}))
    assert requests_mock.request_history == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (enums.OfferStatus, "commercial_offer_status"),
        (enums.ContractStatus, "service_contract_status"),
        (enums.TicketState, "ticket_etat"),
        (enums.WorkflowContext, "workflow_context"),
    ],
)
def test_enumerations_are_those_of_the_documents(ours, theirs):
    assert list(get_args(ours)) == FACTS["enums"][theirs]


def test_groups_of_products_are_those_of_both_documents():
    known = {*FACTS["enums"]["product_group_client"], *FACTS["enums"]["product_group_document"]}
    assert set(get_args(enums.ProductGroup)) == known


@pytest.mark.parametrize("value", ["None", "", "12a", " ", "../2", -1, 1.5, True, None, [1], "١٢"])
def test_an_identifier_that_is_no_whole_number_is_refused(value, client):
    with pytest.raises(InputError, match=r"commercial_offer_id has to be a whole number.*Nothing was sent"):
        client.commercial_offer.get(value)


def test_digits_are_as_good_as_a_number(client, requests_mock):
    requests_mock.get(f"{BASE}/external-api/v2/commercial_offers/12", json={"id": 12})
    assert client.commercial_offer.get("12") == client.commercial_offer.get(12) == {"id": 12}


@pytest.mark.parametrize("name", ["", " ", "..", "a\nb"])
def test_a_name_that_could_leave_its_place_is_refused(name, client):
    with pytest.raises(InputError):
        client.service_contract.get_by_name(name)


def test_a_name_stays_one_segment_of_the_path(client, requests_mock):
    requests_mock.get(ANY, json={"id": 1})
    client.commercial_offer.get_by_name("CPT/1?x=ü")
    assert requests_mock.last_request.url.endswith("/commercial_offers_by_name/CPT%2F1%3Fx%3D%C3%BC")


@pytest.mark.parametrize(
    "fields",
    [{}, {"lat": 44.8}, {"lon": -0.57}, {"address": " "}, {"lat": 91.0, "lon": 0.0}, {"adress": "1 rue X"}],
)
def test_an_eligibility_request_without_a_site_is_refused(fields, client):
    with pytest.raises(InputError, match="nothing was sent"):
        client.eligibility.create(client_id=1, **fields)


def test_unknown_values_and_fields_of_answers_are_kept(client, requests_mock):
    offer = {"id": 1, "status": "some_new_status", "sections": [{"novelty": [1]}]}
    requests_mock.get(f"{BASE}/external-api/v2/commercial_offers/1", json=offer)
    assert client.commercial_offer.get(1) == offer


def test_a_signature_without_code_has_no_body(client, requests_mock):
    requests_mock.post(ANY, json={"id": 1, "success": True, "step": "codeSent"})
    assert client.commercial_offer.sign(1)["step"] == "codeSent"
    assert requests_mock.last_request.body is None


def test_an_empty_code_is_refused(client):
    with pytest.raises(InputError, match="code"):
        client.commercial_offer.sign(1, code="")
