"""Every operation of the documents is answered, with the fields that the documents know."""

import json
from pathlib import Path

import pytest
import requests

from airflow_provider_covage.sandbox import Sandbox

FACTS = json.loads((Path(__file__).parents[1] / "facts" / "covage.json").read_text())
OPERATIONS = {operation["id"]: operation for operation in FACTS["operations"]}
TYPES = {"string": str, "array": list, "object": dict, "boolean": bool, "number": (int, float)}
OTHER_NAMES = {"enni2": "enni_2", "cpe_network_number": "cpe_networking_number"}
SITE = {"offer_families": ["BPE"], "eligibility_id": "E1"}


def steps():
    """Tell how each operation is reached, in a possible order: id, path parameters, body or file."""
    only = {"product_offering_qualification_item_id": "e1"}
    fon = {"id": "fon"}
    line = {"quote_id": "quote", "quote_item_id": "quote_item"}
    order = {"id": "product_order", "item_id": "product_order_item"}
    accepted = {"id": "accepted_session"}
    yield "eligibility.categories", {}, None
    yield "eligibility.create", {}, {"product_offering_qualification_item": [SITE]}
    yield "eligibility.get", {"id": "eligibility"}, None
    yield "referential.projects", {}, None
    yield "referential.enni", {}, None
    yield "quote.create", {}, {"external_id": "B"}
    yield "quote.update", {"id": "quote"}, {"project_id": "FLASH"}
    yield "quote_item.create", {"quote_id": "quote"}, only
    yield "quote_item.update", line, {"end_customer_name": "C", "site_connection_type": "FTTO"}
    yield "quote_item.upload_trace", line, "kmz"
    yield "quote_item.download_trace", line, None
    yield "quote_item.delete_trace", line, None
    yield "quote_item.delete", line, None
    yield "quote_item.create", {"quote_id": "quote"}, {**only, "product_offerings": ["2173", "2174"]}
    yield "quote_item.update", line, {"end_customer_name": "C", "site_connection_type": "FTTO"}
    yield "quote.list", {}, None
    yield "quote.get", {"id": "quote"}, None
    yield "quote.confirm", {"id": "quote"}, None
    yield "advance", {}, None
    yield "quote_item.list", {}, None
    yield "quote_item.get", {"id": "quote_item"}, None
    yield "quote_item.export_pdf", line, None
    yield "quote_item.export_price_pdf", {**line, "product_id": "2173"}, None
    yield "quote_item.export_csv", {}, {"state": "ready"}
    yield "advance", {}, None
    yield "export.status", {"task_id": "task"}, None
    yield "export.download", {"task_id": "task"}, None
    yield "quote_item.decline", {"id": "quote_item"}, {"product_id": "2173", "comment": "no"}
    yield "quote_item.restore_price", {"id": "quote_item"}, {"product_id": "2173"}
    yield "quote_item.accept", {"id": "quote_item"}, {"product_id": "2173"}
    yield "product_order.delete", accepted, None
    yield "product_order.create", {}, {"external_id": "S"}
    yield "product_order.update", {"id": "product_order"}, {"project_id": "FLASH"}
    yield "product_order_item.create", {"id": "product_order"}, {"product_offering_id": "2173", **only}
    second = {"product_order_id": "product_order", "item_id": "product_order_item"}
    yield "product_order_item.delete", second, None
    yield "product_order_item.create", {"id": "product_order"}, {"product_offering_id": "2173", **only}
    yield "product_order_item.update", order, "confirmable"
    yield "product_order.list", {}, None
    yield "product_order.get", {"id": "product_order"}, None
    yield "product_order.confirm", {"id": "product_order"}, None
    yield "product_order_item.list", {}, None
    yield "product_order_item.get", {"item_id": "product_order_item"}, None
    yield "advance", {}, None
    yield "order.list", {}, None
    yield "order.get", {"order_reference": "order"}, None
    yield "order.historic", {"order_reference": "order"}, None
    yield "fon.template_download", {}, None
    yield "fon.create", {}, {"note": "n"}
    yield "fon.update", fon, {"note": "m"}
    yield "fon.upload_sites", fon, "csv"
    yield "fon.download_sites", fon, None
    yield "fon.delete_sites", fon, None
    yield "fon.upload_trace", fon, "kmz"
    yield "fon.download_trace", fon, None
    yield "fon.delete_trace", fon, None
    yield "fon.list", {}, None
    yield "fon.get", fon, None
    yield "fon.confirm", fon, None
    yield "fon.create", {}, {"note": "to be deleted"}
    yield "fon.delete", fon, None


