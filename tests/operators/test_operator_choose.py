"""A human chooses an offer: what is asked, and what becomes of the answer."""

from datetime import UTC, datetime, timedelta

import pytest
from asking import AT, DECLINE, Task
from markdown_it import MarkdownIt
from operator_steps import context, in_dialects
from samples import CONTACT

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.compat import AirflowFailException, AirflowSkipException
from airflow_provider_covage.operators.quote import CovageAcceptQuoteItemOperator, CovageChooseOfferOperator

OFFERS = ["2173", "2174"]


@pytest.fixture
def line(steps):
    """A priced line with two offers."""
    return steps.priced_line(product_offerings=OFFERS, related_contact_information=[CONTACT])["quote_item_id"]


@pytest.fixture
def task(monkeypatch, line):
    """`task(default="2173")` makes a task that chooses one of them."""
    return lambda **arguments: Task(monkeypatch, **{"quote_item_id": line, **arguments})


@pytest.fixture
def asked(task):
    """A task that has asked."""
    asked = task()
    asked.ask()
    return asked


def cells(markdown):
    """The cells of all tables, as a reader sees them, row by row; everything in them has to be plain text."""
    rows = []
    for token in MarkdownIt().enable("table").parse(markdown):
        if token.type == "tr_open":
            rows.append([])
        if token.type == "inline" and rows and token.level > 2:
            rows[-1].append(plain(token))
    return rows


def plain(token):
    assert {child.type for child in token.children} <= {"text", "text_special"}, token.content
    return "".join(child.content for child in token.children)


def change(sandbox, line, product_id, **fields):
    """Have a line show another price for one of its offers."""
    prices = sandbox.record("quote_item", line)["prices"]
    for price in prices:
        if price["product_id"] == product_id:
            price.update(fields)
    sandbox.extra_fields("quote_item", {"prices": prices}, line)


def test_form_has_an_option_per_offer_and_one_to_decline(asked, sandbox, line):
    first, second, last = asked.form["options"]
    assert first.startswith("2173 ")
    assert second.startswith("2174 ")
    assert last == DECLINE
    assert asked.form["defaults"] == [DECLINE]
    assert asked.form["multiple"] is False
    for price in sandbox.record("quote_item", line)["prices"]:
        assert f" {price['monthly_price']} EUR " in asked.option(price["product_id"])


def test_form_shows_the_site_and_every_field_of_every_price(asked, sandbox, line):
    record = sandbox.record("quote_item", line)
    shown = cells(asked.form["body"])
    assert ["End customer name", "Bakery"] in shown
    assert ["Validity date", record["validity_date"]] in shown
    assert record["reference"] in asked.form["subject"]
    first, second = record["prices"]
    for field in ("name", "offer_family", "monthly_price", "setup_price", "currency", "commitment"):
        assert [field.replace("_", " ").capitalize(), str(first[field]), str(second[field])] in shown


def test_form_shows_no_contacts(asked):
    assert CONTACT["contact1_lastname"] not in asked.form["body"]
    assert CONTACT["contact1_phone_number"] not in asked.form["body"]


@pytest.mark.parametrize(
    "evil",
    [
        "a | b",
        "](javascript:alert(1))",
        "![x](http://evil.example/x.png)",
        "<img src=x onerror=alert(1)>",
        "`code` **bold** _it_ ~~no~~",
        "back\\|slash \\",
        "&lt;b&gt; &#124;",
        "# head",
        "- [ ] x",
    ],
)
def test_what_the_api_sends_is_shown_as_it_is(evil, task, sandbox, line):
    change(sandbox, line, "2173", name=evil, **{evil: "a field of that name"})
    sandbox.extra_fields("quote_item", {"note": f"first\n\n{evil}"}, line)
    asked = task()
    asked.ask()
    shown = cells(asked.form["body"].replace("\u2060", ""))
    assert ["Name", evil] in [row[:2] for row in shown]
    assert ["Note", f"first {evil}"] in shown
    assert {len(row) for row in shown} == {2, 3}, "no cell too many"


