"""The DAGs that are run, what they are to order, and how they are made to hurry."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.testing import hurry
from tools.addresses import ADDRESS
from tools.chaos.apis import Api, named

if TYPE_CHECKING:
    from airflow.sdk import DAG

Json = dict[str, Any]

QUOTE_TO_ORDER = "covage_quote_to_order"
FON_REQUEST = "covage_fon_request"
OFFER_TO_CONTRACT = "prizz_offer_to_contract"
OFFER_WITH_SECTIONS = f"{OFFER_TO_CONTRACT}.sections"
JOBS = (QUOTE_TO_ORDER, FON_REQUEST, OFFER_TO_CONTRACT, OFFER_WITH_SECTIONS)
"""What is run: a DAG, and after a dot another way that it can go."""

POKE_INTERVAL = 0.05
SENSOR_TIMEOUT = 60.0
"""Seconds after which a sensor gives up: what it waits for has been lost."""

SETTLING_TIME = 0.0
"""Seconds between two looks: lists that lag are made to count looks, not seconds."""

_KML = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark/></kml>'


def dag_id(job: str) -> str:
    """Name the DAG of a job.

    Args:
        job: The job.

    Returns:
        Its id.
    """
    return job.partition(".")[0]


def api(job: str) -> Api:
    """Say where a job orders.

    Args:
        job: The job.

    Returns:
        The API.
    """
    return named("prizz" if job.startswith("prizz") else "covage")


def conf(job: str, folder: Path, url: str) -> Json:
    """Say what a run is to order; whatever could be mixed up is different for each site.

    Args:
        job: The job.
        folder: Where files for it may be put.
        url: Base URL of the sandbox.

    Returns:
        The configuration of the run.
    """
    if dag_id(job) == OFFER_TO_CONTRACT:
        way = job.partition(".")[2] or "fast_order"
        # In place of the human, who gets the code that the sandbox sends.
        return {"way": way, "codes_url": f"{url}/_sandbox/messages"}
    if job == FON_REQUEST:
        return {
            "note": "Example",
            "expected_response_date": "2100-01-04",
            "trace_file": str(_trace(folder)),
            "folder": str(folder),
        }
    rouen = site("rouen", **ADDRESS, trace_file=str(_trace(folder)))
    return {"sites": [rouen, site("caen", **ADDRESS, **_ITS_OWN)]}


def site(name: str, **more: Any) -> Json:
    """Describe a site.

    Args:
        name: Its name.
        **more: More fields.

    Returns:
        The site, as the DAG takes it.
    """
    return {
        "product_offering_qualification_item_id": f"site-{name}",
        "end_customer_name": f"Bakery {name}",
        "site_connection_type": "FTTO",
        "product_offerings": ["2173", "2174"],
        **more,
    }


_ITS_OWN: Mapping[str, Any] = {"product_id": "2174", "order": {"enni": "CN012346"}}


def hurried(dag: DAG, retry_delay: timedelta = timedelta()) -> DAG:
    """Make a DAG that waits for days wait for moments, and its operators settle at once.

    Args:
        dag: The DAG; it is changed.
        retry_delay: Time between two tries of its tasks.

    Returns:
        The same DAG.
    """
    from airflow_provider_covage.sensors.base import StateSensor

    hurry(dag, poke_interval=POKE_INTERVAL, settling_time=SETTLING_TIME, retry_delay=retry_delay)
    for task in dag.task_dict.values():
        kind = getattr(task, "operator_class", type(task))
        # A mapped task keeps what its instances have in common in a dictionary.
        settings = getattr(task, "partial_kwargs", None) or vars(task)
        if issubclass(kind, StateSensor):
            settings["timeout"] = SENSOR_TIMEOUT
    return dag


def _trace(folder: Path) -> Path:
    """Make a trace file."""
    path = folder / "trace.kmz"
    if not path.exists():
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", _KML)
    return path
