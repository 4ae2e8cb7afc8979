"""Operators of order taking (covage-order.txt)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.agreement import lacking
from airflow_provider_covage.api.covage import lookup
from airflow_provider_covage.api.covage.recognition import Unkeyed, agrees
from airflow_provider_covage.api.errors import ClosedError, InputError, LifecycleError
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import CovageOperator, given
from airflow_provider_covage.operators.collection import CreateCollectionOperator
from airflow_provider_covage.operators.creation import Creation
from airflow_provider_covage.operators.preflight import refuse_gaps, refuse_twins, refuse_unknown_references

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record
    from airflow_provider_covage.api.covage.order import ProductOrder
    from airflow_provider_covage.api.transport import Transport
    from airflow_provider_covage.api.watching import Observation

_IDENTITY = ("product_offering_qualification_item_id", "product_offering_id", "quote_item_id")
"""What a line is for: the site, the offer, and the quotation line that it comes of."""

_TWO_NAMES = (("enni_2", "enni2"), ("cpe_networking_number", "cpe_network_number"))
"""Fields that have one name in the tables of the document and another one in its examples (C12, C13)."""

_SHOWN_IN_PREFLIGHT = ("related_contact_information", "enni", "option_ids", "offer_family")


class CovageCreateOrderOperator(CreateCollectionOperator):
    """Create an order session, once: a session with the same key is adopted.

    Accepting a quotation line makes a session by itself; this is for orders without a quotation. One that
    bears the key and belongs to another project stops the task. Returns the session's id.

    Args:
        external_id: Your own key; without it one is derived from DAG, run, task and map index.
        project_id: Code of a project.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "product_order"
    what = "order session"

    @property
    def resource(self) -> ProductOrder[Transport]:
        """The resource of the client."""
        return self.client.product_order

    def look_up(self, key: str, *, unkeyed: Unkeyed, doubt: bool) -> list[Record]:
        """Find the sessions that bear a key.

        Args:
            key: The key.
            unkeyed: What is taken for it where keys do not come back.
            doubt: Whether an earlier sending may have taken effect.

        Returns:
            Those that bear it, the earliest first.
        """
        return lookup.product_orders(self.client, key, unkeyed=unkeyed, doubt=doubt)

    def delete(self) -> Callable[[str], object]:
        """Choose how a second session is deleted.

        Returns:
            What deletes one that has no lines.
        """
        return self._delete_empty

    def _delete_empty(self, product_order_id: str) -> None:
        session = self.client.product_order.get(product_order_id)
        if session.get("product_order_item"):
            raise LifecycleError(f"order session {product_order_id} has lines by now")
        self.client.product_order.delete(product_order_id)


