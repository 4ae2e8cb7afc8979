"""An address, a contact, a quotation line and an order line that Covage takes, for the tests."""

from airflow_provider_covage.compat import HAS_RETRY_POLICIES
from tools.addresses import ADDRESS as ADDRESS

TRIES_IN_VAIN = 1 if HAS_RETRY_POLICIES else 4
"""How often a function of an example DAG is tried with input that no retry mends: a policy knows that."""

CONTACT = {
    "end_customer_name": "Bakery",
    "contact1_firstname": "Ada",
    "contact1_lastname": "Martin",
    "contact1_email_address": "ada.martin@example.com",
    "contact1_phone_number": "0123456789",
    **ADDRESS,
}
LINE = {
    "product_offering_qualification_item_id": "site-rouen",
    "end_customer_name": "Bakery",
    "site_connection_type": "FTTO",
    "product_offerings": ["2173"],
}
ORDER_LINE = {
    "product_offering_qualification_item_id": "site-rouen",
    "product_offering_id": "2173",
    "end_customer_name": "Bakery",
    "enni": "CN012345",
    "related_contact_information": [CONTACT],
}
