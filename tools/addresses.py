"""An address that Covage takes, for whatever orders made-up sites."""

from __future__ import annotations

ADDRESS = {
    "street_number": "4",
    "street_name": "Rue Andrei Sakharov",
    "postcode": "76130",
    "city": "Mont-Saint-Aignan",
    "insee_code": "76451",
}
