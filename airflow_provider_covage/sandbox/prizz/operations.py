"""The 64 operations: method, path and one sentence each, from `prizz-extranet.txt` and the generated client.

Their ids are `<resource>.<verb>`. Not among the 64 are `auth.token`, the legacy way to
a token, and `attachment.content`, where the links of attachments lead.
"""

from __future__ import annotations

from airflow_provider_covage.sandbox.blueprint import table

TOKEN_PATH = "/sicom/auth"  # noqa: S105 - a path
PREFIX = "/external-api/v2"

_SECTION = "/commercial_offers/{id}/sections/{section_id}"
_OPERATOR = "/exploitation/operator/{id}"

_TOKEN = {"auth": f"auth.token | POST | {TOKEN_PATH} | Exchange e-mail and password for an access token"}
_TABLE = {
    "user": """
user.api_tokens | GET | /users/api_tokens | List the API tokens of the user
user.me | GET | /user | Read the user that the token belongs to
""",
    "client": """
client_legal_entity.list | GET | /client_legal_entities | \
List the customer companies that the token gives access to
client_legal_entity.get | GET | /client_legal_entities/{id} | \
Read one customer company, with contacts and contracts
""",
    "legal_entity": """
legal_entity.list | GET | /legal_entities | List the selling companies of the group
legal_entity.get | GET | /legal_entities/{id} | Read one selling company
""",
    "eligibility": """
eligibility.create | POST | /eligibility | Start an eligibility request for an address or for coordinates
eligibility.list | GET | /eligibility/history | List the latest eligibility requests with their results
eligibility.get | GET | /eligibility/{id} | \
Read an eligibility request: its workflow status and, once finished, the offers found
""",
    "offer": """
offer.context | GET | /offers/{id}/context | Compute the price of one offer for given price list items
offer.contexts | GET | /offers/{id}/contexts | \
Compute every valid combination of items of an offer on a price list
offer.contexts_shortened | GET | /offers/{id}/contexts/shortened | \
The same combinations in a shorter form (identifiers and attributes)
offer.list | GET | /offers | List catalogue offers, by identifiers or codes
""",
    "price_list": """
price_list.get | GET | /price_lists/{id} | Read one price list
price_list.items | GET | /price_lists_items | Read several price list items
price_list.offers | GET | /price_lists/{id}/offers | List the offers of a price list
price_list.list | GET | /price_lists | Read several price lists
""",
    "commercial_offer": f"""
commercial_offer.add_comment | POST | /commercial_offers/{{id}}/comments | \
Add a comment to a commercial offer
commercial_offer.create | POST | /commercial_offers | Open an empty commercial offer
commercial_offer_section.create | POST | /commercial_offers/{{id}}/sections | \
Add a section (one service) to a commercial offer
commercial_offer.fast_order | POST | /commercial_offers/fast_order/{{elig_ctx_id}} | \
Make a commercial offer in one call from a combination found by an eligibility request
commercial_offer.get | GET | /commercial_offers/{{id}} | Read one commercial offer
commercial_offer.get_by_name | GET | /commercial_offers_by_name/{{offer_name}} | \
Read one commercial offer by its reference (CPT... or CPI...)
commercial_offer_item.get | GET | /commercial_offer_items/{{id}} | Read one item of a section
commercial_offer.download_pdf | GET | /commercial_offers/{{id}}/pdf | Fetch a commercial offer as PDF
commercial_offer_section.get | GET | /commercial_offer_sections/{{id}} | \
Read one section of a commercial offer
commercial_offer.list | GET | /commercial_offers | List commercial offers (quotes), optionally filtered
commercial_offer_section.delete | DELETE | {_SECTION} | Remove a section from a commercial offer
commercial_offer_section.rename | POST | {_SECTION}/rename | Rename a section of a commercial offer
commercial_offer_section.set_offer | POST | {_SECTION}/offer | \
Choose the catalogue offer of a section, with the address(es) to connect
commercial_offer.sign | POST | /commercial_offers/{{id}}/sign | \
Sign a commercial offer: a first call without code has a code sent, a second call with it signs
commercial_offer.submit | POST | /commercial_offers/{{id}}/submit | \
Submit a commercial offer: it is checked, and what has to be estimated is sent for pricing
commercial_offer_section.update_items | POST | {_SECTION}/update_items | \
Choose bandwidth, repair commitment, duration and lead time of a section
""",
    "service_contract": """
service_contract.add_comment | POST | /service_contracts/{id}/comments | Add a comment to a service contract
service_contract.get | GET | /service_contracts/{id} | Read one service contract
service_contract.get_by_name | GET | /service_contracts_by_name/{service_name} | \
Read one service contract by its name
service_contract.operational_status | GET | /service_contracts_by_name/{service_name}/operational_status | \
Read the measured health of a service: ok, warning, critical or unknown
service_contract.list | GET | /service_contracts | List service contracts, optionally filtered
service_contract.set_vlan | POST | /service_contracts/{id}/vlan | Set the VLAN of a service contract
""",
    "service": """
service.get | GET | /services/{id} | Read one service
service.list | GET | /services | List the services inside the contracts
""",
    "appointment": """
appointment.get | GET | /appointments/{id} | Read one appointment
appointment.list | GET | /appointments | List the appointments (technical visits, connections)
""",
    "attachment": """
attachment.get | GET | /attachments/{id} | \
Read the description of one attachment, with a temporary link to its content
attachment.list | GET | /attachments | \
List the attachments of an invoice, a commercial offer or a service contract
attachment.list_public | GET | /attachments/public | List the attachments offered to every customer
""",
    "comment": """
comment_thread.get | GET | /comments/threads/{id} | Read one comment thread
comment_thread.list | GET | /comments/threads | List the comment threads of an object
""",
    "invoice": """
invoice.get | GET | /invoices/{id} | Read one invoice
invoice.detail | GET | /invoice_details/{id} | Read one line of an invoice
invoice.download_pdf | GET | /invoices/{id}/pdf | Fetch an invoice as PDF
invoice.list | GET | /invoices | List invoices, optionally filtered
""",
    "exploitation": f"""
ticket.create_operator | POST | {_OPERATOR} | Create a ticket operator
ticket.list_for_operator | GET | {_OPERATOR}/tickets | List the tickets of an operator
process.get | GET | {_OPERATOR}/process/{{process_id}} | \
Read a ticket process: its state, its messages and the actions that can be run
ticket.get | GET | {_OPERATOR}/tickets/{{ref}} | Read one ticket
ticket.list | GET | /exploitation/tickets | List tickets over all operators, optionally filtered
ticket.open | POST | {_OPERATOR}/tickets | Open a ticket with an operator, possibly about one service
process.run | POST | {_OPERATOR}/process/{{process_id}} | Run an action of a ticket process
""",
    "workflow": """
workflow.create | POST | /workflow | Start a workflow on an object
workflow.list_running | GET | /workflows/running | List the workflows that are still running
workflow.get | GET | /workflow/{id} | Read a workflow: its state and the transitions with their form fields
workflow.run | POST | /workflow/{id} | Run a workflow with the values of its form
""",
    "search": """
search.query | GET | /search | \
Search customer companies, commercial offers, invoices and service contracts by text
""",
}

_STORAGE = {
    "attachment": "attachment.content | GET | /storage/{id} | Fetch the content of an attachment by its link"
}

OPERATIONS = table(_TOKEN) | table(_TABLE, PREFIX) | table(_STORAGE)
