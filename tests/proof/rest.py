"""Requests for the fields that only ask: each gets a canary, which nothing may keep.

They are made from the documents alone. Most are refused, since no memory is called as they say;
what counts is that no table, log or queue has the word afterwards.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.proof.person import Person
from tests.proof.recorder import Fate

_MOMENT: Final = "2026-01-01T00:00:00Z"
# Fields that keep their texts although they are about nobody.
_OF_ORG: Final = frozenset(("POST /v1/admin/orgs .name",))


def ask_the_rest(person: Person, *documents: Mapping[str, Any]) -> None:
    """Send a request with a canary in every field that has had none of this person yet."""
    left = set(person.recorder.left())
    for document in documents:
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                label = f"{method.upper()} {path}"
                fields = {
                    one.removeprefix(f"{label} ") for one in left if one.startswith(f"{label} ")
                }
                if fields:
                    _send(person, document, label, operation, fields)


def _send(
    person: Person,
    document: Mapping[str, Any],
    label: str,
    operation: Mapping[str, Any],
    fields: set[str],
) -> None:
    def word(field: str) -> str:
        name = f"{label} {field}"
        return person.word(name, Fate.ORG if name in _OF_ORG else Fate.NEVER)

    places, params = {}, {}
    for one in operation.get("parameters", ()):
        name = f"{one['in']}.{one['name']}"
        value = word(name) if name in fields else _simple(document, one["schema"])
        if one["in"] == "path":
            places[one["name"]] = str(value)
        elif name in fields or one.get("required"):
            params[one["name"]] = str(value)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    json = None
    if body is not None:
        json = _Shape(document=document, fields=fields, word=word).value(body["schema"], "")
    method, template = label.split(" ", 1)
    person.recorder.try_ask(method, template, json=json, params=params, **places)


class _Shape:
    """Bodies with the required parts, and those that hold a field that needs a canary."""

    def __init__(
        self, *, document: Mapping[str, Any], fields: set[str], word: Callable[[str], str]
    ) -> None:
        self._document = document
        self._fields = fields
        self._word = word

    def value(self, schema: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - JSON
        """A value of a shape."""
        schema = _resolved(self._document, schema)
        if path in self._fields:
            return self._word(path)
        if schema.get("type") == "array":
            return [self.value(schema.get("items", {}), f"{path}[]")]
        if schema.get("type") == "object":
            return self._object(schema, path)
        return _simple(self._document, schema)

    def _object(self, schema: Mapping[str, Any], path: str) -> dict[str, Any]:
        if f"{path}.*" in self._fields:
            word = self._word(f"{path}.*")
            return {word: word}
        required = schema.get("required", ())
        return {
            name: self.value(one, f"{path}.{name}")
            for name, one in schema.get("properties", {}).items()
            if name in required or self._is_wanted(f"{path}.{name}")
        }

    def _is_wanted(self, path: str) -> bool:
        return any(one == path or one.startswith((f"{path}.", f"{path}[]")) for one in self._fields)


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shape behind references, and the first of several."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][str(schema["$ref"]).rsplit("/", 1)[-1]]
            continue
        choices = [one for name in ("anyOf", "oneOf", "allOf") for one in schema.get(name, ())]
        if not choices:
            return schema
        schema = choices[0]


def _simple(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    schema = _resolved(document, schema)
    if "enum" in schema or "const" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    match schema.get("type"):
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case "array":
            return []
        case "object":
            return {}
    return _MOMENT if schema.get("format") == "date-time" else "proof"
