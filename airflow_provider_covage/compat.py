"""What the versions of Airflow differ in, from 3.1 on: all others import these names from here.

Where an older version has nothing instead, `docs/versions.md` says so. Two things are looked for where they
are used, because a context or a trigger has them or has not: the stores of a task and of an asset.
"""

from __future__ import annotations

import airflow.sdk

try:
    from airflow.sdk import conf
    from airflow.sdk.exceptions import (
        AirflowException,
        AirflowFailException,
        AirflowSensorTimeout,
        AirflowSkipException,
        TaskDeferralTimeout,
        TaskDeferred,
    )
except ImportError:  # Airflow 3.1
    from airflow.configuration import conf  # type: ignore[assignment]
    from airflow.exceptions import (  # type: ignore[no-redef, attr-defined]
        AirflowException,
        AirflowFailException,
        AirflowSensorTimeout,
        AirflowSkipException,
        TaskDeferralTimeout,
        TaskDeferred,
    )

HAS_RETRY_POLICIES = "RetryPolicy" in airflow.sdk.__all__
"""Whether a task can bring a policy of its own for its retries (from 3.3 on)."""

STARTS_IN_TRIGGERER = HAS_RETRY_POLICIES
"""Whether a triggerer renders templates, so that a sensor can begin there (from 3.3 on, too)."""

__all__ = [
    "HAS_RETRY_POLICIES",
    "STARTS_IN_TRIGGERER",
    "AirflowException",
    "AirflowFailException",
    "AirflowSensorTimeout",
    "AirflowSkipException",
    "TaskDeferralTimeout",
    "TaskDeferred",
    "conf",
]
