import pytest

SEEDED = {"quotes": 25, "lines_per_quote": 2, "orders": 7}


@pytest.fixture
def seeded(api, sandbox):
    sandbox.seed(**SEEDED)
    return api


def pages(api, path, **params):
    """Follow the page numbers and return the pages."""
    found, number = [], 1
    while number:
        found.append(api.ok(api.get(path, page=number, **params)))
        number = found[-1]["next_page"]
    return found


def test_every_record_is_on_exactly_one_page(seeded):
    found = pages(seeded, "/quote/")
    assert [len(page["results"]) for page in found] == [10, 10, 5]
    assert {(page["page_size"], page["count"]) for page in found} == {(10, 25)}
    assert [(page["previous_page"], page["next_page"]) for page in found] == [(None, 2), (1, 3), (2, None)]
    ids = [record["id"] for page in found for record in page["results"]]
    assert len(set(ids)) == 25
    dates = [record["creation_date"] for page in found for record in page["results"]]
    assert dates == sorted(dates)


@pytest.mark.parametrize(
    ("asked", "size"), [("3", 3), ("100", 100), ("5000", 100), ("0", 10), ("x", 10), ("-1", 10)]
)
def test_the_page_size_is_kept_within_bounds(seeded, asked, size):
    page = seeded.ok(seeded.get("/quote_item/", page_size=asked))
    assert (page["page_size"], len(page["results"])) == (size, min(size, 50))


def test_the_bounds_can_be_set(start):
    api = start(page_size=4, max_page_size=6)
    api.sandbox.seed(quotes=9)
    assert len(api.ok(api.get("/quote/"))["results"]) == 4
    assert len(api.ok(api.get("/quote/", page_size=50))["results"]) == 6


def test_a_page_after_the_last_one_is_empty_and_one_that_is_no_number_is_not_found(seeded):
    beyond = seeded.ok(seeded.get("/quote/", page=9))
    assert (beyond["results"], beyond["next_page"], beyond["previous_page"]) == ([], None, 8)
    assert [seeded.get("/quote/", page=page).status_code for page in ("0", "x", "1.5")] == [404] * 3


@pytest.mark.parametrize(
    ("path", "filters", "count"),
    [
        ("/quote/", {"external_id": "SEED-Q-000003"}, 1),
        ("/quote/", {"external_id": "SEED-Q"}, 0),
        ("/quote/", {"external_id": ""}, 25),
        ("/quote/", {"colour": "red"}, 25),
        ("/quote_item/", {"customer_order_name": "CUST-000004"}, 1),
        ("/quote_item/", {"end_customer_name": "Garage du Port"}, 10),
        ("/quote_item/", {"reference": "QO_unknown"}, 0),
        ("/quote_item/", {"offer_family": "BPE"}, 50),
        ("/quote_item/", {"offer_family": "DIA"}, 0),
        ("/quote_item/", {"technology_family": "FIBDE"}, 50),
        ("/quote_item/", {"search": "garage"}, 10),
        ("/quote_item/", {"search": "seed-l-00001"}, 10),
        ("/quote_item/", {"external_id": "SEED-L-000001"}, 50),
        ("/product_order/", {"state": "completed"}, 7),
        ("/product_order/", {"external_id": "SEED-O-000001"}, 1),
        ("/product_order_item/", {"customer_order_name": "CUST-000001"}, 1),
        ("/product_order_item/", {"end_customer_name": "Garage du Port"}, 2),
        ("/product_order_item/", {"search": "cust-000001"}, 1),
        ("/product_order_item/", {"project_id": "nothing filters by it"}, 7),
        ("/order/", {"state": "nothing filters by it"}, 7),
    ],
)
def test_documented_filters_filter_and_others_do_not(seeded, path, filters, count):
    assert seeded.ok(seeded.get(path, **filters))["count"] == count


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        ("/quote/", {"project_id": "FLASH", "state": "partial_finalized"}),
        ("/quote_item/", {"state": "unable_to_provide"}),
        ("/quote_item/", {"business_sector": "Commerce", "state": "ready"}),
        ("/quote_item/", {"state": "expired", "end_customer_name": "Garage du Port"}),
    ],
)
def test_filters_find_what_the_whole_list_shows(seeded, path, filters):
    records = [record for page in pages(seeded, path) for record in page["results"]]
    expected = [record for record in records if filters.items() <= record.items()]
    found = [record for page in pages(seeded, path, **filters) for record in page["results"]]
    assert found == expected
    assert 0 < len(found) < len(records)


def test_lines_are_found_by_both_of_their_references(seeded):
    line = seeded.ok(seeded.get("/product_order_item/"))["results"][3]
    for name in ("order_reference", "temporary_reference"):
        assert [seeded.ok(seeded.get("/product_order_item/", **{name: line[name]}))["results"]] == [[line]]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/quote/", "creation_date"),
        ("/quote/", "quote_date"),
        ("/quote_item/", "creation_date"),
        ("/product_order/", "creation_date"),
        ("/product_order/", "order_date"),
        ("/product_order_item/", "creation_date"),
        ("/product_order_item/", "order_date"),
        ("/product_order_item/", "expiration_date"),
    ],
)
def test_bounds_of_dates_are_exclusive(seeded, path, field):
    records = [record for page in pages(seeded, path) for record in page["results"]]
    bound = sorted(record[field] for record in records)[len(records) // 2]
    after = seeded.ok(seeded.get(path, **{f"{field}_gt": bound}))["count"]
    before = seeded.ok(seeded.get(path, **{f"{field}_lt": bound}))["count"]
    same = sum(record[field] == bound for record in records)
    assert after + before + same == len(records)
    assert after == sum(record[field] > bound for record in records)


def test_bounds_on_dates_that_are_not_there_find_nothing(seeded):
    found = seeded.ok(seeded.get("/product_order/", cancellation_date_gt="2000-01-01"))
    assert found["count"] == 0
    assert seeded.ok(seeded.get("/product_order/", completion_date_gt="2000-01-01"))["count"] == 7


@pytest.mark.parametrize(
    ("bound", "count"),
    [
        ("2000-01-01", 25),
        ("2000-01-01T00:00:00", 25),
        ("2999-12-31T23:59:59Z", 0),
        ("2999-12-31T00:00:00+02:00", 0),
    ],
)
def test_dates_are_taken_with_and_without_offset(seeded, bound, count):
    assert seeded.ok(seeded.get("/quote/", creation_date_gt=bound))["count"] == count


def test_what_is_no_date_is_refused(seeded):
    assert seeded.get("/quote/", creation_date_gt="yesterday").json() == {
        "creation_date_gt": ["Enter a valid date/time."]
    }
    plus = seeded.call("GET", "/quote/?creation_date_gt=2000-01-01T00:00:00+02:00")
    assert plus.status_code == 400, "a plus that is not encoded is a space"


def test_lists_can_be_sorted(seeded):
    def names(**params):
        return [
            line["customer_order_name"] for line in seeded.ok(seeded.get("/quote_item/", **params))["results"]
        ]

    assert names(sort="customer_order_name")[0] == "CUST-000000"
    assert names(sort="-customer_order_name")[0] == "CUST-000049"
    assert seeded.get("/quote_item/", sort="colour").status_code == 400


def test_twenty_thousand_lines(start):
    api = start(max_page_size=1000)
    api.sandbox.seed(quotes=2000, lines_per_quote=10)
    ids = {record["id"] for page in pages(api, "/quote_item/", page_size=1000) for record in page["results"]}
    assert len(ids) == 20_000
    assert api.ok(api.get("/quote/", external_id="SEED-Q-001999"))["count"] == 1
