"""Contracts, comments, tickets, workflows: looked at before they are touched again."""

from __future__ import annotations

import pytest

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.prizz import (
    PrizzAddCommentOperator,
    PrizzCreateWorkflowOperator,
    PrizzDownloadCommercialOfferPdfOperator,
    PrizzDownloadInvoicePdfOperator,
    PrizzOpenTicketOperator,
    PrizzRunProcessOperator,
    PrizzRunWorkflowOperator,
    PrizzSetServiceContractVlanOperator,
)

CONTEXT = "Infracorp\\Services\\Workflow\\Appointment\\CustomerConfirm\\Context"
V2 = "https://my.example.net/external-api/v2"


class TestVlan:
    def test_it_is_set_again_after_a_lost_answer(self, prizz, run):
        prizz.contracts[5] = {"id": 5, "status": "active"}
        prizz.lose("/vlan")
        contract = run(PrizzSetServiceContractVlanOperator, service_contract_id=5, vid="1200")
        assert contract["vid"] == 1200
        assert prizz.written("/vlan") == 2

    @pytest.mark.parametrize(
        "end", [{"status": "terminated"}, {"status": "staging", "canceledDate": "2026-01-01"}]
    )
    def test_a_contract_that_is_over_is_not_changed(self, prizz, run, end):
        prizz.contracts[5] = {"id": 5, **end}
        with pytest.raises(AirflowFailException, match=r"service contract 5 is (terminated|canceled)"):
            run(PrizzSetServiceContractVlanOperator, service_contract_id=5, vid=1200)
        assert prizz.writes == []


class TestComment:
    ON_OFFER = {"commercial_offer_id": 3, "content": "Please call before"}  # noqa: RUF012

    @pytest.mark.parametrize("where", [{"thread_id": 7}, {"entity_class": "CommercialOffer"}])
    @pytest.mark.parametrize("effect", [True, False])
    def test_with_a_thread_to_look_in_it_is_written_once(self, prizz, run_with_retries, where, effect):
        prizz.threads[7] = {"id": 7, "comments": []}
        prizz.lose("/comments", effect=effect)
        run_with_retries(PrizzAddCommentOperator, **self.ON_OFFER, **where)
        (one,) = prizz.threads[7]["comments"]
        assert one["comment"]["content"].startswith("Please call before [af-act-")

    def test_an_answer_to_a_comment_is_found_too(self, prizz, run):
        prizz.threads[7] = {"id": 7, "comments": []}
        run(PrizzAddCommentOperator, **self.ON_OFFER, thread_id=7)
        written = prizz.threads[7]["comments"].pop()
        prizz.threads[7]["comments"] = [{"comment": {"content": "?"}, "children": [written]}]
        run(PrizzAddCommentOperator, 2, **self.ON_OFFER, thread_id=7)
        assert prizz.written("/comments") == 1

    @pytest.mark.parametrize("effect", [True, False])
    @pytest.mark.parametrize("where", [{}, {"thread_id": 7, "mark": False}])
    def test_without_a_mark_it_is_found_by_its_text(self, prizz, run_with_retries, where, effect):
        prizz.threads[7] = {"id": 7, "comments": []}
        prizz.lose("/comments", effect=effect)
        run_with_retries(PrizzAddCommentOperator, **self.ON_OFFER, **where)
        assert [one["comment"]["content"] for one in prizz.threads[7]["comments"]] == ["Please call before"]

    @pytest.mark.parametrize(
        "somebody", [{"owner": "Dominique Petit"}, {"date": "2026-11-22T07:00:00+00:00"}], ids=str
    )
    def test_the_same_text_of_somebody_else_or_of_before_is_not_its_own(self, prizz, run, somebody):
        prizz.threads[7] = {"id": 7, "comments": []}
        prizz.comment(prizz.threads[7], self.ON_OFFER["content"], **somebody)
        run(PrizzAddCommentOperator, 2, **self.ON_OFFER)
        assert prizz.written("/comments") == 1

    def test_where_threads_cannot_be_listed_a_later_try_writes_again(self, prizz, run_with_retries):
        prizz.thread_classes = ()
        prizz.lose("/comments")
        run_with_retries(PrizzAddCommentOperator, **self.ON_OFFER)
        assert prizz.written("/comments") == 2

    @pytest.mark.parametrize("more", [{}, {"thread_id": 7, "mark": False}])
    def test_without_a_mark_it_is_sent_as_it_is(self, prizz, run, more):
        run(PrizzAddCommentOperator, **self.ON_OFFER, **more)
        assert prizz.writes[0][1]["content"] == "Please call before"

    def test_it_can_be_on_a_contract(self, prizz, run):
        run(PrizzAddCommentOperator, service_contract_id="5", content="Hello")
        assert prizz.writes[0][0] == "/service_contracts/5/comments"

    @pytest.mark.parametrize("ids", [{}, {"commercial_offer_id": 1, "service_contract_id": 2}])
    def test_it_has_one_place(self, prizz, run, ids):
        with pytest.raises(AirflowFailException, match="either commercial_offer_id or service_contract_id"):
            run(PrizzAddCommentOperator, content="Hello", **ids)


