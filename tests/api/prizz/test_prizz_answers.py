"""What the API answers: success that is none, pages, files, links."""

from __future__ import annotations

import logging
from urllib.parse import unquote

import pytest
from raw_server import RawServer, html, reply

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.prizz.eligibility import cheapest_combination

V2 = "/external-api/v2"


def page(number: int, *ids: int, count: int | None = 3, total: int | None = None) -> bytes:
    pagination = {"page": number, "itemsPerPage": 2, "pageCount": count, "totalItems": total}
    return reply(200, {"pagination": pagination, "items": [{"id": one} for one in ids]})


def offers(client):
    return client.commercial_offer.list()


REFUSED = {"id": 12, "success": False, "lastLog": "no contract for\nthis company"}


class TestSuccessThatIsNone:
    @pytest.mark.parametrize(
        "ask",
        [
            lambda client: client.commercial_offer.create(client_legal_entity_id=1),
            lambda client: client.commercial_offer.fast_order(1, combination_id="c"),
            lambda client: client.commercial_offer.submit(1),
            lambda client: client.commercial_offer.sign(1, code="1"),
            lambda client: client.commercial_offer_section.create(1, name="Site"),
            lambda client: client.service_contract.set_vlan(1, vid=100),
            lambda client: client.service_contract.add_comment(1, content="Hello"),
        ],
    )
    @pytest.mark.parametrize("status", [200, 201])
    def test_it_is_an_error_that_shows_the_last_log(self, prizz, server, ask, status):
        server.say(reply(status, REFUSED))
        with pytest.raises(
            errors.UnsuccessfulError, match="did not succeed: no contract for this company"
        ) as one:
            prizz.call(ask)
        assert one.value.status == status
        assert one.value.record == REFUSED
        assert "id: 12" in str(one.value)
        assert isinstance(one.value, errors.PermanentError)
        assert len(server.requests) == 1

    def test_workflows_say_why_in_their_log(self, prizz, server):
        server.say(reply(200, {"id": 3, "state": "x", "success": False, "log": "wrong date"}))
        with pytest.raises(errors.UnsuccessfulError, match="wrong date"):
            prizz.call(lambda client: client.workflow.run(3, date="2020"))

    def test_without_a_word_it_is_said_that_there_is_none(self, prizz, server):
        server.say(reply(200, {"success": False}))
        with pytest.raises(errors.UnsuccessfulError, match="does not say why"):
            prizz.call(lambda client: client.commercial_offer.submit(3))

    @pytest.mark.parametrize("success", [True, None])
    def test_anything_else_counts_as_success(self, prizz, server, success):
        server.say(reply(200, {"id": 3, "success": success}))
        assert prizz.call(lambda client: client.commercial_offer.submit(3))["id"] == 3


