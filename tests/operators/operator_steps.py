"""Steps towards the situation that a test begins with, and Airflow's part in running an operator."""

import io
import zipfile
from types import SimpleNamespace

import pytest
from samples import LINE, ORDER_LINE

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.sandbox import Dialect

QUALIFICATION = {
    "product_offering_qualification_item": [{"offer_families": ["BPE"], "eligibility_id": "IMB/76451/X/001"}]
}


def kmz():
    """A small trace file, the same at any time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("doc.kml"), "<kml/>")
    return content.getvalue()


def in_dialects(*names):
    """Run a test once for each of these dialects, such as `inner_lines_ids`."""
    cases = [
        pytest.param(marks=pytest.mark.covage_sandbox(dialect=Dialect.named(name)), id=name) for name in names
    ]
    return pytest.mark.parametrize((), cases)


def context(try_number=1, *, map_index=-1, task_id="act", dag_id="orders", run_id="manual__1"):
    """What an operator sees of its task instance."""
    instance = SimpleNamespace(
        dag_id=dag_id, run_id=run_id, task_id=task_id, map_index=map_index, try_number=try_number
    )
    return {"ti": instance}


def run_with_retries(make, *, first_try=1, tries=4, **instance):
    """Run an operator as Airflow does: a new one for every try, until one ends well or forbids retries."""
    errors = []
    for try_number in range(first_try, first_try + tries):
        try:
            return make().execute(context(try_number, **instance))
        except TransientError as error:
            errors.append(str(error))
    raise AssertionError(f"no try ended well: {errors}")


class Steps:
    """Brings the sandbox into a situation, by the API alone; ids come back under the operators' names."""

    def __init__(self, client, sandbox, folder):
        self.client = client
        self.sandbox = sandbox
        self.folder = folder

    def basket(self, **fields):
        return {"quote_id": self.client.quote.create(**fields)["id"]}

    def line(self, quote_id=None, **fields):
        quote_id = quote_id or self.basket()["quote_id"]
        line = self.client.quote_item.create(quote_id, **{**LINE, **fields})
        return {"quote_id": quote_id, "quote_item_id": line["id"]}

    def confirmed_line(self, **fields):
        ids = self.line(**fields)
        self.client.quote.confirm(ids["quote_id"])
        return ids

    def priced_line(self, **fields):
        ids = self.confirmed_line(**fields)
        self.sandbox.advance(60)
        return ids

    def offer(self, **fields):
        """Return a priced line and the offer to decide about."""
        return {"quote_item_id": self.priced_line(**fields)["quote_item_id"], "product_id": "2173"}

    def refused_offer(self, **fields):
        ids = self.offer(**fields)
        self.client.quote_item.decline(ids["quote_item_id"], product_id=ids["product_id"])
        return ids

    def session(self, **fields):
        return {"product_order_id": self.client.product_order.create(**fields)["id"]}

    def order_line(self, product_order_id=None, **fields):
        product_order_id = product_order_id or self.session()["product_order_id"]
        line = self.client.product_order_item.create(product_order_id, **{**ORDER_LINE, **fields})
        return {"product_order_id": product_order_id, "product_order_item_id": line["id"]}

    def filled_session(self, **fields):
        return {"product_order_id": self.order_line(**fields)["product_order_id"]}

    def confirmed_session(self, **fields):
        ids = self.filled_session(**fields)
        self.client.product_order.confirm(ids["product_order_id"])
        return ids

    def trace_file(self):
        path = self.folder / "trace.kmz"
        path.write_bytes(kmz())
        return str(path)

    def traced_line(self):
        ids = self.line()
        self.client.quote_item.upload_trace(ids["quote_id"], ids["quote_item_id"], file=self.trace_file())
        return ids

    def finished_export(self):
        task_id = self.client.quote_item.export_csv()["task_id"]
        self.sandbox.advance(60)
        return {"export_task_id": task_id}

    def fon_request(self, with_files=False, **fields):
        request_id = self.client.fon.create(**fields)["id"]
        if with_files:
            self.client.fon.upload_sites(request_id, file=self.sites_file())
            self.client.fon.upload_trace(request_id, file=self.trace_file())
        return {"fon_request_id": request_id}

    def sites_file(self):
        """Return the path of a file of sites: the template with one site in it."""
        path = self.folder / "sites.csv"
        template = self.client.fon.template_download()
        path.write_bytes(template + b";".join([b"x"] * (template.count(b";") + 1)) + b"\r\n")
        return str(path)

    def state(self, resource, record_id):
        return self.sandbox.record(resource, record_id)["state"]
