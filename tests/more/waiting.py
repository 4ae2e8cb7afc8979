"""Sensors and triggers as Airflow runs them, one step at a time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from airflow.sdk import BaseSensorOperator
from more_steps import context

from airflow_provider_covage.compat import TaskDeferred


def deferred(sensor: BaseSensorOperator) -> Any:
    """Run a deferrable sensor until it defers, and return its trigger."""
    with pytest.raises(TaskDeferred) as given_away:
        sensor.execute(context())
    return given_away.value.trigger


def event_of(trigger: Any) -> dict[str, Any]:
    """Run a trigger, made anew of what the triggerer is told, until it fires."""
    path, arguments = trigger.serialize()
    assert path.endswith(type(trigger).__name__)
    again = type(trigger)(**arguments)

    async def fired() -> Any:
        async for event in again.run():
            return event.payload
        raise AssertionError("the trigger ended without an event")

    return asyncio.run(fired())
