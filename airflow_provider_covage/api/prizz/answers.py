"""Reading answers of the Prizz API, which can fail inside a successful one (P5)."""

from __future__ import annotations

from airflow_provider_covage.api import answers
from airflow_provider_covage.api.calls import Record
from airflow_provider_covage.api.errors import UnsuccessfulError
from airflow_provider_covage.api.request import Answer


def record(answer: Answer) -> Record:
    """Read an answer that holds one record.

    Args:
        answer: A successful answer.

    Returns:
        The record.

    Raises:
        UnsuccessfulError: It says `success: false`; the message shows its `lastLog` or `log`.
        UnreadableAnswerError: The body is empty, is no JSON or is no object.
    """
    content = answers.record(answer)
    if content.get("success") is False:
        words = str(content.get("lastLog") or content.get("log") or "the API does not say why")
        exchange = answers.exchange_of(answer)
        exchange.messages = (("", answer.without_secrets(words)), ("id", str(content.get("id"))))
        raise UnsuccessfulError(exchange, content)
    return content
