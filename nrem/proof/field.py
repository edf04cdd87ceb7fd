"""The fields of an OpenAPI document into which a caller can write text."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

# Texts of which the server takes only those that it knows, or that have the form of a time.
_CLOSED: Final = ("enum", "const")
_TIMES: Final = frozenset(("date", "date-time", "time", "duration"))
_CHOICES: Final = ("anyOf", "oneOf", "allOf")


def text_fields(document: Mapping[str, Any]) -> Iterator[str]:
    """Every place for text in a request, as `METHOD /path query.name` or `METHOD /path .a.b[].c`.

    `*` stands for a name that callers choose; so does what is below a value without a shape.
    """
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            label = f"{method.upper()} {path}"
            seen = dict.fromkeys(_of_operation(document, operation))
            yield from (f"{label} {one}" for one in seen)


def _of_operation(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    for one in operation.get("parameters", ()):
        yield from _leaves(document, one["schema"], f"{one['in']}.{one['name']}", ())
    for body in operation.get("requestBody", {}).get("content", {}).values():
        yield from _leaves(document, body["schema"], "", ())


def _leaves(
    document: Mapping[str, Any], schema: Mapping[str, Any], path: str, above: tuple[str, ...]
) -> Iterator[str]:
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        if name not in above:
            below = document["components"]["schemas"][name]
            yield from _leaves(document, below, path, (*above, name))
        return
    choices = [one for choice in _CHOICES for one in schema.get(choice, ())]
    for one in choices:
        yield from _leaves(document, one, path, above)
    if not choices and not any(one in schema for one in _CLOSED):
        yield from _of_type(document, schema, path, above)


def _of_type(
    document: Mapping[str, Any], schema: Mapping[str, Any], path: str, above: tuple[str, ...]
) -> Iterator[str]:
    match schema.get("type"):
        case "array":
            yield from _leaves(document, schema.get("items", {}), f"{path}[]", above)
        case "object":
            yield from _of_object(document, schema, path, above)
        case "string" | None if schema.get("format") not in _TIMES:
            yield path


def _of_object(
    document: Mapping[str, Any], schema: Mapping[str, Any], path: str, above: tuple[str, ...]
) -> Iterator[str]:
    for name, one in schema.get("properties", {}).items():
        yield from _leaves(document, one, f"{path}.{name}", above)
    more = schema.get("additionalProperties", False)
    if more is not False:
        yield from _leaves(document, {} if more is True else more, f"{path}.*", above)
