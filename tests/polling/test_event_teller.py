"""Which changes are told, when some records cannot be looked at."""

import asyncio
import logging
import time

import pytest

from airflow_provider_covage.api.covage.observe import WATCHES
from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.api.events import Mark, Snapshot, Teller, teller
from airflow_provider_covage.api.events.mark import Known, digest
from airflow_provider_covage.api.events.snapshot import Sighting
from airflow_provider_covage.api.watching import Observation

READY = Sighting("", "ready", "ready", is_decided=False, created=None)


def following(names, states=None):
    known = {digest(name): Known("confirmed", "confirmed") for name in names}
    log = logging.getLogger(__name__)
    return Teller(WATCHES["quote"], states, Mark(known), catch_up=False, most=100, log=log)


def seen(names, look, state="ready"):
    """A sweep that has shown all of them in this state."""
    one = READY._replace(state=state, label=state)
    return Snapshot({digest(name): one._replace(resource_id=name) for name in names}, look)


async def shown(name):
    return Observation({"id": name, "state": "ready"}, "ready")


def test_records_that_cannot_be_looked_at_keep_no_others_from_being_told(caplog):
    broken = {f"broken{number}" for number in range(25)}
    names = [*sorted(broken), "sound"]
    mended, told, following_all = set(), [], following(names)

    async def look(name):
        if name in broken - mended:
            raise TransientError("out of order")
        return await shown(name)

    async def sweep():
        return [one["id"] for one in await following_all.tell(seen(names, look))]

    async def main():
        for _ in range(4):
            told.extend(await sweep())
        assert told == ["sound"]
        mended.update(broken)
        for _ in range(3):
            told.extend(await sweep())

    with caplog.at_level(logging.INFO):
        asyncio.run(main())
    assert sorted(told) == sorted(names), "and they are told, too, once they can be looked at"
    levels = [one.levelname for one in caplog.records if "cannot be looked at" in one.message]
    assert levels == ["WARNING", "INFO"]


@pytest.mark.parametrize("late", [False, True], ids=["a look hangs", "the sweep is long past"])
def test_what_takes_too_long_is_put_off(late, monkeypatch):
    monkeypatch.setattr(teller, "_LONGEST", 0.05)
    asked = []

    async def look(name):
        asked.append(name)
        if name == "hanging" and len(asked) < 3:
            await asyncio.Event().wait()
        return await shown(name)

    async def main():
        following_both = following(["hanging", "sound"])
        snapshot = seen(["hanging", "sound"], look)
        if late:
            snapshot.taken = time.time() - 60
        first = await following_both.tell(snapshot)
        then = await following_both.tell(seen(["hanging", "sound"], look))
        return [one["id"] for one in first], [one["id"] for one in then]

    first, then = asyncio.run(main())
    if late:
        assert (first, then, asked) == ([], ["sound"], ["hanging", "sound"])
    else:
        assert (first, then, asked) == (["sound"], ["hanging"], ["hanging", "sound", "hanging"])


@pytest.mark.parametrize("error", [TransientError("later"), None], ids=["trouble", "sound"])
def test_a_record_is_looked_at_once_for_all_who_follow(error):
    asked = []

    async def look(name):
        asked.append(name)
        await asyncio.sleep(0)
        if error:
            raise error
        return await shown(name)

    async def main():
        snapshot = seen(["quote"], look)
        return await asyncio.gather(*(following(["quote"]).tell(snapshot) for _ in range(3)))

    assert [len(one) for one in asyncio.run(main())] == [0 if error else 1] * 3
    assert asked == ["quote"]


def test_a_list_that_lags_for_a_moment_has_nothing_told_again():
    asked = []

    async def look(name):
        asked.append(name)
        return await shown(name)

    async def main():
        teller = following(["quote"], states=frozenset({"ready"}))
        sweeps = ["ready", "confirmed", "confirmed", "ready", "finalized"]
        return [len(await teller.tell(seen(["quote"], look, state))) for state in sweeps]

    assert asyncio.run(main()) == [1, 0, 0, 0, 0]
    assert len(asked) == 3, (
        "one for the news, two for what cannot be true; none for what nobody wants to know"
    )
