"""One call of the client, what it sends, and what it makes of a smallest answer."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call and what belongs to it."""

    name: str
    given: tuple[Any, ...]
    named: dict[str, Any]
    method: str
    path: str
    body: Any
    answer: Any
    shape: type | None


def call(
    name: str,
    sent: str,
    answer: Any,  # noqa: ANN401
    shape: type | None,
    *given: Any,  # noqa: ANN401
    body: Any = None,  # noqa: ANN401
    **named: Any,  # noqa: ANN401
) -> Call:
    """`sent` is the method and the path."""
    method, _, path = sent.partition(" ")
    return Call(
        name=name,
        given=given,
        named=named,
        method=method,
        path=path,
        body=body,
        answer=answer,
        shape=shape,
    )


def plain(
    name: str,
    sent: str,
    answer: Any,  # noqa: ANN401
    shape: type | None,
    *given: Any,  # noqa: ANN401
    **named: Any,  # noqa: ANN401
) -> Call:
    """A call whose body is what it is given by name."""
    return call(name, sent, answer, shape, *given, body=dict(named), **named)
