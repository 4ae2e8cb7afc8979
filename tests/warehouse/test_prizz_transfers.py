"""`PrizzToSqlOperator` and `PrizzToObjectStorageOperator`, whole, into real databases and folders."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warehouse_pages import asked, queries

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.hooks.prizz import PrizzHook
from airflow_provider_covage.sandbox import PrizzDialect
from airflow_provider_covage.sandbox.prizz import lists
from airflow_provider_covage.transfers.prizz import PrizzToObjectStorageOperator, PrizzToSqlOperator

DAY = timedelta(days=1)

two_databases = pytest.mark.parametrize("warehouse", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def load(warehouse, prizz):
    """`load("invoice")` merges that list into a table of its name."""
    return loader(warehouse)


@pytest.fixture
def lite(warehouse_of, prizz):
    """An SQLite file, for what does not depend on the database."""
    return warehouse_of("sqlite")


def loader(warehouse):
    def run(resource, context=None, **arguments):
        arguments = {"sql_conn_id": warehouse.conn_id, "table": resource} | arguments
        return PrizzToSqlOperator(task_id="load", resource=resource, **arguments).execute(context or {})

    return run


def store(place, resource, **arguments):
    operator = PrizzToObjectStorageOperator(task_id="store", resource=resource, path=str(place), **arguments)
    return operator, operator.execute({})


def of_interval(start, end):
    return {"data_interval_start": start, "data_interval_end": end}


def counts(done):
    return done["inserted"], done["updated"], done["marked"]


@two_databases
def test_every_list_is_loaded_and_repeated_without_effect(load, warehouse, prizz):
    prizz.seed(offers=4, contracts=5, invoices=4, tickets=12)
    PrizzHook().eligibility.create(client_id=101, address="12 Rue des Lilas 76000 Rouen")
    lines = {line["id"] for one in prizz.records("invoice") for line in one["details"]}
    resources = ("commercial_offer", "service_contract", "service", "invoice", "ticket", "eligibility")
    dimensions = ("client_legal_entity", "legal_entity", "offer")
    wanted = {name: {one["id"] for one in prizz.records(name)} for name in resources}

    for resource, ids in (wanted | {"invoice_detail": lines}).items():
        first, again = load(resource), load(resource, full_pass=True)

        assert (counts(first), first["mode"], first["complete"]) == ((len(ids), 0, 0), "full", True)
        assert counts(again) == (0, 0, 0)
        assert {key for (key,) in warehouse.query(f"SELECT id FROM {resource}")} == ids
    for resource in dimensions:
        done = load(resource)
        assert (done["inserted"], done["complete"]) == (done["read"], True)
        assert done["read"] > 0
        assert warehouse.query(f"SELECT COUNT(*) FROM {resource} WHERE _extra IS NOT NULL") == [(0,)]


def test_amounts_are_whole_numbers_of_any_size_and_say_what_they_are(load, warehouse, prizz):
    prizz.seed(contracts=1)
    amounts = {"total": 3_000_000_000_00, "nrcTotal": 2**63, "clientLegalEntity": None, "colour": "red"}
    prizz.extra_fields("invoice", amounts)
    (invoice,) = prizz.records("invoice")

    load("invoice")

    columns = '"total", "nrcTotal", "clientLegalEntity", "totalVAT", "useVATReverseCharge", "createDate"'
    ((total, once, client, vat, reverse, created),) = warehouse.query(f"SELECT {columns} FROM invoice")
    assert (total, type(total), once, client) == (3_000_000_000_00, int, None, None)
    assert (vat, bool(reverse)) == (invoice["totalVAT"], invoice["useVATReverseCharge"])
    moment = datetime.fromisoformat(created) if isinstance(created, str) else created
    assert moment == datetime.fromisoformat(invoice["createDate"])
    ((colour, rest),) = warehouse.query("SELECT colour, _extra FROM invoice")
    assert "red" in str(colour)
    assert (json.loads(rest) if isinstance(rest, str) else rest) == {"nrcTotal": 2**63}
    comments = {
        "postgres": "SELECT col_description('invoice'::regclass, ordinal_position::int) "
        "FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'total'",
        "duckdb": "SELECT comment FROM duckdb_columns() WHERE column_name = 'total'",
    }
    if warehouse.kind in comments:
        ((comment,),) = warehouse.query(comments[warehouse.kind])
        assert "euro cents" in comment


def test_column_that_is_too_small_for_amounts_is_named_before_anything_is_read(warehouse_of, prizz):
    warehouse = warehouse_of("postgres")
    warehouse.execute("CREATE TABLE invoice (id BIGINT PRIMARY KEY, total INTEGER)")

    with pytest.raises(AirflowFailException, match="column total is integer where bigint is wanted"):
        loader(warehouse)("invoice")
    assert asked(prizz, "invoice.list") == []


def test_run_of_invoices_reads_the_newest_pages_and_what_was_not_submitted(lite, prizz):
    load = loader(lite)
    prizz.seed(contracts=2, invoices=70)
    world = prizz.world
    drafts = [world.get("invoice", one["id"]) for one in prizz.records("invoice")[30:33]]
    for draft in drafts:
        world.update(draft, submitDate=None)
    assert load("invoice")["rows"] == 72
    world.update(drafts[0], submitDate=world.today())
    world.store["invoice"].remove(drafts[1])
    prizz.seed(contracts=1)
    latest = max(datetime.fromisoformat(one["createDate"]) for one in prizz.records("invoice"))
    before = len(asked(prizz, "invoice.list"))

    done = load("invoice", of_interval(latest - DAY, latest + DAY))

    assert (done["mode"], counts(done)) == ("incremental", (1, 1, 0))
    listed = asked(prizz, "invoice.list")[before:]
    assert 1 <= len(listed) <= 2
    assert {told["sort[createDate]"] for told in queries(listed)} == {"DESC"}
    assert len(asked(prizz, "invoice.get")) == 3
    submitted = {one["id"]: bool(one["submitDate"]) for one in prizz.records("invoice")}
    rows = lite.query('SELECT id, "submitDate" IS NOT NULL FROM invoice')
    assert {key: bool(value) for key, value in rows if key in submitted} == submitted


def test_newest_page_that_comes_empty_changes_nothing_and_the_next_run_reads_it(lite, prizz, monkeypatch):
    load = loader(lite)
    prizz.seed(contracts=2, invoices=70)
    load("invoice")
    newest = sorted(prizz.records("invoice"), key=lambda one: datetime.fromisoformat(one["createDate"]))[-25:]
    lite.execute(f"DELETE FROM invoice WHERE id IN ({', '.join(str(one['id']) for one in newest)})")
    latest = datetime.fromisoformat(newest[-1]["createDate"])
    page = lists.page

    def without_the_second(world, request, *rest):
        found = page(world, request, *rest)
        return found | {"items": []} if request.query_params.get("page") == "2" else found

    with monkeypatch.context() as trouble:
        trouble.setattr(lists, "page", without_the_second)
        with pytest.raises(
            TransientError, match=r"1 page\(s\) among others came without records, in two looks"
        ):
            load("invoice", of_interval(latest - DAY, latest + DAY))
    assert lite.query("SELECT COUNT(*) FROM invoice") == [(47,)]
    done = load("invoice", of_interval(latest + DAY, latest + 2 * DAY))

    assert (done["mode"], done["complete"], done["rows"]) == ("incremental", True, 72)


def test_order_that_the_api_does_not_heed_is_noticed(lite, prizz, monkeypatch, logs):
    load = loader(lite)
    prizz.seed(contracts=2, invoices=30)
    load("invoice")
    monkeypatch.setattr(lists, "_sorted", lambda world, records, asked, sorts: records[::-1])
    now = datetime.now(UTC)

    done = load("invoice", of_interval(now, now + DAY))

    assert logs("does not heed sort_create_date; reading all")
    assert (done["mode"], done["read"], counts(done)) == ("full", 32, (0, 0, 0))


@pytest.mark.prizz_sandbox(dialect=PrizzDialect.named("last_day_excluded"))
def test_run_of_offers_reads_its_days_and_the_open_ones(lite, prizz):
    load = loader(lite)
    prizz.seed(offers=120)
    offers = prizz.records("commercial_offer")
    for number, one in enumerate(offers):
        prizz.set_state("commercial_offer", one["id"], "abandoned" if number != 40 else "approval_pending")
    load("commercial_offer")
    prizz.set_state("commercial_offer", offers[40]["id"], "validated")
    PrizzHook().commercial_offer.create(client_legal_entity_id=101)
    latest = max(datetime.fromisoformat(one["createDate"]) for one in prizz.records("commercial_offer"))
    before = len(asked(prizz, "commercial_offer.list"))

    done = load("commercial_offer", of_interval(latest - DAY, latest + timedelta(seconds=1)))

    assert (done["mode"], counts(done)) == ("incremental", (1, 1, 0))
    requests = len(asked(prizz, "commercial_offer.list")) - before
    assert requests + len(asked(prizz, "commercial_offer.get")) < 6  # of 13
    statuses = {one["id"]: one["status"] for one in prizz.records("commercial_offer")}
    assert dict(lite.query("SELECT id, status FROM commercial_offer")) == statuses


def test_cancelled_contract_is_not_read_again(lite, prizz):
    load = loader(lite)
    prizz.seed(contracts=30)
    for one in prizz.records("service_contract")[1:]:
        prizz.world.update(prizz.world.get("service_contract", one["id"]), canceledDate=prizz.world.today())
    load("service_contract")
    now = datetime.now(UTC)

    done = load("service_contract", of_interval(now, now + DAY))

    assert done["mode"] == "incremental"
    assert len(asked(prizz, "service_contract.get")) == 1


@two_databases
def test_what_is_gone_is_marked_by_a_full_pass(load, warehouse, prizz):
    prizz.seed(contracts=1, invoices=11)
    load("invoice")
    gone = next(iter(prizz.world.store["invoice"]))
    prizz.world.store["invoice"].remove(gone)

    assert load("invoice", full_pass=True)["marked"] == 1
    assert warehouse.query("SELECT id FROM invoice WHERE _deleted_at IS NOT NULL") == [(gone.data["id"],)]


def test_eligibility_that_is_not_among_the_latest_any_more_is_not_marked(lite, prizz):
    load = loader(lite)
    for number in (1, 2):
        PrizzHook().eligibility.create(client_id=101, address=f"{number} Rue des Lilas 76000 Rouen")
    load("eligibility")
    requests = prizz.world.store["eligibility"]
    requests.remove(next(iter(requests)))

    done = load("eligibility", full_pass=True)

    assert (done["complete"], done["marked"], done["rows"]) == (True, 0, 2)


@two_databases
def test_line_that_an_invoice_has_no_more_is_marked_and_lines_of_other_months_are_not(load, warehouse, prizz):
    prizz.seed(contracts=1, invoices=2)
    load("invoice_detail")
    invoice = prizz.records("invoice")[1]
    line = prizz.world.get("invoice_detail", invoice["details"][0]["id"])
    prizz.world.store["invoice_detail"].remove(line)
    prizz.world.get("invoice", invoice["id"]).children.remove(line.id)
    rows = sum(len(one["details"]) for one in prizz.records("invoice"))

    done = load("invoice_detail", filters={"year": invoice["yearPeriod"], "month": invoice["monthPeriod"]})

    assert (counts(done), done["rows"]) == ((0, 0, 1), rows)
    assert warehouse.query("SELECT id FROM invoice_detail WHERE _deleted_at IS NOT NULL") == [
        (line.data["id"],)
    ]


@pytest.fixture
def in_short(monkeypatch):
    """Lists show invoices without their lines; single ones have them."""
    shape = lists.shape
    monkeypatch.setattr(lists, "shape", lambda *given: {**shape(*given), "details": None})


def test_lines_that_the_list_leaves_out_are_read_with_each_invoice(in_short, lite, prizz, tmp_path):
    prizz.seed(contracts=1, invoices=12)
    wanted = {one["id"]: one["details"] for one in prizz.records("invoice")}

    done = loader(lite)("invoice")
    _, manifest = store(tmp_path / "lines", "invoice_detail")

    assert (done["read"], done["count"], done["complete"]) == (13, 13, True)
    assert {key: json.loads(text) for key, text in lite.query("SELECT id, details FROM invoice")} == wanted
    assert len(asked(prizz, "invoice.get")) == 26
    assert manifest["rows"] == sum(map(len, wanted.values()))


def test_parquet_of_lines_has_whole_numbers_that_say_what_they_are(prizz, tmp_path):
    prizz.seed(contracts=2, invoices=3)
    lines = {line["id"]: line for one in prizz.records("invoice") for line in one["details"]}

    operator, manifest = store(tmp_path / "lake", "invoice_detail", part_rows=10)

    table = pq.read_table(tmp_path / "lake")
    assert (manifest["rows"], manifest["count"], manifest["complete"]) == (len(lines), None, True)
    assert len(manifest["files"]) == -(-len(lines) // 10)
    assert table.schema.field("amount").type == pa.int64()
    assert b"euro cents" in table.schema.field("amount").metadata[b"description"]
    told = {one["name"]: one for one in manifest["columns"]}
    assert "euro cents" in told["amount"]["description"]
    assert told["name"] == {"name": "name", "type": "text"}
    for row in table.to_pylist():
        line = lines[row["id"]]
        assert {name: row[name] for name in ("amount", "unitPrice", "VATrate", "serviceContractId")} == {
            name: line[name] for name in ("amount", "unitPrice", "VATrate", "serviceContractId")
        }
    (read,) = operator.get_openlineage_facets_on_complete(None).inputs
    assert (read.namespace, read.name) == (prizz.url, "invoice_detail")
    described = {field.name: field.description for field in read.facets["schema"].fields}
    assert "euro cents" in described["amount"]


def test_json_lines_hold_the_records_as_the_api_sent_them(prizz, tmp_path):
    prizz.seed(contracts=1, invoices=1)
    prizz.extra_fields("invoice", {"colour": ["green"], "legalEntity": None})
    year = prizz.records("invoice")[0]["yearPeriod"]

    _, manifest = store(tmp_path / "lake", "invoice", format="jsonl", filters={"year": str(year)})

    rows = [json.loads(line) for line in (tmp_path / "lake" / "part-00000.jsonl").read_text().splitlines()]
    sent = {one["id"]: one for one in prizz.records("invoice") if one["yearPeriod"] == year}
    assert manifest["filters"] == {"year": str(year)}
    assert manifest["unknown_fields"] == ["colour"]
    assert {row["id"] for row in rows} == set(sent)
    for row in rows:
        for name in (
            "total",
            "rcTotal",
            "details",
            "clientLegalEntity",
            "useVATReverseCharge",
            "legalEntity",
        ):
            assert row[name] == sent[row["id"]][name]
        assert row["_extra"] == {"colour": ["green"]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"resource": "offers"}, "no list of 'offers'; known: commercial_offer, .*invoice_detail, ticket"),
        ({"filters": {"colour": 1}}, "there is no colour; known: client_legal_entity_id, "),
        ({"filters": {"month": 13}}, "month: .*less than or equal to 12.*nothing was sent"),
        ({"prizz_conn_id": ""}, "prizz_conn_id has to be an identifier"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(prizz, tmp_path, arguments, words):
    given = {"resource": "invoice", "sql_conn_id": f"sqlite:///{tmp_path}/x.db", "table": "lines"}

    with pytest.raises(AirflowFailException, match=words):
        PrizzToSqlOperator(task_id="x", **(given | arguments)).execute({})
    assert asked(prizz, "invoice.list") == []
