"""Making offers and filling them: once, whatever becomes of an answer."""

from __future__ import annotations

import pytest

from airflow_provider_covage.api.errors import UnknownOutcome
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.prizz import (
    PrizzAddSectionOperator,
    PrizzCreateCommercialOfferOperator,
    PrizzFastOrderOperator,
    PrizzRemoveSectionOperator,
    PrizzRenameSectionOperator,
    PrizzRequestEligibilityOperator,
    PrizzSetSectionOfferOperator,
    PrizzUpdateSectionItemsOperator,
)

ORDER = {"eligibility_id": 55, "combination_id": "c-1", "name": "Agency Caen"}

ids_of = pytest.mark.parametrize("id_of", ["object", "parent", "workflow"])


class TestFastOrder:
    @ids_of
    def test_it_returns_the_offer_whatever_the_answer_has_an_id_of(self, prizz, run, id_of):
        prizz.id_of = id_of
        prizz.eligibility()
        made = run(PrizzFastOrderOperator, **ORDER)
        assert list(prizz.offers) == [made]
        (section,) = prizz.offers[made]["sections"]
        assert section["name"] == "Agency Caen"
        assert section["clientReference"].startswith("af-act-")

    def test_a_reference_of_your_own_is_sent_as_it_is(self, prizz, run):
        prizz.eligibility()
        made = run(PrizzFastOrderOperator, **ORDER, client_reference=" ERP-1 ")
        assert prizz.offers[made]["sections"][0]["clientReference"] == "ERP-1"

    @ids_of
    @pytest.mark.parametrize("effect", [True, False])
    @pytest.mark.parametrize("in_short", [True, False])
    def test_a_lost_answer_leads_to_one_offer(self, prizz, run_with_retries, id_of, effect, in_short):
        prizz.id_of, prizz.list_in_short = id_of, in_short
        prizz.eligibility()
        prizz.lose("fast_order/55", effect=effect)
        made = run_with_retries(PrizzFastOrderOperator, **ORDER)
        assert list(prizz.offers) == [made]

    def test_a_lost_answer_that_had_taken_effect_is_adopted_within_the_try(self, prizz, run):
        prizz.eligibility()
        prizz.lose("fast_order/55")
        run(PrizzFastOrderOperator, **ORDER)
        assert prizz.written("fast_order/55") == 1

    def test_nothing_is_sent_again_within_a_try(self, prizz, run):
        prizz.eligibility()
        prizz.lose("fast_order/55", effect=False)
        with pytest.raises(UnknownOutcome):
            run(PrizzFastOrderOperator, **ORDER)
        assert prizz.offers == {}

    def test_a_cleared_task_adopts_its_offer(self, prizz, run):
        prizz.eligibility()
        first = run(PrizzFastOrderOperator, **ORDER)
        assert run(PrizzFastOrderOperator, 2, **ORDER) == first
        assert len(prizz.offers) == 1

    @pytest.mark.parametrize("try_number", [1, 2])
    def test_an_offer_of_another_name_is_not_adopted(self, prizz, run, try_number):
        prizz.eligibility()
        first = run(PrizzFastOrderOperator, **ORDER)
        with pytest.raises(AirflowFailException, match="name is Agency Caen, not Agency Lille") as failure:
            run(PrizzFastOrderOperator, try_number, **{**ORDER, "name": "Agency Lille"})
        assert str(first) in str(failure.value)
        assert list(prizz.offers) == [first]

    @pytest.mark.parametrize("in_short", [True, False])
    def test_an_offer_that_is_listed_twice_is_no_twin(self, prizz, run, logs, in_short):
        prizz.shows_twice, prizz.list_in_short = True, in_short
        prizz.eligibility()
        first = run(PrizzFastOrderOperator, **ORDER)
        assert run(PrizzFastOrderOperator, 2, **ORDER) == first
        assert not any("do not sign" in line for line in logs())

    def test_another_task_makes_an_offer_of_its_own(self, prizz, run):
        prizz.eligibility()
        first = run(PrizzFastOrderOperator, **ORDER)
        assert run(PrizzFastOrderOperator, task_id="other", **ORDER) != first

    def test_offers_of_other_customers_are_not_looked_at(self, prizz, run):
        prizz.eligibility()
        other = prizz.offer(customer=77)
        other["sections"] = [{"id": 1, "name": "x", "clientReference": "ERP-1"}]
        assert run(PrizzFastOrderOperator, **ORDER, client_reference="ERP-1") != other["id"]

    def test_only_offers_since_the_run_was_to_start_are_looked_at(self, prizz, run, requests_mock):
        prizz.eligibility()
        run(PrizzFastOrderOperator, **ORDER)
        asked = [one.qs for one in requests_mock.request_history if one.path.endswith("/commercial_offers")]
        assert {one["createdate[from]"][0] for one in asked} == {"2026-11-21"}

    def test_a_reference_of_your_own_is_looked_for_among_all_offers(self, prizz, run, requests_mock):
        prizz.eligibility()
        run(PrizzFastOrderOperator, **ORDER, client_reference="ERP-1")
        assert not any("createdate" in str(one.qs) for one in requests_mock.request_history)

    def test_the_identifier_of_the_workflow_is_tried_where_the_other_is_unknown(self, prizz, run):
        prizz.eligibility(workflow=66)
        made = run(PrizzFastOrderOperator, **ORDER)
        assert list(prizz.offers) == [made]
        assert [path for path, _ in prizz.writes] == [
            "/commercial_offers/fast_order/55",
            "/commercial_offers/fast_order/66",
        ]

    @pytest.mark.parametrize("lag", [1, 2])
    def test_a_list_that_lags_does_no_harm(self, prizz, run, lag):
        prizz.eligibility()
        prizz.id_of = "workflow" if lag == 1 else "object"
        prizz.offer(customer=1)
        prizz.lag = lag + 1
        made = run(PrizzFastOrderOperator, **ORDER)
        assert prizz.written("fast_order/55") == 1
        assert prizz.offers[made]["sections"][0]["name"] == "Agency Caen"

    def test_a_request_delivered_twice_leaves_a_draft_that_is_named(self, prizz, run, logs):
        prizz.eligibility()
        prizz.twice("fast_order/55")
        made = run(PrizzFastOrderOperator, **ORDER)
        assert made == min(prizz.offers)
        assert any("do not sign it" in line for line in logs())

    def test_a_reference_that_does_not_come_back_is_not_missed(self, prizz, run):
        prizz.gives_references_back = False
        prizz.eligibility()
        assert run(PrizzFastOrderOperator, **ORDER) in prizz.offers

    def test_an_offer_that_cannot_be_found_is_not_made_again(self, prizz, run):
        prizz.gives_references_back, prizz.id_of = False, "workflow"
        prizz.eligibility()
        with pytest.raises(AirflowFailException, match="look for it in the extranet"):
            run(PrizzFastOrderOperator, **ORDER)
        assert prizz.written("fast_order/55") == 1

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"combination_id": "c-9"}, "no combination c-9; it has c-1, c-2"),
            ({"combination_id": ""}, "combination_id"),
            ({"eligibility_id": "None"}, "eligibility_id has to be a whole number"),
            ({"client_reference": "None"}, "client_reference"),
            ({"name": " "}, "name"),
        ],
    )
    def test_bad_input_is_said_before_anything_is_sent(self, prizz, run, changes, message):
        prizz.eligibility()
        with pytest.raises(AirflowFailException, match=message):
            run(PrizzFastOrderOperator, **{**ORDER, **changes})
        assert prizz.writes == []