class TestPages:
    @pytest.mark.parametrize("first", [0, 1])
    def test_the_number_of_the_first_page_is_what_it_says(self, prizz, server, first):
        server.say(page(first, 1, 2), page(first + 1, 3, 4), page(first + 2, 5))
        assert [one["id"] for one in prizz.records(offers)] == [1, 2, 3, 4, 5]
        assert server.lines == [
            f"GET {V2}/commercial_offers",
            f"GET {V2}/commercial_offers?page={first + 1}",
            f"GET {V2}/commercial_offers?page={first + 2}",
        ]

    def test_the_number_of_records_ends_the_list_where_no_number_of_pages_is_given(self, prizz, server):
        server.say(page(1, 1, 2, count=None, total=3), page(2, 3, count=None, total=3))
        assert len(prizz.records(offers)) == 3
        assert len(server.requests) == 2

    def test_a_page_without_records_ends_the_list(self, prizz, server):
        server.say(page(1, 1, 2, count=None), page(2, count=None))
        assert len(prizz.records(offers)) == 2

    @pytest.mark.parametrize("told", [{"total": 3}, {"total": 3, "count": None}, {}])
    def test_a_page_without_records_is_followed_where_more_are_promised(self, prizz, server, told):
        server.say(page(1, 1, 2, **told), page(2, **told), page(3, 5, **told))
        assert [one["id"] for one in prizz.records(offers)] == [1, 2, 5]

    def test_fewer_records_than_the_total_are_an_error(self, prizz, server):
        server.say(page(1, 1, 2, count=2, total=4), page(2, 3, count=2, total=4))
        with pytest.raises(errors.UnreadableAnswerError, match="got 3 record"):
            prizz.records(offers)

    def test_a_walk_from_another_page_on_is_not_held_against_the_total(self, prizz, server):
        server.say(page(2, 3, 4, count=2, total=4))
        assert len(prizz.records(lambda client: client.service.list(page=2))) == 2

    def test_an_empty_list_is_one_request(self, prizz, server):
        server.say(page(1, count=0, total=0))
        assert prizz.records(offers) == []
        assert len(server.requests) == 1

    def test_filters_go_along_on_every_page(self, prizz, server):
        server.say(page(0, 1, 2, count=2), page(1, 3, count=2))
        prizz.records(lambda client: client.invoice.list(year=2026, sort_id="ASC", items_per_page=2))
        assert unquote(server.lines[1]) == f"GET {V2}/invoices?itemsPerPage=2&sort[id]=ASC&year=2026&page=1"

    def test_a_walk_may_begin_at_another_page(self, prizz, server):
        server.say(page(2, 3, 4), page(3, 5))
        assert [one["id"] for one in prizz.records(lambda client: client.service.list(page=2))] == [3, 4, 5]
        assert server.lines == [f"GET {V2}/services?page=2", f"GET {V2}/services?page=3"]

    def test_a_page_that_comes_again_ends_the_list(self, prizz, server, caplog):
        caplog.set_level(logging.WARNING)
        server.say(page(1, 1, 2, count=9), page(1, 1, 2, count=9))
        assert [one["id"] for one in prizz.records(offers)] == [1, 2]
        assert "came twice" in caplog.text

    def test_a_first_page_without_number_is_not_guessed_at(self, prizz, server):
        server.say(*[reply(200, {"pagination": {"pageCount": 2}, "items": [{"id": 1}]})] * 3)
        with pytest.raises(errors.UnreadableAnswerError, match="does not say its number"):
            prizz.records(offers)

    @pytest.mark.parametrize(
        ("ask", "answer"),
        [
            (lambda client: client.ticket.list(), [{"id": "1"}]),
            (lambda client: client.offer.contexts(1, price_list=2), [{"id": "1"}]),
            (lambda client: client.attachment.list_public(), {"attachments": [{"id": "1"}]}),
            (lambda client: client.workflow.list_running(), {"workflows": [{"id": "1"}]}),
            (lambda client: client.price_list.offers(1), {"offers": [{"id": "1"}]}),
            (lambda client: client.appointment.list(), {"items": [{"id": "1"}]}),
            (lambda client: client.appointment.list(), [{"id": "1"}]),
        ],
    )
    def test_lists_without_pages_come_as_arrays_or_inside_an_object(self, prizz, server, ask, answer):
        server.say(reply(200, answer))
        assert prizz.records(ask) == [{"id": "1"}]
        assert len(server.requests) == 1

    def test_a_page_that_is_cut_off_is_asked_for_again_and_none_is_left_out(self, prizz, server):
        server.say(page(1, 1, 2)[:-9], page(1, 1, 2), page(2, 3, 4)[:-9], page(2, 3, 4), page(3, 5))
        assert [one["id"] for one in prizz.records(offers)] == [1, 2, 3, 4, 5]

    def test_something_else_is_no_list(self, prizz, server):
        server.say(reply(200, {"workflow": []}))
        with pytest.raises(errors.UnreadableAnswerError, match="page with workflows"):
            prizz.records(lambda client: client.workflow.list_running())


class TestFiles:
    def test_a_pdf_goes_to_a_file(self, prizz, server, tmp_path):
        server.say(reply(200, b"%PDF-1.7", kind="application/pdf"))
        where = prizz.call(lambda client: client.invoice.download_pdf(7, to=f"{tmp_path}/"))
        assert where == f"{tmp_path}/invoice_7.pdf"
        assert (tmp_path / "invoice_7.pdf").read_bytes() == b"%PDF-1.7"

    def test_a_page_in_place_of_a_pdf_leaves_nothing(self, prizz, server, tmp_path):
        server.say(html(200))
        with pytest.raises(errors.UnreadableAnswerError, match="HTML"):
            prizz.call(lambda client: client.commercial_offer.download_pdf(7, to=f"{tmp_path}/"))
        assert list(tmp_path.iterdir()) == []

    def test_free_fields_and_files_of_a_process_go_as_a_form(self, prizz, server, tmp_path):
        server.say(reply(200, {"state": "qualified"}))
        (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
        prizz.call(
            lambda client: client.process.run(
                42,
                7,
                transition_class="Qualify",
                fields={"mails[]": ["a@x.fr", "b@x.fr"]},
                verif_cablage_ok=True,
                files=[tmp_path / "photo.jpg", b"more"],
            )
        )
        body = server.requests[0].body
        for name, value in (("transition_class", b"Qualify"), ("verif_cablage_ok", b"true")):
            assert b'name="%s"' % name.encode() in body
            assert b"\r\n\r\n" + value + b"\r\n" in body
        assert body.count(b'name="mails[]"') == 2
        assert body.count(b'name="files"; filename=') == 2
        assert b'filename="photo.jpg"' in body

    def test_a_workflow_without_file_is_run_with_json(self, prizz, server):
        server.say(reply(200, {"id": 7}))
        prizz.call(lambda client: client.workflow.run(7, fields={"a b": [1, {"c": None}]}, wanted=True))
        assert server.requests[0].json == {"a b": [1, {"c": None}], "wanted": True}

    def test_a_workflow_with_a_file_is_run_with_a_form(self, prizz, server):
        server.say(reply(200, {"id": 7}))
        prizz.call(lambda client: client.workflow.run(7, files=[b"content"], wanted=True))
        assert b'name="wanted"' in server.requests[0].body
        assert b"content" in server.requests[0].body

    def test_a_process_without_any_field_is_still_a_form(self, prizz, server):
        server.say(reply(200, {"state": "new"}))
        prizz.call(lambda client: client.process.run(42, 7))
        assert server.requests[0].headers["content-type"].startswith("multipart/form-data")

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"files": b"content"}, "files are given as a list"),
            ({"files": ["/nowhere/x.jpg"]}, "not a file"),
            ({"fields": ["a"]}, "as a dict"),
            ({"fields": {"a": 1}, "a": 2}, "a is given twice"),
            ({"a": {"b": 1}, "files": [b"x"]}, "a cannot stand in a form"),
            ({"a": object()}, "a cannot be sent as JSON"),
        ],
    )
    def test_what_a_form_cannot_hold_is_said_before_anything_is_sent(self, prizz, server, given, message):
        with pytest.raises(errors.InputError, match=message):
            prizz.call(lambda client: client.workflow.run(7, **given))
        assert server.requests == []


