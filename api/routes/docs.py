"""GET /docs: every route with its fields, as one page that needs no script and no network."""

import html
import json
from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter, Request, Response

router = APIRouter()

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font: 600 1.1rem ui-monospace, monospace; border-top: 1px solid #8884; padding-top: 1rem; }
pre { background: #8881; padding: .75rem; overflow-x: auto; }
:root { color-scheme: light dark; }
"""
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """The OpenAPI document for a person to read."""
    page = "\n".join(_page(request.app.openapi()))
    return Response(page, media_type="text/html; charset=utf-8", headers=_HEADERS)


def _page(document: dict[str, Any]) -> Iterator[str]:
    title = _text(f"{document['info']['title']} {document['info']['version']}")
    yield f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
    yield f"<style>{_STYLE}</style><h1>{title}</h1>"
    yield "<p>The same for programs: <a href=/openapi.json>/openapi.json</a>."
    yield "Routes with a key take the header <code>Authorization: Bearer KEY</code>.</p>"
    for path, verbs in document["paths"].items():
        for verb, route in verbs.items():
            yield from _route(f"{verb.upper()} {path}", route)
    yield "<h1>Shapes</h1>"
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        yield f"<h2 id={_text(name)}>{_text(name)}</h2>{_json(schema)}"
    yield "</html>"


def _route(heading: str, route: dict[str, Any]) -> Iterator[str]:
    yield f"<h2>{_text(heading)}</h2><p>{_text(route.get('description', ''))}</p>"
    yield f"<p>{'Needs a key.' if route.get('security') else 'Needs no key.'}</p>"
    if "parameters" in route:
        yield f"<p>Parameters</p>{_json(route['parameters'])}"
    if "requestBody" in route:
        yield f"<p>Body: {', '.join(_shapes(route['requestBody']))}</p>"
    for status, response in route["responses"].items():
        shapes = ", ".join(_shapes(response)) or "text"
        yield f"<p>{_text(status)}: {shapes}</p>"


def _shapes(value: Any) -> Iterator[str]:  # noqa: ANN401 - a part of the document
    """A link to each shape that is named anywhere below."""
    if isinstance(value, dict):
        if "$ref" in value:
            name = _text(value["$ref"].rpartition("/")[2])
            yield f"<a href=#{name}>{name}</a>"
        for inner in value.values():
            yield from _shapes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _shapes(inner)


def _json(value: object) -> str:
    return f"<pre>{_text(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"


def _text(value: str) -> str:
    return html.escape(value)
