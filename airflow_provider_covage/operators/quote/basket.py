"""Operators of quotation baskets (covage-quotation.txt)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.agreement import lacking
from airflow_provider_covage.api.covage import lookup
from airflow_provider_covage.api.covage.recognition import Unkeyed
from airflow_provider_covage.api.errors import ClosedError, InputError
from airflow_provider_covage.operators.base import CovageOperator, given
from airflow_provider_covage.operators.collection import CreateCollectionOperator
from airflow_provider_covage.operators.preflight import refuse_gaps, refuse_twins, refuse_unknown_references

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record
    from airflow_provider_covage.api.covage.quote import Quote
    from airflow_provider_covage.api.transport import Transport


class CovageCreateQuoteOperator(CreateCollectionOperator):
    """Create a quotation basket, once: a basket with the same key is adopted.

    One that bears the key and belongs to another project stops the task. Returns the basket's id.

    Args:
        external_id: Your own key; without it one is derived from DAG, run, task and map index.
        project_id: Code of a project.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "quote"
    what = "quotation basket"

    @property
    def resource(self) -> Quote[Transport]:
        """The resource of the client."""
        return self.client.quote

    def look_up(self, key: str, *, unkeyed: Unkeyed, doubt: bool) -> list[Record]:
        """Find the baskets that bear a key.

        Args:
            key: The key.
            unkeyed: What is taken for it where keys do not come back.
            doubt: Whether an earlier sending may have taken effect.

        Returns:
            Those that bear it, the earliest first.
        """
        return lookup.quotes(self.client, key, unkeyed=unkeyed, doubt=doubt)


class CovageUpdateQuoteOperator(CovageOperator):
    """Change a quotation basket that is not confirmed yet.

    Returns the basket.

    Args:
        quote_id: The basket.
        external_id: New key.
        project_id: New code of a project.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "quote"
    template_fields: Sequence[str] = (
        "quote_id",
        "external_id",
        "project_id",
        *CovageOperator.template_fields,
    )

    def __init__(
        self,
        *,
        quote_id: str,
        external_id: str | None = None,
        project_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.quote_id = quote_id
        self.external_id = external_id
        self.project_id = project_id

    def act(self, context: Context) -> Record:
        """Change the basket.

        Args:
            context: The task's context.

        Returns:
            The basket.
        """
        self.required("quote_id")
        fields = given(external_id=self.external_id, project_id=self.project_id)
        if not fields:
            raise InputError("nothing to change: give external_id or project_id")
        return self.once(context).repeatedly(
            f"update of quotation basket {self.quote_id}",
            check=self._draft,
            act=lambda: self.client.quote.update(self.quote_id, **fields),
            lacks=lambda basket: lacking(basket, fields),
        )

    def _draft(self) -> Record:
        basket = self.client.quote.get(self.quote_id)
        if basket.get("state") in lifecycle.QUOTE.states - lifecycle.QUOTE.draft:
            raise ClosedError(f"quotation basket {self.quote_id}", basket["state"], basket)
        return basket


class CovageConfirmQuoteOperator(CovageOperator):
    """Send a quotation basket to Covage for pricing. Cannot be taken back.

    Looks at the state first: a basket that is confirmed already is left alone. Returns the basket.

    Args:
        quote_id: The basket.
        preflight: Check all lines first and name every field that the confirmation would miss.
        check_references: Check projects and ENNI against the reference data first.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "quote"
    template_fields: Sequence[str] = ("quote_id", *CovageOperator.template_fields)

    def __init__(
        self, *, quote_id: str, preflight: bool = True, check_references: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.quote_id = quote_id
        self.preflight = preflight
        self.check_references = check_references

    def act(self, context: Context) -> Record:
        """Confirm the basket unless that has happened.

        Args:
            context: The task's context.

        Returns:
            The basket.
        """
        self.required("quote_id")
        return self.once(context)(
            f"confirmation of quotation basket {self.quote_id}", look=self._confirmed, act=self._confirm
        )

    def _confirmed(self, _: bool) -> Record | None:
        record = self.client.quote.get(self.quote_id)
        state = record.get("state")
        return None if state is None or state in lifecycle.QUOTE.draft else record

    def _confirm(self) -> Record:
        if self.preflight or self.check_references:
            self._check()
        self.client.quote.confirm(self.quote_id)
        record = self.client.quote.get(self.quote_id)
        self.log.info("quotation basket %s is confirmed, now %s", self.quote_id, record.get("state"))
        return record

    def _check(self) -> None:
        from airflow_provider_covage.api.covage.observe import lines_of
        from airflow_provider_covage.api.models import QUOTE_ITEM_NEEDS, quote_item_gaps

        basket = self.client.quote.get(self.quote_id)
        lines = self.client.transport.follow(lines_of(basket, "quote_item", QUOTE_ITEM_NEEDS))
        name = f"quotation basket {self.quote_id}"
        if self.preflight:
            refuse_twins(name, lines)
            refuse_gaps(name, lines, quote_item_gaps)
        if self.check_references:
            refuse_unknown_references(self.client, name, [basket, *lines])
