"""What the API refuses ends the task with its own words; what may pass is left to Airflow's retries."""

import pytest
from operator_steps import context
from operator_writes import ONCE_ONLY, WRITES

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.compat import AirflowException, AirflowFailException
from airflow_provider_covage.operators.quote import CovageCreateQuoteOperator, CovageUpdateQuoteOperator

SECRET = "s3cret-passw0rd"


@pytest.fixture
def api(monkeypatch, requests_mock):
    """The root of an API whose every answer the test makes up, and a connection that leads to it."""
    monkeypatch.setenv(
        "AIRFLOW_CONN_COVAGE_DEFAULT",
        f'{{"conn_type": "covage", "host": "http://covage.test", "password": "{SECRET}"}}',
    )
    return "http://covage.test/api/v1"


def create_quote():
    return CovageCreateQuoteOperator(task_id="act", settling_time=0).execute(context())


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_refusal_fails_for_good_with_the_words_of_the_api(write, sandbox, steps, sent):
    arguments = write.begin(steps)
    sent.begin()
    # Twice: where the documents name a thing in two ways, the second way is tried as well.
    sandbox.fault("error_before", match=write.operation, status=400, times=2)

    with pytest.raises(AirflowFailException, match=r"400 .*: Error 400\."):
        write.make(arguments).execute(context())

    assert sent() == []


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_what_may_pass_can_be_retried(write, sandbox, steps):
    arguments = write.begin(steps)
    sandbox.fault("error_before", match=write.operation, status=500, times=None)

    with pytest.raises(TransientError) as failure:
        write.make(arguments).execute(context())

    assert not isinstance(failure.value, AirflowException)
    assert "500" in str(failure.value)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (
            400,
            {"project_id": ["Unknown project.", "Too short."]},
            ["project_id: Unknown project.", "short"],
        ),
        (400, {"quote": {"external_id": ["Taken."]}}, ["quote.external_id: Taken."]),
        (422, {"detail": [{"loc": ["body", "x"], "msg": "field required"}]}, ["body.x: field required"]),
        (404, {"detail": "Not here."}, ["404 found nothing: Not here."]),
        (409, {"message": "Closed."}, ["409 conflicts with the state of the record: Closed."]),
        (403, "<html><title>Forbidden zone</title></html>", ["an HTML page", "Forbidden zone"]),
        (418, "I am a teapot", ["418", "I am a teapot"]),
    ],
    ids=str,
)
def test_messages_are_shown_field_by_field(status, body, words, api, requests_mock):
    requests_mock.get(f"{api}/quote/", json=[])
    content = {"text": body} if isinstance(body, str) else {"json": body}
    requests_mock.post(f"{api}/quote/", status_code=status, **content)

    with pytest.raises(AirflowFailException) as failure:
        create_quote()

    assert all(word in str(failure.value) for word in ["POST /api/v1/quote/", *words])


def test_request_id_is_shown(api, requests_mock):
    requests_mock.get(f"{api}/quote/", json=[])
    requests_mock.post(f"{api}/quote/", status_code=400, headers={"X-Request-Id": "r-4711"})

    with pytest.raises(AirflowFailException, match="request id r-4711"):
        create_quote()


def test_answer_to_a_creation_without_id(api, requests_mock):
    requests_mock.get(f"{api}/quote/", json=[])
    requests_mock.post(f"{api}/quote/", json={"reference": "Q"})

    with pytest.raises(AirflowFailException, match=r"quotation basket has no id: \['reference'\]"):
        create_quote()


def test_basket_of_somebody_else_is_not_adopted_where_filters_are_ignored(api, requests_mock):
    requests_mock.get(f"{api}/quote/", json=[{"id": "theirs", "external_id": "OTHER"}])
    requests_mock.post(f"{api}/quote/", json={"id": "ours"})

    assert create_quote() == "ours"


def test_own_basket_is_found_on_a_later_page(sandbox, steps, sent):
    for number in range(25):
        steps.basket(external_id=f"OTHER-{number}")
    mine = CovageCreateQuoteOperator(task_id="act").execute(context())
    sent.begin()

    assert CovageCreateQuoteOperator(task_id="act").execute(context()) == mine
    assert sent() == []


def test_host_that_cannot_be_reached_can_be_retried(connection):
    connection(host="http://127.0.0.1:9", token_url="http://127.0.0.1:9/token")

    with pytest.raises(TransientError, match="could not be sent"):
        create_quote()


def test_wrong_password_fails_for_good_and_is_not_shown(connection, logs):
    connection(password=SECRET)

    with pytest.raises(AirflowFailException, match="did not accept the login") as failure:
        create_quote()

    assert SECRET not in "".join([str(failure.value), repr(failure.value.__cause__), *logs()])


def test_wrong_token_fails_for_good_and_is_not_shown(connection, logs):
    connection(login=None, password=SECRET)

    with pytest.raises(AirflowFailException, match="not authenticated") as failure:
        create_quote()

    assert SECRET not in "".join([str(failure.value), repr(failure.value.__cause__), *logs()])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": ""}, "no host"),
        ({"timeout": "soon"}, "timeout"),
        ({"timeout": 0}, "timeout has to be more than 0"),
        ({"token_url": ""}, "no token_url"),
        ({"password": ""}, "no password"),
    ],
    ids=str,
)
def test_broken_connection_fails_for_good(changes, words, connection, sandbox):
    connection(**changes)

    with pytest.raises(AirflowFailException, match=words) as failure:
        create_quote()

    assert "covage_default" in str(failure.value)
    assert sandbox.requests == []


@pytest.mark.parametrize("write", ONCE_ONLY, ids=str)
def test_no_secret_in_logs_or_in_what_is_rendered(write, sandbox, steps, logs):
    arguments = write.begin(steps)
    sandbox.fault("close_after", match=write.operation)
    operator = write.make(arguments)

    try:
        operator.execute(context())
    except TransientError as error:
        logs().append(str(error))

    token = operator.client.transport._terms.auth._token
    secrets = [token.header.removeprefix("Bearer "), token.refresh]
    rendered = [str(getattr(operator, name)) for name in operator.template_fields]
    assert not [secret for secret in secrets if secret in "".join([*logs(), *rendered])]


def test_password_of_a_proxy_is_not_shown(connection, logs):
    connection(proxies={"http": f"http://user:{SECRET}@127.0.0.1:9"}, host="http://covage.test")

    with pytest.raises(TransientError) as failure:
        create_quote()

    assert SECRET not in "".join([str(failure.value), *logs()])


def test_bug_is_neither_hidden_nor_made_final(steps, monkeypatch):
    ids = steps.basket()
    operator = CovageUpdateQuoteOperator(task_id="act", project_id="PRJ", **ids)
    monkeypatch.setattr(operator.client.quote, "get", lambda quote_id: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        operator.execute(context())