def check(operation, answer):
    """Compare an answer with what the documents say about it."""
    described = operation["response"]
    assert answer.ok, f"{operation['id']}: {answer.status_code} {answer.text}"
    if described["kind"] in ("csv", "kmz"):
        assert answer.headers["Content-Type"] == described["content_type"]
        assert answer.content
        return
    if described["kind"] == "none":
        assert answer.content == b""
        return
    body = answer.json()
    lists = operation["id"].endswith(".list") or operation["id"] in (
        "eligibility.categories",
        "referential.projects",
        "referential.enni",
    )
    if lists:
        assert set(body) == {"page_size", "count", "next_page", "previous_page", "results"}
        assert body["results"]
    for element in body["results"] if lists else [] if operation["id"] == "order.historic" else [body]:
        check_fields(operation["id"], described["fields"], element)


def check_fields(name, fields, element):
    documented = {OTHER_NAMES.get(field["name"], field["name"]): field["type"] for field in fields}
    assert set(documented) <= set(element), f"{name} lacks {set(documented) - set(element)}"
    for field, kind in documented.items():
        if element[field] is not None:
            assert isinstance(element[field], TYPES[kind]), f"{name}: {field} is no {kind}"


def remember(known, name, body):
    """Keep the ids that later steps need."""
    if name.endswith(".create"):
        known[name.removesuffix(".create")] = body["id"]
    if name.startswith("quote_item.export"):
        known["task"] = body["task_id"]
    if name == "quote_item.accept":
        known["accepted_session"] = body["product_order_id"]
    if name == "order.list":
        known["order"] = body["results"][0]["order_reference"]


def test_every_operation_is_answered_as_documented(api, sandbox, contact, trace):
    files = {"kmz": ("t.kmz", trace), "csv": ("s.csv", b"a;b")}
    confirmable = {"enni": "CN012345", "related_contact_information": [contact]}
    known = {"2173": "2173"}
    walked = {"auth.token"}
    for name, parameters, given in steps():
        if name == "advance":
            sandbox.advance(200)
            continue
        operation = OPERATIONS[name]
        path = operation["path"].format(**{key: known[value] for key, value in parameters.items()})
        if operation["multipart"]:
            options = {"files": {operation["multipart"]["field"]: files[given]}}
        else:
            options = {"json": confirmable if given == "confirmable" else given}
        answer = api.call(operation["method"], path.removeprefix("/api/v1"), **options)
        check(operation, answer)
        assert sandbox.requests[-1]["operation"] == name
        walked.add(name)
        if answer.content and answer.headers["Content-Type"] == "application/json":
            remember(known, name, answer.json())
    assert walked == set(OPERATIONS)
    assert len(OPERATIONS) == 54


def test_the_token_is_answered_as_documented(sandbox):
    operation = OPERATIONS["auth.token"]
    form = {field["name"]: field.get("const", "sandbox") for field in operation["body"]}
    answer = requests.post(sandbox.url + operation["path"], data=form, timeout=5)
    check(operation, answer)
    assert sandbox.requests[-1]["operation"] == "auth.token"


@pytest.fixture(scope="module")
def described():
    with Sandbox(speed=0) as sandbox:
        return requests.get(f"{sandbox.url}/openapi.json", timeout=10).json()


@pytest.fixture(scope="module")
def by_id(described):
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }


def test_the_description_has_exactly_the_documented_operations(by_id):
    assert set(by_id) == set(OPERATIONS)
    for name, operation in OPERATIONS.items():
        method, path, shown = by_id[name]
        assert (method, path) == (operation["method"], operation["path"])
        assert shown["summary"]
        assert shown["tags"]
        assert ("security" in shown) == (name != "auth.token")


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_description_has_the_documented_parameters_and_fields(described, by_id, name):
    facts, shown = OPERATIONS[name], by_id[name][2]
    parameters = {(found["in"], found["name"]) for found in shown.get("parameters", ())}
    assert {("path", found["name"]) for found in facts["path_params"]} == {
        p for p in parameters if p[0] == "path"
    }
    assert {("query", found["name"]) for found in facts["query_params"]} <= parameters
    content = shown.get("requestBody", {}).get("content", {})
    if facts["content_type"]:
        schema = resolve(described, content[facts["content_type"]]["schema"])
        sent = facts["body"] or [facts["multipart"] | {"name": facts["multipart"]["field"]}]
        assert {field["name"] for field in sent} <= set(schema["properties"])
        needed = {field["name"] for field in sent if field.get("required") == "yes"}
        alternatives = {"product_offering_qualification_item", "username", "password"}
        assert needed - alternatives <= set(schema.get("required", ()))


def resolve(described, schema):
    for option in (schema, *schema.get("anyOf", ())):
        if "$ref" in option:
            return described["components"]["schemas"][option["$ref"].rpartition("/")[2]]
    return schema


def test_the_description_refers_only_to_what_it_holds(described):
    text = json.dumps(described)
    schemas = described["components"]["schemas"]
    assert all(f'"#/components/schemas/{name}"' in text for name in schemas)
    references = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert references == set(schemas)
    assert "422" not in {s for m in described["paths"].values() for o in m.values() for s in o["responses"]}
