"""The OpenAPI documents of both listeners, and requests made from them that fit them or do not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, BaseSchema, GenerationMode
from schemathesis.core.result import Ok

from api.app import admin_app, app
from nrem.store import key

# of a library that leaves its parts open
Operation = APIOperation[Any, Any, Any, Any]

MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One of the two applications, and what a key for all of it may do."""

    name: str
    application: FastAPI
    scopes: Sequence[str]


PUBLIC: Final = Listener(name="public", application=app, scopes=key.API_SCOPES)
ADMIN: Final = Listener(name="admin", application=admin_app, scopes=key.ADMIN_SCOPES)
LISTENERS: Final = (PUBLIC, ADMIN)


@cache
def schema(listener: Listener, url: str = "http://127.0.0.1") -> BaseSchema:
    """The document of a listener that serves at `url`."""
    made = schemathesis.openapi.from_dict(listener.application.openapi())
    made.config.update(base_url=url)
    return made


@cache
def operations(listener: Listener, url: str = "http://127.0.0.1") -> dict[str, Operation]:
    """The operations of a document by method and path template."""
    found = [
        result.ok()
        for result in schema(listener, url).get_all_operations()
        if isinstance(result, Ok)
    ]
    return {one.label: one for one in found}


def cases(operation: Operation, mode: GenerationMode, *, most: int, chance: int) -> Iterator[Any]:
    """Up to `most` requests, the same ones for the same `chance`; none where nothing fits."""
    made: list[Any] = []

    @seed(chance)
    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:  # noqa: ANN401 - of a library without a public type for it
        made.append(case)

    try:
        collect()
    except Unsatisfiable:
        # without parameters nothing can be wrong about them
        return
    yield from made[:most]
