"""Every operation of the documents: how it is called, what goes over the wire, what comes back."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from clients import Sync, settings_for, token
from requests_mock import ANY

from airflow_provider_covage.api.covage import CALLS

FACTS = json.loads((Path(__file__).parents[1] / "facts" / "covage.json").read_text())

BASE = "https://api.example.net"

Operation = dict[str, Any]

OPERATIONS: list[Operation] = [one for one in FACTS["operations"] if one["id"] != "auth.token"]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=[one["id"] for one in OPERATIONS])


def method_of(client: Any, operation: Operation) -> Any:
    resource, verb = operation["id"].split(".")
    return getattr(getattr(client, resource), verb)


def parameters_of(operation: Operation, kind: Any) -> list[str]:
    parameters = inspect.signature(method_of(CALLS, operation)).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind is kind]


def is_list(operation: Operation) -> bool:
    return "Iterator" in str(inspect.signature(method_of(CALLS, operation)).return_annotation)


def identifiers(operation: Operation) -> list[str]:
    return [f"id-of-{parameter['name']}" for parameter in operation["path_params"]]


def sample(field: dict[str, Any]) -> Any:
    """Return a value for a documented field."""
    if field.get("items"):
        model = FACTS["models"][field["items"]]
        return [model.get("example") or {inner["name"]: sample(inner) for inner in model["fields"]}]
    if field["type"] == "string":
        if field.get("format") == "date-time":
            return "2099-09-21T10:00:00+02:00"
        return "2099-09-21" if field["name"].endswith("_date") else f"a {field['name']}"
    return {"array": ["2173"], "boolean": True, "number": 1257, "object": {}, "integer": 3}[field["type"]]


def arguments(operation: Operation) -> dict[str, Any]:
    """Return a value for each documented field that is sent in the query or in the body."""
    fields = operation["query_params"] + operation["body"]
    return {field["name"]: sample(field) for field in fields}


def answered(operation: Operation) -> tuple[dict[str, Any], Any]:
    """Return what the API answers, and what the method then has to return."""
    if operation["response"]["kind"] not in ("json", "none"):
        return {"content": b"\0content"}, b"\0content"
    if operation["response"]["kind"] == "none":
        return {"status_code": 204}, None
    example = operation["example_response"] or {"id": "of a record whose example is not documented"}
    if operation["id"] == "order.historic":
        example = [example]
    if not is_list(operation):
        return {"json": example}, example
    records = example if isinstance(example, list) else example.get("results", [example])
    return {"json": example if "results" in example else records}, records


def called(client: Any, operation: Operation, trace: bytes) -> Any:
    """Call the method of an operation with everything that the documents know."""
    keywords = arguments(operation)
    if operation["multipart"]:
        keywords["file"] = trace if operation["multipart"]["type"] == "kmz" else b"site;city\n1;Caen\n"
    return method_of(client, operation)(*identifiers(operation), **keywords)


@pytest.fixture
def client() -> Any:
    sync = Sync(settings_for(BASE), token())
    yield sync.client
    sync.close()


def test_every_operation_has_its_method():
    assert len(OPERATIONS) == 53
    assert [one["id"] for one in OPERATIONS if not callable(method_of(CALLS, one))] == []


def test_the_client_has_no_operation_that_no_document_knows():
    resources = {name: value for name, value in vars(CALLS).items() if name != "transport"}
    methods = {
        f"{name}.{verb}"
        for name, resource in resources.items()
        for verb in dir(type(resource))
        if not verb.startswith("_")
    }
    assert methods == {one["id"] for one in OPERATIONS}


@each_operation
def test_identifiers_of_the_path_are_positional_in_their_order(operation):
    positional = parameters_of(operation, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    documented = re.findall(r"{(\w+)}", operation["path"])
    assert len(positional) == len(documented)
    for ours, theirs in zip(positional, documented, strict=True):
        assert ours.endswith(theirs)  # `id` has become `quote_id`, `item_id` `product_order_item_id`


@each_operation
def test_everything_else_is_a_keyword_by_the_name_of_the_api(operation):
    documented = {field["name"] for field in operation["query_params"] + operation["body"]}
    keywords = set(parameters_of(operation, inspect.Parameter.KEYWORD_ONLY))
    assert documented <= keywords
    extra = {"file"} if operation["multipart"] else set()
    if operation["response"]["kind"] not in ("json", "none"):
        extra = {"to"}
    # Two fields have another name in the examples than in the tables.
    assert keywords - documented <= extra | {"enni2", "cpe_network_number"}
    assert extra <= keywords


@each_operation
def test_only_what_is_documented_as_needed_is_needed(operation):
    signature = inspect.signature(method_of(CALLS, operation))
    needed = {
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.default is inspect.Parameter.empty
    }
    documented = {field["name"] for field in operation["body"] if field.get("required") == "yes"}
    assert needed == documented | ({"file"} if operation["multipart"] else set())


@each_operation
def test_every_parameter_is_typed(operation):
    signature = inspect.signature(method_of(CALLS, operation))
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter.name


@each_operation
def test_the_docstring_says_what_goes_in_and_what_comes_out(operation):
    method = method_of(CALLS, operation)
    doc = inspect.getdoc(method) or ""
    assert "Returns:" in doc
    for name in parameters_of(operation, inspect.Parameter.POSITIONAL_OR_KEYWORD):
        assert f"{name}:" in doc
    if inspect.signature(method).parameters:
        assert "Args:" in doc


@each_operation
def test_what_goes_over_the_wire(operation, trace, client, requests_mock):
    said, expected = answered(operation)
    path = operation["path"]
    for parameter, value in zip(operation["path_params"], identifiers(operation), strict=True):
        path = path.replace(f"{{{parameter['name']}}}", value)
    requests_mock.register_uri(operation["method"], BASE + path, **said)

    result = called(client, operation, trace)

    assert (list(result) if is_list(operation) else result) == expected
    request = requests_mock.last_request
    assert request.method == operation["method"]
    assert unquote(urlsplit(request.url).path) == path
    assert path.endswith("/")
    assert request.headers["Authorization"] == "Bearer fixed-token"
    assert _query(request) == {
        field["name"]: ["true" if field["type"] == "boolean" else str(sample(field))]
        for field in operation["query_params"]
    }
    if operation["multipart"]:
        assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    elif operation["body"]:
        assert request.json() == {field["name"]: sample(field) for field in operation["body"]}
    else:
        assert request.body is None


def _query(request: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.url).query)


@each_operation
def test_the_documented_example_can_be_sent(operation, client, requests_mock):
    example = operation["example_request"]
    if not isinstance(example, dict) or operation["method"] == "GET":
        return
    requests_mock.register_uri(ANY, re.compile(f"^{BASE}/"), **answered(operation)[0])
    if "expected_response_date" in example:  # that of the document is over
        example = {**example, "expected_response_date": "2099-09-21"}
    method_of(client, operation)(*identifiers(operation), **example)
    assert requests_mock.last_request.json() == example


@pytest.mark.parametrize("name", ["quote", "product_order"])
def test_a_creation_without_any_field_sends_an_empty_object(name, client, requests_mock):
    requests_mock.post(f"{BASE}/api/v1/{name}/", json={"id": "1"})
    assert getattr(client, name).create() == {"id": "1"}
    assert requests_mock.last_request.json() == {}


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.quote.confirm("b"),
        lambda client: client.quote_item.delete("b", "l"),
        lambda client: client.quote_item.delete_trace("b", "l"),
        lambda client: client.product_order.confirm("s"),
        lambda client: client.product_order.delete("s"),
        lambda client: client.product_order_item.delete("s", "l"),
    ],
)
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"status_code": 204}, None),
        ({"content": b""}, None),
        ({"json": {"detail": "done"}}, {"detail": "done"}),
        ({"json": None}, None),
        ({"json": "done"}, None),
    ],
    ids=["204", "empty", "detail", "null", "text"],
)
def test_confirmations_and_deletions_take_any_body_or_none(ask, said, expected, client, requests_mock):
    requests_mock.register_uri(ANY, re.compile(f"^{BASE}/"), **said)
    assert ask(client) == expected


def test_unknown_fields_of_answers_are_kept(client, requests_mock):
    basket = {"id": "1", "state": "some_new_state", "novelty": {"deep": [1]}}
    requests_mock.get(f"{BASE}/api/v1/quote/1/", json=basket)
    assert client.quote.get("1") == basket
