"""What was sent and what a record shows: what counts as something else, and what is only another form."""

from __future__ import annotations

import pytest

from airflow_provider_covage.api.agreement import contradictions, distinct, is_same_id, lacking

LONG = "Two pairs between the two buildings, as agreed on the telephone on Monday"


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ("CN012345", "CN012345"),
        ("MONT  SAINT-AIGNAN", "Mont Saint-Aignan "),
        (100, "100"),
        ("100", 100),
        ("49.00", 49.0),
        (True, "True"),
        ("2030-01-02T00:00:00+01:00", "2030-01-02"),
        ("2030-01-02T10:00:00+02:00", "2030-01-02T08:00:00+00:00"),
        (LONG[:60], LONG),
        (["2174", 2173], ["2173", "2174"]),
        ([{"city": "Caen", "siret": ""}], [{"city": "CAEN", "siret": "1", "level_number": "2"}]),
        ([{"city": "Caen"}, {"city": "Lille"}], [{"city": "Caen"}]),
        ([{"id": "2173"}], ["2173"]),
        ({"id": "2173"}, "2173"),
        ("", "CN012345"),
        (None, "CN012345"),
        ([], ["2173"]),
        ("CN012345", ""),
        (float("nan"), "nan"),
    ],
    ids=repr,
)
def test_what_contradicts_nothing(shown, sent):
    assert contradictions({"field": shown}, {"field": sent}) == []
    assert contradictions({"other": shown}, {"field": sent}) == []


@pytest.mark.parametrize(
    ("shown", "sent", "told"),
    [
        ("CN012345", "CN012346", "field is CN012345, not CN012346"),
        ("1053", "01053", "field is 1053, not 01053"),
        (100, 101, "field is 100, not 101"),
        (False, True, "field is False, not True"),
        ("2030-01-03", "2030-01-02", "field is 2030-01-03, not 2030-01-02"),
        ("2030-01-02T10:00:00Z", "2030-01-02T10:00:00+02:00", "field is 2030-01-02T10:00:00Z, not 2030"),
        ("second", "second floor", "field is second, not second floor"),
        (LONG, LONG[:60], "field is Two pairs"),
        (["2173"], ["2173", "2174"], "field is ['2173'], not ['2173', '2174']"),
        ([{"city": "Caen"}], [{"city": "Lille"}], "field is [{'city': 'Caen'}], not"),
        ([{"city": "Caen"}], [{"city": "Caen"}, {"city": "Caen"}], "field is [{'city': 'Caen'}], not"),
    ],
    ids=repr,
)
def test_what_is_something_else(shown, sent, told):
    (slip,) = contradictions({"field": shown}, {"field": sent})
    assert slip.startswith(told)


def test_what_was_not_filled_and_what_was_not_emptied_is_lacking():
    shown = {"note": "", "enni": "", "technical_note": "rack 7", "option_ids": [], "city": None}
    sent = {"note": "floor", "enni": "CN012345", "technical_note": "", "option_ids": [], "siret": "1"}
    assert lacking(shown, sent) == ["note is empty, not floor", "technical_note is rack 7, not empty"]


def test_a_value_of_any_length_is_told_in_one_short_line():
    (slip,) = contradictions({"note": "a\nb " * 500}, {"note": "c"})
    assert len(slip) < 200
    assert "\n" not in slip


def test_what_is_listed_twice_is_one_by_its_identifier():
    first, again, other = {"id": 1, "state": "new"}, {"id": "1", "state": "old"}, {"id": 2}
    assert distinct([first, other, again, {}, {}]) == [first, other, {}, {}]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(1, "1", True), ("1", "01", False), (None, None, False), ("", "", False), (0, "0", True)],
)
def test_identifiers_are_the_same_as_numbers_and_as_texts(one, other, same):
    assert is_same_id(one, other) is same