@pytest.mark.parametrize(
    "address", ["http://evil.example", "HTTPS://evil.example", "www.evil.example", "me@evil.example"]
)
def test_addresses_are_not_made_links_of(address, task, sandbox, line):
    sandbox.extra_fields("quote_item", {"note": address}, line)
    asked = task()
    asked.ask()
    ((_, shown),) = [row for row in cells(asked.form["body"]) if row[0] == "Note"]
    assert address not in shown
    assert shown.replace("\u2060", "") == address


def test_signs_that_cannot_be_seen_do_not_reach_the_buttons(task, sandbox, line):
    change(sandbox, line, "2173", monthly_price="1\u202e\n2", currency="E" * 500)
    asked = task()
    asked.ask()
    assert " 1 2 EEE" in asked.option("2173")
    assert len(asked.option("2173")) < 50


def test_words_of_the_dag_stand_above(task):
    asked = task(subject="Rouen, please", body="Ask **Ada** first.")
    asked.ask()
    assert asked.form["subject"] == "Rouen, please"
    assert asked.form["body"].startswith("Ask **Ada** first.\n\n|")


def test_offer_that_is_clicked_is_the_one_that_is_ordered(asked, sandbox, line):
    chosen = asked.answer(asked.option("2174"))

    assert chosen == "2174"
    assert asked.xcoms == {"decision": "accept", "decided_by": "ada", "decided_at": AT.isoformat()}
    accept = CovageAcceptQuoteItemOperator(task_id="accept", quote_item_id=line, product_id=chosen)
    accept.execute(context())
    (order,) = sandbox.records("product_order_item")
    assert (order["quote_item_id"], order["product_offering_id"]) == (line, "2174")


def test_choosing_alone_sends_nothing(asked, sent):
    asked.answer(asked.option("2174"))
    assert sent() == []


def test_declining_skips_what_follows_and_tells_covage_nothing(asked, sandbox, line):
    end = asked.answer(DECLINE)
    assert isinstance(end, AirflowSkipException)
    assert asked.decision == ("decline", "ada")
    assert asked.xcoms["return_value"] is None
    assert sandbox.record("quote_item", line)["state"] == "ready"


@in_dialects("decline_keeps_line", "decline_refuses_line")
def test_declining_may_tell_covage(task, sandbox, line):
    asked = task(decline_offers=True, comment="too dear")
    asked.ask()
    assert isinstance(asked.answer(DECLINE), AirflowSkipException)
    record = sandbox.record("quote_item", line)
    assert record["state"] == "refused"
    assert record["prices"][0]["comment"] == "too dear"


@pytest.mark.since_3_3
def test_a_refusal_whose_answer_is_lost_is_not_sent_twice(task, sandbox, line, sent):
    asked = task(decline_offers=True)
    asked.ask()
    sent.begin()
    sandbox.fault("close_after", match="quote_item.decline", times=None)
    with pytest.raises(TransientError):
        asked.answer(DECLINE)
    sandbox.clear_faults()
    asked.try_number = 2

    assert isinstance(asked.run(), AirflowSkipException)

    assert asked.decision == ("decline", "ada")
    assert sandbox.record("quote_item", line)["state"] == "refused"
    assert sent() == ["quote_item.decline"] * 2


def test_time_over_declines(asked, sent):
    assert isinstance(asked.time_out(), AirflowSkipException)
    assert asked.decision == ("decline", "default")
    assert sent() == []


def test_time_over_takes_the_default(task):
    asked = task(default="2174", decline_offers=True)
    asked.ask()
    assert asked.form["defaults"] == [asked.option("2174")]
    assert asked.time_out() == "2174"
    assert asked.decision == ("accept", "default")


def test_default_that_the_line_does_not_have(task):
    asked = task(default="9999")
    with pytest.raises(AirflowFailException, match=r"default: .* has no offer 9999 .*there are 2173, 2174"):
        asked.run()
    assert asked.form is None


