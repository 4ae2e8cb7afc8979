"""What Airflow does about an error, from version 3.3 on, where a task can bring a policy of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import PermanentError, TransientError
from airflow_provider_covage.compat import HAS_RETRY_POLICIES

if not HAS_RETRY_POLICIES:
    # Permanent errors still fail at once, the delay is the task's own.
    CovageRetryPolicy: Any = None
else:
    from airflow.sdk import RetryDecision, RetryPolicy

    if TYPE_CHECKING:
        from airflow.sdk import Context

    class CovageRetryPolicy(RetryPolicy):  # type: ignore[no-redef]
        """Fail at once on what no retry can mend, and wait as long as the API asks for.

        The operators bring it along; for a task of your own that uses the hook:
        `@task(retry_policy=CovageRetryPolicy())`.
        """

        def evaluate(
            self,
            exception: BaseException,
            try_number: int,
            max_tries: int,
            context: Context | None = None,
        ) -> RetryDecision:
            """Decide about the next try.

            Args:
                exception: Why this one failed.
                try_number: Number of this try, from 1.
                max_tries: Most tries.
                context: The task's context.

            Returns:
                Failure with the API's words as the reason, a delay, or Airflow's own rule.
            """
            if isinstance(exception, PermanentError):
                return RetryDecision.fail(reason=str(exception))
            if isinstance(exception, TransientError) and exception.retry_after is not None:
                delay = timedelta(seconds=exception.retry_after)
                return RetryDecision.retry(delay=delay, reason=f"the API asked to wait: {exception}")
            return RetryDecision.default()

        def serialize(self) -> dict[str, Any]:
            """Give what makes this policy again: nothing, it has no settings.

            Returns:
                An empty dict.
            """
            return {}

        @classmethod
        def deserialize(cls, data: dict[str, Any]) -> CovageRetryPolicy:
            """Make the policy again.

            Args:
                data: What `serialize` gave.

            Returns:
                The policy.
            """
            return cls()


def with_retry_policy(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Add the policy to an operator's arguments, where this Airflow knows it and none is given.

    Args:
        kwargs: Arguments of the operator.

    Returns:
        The arguments.
    """
    if CovageRetryPolicy is None or kwargs.get("retry_policy") is not None:
        return kwargs
    return {**kwargs, "retry_policy": CovageRetryPolicy()}
