"""What is kept of thousands of records between two starts of a triggerer."""

import json

import pytest

from airflow_provider_covage.api.events.mark import MOST_RECORDS, Known, Mark, digest, part_names

CREATED, READY = Known("created", "created"), Known("ready", "ready")


def kept(mark, store=None):
    """What is stored after a change, on top of what was."""
    _, values = mark.take_changes()
    return {**(store or {}), **json.loads(json.dumps(values))}


def restored(store):
    return Mark.restored(store[""], {name: store.get(name) for name in part_names()})


def test_what_is_stored_comes_back():
    keys = [digest(str(number)) for number in range(1000)]
    mark = Mark(past=5.0)
    for number, key in enumerate(keys):
        mark.note(key, READY if number % 3 else Known("ordered", "acknowledged+completed"))

    back = restored(kept(mark))

    assert len(back) == 1000
    assert [back.get(key) for key in keys] == [mark.get(key) for key in keys]
    assert back.past == 5.0
    assert back.get(digest("another")) is None


def test_a_mark_of_many_records_fits_into_what_airflow_likes_to_store():
    mark = Mark()
    for number in range(MOST_RECORDS):
        mark.note(digest(str(number)), READY)
    assert len(mark) == MOST_RECORDS
    assert max(len(json.dumps(value)) for value in kept(mark).values()) < 65535


def test_a_change_rewrites_a_small_part_and_the_head():
    mark = Mark()
    for number in range(1000):
        mark.note(digest(str(number)), CREATED)
    number, values = mark.take_changes()
    mark.stored(number)
    assert mark.take_changes()[1] == {}

    mark.note(digest("7"), READY)
    mark.note(digest("8"), CREATED)
    store = {**values, **mark.take_changes()[1]}
    assert len(mark.take_changes()[1]) == 2
    assert list(store)[-1] == "", "the head is written last: no head, no mark"
    assert restored(store).get(digest("7")) == READY


def test_what_could_not_be_stored_is_stored_with_the_next_change():
    mark = Mark()
    store = kept(mark)
    mark.note(digest("1"), READY)
    mark.take_changes()
    mark.note(digest("2"), READY)
    number, values = mark.take_changes()
    mark.note(digest("3"), READY)
    mark.stored(number)
    store = kept(mark, {**store, **values})
    assert len(restored(store)) == 3


def test_a_record_is_forgotten_once_the_list_has_not_shown_it_for_long():
    mark = Mark()
    gone, there = digest("gone"), digest("there")
    for key in (gone, there):
        mark.note(key, READY)
    mark.forget_all_but({there: 1}, now=0)
    mark.forget_all_but({there: 1, gone: 1}, now=3000)
    mark.forget_all_but({there: 1}, now=3600)
    assert mark.get(gone) == READY
    mark.forget_all_but({there: 1}, now=7200)
    assert mark.get(gone) is None
    assert mark.get(there) == READY
    assert len(restored(kept(mark))) == 1


@pytest.mark.parametrize(
    ("head", "parts"),
    [
        ("text", {}),
        ({"version": 99, "parts": 8, "past": 0}, {}),
        ({"version": 1, "parts": 8}, {}),
        ({"version": 1, "parts": 8, "past": 0}, {"0": [["ready", "ready"]]}),
        ({"version": 1, "parts": 8, "past": 0}, {"0": 7}),
    ],
    ids=str,
)
def test_what_something_else_has_stored_is_not_taken_for_a_mark(head, parts):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        Mark.restored(head, parts)
