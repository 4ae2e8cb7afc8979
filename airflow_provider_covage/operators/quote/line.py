"""Operators of quotation lines (covage-quotation.txt)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.agreement import lacking
from airflow_provider_covage.api.covage import lookup
from airflow_provider_covage.api.covage.recognition import Unkeyed, agrees
from airflow_provider_covage.api.errors import ClosedError
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import CovageOperator, given
from airflow_provider_covage.operators.creation import Creation

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


_IDENTITY = ("product_offering_qualification_item_id", "product_offerings")
"""What a line is for: the site, and the offers that a price is asked for."""


class CovageAddQuoteItemOperator(CovageOperator):
    """Add a line to a quotation basket, once: a line with the same key in the basket is adopted.

    Where the API does not give keys back (C64), a line that agrees in all other fields counts as the same
    after a retry; two of them stop the task. So does a line that bears the key and is for another site, or
    for other offers: mapped tasks may come in another order in a later try, see `keys.derive_each`. Returns
    the line's id.

    Args:
        quote_id: The basket.
        fields: The line, by the API's names; `product_offering_qualification_item_id` has to be there.
            An `external_id` in it is the key; without it one is derived from DAG, run, task and map index.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "quote_item"
    template_fields: Sequence[str] = ("quote_id", "fields", *CovageOperator.template_fields)

    def __init__(self, *, quote_id: str, fields: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.quote_id = quote_id
        self.fields = fields

    def act(self, context: Context) -> str:
        """Add the line or adopt it.

        Args:
            context: The task's context.

        Returns:
            The line's id.
        """
        from airflow_provider_covage.api.models import NewQuoteItemFields, body

        self.required("quote_id")
        fields = body(NewQuoteItemFields, self.fields, of="fields of the quotation line")
        fields = given(**{**fields, "external_id": self.key(fields.get("external_id"), context)})
        record = self.create_once(context, self._creation(fields, keys.run_began(context)))
        reference = record.get("reference")
        self.log.info("quotation line %s (%s) is in basket %s", record["id"], reference, self.quote_id)
        return str(record["id"])

    def _creation(self, fields: Any, since: datetime | None) -> Creation:
        key, unkeyed = fields.get("external_id"), Unkeyed(since)
        return Creation(
            what="quotation line",
            name=f"quotation line with external_id {key} in basket {self.quote_id}",
            find=lambda doubt: lookup.quote_items(
                self.client, self.quote_id, fields, unkeyed=unkeyed, doubt=doubt
            ),
            send=lambda: self.client.quote_item.create(self.quote_id, **fields),
            bears=lambda record: bool(key) and record.get("external_id") == key,
            read=lambda line: lookup.quote_item(self.client, self.quote_id, line, fields),
            delete=lambda line: self.client.quote_item.delete(self.quote_id, line),
            agrees=lambda record: agrees(record, fields),
            identity={name: fields[name] for name in _IDENTITY if name in fields},
        )


class QuoteItemOperator(CovageOperator):
    """Base of what works on one line of a basket.

    Args:
        quote_id: The basket.
        quote_item_id: The line.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "quote_item"
    template_fields: Sequence[str] = ("quote_id", "quote_item_id", *CovageOperator.template_fields)

    def __init__(self, *, quote_id: str, quote_item_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.quote_id = quote_id
        self.quote_item_id = quote_item_id

    def draft(self) -> Record:
        """Read the line while it may still be changed.

        Returns:
            The line.

        Raises:
            ClosedError: Its basket is confirmed.
        """
        item = self.client.quote_item.get(self.quote_item_id)
        if item.get("state") in lifecycle.QUOTE_ITEM.states - lifecycle.QUOTE_ITEM.draft:
            raise ClosedError(f"quotation line {self.quote_item_id}", item["state"], item)
        return item


class CovageUpdateQuoteItemOperator(QuoteItemOperator):
    """Change a quotation line whose basket is not confirmed yet.

    Returns the line.

    Args:
        quote_id: The basket.
        quote_item_id: The line.
        fields: What is to change, by the API's names.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("fields", *QuoteItemOperator.template_fields)

    def __init__(self, *, fields: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = fields

    def act(self, context: Context) -> Record:
        """Change the line.

        Args:
            context: The task's context.

        Returns:
            The line, read again where the API answers with the basket (C49).
        """
        from airflow_provider_covage.api.models import ChangedQuoteItemFields, body

        self.required("quote_id", "quote_item_id")
        fields = body(ChangedQuoteItemFields, self.fields, of="fields of the quotation line")
        answer = self.once(context).repeatedly(
            f"update of quotation line {self.quote_item_id}",
            check=self.draft,
            act=lambda: self.client.quote_item.update(self.quote_id, self.quote_item_id, **fields),
            # The lifecycle writes the other two itself (C36).
            lacks=lambda line: lacking(
                line, {name: fields[name] for name in fields if name not in ("state", "quote_date")}
            ),
        )
        is_line = answer.get("id") == self.quote_item_id
        return answer if is_line else self.client.quote_item.get(self.quote_item_id)


class CovageDeleteQuoteItemOperator(QuoteItemOperator):
    """Delete a quotation line; one that is gone already counts as deleted.

    Returns the basket that is left.

    Args:
        quote_id: The basket.
        quote_item_id: The line.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "quote"

    def act(self, context: Context) -> Record:
        """Delete the line unless it is gone.

        Args:
            context: The task's context.

        Returns:
            The basket.
        """
        self.required("quote_id", "quote_item_id")
        self.once(context)(
            f"deletion of quotation line {self.quote_item_id}", look=self._gone, act=self._delete
        )
        return self.client.quote.get(self.quote_id)

    def _gone(self, _: bool) -> bool | None:
        return lookup.gone(self.client.quote_item, self.quote_item_id) or None

    def _delete(self) -> bool:
        self.draft()
        self.client.quote_item.delete(self.quote_id, self.quote_item_id)
        return True
