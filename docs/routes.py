"""Writes docs/routes.md, the scope that each route asks for, from the applications themselves.

    python -m docs.routes

A test writes it again and compares, and another asks every route with every scope.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from api.app import admin_app, app
from api.deps import scope_of

PAGE: Final = Path(__file__).with_name("routes.md")
LISTENERS: Final = {"public": app, "admin": admin_app}
_HEAD: Final = """# Routes and their scopes

Made by `python -m docs.routes` from the code; see [keys](keys.md) for what the scopes mean. A route
that asks for no scope says nothing about any org, and needs no key.
"""


class Asked(NamedTuple):
    """A route and the scope that its key must have; None: it needs no key."""

    listener: str
    verb: str
    path: str
    scope: str | None


def asked() -> list[Asked]:
    """Every route of both listeners."""
    return sorted(
        (
            Asked(listener, verb, path, scope)
            for listener, application in LISTENERS.items()
            for verb, path, scope in _listed(application.routes)
        ),
        key=lambda one: (list(LISTENERS).index(one.listener), one.path, one.verb),
    )


def _listed(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str, str | None]]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _listed(included.routes)
        elif isinstance(route, Route):
            scopes = _scopes(route.dependant) if isinstance(route, APIRoute) else set()
            if len(scopes) > 1:
                raise ValueError(f"{route.path} asks for {len(scopes)} scopes")
            for verb in (route.methods or set()) - {"HEAD"}:
                yield verb, route.path_format, next(iter(scopes), None)


def _scopes(found: Dependant) -> set[str]:
    """The scopes that a route asks for, itself or by what it depends on."""
    own = {scope} if (scope := scope_of(found.call)) else set()
    return own.union(*map(_scopes, found.dependencies))


def page() -> str:
    """The text of docs/routes.md."""
    parts = [_HEAD]
    for listener in LISTENERS:
        rows = [one for one in asked() if one.listener == listener]
        parts.append(f"\n## The {listener} listener\n\n| route | scope |\n|---|---|\n")
        parts += [f"| `{one.verb} {one.path}` | {_name(one.scope)} |\n" for one in rows]
    return "".join(parts)


def _name(scope: str | None) -> str:
    return f"`{scope}`" if scope else "none"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
