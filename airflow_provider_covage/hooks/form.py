"""The connection form for Airflow before 3.2, made of the same description that newer versions read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def behaviour(info: Mapping[str, Any], conn_type: str) -> dict[str, Any]:
    """Translate `ui-field-behaviour`.

    Args:
        info: The provider's info.
        conn_type: The connection type.

    Returns:
        What `get_ui_field_behaviour` has to return.
    """
    described = _described(info, conn_type)["ui-field-behaviour"]
    return {
        "hidden_fields": described["hidden-fields"],
        "relabeling": described["relabeling"],
        "placeholders": described["placeholders"],
    }


def widgets(info: Mapping[str, Any], conn_type: str) -> dict[str, Any]:
    """Translate `conn-fields`.

    Args:
        info: The provider's info.
        conn_type: The connection type.

    Returns:
        What `get_connection_form_widgets` has to return.
    """
    from wtforms import BooleanField, StringField

    fields = _described(info, conn_type)["conn-fields"]
    return {
        name: (BooleanField if field["schema"]["type"] == "boolean" else StringField)(
            field["label"], description=field.get("description", ""), default=field["schema"].get("default")
        )
        for name, field in fields.items()
    }


def _described(info: Mapping[str, Any], conn_type: str) -> Any:
    return next(one for one in info["connection-types"] if one["connection-type"] == conn_type)
