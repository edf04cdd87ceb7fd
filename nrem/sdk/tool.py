"""Tools for a model, in the format of the Messages API: what they are, and how a call is read.

A model's input is judged by the definition that the model was shown. What is wrong with it is told
in one line that names the field and the remedy, and repeats no value.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from nrem.sdk.errors import ValidationError
from nrem.sdk.models.recall import RecallResult
from nrem.sdk.vocabulary import Tier

REMEMBER: Final = "remember"
RECALL: Final = "recall"
UPDATE: Final = "update_working_memory"

Memory = Literal["user", "knowledge", "all"]

_INVALID: Final = "invalid: "
# What the server calls a field, and what a model does.
_FIELDS: Final[Mapping[str, str]] = {"content": "text", "top_k": "k"}
_BREAKS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_LEADING: Final = re.compile(r"^(\s*)([#-])")

_REMEMBER: Final[Mapping[str, Any]] = {
    "name": REMEMBER,
    "description": (
        "Store a fact about the person, to be recalled in later conversations. Use it for what the "
        "person said of themselves and will expect you to know: one fact, in a full sentence that "
        "can be understood alone. What is said in the conversation is noted without it."
    ),
    "input_schema": {
        "type": "object",
        "properties": {
            "text": {
                "type": "string",
                "description": "The fact, such as: Ana is allergic to walnuts.",
                "minLength": 1,
                "maxLength": 10_000,
            },
            "tier": {
                "type": "string",
                "enum": [one.value for one in Tier],
                "description": (
                    "How long it is kept if it is never used: short about a week, long about a "
                    "month, permanent for good. long by default."
                ),
            },
        },
        "required": ["text"],
        "additionalProperties": False,
    },
}
_RECALL: Final[Mapping[str, Any]] = {
    "name": RECALL,
    "description": (
        "Search what is remembered of the person, from earlier conversations too. Answers one "
        "memory per line, the best first, each with the day on which it was said. Use it before "
        "you say that you do not know something about the person."
    ),
    "input_schema": {
        "type": "object",
        "properties": {
            "query": {
                "type": "string",
                "description": "What to look for, as a question or in a few words.",
                "minLength": 1,
                "maxLength": 10_000,
            },
            "k": {
                "type": "integer",
                "description": "How many memories at most; 5 by default.",
                "minimum": 1,
                "maximum": 50,
            },
            "memory": {
                "type": "string",
                "enum": ["user", "knowledge", "all"],
                "description": (
                    "Where to look: user, all memories of the person; knowledge, lasting facts "
                    "alone; all, also what was said, word by word. user by default."
                ),
            },
        },
        "required": ["query"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A model's wish to use a tool."""

    use_id: str
    name: str
    given: object

    @classmethod
    def of(cls, block: object) -> "Use":
        """The wish in a block of type `tool_use`, as the official client has it or as a mapping.

        Raises: ValidationError when it is no such block; that is no fault of a model.
        """

        def part(name: str) -> Any:  # noqa: ANN401 - whatever the block holds
            return block.get(name) if isinstance(block, Mapping) else getattr(block, name, None)

        use_id, name = part("id"), part("name")
        if part("type") != "tool_use" or not isinstance(use_id, str) or not isinstance(name, str):
            raise ValidationError(
                "block is no tool_use block",
                field="block",
                remedy="give the blocks of a message whose type is tool_use",
            )
        return cls(use_id=use_id, name=name, given=part("input"))

    def answer(self, text: str, *, is_error: bool = False) -> dict[str, Any]:
        """The block of type `tool_result` that answers it."""
        block: dict[str, Any] = {
            "type": "tool_result",
            "tool_use_id": self.use_id,
            "content": text,
        }
        return block | {"is_error": True} if is_error else block


