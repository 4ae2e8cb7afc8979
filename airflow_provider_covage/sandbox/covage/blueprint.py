"""What the application of Covage's API is built from."""

from __future__ import annotations

from airflow_provider_covage.sandbox.blueprint import Blueprint
from airflow_provider_covage.sandbox.covage.answers import Detail, Problem
from airflow_provider_covage.sandbox.covage.operations import OPERATIONS, TOKEN_PATH
from airflow_provider_covage.sandbox.covage.services import Services
from airflow_provider_covage.sandbox.covage.world import Settings, World

BLUEPRINT = Blueprint(
    name="covage",
    title="Covage",
    description=(
        "A sandbox of the Covage ordering API, written from its public documentation. Nothing that is "
        "ordered here is ever delivered. Where the documents are silent, the answer is invented."
    ),
    operations=OPERATIONS,
    endpoints=lambda: Services(World(Settings())).endpoints(),
    errors={
        400: ("Something is wrong with the request: messages field by field, or `detail`", Problem),
        401: ("No valid access token", Detail),
        404: ("There is no such record", Detail),
        409: ("The state of the record forbids it", Detail),
    },
    security={
        "service_account": {"type": "oauth2", "flows": {"password": {"tokenUrl": TOKEN_PATH, "scopes": {}}}}
    },
    token=(
        "curl -d 'grant_type=password&client_id=api-client&username=sandbox&password=...' "
        f"{{url}}{TOKEN_PATH}"
    ),
    authorization="Bearer TOKEN",
)
