"""A site as a line of text, as people write it into the form: what its parts are, and how they are read.

The patterns stand in the form, too: Airflow refuses a line that has a slip before there is a run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from airflow_provider_covage.api.errors import InputError

# What separates the parts of a line: tabs come from spreadsheets.
SEPARATOR = "[;\t]"
TEXT = "[^;\t\r\n]*[^; \t\r\n]"


@dataclass(frozen=True)
class Part:
    """A part of the line of a site.

    Attributes:
        place: How many parts stand before it.
        title: What it is called.
        example: What it looks like.
        pattern: What it has to look like, with a group for each field.
        fields: The fields that it gives.
    """

    place: int
    title: str
    example: str
    pattern: str
    fields: tuple[str, ...]

    @property
    def of_line(self) -> str:
        """The pattern of a line that has this part, or of one that is empty."""
        before = f"(?:[^;\t]*{SEPARATOR}){{{self.place}}}"
        return f"^ *$|^{before} *{self.pattern} *(?:{SEPARATOR}|$)"

    @property
    def wanted(self) -> str:
        """What has to stand there, for a human."""
        return f"part {self.place + 1} of a site is its {self.title}, such as: {self.example}"


PARTS = (
    Part(0, "end customer", "Example Bakery, Rouen", f"({TEXT})", ("end_customer_name",)),
    Part(1, "qualification item", "site-rouen", f"({TEXT})", ("product_offering_qualification_item_id",)),
    Part(
        2,
        "number and street",
        "4 bis Rue Andrei Sakharov",
        f"([0-9]+(?:-[0-9]+)?) ?(bis|ter|quater|[A-Za-z])?,? +({TEXT})",
        ("street_number", "street_number_extension", "street_name"),
    ),
    Part(3, "postcode and town", "76130 Mont-Saint-Aignan", f"([0-9]{{5}}) +({TEXT})", ("postcode", "city")),
    Part(4, "INSEE code of the town", "76451", "([0-9][0-9AB][0-9]{3})", ("insee_code",)),
)

# What may stand behind these parts.
FURTHER = f"^ *$|^(?:[^;\t]*{SEPARATOR}){{4}}[^;\t]*(?:{SEPARATOR} *[a-z0-9_]+ *=[^;\t\r\n]*)*{SEPARATOR}? *$"
FURTHER_WANTED = "more parts of a site are fields with their values, such as: note=second floor"

# Fields that take several values, in a line with commas between them.
LISTS = ("product_offerings", "option_ids")

OF_LINES = [
    *({"description": part.wanted, "pattern": part.of_line} for part in PARTS),
    {"description": FURTHER_WANTED, "pattern": FURTHER},
]


def fields_of_line(line: str, where: str) -> dict[str, Any]:
    """The fields of a site that stand in a line of text."""
    site: dict[str, Any] = {}
    for part in PARTS:
        found = re.search(part.of_line, line)
        if not found:
            raise InputError(f"{where}: {part.wanted}; got {line!r}; nothing was sent")
        site |= {name: text for name, text in zip(part.fields, found.groups(), strict=True) if text}
    if not re.search(FURTHER, line):
        raise InputError(f"{where}: {FURTHER_WANTED}; got {line!r}; nothing was sent")
    for further in re.split(SEPARATOR, line)[len(PARTS) :]:
        name, _, value = (text.strip() for text in further.partition("="))
        site |= {name: listed(value) if name in LISTS else value} if value else {}
    return site


def listed(text: str) -> list[str]:
    """The values of a text that has commas between them."""
    return [value.strip() for value in text.split(",") if value.strip()]