def definitions(card_schema: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The tools; `card_schema` is the JSON schema of the agent's cards, if it has one."""
    found = [_REMEMBER, _RECALL] if card_schema is None else [_REMEMBER, _RECALL, _of(card_schema)]
    # a copy, so that a caller may add a cache_control
    return [json.loads(json.dumps(one)) for one in found]


def read(known: Iterable[Mapping[str, Any]], use: Use) -> dict[str, Any]:
    """A model's input to one of the tools known, without what it left out as null.

    Raises: ValidationError that names the first fault.
    """
    schemas = {one["name"]: one["input_schema"] for one in known}
    if use.name not in schemas:
        raise _fault("name", "there is no such tool", f"use {_names(schemas)}")
    properties: Mapping[str, Mapping[str, Any]] = schemas[use.name]["properties"]
    if not isinstance(use.given, Mapping):
        raise _fault("input", "is no object", f"send an object with {_names(properties)}")
    for name, value in use.given.items():
        if name not in properties:
            raise _fault(_shown(name), "there is no such field", f"use {_names(properties)}")
        if value is not None:
            _check(name, value, properties[name])
    found = {name: use.given[name] for name in properties if use.given.get(name) is not None}
    for name in schemas[use.name].get("required", ()):
        if name not in found:
            raise _fault(name, "is missing", "send it")
    return found


def field_of(error: ValidationError) -> str:
    """The field at fault, by the name that a model has for it."""
    field = (error.field or "input").removeprefix("fields.")
    return _FIELDS.get(field, field)


def told(error: ValidationError) -> str:
    """What a model reads of its fault."""
    remedy = f"; {error.remedy}" if error.remedy else ""
    return f"{_INVALID}{field_of(error)}: {error.message}{remedy}"


def lines(results: Iterable[RecallResult]) -> str:
    """What a model reads of a recall: a line each, which nothing that was said can break out of."""
    said = [
        f"- {one_line(one.content)}"
        + (f" ({one.occurred_at.date().isoformat()})" if one.occurred_at else "")
        for one in results
    ]
    return "\n".join(said) or "nothing is remembered of that"


def updated(names: Iterable[str]) -> str:
    """What a model reads of a card that it wrote."""
    return f"updated: {', '.join(names) or '(no fields)'}"


def one_line(text: str) -> str:
    """The text on one line, a leading `#` or `-` escaped."""
    return _LEADING.sub(r"\1\\\2", _BREAKS.sub(" ", text))


def key_of(use_id: str, *said: str) -> str:
    """The idempotency key of a wish: it is carried out once, however often it is answered.

    Some models number their wishes anew in each talk, so the key holds what they said, too.
    """
    digest = hashlib.sha256("\0".join((use_id, *said)).encode("utf-8", "surrogatepass"))
    return f"tool:{digest.hexdigest()}"


def _of(card_schema: Mapping[str, Any]) -> dict[str, Any]:
    """The tool that writes the fields of a card."""
    fields = card_schema["properties"]
    return {
        "name": UPDATE,
        "description": (
            "Write down what you keep in mind of the person; it stands before you in every "
            f"conversation. Fields: {', '.join(fields)}. Send only what changes: a field that is "
            "left out stays as it is, an empty text clears one. For anything else use remember."
        ),
        "input_schema": {
            "type": "object",
            "properties": {
                name: {**its, "type": ["string", "null"]} for name, its in fields.items()
            },
            "additionalProperties": False,
        },
    }


def _check(name: str, value: object, its: Mapping[str, Any]) -> None:
    """Raises: ValidationError when the value is none that the definition names."""
    if its["type"] == "integer":
        least, most = its["minimum"], its["maximum"]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            remedy = f"send one from {least} to {most}"
            raise _fault(name, "is no whole number that is accepted", remedy)
        return
    if not isinstance(value, str) or _SURROGATES.search(value):
        raise _fault(name, "is no text", "send a text of valid Unicode")
    options = its.get("enum")
    if options is not None and value not in options:
        raise _fault(name, "is none of its values", f"send {_names(options)}")
    if len(value) > (most := its.get("maxLength", len(value))):
        raise _fault(name, f"is longer than {most} characters", "send a shorter text")
    if its.get("minLength") and not value.strip():
        raise _fault(name, "is blank", "send some text")


def _fault(field: str, what: str, remedy: str) -> ValidationError:
    return ValidationError(what, field=field, remedy=remedy)


def _names(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _shown(name: object) -> str:
    """A name that a model made up, if it looks like one."""
    return name if isinstance(name, str) and name.isidentifier() and len(name) <= 64 else "input"
