"""What the creation of a quotation basket and of an order session share: both bear a key and hold lines."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_covage.api.covage.recognition import Unkeyed, could_be
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import CovageOperator, given
from airflow_provider_covage.operators.creation import Creation

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class CreateCollectionOperator(CovageOperator):
    """Base of what creates a basket or a session, once: one with the same key is adopted.

    Args:
        external_id: Your own key; without it one is derived from DAG, run, task and map index.
        project_id: Code of a project.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("external_id", "project_id", *CovageOperator.template_fields)
    what: ClassVar[str]
    """What is created, in words."""

    def __init__(
        self, *, external_id: str | None = None, project_id: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.external_id = external_id
        self.project_id = project_id

    def act(self, context: Context) -> str:
        """Create it or adopt it.

        Args:
            context: The task's context.

        Returns:
            Its id.
        """
        key = self.key(self.external_id, context)
        record = self.create_once(context, self._creation(key, keys.run_began(context)))
        self.log.info("%s %s (external_id %s) is %s", self.what, record["id"], key, record.get("state"))
        return str(record["id"])

    @property
    @abstractmethod
    def resource(self) -> Any:
        """The resource of the client."""

    @abstractmethod
    def look_up(self, key: str, *, unkeyed: Unkeyed, doubt: bool) -> list[Record]:
        """Find what bears a key.

        Args:
            key: The key.
            unkeyed: What is taken for it where keys do not come back.
            doubt: Whether an earlier sending may have taken effect.

        Returns:
            Those that bear it, the earliest first.
        """

    def delete(self) -> Callable[[str], object] | None:
        """Choose how a second one is deleted.

        Returns:
            What deletes one by its id; None where the API cannot.
        """
        return None

    def _creation(self, key: str | None, since: datetime | None) -> Creation:
        fields = given(external_id=key, project_id=self.project_id or None)
        unkeyed = Unkeyed(since)

        def read(record_id: str) -> Record | None:
            record = self.resource.get(record_id)
            return record if could_be(record, fields) else None

        return Creation(
            what=self.what,
            name=f"{self.what} with external_id {key}",
            find=lambda doubt: self.look_up(key, unkeyed=unkeyed, doubt=doubt) if key else [],
            send=lambda: self.resource.create(**fields),
            bears=lambda record: bool(key) and record.get("external_id") == key,
            read=read,
            delete=self.delete(),
            identity=given(project_id=self.project_id or None),
        )
