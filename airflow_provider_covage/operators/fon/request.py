"""Operators of requests for dark fibre (covage-fon.txt)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.agreement import lacking
from airflow_provider_covage.api.covage import lookup
from airflow_provider_covage.api.covage.recognition import Unkeyed, bears_mark, is_same_request
from airflow_provider_covage.api.errors import ClosedError
from airflow_provider_covage.api.working_days import check_answer_date
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import CovageOperator
from airflow_provider_covage.operators.creation import Creation

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class CovageCreateFonRequestOperator(CovageOperator):
    """Create a request for dark fibre, once.

    A request bears no key (C44). In place of one, a short mark in brackets is written at the end of `note`,
    and the list of requests is searched for it. With `mark=False` nothing is written: after a lost answer
    or a retry, the one request that agrees in all fields counts as the same, and several stop the task;
    without any field, a second one may be made. A request that bears the mark and is for another customer
    stops the task, as does one whose note the API has cut off, and the mark with it. Returns the request's
    id.

    Args:
        fields: The request, by the API's names: project_id, end_customer_name, business_sector,
            expected_response_date, note.
        mark: Whether to write the mark.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "fon"
    template_fields: Sequence[str] = ("fields", *CovageOperator.template_fields)

    def __init__(self, *, fields: dict[str, Any] | None = None, mark: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = fields
        self.mark = mark

    def act(self, context: Context) -> str:
        """Create the request or adopt it.

        Args:
            context: The task's context.

        Returns:
            The request's id.
        """
        from airflow_provider_covage.api.models import FonFields, body

        fields = body(FonFields, self.fields or {}, of="fields of the request")
        if not keys.came_before(context):
            # Later the date may have come near, and the request be there all the same.
            check_answer_date(fields.get("expected_response_date"))
        key = keys.derive(context) if self.mark else None
        mark = keys.mark(key) if key else None
        if mark:
            fields["note"] = f"{fields.get('note') or ''} {mark}".strip()
        record = self.create_once(context, self._creation(mark, fields, keys.run_began(context)))
        self.log.info("request for dark fibre %s (%s) is there", record["id"], record.get("reference"))
        return str(record["id"])

    def _creation(self, mark: str | None, fields: Any, since: datetime | None) -> Creation:
        unkeyed = Unkeyed(since)

        def is_it(record: Record) -> bool:
            return bears_mark(record, mark) if mark else is_same_request(record, fields)

        def read(request_id: str) -> Record | None:
            request = self.client.fon.get(request_id)
            return request if is_it(request) else None

        return Creation(
            what="request for dark fibre",
            name=f"request for dark fibre {mark or 'without mark'}",
            find=lambda doubt: lookup.fon_requests(self.client, mark, fields, unkeyed=unkeyed, doubt=doubt),
            send=lambda: self.client.fon.create(**fields),
            bears=lambda record: bool(mark) and is_it(record),
            read=read,
            delete=self.client.fon.delete if mark else None,
            agrees=lambda record: is_same_request(record, fields),
            identity={name: fields[name] for name in ("end_customer_name",) if name in fields},
        )


class FonOperator(CovageOperator):
    """Base of what works on one request for dark fibre.

    Args:
        fon_request_id: The request.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource: ClassVar[str | None] = "fon"
    template_fields: Sequence[str] = ("fon_request_id", *CovageOperator.template_fields)

    def __init__(self, *, fon_request_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fon_request_id = fon_request_id

    def read(self) -> Record:
        """Read the request.

        Returns:
            The request.
        """
        return self.client.fon.get(self.fon_request_id)

    def draft(self) -> Record:
        """Read the request while it may still be changed.

        Returns:
            The request.

        Raises:
            ClosedError: It is confirmed.
        """
        record = self.read()
        if record.get("state") in lifecycle.FON.states - lifecycle.FON.draft:
            raise ClosedError(f"request for dark fibre {self.fon_request_id}", record["state"], record)
        return record


class CovageUpdateFonRequestOperator(FonOperator):
    """Change a request for dark fibre that is not confirmed yet; the mark in its note stays.

    Returns the request.

    Args:
        fon_request_id: The request.
        fields: What is to change, by the API's names.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("fields", *FonOperator.template_fields)

    def __init__(self, *, fields: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = fields

    def act(self, context: Context) -> Record:
        """Change the request.

        Args:
            context: The task's context.

        Returns:
            The request.
        """
        from airflow_provider_covage.api.models import FonFields, body

        self.required("fon_request_id")
        fields = body(FonFields, self.fields, of="fields of the request")
        if not keys.came_before(context):
            check_answer_date(fields.get("expected_response_date"))
        return self.once(context).repeatedly(
            f"update of request {self.fon_request_id}",
            check=self.draft,
            act=lambda: self.client.fon.update(self.fon_request_id, **self._with_mark(fields)),
            lacks=lambda request: lacking(_without_mark(request), _without_mark(fields)),
        )

    def _with_mark(self, fields: Any) -> Any:
        mark = keys.mark_in(self.read().get("note"))
        if "note" not in fields or not mark or keys.mark_in(fields["note"]) == mark:
            return fields
        return {**fields, "note": f"{fields['note']} {mark}".strip()}


def _without_mark(request: Mapping[str, Any]) -> dict[str, Any]:
    mark = keys.mark_in(request.get("note"))
    return {**request, "note": request["note"].replace(mark, "").strip()} if mark else dict(request)


class CovageDeleteFonRequestOperator(FonOperator):
    """Delete a request for dark fibre; one that is gone already counts as deleted.

    Returns `{"fon_request_id", "deleted": True}`.

    Args:
        fon_request_id: The request.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = None

    def act(self, context: Context) -> Record:
        """Delete the request unless it is gone.

        Args:
            context: The task's context.

        Returns:
            The request's id.
        """
        self.required("fon_request_id")
        self.once(context)(f"deletion of request {self.fon_request_id}", look=self._gone, act=self._delete)
        return {"fon_request_id": self.fon_request_id, "deleted": True}

    def _gone(self, _: bool) -> bool | None:
        return lookup.gone(self.client.fon, self.fon_request_id) or None

    def _delete(self) -> bool:
        self.draft()
        self.client.fon.delete(self.fon_request_id)
        return True


class CovageConfirmFonRequestOperator(FonOperator):
    """Send a request for dark fibre to Covage. Cannot be taken back.

    Looks at the state first: a request that is confirmed already is left alone. What a request needs to be
    confirmed is not documented (C57): the API's own words are shown. Returns the request.

    Args:
        fon_request_id: The request.
        **kwargs: Arguments of every Covage operator.
    """

    def act(self, context: Context) -> Record:
        """Confirm the request unless that has happened.

        Args:
            context: The task's context.

        Returns:
            The request.
        """
        self.required("fon_request_id")
        return self.once(context)(
            f"confirmation of request {self.fon_request_id}", look=self._confirmed, act=self._confirm
        )

    def _confirmed(self, _: bool) -> Record | None:
        record = self.read()
        return None if record.get("state") in lifecycle.FON.draft | {None} else record

    def _confirm(self) -> Record:
        return self.client.fon.confirm(self.fon_request_id) or self.read()
