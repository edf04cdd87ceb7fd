"""Looking at a served org from beside."""

from typing import Any

from tests.api.serving import Caller
from tests.world import World

_TEXTS = """
SELECT c.relname, string_agg(quote_ident(a.attname) || '::text', ', ' ORDER BY a.attnum)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r'
  AND c.relnamespace = 'public'::regnamespace
  AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype)
GROUP BY c.relname
"""


def column(caller: Caller, question: str) -> list[Any]:
    """The first column of the rows that the superuser sees; `%(org)s` is the caller's org."""
    return [row[0] for row in caller.world.ask(question, org=caller.org)]


def mentions(world: World, word: str) -> set[str]:
    """The tables in which any text or document of any row holds a word."""
    found = set()
    for table, texts in world.ask(_TEXTS):
        held = f"concat_ws(' ', {texts})"
        question = f"SELECT 1 FROM {table} WHERE {held} ILIKE %(word)s LIMIT 1"  # noqa: S608
        if world.ask(question, word=f"%{word}%"):
            found.add(table)
    return found
