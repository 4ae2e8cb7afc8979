"""The operator that signs commercial offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk.log import mask_secret

from airflow_provider_covage.api.errors import InputError, LifecycleError, PermanentError
from airflow_provider_covage.api.prizz import lifecycle, lookup
from airflow_provider_covage.operators.base import given
from airflow_provider_covage.operators.prizz.base import OfferOperator, refuse_abandoned

if TYPE_CHECKING:
    from airflow.sdk import Context
    from jinja2 import Environment

    from airflow_provider_covage.api.calls import Record


class PrizzSignCommercialOfferOperator(OfferOperator):
    """Sign a commercial offer, or have the code for that sent to the signer. A signature orders.

    Two tasks make a signature: one without `code`, which has a code sent, and one with it. Between them a
    human gives the code, in the form of Airflow's `HITLEntryOperator` or by whatever leaves an XCom:

        ask = HITLEntryOperator(task_id="ask", subject="Code", params={"code": Param("", type="string")})
        code = "{{ ti.xcom_pull('ask')['params_input']['code'] }}"
        sign = PrizzSignCommercialOfferOperator(..., code=code)  # ask >> sign

    Looks at the status first: an offer that is signed is left alone, so a signature is made once. Whether a
    code was sent cannot be seen: after a lost answer the next try has another one sent. Returns
    `{"commercial_offer_id", "step", "service_contract_ids"}`, each as an XCom of its own, too: `step` is
    `codeSent` or `signed`, the contracts are those that the sections have become so far.

    Args:
        commercial_offer_id: The offer, `validated` by now.
        code: The code. Given, it may not come out empty. It is hidden in logs and in the rendered template,
            unless it is too short for that.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = ("code", *OfferOperator.template_fields)

    def __init__(self, *, code: str | int | None = None, **kwargs: Any) -> None:
        super().__init__(**{"multiple_outputs": True, **kwargs})
        self.code = code
        self.has_code = code is not None

    def render_template_fields(self, context: Context, jinja_env: Environment | None = None) -> None:
        """Fill in the template fields, and hide the code before they are shown.

        Args:
            context: The task's context.
            jinja_env: Environment of the templates.
        """
        super().render_template_fields(context, jinja_env)
        if self.code not in (None, ""):
            mask_secret(str(self.code))

    def act(self, context: Context) -> dict[str, Any]:
        """Sign the offer, or have a code sent.

        Args:
            context: The task's context.

        Returns:
            `commercial_offer_id`, `step` and `service_contract_ids`.
        """
        self.numbers("commercial_offer_id")
        code = self._checked_code()
        what = "signature" if code else "code for the signature"
        offer = self.once(context, orders=code is not None)(
            f"{what} of commercial offer {self.commercial_offer_id}",
            look=self._look,
            act=lambda: self._sign(code),
        )
        step = "signed" if offer.get("status") == "signed" or offer.get("signDate") else "codeSent"
        self.log.info("%s: %s", self.name_of(offer), step)
        return {
            "commercial_offer_id": self.commercial_offer_id,
            "step": step,
            "service_contract_ids": lookup.contracts_of(offer),
        }

    def _checked_code(self) -> str | None:
        if not self.has_code:
            return None
        code = "" if self.code is None else str(self.code).strip()
        if code in ("", "None"):
            raise InputError(
                f"{type(self).__name__}: code is empty; was the form answered? Nothing was sent "
                "(without the argument, a code is sent to the signer)"
            )
        mask_secret(code)
        return code

    def _look(self, _: bool) -> Record | None:
        offer = self.read()
        status = offer.get("status")
        refuse_abandoned(self.name_of(offer), offer)
        if status == "signed" or offer.get("signDate"):
            return offer
        if status in lifecycle.COMMERCIAL_OFFER.states - {"validated"}:
            advice = (
                "submit it first (PrizzSubmitCommercialOfferOperator)"
                if status == "new"
                else "wait for validated first (PrizzCommercialOfferSensor)"
            )
            raise LifecycleError(f"{self.name_of(offer)} is {status}: {advice}")
        return None

    def _sign(self, code: str | None) -> Record:
        answer = self.client.commercial_offer.sign(self.commercial_offer_id, **given(code=code))
        step = answer.get("step")
        if code and step == "codeSent":
            raise PermanentError(
                f"commercial offer {self.commercial_offer_id} is not signed: the code was not taken and "
                "another one was sent; ask the signer for that"
            )
        offer = self.read()
        # The answer knows it before the offer may show it.
        return {**offer, "status": "signed"} if step == "signed" else offer
