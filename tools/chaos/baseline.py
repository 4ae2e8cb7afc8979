"""The same order by plain `HttpOperator`s with retries, as one writes it who has no provider for the API.

It stands beside the operators of the package for comparison: what it loses and doubles is counted, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tools.chaos import jobs

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from airflow_provider_covage.api.calls import Record

DAG_ID = "http_operators"
CONN_ID = "covage_http"
RETRIES = 3

_API = "api/v1"
_TOKEN = "auth/realms/covage/protocol/openid-connect/token"  # noqa: S105 - a path
_CONTACT = {
    "end_customer_name": "Example Bakery",
    "contact1_firstname": "Ada",
    "contact1_lastname": "Martin",
    "contact1_email_address": "ada.martin@example.com",
    "contact1_phone_number": "0123456789",
    "street_number": "4",
    "street_name": "Rue Andrei Sakharov",
    "postcode": "76130",
    "city": "Mont-Saint-Aignan",
    "insee_code": "76451",
}
_ORDER = {"enni": "CN012345", "related_contact_information": [_CONTACT]}


def dag() -> DAG:
    """Make the DAG: the two sites of `jobs`, without the trace file.

    Returns:
        The DAG.
    """
    from airflow.sdk import DAG

    with DAG(
        DAG_ID,
        schedule=None,
        start_date=datetime(2025, 1, 1),
        catchup=False,
        default_args={"retries": RETRIES, "retry_delay": timedelta(), "http_conn_id": CONN_ID},
    ) as made:
        token = _token()
        create = _call("create_quote", "POST", "quote/", take=_id)
        lines = [(site, _add_line(site)) for site in map(jobs.site, ("rouen", "caen"))]
        confirm = _call("confirm_quote", "PATCH", f"quote/{_made('create_quote')}/confirm/")
        token >> create >> [line for _, line in lines] >> confirm
        for site, line in lines:
            confirm >> _order(site["product_offering_qualification_item_id"], line.task_id)
    return made


def _token() -> Any:
    """Log in once for the whole run."""
    from airflow.providers.http.operators.http import HttpOperator

    return HttpOperator(
        task_id="token",
        endpoint=_TOKEN,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        data={
            "grant_type": "password",
            "client_id": "api-client",
            "username": "{{ conn.covage_default.login }}",
            "password": "{{ conn.covage_default.password }}",
        },
        response_filter=lambda response: response.json()["access_token"],
    )


def _add_line(site: Record) -> Any:
    name = site["product_offering_qualification_item_id"]
    path = f"quote/{_made('create_quote')}/quote_item/"
    return _call(f"add_{name}", "POST", path, site, take=_id)


def _order(name: str, line: str) -> Any:
    """Give the first task of a site: wait for its price, then accept, complete and confirm."""
    priced = _wait(f"price_{name}", f"quote_item/{_made(line)}/", "ready")
    path = f"quote_item/{_made(line)}/accept/"
    accept = _call(f"accept_{name}", "PATCH", path, {"product_id": "2173"}, take=_record)
    session, item = (_made(accept.task_id, key) for key in ("product_order_id", "product_order_item_id"))
    update = _call(f"complete_{name}", "PATCH", f"product_order/{session}/product_order_item/{item}/", _ORDER)
    confirm = _call(f"confirm_{name}", "PATCH", f"product_order/{session}/confirm/")
    priced >> accept >> update >> confirm
    return priced


def _call(
    task_id: str,
    method: str,
    path: str,
    body: Record | None = None,
    take: Callable[[Any], Any] | None = None,
) -> Any:
    from airflow.providers.http.operators.http import HttpOperator

    return HttpOperator(
        task_id=task_id,
        method=method,
        endpoint=f"{_API}/{path}",
        headers=_headers(),
        data=json.dumps(body or {}),
        response_filter=take,
    )


def _wait(task_id: str, path: str, state: str) -> Any:
    from airflow.providers.http.sensors.http import HttpSensor

    return HttpSensor(
        task_id=task_id,
        endpoint=f"{_API}/{path}",
        headers=_headers(),
        response_check=lambda response: response.json()["state"] == state,
        poke_interval=jobs.POKE_INTERVAL,
        timeout=jobs.SENSOR_TIMEOUT,
    )


def _headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {_made('token')}", "Content-Type": "application/json"}


def _made(task_id: str, key: str | None = None) -> str:
    """Give the template of what a task has returned."""
    path = f"['{key}']" if key else ""
    return f"{{{{ ti.xcom_pull('{task_id}'){path} }}}}"


def _id(response: Any) -> str:
    return str(response.json()["id"])


def _record(response: Any) -> Any:
    return response.json()
