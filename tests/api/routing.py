"""Every route of an application, whichever router it came with."""

from collections.abc import Iterable, Iterator

from fastapi import FastAPI
from starlette.routing import BaseRoute, Route


def routes_of(application: FastAPI) -> list[tuple[str, str]]:
    """Verb and path of each; a path may hold {names}."""
    return sorted(set(_listed(application.routes)))


def _listed(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _listed(included.routes)
            continue
        # A mount or a socket would escape the tests that go by this list.
        assert isinstance(route, Route), route
        for verb in (route.methods or set()) - {"HEAD"}:
            yield verb, route.path_format
