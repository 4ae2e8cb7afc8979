"""Every operation of the documents is answered over HTTP, as the documents describe it."""

import pytest
from prizz_documented import OPERATIONS, Documented

ADDRESS = "12 bis Rue des Lilas 76000 Rouen"
CONFIRM = "Infracorp\\Services\\Workflow\\Appointment\\CustomerConfirm\\Context"


class Walk:
    """Calls operations with ids that former answers have held."""

    def __init__(self, api):
        self.api = api
        self.documented = Documented()
        self.walked = set()

    def call(self, name, *ids, query=None, **options):
        operation = OPERATIONS[name]
        path = operation["path"]
        for parameter, value in zip(operation["path_params"], ids, strict=True):
            path = path.replace("{" + parameter["name"] + "}", str(value))
        known = {parameter["name"] for parameter in operation["query_params"]}
        assert set(query or {}) <= known
        url = self.api.sandbox.url + path
        answer = self.api.http.request(operation["method"], url, params=query, timeout=20, **options)
        body = self.documented.check(name, answer)
        assert self.api.sandbox.requests[-1]["operation"] == name
        self.walked.add(name)
        return body

    def advance(self):
        self.api.sandbox.advance(300)

    def reference_data(self):
        self.call("user.me")
        self.call("user.api_tokens", query={"page": 1, "itemsPerPage": 5})
        client = self.call("client_legal_entity.list", query={"sort[id]": "ASC", "search": "lefort"})[
            "items"
        ][0]
        self.call("client_legal_entity.get", client["id"])
        seller = self.call("legal_entity.list", query={"sort[id]": "DESC"})["items"][-1]
        self.call("legal_entity.get", seller["id"])
        prices = client["contracts"][0]["priceList"]["id"]
        price_list = self.call("price_list.get", prices)
        self.call("price_list.list", query={"ids[]": [prices]})
        items = [item["id"] for item in price_list["items"]]
        assert len(self.call("price_list.items", query={"ids[]": items[:3]})) == 3
        offers = self.call("price_list.offers", prices)["offers"]
        ids = [offer["id"] for offer in offers]
        assert [offer["id"] for offer in self.call("offer.list", query={"ids[]": ids[:2]})] == ids[:2]
        combos = self.call("offer.contexts_shortened", ids[0], query={"priceList": prices})
        query = {"priceList": prices, "groups[]": ["bandwidth"], "autofillOffer": "true"}
        assert len(self.call("offer.contexts", ids[0], query=query)) == 3
        assert self.call("offer.context", ids[0], query={"items[]": combos[0]["itemsIds"]})["isValid"]
        return client["id"], seller["id"]

    def eligibility(self, client):
        query = {"clientId": client, "address": ADDRESS}
        request = self.call("eligibility.create", query=query)["responses"][0]
        self.call("eligibility.get", request)
        self.advance()
        self.call("eligibility.list", query={"page": 1})
        return request, self.call("eligibility.get", request)["response"][0]["combinations"][0]

    def offer_by_hand(self, client, seller):
        body = {"clientLegalEntityId": client, "legalEntityId": seller}
        offer = self.call("commercial_offer.create", json=body)["id"]
        section = self.call("commercial_offer_section.create", offer, json={"name": "To go"})["id"]
        self.call("commercial_offer_section.delete", offer, section)
        named = {"name": "Site", "clientReference": "REF-1"}
        section = self.call("commercial_offer_section.create", offer, json=named)["id"]
        self.call("commercial_offer_section.rename", offer, section, json={"name": "Agency"})
        fon = {"addressA": ADDRESS, "addressB": "1 Quai du Port 76600 Le Havre"}
        self.call(
            "commercial_offer_section.set_offer", offer, section, json={"offerId": 23, "eligibility": fon}
        )
        l2 = {"offerId": 21, "eligibility": {"address": ADDRESS}}
        self.call("commercial_offer_section.set_offer", offer, section, json=l2)
        items = {"bandwidth": "1000", "grt": "4HNO", "commitment": "24", "express": "28"}
        self.call("commercial_offer_section.update_items", offer, section, json=items)
        shown = self.call("commercial_offer_section.get", section)
        self.call("commercial_offer_item.get", shown["commercialOfferItems"][0]["id"])
        return offer

    def fast_order(self, request, combination):
        body = {"name": "Agency", "clientReference": "R", "combinationId": combination["combinationId"]}
        offer = self.call("commercial_offer.fast_order", request, json=body)["id"]
        shown = self.call("commercial_offer.get", offer)
        assert shown["nrcTotal"] + sum(shown["rcTotal"].values()) == combination["total"]
        return offer

    def until_signed(self, offer):
        comment = {"title": "Question", "content": "When?", "contentType": "markdown"}
        self.call("commercial_offer.add_comment", offer, json=comment)
        query = {"entityClass": "CommercialOffer", "entityId": offer}
        thread = self.call("comment_thread.list", query=query)[0]
        answer = {
            "content": "Soon.",
            "threadId": thread["id"],
            "parentId": thread["comments"][0]["comment"]["id"],
        }
        self.call("commercial_offer.add_comment", offer, json=answer)
        tree = self.call("comment_thread.get", thread["id"])["comments"]
        assert tree[0]["children"][0]["comment"]["content"] == "Soon."
        self.call("commercial_offer.submit", offer)
        self.advance()
        self.call("commercial_offer.sign", offer)
        self.call("commercial_offer.sign", offer, json={"code": self.api.sandbox.code(offer)})
        shown = self.call("commercial_offer.get", offer)
        assert shown["status"] == "signed"
        self.call("commercial_offer.get_by_name", shown["name"])
        self.call("commercial_offer.list", query={"status": "signed", "sort[createDate]": "DESC"})
        self.call("commercial_offer.download_pdf", offer)
        query = {"entityId": offer, "entityType": "commercial_offer"}
        attachment = self.call("attachment.list", query=query)["attachments"][0]
        self.call("attachment.get", attachment["id"])
        self.call("attachment.list_public")
        return shown["sections"][0]["serviceContract"]["id"]

    def contract(self, contract):
        self.api.sandbox.advance(25)
        appointment = self.call("appointment.list")["items"][0]
        self.call("appointment.get", appointment["id"])
        self.confirm(appointment)
        self.advance()
        self.call("service_contract.set_vlan", contract, json={"vid": 120})
        self.call("service_contract.add_comment", contract, json={"content": "Thanks."})
        shown = self.call("service_contract.get", contract)
        assert shown["status"] == "active"
        self.call("service_contract.get_by_name", shown["name"])
        self.call("service_contract.operational_status", shown["name"])
        self.call("service_contract.list", query={"status": "active", "sort[status]": "ASC"})
        service = self.call("service.list", query={"legalEntityId": 1})["items"][0]
        self.call("service.get", service["id"])
        invoice = self.call("invoice.list", query={"sort[createDate]": "DESC"})["items"][0]
        self.call("invoice.get", invoice["id"])
        self.call("invoice.detail", invoice["details"][0]["id"])
        self.call("invoice.download_pdf", invoice["id"])
        return service["id"]

    def confirm(self, appointment):
        body = {"contextName": CONFIRM, "entityId": appointment["id"]}
        workflow = self.call("workflow.create", json=body)["id"]
        shown = self.call("workflow.get", workflow)
        assert [transition["name"] for transition in shown["transitions"]] == ["confirm", "refuse"]
        self.api.sandbox.advance(2)
        assert self.call("workflow.list_running", query={"contexts": CONFIRM})["workflows"]
        self.call("workflow.run", workflow, files={"comment": (None, "fine"), "files": ("a.txt", b"x")})

    def search(self, text):
        return self.call("search.query", query={"q": text})

    def redirected(self, client):
        context = "Infracorp\\Services\\Workflow\\ClientLegalEntity\\CreateCommercialOffer\\Context"
        workflow = self.call("workflow.create", json={"contextName": context, "entityId": client})["id"]
        made = self.call("workflow.run", workflow, json={"legalEntityId": 1})["redirect"]
        assert made["objectClass"] == "CommercialOffer"

    def ticket(self, client, service):
        self.call("ticket.create_operator", client)
        opened = self.call("ticket.open", 42, query={"serviceId": service})
        process = opened["running_process"][0]["id"]
        action = self.call("process.get", 42, process)["actions"][0]
        sent = {"transition_class": action["classe"], "type": "coupure", "description": "Nothing works."}
        form = {name: (None, value) for name, value in {**sent, "verif_cablage_ok": "true"}.items()}
        self.call("process.run", 42, process, files={**form, "files": ("photo.jpg", b"x", "image/jpeg")})
        self.advance()
        self.call("process.get", 42, process)
        assert (
            self.call("ticket.list", query={"etat": "resolu", "operator": 42})[0]["numero"]
            == opened["numero"]
        )
        self.call("ticket.list_for_operator", 42)
        self.call("ticket.get", 42, opened["numero"])


@pytest.fixture
def walk(api):
    return Walk(api)


def test_every_operation_is_answered_as_documented(walk):
    client, seller = walk.reference_data()
    request, combination = walk.eligibility(client)
    walk.fast_order(request, combination)
    offer = walk.offer_by_hand(client, seller)
    service = walk.contract(walk.until_signed(offer))
    walk.redirected(client)
    walk.ticket(client, service)
    found = [one for text in ("lefort", "CPT", "FA2", "FTO") for one in walk.search(text)]
    assert len({one["index"] for one in found}) == 4
    assert walk.walked == set(OPERATIONS)
    assert len(OPERATIONS) == 64
    assert walk.documented.unseen() == {}
