"""What the application of the API of Prizz-Telecom is built from."""

from __future__ import annotations

from airflow_provider_covage.sandbox.blueprint import Blueprint
from airflow_provider_covage.sandbox.prizz.answers.common import Problem
from airflow_provider_covage.sandbox.prizz.operations import OPERATIONS, TOKEN_PATH
from airflow_provider_covage.sandbox.prizz.services import Services
from airflow_provider_covage.sandbox.prizz.world import Settings, World

_HEADER = {"type": "apiKey", "in": "header", "name": "Authorization"}

BLUEPRINT = Blueprint(
    name="prizz",
    title="Prizz-Telecom",
    description=(
        "A sandbox of the Prizz-Telecom Extranet API 2.0, written from its public documentation. Nothing "
        "that is ordered here is ever delivered. Where the documents are silent, the answer is invented."
    ),
    operations=OPERATIONS,
    endpoints=lambda: Services(World(Settings())).endpoints(),
    errors={
        400: ("Something is wrong with the request", Problem),
        401: ("Authentication needed", Problem),
        403: ("Forbidden", Problem),
        404: ("Not found", Problem),
    },
    security={
        "tokenAuth": {**_HEADER, "description": "`Token <api token>`"},
        "bearerAuth": {"type": "http", "scheme": "bearer"},
    },
    token=(
        "curl -H 'Content-Type: application/json' "
        f'-d \'{{{{"email": "sandbox@example.com", "mdp": "..."}}}}\' {{url}}{TOKEN_PATH}'
    ),
    authorization="Token TOKEN",
)
