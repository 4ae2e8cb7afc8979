"""Making a DAG that waits for days wait for moments."""

from __future__ import annotations

import inspect
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow.sdk import DAG


def hurry(
    dag: DAG, *, poke_interval: float = 0.1, settling_time: float = 0.0, retry_delay: timedelta = timedelta()
) -> None:
    """Make the tasks of a DAG look, settle and try again soon, mapped ones included.

    Args:
        dag: The DAG; it is changed.
        poke_interval: Seconds between two looks of its sensors.
        settling_time: Seconds between two looks of its operators after an answer was lost.
        retry_delay: Time between two tries of its tasks.
    """
    share_api()
    settings = {"poke_interval": poke_interval, "settling_time": settling_time, "retry_delay": retry_delay}
    for task in dag.task_dict.values():
        known = _arguments_of(getattr(task, "operator_class", type(task)))
        fitting = {name: value for name, value in settings.items() if name in known}
        # A mapped task keeps what its instances have in common in a dictionary.
        getattr(task, "partial_kwargs", vars(task)).update(fitting)
        # A wait that begins in the triggerer has had its arguments made already.
        if begun := getattr(task, "start_trigger_args", None):
            begun.trigger_kwargs["poke_interval"] = poke_interval


def share_api() -> None:
    """Have all tasks of `dag.test()` share what answers them.

    Before 3.3 Airflow makes that API anew for each task, which takes seconds, and may ask it too early.
    """
    from airflow.sdk.execution_time import supervisor

    if not hasattr(supervisor.in_process_api_server, "cache_info"):
        supervisor.in_process_api_server = cache(supervisor.in_process_api_server)


def _arguments_of(operator: type[Any]) -> set[str]:
    makers = [vars(one)["__init__"] for one in operator.__mro__ if "__init__" in vars(one)]
    return {name for maker in makers for name in inspect.signature(maker).parameters}