class TestLinks:
    def attachment(self, server: RawServer, **changes: str) -> dict[str, object]:
        link = f"{server.url}/bucket/a%2Fb.pdf?X-Signature=s%2Be%2Fcret&X-Expires=60"
        return {"id": 5, "name": "plan.pdf", "presignedUrl": link, **changes}

    def test_the_content_is_fetched_without_the_token_and_by_the_very_link(self, prizz, server, tmp_path):
        server.say(reply(200, b"plan", kind="application/pdf"))
        attachment = self.attachment(server)
        where = prizz.call(lambda client: client.attachment.download(attachment, to=f"{tmp_path}/"))
        assert (tmp_path / "plan.pdf").read_bytes() == b"plan"
        assert where == f"{tmp_path}/plan.pdf"
        assert "authorization" not in server.requests[0].headers
        assert server.lines == ["GET /bucket/a%2Fb.pdf?X-Signature=s%2Be%2Fcret&X-Expires=60"]

    @pytest.mark.parametrize(
        "link",
        ["http://storage.example.net/a", "ftp://127.0.0.1/a", "file:///etc/passwd", "", "//x/a", "http://["],
    )
    def test_only_https_is_followed(self, prizz, server, link):
        attachment = self.attachment(server, presignedUrl=link)
        with pytest.raises(errors.InputError, match=r"attachment 5.*nothing was sent"):
            prizz.call(lambda client: client.attachment.download(attachment))
        assert server.requests == []

    @pytest.mark.parametrize(
        "said",
        [
            reply(403, {"Error": "SignatureDoesNotMatch s+e/cret"}),
            reply(302, Location="http://127.0.0.1:1/other?X-Signature=s%2Be%2Fcret"),
            html(200),
            reply(500),
        ],
    )
    def test_the_link_stands_in_no_message(self, prizz, server, said, caplog):
        caplog.set_level(logging.INFO)
        server.say(said)
        with pytest.raises(errors.CovageError) as one:
            prizz.call(lambda client: client.attachment.download(self.attachment(server)))
        assert "attachment 5" in str(one.value)
        for secret in ("s+e/cret", "s%2Be%2Fcret", "bucket"):
            assert secret not in str(one.value) + caplog.text

    def test_a_redirect_is_not_followed(self, prizz, server):
        server.say(reply(302, Location=f"{server.url}/external-api/v2/user"))
        with pytest.raises(errors.RedirectError):
            prizz.call(lambda client: client.attachment.download(self.attachment(server)))
        assert len(server.requests) == 1


FOUND = {
    "response": [
        {
            "code": "L2 Premium",
            "offerId": 1,
            "combinations": [
                {"combinationId": "dear", "total": 90000, "nrcToEstimate": False},
                {"combinationId": "estimated", "total": 1000, "nrcToEstimate": True},
            ],
        },
        {"code": "L2 Basic", "offerId": 2, "combinations": [{"combinationId": "good", "total": 50000}]},
        {"code": "FON", "combinations": None},
    ]
}


class TestCombinations:
    def test_the_cheapest_is_chosen_over_all_offers(self):
        best = cheapest_combination(FOUND)
        assert best == {"code": "L2 Basic", "offerId": 2, "combinationId": "good", "total": 50000}

    def test_one_that_has_to_be_estimated_counts_only_on_demand(self):
        assert cheapest_combination(FOUND, estimates=True)["combinationId"] == "estimated"

    @pytest.mark.parametrize(("limit", "found"), [(49999, None), (50000, "good")])
    def test_a_limit_in_cents_is_kept(self, limit, found):
        best = cheapest_combination(FOUND, limit=limit)
        assert (best and best["combinationId"]) == found

    @pytest.mark.parametrize("record", [{}, {"response": None}, {"response": []}])
    def test_without_offers_there_is_none(self, record):
        assert cheapest_combination(record) is None
