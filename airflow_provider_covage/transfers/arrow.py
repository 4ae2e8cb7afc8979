"""pyarrow, which all transfers are built on: loaded when records are read, not when modules are imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_covage.transfers.extras import Library, load

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as compute
    import pyarrow.csv as csv
    import pyarrow.ipc as ipc
    import pyarrow.parquet as parquet
else:
    pa, compute, csv, ipc, parquet = (
        Library(name, "parquet")
        for name in ("pyarrow", "pyarrow.compute", "pyarrow.csv", "pyarrow.ipc", "pyarrow.parquet")
    )


def check_installed() -> None:
    """Make sure that it is there, before anything is sent.

    Raises:
        InputError: It is not.
    """
    load("pyarrow", "parquet")


__all__ = ["check_installed", "compute", "csv", "ipc", "pa", "parquet"]
