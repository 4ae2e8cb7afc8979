import pytest
import requests

FORM = {"grant_type": "password", "client_id": "api-client", "username": "sandbox", "password": "sandbox"}


def grant(sandbox, **changes):
    form = {name: value for name, value in {**FORM, **changes}.items() if value is not None}
    return requests.post(sandbox.token_url, data=form, timeout=5)


def call(sandbox, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    return requests.get(f"{sandbox.url}/api/v1/quote/", headers=headers, timeout=5)


def refresh(sandbox, token):
    return grant(sandbox, grant_type="refresh_token", username=None, password=None, refresh_token=token)


def test_a_password_buys_a_token_that_opens_the_api(sandbox):
    answer = grant(sandbox)
    token = answer.json()
    assert answer.status_code == 200
    assert set(token) == {
        "access_token",
        "expires_in",
        "refresh_token",
        "refresh_expires_in",
        "token_type",
        "scope",
        "session_state",
    }
    assert (token["token_type"], token["expires_in"], token["refresh_expires_in"]) == ("Bearer", 300, 1800)
    assert call(sandbox, f"Bearer {token['access_token']}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"password": "wrong"}, 401, "invalid_grant"),
        ({"username": "nobody"}, 401, "invalid_grant"),
        ({"username": None}, 401, "invalid_grant"),
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "made up"}, 400, "invalid_grant"),
    ],
)
def test_a_wrong_request_is_refused_as_keycloak_does(sandbox, changes, status, error):
    answer = grant(sandbox, **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_the_message_for_a_wrong_password(sandbox):
    expected = {"error": "invalid_grant", "error_description": "Invalid user credentials"}
    assert grant(sandbox, password="wrong").json() == expected


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer made-up", "Basic c2FuZGJveDpzYW5kYm94"])
def test_without_a_valid_token_the_api_stays_closed(sandbox, authorization):
    answer = call(sandbox, authorization)
    assert answer.status_code == 401
    assert list(answer.json()) == ["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_fixed_token_opens_the_api(start):
    sandbox = start(bearer_token="the-fixed-one").sandbox
    assert call(sandbox, "Bearer the-fixed-one").status_code == 200
    assert call(sandbox, "Bearer another").status_code == 401


def test_another_login_can_be_set(start):
    sandbox = start(login="me", password="secret").sandbox
    assert grant(sandbox, username="me", password="secret").status_code == 200
    assert grant(sandbox).status_code == 401


def test_a_refresh_token_buys_another_access_token(sandbox):
    first = grant(sandbox).json()
    sandbox.expire_tokens()
    assert call(sandbox, f"Bearer {first['access_token']}").status_code == 401
    second = refresh(sandbox, first["refresh_token"]).json()
    assert call(sandbox, f"Bearer {second['access_token']}").status_code == 200


def test_refresh_tokens_expire_too(sandbox):
    token = grant(sandbox).json()["refresh_token"]
    sandbox.expire_tokens(refresh=True)
    assert refresh(sandbox, token).json()["error"] == "invalid_grant"


def test_lifetimes_can_be_set(start):
    sandbox = start(token_lifetime=0, refresh_lifetime=0).sandbox
    token = grant(sandbox).json()
    assert (token["expires_in"], token["refresh_expires_in"]) == (0, 0)
    assert call(sandbox, f"Bearer {token['access_token']}").status_code == 401
    assert refresh(sandbox, token["refresh_token"]).status_code == 400


def test_tokens_do_not_age_with_the_sandbox_clock(sandbox):
    token = grant(sandbox).json()["access_token"]
    sandbox.advance(10_000)
    assert call(sandbox, f"Bearer {token}").status_code == 200


def test_nothing_secret_is_kept(sandbox):
    token = grant(sandbox, password="hunter2").json()
    token = grant(sandbox).json()
    call(sandbox, f"Bearer {token['access_token']}")
    kept = repr([sandbox.requests, sandbox.ledger, sandbox.status(), sandbox.world.settings, sandbox.faults])
    for secret in ("hunter2", token["access_token"], token["refresh_token"]):
        assert secret not in kept
