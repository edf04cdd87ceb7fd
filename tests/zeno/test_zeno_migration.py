"""The migration back leaves conversations as the turns that they are."""

from typing import Any

from nrem.config import Settings
from nrem.zeno import Link, build_stores
from tests.postgres import Database, migrate
from tests.world import connected
from tests.zeno.observing import note
from tests.zeno.sides import run
from tests.zeno.test_zeno_conversations import say


def test_back_and_forth_keeps_what_was_said(database: Database) -> None:
    settings = Settings(database_url=database.api_url, embedder="hash", pepper="x" * 16)
    with connected(database) as world:
        org = world.found("org")
        link = Link(settings, org="org")
        stores: Any = build_stores(link)
        run(stores.conversation.append(user_id="ana", thread_key="t", messages=[say("Hello.")]))
        run(
            stores.observation_log.insert_batch(
                [note("said hello", source_round_ids=(0,)), note("likes tea")]
            )
        )
        run(stores.session.get_or_create("ana", "cli", None, lambda: "sdk"))
        link.close()

    migrate(database, "downgrade", "0005")
    migrate(database, "upgrade", "head")

    with connected(database) as world:
        org = world.found("org")
        said = org.ask(
            "SELECT kind, body ->> 'content' FROM events WHERE org_id = %(org)s ORDER BY id"
        )
        noted = org.column("SELECT text FROM observations WHERE org_id = %(org)s")
        tokens = org.ask(
            "SELECT g.tokens = coalesce((SELECT sum(o.tokens) FROM observations AS o "
            "WHERE o.org_id = g.org_id AND o.subject_id = g.subject_id), 0) "
            "FROM observation_logs AS g WHERE g.org_id = %(org)s"
        )
    assert [tuple(row) for row in said] == [("turn", "Hello."), ("memory", None)]
    assert noted == ["said hello"]
    assert [row[0] for row in tokens] == [True]