class TestValidity:
    """The question ends with the validity, however the API writes it."""

    @pytest.fixture
    def ask(self, task, sandbox, line):
        """`ask("2026-05-01")` asks about a line of this validity: two moments, the end lies between."""

        def ask(validity, **arguments):
            sandbox.extra_fields("quote_item", {"validity_date": validity}, line)
            asked = task(**arguments)
            before = datetime.now(UTC)
            left = asked.ask()
            return None if left is None else (before + left, datetime.now(UTC) + left)

        return ask

    @pytest.mark.parametrize(
        ("validity", "end"),
        [
            ("2999-07-01T12:00:00+02:00", datetime(2999, 7, 1, 10, tzinfo=UTC)),
            ("2999-07-01T10:00:00Z", datetime(2999, 7, 1, 10, tzinfo=UTC)),
            ("2999-07-01T12:00:00", datetime(2999, 7, 1, 10, tzinfo=UTC)),
            ("2999-07-01", datetime(2999, 7, 1, 21, 59, 59, 999999, tzinfo=UTC)),
            ("2999-01-01", datetime(2999, 1, 1, 22, 59, 59, 999999, tzinfo=UTC)),
            ("9999-12-31", datetime(9999, 12, 31, 22, 59, 59, 999999, tzinfo=UTC)),
        ],
    )
    def test_it_ends_the_wait(self, ask, validity, end):
        earliest, latest = ask(validity)
        assert earliest <= end <= latest

    @pytest.mark.parametrize("validity", [None, "", "soon", "31/12/2999", 5])
    def test_without_a_date_the_wait_has_no_end(self, ask, validity):
        assert ask(validity) is None

    def test_the_users_own_time_may_end_before(self, ask):
        earliest, latest = ask("2999-07-01", response_timeout=timedelta(hours=2))
        assert earliest <= datetime.now(UTC) + timedelta(hours=2)
        assert latest >= datetime.now(UTC) + timedelta(hours=1)

    def test_a_default_is_taken_while_it_can_still_be_accepted(self, ask):
        _, latest = ask("2999-07-01T12:00:00Z", default="2173")
        assert latest <= datetime(2999, 7, 1, 11, 1, tzinfo=UTC)

    @pytest.mark.parametrize("validity", ["2020-01-01", "2020-01-01T00:00:00Z", "0001-01-01"])
    def test_after_it_nobody_is_asked(self, task, sandbox, line, validity):
        sandbox.extra_fields("quote_item", {"validity_date": validity}, line)
        for asked in (task(), task(default="2173")):
            assert isinstance(asked.run(), AirflowSkipException), "nor is bought what holds no more"
            assert asked.decision == ("decline", "default")
            assert asked.form is None

    def test_shortly_before_its_end_the_default_is_taken(self, task, sandbox, line):
        soon = datetime.now(UTC) + timedelta(seconds=5)
        sandbox.extra_fields("quote_item", {"validity_date": soon.isoformat()}, line)
        assert task(default="2173").run() == "2173"

    def test_a_default_that_comes_too_late_is_not_taken(self, task, sandbox, line):
        asked = task(default="2173")
        asked.ask()
        sandbox.extra_fields("quote_item", {"validity_date": "2020-01-01"}, line)
        assert isinstance(asked.time_out(), AirflowSkipException)
        assert asked.decision == ("decline", "default")


def test_an_answer_of_who_knows_whom_is_an_answer(task):
    """Airflow may let people in without a login; what they click is no time-out."""
    asked = task(default="2173")
    asked.ask()
    assert asked.answer(asked.option("2174"), by="") == "2174"
    assert asked.decision == ("accept", "somebody")


