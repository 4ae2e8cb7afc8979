"""Signing a commercial offer: a code is sent to the signer, and signs (P21)."""

from __future__ import annotations

import secrets

from airflow_provider_covage.sandbox.clock import utc
from airflow_provider_covage.sandbox.prizz import catalogue
from airflow_provider_covage.sandbox.prizz.acts import note
from airflow_provider_covage.sandbox.prizz.bodies import SignBody
from airflow_provider_covage.sandbox.prizz.contracts import Contracts
from airflow_provider_covage.sandbox.prizz.errors import RefusalError
from airflow_provider_covage.sandbox.prizz.offers import sections
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

TRIES = 3
"""How often a wrong code may be given before another one has to be sent."""
SENT, SIGNED = {"step": "codeSent"}, {"step": "signed"}


class Signing:
    """The operation `commercial_offer.sign`."""

    def __init__(self, world: World, contracts: Contracts) -> None:
        self.world = world
        self.contracts = contracts

    def sign(self, id: str, body: SignBody | None = None) -> Json:
        """Have a code sent, or sign with it."""
        offer = self.world.get("commercial_offer", id)
        log, step = self.advance(offer, body.code if body else None)
        return self._done(offer, log, step)

    def advance(self, offer: Record, code: str | None) -> tuple[str, Json]:
        """Have a code sent, or sign with it; return what to say about it, and the step that was taken."""
        self._check(offer)
        if self.world.dialect.signing == "code":
            if not code:
                return self._send(offer), SENT
            self._verify(offer, code)
        if self.world.outcomes.of("signature", offer.data) == "refused":
            raise RefusalError("The signature was refused.", offer)
        self._sign(offer)
        return "Signed.", SIGNED

    def _check(self, offer: Record) -> None:
        status = offer.data["status"]
        if status != "validated" or offer.data.get("signing"):
            state = "being signed" if offer.data.get("signing") else status
            raise RefusalError(f"{offer.data['name']} cannot be signed: it is {state}.", offer)

    def _send(self, offer: Record) -> str:
        """Send a code to the signer; `Controls.messages` shows it."""
        now = self.world.clock.now()
        kept = offer.data.get("code") if self.world.dialect.new_code == "repeats" else None
        code = kept or f"{secrets.randbelow(10**6):06d}"
        until = now + self.world.timing.code_validity
        self.world.update(offer, code=code, code_until=until, code_tries=0)
        signer, ids = catalogue.USER["email"], {"commercial_offer": offer.data["id"]}
        sent = {"to": signer, "about": "signature", "ids": ids, "text": code, "time": utc(self.world.today())}
        self.world.messages.append(sent)
        return f"A code was sent to {signer}."

    def _verify(self, offer: Record, code: str) -> None:
        kept, until = offer.data.get("code"), offer.data.get("code_until", 0.0)
        if not kept:
            raise RefusalError("No code was sent.", offer)
        if until < self.world.clock.now() or offer.data["code_tries"] >= TRIES:
            raise RefusalError("The code is no longer valid: have another one sent.", offer)
        if not secrets.compare_digest(code.strip().encode(), str(kept).encode()):
            self.world.update(offer, code_tries=offer.data["code_tries"] + 1)
            raise RefusalError("The code is wrong.", offer, more=SENT)

    def _sign(self, offer: Record) -> None:
        """Sign an offer: each section becomes a service contract."""
        now = self.world.clock.now()
        if self.world.dialect.signature == "later":
            self.world.update(offer, signing=True)
            self.world.store.schedule.at(now + self.world.timing.late, offer, self.conclude)
        else:
            self.conclude(offer, now)

    def conclude(self, offer: Record, instant: float) -> None:
        """Make the service contracts of an offer that is signed."""
        date = self.world.clock.date(instant)
        self.world.modify(offer, status="signed", signDate=date, signing=False, code=None)
        for section in sections(self.world, offer):
            self.contracts.start(offer, section, instant)

    def _done(self, offer: Record, log: str, step: Json) -> Json:
        contracts = [s.data["serviceContractId"] for s in sections(self.world, offer)]
        ids = {"commercial_offer": offer.data["id"], **step}
        if step is SIGNED:
            ids["service_contract"] = contracts
        self.world.ledger.effect(ids)
        workflow = note(self.world, "CommercialOffer\\Sign", offer, log)
        chosen = workflow if self.world.dialect.ids == "workflow" else offer
        return {"id": chosen.data["id"], "success": True, "lastLog": log, **step}