class TestCreateCommercialOffer:
    ARGUMENTS = {"client_legal_entity_id": "1"}  # noqa: RUF012

    @ids_of
    def test_it_returns_the_offer_whatever_the_answer_has_an_id_of(self, prizz, run, id_of):
        prizz.id_of = id_of
        prizz.offer()
        made = run(PrizzCreateCommercialOfferOperator, **self.ARGUMENTS)
        assert made == max(prizz.offers)
        assert len(prizz.offers) == 2

    @ids_of
    @pytest.mark.parametrize("effect", [True, False])
    def test_a_lost_answer_leads_to_one_offer(self, prizz, run_with_retries, id_of, effect):
        prizz.id_of = id_of
        prizz.lose("/commercial_offers", effect=effect)
        assert [run_with_retries(PrizzCreateCommercialOfferOperator, **self.ARGUMENTS)] == list(prizz.offers)

    def test_drafts_that_were_there_before_are_not_taken_for_it(self, prizz, run):
        before = prizz.offer()
        prizz.lose("/commercial_offers")
        made = run(PrizzCreateCommercialOfferOperator, **self.ARGUMENTS)
        assert made != before["id"]
        assert len(prizz.offers) == 2

    def test_a_retry_takes_the_only_empty_draft_for_its_own(self, prizz, run):
        before = prizz.offer()
        prizz.offer(sections=1)
        prizz.offer(status="validated")
        prizz.offer(customer=9)
        assert run(PrizzCreateCommercialOfferOperator, 2, **self.ARGUMENTS) == before["id"]

    def test_a_retry_stops_at_several_and_names_them(self, prizz, run):
        first, second = prizz.offer()["id"], prizz.offer()["id"]
        with pytest.raises(AirflowFailException, match=f"2 empty drafts.*{first}.*{second}"):
            run(PrizzCreateCommercialOfferOperator, 2, **self.ARGUMENTS)
        assert prizz.writes == []

    def test_a_seller_tells_drafts_apart(self, prizz, run):
        prizz.offer(seller=8)
        wanted = prizz.offer(seller=3)["id"]
        arguments = {**self.ARGUMENTS, "legal_entity_id": 3}
        assert run(PrizzCreateCommercialOfferOperator, 2, **arguments) == wanted


