"""The 54 operations: method, path and one sentence each, from the documents.

Areas: `auth`, `eligibility`, `referential` and `tracking` are from the public documentation, the others
from `covage-quotation.txt`, `covage-order.txt` and `covage-fon.txt`. Paths are relative to `/api/v1`,
except that of the token.
"""

from __future__ import annotations

from airflow_provider_covage.sandbox.blueprint import table

TOKEN_PATH = "/auth/realms/covage/protocol/openid-connect/token"  # noqa: S105 - a path
API_PREFIX = "/api/v1"


_LINE = "/quote/{quote_id}/quote_item/{quote_item_id}"
_FON = "/specific_request/fon"

_TOKEN = {
    "auth": f"""
auth.token | POST | {TOKEN_PATH} | Exchange the service account, or a refresh token, for an access token
"""
}
_TABLE = {
    "eligibility": """
eligibility.categories | GET | /catalog/category/ | List the offer families
eligibility.create | POST | /product_offering_qualification/ | Ask which offers can be delivered to some sites
eligibility.get | GET | /product_offering_qualification/{id}/ | Read an eligibility request and its results
""",
    "referential": """
referential.projects | GET | /referential/project/ | List the projects; code is the value for project_id
referential.enni | GET | /referential/enni/ | List the collection doors; reference is the value for enni
""",
    "quotation": f"""
quote.create | POST | /quote/ | Create a quotation basket
quote.list | GET | /quote/ | List and filter quotation baskets
quote.get | GET | /quote/{{id}}/ | Read a quotation basket with its lines
quote.update | PATCH | /quote/{{id}}/ | Update a quotation basket
quote.confirm | PATCH | /quote/{{id}}/confirm/ | Confirm a basket so that its lines are priced
quote_item.create | POST | /quote/{{quote_id}}/quote_item/ | Add a quotation line to a basket
quote_item.update | PATCH | {_LINE}/ | Update a quotation line
quote_item.delete | DELETE | {_LINE}/ | Delete a quotation line; the answer is the basket
quote_item.upload_trace | POST | {_LINE}/trace/upload/ | Upload the trace (kmz); the answer is the basket
quote_item.download_trace | GET | {_LINE}/trace/download/ | Download the trace file of a line
quote_item.delete_trace | DELETE | {_LINE}/trace/ | Delete the trace file of a line
quote_item.list | GET | /quote_item/ | List and filter quotation lines over all baskets
quote_item.get | GET | /quote_item/{{id}}/ | Read a quotation line with its prices
quote_item.accept | PATCH | /quote_item/{{id}}/accept/ | Accept one offer of a line; it becomes an order line
quote_item.decline | PATCH | /quote_item/{{id}}/decline/ | Decline one offer of a line
quote_item.restore_price | PATCH | /quote_item/{{id}}/restore_price/ | Restore a refused offer to ready
quote_item.export_pdf | POST | {_LINE}/export/pdf/ | Export the whole answer to a line to PDF
quote_item.export_price_pdf | POST | {_LINE}/price/{{product_id}}/export/pdf/ | Export one offer to PDF
quote_item.export_csv | POST | /quote_item/export/csv/ | Export quotation lines to CSV; filters in the body
export.status | GET | /quote_item/export/{{task_id}}/status/ | Read how far an export is
export.download | GET | /quote_item/export/{{task_id}}/download/ | Download what an export made
""",
    "order": """
product_order.create | POST | /product_order/ | Create an order session
product_order.list | GET | /product_order/ | List and filter order sessions
product_order.get | GET | /product_order/{id}/ | Read an order session with its lines
product_order.update | PATCH | /product_order/{id}/ | Update an order session
product_order.delete | DELETE | /product_order/{id}/ | Delete an order session and its lines
product_order.confirm | PATCH | /product_order/{id}/confirm/ | Confirm a session: its orders are created
product_order_item.create | POST | /product_order/{id}/product_order_item/ | Create an order line
product_order_item.update | PATCH | /product_order/{id}/product_order_item/{item_id}/ | Update an order line
product_order_item.delete | DELETE | /product_order/{product_order_id}/product_order_item/{item_id}/ | \
Delete an order line; the answer is the session
product_order_item.list | GET | /product_order_item/ | List and filter order lines over all sessions
product_order_item.get | GET | /product_order_item/{item_id}/ | Read an order line
""",
    "fon": f"""
fon.template_download | GET | {_FON}/sites/template/download/ | Download the empty list of sites
fon.create | POST | {_FON}/ | Create a FON request
fon.update | PATCH | {_FON}/{{id}}/ | Update a FON request that is not confirmed
fon.delete | DELETE | {_FON}/{{id}}/ | Delete a FON request that is not confirmed
fon.list | GET | {_FON}/ | List the FON requests
fon.get | GET | {_FON}/{{id}}/ | Read a FON request
fon.confirm | PATCH | {_FON}/{{id}}/confirm/ | Confirm a FON request
fon.upload_sites | POST | {_FON}/{{id}}/sites/upload/ | Upload the filled list of sites (csv)
fon.download_sites | GET | {_FON}/{{id}}/sites/download/ | Download the filled list of sites
fon.delete_sites | DELETE | {_FON}/{{id}}/sites/ | Delete the filled list of sites
fon.upload_trace | POST | {_FON}/{{id}}/trace/upload/ | Upload the link trace (kmz)
fon.download_trace | GET | {_FON}/{{id}}/trace/download/ | Download the link trace
fon.delete_trace | DELETE | {_FON}/{{id}}/trace/ | Delete the link trace
""",
    "tracking": """
order.list | GET | /order/ | List the orders in production or in service
order.get | GET | /order/{order_reference}/ | Read a tracked order
order.historic | GET | /order/{order_reference}/historic/ | Read the production steps of a tracked order
""",
}

OPERATIONS = table(_TOKEN) | table(_TABLE, API_PREFIX)
