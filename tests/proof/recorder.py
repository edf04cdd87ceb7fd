"""Asking a system with canaries, and knowing in which fields of its documents they have been."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote

from nrem.command.server import AnswerError, Server
from nrem.proof.canary import MARK, Canary, Form, made
from nrem.proof.field import text_fields

_ADMIN: Final = "/v1/admin/"
_SERVER_ERROR: Final = 500


class Fate(StrEnum):
    """What becomes of a text that a caller writes into a field."""

    # kept, and erased with the person
    PERSON = "person"
    # kept, and erased with a memory, too
    MEMORY = "memory"
    # kept, and erased with a session, too
    SESSION = "session"
    # kept, and erased with the agent
    AGENT = "agent"
    # another took its place: how long its bytes stay is chance, but not beyond the agent's erasure
    REPLACED = "replaced"
    # kept for the org, whoever is erased
    ORG = "org"
    # never kept anywhere in any form
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A canary, and what is to become of it."""

    canary: Canary
    fate: Fate


@dataclass(slots=True, kw_only=True)
class Recorder:
    """The two listeners of a system, and what was planted through them."""

    api: Server
    admin: Server
    # every field that is to get a canary
    fields: frozenset[str]
    seed: int = 0
    planted: dict[str, Planted] = field(default_factory=dict)
    covered: set[str] = field(default_factory=set)

    def word(
        self, person: int, name: str, fate: Fate = Fate.PERSON, form: Form = Form.PLAIN
    ) -> str:
        """What to write for a person's field; the same again for the same field."""
        canary = made(person, name, form, seed=self.seed)
        self.planted.setdefault(canary.word, Planted(canary=canary, fate=fate))
        return canary.text

    def words(self, *fates: Fate, persons: Iterable[int]) -> frozenset[str]:
        """The words of some persons with one of these fates."""
        whose = frozenset(persons)
        return frozenset(
            word
            for word, one in self.planted.items()
            if one.fate in fates and one.canary.person in whose
        )

    def ask(
        self,
        method: str,
        template: str,
        *,
        json: Any = None,  # noqa: ANN401 - JSON
        params: Mapping[str, str] | None = None,
        **places: str,
    ) -> Any:  # noqa: ANN401 - the answer's JSON
        """The answer of a request; notes which fields had a canary.

        Raises: AnswerError when the server refuses.
        """
        path = template
        for name, value in places.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        self._note(f"{method} {template}", json, params or {}, places)
        server = self.admin if template.startswith(_ADMIN) else self.api
        return server.ask(method, path, json=json, params=params)

    def try_ask(self, method: str, template: str, **given: Any) -> Any:  # noqa: ANN401
        """As `ask`; None when the server refuses.

        Raises: AnswerError when that was a fault of the server.
        """
        try:
            return self.ask(method, template, **given)
        except AnswerError as error:
            if error.status >= _SERVER_ERROR:
                raise
            return None

    def _note(
        self, label: str, json: object, params: Mapping[str, str], places: Mapping[str, str]
    ) -> None:
        said = [
            *((path, text) for path, text in _texts(json)),
            *((f"query.{name}", text) for name, text in params.items()),
            *((f"path.{name}", text) for name, text in places.items()),
        ]
        own = [one for one in self.fields if one.startswith(f"{label} ")]
        for path, text in said:
            if _has_canary(text):
                self.covered |= {one for one in own if _means(one.removeprefix(f"{label} "), path)}

    def left(self) -> list[str]:
        """The fields that had no canary yet."""
        return sorted(self.fields - self.covered)


def fields_of(*documents: Mapping[str, Any]) -> frozenset[str]:
    """The text fields of the documents of a system's listeners."""
    return frozenset(one for document in documents for one in text_fields(document))


def _has_canary(text: str) -> bool:
    return any(made_of in text for made_of in _MARKS)


_MARKS: Final = tuple(
    form_of
    for form_of in (
        MARK,
        MARK.encode().hex(),
        "enF4amt2",
        "egBxAHgA",
        "".join(f"\\u{ord(letter):04x}" for letter in MARK),
        "".join(f"%{ord(letter):02X}" for letter in MARK),
    )
)


def _means(known: str, path: str) -> bool:
    """Whether a place in a request is this field of the document."""
    if known.endswith(".*"):
        return path.startswith(known[:-1])
    return known == path


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a JSON value, the names in objects too, with where it stands."""
    match value:
        case str():
            yield path, value
        case list():
            for one in value:
                yield from _texts(one, f"{path}[]")
        case dict():
            for name, one in value.items():
                yield f"{path}.{name}", name
                yield from _texts(one, f"{path}.{name}")