class TestSections:
    def test_a_section_is_added_and_its_own_id_returned(self, prizz, run):
        offer = prizz.offer(sections=1)
        for prizz.id_of in ("object", "parent", "workflow"):
            made = run(
                PrizzAddSectionOperator,
                commercial_offer_id=offer["id"],
                name="Agency",
                task_id=prizz.id_of,
            )
            assert made == offer["sections"][-1]["id"]
        assert len(offer["sections"]) == 4

    @pytest.mark.parametrize("gives_references_back", [True, False])
    @pytest.mark.parametrize("effect", [True, False])
    def test_a_lost_answer_leads_to_one_section(self, prizz, run_with_retries, effect, gives_references_back):
        prizz.gives_references_back = gives_references_back
        offer = prizz.offer()
        prizz.lose("/sections", effect=effect)
        run_with_retries(PrizzAddSectionOperator, commercial_offer_id=offer["id"], name="Agency")
        assert len(offer["sections"]) == 1

    def test_a_section_of_that_name_that_somebody_else_has_added_is_left_alone(self, prizz, run):
        offer = prizz.offer()
        for reference in (None, "ERP-1"):
            prizz._section(offer, {"name": "Agency", "clientReference": reference})
        made = run(PrizzAddSectionOperator, 2, commercial_offer_id=offer["id"], name="Agency")
        assert made == offer["sections"][2]["id"]

    def test_where_no_section_shows_its_reference_several_of_a_name_stop_a_retry(self, prizz, run):
        prizz.gives_references_back = False
        offer = prizz.offer()
        for _ in range(2):
            prizz._section(offer, {"name": "Agency"})
        with pytest.raises(AirflowFailException, match="2 sections named 'Agency'"):
            run(PrizzAddSectionOperator, 2, commercial_offer_id=offer["id"], name="Agency")
        assert prizz.writes == []

    def test_a_second_one_of_the_same_moment_is_removed(self, prizz, run):
        offer = prizz.offer()
        prizz.twice("/sections")
        made = run(PrizzAddSectionOperator, commercial_offer_id=offer["id"], name="Agency")
        assert [one["id"] for one in offer["sections"]] == [made]

    def test_a_second_one_with_a_reference_of_your_own_is_left_alone(self, prizz, run):
        offer = prizz.offer()
        prizz.twice("/sections")
        arguments = {"commercial_offer_id": offer["id"], "name": "Agency", "client_reference": "ERP-1"}
        run(PrizzAddSectionOperator, **arguments)
        assert len(offer["sections"]) == 2

    def test_a_section_of_another_name_is_neither_adopted_nor_removed(self, prizz, run):
        arguments = {"commercial_offer_id": prizz.offer()["id"], "client_reference": "ERP-1"}
        run(PrizzAddSectionOperator, **arguments, name="Agency")
        with pytest.raises(AirflowFailException, match="its name is Agency, not Depot"):
            run(PrizzAddSectionOperator, 2, **arguments, name="Depot")
        (offer,) = prizz.offers.values()
        assert [one["name"] for one in offer["sections"]] == ["Agency"]

    def test_a_submitted_offer_takes_no_section(self, prizz, run):
        offer = prizz.offer(status="validated")
        with pytest.raises(AirflowFailException, match="is validated: sections can be added to a draft only"):
            run(PrizzAddSectionOperator, commercial_offer_id=offer["id"], name="Agency")

    def test_a_section_that_is_there_is_found_even_after_the_submission(self, prizz, run):
        offer = prizz.offer()
        arguments = {"commercial_offer_id": offer["id"], "name": "Agency"}
        made = run(PrizzAddSectionOperator, **arguments)
        offer["status"] = "validated"
        assert run(PrizzAddSectionOperator, 2, **arguments) == made

    @pytest.mark.parametrize(
        ("operator", "arguments", "path"),
        [
            (PrizzRenameSectionOperator, {"name": "New"}, "/rename"),
            (PrizzSetSectionOfferOperator, {"offer_id": "8", "address": "1 rue X"}, "/offer"),
            (PrizzUpdateSectionItemsOperator, {"bandwidth": 1000}, "/update_items"),
        ],
    )
    def test_changes_are_sent_again_after_a_lost_answer(self, prizz, run, operator, arguments, path):
        offer = prizz.offer(sections=1)
        (section,) = offer["sections"]
        prizz.lose(path)
        ids = {"commercial_offer_id": str(offer["id"]), "section_id": section["id"]}
        assert run(operator, **ids, **arguments)["id"] == section["id"]
        assert prizz.written(path) == 2

    def test_numbers_of_items_are_sent_as_texts(self, prizz, run):
        offer = prizz.offer(sections=1)
        ids = {"commercial_offer_id": offer["id"], "section_id": offer["sections"][0]["id"]}
        run(PrizzUpdateSectionItemsOperator, **ids, bandwidth=1000, commitment="24")
        assert prizz.writes[-1][1] == {"bandwidth": "1000", "commitment": "24"}

    @pytest.mark.parametrize("effect", [True, False])
    def test_a_section_is_removed_once(self, prizz, run_with_retries, effect):
        offer = prizz.offer(sections=2)
        first, second = offer["sections"]
        prizz.lose(f"/sections/{first['id']}", effect=effect)
        ids = {"commercial_offer_id": offer["id"], "section_id": first["id"]}
        assert run_with_retries(PrizzRemoveSectionOperator, **ids) == {**ids, "deleted": True}
        assert offer["sections"] == [second]

    def test_a_section_of_another_offer_is_not_changed(self, prizz, run):
        offer, other = prizz.offer(sections=1), prizz.offer(sections=1)
        ids = {"commercial_offer_id": offer["id"], "section_id": other["sections"][0]["id"]}
        with pytest.raises(AirflowFailException, match=r"has no section \d+; it has \d+ \(Site\)"):
            run(PrizzRenameSectionOperator, **ids, name="New")
        assert prizz.writes == []

    @pytest.mark.parametrize(
        ("operator", "arguments", "words"),
        [
            (PrizzRenameSectionOperator, {"name": "New"}, "its name is Site, not New"),
            (PrizzSetSectionOfferOperator, {"offer_id": 8, "address": "1 rue X"}, "its offer is 3, not 8"),
        ],
    )
    @pytest.mark.parametrize("try_number", [1, 2])
    def test_a_submitted_offer_is_not_changed(self, prizz, run, try_number, operator, arguments, words):
        offer = prizz.offer(sections=1, status="validated")
        ids = {"commercial_offer_id": offer["id"], "section_id": offer["sections"][0]["id"]}
        with pytest.raises(AirflowFailException, match="cannot be changed") as failure:
            run(operator, try_number, **ids, **arguments)
        assert (words in str(failure.value)) == (try_number == 2)
        assert prizz.writes == []

    @pytest.mark.parametrize(
        ("operator", "arguments"),
        [
            (PrizzRenameSectionOperator, {"name": "New"}),
            (PrizzSetSectionOfferOperator, {"offer_id": 8, "address": "1 rue X"}),
            (PrizzUpdateSectionItemsOperator, {"bandwidth": 1000}),
        ],
    )
    def test_a_change_before_the_submission_is_done(self, prizz, run, operator, arguments):
        offer = prizz.offer(sections=1)
        ids = {"commercial_offer_id": offer["id"], "section_id": offer["sections"][0]["id"]}
        run(operator, **ids, **arguments)
        offer["status"] = "validated"
        assert run(operator, 2, **ids, **arguments)["id"] == ids["section_id"]
        assert len(prizz.writes) == 1

    @pytest.mark.parametrize("site", [{}, {"address_a": "x"}, {"address_b": "y"}])
    def test_an_offer_needs_a_site(self, prizz, run, site):
        with pytest.raises(AirflowFailException, match="address_a and address_b"):
            run(PrizzSetSectionOfferOperator, commercial_offer_id=1, section_id=2, offer_id=3, **site)

    def test_an_update_without_change_is_refused(self, prizz, run):
        with pytest.raises(AirflowFailException, match="nothing to change"):
            run(PrizzUpdateSectionItemsOperator, commercial_offer_id=1, section_id=2)


class TestEligibility:
    def test_the_identifier_of_the_result_is_returned(self, prizz, run):
        made = run(PrizzRequestEligibilityOperator, client_id="1", address="1 rue X")
        assert made in prizz.eligibilities

    def test_of_several_the_one_for_the_company_is_chosen(self, prizz, run, requests_mock):
        answer = {"entities": [{"id": 8}, {"id": 1}], "responses": [50, 51]}
        requests_mock.post("https://my.example.net/external-api/v2/eligibility", json=answer)
        assert run(PrizzRequestEligibilityOperator, client_id=1, lat="44.8", lon=-0.57) == 51

    def test_where_the_companies_do_not_tell_the_results_do(self, prizz, run, requests_mock):
        prizz.eligibility(50)
        prizz.eligibilities[50]["client"] = {"id": 8}
        prizz.eligibility(51)
        requests_mock.post("https://my.example.net/external-api/v2/eligibility", json={"responses": [50, 51]})
        assert run(PrizzRequestEligibilityOperator, client_id=1, address="1 rue X") == 51

    def test_a_site_is_needed(self, prizz, run):
        with pytest.raises(AirflowFailException, match="address, or lat and lon"):
            run(PrizzRequestEligibilityOperator, client_id=1)