class TestTicket:
    SERVICE = {"operator_id": 42, "service_id": 9}  # noqa: RUF012

    def test_it_is_opened_and_its_process_named(self, prizz, run):
        made = run(PrizzOpenTicketOperator, **self.SERVICE)
        (ticket,) = prizz.tickets
        assert made == {
            "numero": ticket["numero"],
            "ticket_id": ticket["id"],
            "process_id": ticket["running_process"][0]["id"],
        }

    @pytest.mark.parametrize("effect", [True, False])
    def test_a_lost_answer_leads_to_one_ticket(self, prizz, run_with_retries, effect):
        prizz.lose("/tickets", effect=effect)
        made = run_with_retries(PrizzOpenTicketOperator, **self.SERVICE)
        assert [one["numero"] for one in prizz.tickets] == [made["numero"]]

    def test_one_that_is_open_is_adopted(self, prizz, run):
        first = run(PrizzOpenTicketOperator, **self.SERVICE)
        assert run(PrizzOpenTicketOperator, task_id="other", **self.SERVICE) == first

    @pytest.mark.parametrize("etat", ["resolu", "end"])
    def test_one_that_is_resolved_is_not(self, prizz, run, etat):
        run(PrizzOpenTicketOperator, **self.SERVICE)
        prizz.tickets[0]["etat"] = etat
        run(PrizzOpenTicketOperator, **self.SERVICE)
        assert len(prizz.tickets) == 2

    def test_one_of_another_service_is_not(self, prizz, run):
        run(PrizzOpenTicketOperator, operator_id=42, service_id=8)
        run(PrizzOpenTicketOperator, **self.SERVICE)
        assert [one["id_service_sicom"] for one in prizz.tickets] == [8, 9]

    def test_a_ticket_about_no_service_can_be_opened(self, prizz, run):
        run(PrizzOpenTicketOperator, operator_id=42)
        assert prizz.tickets[0]["id_service_sicom"] is None


def process(prizz, **changes):
    actions = [
        {"id": "1", "lib": "Qualify", "classe": "Qualify", "fields": [{"name": "type", "required": True}]},
        {"id": "2", "lib": "Close", "classe": "Close", "fields": []},
    ]
    prizz.processes[7] = {"context_id": 7, "state": "new", "actions": actions, **changes}


class TestProcess:
    QUALIFY = {"operator_id": 42, "process_id": 7, "transition_class": "Qualify", "fields": {"type": "cut"}}  # noqa: RUF012

    @pytest.mark.parametrize("effect", [True, False])
    def test_a_lost_answer_leads_to_one_run(self, prizz, run_with_retries, effect):
        process(prizz)
        prizz.lose("/process/7", effect=effect)
        assert run_with_retries(PrizzRunProcessOperator, **self.QUALIFY)["state"] == "qualified"
        assert prizz.written("/process/7") == 1

    def test_a_cleared_task_finds_its_action_done(self, prizz, run):
        process(prizz)
        run(PrizzRunProcessOperator, **self.QUALIFY)
        run(PrizzRunProcessOperator, 2, **self.QUALIFY)
        assert prizz.written("/process/7") == 1

    def test_an_action_that_is_not_on_offer_fails(self, prizz, run):
        process(prizz, actions=[])
        with pytest.raises(AirflowFailException, match="in state 'new', where it cannot be run"):
            run(PrizzRunProcessOperator, **self.QUALIFY)

    @pytest.mark.parametrize(
        ("fields", "message"),
        [({}, "type is missing"), ({"type": "cut", "typ": 1}, "there is no field typ, did you mean type")],
    )
    def test_fields_are_checked_against_the_form(self, prizz, run, fields, message):
        process(prizz)
        with pytest.raises(AirflowFailException, match=message):
            run(PrizzRunProcessOperator, **{**self.QUALIFY, "fields": fields})
        assert prizz.writes == []

    def test_files_are_read_from_wherever_they_are(self, prizz, run, tmp_path):
        process(prizz)
        (tmp_path / "a.jpg").write_bytes(b"\xff\xd8")
        files = [str(tmp_path / "a.jpg"), f"file://{tmp_path}/a.jpg"]
        run(PrizzRunProcessOperator, **self.QUALIFY, files=files)
        assert prizz.written("/process/7") == 1

    def test_a_state_to_start_from_is_kept_to(self, prizz, run):
        process(prizz, state="closed")
        arguments = {**self.QUALIFY, "from_states": ["new"]}
        with pytest.raises(AirflowFailException, match="in state 'closed', not in 'new'"):
            run(PrizzRunProcessOperator, **arguments)
        assert run(PrizzRunProcessOperator, 2, **arguments)["state"] == "closed"
        assert prizz.writes == []


