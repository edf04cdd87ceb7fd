"""Loads the SQL files: `statement("decay_claim")` is `sql/decay_claim.sql`, ready to execute."""

from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import TextClause, text

DIRECTORY: Final = Path(__file__).parent / "sql"


@cache
def statement(name: str) -> TextClause:
    """The statement in `sql/<name>.sql`; read once per process.

    Raises: FileNotFoundError when there is no such file.
    """
    return text((DIRECTORY / f"{name}.sql").read_text(encoding="utf-8"))
