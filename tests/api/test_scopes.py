"""The table of routes and scopes in docs/routes.md: it is the code's, and each row of it holds."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import httpx2
import pytest

from docs.routes import PAGE, asked, page
from nrem.store import key
from tests.api.admin import administrator
from tests.api.serving import Service
from tests.api.test_keys import NEEDS, WITHOUT_KEY

TEXT = PAGE.read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([A-Z]+) (\S+)` \| (?:`(\S+)`|none) \|$", re.MULTILINE)
PUBLIC, ADMIN = (
    {
        (verb, path.translate(str.maketrans("", "", "{}"))): scope or None
        for verb, path, scope in rows
    }
    for rows in map(ROW.findall, TEXT.split("## The admin listener"))
)
# What an administrator's listener tells about the process, and the gauges, which name no org.
OPEN = {"/livez", "/readyz", "/docs", "/openapi.json", "/metrics"}


@pytest.fixture(scope="module")
def clients(service: Service) -> Iterator[dict[str, httpx2.Client]]:
    """A client of the admin listener per scope, whose key has that scope alone."""
    with ExitStack() as stack:
        yield {
            scope: stack.enter_context(administrator(service, scopes=[scope])).client
            for scope in key.SCOPES
        }


def test_page_is_made_from_the_code() -> None:
    # Else: python -m docs.routes
    assert page() == TEXT
    assert len(PUBLIC) + len(ADMIN) == len(asked())


def test_page_says_of_the_public_listener_what_the_tests_of_keys_say() -> None:
    assert {route: scope for route, scope in PUBLIC.items() if scope} == NEEDS
    assert {path for (_, path), scope in PUBLIC.items() if scope is None} == WITHOUT_KEY


def test_only_what_names_no_org_is_open_on_the_admin_listener() -> None:
    assert {path for (_, path), scope in ADMIN.items() if scope is None} == OPEN


def test_every_scope_named_is_one_of_the_design() -> None:
    assert {scope for scope in (PUBLIC | ADMIN).values() if scope} <= set(key.SCOPES)


@pytest.mark.parametrize("scope", key.SCOPES)
def test_admin_route_lets_in_the_scope_of_its_row_and_no_other(
    clients: dict[str, httpx2.Client], scope: str
) -> None:
    answers = {
        route: clients[scope].request(*route).status_code for route, named in ADMIN.items() if named
    }

    let_in = {route for route, status in answers.items() if status != 403}
    assert let_in == {route for route, named in ADMIN.items() if named == scope}
    assert not {route for route in let_in if answers[route] >= 500}


@pytest.mark.parametrize("route", [route for route, scope in ADMIN.items() if scope], ids=str)
def test_admin_route_needs_a_key(service: Service, route: tuple[str, str]) -> None:
    with httpx2.Client(base_url=service.admin_url, timeout=60, trust_env=False) as client:
        answer = client.request(*route)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_what_administers_is_on_its_own_listener_only(service: Service) -> None:
    own = {path for _, path in ADMIN if path.startswith("/v1/admin/") or path == "/metrics"}
    with service.caller(scopes=key.SCOPES) as caller:
        answers = {path: caller.client.get(path).status_code for path in sorted(own)}

    assert set(answers.values()) == {404}
    assert not {path for _, path in PUBLIC if path.startswith("/v1/admin/")}
