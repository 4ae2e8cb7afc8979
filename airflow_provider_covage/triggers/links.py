"""Links to the portal of waits that no worker sees: Airflow has links made by workers alone."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
import weakref
from collections.abc import AsyncIterator
from typing import Any

from airflow.sdk.bases.xcom import BaseXCom

from airflow_provider_covage.hooks import portal
from airflow_provider_covage.hooks.links import PortalLink

_FRESH = 60.0
"""Seconds for which the template of a connection serves all waits on it."""


class _Portals:
    """What all waits of an event loop share."""

    def __init__(self) -> None:
        self.templates: dict[tuple[str, str], tuple[float, asyncio.Task[str]]] = {}
        # One after the other: whatever else the triggerer has to tell Airflow has its turn between.
        self.turn = asyncio.Lock()


_PORTALS: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Portals] = weakref.WeakKeyDictionary()


async def link(kind: PortalLink, trigger: Any, outcome: Any = None) -> dict[str, str]:
    """Make the link of a wait.

    Args:
        kind: The kind of link.
        trigger: The trigger, with its arguments rendered.
        outcome: What the task returns; None as long as it does not.

    Returns:
        The address by the name of its XCom; nothing where there is none.
    """
    try:
        template = await _template(kind, trigger)
        make = functools.partial(portal.link, template)
        address = template and kind.address(trigger, lambda: outcome, make)
    except Exception as error:
        trigger.log.warning("no link to the portal: %s", error)
        return {}
    return {kind.xcom_key: address} if address else {}


@contextlib.asynccontextmanager
async def link_kept(kind: PortalLink, trigger: Any) -> AsyncIterator[None]:
    """Keep the link of a wait that has just begun, while it goes on.

    Args:
        kind: The kind of link.
        trigger: The trigger, which knows its task instance.

    Yields:
        Nothing.
    """
    keeping = asyncio.create_task(_keep(kind, trigger))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _keep(kind: PortalLink, trigger: Any) -> None:
    instance = trigger.task_instance
    names = {name: getattr(instance, name) for name in ("dag_id", "run_id", "task_id", "map_index")}
    async with _portals().turn:
        for key, address in (await link(kind, trigger)).items():
            try:
                await BaseXCom.aset(key, address, **names)
            except Exception as error:
                trigger.log.warning("the link to the portal cannot be kept, waiting without it: %s", error)


async def _template(kind: PortalLink, trigger: Any) -> str:
    templates, key = _portals().templates, (trigger.conn_type, getattr(trigger, trigger.conn_id_name))
    moment, reading = templates.get(key, (0.0, None))
    if reading is None or time.monotonic() - moment > _FRESH:
        reading = asyncio.create_task(kind.hook(trigger).aportal_url())
        templates[key] = time.monotonic(), reading
    return await asyncio.shield(reading)


def _portals() -> _Portals:
    return _PORTALS.setdefault(asyncio.get_running_loop(), _Portals())
