"""Request bodies and filters: what is sent, and what is refused before anything is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pendulum
import pytest

from airflow_provider_covage.api import models, working_days
from airflow_provider_covage.api.covage import CALLS
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.prizz import CALLS as PRIZZ

PARIS_SUMMER = timezone(timedelta(hours=2))
SITE = {"product_offering_qualification_item_id": "e1"}
CONTACT = {
    "end_customer_name": "Covage corp",
    "contact1_email_address": "John.Doe@unknown.com",
    "contact1_firstname": "John",
    "contact1_lastname": "Doe",
    "contact1_phone_number": "0123456789",
    "city": "Mont-Saint-Aignan",
    "postcode": "76130",
    "street_name": "Rue Andrei Sakharov",
    "street_number": "4",
    "insee_code": "76451",
}


def line(**fields: Any) -> dict[str, Any]:
    """Return the body of a new quotation line."""
    return CALLS.quote_item.create("b1", **{**SITE, **fields}).request.json


def order_line(**fields: Any) -> dict[str, Any]:
    """Return the body of a new order line."""
    fields = {**SITE, "product_offering_id": "2173", **fields}
    return CALLS.product_order_item.create("s1", **fields).request.json


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: CALLS.quote.create(extrenal_id="A"),
            r"quote\.create: extrenal_id.*did you mean external_id\?",
        ),
        (lambda: CALLS.quote.create(colour="red"), "colour: no such field; nothing was sent"),
        (lambda: CALLS.quote.list(creation_date="2026-04-23"), r"did you mean creation_date_[gl]t\?"),
        (lambda: line(site_conection_type="FTTO"), r"did you mean site_connection_type\?"),
        (lambda: order_line(offer_familly="BPE"), r"did you mean offer_family\?"),
        (
            lambda: order_line(related_contact_information=[{**CONTACT, "contact1_mail_address": "x"}]),
            r"related_contact_information\.0\.contact1_mail_address.*did you mean contact1_email_address\?",
        ),
        (lambda: CALLS.quote_item.export_csv(offer_family="BPE"), "offer_family: no such field"),
        (
            lambda: CALLS.product_order_item.update("s", "l", offer_family="BPE"),
            "offer_family: no such field",
        ),
    ],
)
def test_an_unknown_field_is_refused_with_the_nearest_name(call, message):
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: CALLS.quote_item.create("b1"), "product_offering_qualification_item_id: is needed"),
        (lambda: line(product_offering_qualification_item_id=None), "item_id: is needed"),
        (lambda: line(product_offering_qualification_item_id=""), "product_offering_qualification_item_id"),
        (lambda: line(product_offering_qualification_item_id="  "), "product_offering_qualification_item_id"),
        (lambda: CALLS.product_order_item.create("s1", **SITE), "product_offering_id: is needed"),
        (lambda: CALLS.quote_item.accept("l1", product_id=""), "product_id"),
        (lambda: CALLS.quote_item.accept("l1", product_id=None), "product_id: is needed"),
        (lambda: line(product_offerings=["1", "2", "3", "4", "5"]), "at most 4"),
        (lambda: line(product_offerings="2173"), "product_offerings"),
        (lambda: line(related_contact_information=[{}, {}, {}]), "at most 2"),
        (lambda: line(expected_response_date="21/09/2026"), "plain date such as"),
        (lambda: line(expected_response_date="2026-02-30"), "plain date such as"),
        (lambda: line(expected_response_date="soon"), "plain date such as"),
        (lambda: line(expected_response_date=20260921), "plain date such as"),
        (lambda: line(expected_response_date=datetime(2026, 9, 21, tzinfo=UTC)), "plain date such as"),
        (lambda: line(expected_response_date="2026-09-21T10:00:00"), "plain date such as"),
        (lambda: CALLS.quote.list(creation_date_gt=datetime(2026, 4, 23)), "time zone"),
        (lambda: CALLS.quote.list(creation_date_gt="yesterday"), "ISO 8601"),
        (lambda: CALLS.quote.list(creation_date_gt=1776931200), "ISO 8601"),
        (lambda: order_line(vlan_reference=[1]), "vlan_reference"),
        (lambda: order_line(siret_known="perhaps"), "siret_known"),
        (lambda: order_line(related_contact_information=[{"latitude": 91}]), "latitude"),
        (lambda: order_line(related_contact_information=CONTACT), "related_contact_information"),
    ],
)
def test_a_slip_is_named_and_nothing_is_sent(call, message):
    with pytest.raises(InputError, match=message) as caught:
        call()
    assert str(caught.value).endswith("nothing was sent")


def test_all_slips_are_named_at_once():
    with pytest.raises(InputError) as caught:
        order_line(vlan_reference=[], enni_3="x", scheduled_delivery_date="x", product_offering_id=None)
    for name in ("vlan_reference", "enni_3", "scheduled_delivery_date", "product_offering_id"):
        assert name in str(caught.value)


@pytest.mark.parametrize("fields", [["external_id"], "external_id", None])
def test_fields_that_are_no_dict_are_refused(fields):
    with pytest.raises(InputError, match="dict"):
        models.body(models.QuoteFields, fields, of="quote.create")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"product_offerings": [2173, "2174"]}, {"product_offerings": ["2173", "2174"]}),
        ({"product_offerings": ("2173",)}, {"product_offerings": ["2173"]}),
        ({"option_ids": [2210]}, {"option_ids": ["2210"]}),
        ({"product_offerings": ["1", "2", "3", "4"]}, {"product_offerings": ["1", "2", "3", "4"]}),
        ({"external_id": 17}, {"external_id": "17"}),
        ({"external_id": ""}, {"external_id": ""}),
        ({"external_id": None, "note": None}, {}),
        ({"expected_response_date": date(2099, 9, 21)}, {"expected_response_date": "2099-09-21"}),
        ({"expected_response_date": pendulum.date(2099, 9, 21)}, {"expected_response_date": "2099-09-21"}),
        ({"expected_response_date": "2099-09-21"}, {"expected_response_date": "2099-09-21"}),
        ({"expected_response_date": ""}, {"expected_response_date": ""}),
        (
            {"related_contact_information": [{"any": "shape"}]},
            {"related_contact_information": [{"any": "shape"}]},
        ),
    ],
)
def test_what_is_sent_of_a_quotation_line(given, sent):
    assert line(**given) == {**SITE, **sent}


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"product_offering_id": 2173}, {"product_offering_id": "2173"}),
        ({"vlan_reference": 1257}, {"vlan_reference": 1257}),
        ({"vlan_reference": "1257"}, {"vlan_reference": "1257"}),
        ({"enni_2": "A", "enni2": "B"}, {"enni_2": "A", "enni2": "B"}),
        ({"cpe_networking_number": "N"}, {"cpe_networking_number": "N"}),
        ({"cpe_network_number": "N"}, {"cpe_network_number": "N"}),
        ({"siret_known": False}, {"siret_known": False}),
        ({"related_contact_information": [CONTACT]}, {"related_contact_information": [CONTACT]}),
        (
            {"related_contact_information": [{"street_number": 4, "latitude": 49, "longitude": None}]},
            {"related_contact_information": [{"street_number": "4", "latitude": 49, "longitude": None}]},
        ),
        ({"scheduled_delivery_date": date(2099, 9, 21)}, {"scheduled_delivery_date": "2099-09-21"}),
    ],
)
def test_what_is_sent_of_an_order_line(given, sent):
    assert order_line(**given) == {**SITE, "product_offering_id": "2173", **sent}


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2026-04-23", "2026-04-23"),
        ("2026-04-23T10:00:00+02:00", "2026-04-23T10:00:00+02:00"),
        ("2026-04-23T10:00:00", "2026-04-23T10:00:00"),
        (datetime(2026, 4, 23, 10, tzinfo=UTC), "2026-04-23T10:00:00+00:00"),
        (datetime(2026, 4, 23, 10, tzinfo=PARIS_SUMMER), "2026-04-23T10:00:00+02:00"),
        (pendulum.datetime(2026, 4, 23, 10, tz="Europe/Paris"), "2026-04-23T10:00:00+02:00"),
    ],
)
def test_what_is_sent_of_a_bound(moment, sent):
    assert dict(CALLS.quote.list(creation_date_gt=moment).request.query) == {"creation_date_gt": sent}


def test_fields_left_out_of_an_update_are_not_sent():
    call = CALLS.product_order_item.update("s1", "l1", note="late", enni=None)
    assert call.request.json == {"note": "late"}


def test_the_caller_s_own_dict_is_left_alone():
    fields = {"external_id": "A", "note": None, "product_offerings": [2173]}
    line(**fields)
    assert fields == {"external_id": "A", "note": None, "product_offerings": [2173]}


QUOTE_ITEM = {"product_offerings": ["2173"], "end_customer_name": "C", "site_connection_type": "FTTO"}


@pytest.mark.parametrize(
    ("changes", "gaps"),
    [
        ({}, []),
        ({"end_customer_name": ""}, ["end_customer_name is missing"]),
        ({"end_customer_name": "  "}, ["end_customer_name is missing"]),
        ({"product_offerings": None}, ["product_offerings is missing"]),
        (
            {"product_offerings": [], "site_connection_type": None},
            ["product_offerings is missing", "site_connection_type is missing"],
        ),
    ],
)
def test_what_a_quotation_line_lacks(changes, gaps):
    assert models.quote_item_gaps({**QUOTE_ITEM, **changes}) == gaps


@pytest.mark.parametrize("gaps", [models.quote_item_gaps, models.order_item_gaps])
def test_what_an_answer_does_not_show_is_not_missed(gaps):
    assert gaps({"id": "l1"}) == []


ORDER_ITEM: dict[str, Any] = {
    "enni": "CN012345",
    "offer_family": "BPE",
    "related_contact_information": [CONTACT],
    "option_ids": [],
    "cpe_networking_number": "",
    "cpe_serial_number": None,
}


@pytest.mark.parametrize(
    ("changes", "gaps"),
    [
        ({}, []),
        ({"enni": ""}, ["enni is missing"]),
        ({"enni": None}, ["enni is missing"]),
        ({"enni": "", "offer_family": "DIA"}, []),
        ({"enni": "", "offer_family": ""}, ["enni is missing"]),
        ({"related_contact_information": []}, ["related_contact_information is missing"]),
        ({"related_contact_information": None}, ["related_contact_information is missing"]),
        (
            {"related_contact_information": [CONTACT, {**CONTACT, "city": "", "insee_code": None}]},
            [
                "related_contact_information[1].city is missing",
                "related_contact_information[1].insee_code is missing",
            ],
        ),
        (
            {"option_ids": ["7021"]},
            [
                "cpe_networking_number is missing (option 7021)",
                "cpe_serial_number is missing (option 7021)",
            ],
        ),
        ({"option_ids": [7021], "cpe_networking_number": "N", "cpe_serial_number": "S"}, []),
        ({"option_ids": ["7021"], "cpe_network_number": "N", "cpe_serial_number": "S"}, []),
        ({"cpe_networking_number": "N"}, ["cpe_networking_number has to be empty without option 7021"]),
        ({"cpe_network_number": "N"}, ["cpe_networking_number has to be empty without option 7021"]),
        (
            {"option_ids": None, "cpe_serial_number": "S"},
            ["cpe_serial_number has to be empty without option 7021"],
        ),
    ],
)
def test_what_an_order_line_lacks(changes, gaps):
    assert models.order_item_gaps({**ORDER_ITEM, **changes}) == gaps


@pytest.mark.parametrize("name", models.CONTACT_NEEDS)
def test_each_needed_field_of_a_contact_is_missed(name):
    found = models.order_item_gaps({**ORDER_ITEM, "related_contact_information": [{**CONTACT, name: " "}]})
    assert found == [f"related_contact_information[0].{name} is missing"]


def test_what_the_documents_need_at_the_confirmation_is_what_is_looked_for(facts):
    operations = {one["id"]: one for one in facts["operations"]}
    at_confirmation = {
        field["name"]
        for field in operations["quote_item.create"]["body"]
        if field["required"] == "at_confirmation"
    }
    contact = {
        field["name"]
        for field in facts["models"]["RelatedContactInformation"]["fields"]
        if field["required"] == "at_confirmation"
    }
    assert set(models.QUOTE_ITEM_NEEDS) == at_confirmation
    assert set(models.CONTACT_NEEDS) == contact


@pytest.mark.parametrize(
    ("today", "earliest"),
    [
        (date(2026, 4, 20), date(2026, 4, 27)),  # Monday to Monday
        (date(2026, 4, 24), date(2026, 5, 4)),  # over a week-end and the first of May
        (date(2026, 4, 25), date(2026, 5, 4)),  # from a Saturday
        (date(2026, 12, 22), date(2026, 12, 30)),  # over Christmas
    ],
)
def test_five_working_days_are_counted_by_the_french_calendar(today, earliest):
    assert working_days.first_answer_date(today) == earliest


@pytest.mark.parametrize("given", ["2020-01-01", date(2020, 1, 1)])
def test_an_answer_about_dark_fibre_cannot_be_wanted_too_early(given):
    with pytest.raises(
        InputError, match=r"expected_response_date.*too early.*first possible is 20.*nothing was sent"
    ):
        CALLS.fon.create(expected_response_date=given)


@pytest.mark.parametrize("given", ["", "2099-09-21", date(2099, 9, 21)])
def test_an_answer_about_dark_fibre_can_be_wanted_later_or_at_any_time(given):
    assert CALLS.fon.create(expected_response_date=given).request.json == {
        "expected_response_date": str(given)
    }


@pytest.mark.parametrize(
    "build",
    [
        lambda: line(product_offering_qualification_item_id="None"),
        lambda: line(end_customer_name=" None "),
        lambda: line(product_offerings=["2173", "None"]),
        lambda: line(project_id="None"),
        lambda: order_line(enni="None"),
        lambda: order_line(quote_item_id="None"),
        lambda: order_line(related_contact_information=[{**CONTACT, "end_customer_name": "None"}]),
        lambda: order_line(related_contact_information=[{**CONTACT, "insee_code": "None"}]),
        lambda: CALLS.quote.create(project_id="None"),
        lambda: CALLS.product_order.create(external_id="None"),
        lambda: CALLS.fon.create(end_customer_name="None"),
        lambda: PRIZZ.commercial_offer_section.create(1, name="None"),
        lambda: PRIZZ.commercial_offer_section.create(1, name="Agency", client_reference="None"),
        lambda: PRIZZ.commercial_offer_section.set_offer(1, 2, offer_id=3, eligibility={"address": "None"}),
    ],
)
def test_what_a_missing_value_leaves_behind_is_refused(build):
    """A template makes the text "None" of the result of a task that was skipped."""
    with pytest.raises(InputError, match=r"a missing value leaves behind.*nothing was sent"):
        build()


def test_none_is_a_word_where_people_write():
    assert line(note="None", technical_note="None")["note"] == "None"
    assert order_line(related_contact_information=[{**CONTACT, "contact1_lastname": "None"}])


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("insee_code", 1053),
        ("postcode", 1000),
        ("siret", 1234567890123),
        ("contact1_phone_number", 123456789),
    ],
)
def test_number_that_has_lost_its_zeros_is_refused(name, number):
    with pytest.raises(InputError, match=f"0.{name}: a text is wanted: as a number it has lost the zeros"):
        order_line(related_contact_information=[{**CONTACT, name: number}])


@pytest.mark.parametrize(
    ("name", "number"), [("insee_code", 76451), ("siret", 12345678901234), ("street_number", 4)]
)
def test_number_that_has_all_its_digits_is_a_text(name, number):
    sent = order_line(related_contact_information=[{**CONTACT, name: number}])
    assert sent["related_contact_information"][0][name] == str(number)
