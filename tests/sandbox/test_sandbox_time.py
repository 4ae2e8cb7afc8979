from datetime import UTC, datetime, timedelta

import pytest

from airflow_provider_covage.sandbox import Timing
from airflow_provider_covage.sandbox.clock import Clock, format_date, fraction, parse_date


def test_a_clock_that_stands_still_moves_only_when_it_is_told_to(api, sandbox):
    before = sandbox.status()["now"]
    _, line = api.confirmed_line()
    assert sandbox.status()["now"] == before
    assert sandbox.advance(5) == before + 5
    assert api.state(f"/quote_item/{line}/") == "confirmed"


def test_speed_divides_every_duration(start):
    api = start(speed=100_000)
    basket, line = api.line()
    api.ok(api.patch(f"/quote/{basket}/confirm/"))
    while api.state(f"/quote_item/{line}/") != "ready":
        pass
    assert api.sandbox.speed == 100_000


def test_the_speed_can_be_changed(start):
    api = start()
    _, line = api.confirmed_line()
    assert api.state(f"/quote_item/{line}/") == "confirmed"
    api.sandbox.speed = 1_000_000
    while api.state(f"/quote_item/{line}/") != "ready":
        pass


def test_durations_can_be_set(start):
    api = start(timing=Timing(quote_line_min=1, quote_line_max=1))
    _, line = api.confirmed_line()
    api.sandbox.advance(1)
    assert api.state(f"/quote_item/{line}/") == "ready"


def test_durations_vary_from_line_to_line_but_not_from_run_to_run(start):
    def answered(api):
        basket = api.basket()
        for _ in range(6):
            api.line(basket)
        api.ok(api.patch(f"/quote/{basket}/confirm/"))
        api.sandbox.advance(20)
        seen = []
        for _ in range(20):
            api.sandbox.advance(1)
            lines = api.ok(api.get(f"/quote/{basket}/"))["quote_item"]
            seen.append([line["state"] for line in lines])
        return seen

    first, second, other = answered(start()), answered(start()), answered(start(jitter_seed=1))
    assert first == second != other
    assert len({tuple(states) for states in first}) > 3


def test_dates_are_real_ones_in_paris(api, sandbox):
    sandbox.advance(10_000_000)
    _, line = api.priced_line()
    shown = api.ok(api.get(f"/quote_item/{line}/"))
    now = datetime.now(UTC)
    for name in ("creation_date", "quote_date", "response_date"):
        date = datetime.fromisoformat(shown[name])
        assert abs(now - date) < timedelta(seconds=20)
        assert date.utcoffset() in (timedelta(hours=1), timedelta(hours=2))
    assert shown["creation_date"] <= shown["quote_date"] <= shown["response_date"]


def test_dates_of_a_fast_sandbox_do_not_run_ahead():
    clock = Clock(speed=1000)
    clock.advance(500)
    instant = clock.now()
    dates = [clock.date(at) for at in (0, 250, 500, instant)]
    assert dates == sorted(dates)
    assert abs(dates[-1] - datetime.now(UTC).timestamp()) < 5


def test_a_clock_neither_stops_nor_goes_back():
    with pytest.raises(ValueError, match="negative"):
        Clock(-1)
    with pytest.raises(ValueError, match="forward"):
        Clock(0).advance(-1)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2025-04-10T12:11:57.548+02:00", "2025-04-10T12:11:57.548+02:00"),
        ("2025-04-10T10:11:57.548Z", "2025-04-10T12:11:57.548+02:00"),
        ("2025-01-10T12:11:57.548", "2025-01-10T12:11:57.548+01:00"),
    ],
)
def test_dates_without_offset_are_those_of_paris(text, written):
    assert format_date(parse_date(text)) == written


def test_jitter_depends_on_nothing_but_its_parts():
    assert fraction(1, "quote_item", 2) == fraction(1, "quote_item", 2) != fraction(1, "quote_item", 3)
    assert all(0 <= fraction(number) < 1 for number in range(100))


def test_what_is_seeded_stays_as_it_is_however_long_one_waits(start):
    sandbox = start().sandbox
    sandbox.seed(quotes=3, lines_per_quote=8, orders=3)
    kinds = ("quote", "quote_item", "product_order", "product_order_item", "order")
    before = {kind: sandbox.records(kind) for kind in kinds}
    assert all(before.values())
    sandbox.advance(400 * 24 * 3600)
    assert {kind: sandbox.records(kind) for kind in kinds} == before
