"""Reference data: projects and ENNI (public documentation of the reference data)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from airflow_provider_covage.api.calls import AnyTransport, Listing, Resource, listing
from airflow_provider_covage.api.models import EnniFilters, ProjectFilters, body
from airflow_provider_covage.api.request import path


class Referential(Resource[AnyTransport]):
    """Reference data."""

    @listing
    def projects(self, **filters: Unpack[ProjectFilters]) -> Listing:
        """List projects; the `code` of one is the `project_id` of baskets, sessions and lines.

        Args:
            **filters: See `models.ProjectFilters`.

        Returns:
            An iterator over all pages.
        """
        checked = body(ProjectFilters, filters, of="referential.projects")
        return self._listing(path("referential", "project"), checked)

    @listing
    def enni(self, **filters: Unpack[EnniFilters]) -> Listing:
        """List ENNI; the `reference` of one (CN012345) is the `enni` of order lines.

        Args:
            **filters: See `models.EnniFilters`.

        Returns:
            An iterator over all pages. The code of one is in `code` or in `Code` (C34), see `code_of`.
        """
        return self._listing(path("referential", "enni"), body(EnniFilters, filters, of="referential.enni"))


def code_of(enni: Mapping[str, Any]) -> str | None:
    """Read the code of an ENNI, under either name (C34).

    Args:
        enni: The ENNI.

    Returns:
        Its code.
    """
    return enni.get("code") or enni.get("Code")
