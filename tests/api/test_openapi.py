"""The OpenAPI document and its page: complete, consistent, and readable without a network."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from api.app import admin_app, app
from tests.api.routing import routes_of
from tests.api.serving import Service


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, verbs in app.openapi()["paths"].items():
        for verb, operation in verbs.items():
            yield verb.upper(), path, operation


def test_document_lists_every_route() -> None:
    listed = {(verb, path) for verb, path, _ in _operations()}

    assert listed | {("GET", "/docs"), ("GET", "/openapi.json")} == set(routes_of(app))
    assert ("POST", "/v1/events") in listed


def test_every_reference_leads_to_a_shape() -> None:
    document = app.openapi()

    shapes = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(_references(document)) <= shapes


def test_every_route_with_a_body_describes_it() -> None:
    bodies = {
        path: set(_references(operation["requestBody"]))
        for verb, path, operation in _operations()
        if verb == "POST" and not path.endswith(("/end", "observation_id}:restore"))
    }

    place = "#/components/schemas/"
    assert bodies["/v1/memories"] == {f"{place}MemoryIn"}
    assert bodies["/v1/memories/recall"] == {f"{place}RecallIn"}
    assert {f"{place}TurnEventIn", f"{place}EventBatchIn"} <= bodies["/v1/events"]
    assert all(bodies.values())


def test_document_says_which_routes_need_a_key() -> None:
    open_to_all = {path for _, path, operation in _operations() if not operation.get("security")}

    assert open_to_all == {"/livez", "/readyz", "/v1/health", "/v1/ready"}


def test_every_error_has_the_shape_of_a_problem() -> None:
    for _, _, operation in _operations():
        assert set(_references(operation["responses"]["default"])) == {
            "#/components/schemas/Problem"
        }
        assert "422" not in operation["responses"]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("listener", ["url", "admin_url"])
def test_page_shows_every_route_and_asks_for_nothing_else(service: Service, listener: str) -> None:
    with service.client() as client:
        answer = client.get(f"{getattr(service, listener)}/docs")

    tags = _Tags()
    tags.feed(answer.text)
    named = {attributes["id"] for _, attributes in tags.found if "id" in attributes}
    links = {attributes["href"] for tag, attributes in tags.found if tag == "a"}
    assert not {tag for tag, _ in tags.found} & {"script", "link", "img", "iframe"}
    assert {link for link in links if not str(link).startswith("#")} == {"/openapi.json"}
    assert {str(link)[1:] for link in links if str(link).startswith("#")} <= named
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    document = (app if listener == "url" else admin_app).openapi()
    for path in document["paths"]:
        assert f" {path}</h2>" in answer.text
