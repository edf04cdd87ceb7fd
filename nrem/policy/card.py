"""Cards: which schemas an agent may have, and what a patch does to the values of a person.

A schema is a flat JSON schema: an object whose properties are texts. It is kept as a list, since
the order in which fields are declared is the order in which they are shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nrem.errors import InvalidError

MAX_FIELDS: Final = 64
MAX_VALUE: Final = 10_000
MAX_DESCRIPTION: Final = 1_000
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_TOP: Final = frozenset(
    {"type", "properties", "title", "description", "required", "additionalProperties", "$schema"}
)
_OF_FIELD: Final = frozenset({"type", "anyOf", "title", "description", "default", "maxLength"})
_NONE: Final = {"type": "null"}
_REMEDY: Final = "send a flat JSON schema whose properties are texts; see docs/cards.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardField:
    """A field that a card may have."""

    name: str
    description: str = ""
    # characters
    max_length: int = MAX_VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSchema:
    """The fields of an agent's cards, in the order declared."""

    fields: tuple[CardField, ...]

    @classmethod
    def read(cls, schema: object) -> "CardSchema":
        """The schema that a caller sent.

        Raises: InvalidError that names the first place where it is none of those accepted.
        """
        fault = next(_faults(schema), None)
        if fault is not None or not isinstance(schema, dict):
            path, reason = fault or ("schema", "must be an object")
            raise InvalidError(f"{path}: {reason}", field=path, remedy=_REMEDY)
        return cls(
            fields=tuple(
                CardField(
                    name=name,
                    description=its.get("description", ""),
                    max_length=_length(its),
                )
                for name, its in schema["properties"].items()
            )
        )

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "CardSchema":
        """The schema that `record` wrote."""
        return cls(fields=tuple(CardField(**one) for one in record["fields"]))

    def record(self) -> dict[str, Any]:
        """As it is stored: a list keeps the order of its fields, a JSON object may not."""
        return {
            "fields": [
                {"name": one.name, "description": one.description, "max_length": one.max_length}
                for one in self.fields
            ]
        }

    def as_json(self) -> dict[str, Any]:
        """As a JSON schema."""
        return {
            "type": "object",
            "properties": {one.name: _property(one) for one in self.fields},
            "additionalProperties": False,
        }

    def require(self, patch: Mapping[str, str | None]) -> None:
        """Refuse a patch with a field that the schema does not name, or a value too long for it.

        Raises: InvalidError that names the first such field.
        """
        fields = {one.name: one for one in self.fields}
        for name, value in patch.items():
            if name not in fields:
                raise InvalidError(
                    "the schema of the agent's cards names no such field",
                    field=f"fields.{name}",
                    remedy="send fields of the schema only: GET /v1/agents/{agent}/card-schema",
                    code="unknown_field",
                )
            limit = fields[name].max_length
            if value is not None and len(value) > limit:
                raise InvalidError(
                    f"the value is longer than {limit} characters",
                    field=f"fields.{name}",
                    remedy="send a shorter value",
                )


def changes(patch: Mapping[str, str | None], current: Mapping[str, str]) -> dict[str, str | None]:
    """What a patch changes: the new value of each field, None where it is cleared.

    An empty text clears; null leaves a field as it is, and so does the value that it has.
    """
    return {
        name: value or None
        for name, value in patch.items()
        if value is not None and value != current.get(name, "")
    }


def _property(one: CardField) -> dict[str, Any]:
    described = {"description": one.description} if one.description else {}
    return {"type": "string", **described, "maxLength": one.max_length}


def _faults(schema: object) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, dict):
        yield "schema", "must be an object"
        return
    yield from ((f"schema.{one}", "is not supported") for one in schema if one not in _TOP)
    if schema.get("type") != "object":
        yield "schema.type", "must be object"
    if schema.get("additionalProperties", False) is not False:
        yield "schema.additionalProperties", "must be false"
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not 1 <= len(properties) <= MAX_FIELDS:
        yield "schema.properties", f"must be an object with 1 to {MAX_FIELDS} fields"
        return
    for name, its in properties.items():
        yield from _field_faults(name, its)


def _field_faults(name: str, its: object) -> Iterator[tuple[str, str]]:
    path = f"schema.properties.{name}"
    if not _NAME.fullmatch(name):
        yield "schema.properties", "names must be letters, digits and _, 64 characters at most"
        return
    if not isinstance(its, dict):
        yield path, "must be an object"
        return
    yield from ((f"{path}.{one}", "is not supported") for one in its if one not in _OF_FIELD)
    if not _is_text(its):
        yield path, "must be of type string, or of string and null"
    if its.get("default") not in (None, ""):
        yield f"{path}.default", "must be null or empty"
    description = its.get("description", "")
    if not isinstance(description, str) or len(description) > MAX_DESCRIPTION:
        yield f"{path}.description", f"must be a text of {MAX_DESCRIPTION} characters at most"
    length = _length(its)
    if type(length) is not int or not 1 <= length <= MAX_VALUE:
        yield f"{path}.maxLength", f"must be a whole number, 1 to {MAX_VALUE}"


def _length(its: Mapping[str, Any]) -> Any:  # noqa: ANN401 - not validated yet
    """The limit of a text; of one that may be null Pydantic writes it beside the text's type."""
    return its.get("maxLength", _text_of(its).get("maxLength", MAX_VALUE))


def _is_text(its: Mapping[str, Any]) -> bool:
    """Whether it is a text, also one that may be null as Pydantic writes it."""
    if "anyOf" in its:
        return "type" not in its and bool(_text_of(its))
    return its.get("type") in ("string", ["string", "null"], ["null", "string"])


def _text_of(its: Mapping[str, Any]) -> Mapping[str, Any]:
    """The text among the options of a field; empty where it has none, or others than null."""
    options = its.get("anyOf")
    texts = [one for one in options if one != _NONE] if isinstance(options, list) else []
    if len(texts) != 1 or not isinstance(texts[0], dict):
        return {}
    is_text = texts[0].get("type") == "string" and texts[0].keys() <= {"type", "maxLength"}
    return texts[0] if is_text else {}
