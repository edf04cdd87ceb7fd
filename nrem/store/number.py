"""Row numbers of memories, drawn before their rows are written.

Who tries one transaction several times gets the same numbers each time, so that whatever names
them is the same, too.
"""

from typing import Final

from sqlalchemy import Connection

from nrem.store.statement import statement

_OPTION: Final = "nrem_numbers"


class Numbers:
    """The numbers that the tries of one transaction share."""

    def __init__(self) -> None:
        self._drawn: list[int] = []
        self._given = 0

    @property
    def given(self) -> list[int]:
        """What this try was given, in that order."""
        return self._drawn[: self._given]

    def lend(self, conn: Connection) -> None:
        """Begin a try: `draw` takes from here for as long as this connection is lent out."""
        self._given = 0
        conn.execution_options(**{_OPTION: self})

    def take(self, conn: Connection, count: int) -> list[int]:
        """The next numbers; those that no try needed before are drawn."""
        first, self._given = self._given, self._given + count
        if self._given > len(self._drawn):
            self._drawn += _draw(conn, self._given - len(self._drawn))
        return self._drawn[first : self._given]


def draw(conn: Connection, count: int) -> list[int]:
    """`count` numbers that no memory has."""
    lent: Numbers | None = conn.get_execution_options().get(_OPTION)
    return lent.take(conn, count) if lent else _draw(conn, count)


def _draw(conn: Connection, count: int) -> list[int]:
    return list(conn.execute(statement("memory_number"), {"count": count}).scalars())