class TestWorkflow:
    START = {"context_name": CONTEXT, "entity_id": "9"}  # noqa: RUF012

    @pytest.mark.parametrize("effect", [True, False])
    def test_a_lost_answer_leads_to_one_workflow(self, prizz, run_with_retries, effect):
        prizz.lose("/workflow", effect=effect)
        assert [run_with_retries(PrizzCreateWorkflowOperator, **self.START)] == list(prizz.workflows)

    def test_one_that_runs_on_another_object_is_not_adopted(self, prizz, run):
        first = run(PrizzCreateWorkflowOperator, **self.START)
        assert run(PrizzCreateWorkflowOperator, context_name=CONTEXT, entity_id=8) != first
        assert run(PrizzCreateWorkflowOperator, **self.START) == first

    def test_a_kind_that_no_document_knows_is_refused(self, prizz, run):
        with pytest.raises(AirflowFailException, match="context_name"):
            run(PrizzCreateWorkflowOperator, context_name="Infracorp\\Typo", entity_id=1)
        assert prizz.writes == []

    @pytest.mark.parametrize("effect", [True, False])
    def test_it_is_run_once(self, prizz, run, run_with_retries, effect):
        number = run(PrizzCreateWorkflowOperator, **self.START)
        prizz.lose(f"/workflow/{number}", effect=effect)
        fields = {"date": "2026-12-01"}
        done = run_with_retries(PrizzRunWorkflowOperator, workflow_id=number, fields=fields)
        assert done["state"] == "done"
        assert prizz.written(f"/workflow/{number}") == 1

    def test_what_no_transition_takes_is_refused(self, prizz, run):
        number = run(PrizzCreateWorkflowOperator, **self.START)
        with pytest.raises(AirflowFailException, match="transition go: date is missing"):
            run(PrizzRunWorkflowOperator, workflow_id=number)

    def test_a_step_that_failed_shows_its_log(self, prizz, run, requests_mock):
        number = run(PrizzCreateWorkflowOperator, **self.START)
        refused = {"id": number, "state": "asked", "success": False, "log": "that day is taken"}
        requests_mock.post(f"{V2}/workflow/{number}", json=refused)
        with pytest.raises(AirflowFailException, match="that day is taken"):
            run(PrizzRunWorkflowOperator, workflow_id=number, fields={"date": "2026-12-01"})

    @pytest.mark.parametrize("bad", [{"fields": ["a"]}, {"files": "a.jpg"}, {"from_states": "asked"}])
    def test_arguments_of_another_kind_are_refused(self, prizz, run, bad):
        with pytest.raises(AirflowFailException, match=r"cannot be a|as a list"):
            run(PrizzRunWorkflowOperator, workflow_id=1, **bad)


@pytest.mark.parametrize(
    ("operator", "ids", "path"),
    [
        (PrizzDownloadCommercialOfferPdfOperator, {"commercial_offer_id": 3}, "commercial_offers/3/pdf"),
        (PrizzDownloadInvoicePdfOperator, {"invoice_id": "4"}, "invoices/4/pdf"),
    ],
)
def test_documents_are_downloaded(prizz, run, requests_mock, tmp_path, operator, ids, path):
    requests_mock.get(f"{V2}/{path}", content=b"%PDF-1.7")
    where = run(operator, **ids, to=f"{tmp_path}/document.pdf")
    assert where == f"{tmp_path}/document.pdf"
    assert (tmp_path / "document.pdf").read_bytes() == b"%PDF-1.7"
    run(operator, **ids, to=f"file://{tmp_path}/copy.pdf")
    assert (tmp_path / "copy.pdf").read_bytes() == b"%PDF-1.7"


def test_trouble_that_may_pass_is_left_to_the_retries(prizz, run, requests_mock):
    requests_mock.get(f"{V2}/commercial_offers/3/pdf", status_code=503)
    with pytest.raises(TransientError):
        run(PrizzDownloadCommercialOfferPdfOperator, commercial_offer_id=3, to="/tmp/x.pdf")