class TestMeanwhile:
    """The line moves on while somebody is thinking."""

    def test_same_offer_accepted_elsewhere(self, asked, steps, line):
        steps.client.quote_item.accept(line, product_id="2174")
        assert asked.answer(asked.option("2174")) == "2174"

    def test_other_offer_accepted_elsewhere(self, asked, steps, line):
        steps.client.quote_item.accept(line, product_id="2173")
        with pytest.raises(AirflowFailException, match=r"meanwhile, with offer 2173.*ada chose '2174"):
            asked.answer(asked.option("2174"))

    def test_declined_what_is_accepted_elsewhere(self, asked, steps, line):
        steps.client.quote_item.accept(line, product_id="2173")
        with pytest.raises(AirflowFailException, match="accepted meanwhile, with offer 2173"):
            asked.answer(DECLINE)

    def test_accepted_elsewhere_while_nobody_answered(self, asked, steps, line):
        steps.client.quote_item.accept(line, product_id="2173")
        assert asked.time_out() == "2173"
        assert asked.decision == ("accept", "covage")

    @pytest.mark.parametrize("state", ["expired", "refused", "unable_to_provide"])
    def test_line_is_closed(self, asked, sandbox, line, state):
        sandbox.set_state("quote_item", line, state)
        with pytest.raises(AirflowFailException, match=f"is {state} by now.*Nothing was sent"):
            asked.answer(asked.option("2174"))
        assert asked.decision == (None, None)

    @pytest.mark.parametrize(("state", "by"), [("expired", "default"), ("refused", "covage")])
    def test_line_is_closed_and_nobody_wants_it(self, task, sandbox, line, state, by):
        asked = task(default="2173")
        asked.ask()
        sandbox.set_state("quote_item", line, state)
        assert isinstance(asked.answer(DECLINE), AirflowSkipException)
        assert isinstance(asked.time_out(), AirflowSkipException)
        assert asked.decision == ("decline", by)

    def test_offer_costs_more_now(self, asked, sandbox, line):
        change(sandbox, line, "2174", commitment=60)
        with pytest.raises(AirflowFailException, match=r"has changed since it was shown.*start a new run"):
            asked.answer(asked.option("2174"))
        assert asked.answer(asked.option("2173")) == "2173"

    def test_offer_is_gone(self, asked, sandbox, line):
        prices = sandbox.record("quote_item", line)["prices"]
        sandbox.extra_fields("quote_item", {"prices": prices[:1]}, line)
        with pytest.raises(AirflowFailException, match="has changed since it was shown"):
            asked.answer(asked.option("2174"))

    @in_dialects("decline_keeps_line")
    def test_offer_was_declined_elsewhere(self, asked, steps, line):
        steps.client.quote_item.decline(line, product_id="2174")
        with pytest.raises(AirflowFailException, match="it now offers: 2173"):
            asked.answer(asked.option("2174"))
        assert asked.answer(asked.option("2173")) == "2173"


@pytest.mark.since_3_3
class TestTrouble:
    """The API is down when the answer comes."""

    @pytest.fixture
    def in_trouble(self, asked, sandbox):
        sandbox.fault("error_before", match="quote_item.get", status=503, times=None)
        with pytest.raises(TransientError):
            asked.answer(asked.option("2174"))
        asked.try_number = 2
        asked.form = None
        return asked

    def test_answer_is_kept_for_the_next_try(self, in_trouble, sandbox):
        sandbox.clear_faults()
        assert in_trouble.run() == "2174"
        assert in_trouble.decision == ("accept", "ada")
        assert in_trouble.xcoms["decided_at"] == AT.isoformat()
        assert in_trouble.form is None, "nobody was asked again"

    def test_answer_is_kept_as_long_as_it_takes(self, in_trouble, sandbox):
        for _ in range(2):
            with pytest.raises(TransientError):
                in_trouble.run()
        sandbox.clear_faults()
        assert in_trouble.run() == "2174"

    @pytest.mark.parametrize("state", ["ready", "expired"])
    def test_answer_is_forgotten_once_it_has_come_to_an_end(self, in_trouble, sandbox, line, state):
        sandbox.clear_faults()
        sandbox.set_state("quote_item", line, state)
        if state == "ready":
            in_trouble.run()
        else:
            with pytest.raises(AirflowFailException):
                in_trouble.run()
        sandbox.set_state("quote_item", line, "ready")
        in_trouble.ask()
        assert in_trouble.form

    def test_before_airflow_3_3_the_next_try_asks_again(self, in_trouble, sandbox):
        sandbox.clear_faults()
        in_trouble.store = None
        in_trouble.ask()
        assert in_trouble.answer(in_trouble.option("2174")) == "2174"


