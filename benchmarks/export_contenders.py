"""The ways to load a list that `benchmarks.export` compares, each in a process of its own.

    python -m benchmarks.export_contenders parquet --url http://127.0.0.1:8000 --folder /tmp/x ...

Prints one line of JSON: rows, seconds, CPU seconds, peak memory in MB. What is imported beforehand does not
count. Only the module's own contender is imported: the one for dlt runs in an environment without the others.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATH = "/api/v1/quote_item/"
TOKEN = "benchmark-token"  # noqa: S105 - made up, for a made-up server

Job = Callable[[], int]


def package(options: argparse.Namespace, *, database: bool) -> Job:
    """This package, to Parquet or to DuckDB.

    Args:
        options: The command line.
        database: Whether to load into DuckDB.

    Returns:
        The job.
    """
    _airflow(options)
    import logging

    import duckdb  # noqa: F401 - imported beforehand
    import pyarrow.compute
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401
    from airflow.sdk import ObjectStoragePath

    from airflow_provider_covage.hooks import covage as hook  # noqa: F401
    from airflow_provider_covage.transfers import to_sql, to_storage, update  # noqa: F401
    from airflow_provider_covage.transfers.covage import (
        CovageToObjectStorageOperator,
        CovageToSqlOperator,
    )
    from airflow_provider_covage.transfers.sql import database as sql  # noqa: F401

    logging.disable(logging.WARNING)
    where = Path(options.folder)
    _ = ObjectStoragePath(f"file://{where}").fs  # has Airflow import its file systems
    operator: Any
    if database:
        file = f"duckdb:///{where}/x.duckdb?memory_limit=32MB"
        operator = CovageToSqlOperator(
            task_id="load",
            resource="quote_item",
            sql_conn_id=file,
            table="lines",
        )
    else:
        operator = CovageToObjectStorageOperator(
            task_id="load", resource="quote_item", path=f"file://{where}/x"
        )
    return lambda: int(operator.execute({})["rows"])


def http_operator(options: argparse.Namespace) -> Job:
    """Airflow's own operator with a pagination function; the result stays in memory.

    Args:
        options: The command line.

    Returns:
        The job.
    """
    _airflow(options)
    import logging

    from airflow.providers.http.operators.http import HttpOperator

    logging.disable(logging.WARNING)

    def following(response: Any) -> dict[str, Any] | None:
        page = response.json()["next_page"]
        return {"data": {"page": page}} if page else None

    operator = HttpOperator(
        task_id="load",
        http_conn_id="http_benchmark",
        method="GET",
        endpoint=PATH,
        headers={"Authorization": f"Bearer {TOKEN}"},
        extra_options={"verify": options.certificate or True},
        pagination_function=following,
        response_filter=lambda responses: [row for one in responses for row in one.json()["results"]],
    )
    return lambda: len(operator.execute({}))


def plain(options: argparse.Namespace) -> Job:
    """What one would write: a session, a loop, a list, a Parquet file.

    Args:
        options: The command line.

    Returns:
        The job.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq
    import requests

    def load() -> int:
        rows: list[dict[str, Any]] = []
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {TOKEN}"
            session.verify = options.certificate or True
            page: int | None = 1
            while page:
                response = session.get(options.url + PATH, params={"page": page}, timeout=30)
                response.raise_for_status()
                content = response.json()
                rows += content["results"]
                page = content["next_page"]
        pq.write_table(pa.Table.from_pylist(rows), Path(options.folder) / "x.parquet")
        return len(rows)

    return load


