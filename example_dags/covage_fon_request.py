"""A request for dark fibre: template, request, files of sites and trace, confirmation.

Runs as it stands against the sandbox. With a file of sites of your own (param `sites_file`, filled in by the
template), it is that one which is checked and sent; without, the template's header and one made-up site.
"""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, ObjectStoragePath, Param, task

from airflow_provider_covage.api.working_days import first_answer_date
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators.fon import (
    CovageConfirmFonRequestOperator,
    CovageCreateFonRequestOperator,
    CovageUploadFonSitesOperator,
    CovageUploadFonTraceOperator,
)
from airflow_provider_covage.sensors.covage import CovageFonRequestSensor
from covage_order_form import PROJECT_PARAM
from covage_sites import DEFAULT_ARGS, POKE_INTERVAL

PARAMS = {
    "end_customer_name": Param("Example Bakery", type="string", minLength=1, title="End customer"),
    "business_sector": Param("Commerce", type="string", title="Business sector"),
    "expected_response_date": Param(
        None,
        type=["string", "null"],
        format="date",
        title="Answer wanted by",
        description_md="At least five working days ahead; empty: the first possible date.",
    ),
    "note": Param("", type="string", title="Note"),
    "project_id": PROJECT_PARAM,
    "sites_file": Param(None, type=["string", "null"], title="Sites (CSV)", description_md="Path or URI."),
    "trace_file": Param(None, type=["string", "null"], title="Trace (KMZ)", description_md="Path or URI."),
    "folder": Param(
        tempfile.gettempdir(),
        type="string",
        title="Folder for made-up files",
        description_md="Path or URI that all workers reach.",
    ),
}

PARIS = ZoneInfo("Europe/Paris")

KML = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark/></kml>'

with DAG(
    "covage_fon_request",
    description="Ask Covage for dark fibre.",
    schedule=None,
    start_date=datetime(2025, 1, 1),
    catchup=False,
    params=PARAMS,
    default_args=DEFAULT_ARGS,
    tags=["covage"],
    doc_md=__doc__,
) as dag:

    @task
    def request_fields(params: dict[str, Any]) -> dict[str, Any]:
        """The fields of the request."""
        names = ("end_customer_name", "business_sector", "note", "project_id")
        wanted = params["expected_response_date"] or str(first_answer_date(datetime.now(PARIS).date()))
        return {name: params[name] for name in names if params[name]} | {"expected_response_date": wanted}

    @task
    def sites_file(params: dict[str, Any], run_id: str) -> str:
        """The file of sites: the one given, or one made by the template."""
        if params["sites_file"]:
            return params["sites_file"]
        template = CovageHook().fon.template_download().decode("utf-8-sig")
        header = template.splitlines()[0]
        separator = max(";,\t", key=header.count)
        site = io.StringIO()
        csv.writer(site, delimiter=separator).writerow(["example"] * len(header.split(separator)))
        where = ObjectStoragePath(params["folder"]) / f"sites-{run_id.replace(':', '-')}.csv"
        where.write_text(f"{header}\r\n{site.getvalue()}", encoding="utf-8")
        return str(where)

    @task
    def trace_file(params: dict[str, Any], run_id: str) -> str:
        """The trace: the one given, or one that holds a single point."""
        if params["trace_file"]:
            return params["trace_file"]
        where = ObjectStoragePath(params["folder"]) / f"trace-{run_id.replace(':', '-')}.kmz"
        with where.open("wb") as file, zipfile.ZipFile(file, "w") as archive:
            archive.writestr("doc.kml", KML)
        return str(where)

    create = CovageCreateFonRequestOperator(task_id="create_request", fields=request_fields())
    upload_sites = CovageUploadFonSitesOperator(
        task_id="upload_sites", fon_request_id=create.output, file=sites_file()
    )
    upload_trace = CovageUploadFonTraceOperator(
        task_id="upload_trace", fon_request_id=create.output, file=trace_file()
    )
    confirm = CovageConfirmFonRequestOperator(task_id="confirm_request", fon_request_id=create.output)
    wait = CovageFonRequestSensor(
        task_id="wait_for_request",
        fon_request_id=create.output,
        deferrable=True,
        poke_interval=POKE_INTERVAL,
        timeout=timedelta(days=2).total_seconds(),
    )
    [upload_sites, upload_trace] >> confirm >> wait
