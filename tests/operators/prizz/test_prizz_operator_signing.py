"""Submitting and signing: once, with a code that a human gives and nobody sees."""

from __future__ import annotations

import datetime

import pytest
from airflow.sdk import DAG

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.prizz import (
    PrizzSignCommercialOfferOperator,
    PrizzSubmitCommercialOfferOperator,
)

CODE = "4711-signed"


class TestSubmit:
    def test_a_draft_is_submitted_and_the_offer_returned(self, prizz, run):
        offer = prizz.offer(sections=1)
        answer = run(PrizzSubmitCommercialOfferOperator, commercial_offer_id=str(offer["id"]))
        assert (answer["id"], answer["status"]) == (offer["id"], "validated")

    @pytest.mark.parametrize("status", ["estimate_pending", "approval_pending", "validated", "signed"])
    def test_an_offer_past_the_draft_is_left_alone(self, prizz, run, status):
        offer = prizz.offer(status=status, sections=1)
        answer = run(PrizzSubmitCommercialOfferOperator, commercial_offer_id=offer["id"])
        assert answer["status"] == status
        assert prizz.writes == []

    @pytest.mark.parametrize("effect", [True, False])
    def test_a_lost_answer_leads_to_one_submission(self, prizz, run_with_retries, effect):
        offer = prizz.offer(sections=1)
        prizz.lose("/submit", effect=effect)
        run_with_retries(PrizzSubmitCommercialOfferOperator, commercial_offer_id=offer["id"])
        assert prizz.written("/submit") == 1
        assert offer["status"] == "validated"

    def test_an_abandoned_offer_fails(self, prizz, run):
        offer = prizz.offer(status="abandoned")
        with pytest.raises(AirflowFailException, match=r"\d+ \(CPT\d+\) is abandoned"):
            run(PrizzSubmitCommercialOfferOperator, commercial_offer_id=offer["id"])

    def test_what_the_submission_will_miss_is_said_before(self, prizz, run):
        offer = prizz.offer()
        with pytest.raises(AirflowFailException, match="has no section to submit"):
            run(PrizzSubmitCommercialOfferOperator, commercial_offer_id=offer["id"])
        prizz._section(offer, {"name": "Agency"})["offer"] = None
        with pytest.raises(AirflowFailException, match=r"no offer is chosen for section \d+ \(Agency\)"):
            run(PrizzSubmitCommercialOfferOperator, commercial_offer_id=offer["id"])
        run(PrizzSubmitCommercialOfferOperator, commercial_offer_id=offer["id"], preflight=False)
        assert prizz.written("/submit") == 1


class TestSign:
    def test_without_a_code_one_is_sent(self, prizz, run):
        offer = prizz.offer(status="validated", sections=1)
        assert run(PrizzSignCommercialOfferOperator, commercial_offer_id=offer["id"]) == {
            "commercial_offer_id": offer["id"],
            "step": "codeSent",
            "service_contract_ids": [],
        }
        assert offer["status"] == "validated"

    def test_with_the_code_it_is_signed_and_the_contracts_returned(self, prizz, run):
        offer = prizz.offer(status="validated", sections=2)
        signed = run(PrizzSignCommercialOfferOperator, commercial_offer_id=offer["id"], code=CODE)
        contracts = [one["serviceContract"]["id"] for one in offer["sections"]]
        assert (signed["step"], signed["service_contract_ids"]) == ("signed", contracts)
        assert len(contracts) == 2

    @pytest.mark.parametrize("code", [CODE, None])
    def test_a_signed_offer_is_left_alone(self, prizz, run, code):
        offer = prizz.offer(status="signed", sections=1)
        signed = run(PrizzSignCommercialOfferOperator, commercial_offer_id=offer["id"], code=code)
        assert signed["step"] == "signed"
        assert prizz.writes == []

    @pytest.mark.parametrize("effect", [True, False])
    def test_a_lost_answer_leads_to_one_signature(self, prizz, run_with_retries, effect):
        offer = prizz.offer(status="validated", sections=1)
        prizz.lose("/sign", effect=effect)
        ids = {"commercial_offer_id": offer["id"], "code": CODE}
        signed = run_with_retries(PrizzSignCommercialOfferOperator, **ids)
        assert signed["step"] == "signed"
        assert len(signed["service_contract_ids"]) == 1
        assert prizz.written("/sign") == 1

    def test_a_wrong_code_fails_for_good_with_the_words_of_the_api(self, prizz, run_with_retries):
        offer = prizz.offer(status="validated", sections=1)
        with pytest.raises(AirflowFailException, match="did not succeed: wrong code"):
            run_with_retries(
                PrizzSignCommercialOfferOperator, commercial_offer_id=offer["id"], code="4711-false"
            )
        assert prizz.written("/sign") == 1

    def test_a_code_that_only_leads_to_another_one_is_no_signature(self, prizz, run, requests_mock):
        offer = prizz.offer(status="validated", sections=1)
        answer = {"id": offer["id"], "success": True, "step": "codeSent"}
        requests_mock.post(
            f"https://my.example.net/external-api/v2/commercial_offers/{offer['id']}/sign", json=answer
        )
        with pytest.raises(AirflowFailException, match="is not signed"):
            run(PrizzSignCommercialOfferOperator, commercial_offer_id=offer["id"], code=CODE)

    @pytest.mark.parametrize("code", ["", " ", "None"])
    def test_a_code_that_came_out_empty_sends_no_other_one(self, prizz, run, code):
        offer = prizz.offer(status="validated", sections=1)
        with pytest.raises(AirflowFailException, match="code is empty; was the form answered"):
            run(PrizzSignCommercialOfferOperator, commercial_offer_id=offer["id"], code=code)
        assert prizz.writes == []

    @pytest.mark.parametrize(
        ("status", "advice"),
        [("new", "submit it first"), ("estimate_pending", "wait for"), ("abandoned", "make a new one")],
    )
    def test_only_a_validated_offer_can_be_signed(self, prizz, run, status, advice):
        offer = prizz.offer(status=status, sections=1)
        with pytest.raises(AirflowFailException, match=advice):
            run(PrizzSignCommercialOfferOperator, commercial_offer_id=offer["id"], code=CODE)
        assert prizz.writes == []

    def test_a_status_that_no_document_knows_is_left_to_the_api(self, prizz, run):
        offer = prizz.offer(status="being_looked_at", sections=1)
        run(PrizzSignCommercialOfferOperator, commercial_offer_id=offer["id"])
        assert prizz.written("/sign") == 1

    def test_the_code_is_hidden_as_soon_as_it_is_rendered(self):
        from airflow.sdk._shared.secrets_masker import redact

        with DAG("hidden", start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)):
            sign = PrizzSignCommercialOfferOperator(
                task_id="sign", commercial_offer_id=1, code="{{ answer['code'] }}"
            )
        sign.render_template_fields({"answer": {"code": "shown-to-nobody"}})
        assert sign.code == "shown-to-nobody"
        assert redact({"code": sign.code}) == {"code": "***"}