def dlt(options: argparse.Namespace) -> Job:
    """The rest_api source of dlt to DuckDB, tuned: Parquet as loader format, no nesting, no telemetry.

    Args:
        options: The command line.

    Returns:
        The job.
    """
    os.environ.update(
        RUNTIME__DLTHUB_TELEMETRY="false",
        RUNTIME__LOG_LEVEL="CRITICAL",
        DLT_DATA_DIR=options.folder,
    )
    import dlt  # type: ignore[import-not-found]
    from dlt.sources.rest_api import rest_api_source  # type: ignore[import-not-found]

    source = rest_api_source(
        {
            "client": {
                "base_url": options.url,
                "headers": {"Authorization": f"Bearer {TOKEN}"},
                "paginator": {
                    "type": "page_number",
                    "base_page": 1,
                    "page_param": "page",
                    "total_path": None,
                },
            },
            "resources": [
                {
                    "name": "quote_item",
                    "primary_key": "id",
                    "write_disposition": "replace",
                    "endpoint": {"path": PATH, "data_selector": "results"},
                }
            ],
        },
        max_table_nesting=0,
    )
    pipeline = dlt.pipeline(
        "benchmark",
        pipelines_dir=options.folder,
        destination=dlt.destinations.duckdb(f"{options.folder}/x.duckdb"),
        dataset_name="loaded",
    )

    def load() -> int:
        pipeline.run(source, loader_file_format="parquet")
        with pipeline.sql_client() as client:
            return int(client.execute_sql("SELECT COUNT(*) FROM quote_item")[0][0])

    return load


def limit(options: argparse.Namespace) -> Job:
    """What the server can do at most: answers are read and thrown away, without a client's own work.

    Args:
        options: The command line.

    Returns:
        The job.
    """
    import asyncio
    import re
    import ssl
    from urllib.parse import urlsplit

    where = urlsplit(options.url)
    context = ssl.create_default_context(cafile=options.certificate) if options.certificate else None
    count = re.compile(rb'"count":(\d+)')
    asked = f"GET {PATH}?page=%d HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n"

    async def load() -> int:
        reader, writer = await opened()
        first, rows = await page(reader, writer, 1), 0
        writer.close()
        found = count.search(first)
        assert found
        size = first.count(b'"id":')
        numbers = iter(range(2, -(-int(found[1]) // size) + 1))

        async def work() -> None:
            nonlocal rows
            reader, writer = await opened()
            for number in numbers:
                found = (await page(reader, writer, number)).count(b'"id":')
                rows += found
            writer.close()

        await asyncio.gather(*(work() for _ in range(options.connections)))
        return rows + size

    async def opened() -> Any:
        return await asyncio.open_connection(where.hostname, where.port, ssl=context, limit=1 << 20)

    async def page(reader: Any, writer: Any, number: int) -> bytes:
        writer.write((asked % number).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        body: bytes = await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
        return body

    return lambda: asyncio.run(load())


JOBS: dict[str, Callable[[argparse.Namespace], Job]] = {
    "parquet": lambda options: package(options, database=False),
    "duckdb": lambda options: package(options, database=True),
    "http_operator": http_operator,
    "limit": limit,
    "plain": plain,
    "dlt": dlt,
}


def _airflow(options: argparse.Namespace) -> None:
    connection = {
        "conn_type": "covage",
        "host": options.url,
        "password": TOKEN,
        "extra": {"verify": options.certificate or "true", "max_connections": options.connections},
    }
    for name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
        del os.environ[name]
    os.environ.update(
        AIRFLOW_HOME=options.folder,
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__LOGGING__LOGGING_LEVEL="ERROR",
        AIRFLOW_CONN_COVAGE_DEFAULT=json.dumps(connection),
        AIRFLOW_CONN_HTTP_BENCHMARK=json.dumps({"conn_type": "http", "host": options.url}),
    )


def main() -> None:
    """Run one contender."""
    parser = argparse.ArgumentParser(description="Load a list in one of several ways.")
    parser.add_argument("job", choices=JOBS)
    parser.add_argument("--url", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--connections", type=int, default=10)
    options = parser.parse_args()
    os.environ.update(NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    os.environ.pop("CURL_CA_BUNDLE", None)
    os.environ.pop("REQUESTS_CA_BUNDLE", None)
    if options.certificate:
        os.environ["REQUESTS_CA_BUNDLE"] = options.certificate  # wins over what a session is told
    import warnings

    warnings.simplefilter("ignore")
    job = JOBS[options.job](options)
    before, began = _cpu(), time.perf_counter()
    rows = job()
    seconds, cpu = time.perf_counter() - began, _cpu() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu": cpu, "memory": memory}))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
