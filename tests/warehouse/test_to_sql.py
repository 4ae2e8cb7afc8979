"""`CovageToSqlOperator` into real databases: merged by key, all or nothing, repeated without effect."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime, timedelta

import pytest
import warehouse_pages

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.transfers.covage import CovageToSqlOperator
from airflow_provider_covage.transfers.sql.merge import Target

DAY = timedelta(days=1)


@pytest.fixture
def load(warehouse, sandbox):
    """`load("quote")` merges that list into table `lines`."""
    return functools.partial(load_into, warehouse)


def load_into(warehouse, resource="quote_item", context=None, **arguments):
    arguments = {"sql_conn_id": warehouse.conn_id, "table": "lines"} | arguments
    return CovageToSqlOperator(task_id="load", resource=resource, **arguments).execute(context or {})


def states(sandbox, resource="quote_item"):
    return {one["id"]: one["state"] for one in sandbox.records(resource)}


def seed_closed(sandbox, number):
    """Make quotation lines that do not change any more."""
    sandbox.seed(quotes=number, lines_per_quote=1)
    for one in sandbox.records("quote_item"):
        sandbox.set_state("quote_item", one["id"], "accepted")


def of_interval(start, end):
    return {"data_interval_start": start, "data_interval_end": end}


def asked(sandbox, operation="quote_item.list"):
    return warehouse_pages.asked(sandbox, operation)


def test_table_is_made_filled_and_repeated_without_effect(load, warehouse, sandbox):
    sandbox.seed(quotes=8, lines_per_quote=3)

    first = load()
    before = sorted(warehouse.query("SELECT * FROM lines"), key=str)
    second = load(full_pass=True)

    assert (first["mode"], first["inserted"], first["rows"]) == ("full", 24, 24)
    assert (second["inserted"], second["updated"], second["marked"], second["rows"]) == (0, 0, 0, 24)
    assert sorted(warehouse.query("SELECT * FROM lines"), key=str) == before
    assert dict(warehouse.query("SELECT id, state FROM lines")) == states(sandbox)


def test_values_have_their_types(load, warehouse, sandbox):
    sandbox.seed(quotes=1, lines_per_quote=1)
    (line,) = sandbox.records("quote_item")

    load()

    sql = "SELECT creation_date, latitude, product_offerings, expected_response_date FROM lines"
    ((created, latitude, offerings, expected),) = warehouse.query(sql)
    if isinstance(created, str):
        created = datetime.fromisoformat(created)
    assert created == datetime.fromisoformat(line["creation_date"])
    assert latitude == line["latitude"]
    assert (json.loads(offerings) if isinstance(offerings, str) else offerings) == line["product_offerings"]
    assert expected is None


def test_what_has_changed_is_updated_and_nothing_else_is_touched(load, warehouse, sandbox):
    sandbox.seed(quotes=4, lines_per_quote=3)
    load()
    loaded = dict(warehouse.query("SELECT id, _loaded_at FROM lines"))
    line = next(one for one in sandbox.records("quote_item") if one["state"] == "ready")
    sandbox.set_state("quote_item", line["id"], "refused")

    done = load(full_pass=True)

    assert (done["updated"], done["inserted"]) == (1, 0)
    now = dict(warehouse.query("SELECT id, _loaded_at FROM lines"))
    assert [key for key in now if now[key] != loaded[key]] == [line["id"]]
    assert dict(warehouse.query("SELECT id, state FROM lines")) == states(sandbox)


def test_what_is_gone_is_marked_by_a_full_pass_and_comes_back(load, warehouse, sandbox):
    sandbox.seed(quotes=3, lines_per_quote=3)
    load()
    store = sandbox.world.store["quote_item"]
    gone = next(iter(store))
    store.remove(gone)

    marked, again = load(full_pass=True), load(full_pass=True)

    assert (marked["marked"], marked["rows"], again["marked"]) == (1, 8, 0)
    assert warehouse.query("SELECT id FROM lines WHERE _deleted_at IS NOT NULL") == [(gone.id,)]
    store.add(gone.id, gone.data, gone.parent)
    assert load(full_pass=True)["rows"] == 9
    assert warehouse.query("SELECT COUNT(*) FROM lines WHERE _deleted_at IS NOT NULL") == [(0,)]


def test_list_that_is_suddenly_empty_marks_nothing(load, sandbox):
    sandbox.seed(quotes=3, lines_per_quote=1)
    load()
    sandbox.reset()

    assert load(full_pass=True)["marked"] == 0


def test_filtered_load_marks_nothing(load, sandbox):
    sandbox.seed(quotes=3, lines_per_quote=7)
    load()

    done = load(filters={"state": "ready"}, full_pass=True)

    assert (done["marked"], done["rows"], done["read"]) == (0, 21, 9)


def test_new_field_gets_a_column_and_odd_names_stay_in_the_rest(load, warehouse, sandbox):
    sandbox.seed(quotes=2, lines_per_quote=2)
    load()
    sandbox.extra_fields("quote_item", {"colour": {"r": 1}, "State": "odd", 'a"b': 2, "x" * 80: 3})

    done = load(full_pass=True)

    assert done["updated"] == 4
    colours = {
        str(value).replace(" ", "").replace("'", '"')
        for (value,) in warehouse.query("SELECT colour FROM lines")
    }
    assert colours == {'{"r":1}'}
    rest = {
        tuple(sorted(json.loads(one) if isinstance(one, str) else one))
        for (one,) in warehouse.query("SELECT _extra FROM lines")
    }
    assert rest == {("State", 'a"b', "x" * 80)}
    assert load(full_pass=True)["updated"] == 0


def test_columns_of_ones_own_stay(load, warehouse, sandbox):
    sandbox.seed(quotes=1, lines_per_quote=2)
    load()
    warehouse.execute("ALTER TABLE lines ADD COLUMN remark VARCHAR")
    warehouse.execute("UPDATE lines SET remark = 'mine'")
    for one in sandbox.records("quote_item"):
        sandbox.set_state("quote_item", one["id"], "refused")

    assert load(full_pass=True)["updated"] == 2
    assert warehouse.query("SELECT DISTINCT remark FROM lines") == [("mine",)]


def test_column_that_is_missing_is_added(load, warehouse, sandbox):
    sandbox.seed(quotes=1, lines_per_quote=2)
    warehouse.execute("CREATE TABLE lines (id VARCHAR PRIMARY KEY, state VARCHAR)")

    assert load()["inserted"] == 2
    assert dict(warehouse.query("SELECT id, state FROM lines")) == states(sandbox)


def test_column_of_another_type_is_named_before_anything_is_read(load, warehouse, sandbox):
    warehouse.execute("CREATE TABLE lines (id VARCHAR PRIMARY KEY, state INTEGER)")

    with pytest.raises(
        AirflowFailException, match=r"table lines: column state is integer where .* is wanted"
    ):
        load()
    assert asked(sandbox) == []


@pytest.mark.parametrize("table", ['li"nes', "lines; DROP TABLE x", "a.b.c", "", "1lines", None, "x" * 64])
def test_odd_table_name_is_refused_before_anything_is_read(load, sandbox, table):
    with pytest.raises(AirflowFailException, match="is no name of a table"):
        load(table=table)
    assert asked(sandbox) == []


def test_table_may_be_named_with_its_schema_and_like_a_keyword(load, warehouse, sandbox):
    sandbox.seed(orders=2)
    schema = {"sqlite": "main", "duckdb": "main"}.get(warehouse.kind, "other")
    warehouse.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}") if warehouse.kind == "postgres" else None

    assert load("order", table=f"{schema}.order")["inserted"] == 2
    assert warehouse.query(f'SELECT COUNT(*) FROM {schema}."order"') == [(2,)]
    assert load("order", table=f"{schema}.order")["updated"] == 0


def test_failure_in_the_middle_changes_nothing(load, warehouse, sandbox, monkeypatch):
    sandbox.seed(quotes=2, lines_per_quote=2)
    load()
    before = sorted(warehouse.query("SELECT * FROM lines"), key=str)
    sandbox.seed(quotes=2, lines_per_quote=2)
    sandbox.extra_fields("quote_item", {"colour": "green"})
    live_rows = Target.live_rows

    def broken(self):
        assert live_rows(self) == 8  # all is merged, within the transaction
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Target, "live_rows", broken)
        with pytest.raises(TransientError, match="No space left on device; it is as it was before"):
            load(full_pass=True)

    assert sorted(warehouse.query("SELECT * FROM lines"), key=str) == before
    assert load(full_pass=True)["rows"] == 8


def into_postgres():
    return CovageToSqlOperator(task_id="load", resource="quote_item", sql_conn_id="pg", table="lines")


def columns_in(warehouse):
    sql = (
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = 'lines' AND table_schema = current_schema() ORDER BY ordinal_position"
    )
    return [name for (name,) in warehouse.query(sql)]


def test_value_that_the_table_does_not_take_is_an_error_and_changes_nothing(warehouse_of, sandbox):
    warehouse = warehouse_of("postgres")
    sandbox.seed(quotes=1, lines_per_quote=1)
    warehouse.execute("CREATE TABLE lines (id VARCHAR PRIMARY KEY, state VARCHAR(2))")

    with pytest.raises(AirflowFailException, match=r"value too long.*it is as it was before"):
        into_postgres().execute({})
    assert columns_in(warehouse) == ["id", "state"]


def test_connection_that_is_lost_in_the_middle_is_transient_and_changes_nothing(
    warehouse_of, sandbox, monkeypatch
):
    warehouse = warehouse_of("postgres")
    sandbox.seed(quotes=1, lines_per_quote=3)
    merge = Target.merge

    def cut_off(self, *arguments, **settings):
        warehouse.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return merge(self, *arguments, **settings)

    with monkeypatch.context() as patch:
        patch.setattr(Target, "merge", cut_off)
        with pytest.raises(TransientError, match=r"database pg: .*terminat"):
            into_postgres().execute({})
    assert columns_in(warehouse) == []


def test_characters_that_postgres_has_not_are_replaced(warehouse_of, sandbox):
    warehouse = warehouse_of("postgres")
    sandbox.seed(quotes=1, lines_per_quote=1)
    sandbox.extra_fields(
        "quote_item", {"end_customer_name": 'a\0b;"c"\n,d', "address": {"x": "\0", "y": "\\u0000"}}
    )

    CovageToSqlOperator(task_id="x", resource="quote_item", sql_conn_id="pg", table="lines").execute({})

    assert warehouse.query("SELECT end_customer_name, address FROM lines") == [
        ('a\ufffdb;"c"\n,d', {"x": "\ufffd", "y": "\\u0000"})
    ]


def test_hook_of_any_sql_connection_will_do(warehouse_of, sandbox):
    sandbox.seed(quotes=1, lines_per_quote=2)
    warehouse = warehouse_of("airflow")

    operator = CovageToSqlOperator(task_id="x", resource="quote_item", sql_conn_id="lite", table="lines")

    assert operator.execute({})["inserted"] == 2
    assert dict(warehouse.query("SELECT id, state FROM lines")) == states(sandbox)


def test_standard_sql_does_the_same(warehouse_of, sandbox, monkeypatch):
    from airflow_provider_covage.transfers.sql import database
    from airflow_provider_covage.transfers.sql.standard import Dialect

    warehouse = warehouse_of("postgres")
    monkeypatch.setattr(database, "_dialect", lambda conn_type, hook: Dialect("%s"))
    sandbox.seed(quotes=2, lines_per_quote=3)

    def run():
        operator = CovageToSqlOperator(
            task_id="x", resource="quote_item", sql_conn_id="pg", table="lines", full_pass=True
        )
        done = operator.execute({})
        return done["inserted"], done["updated"], done["marked"]

    assert (run(), run()) == ((6, 0, 0), (0, 0, 0))
    store = sandbox.world.store["quote_item"]
    first, second = list(store)[:2]
    store.remove(first)
    sandbox.set_state("quote_item", second.id, "refused")
    assert run() == (0, 1, 1)
    assert dict(warehouse.query("SELECT id, state FROM lines WHERE _deleted_at IS NULL")) == states(sandbox)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"resource": "quotes"}, "no list of 'quotes'; known: quote, quote_item, product_order"),
        ({"filters": {"colour": 1}}, "there is no colour; known: reference, "),
        ({"filters": ["state"]}, "filters are given as a dict"),
        ({"sql_conn_id": "nowhere"}, "sql_conn_id nowhere"),
        ({"sql_conn_id": "covage_default"}, "of type covage, not of an SQL database"),
        ({"sql_conn_id": "mysql://host/x"}, "neither the id of a connection nor the file"),
        ({"sql_conn_id": ""}, "sql_conn_id has to be an identifier"),
        ({"full_pass": "perhaps"}, "neither true nor false"),
        ({"covage_conn_id": None}, "covage_conn_id has to be an identifier"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(sandbox, tmp_path, arguments, words):
    given = {"resource": "quote_item", "sql_conn_id": f"sqlite:///{tmp_path}/x.db", "table": "lines"}

    with pytest.raises(AirflowFailException, match=words):
        CovageToSqlOperator(task_id="x", **(given | arguments)).execute({})
    assert asked(sandbox) == []


def test_run_reads_its_interval_and_what_is_still_open(load, warehouse, sandbox, connection):
    connection(page_size=10)
    sandbox.seed(quotes=300, lines_per_quote=2)
    load()
    for state in ("ready", "confirmed"):
        for one in [one for one in sandbox.records("quote_item") if one["state"] == state][5:]:
            sandbox.set_state("quote_item", one["id"], "accepted")
    load(full_pass=True)
    # Two open ones change, one of them long ago created; a new one comes.
    still = [one for one in sandbox.records("quote_item") if one["state"] in ("ready", "confirmed")]
    for one in (still[0], still[-1]):
        sandbox.set_state("quote_item", one["id"], "accepted")
    sandbox.seed(quotes=1, lines_per_quote=1)
    latest = max(datetime.fromisoformat(one["creation_date"]) for one in sandbox.records("quote_item"))
    before = len(asked(sandbox))

    done = load(context=of_interval(latest - DAY, latest + DAY))

    assert (done["mode"], done["updated"], done["inserted"]) == ("incremental", 2, 1)
    assert dict(warehouse.query("SELECT id, state FROM lines")) == states(sandbox)
    requests = len(asked(sandbox)) - before + len(asked(sandbox, "quote_item.get"))
    assert requests < 30  # of the 61 of a full pass


def test_run_that_was_left_out_leaves_no_hole(load, warehouse, sandbox):
    sandbox.seed(quotes=30)
    load("quote")
    sandbox.advance(10 * DAY.total_seconds())
    sandbox.seed(quotes=5)
    now = datetime.now(UTC) + 12 * DAY

    load("quote", context=of_interval(now - DAY, now))

    assert {key for (key,) in warehouse.query("SELECT id FROM lines")} == {
        one["id"] for one in sandbox.records("quote")
    }


def test_run_that_misses_records_changes_nothing_and_the_next_one_reads_them(
    warehouse_of, empty_pages, sandbox
):
    warehouse = warehouse_of("sqlite")
    seed_closed(sandbox, 60)
    load_into(warehouse)
    lines = sorted(
        sandbox.records("quote_item"), key=lambda one: datetime.fromisoformat(one["creation_date"])
    )
    missing = ", ".join(f"'{one['id']}'" for one in lines[35:])
    warehouse.execute(f"DELETE FROM lines WHERE id IN ({missing})")
    latest = datetime.fromisoformat(lines[-1]["creation_date"])

    empty_pages("2")
    with pytest.raises(TransientError, match=r"counts 26 records, 16 came, in two looks; nothing was loaded"):
        load_into(warehouse, context=of_interval(latest - DAY, latest + DAY))
    assert warehouse.query("SELECT COUNT(*) FROM lines") == [(35,)]

    empty_pages("2", times=1)
    done = load_into(warehouse, context=of_interval(latest + DAY, latest + 2 * DAY))
    assert (done["mode"], done["complete"], done["rows"]) == ("incremental", True, 60)


def test_what_comes_of_an_incomplete_list_is_loaded_on_demand_only(warehouse_of, empty_pages, sandbox):
    warehouse = warehouse_of("sqlite")
    sandbox.seed(quotes=30)
    empty_pages("2")

    with pytest.raises(TransientError, match="keep_incomplete=True"):
        load_into(warehouse, "quote")
    assert warehouse.query("SELECT COUNT(*) FROM sqlite_master") == [(0,)]
    done = load_into(warehouse, "quote", keep_incomplete=True)

    assert (done["complete"], done["count"], done["rows"], done["marked"]) == (False, 30, 20, 0)


def test_basket_that_is_finalized_before_its_first_price_is_read_again(warehouse_of, sandbox):
    warehouse = warehouse_of("sqlite")
    sandbox.seed(quotes=30)
    for one in sandbox.records("quote"):
        sandbox.set_state("quote", one["id"], "finalized")
    load_into(warehouse, "quote")
    first = min(sandbox.records("quote"), key=lambda one: one["creation_date"])["id"]
    sandbox.set_state("quote", first, "partial_ready")
    now = datetime.now(UTC)

    load_into(warehouse, "quote", context=of_interval(now - DAY, now))

    assert warehouse.query("SELECT id FROM lines WHERE state = 'partial_ready'") == [(first,)]


def test_record_from_the_future_does_not_keep_new_ones_out(warehouse_of, sandbox):
    warehouse = warehouse_of("sqlite")
    seed_closed(sandbox, 30)
    lines = sorted(sandbox.records("quote_item"), key=lambda one: one["creation_date"])
    future = (datetime.now(UTC) + 400 * DAY).isoformat(" ")
    load_into(warehouse)
    warehouse.execute(f"UPDATE lines SET creation_date = '{future}' WHERE id = '{lines[0]['id']}'")
    newest = ", ".join(f"'{one['id']}'" for one in lines[20:])
    warehouse.execute(f"DELETE FROM lines WHERE id IN ({newest})")

    done = load_into(warehouse)

    assert (done["mode"], done["inserted"], done["rows"]) == ("incremental", 10, 30)


def test_backfill_reads_its_own_days(load, sandbox):
    seed_closed(sandbox, 200)
    load()
    dates = sorted(datetime.fromisoformat(one["creation_date"]) for one in sandbox.records("quote_item"))
    old = dates[60]

    done = load(context=of_interval(old, old + DAY))

    assert done["mode"] == "incremental"
    assert (done["inserted"], done["updated"], done["marked"]) == (0, 0, 0)
    assert 1 <= done["read"] < 10


def test_filter_that_the_api_does_not_heed_is_noticed(load, sandbox, monkeypatch, logs):
    from airflow_provider_covage.sandbox.covage import paging

    seed_closed(sandbox, 200)
    load()
    monkeypatch.setattr(paging, "_within", lambda records, name, asked: records)
    now = datetime.now(UTC)

    done = load(context=of_interval(now, now + DAY))

    assert logs("does not heed creation_date_gt; reading all")
    assert (done["mode"], done["read"], done["inserted"]) == ("full", 200, 0)


def test_filters_on_the_date_of_creation_are_read_as_they_are(load, sandbox):
    sandbox.seed(quotes=90)
    dates = sorted(one["creation_date"] for one in sandbox.records("quote"))

    done = load("quote", filters={"creation_date_gt": dates[79]})

    assert (done["read"], done["inserted"], done["marked"]) == (10, 10, 0)


def test_list_without_dates_of_creation_is_read_whole(load, sandbox):
    sandbox.seed(orders=25)
    load("order")
    now = datetime.now(UTC)

    assert load("order", context=of_interval(now - DAY, now))["mode"] == "full"
