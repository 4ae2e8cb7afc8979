"""The hook: its clients, the test of a connection, and what it tells Airflow."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
import types
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import airflow
import jsonschema
import pytest

from airflow_provider_covage import get_provider_info
from airflow_provider_covage.api.covage import CALLS, AsyncCovageClient, CovageClient
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.hooks.connection import CovageExtra
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.sandbox import Dialect, Sandbox


def test_the_client_is_the_same_at_every_call(hook_for):
    hook = hook_for()
    assert isinstance(hook.get_conn(), CovageClient)
    assert hook.get_conn() is hook.get_conn()


def test_making_a_hook_reads_no_connection():
    assert CovageHook("no_such_connection").covage_conn_id == "no_such_connection"
    assert CovageHook().covage_conn_id == "covage_default"


@pytest.mark.parametrize("name", [name for name in vars(CALLS) if name != "transport"])
def test_the_hook_has_every_resource_of_the_client(hook_for, name):
    hook = hook_for()
    assert getattr(hook, name) is getattr(hook.get_conn(), name)


def test_the_hook_works_against_the_sandbox(sandbox):
    hook = CovageHook()
    basket = hook.quote.create(external_id="A1")
    assert [one["id"] for one in hook.quote.list(external_id="A1")] == [basket["id"]]


def test_the_asynchronous_client_is_made_inside_an_event_loop(sandbox):
    async def create() -> Any:
        async with await CovageHook().get_async_conn() as client:
            assert isinstance(client, AsyncCovageClient)
            basket = await client.quote.create(external_id="A1")
            return basket, [one async for one in client.quote.list(external_id="A1")]

    basket, found = asyncio.run(create())
    assert [one["id"] for one in found] == [basket["id"]]


def test_each_asynchronous_client_is_a_new_one(hook_for):
    async def two() -> bool:
        hook = hook_for()
        return await hook.get_async_conn() is not await hook.get_async_conn()

    assert asyncio.run(two())


def test_what_is_missing_in_the_connection_is_told_by_the_asynchronous_client_too(hook_for):
    with pytest.raises(InputError, match="connection mine: no password"):
        asyncio.run(hook_for(password=None).get_async_conn())


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def with_connection(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, **changes: Any) -> CovageHook:
    extra = {**sandbox.connection["extra"], **changes.pop("extra", {})}
    monkeypatch.setenv(
        "AIRFLOW_CONN_COVAGE_DEFAULT", json.dumps({**sandbox.connection, **changes, "extra": extra})
    )
    return CovageHook()


def test_a_connection_that_works(sandbox):
    worked, message = CovageHook().test_connection()
    assert worked, message
    assert sandbox.url in message
    assert [one["operation"] for one in sandbox.requests] == ["auth.token", "quote.list"]


@pytest.mark.parametrize("name", ["lists_array", "errors_list", "paging_url"])
def test_a_connection_that_works_in_any_dialect(monkeypatch, name):
    with Sandbox(speed=0, dialect=Dialect.named(name)) as sandbox:
        assert with_connection(monkeypatch, sandbox).test_connection()[0]


NOBODY = f"http://127.0.0.1:{closed_port()}"

TROUBLE: dict[str, tuple[dict[str, Any], str]] = {
    "wrong password": ({"password": "wrong-pass"}, r"login was not accepted.*Invalid user credentials"),
    "wrong client": ({"extra": {"client_id": "x"}}, r"login was not accepted.*Invalid client"),
    "nobody at the host": ({"host": NOBODY}, "host cannot be reached"),
    "nobody at token_url": ({"extra": {"token_url": f"{NOBODY}/token"}}, "token endpoint.*token_url"),
    "wrong path of token_url": ({"extra": {"token_url": "{url}/nowhere"}}, "token_url: POST /nowhere -> 404"),
    "wrong path of the host": ({"host": "{url}/nowhere"}, "answers, but not as the Covage API"),
    "no host": ({"host": ""}, "no host"),
    "no password": ({"password": ""}, "no password"),
    "no token_url": ({"extra": {"token_url": ""}}, "no token_url"),
    "bad timeout": ({"extra": {"timeout": "soon"}}, "timeout"),
    "https where there is none": ({"host": "{tls}"}, "host cannot be reached"),
}


def filled(value: Any, sandbox: Sandbox) -> Any:
    if isinstance(value, dict):
        return {name: filled(inner, sandbox) for name, inner in value.items()}
    return value.format(url=sandbox.url, tls=sandbox.url.replace("http:", "https:"))


@pytest.mark.parametrize(("changes", "message"), TROUBLE.values(), ids=list(TROUBLE))
def test_what_does_not_work_is_put_into_words(monkeypatch, sandbox, changes, message):
    hook = with_connection(monkeypatch, sandbox, **filled(changes, sandbox))
    worked, told = hook.test_connection()
    assert not worked
    assert re.search(message, told), told
    assert "wrong-pass" not in told


def test_no_two_kinds_of_trouble_sound_alike(monkeypatch, sandbox):
    told = set()
    for changes, _ in TROUBLE.values():
        hook = with_connection(monkeypatch, sandbox, **filled(changes, sandbox))
        told.add(hook.test_connection()[1])
    assert len(told) == len(TROUBLE)


@pytest.mark.parametrize(
    ("fault", "operation", "options", "message"),
    [
        ("html", "quote.list", {}, "not as the Covage API"),
        ("html", "auth.token", {}, "token_url"),
        ("error_before", "quote.list", {"status": 403}, "no right"),
        ("error_before", "quote.list", {"status": 500}, "failed on the server"),
        ("error_before", "auth.token", {"status": 503}, "token endpoint"),
        ("unauthorized", "quote.list", {}, "not accepted"),
        ("close_before", "quote.list", {}, "no complete answer"),
    ],
)
def test_what_fails_on_the_other_side_is_put_into_words(sandbox, fault, operation, options, message):
    sandbox.fault(fault, operation, times=None, **options)
    worked, told = CovageHook().test_connection()
    assert not worked
    assert message in told


def test_a_test_does_not_try_again_and_again(sandbox):
    sandbox.fault("error_before", "quote.list", times=None)
    CovageHook().test_connection()
    assert [one["operation"] for one in sandbox.requests] == ["auth.token", "quote.list"]


def test_a_test_changes_nothing(sandbox):
    CovageHook().test_connection()
    assert sandbox.ledger == []


def described() -> dict[str, Any]:
    return next(one for one in get_provider_info()["connection-types"] if one["connection-type"] == "covage")


def test_the_provider_info_is_what_airflow_accepts():
    schemas = Path(airflow.__file__).parent
    schema = json.loads((schemas / "provider_info.schema.json").read_text())
    jsonschema.validate(get_provider_info(), schema)


@pytest.mark.filterwarnings("ignore:ProvidersManager.hooks is deprecated")
def test_airflow_finds_the_provider_and_its_connection_type():
    from airflow.providers_manager import ProvidersManager

    manager = ProvidersManager()
    assert "airflow-provider-covage" in manager.providers
    hook = manager.hooks["covage"]
    assert hook is not None
    assert hook.hook_class_name == "airflow_provider_covage.hooks.covage.CovageHook"
    assert hook.connection_id_attribute_name == "covage_conn_id"


@pytest.mark.parametrize("kind", ["hooks", "operators", "sensors", "triggers", "transfers"])
def test_the_provider_info_names_every_module_that_is_made_for_users(kind):
    package = import_module(f"airflow_provider_covage.{kind}")
    modules = {f"{package.__name__}.{one.name}" for one in iter_modules(package.__path__)}
    for_users = re.compile(r"(Covage|Prizz)\w*(Hook|[a-z]Operator|Sensor|Trigger)")
    with_classes = {module for module in modules if any(map(for_users.fullmatch, defined_in(module)))}
    groups = get_provider_info()[kind]
    assert {
        name for one in groups for name in one.get("python-modules", [one.get("python-module")])
    } == with_classes


def defined_in(module: str) -> list[str]:
    """Return the names of a module, without those that it has from elsewhere."""
    found = import_module(module)
    return [name for name in dir(found) if getattr(getattr(found, name), "__module__", "").startswith(module)]


def test_the_names_of_the_hook_are_those_of_the_provider_info():
    found = described()
    assert found["connection-type"] == CovageHook.conn_type
    assert found["hook-name"] == CovageHook.hook_name
    assert found["hook-class-name"] == f"{CovageHook.__module__}.{CovageHook.__name__}"


def test_the_form_has_a_field_for_every_extra_that_is_read():
    assert set(described()["conn-fields"]) == set(CovageExtra.model_fields)


def test_the_defaults_of_the_form_are_those_of_the_code():
    fields = described()["conn-fields"]
    shown = {name: field["schema"].get("default") for name, field in fields.items()}
    read = CovageExtra.model_validate({name: value for name, value in shown.items() if value is not None})
    assert (read.timeout, read.verify, read.max_connections) == (30, True, 10)
    assert read.model_copy(update={"client_id": None}) == CovageExtra()
    assert shown["client_id"] == "api-client"


@pytest.mark.parametrize("name", ["proxies"])
def test_fields_that_may_hold_a_password_are_hidden_in_the_form(name):
    assert described()["conn-fields"][name]["schema"]["format"] == "password"


def test_the_form_of_older_versions_of_airflow_says_the_same():
    behaviour = CovageHook.get_ui_field_behaviour()
    newer = described()["ui-field-behaviour"]
    assert behaviour == {
        "hidden_fields": newer["hidden-fields"],
        "relabeling": newer["relabeling"],
        "placeholders": newer["placeholders"],
    }


class Field:
    """Stands for a field of wtforms, which newer versions of Airflow do not bring along."""

    def __init__(self, label: str, **options: Any) -> None:
        self.label = label
        self.options = options


def test_the_widgets_of_older_versions_of_airflow_are_made_of_the_same_fields(monkeypatch):
    wtforms = types.ModuleType("wtforms")
    wtforms.StringField = type("StringField", (Field,), {})  # type: ignore[attr-defined]
    wtforms.BooleanField = type("BooleanField", (Field,), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wtforms", wtforms)
    widgets = CovageHook.get_connection_form_widgets()
    fields = described()["conn-fields"]
    assert {name: widget.label for name, widget in widgets.items()} == {
        name: field["label"] for name, field in fields.items()
    }
    assert widgets["timeout"].options["default"] == 30
    assert widgets["token_url"].options["description"] == fields["token_url"]["description"]
