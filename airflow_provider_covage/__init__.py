"""Apache Airflow provider for ordering fibre lines through the APIs of Covage and of Prizz-Telecom."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_OPTIONAL_TEXT = {"type": ["string", "null"]}

_COMMON_FIELDS: dict[str, Any] = {
    "timeout": {
        "label": "Timeout (seconds)",
        "description": "For one request: to connect, and between two pieces of the answer.",
        "schema": {"type": ["number", "null"], "exclusiveMinimum": 0, "default": 30},
    },
    "verify": {
        "label": "Verify TLS",
        "description": "true, false, or the path of a CA bundle on the workers.",
        "schema": {"type": ["string", "null"], "default": "true"},
    },
    "proxies": {
        "label": "Proxies",
        "description": 'JSON: {"https": "http://proxy:3128"}. Empty: those of the environment.',
        "schema": {"type": ["string", "null"], "format": "password"},
    },
    "page_size": {
        "label": "Page size",
        "description": "Records per page of a list. Empty: the API's own.",
        "schema": {"type": ["integer", "null"], "minimum": 1},
    },
    "max_connections": {
        "label": "Most connections at a time",
        "schema": {"type": ["integer", "null"], "minimum": 1, "default": 10},
    },
    "requests_per_second": {
        "label": "Most requests per second",
        "description": "Of one client. Empty: no limit.",
        "schema": {"type": ["number", "null"], "exclusiveMinimum": 0},
    },
    "portal_url": {
        "label": "Portal URL",
        "description": "Links from tasks to the portal for people: https://portal/{resource}/{id}. "
        "Placeholders: {resource}, {id}, {reference}.",
        "schema": _OPTIONAL_TEXT,
    },
}


def get_provider_info() -> dict[str, Any]:
    """Tell Airflow what the package brings; every Airflow process calls this, so nothing is imported here.

    Returns:
        The provider's info, by Airflow's schema.
    """
    package = "airflow_provider_covage"
    return {
        "package-name": "airflow-provider-covage",
        "name": "Covage",
        "description": "Order fibre lines with the APIs of Covage and of Prizz-Telecom.",
        "versions": [__version__],
        "integrations": [
            {
                "integration-name": "Covage",
                "external-doc-url": "https://www.covage.com/",
                "tags": ["service"],
            },
            {
                "integration-name": "Prizz-Telecom",
                "external-doc-url": "https://dev.prizz-telecom.fr/",
                "tags": ["service"],
            },
        ],
        "hooks": [
            {"integration-name": "Covage", "python-modules": [f"{package}.hooks.covage"]},
            {"integration-name": "Prizz-Telecom", "python-modules": [f"{package}.hooks.prizz"]},
        ],
        "operators": [
            {
                "integration-name": "Covage",
                "python-modules": [
                    f"{package}.operators.{name}"
                    for name in ("quote", "order", "export", "fon", "eligibility")
                ],
            },
            {"integration-name": "Prizz-Telecom", "python-modules": [f"{package}.operators.prizz"]},
        ],
        "sensors": [
            {"integration-name": "Covage", "python-modules": [f"{package}.sensors.covage"]},
            {"integration-name": "Prizz-Telecom", "python-modules": [f"{package}.sensors.prizz"]},
        ],
        "triggers": [
            {"integration-name": "Covage", "python-modules": [f"{package}.triggers.covage"]},
            {"integration-name": "Prizz-Telecom", "python-modules": [f"{package}.triggers.prizz"]},
        ],
        "transfers": [
            {
                "source-integration-name": "Covage",
                "target-integration-name": "Covage",
                "python-module": f"{package}.transfers.covage",
            },
            {
                "source-integration-name": "Prizz-Telecom",
                "target-integration-name": "Prizz-Telecom",
                "python-module": f"{package}.transfers.prizz",
            },
        ],
        "extra-links": [f"{package}.hooks.links.{name}PortalLink" for name in ("Covage", "Prizz")],
        "connection-types": [
            {
                "connection-type": "covage",
                "hook-class-name": f"{package}.hooks.covage.CovageHook",
                "hook-name": "Covage",
                "ui-field-behaviour": {
                    "hidden-fields": ["extra"],
                    "relabeling": {
                        "host": "API base URL",
                        "schema": "Scheme (if not in the URL)",
                        "login": "Service account",
                        "password": "Password (or bearer token)",
                    },
                    "placeholders": {
                        "host": "https://api.example.net",
                        "schema": "https",
                        "login": "empty: the password is sent as a bearer token",
                    },
                },
                "conn-fields": {
                    "token_url": {
                        "label": "Token URL",
                        "description": "Full URL of the token endpoint; needed with a service account: "
                        "https://keycloak-host/auth/realms/covage/protocol/openid-connect/token",
                        "schema": _OPTIONAL_TEXT,
                    },
                    "client_id": {
                        "label": "OAuth2 client",
                        "schema": {"type": ["string", "null"], "default": "api-client"},
                    },
                    **_COMMON_FIELDS,
                },
            },
            {
                "connection-type": "prizz",
                "hook-class-name": f"{package}.hooks.prizz.PrizzHook",
                "hook-name": "Prizz-Telecom",
                "ui-field-behaviour": {
                    "hidden-fields": ["extra", "login"],
                    "relabeling": {
                        "host": "API base URL",
                        "schema": "Scheme (if not in the URL)",
                        "password": "API token",
                    },
                    "placeholders": {
                        "host": "https://my.prizz-telecom.fr",
                        "schema": "https",
                        "password": "made in the customer area, on this very host",
                    },
                },
                "conn-fields": {
                    "token_prefix": {
                        "label": "Word before the token",
                        "description": "Empty: Token. Bearer for an access token of the legacy API.",
                        # Without a default: Airflow shows stars for it, as for all that is called a token.
                        "schema": _OPTIONAL_TEXT,
                    },
                    **_COMMON_FIELDS,
                },
            },
        ],
    }
