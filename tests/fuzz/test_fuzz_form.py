"""The lines of sites in the form of `covage_quote_to_order`, whatever is written or pasted there."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError, validate

from airflow_provider_covage.api.errors import InputError
from covage_order_form import SITE_PARAMS
from covage_site_lines import fields_of_line

LINE = "Bakery; site-rouen; 4 Rue Andrei Sakharov; 76130 Mont-Saint-Aignan; 76451"

WORDS = st.text(st.characters(exclude_characters=";\t\r\n", exclude_categories=["Cs"]), min_size=1).map(
    lambda text: text.strip()
)
TEXTS = WORDS.filter(lambda text: bool(text) and len(text.splitlines()) == 1)


@given(TEXTS, TEXTS, st.integers(0, 9999), TEXTS, st.from_regex(r"[0-9]{5}", fullmatch=True), TEXTS)
def test_whatever_a_spreadsheet_holds_comes_back(customer, item, number, street, postcode, town):
    sheet = io.StringIO()
    cells = [customer, item, f"{number} Rue {street}", f"{postcode} {town}", "76451"]
    csv.writer(sheet, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="").writerow(
        cells
    )

    site = fields_of_line(sheet.getvalue(), "line 1")

    assert [site["end_customer_name"], site["product_offering_qualification_item_id"]] == [customer, item]
    assert [site["street_number"], site["street_name"]] == [str(number), f"Rue {street}"]
    assert [site["postcode"], site["city"]] == [postcode, town]


NEARLY = st.lists(
    st.one_of(st.sampled_from([*LINE.split("; "), "4", "76130 ", "a=b", " ", ""]), st.text(max_size=8)),
    max_size=8,
).map(";".join)


@given(st.one_of(NEARLY, st.text()))
def test_form_and_run_agree_on_what_is_a_site(line):
    try:
        validate([line], SITE_PARAMS["sites"].schema)
        fits = True
    except ValidationError:
        fits = False
    try:
        fields_of_line(line, "line 1")
    except InputError:
        assert not fits
    else:
        assert fits
