"""People with something of everything, and what there is of them."""

from typing import Any

from tests.world import Org, end, memory, turn

ALICE = "alice"
BOB = "bob"
TABLES = """SELECT relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attname = 'user_id'"""


def live(org: Org, user: str, agent: str = "agent") -> None:
    """Leave rows of a user in many tables."""
    place: dict[str, Any] = {"user": user, "agent": agent}
    session = f"{user}-{agent}"
    org.append(
        turn(
            f"I am {user}'s friend and moved to Lisbon.", session=session, thread=session, **place
        ),
        turn(f"{user} likes green tea in the morning.", session=session, thread=session, **place),
        end(session, **place),
        memory(f"{user} is allergic to peanuts", importance=0.9, **place),
    )
    org.world.settle()
    org.world.drain("observe")


def shared(org: Org) -> None:
    """Two people in a session that one of them began."""
    org.append(
        turn("I sold the boat in Bergen last summer.", user=ALICE, session="both"),
        turn("I moved to Lisbon on 3 May 2025.", user=BOB, session="both"),
        end("both", user=ALICE),
    )
    org.world.settle()


def of(org: Org, user: str) -> dict[str, list[str]]:
    """All that is kept of a user, by table."""
    found = {}
    for (table,) in org.world.ask(TABLES):
        found[table] = org.column(
            f"""SELECT to_jsonb(x)::text FROM {table} AS x WHERE x.org_id = %(org)s AND user_id = (
            SELECT id FROM users WHERE org_id = %(org)s AND external_id = %(name)s)
            ORDER BY 1""",  # noqa: S608
            name=user,
        )
    return found


def said(org: Org, words: str) -> int:
    """How many rows hold these words, in any column of any table."""
    tables = [
        row[0]
        for row in org.world.ask(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace"
        )
    ]
    return sum(
        org.world.ask(
            f"SELECT count(*) FROM {table} AS x WHERE strpos(to_jsonb(x)::text, %(words)s) > 0",  # noqa: S608
            words=words,
        )[0][0]
        for table in tables
    )
