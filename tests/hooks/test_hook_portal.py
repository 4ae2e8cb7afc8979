"""Addresses of records in the portal, by the template in the connection."""

from __future__ import annotations

import pytest

from airflow_provider_covage.api.errors import InputError

VALUES = {"resource": "quote_item", "id": "123e4567", "reference": "QO_20260423_00000001"}


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("https://p.example.net", "https://p.example.net"),
        ("https://p.example.net/", "https://p.example.net/"),
        ("  https://p.example.net/  ", "https://p.example.net/"),
        ("https://p.example.net/{resource}/{id}", "https://p.example.net/quote_item/123e4567"),
        ("http://p:8080/#/q?ref={reference}", "http://p:8080/#/q?ref=QO_20260423_00000001"),
        ("https://p.example.net/{{id}}/{id}", "https://p.example.net/{id}/123e4567"),
        (None, None),
        ("", None),
        ("  ", None),
    ],
)
def test_address_of_a_record(hook_for, template, address):
    assert hook_for(extra={"portal_url": template}).portal_link(VALUES.get) == address


@pytest.mark.parametrize(
    "value", ["../admin", "a b&c=d#e?f", "é/ü", "javascript:alert(1)", "{id}", '"><script>', "%2e%2e", "\n"]
)
def test_values_stay_in_their_place(hook_for, value):
    link = hook_for(extra={"portal_url": "https://p.example.net/q/{id}/show"}).portal_link(lambda name: value)
    inner = link.removeprefix("https://p.example.net/q/").removesuffix("/show")
    assert set(inner) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%._-~")


def test_no_address_where_a_value_is_not_known(hook_for):
    hook = hook_for(extra={"portal_url": "https://p.example.net/{reference}"})
    assert hook.portal_link({"id": "1"}.get) is None


WRONG = {
    "javascript:alert(1)//{id}": "https://",
    "data:text/html,x": "https://",
    "//p.example.net/{id}": "https://",
    "p.example.net/{id}": "https://",
    "https:///{id}": "a host",
    "https://me:secret@p.example.net/{id}": "must not hold a login",
    "https://token@p.example.net/{id}": "must not hold a login",
    "https://{id}.example.net/": "after the host",
    "https://p.example.net/{password}": "no placeholder {password}",
    "https://p.example.net/{}": "no placeholder {}",
    "https://p.example.net/{id.__class__}": "no placeholder",
    "https://p.example.net/{id!r}": "no placeholder",
    "https://p.example.net/{id:>99999999}": "no placeholder",
    "https://p.example.net/{id": "cannot be read",
    "https://p.example.net:port/": "cannot be read",
    "https://p.example.net/a b": "space",
    "https://p.example.net/\u202e": "cannot be printed",
}


@pytest.mark.parametrize(("template", "words"), WRONG.items(), ids=map(ascii, WRONG))
def test_template_that_is_not_usable(hook_for, template, words):
    hook = hook_for(extra={"portal_url": template})
    with pytest.raises(InputError) as refused:
        hook.portal_link(VALUES.get)
    assert "portal_url" in str(refused.value)
    assert words in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_test_of_a_connection_says_so(hook_for):
    worked, told = hook_for(extra={"portal_url": "ftp://p.example.net"}).test_connection()
    assert not worked
    assert "portal_url" in told


def test_a_slip_in_it_stops_no_order(hook_for):
    assert hook_for(extra={"portal_url": "ftp://p.example.net"}).get_conn()