class TestNothingToAsk:
    """Nobody is asked about a line that is closed already."""

    def test_accepted_line(self, task, steps, line, sent):
        steps.client.quote_item.accept(line, product_id="2174")
        sent.begin()
        asked = task()
        assert asked.run() == "2174"
        assert asked.decision == ("accept", "covage")
        assert sent() == []

    def test_accepted_line_whose_prices_do_not_say_which(self, task, steps, sandbox, line):
        steps.client.quote_item.accept(line, product_id="2174")
        sandbox.extra_fields("quote_item", {"prices": []}, line)
        assert task().run() == "2174"

    def test_accepted_line_of_which_nothing_says_which(self, task, steps, sandbox, line):
        made = steps.client.quote_item.accept(line, product_id="2174")
        sandbox.extra_fields("quote_item", {"prices": []}, line)
        sandbox.extra_fields("product_order_item", {"quote_item_id": ""}, made["product_order_item_id"])
        with pytest.raises(AirflowFailException, match="does not say with which offer"):
            task().run()

    @pytest.mark.parametrize(("state", "by"), [("refused", "covage"), ("expired", "default")])
    def test_closed_line(self, task, sandbox, line, state, by):
        sandbox.set_state("quote_item", line, state)
        asked = task(default="2173", auto_accept="cheapest")
        assert isinstance(asked.run(), AirflowSkipException)
        assert asked.decision == ("decline", by)

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            ("confirmed", "wait for its price first"),
            ("created", "confirm its basket first"),
            ("unable_to_provide", "nothing to choose"),
        ],
    )
    def test_line_without_a_price(self, task, sandbox, line, state, words):
        sandbox.set_state("quote_item", line, state)
        with pytest.raises(AirflowFailException, match=words):
            task().run()

    def test_line_that_shows_no_offer(self, task, sandbox, line):
        sandbox.extra_fields("quote_item", {"prices": [], "product_offerings": None}, line)
        with pytest.raises(AirflowFailException, match="shows no offer to choose"):
            task().run()


@pytest.mark.parametrize("prices", [[{"tariff": 12.5}], ["dear"], None, {"2173": 45}])
def test_prices_of_another_shape(task, sandbox, line, prices):
    """What the documents leave open: the products that were asked for can still be chosen."""
    sandbox.extra_fields("quote_item", {"prices": prices}, line)
    asked = task(auto_accept="cheapest")
    asked.ask()
    assert asked.answer(asked.option("2174")) == "2174"


def test_several_prices_of_one_product(task, sandbox, line):
    price = {"product_id": "2173", "currency": "EUR"}
    terms = [
        {**price, "monthly_price": 50, "commitment": 12},
        {**price, "monthly_price": 40, "commitment": 36},
    ]
    sandbox.extra_fields("quote_item", {"prices": terms}, line)
    asked = task(auto_accept="cheapest")
    asked.ask()
    assert ["Commitment", "12", "36"] in cells(asked.form["body"])
    assert asked.answer(asked.option("2173")) == "2173"


@pytest.mark.parametrize("timeout", [timedelta(), timedelta(seconds=-1), timedelta(seconds=1)])
def test_time_that_is_too_short_is_refused_when_the_dag_is_read(timeout):
    with pytest.raises(ValueError, match="response_timeout"):
        CovageChooseOfferOperator(task_id="choose", quote_item_id="x", response_timeout=timeout)


@pytest.mark.parametrize("name", ["options", "defaults", "multiple"])
def test_options_are_those_of_the_line(name):
    with pytest.raises(ValueError, match=f"{name} cannot be given"):
        CovageChooseOfferOperator(task_id="choose", quote_item_id="x", **{name: ["a"]})


def test_time_to_run_is_not_time_to_answer():
    made = CovageChooseOfferOperator(
        task_id="choose", quote_item_id="x", execution_timeout=timedelta(minutes=5)
    )
    assert made.execution_timeout == timedelta(minutes=5)
    assert made.response_timeout is None
