"""Looking for canaries in the bytes of files: whole ones in any form, and cut off ones by person.

Nothing is opened for what it is, save that the headers of pages are taken out of the write-ahead
log, where they would cut a word in two. So nothing that is compressed is seen: whoever scans has
nothing compressed.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nrem.proof.canary import MARK, Canary, of_person, traces

_CHUNK: Final = 1 << 24
_WAL_PAGE: Final = 8192
_WAL_HEADER: Final = 24
_WAL_FIRST_HEADER: Final = 40
WAL: Final = "wal"


@dataclass(slots=True, kw_only=True)
class Found:
    """What was found, in how many bytes."""

    # by place, canary's word, and form
    whole: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    # beginnings of canaries that are no whole one: by place and person
    cut: Counter[tuple[str, int]] = field(default_factory=Counter)
    # by place
    read: Counter[str] = field(default_factory=Counter)

    def words(self) -> frozenset[str]:
        """The words that were found somewhere."""
        return frozenset(word for _, word, _ in self.whole)

    def hits(self, words: Collection[str], persons: Collection[int] = ()) -> dict[str, int]:
        """By place: how often any of these words, or a piece of these persons', was found."""
        count = Counter[str](dict.fromkeys(self.read, 0))
        for (place, word, _), times in self.whole.items():
            count[place] += times * (word in words)
        for (place, person), times in self.cut.items():
            count[place] += times * (person in persons)
        return dict(count)


class Seeker:
    """Knows the canaries to look for."""

    def __init__(self, canaries: Collection[Canary], *, seed: int = 0) -> None:
        self._heads = tuple(traces(MARK).items())
        self._whole = {
            (form, trace): one.word for one in canaries for form, trace in traces(one.word).items()
        }
        self._persons = {
            (form, trace): person
            for person in {one.person for one in canaries}
            for form, trace in traces(of_person(person, seed=seed)).items()
        }
        self._sizes = _sizes(self._whole)
        self._person_sizes = _sizes(self._persons)
        self._longest = max((size for size in self._sizes.values()), default=1)

    def look(self, places: Mapping[str, Collection[Path]]) -> Found:
        """Scan every file of every place; one that vanishes meanwhile is left out."""
        found = Found()
        for place, paths in places.items():
            found.read[place] += 0
            for path in paths:
                for data, from_byte in self._chunks(path, is_wal=place == WAL):
                    found.read[place] += len(data) - from_byte
                    self._scan(data, from_byte, place, found)
        return found

    def words_in(self, said: bytes) -> frozenset[str]:
        """The words in some bytes, in any form."""
        found = Found()
        self._scan(said.lower(), 0, "", found)
        return found.words()

    def _chunks(self, path: Path, *, is_wal: bool) -> Iterator[tuple[bytes, int]]:
        """The bytes in lower case; before each chunk the end of the one before is told again.

        With it comes where the bytes begin that were not told before.
        """
        before, is_first = b"", True
        try:
            with path.open("rb") as file:
                while read := file.read(_CHUNK):
                    told = _without_headers(read, is_first=is_first) if is_wal else read
                    data = before + told.lower()
                    yield data, len(before)
                    before, is_first = data[-self._longest :], False
        except FileNotFoundError:
            return
        # so that a word which the end of the file cuts is told with as much as a whole one has
        yield before + bytes(self._longest), len(before)

    def _scan(self, data: bytes, from_byte: int, place: str, found: Found) -> None:
        for form, head in self._heads:
            at = data.find(head)
            while at >= 0:
                self._name(data, at, form, from_byte, place, found)
                at = data.find(head, at + 1)

    def _name(
        self, data: bytes, at: int, form: str, from_byte: int, place: str, found: Found
    ) -> None:
        end = at + self._sizes.get(form, 0)
        word = self._whole.get((form, data[at:end]))
        if word is not None:
            found.whole[place, word, form] += end > from_byte
            return
        end = at + self._person_sizes.get(form, 0)
        person = self._persons.get((form, data[at:end]))
        end = at + self._sizes.get(form, 0)
        # what the end of the data cut is told again, and whole, with what comes next
        if person is not None and from_byte < end <= len(data):
            found.cut[place, person] += 1


def files(folder: Path, *, without: Collection[Path] = ()) -> list[Path]:
    """Every regular file below a folder, save those below the folders of `without`."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not any(path.is_relative_to(one) for one in without)
    ]


def places(data_dir: Path, temporary: Path | None = None) -> dict[str, list[Path]]:
    """What a system keeps, by kind: database, wal, valkey, logs, temp, and what else there is."""
    database, wal = data_dir / "postgres", data_dir / "postgres" / "pg_wal"
    valkey, logs = data_dir / "valkey", data_dir / "logs"
    return {
        "database": files(database, without=(wal,)),
        WAL: files(wal),
        "valkey": files(valkey),
        "logs": files(logs),
        "other": files(data_dir, without=(database, valkey, logs)),
        "temp": files(temporary) if temporary else [],
    }


def _sizes(known: Mapping[tuple[str, bytes], object]) -> dict[str, int]:
    return {form: len(trace) for form, trace in known}


def _without_headers(read: bytes, *, is_first: bool) -> bytes:
    """The write-ahead log without the headers of its pages; chunks begin where pages do."""
    pages = (read[at : at + _WAL_PAGE] for at in range(0, len(read), _WAL_PAGE))
    return b"".join(
        page[_WAL_FIRST_HEADER if is_first and not number else _WAL_HEADER :]
        for number, page in enumerate(pages)
    )