class _OrderOperator(CovageOperator):
    """Base of what works on one order session.

    Args:
        product_order_id: The session.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource: ClassVar[str | None] = "product_order"
    template_fields: Sequence[str] = ("product_order_id", *CovageOperator.template_fields)

    def __init__(self, *, product_order_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.product_order_id = product_order_id

    def _draft(self) -> Record:
        seen = self._look()
        if self._is_confirmed(seen):
            raise ClosedError(f"order session {self.product_order_id}", seen.state, seen.record)
        return seen.record

    def _confirmed(self) -> Record | None:
        seen = self._look()
        return seen.record if self._is_confirmed(seen) else None

    def _look(self) -> Observation:
        from airflow_provider_covage.api.covage.observe import observe_order

        return self.client.transport.follow(observe_order(self.product_order_id))

    @staticmethod
    def _is_confirmed(seen: Observation) -> bool:
        return seen.state is not None and seen.state not in lifecycle.ORDER.draft


class CovageUpdateOrderOperator(_OrderOperator):
    """Change an order session that is not confirmed yet.

    Returns the session.

    Args:
        product_order_id: The session.
        external_id: New key.
        project_id: New code of a project.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("external_id", "project_id", *_OrderOperator.template_fields)

    def __init__(
        self, *, external_id: str | None = None, project_id: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.external_id = external_id
        self.project_id = project_id

    def act(self, context: Context) -> Record:
        """Change the session.

        Args:
            context: The task's context.

        Returns:
            The session.
        """
        self.required("product_order_id")
        fields = given(external_id=self.external_id, project_id=self.project_id)
        if not fields:
            raise InputError("nothing to change: give external_id or project_id")
        return self.once(context).repeatedly(
            f"update of order session {self.product_order_id}",
            check=self._draft,
            act=lambda: self.client.product_order.update(self.product_order_id, **fields),
            lacks=lambda session: lacking(session, fields),
        )


class CovageDeleteOrderOperator(_OrderOperator):
    """Delete an order session with all its lines; one that is gone already counts as deleted.

    Returns `{"product_order_id", "deleted": True}`.

    Args:
        product_order_id: The session.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = None

    def act(self, context: Context) -> Record:
        """Delete the session unless it is gone.

        Args:
            context: The task's context.

        Returns:
            The session's id.
        """
        self.required("product_order_id")
        self.once(context)(
            f"deletion of order session {self.product_order_id}", look=self._gone, act=self._delete
        )
        return {"product_order_id": self.product_order_id, "deleted": True}

    def _gone(self, _: bool) -> bool | None:
        return lookup.gone(self.client.product_order, self.product_order_id) or None

    def _delete(self) -> bool:
        self._draft()
        self.client.product_order.delete(self.product_order_id)
        return True


class CovageConfirmOrderOperator(_OrderOperator):
    """Order every line of a session. Cannot be taken back through the API.

    Looks at the state first: a session that is confirmed already is left alone. Returns the session.

    Args:
        product_order_id: The session.
        preflight: Check all lines first and name every field that the confirmation would miss.
        check_references: Check projects and ENNI against the reference data first.
        **kwargs: Arguments of every Covage operator.
    """

    def __init__(self, *, preflight: bool = True, check_references: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.preflight = preflight
        self.check_references = check_references

    def act(self, context: Context) -> Record:
        """Confirm the session unless that has happened.

        Args:
            context: The task's context.

        Returns:
            The session.
        """
        self.required("product_order_id")
        return self.once(context, orders=True)(
            f"confirmation of order session {self.product_order_id}",
            look=lambda _: self._confirmed(),
            act=self._confirm,
        )

    def _confirm(self) -> Record:
        if self.preflight or self.check_references:
            self._check()
        answer = self.client.product_order.confirm(self.product_order_id)
        self.log.info("order session %s is confirmed", self.product_order_id)
        return answer or self.client.product_order.get(self.product_order_id)

    def _check(self) -> None:
        from airflow_provider_covage.api.covage.observe import lines_of
        from airflow_provider_covage.api.models import order_item_gaps

        session = self.client.product_order.get(self.product_order_id)
        lines = self.client.transport.follow(lines_of(session, "product_order_item", _SHOWN_IN_PREFLIGHT))
        name = f"order session {self.product_order_id}"
        if self.preflight:
            refuse_twins(name, lines)
            refuse_gaps(name, lines, order_item_gaps)
        if self.check_references:
            refuse_unknown_references(self.client, name, [session, *lines])


class CovageAddOrderItemOperator(_OrderOperator):
    """Add a line to an order session, once: a line with the same key in the session is adopted.

    Where the API does not give keys back (C64), a line that agrees in all other fields counts as the same
    after a retry; two of them stop the task, as does a line that bears the key and is for another site, offer
    or quotation line. Returns the line's id.

    Args:
        product_order_id: The session.
        fields: The line, by the API's names; `product_offering_id` and
            `product_offering_qualification_item_id` have to be there. An `external_id` in it is the key;
            without it one is derived from DAG, run, task and map index.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "product_order_item"
    template_fields: Sequence[str] = ("fields", *_OrderOperator.template_fields)

    def __init__(self, *, fields: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = fields

    def act(self, context: Context) -> str:
        """Add the line or adopt it.

        Args:
            context: The task's context.

        Returns:
            The line's id.
        """
        from airflow_provider_covage.api.models import NewOrderItemFields, body

        self.required("product_order_id")
        fields = body(NewOrderItemFields, self.fields, of="fields of the order line")
        fields = given(**{**fields, "external_id": self.key(fields.get("external_id"), context)})
        record = self.create_once(context, self._creation(fields, keys.run_began(context)))
        self.log.info("order line %s is in session %s", record["id"], self.product_order_id)
        return str(record["id"])

    def _creation(self, fields: Any, since: datetime | None) -> Creation:
        key, unkeyed, session = fields.get("external_id"), Unkeyed(since), self.product_order_id
        return Creation(
            what="order line",
            name=f"order line with external_id {key} in session {session}",
            find=lambda doubt: lookup.product_order_items(
                self.client, session, fields, unkeyed=unkeyed, doubt=doubt
            ),
            send=lambda: self.client.product_order_item.create(session, **fields),
            bears=lambda record: bool(key) and record.get("external_id") == key,
            read=lambda line: lookup.product_order_item(self.client, session, line, fields),
            delete=lambda line: self.client.product_order_item.delete(session, line),
            agrees=lambda record: agrees(record, fields),
            identity={name: fields[name] for name in _IDENTITY if name in fields},
        )


class _OrderItemOperator(_OrderOperator):
    """Base of what works on one line of a session.

    Args:
        product_order_id: The session.
        product_order_item_id: The line.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "product_order_item"
    template_fields: Sequence[str] = ("product_order_item_id", *_OrderOperator.template_fields)

    def __init__(self, *, product_order_item_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.product_order_item_id = product_order_item_id


class CovageUpdateOrderItemOperator(_OrderItemOperator):
    """Change an order line whose session is not confirmed yet.

    Returns the line.

    Args:
        product_order_id: The session.
        product_order_item_id: The line.
        fields: What is to change, by the API's names; a given array replaces the old one.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("fields", *_OrderItemOperator.template_fields)

    def __init__(self, *, fields: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = fields

    def act(self, context: Context) -> Record:
        """Change the line.

        Args:
            context: The task's context.

        Returns:
            The line; where its session is confirmed already and the task came back, the line as it is.

        Raises:
            LifecycleError: The session is confirmed, and the line shows that it was not changed before.
        """
        from airflow_provider_covage.api.models import OrderItemFields, body

        self.required("product_order_id", "product_order_item_id")
        fields = body(OrderItemFields, self.fields, of="fields of the order line")
        self.once(context).repeatedly(
            f"update of order line {self.product_order_item_id}",
            check=self._draft,
            act=lambda: self.client.product_order_item.update(
                self.product_order_id, self.product_order_item_id, **fields
            ),
            lacks=lambda _: self._lacks(fields),
        )
        return self.client.product_order_item.get(self.product_order_item_id)

    def _lacks(self, fields: dict[str, Any]) -> list[str]:
        from airflow_provider_covage.api.models import NO_ENNI_FAMILY

        line = self.client.product_order_item.get(self.product_order_item_id)
        for one, other in (*_TWO_NAMES, *(pair[::-1] for pair in _TWO_NAMES)):
            if one not in line and other in line:
                line[one] = line[other]
        # There Covage computes the enni, whatever was given (C30).
        left_out = ("enni",) if line.get("offer_family") == NO_ENNI_FAMILY else ()
        return lacking(line, {name: fields[name] for name in fields if name not in left_out})


class CovageDeleteOrderItemOperator(_OrderItemOperator):
    """Delete an order line; one that is gone already counts as deleted.

    Returns the session that is left.

    Args:
        product_order_id: The session.
        product_order_item_id: The line.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "product_order"

    def act(self, context: Context) -> Record:
        """Delete the line unless it is gone.

        Args:
            context: The task's context.

        Returns:
            The session.
        """
        self.required("product_order_id", "product_order_item_id")
        self.once(context)(
            f"deletion of order line {self.product_order_item_id}", look=self._gone, act=self._delete
        )
        return self.client.product_order.get(self.product_order_id)

    def _gone(self, _: bool) -> bool | None:
        return lookup.gone(self.client.product_order_item, self.product_order_item_id) or None

    def _delete(self) -> bool:
        self._draft()
        self.client.product_order_item.delete(self.product_order_id, self.product_order_item_id)
        return True
