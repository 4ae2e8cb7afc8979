"""Telling Airflow what was read and written: asset events, hook lineage, OpenLineage."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.tables import Column

_TOLD = ("resource", "mode", "rows", "count", "complete", "window", "read", "inserted", "updated", "marked")
"""What an asset event tells of a transfer."""


@dataclasses.dataclass(frozen=True)
class Place:
    """Where records were written.

    Args:
        namespace: Namespace of the dataset, by OpenLineage's naming.
        name: Its name.
        uri: Its URI, by Airflow's naming of assets; without credentials.
    """

    namespace: str
    name: str
    uri: str


@dataclasses.dataclass(frozen=True)
class Flow:
    """What a transfer has read and written.

    Args:
        origin: Namespace and name of what was read: base URL of the API and resource.
        target: Where it was written.
        columns: Columns of both.
        rows: How many records.
    """

    origin: tuple[str, str]
    target: Place
    columns: Sequence[Column]
    rows: int


def asset(uri: str) -> Asset:
    """Make the asset of a target.

    Args:
        uri: Where it is; a bare path is one on the worker.

    Returns:
        The asset.
    """
    return Asset(uri if "://" in uri else f"file://{uri if uri.startswith('/') else '/' + uri}")


def emit(outlets: Iterable[Any], context: Context, done: Mapping[str, Any]) -> None:
    """Add to the events of a task's assets what it has done.

    Args:
        outlets: The task's outlets.
        context: The task's context.
        done: What the task returns.
    """
    events: Any = context.get("outlet_events")
    if events is None:
        return
    told = {name: done[name] for name in _TOLD if name in done}
    for outlet in outlets:
        if isinstance(outlet, Asset):
            events[outlet].extra.update(told)


def tell(operator: Any, flow: Flow) -> None:
    """Report to Airflow's collector of hook lineage.

    Args:
        operator: Who has done it.
        flow: What was done.
    """
    from airflow.providers.common.compat.lineage.hook import get_hook_lineage_collector

    collector = get_hook_lineage_collector()  # type: ignore[no-untyped-call]
    try:
        collector.add_input_asset(context=operator, uri="/".join(flow.origin))
        collector.add_output_asset(context=operator, uri=flow.target.uri)
    except ValueError as error:
        # Each provider checks the URIs of its own kind; all is loaded by now, and stays so.
        operator.log.warning("no hook lineage of %s: %s", flow.target.uri, error)


def facets(flow: Flow) -> Any:
    """Describe what was done in the words of OpenLineage.

    Args:
        flow: What was done.

    Returns:
        The operator's lineage; None where the OpenLineage provider is not installed.
    """
    try:
        from airflow.providers.openlineage.extractors import OperatorLineage
        from openlineage.client.event_v2 import InputDataset, OutputDataset
        from openlineage.client.facet_v2 import output_statistics_output_dataset, schema_dataset
    except ImportError:
        return None
    schema = schema_dataset.SchemaDatasetFacet(
        fields=[
            schema_dataset.SchemaDatasetFacetFields(
                name=column.name, type=column.kind.value, description=column.description or None
            )
            for column in flow.columns
        ]
    )
    statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=flow.rows)
    return OperatorLineage(
        inputs=[InputDataset(*flow.origin, facets={"schema": schema})],
        outputs=[
            OutputDataset(
                flow.target.namespace,
                flow.target.name,
                facets={"schema": schema},
                outputFacets={"outputStatistics": statistics},
            )
        ],
    )
