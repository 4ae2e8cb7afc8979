"""How this Prizz-Telecom speaks: one switch for each thing that its documents leave open or contradict.

The first value of every switch is the default: what the documents say most plainly. `P1` to `P31` are
the ambiguities that a switch stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from airflow_provider_covage.sandbox.switches import Switches


@dataclass(frozen=True)
class PrizzDialect(Switches):
    """One way of reading the documents. Every combination of values is possible."""

    product_group: Literal["iru", "location"] = "iru"
    """Name of the group of long-term rights in answers (P1). Both names are taken in requests."""
    progress: Literal["stepwise", "direct"] = "stepwise"
    """Whether the statuses between the first and the last are ever seen (P3)."""
    free_states: Literal["english", "french"] = "english"
    """Words of `wfs` and `state`, with other numbers for `statusCode` (P4)."""
    refusals: Literal["success_false", "bad_request"] = "success_false"
    """What the state forbids is a 2xx with `success` false, or a 400 (P5)."""
    ids: Literal["made", "parent", "workflow"] = "made"
    """Whose `id` a write answers, of what was made or changed, of its parent, or of the workflow (P6)."""
    required: Literal["checked", "lenient"] = "checked"
    """A field without which nothing makes sense is missed, or made up (P7)."""
    responses: Literal["one", "per_company"] = "one"
    """`eligibility.create` makes one request, or one for each company of the user (P8)."""
    eligibility_context: Literal["same", "wf", "response"] = "same"
    """`wf` is the element of `responses`; or another number, and `fast_order` takes one of them (P9)."""
    amounts: Literal["cents", "euros"] = "cents"
    """Unit of the amounts for which none is documented; eligibilities are in cents in any case (P10)."""
    discount: Literal["amount", "rate"] = "amount"
    """`unitPriceDiscount` is an amount or a percentage (P10)."""
    spelling: Literal["real", "corrected"] = "real"
    """Names and values with slips of the pen, or without (P11)."""
    ticket_dates: Literal["iso", "french"] = "iso"
    """Form of the dates of tickets, ISO 8601, or `31/01/2026` with hours and minutes behind it (P12)."""
    first_page: Literal["one", "zero"] = "one"
    """Number of the first page (P13). A page before it is refused."""
    after_last_page: Literal["empty", "not_found"] = "empty"
    """A page after the last one has no items, or is a 404 (P13)."""
    order: Literal["ascending", "descending"] = "ascending"
    """Order of lists by id where none is asked for (P13)."""
    separator: Literal["comma", "semicolon", "none"] = "comma"
    """What stands between several `contexts` or `states`; with `none` only one is taken (P14)."""
    action: Literal["classe", "id"] = "classe"
    """Which field of an action of a process `transition_class` takes (P18)."""
    transition: Literal["first", "fitting"] = "first"
    """Which of several transitions runs, the first, or the first whose required fields were sent (P19)."""
    signing: Literal["code", "direct"] = "code"
    """A signature needs a code that is sent to the signer, or the first call signs (P21)."""
    new_code: Literal["replaces", "repeats"] = "replaces"
    """Asking for a code again makes another one, or sends the same one again (P21)."""
    signature: Literal["at_once", "later"] = "at_once"
    """The offer is `signed`, and its contracts are there, with the answer or some time after it (P21)."""
    submission: Literal["stepwise", "at_once", "late"] = "stepwise"
    """A submitted offer waits for approval, is validated in the answer, or stays `new` for a while (P22)."""
    fast_order: Literal["draft", "submitted"] = "draft"
    """Whether an offer made by `fast_order` still has to be submitted (P22)."""
    search: Literal["wide", "narrow"] = "wide"
    """The `search` filter of offers looks at references and sections, or at the offer's name only (P24)."""
    last_day: Literal["included", "excluded"] = "included"
    """Whether `createDate[to]` is a day that still counts (P24)."""
    bare_tokens: Literal["refused", "taken"] = "refused"
    """A token without the word `Token` before it (P25)."""
    slips: Literal["documented", "corrected"] = "documented"
    """`entityDescription` is a number and `public` a string, or the other way round as is likely (P27)."""
    nesting: Literal["full", "shallow"] = "full"
    """Objects inside objects inside objects are shown, or left out (P30)."""
    unset: Literal["omitted", "null"] = "omitted"
    """An object that is not there yet and is not documented as nullable (P30)."""
    errors: Literal["message", "problem", "html", "empty"] = "message"
    """Form of errors, which is `code` and `message`, problem+json, a page, or nothing (P31)."""
