"""The erasure ledger: a file outside of the database that says which erasures were carried out.

A database that is restored from before an erasure does not know of it; the ledger does, and nothing
starts until it was done again. Lines are only ever added, each durably and before what it tells of
is done, and each carries a keyed digest over itself and the line before it. They hold numbers,
instants, digests and receipts: who was erased can only be told by holding an id against `target`.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

from nrem.config import Settings
from nrem.digest import Digest, canonical
from nrem.errors import ConfigError
from nrem.own_file import own_directory, owner_only
from nrem.receipt import FIRST, Place, Receipt, Terms, hash_of
from nrem.receipt_key import KEY_FILE, Signer

# Of the data directory, unless a setting says otherwise.
FILE: Final = "erasure_ledger/ledger.jsonl"
_END: Final = b"\n"


class LedgerError(ConfigError):
    """The erasure ledger is not what it was."""


class Event(StrEnum):
    """How far an erasure had come when its line was written."""

    # from here on what it is about is destroyed
    BEGUN = "begun"
    # there is a receipt
    CERTIFIED = "certified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One erasure, told from every other that was or will be, also after a restore."""

    org_id: int
    erasure_id: int
    kind: str
    target_hash: bytes
    requested_at: datetime
    fenced_at: datetime

    @property
    def identity(self) -> tuple[int, int, bytes, datetime]:
        """Numbers are given out again after a restore; instants are not."""
        return self.org_id, self.erasure_id, self.target_hash, self.requested_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the ledger; places count from 1."""

    place: int
    event: Event
    subject: Subject
    # of one that begins: how often providers of paid models were asked, and when last
    model_requests: int = 0
    model_requested_at: datetime | None = None
    # of a certified one
    certified_at: datetime | None = None
    receipt: Receipt | None = None
    hash: bytes = b""

    @property
    def receipt_hash(self) -> str | None:
        """What the next receipt of the org names."""
        return None if self.receipt is None else hash_of(self.receipt)

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        its = asdict(self.subject)
        return {
            **its,
            "place": self.place,
            "event": self.event.value,
            "target_hash": self.subject.target_hash.hex(),
            "requested_at": self.subject.requested_at.isoformat(),
            "fenced_at": self.subject.fenced_at.isoformat(),
            "model_requests": self.model_requests,
            "model_requested_at": _spelled(self.model_requested_at),
            "certified_at": _spelled(self.certified_at),
            "receipt": self.receipt,
            "receipt_hash": self.receipt_hash,
            "hash": self.hash.hex(),
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        """What `as_json` made.

        Raises: KeyError, TypeError, ValueError when it is something else.
        """
        return cls(
            place=int(value["place"]),
            event=Event(value["event"]),
            subject=Subject(
                org_id=int(value["org_id"]),
                erasure_id=int(value["erasure_id"]),
                kind=str(value["kind"]),
                target_hash=bytes.fromhex(value["target_hash"]),
                requested_at=datetime.fromisoformat(value["requested_at"]),
                fenced_at=datetime.fromisoformat(value["fenced_at"]),
            ),
            model_requests=int(value["model_requests"]),
            model_requested_at=_instant(value["model_requested_at"]),
            certified_at=_instant(value["certified_at"]),
            receipt=value["receipt"],
            hash=bytes.fromhex(value["hash"]),
        )


def _spelled(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


# Makes the receipt of an erasure for its place in the chain of its org; it is given the line that
# was written when it began.
Issuing = Callable[[Place, Line], tuple[datetime, Receipt]]


class Ledger:
    """The ledger of one installation, mode 0600; all its processes share it."""

    def __init__(self, path: Path, digest: Digest) -> None:
        self.path = path
        self._digest = digest

    def read(self) -> list[Line]:
        """All lines, in their order; none when there is no file yet.

        A last line that a crash cut off was never relied on, and is left out.

        Raises: LedgerError when a line is not what was written; ConfigError when the file cannot
        be read.
        """
        try:
            return self._lines(self.path.read_bytes())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ConfigError(f"{self.path}: {error.strerror}") from None

    def begin(
        self, subject: Subject, *, model_requests: int, model_requested_at: datetime | None
    ) -> Line:
        """Write down that an erasure destroys from here on; the same line when it is there.

        Raises: ConfigError as `read` does, and when it cannot be written.
        """

        def completed(_lines: list[Line], line: Line) -> Line:
            return replace(
                line, model_requests=model_requests, model_requested_at=model_requested_at
            )

        return self._add(subject, Event.BEGUN, completed)

    def certify(self, subject: Subject, issuing: Issuing) -> Line:
        """Write down the receipt of an erasure; the one that is there when it was written before.

        Raises: ConfigError as `begin` does, LedgerError when it never began, and what `issuing`
        raises.
        """

        def completed(lines: list[Line], line: Line) -> Line:
            begun = _find(lines, subject, Event.BEGUN)
            if begun is None:
                raise LedgerError(f"{self.path} does not know that the erasure began")
            at, receipt = issuing(_place(lines, subject.org_id), begun)
            return replace(line, certified_at=at, receipt=receipt)

        return self._add(subject, Event.CERTIFIED, completed)

    def _add(
        self, subject: Subject, event: Event, complete: Callable[[list[Line], Line], Line]
    ) -> Line:
        own_directory(self.path.parent)
        try:
            with self._alone() as file:
                raw = file.read()
                lines = self._lines(raw)
                if (known := _find(lines, subject, event)) is not None:
                    return known
                line = complete(lines, Line(place=len(lines) + 1, event=event, subject=subject))
                line = replace(line, hash=self._hash(lines[-1] if lines else None, line))
                # What a crash left of a line is taken away.
                file.truncate(raw.rfind(_END) + 1)
                _append(file, line)
        except OSError as error:
            raise ConfigError(f"{self.path}: {error.strerror}") from None
        return line

    @contextmanager
    def _alone(self) -> Iterator[BinaryIO]:
        with open(self.path, "a+b", opener=owner_only) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            yield file

    def _lines(self, raw: bytes) -> list[Line]:
        found: list[Line] = []
        *whole, _torn = raw.split(_END)
        for number, text in enumerate(whole, start=1):
            line = _line(text)
            if (
                line is None
                or line.place != number
                or line.hash != self._hash(found[-1] if found else None, line)
                or text != canonical(line.as_json())
            ):
                raise LedgerError(
                    f"{self.path}: line {number} is not what was written, or was written with "
                    "another pepper; put the ledger back as it was, and its pepper"
                )
            found.append(line)
        return found

    def _hash(self, before: Line | None, line: Line) -> bytes:
        body = {**line.as_json(), "hash": None}
        return self._digest.of("erasure_ledger", before.hash if before else b"", canonical(body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notary:
    """What an installation certifies erasures with."""

    ledger: Ledger
    signer: Signer
    terms: Terms

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The one that the settings name.

        Raises: ConfigError without a pepper.
        """
        return cls(
            ledger=ledger_of(settings),
            signer=Signer(settings.data_dir / KEY_FILE),
            terms=Terms(backups=settings.backup_days, models=settings.llm_retention_days),
        )


def ledger_of(settings: Settings) -> Ledger:
    """The ledger that the settings name.

    Raises: ConfigError without a pepper.
    """
    path = settings.erasure_ledger or settings.data_dir / FILE
    return Ledger(path.expanduser().absolute(), Digest(settings.load_pepper()))


def _line(text: bytes) -> Line | None:
    try:
        return Line.of_json(json.loads(text))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return None


def _find(lines: list[Line], subject: Subject, event: Event) -> Line | None:
    wanted = event, subject.identity
    return next((one for one in lines if (one.event, one.subject.identity) == wanted), None)


def _place(lines: list[Line], org_id: int) -> Place:
    its = [one.receipt for one in lines if one.subject.org_id == org_id and one.receipt]
    return Place(number=len(its) + 1, previous=hash_of(its[-1]) if its else FIRST)


def _append(file: BinaryIO, line: Line) -> None:
    file.write(canonical(line.as_json()) + _END)
    file.flush()
    os.fsync(file.fileno())
    # The name of a new file lies in its directory.
    folder = os.open(Path(file.name).parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
