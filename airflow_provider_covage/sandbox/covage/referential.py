"""Reference data (public documentation): projects and collection doors."""

from __future__ import annotations

from starlette.requests import Request

from airflow_provider_covage.sandbox.covage import catalogue, paging
from airflow_provider_covage.sandbox.covage.render import CATEGORY, ENNI, PROJECT
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.store import Json


class Referential:
    """The operations `referential.*`, and `eligibility.categories`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def fill(self) -> None:
        """Keep what the catalogue holds; nobody can change it over the API."""
        for kind, key, rows in (
            ("category", "name", catalogue.CATEGORIES),
            ("project", "code", catalogue.PROJECTS),
            ("enni", "reference", catalogue.ENNIS),
        ):
            for row in rows:
                self.world.store[kind].add(row[key], dict(row))

    def categories(self, request: Request) -> Json | list[Json]:
        """List the offer families."""
        return paging.page(self.world, request, "category", CATEGORY, paging.NO_FILTERS)

    def projects(self, request: Request) -> Json | list[Json]:
        """List the projects agreed with the sales team."""
        return paging.page(self.world, request, "project", PROJECT, paging.PROJECTS)

    def ennis(self, request: Request) -> Json | list[Json]:
        """List the collection doors."""
        return paging.page(self.world, request, "enni", ENNI, paging.ENNIS)
