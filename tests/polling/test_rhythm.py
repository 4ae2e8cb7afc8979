"""How often a wait looks."""

import pytest

from airflow_provider_covage.api.polling import Rhythm


@pytest.mark.parametrize(
    ("arguments", "longest"),
    [
        ({"poke_interval": 60}, [60, 60, 60, 60]),
        ({"poke_interval": 60, "exponential_backoff": True}, [60, 120, 240, 480]),
        ({"poke_interval": 60, "exponential_backoff": True, "max_wait": 200}, [60, 120, 200, 200]),
        ({"poke_interval": 60, "max_wait": 20}, [20, 20, 20, 20]),
        ({"poke_interval": 0}, [0.05] * 4),
    ],
    ids=str,
)
def test_pauses_between_looks(arguments, longest):
    rhythm = Rhythm(deadline=1e10, **arguments)
    for looks, most in enumerate(longest, start=1):
        pauses = [rhythm.pause(looks) for _ in range(100)]
        assert all(0.9 * most <= pause <= most for pause in pauses)
        assert arguments["poke_interval"] == 0 or len(set(pauses)) > 50, "waits march in step"


def test_pause_of_a_wait_of_many_looks_stays_finite():
    rhythm = Rhythm(poke_interval=60, deadline=1e10, exponential_backoff=True)
    assert rhythm.pause(10_000) < 1e12
