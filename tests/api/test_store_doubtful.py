"""What is stored directly gets a second opinion where its importance is doubtful."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from nrem.embedded.postgres import EmbeddedPostgres
from tests.api.serving import Caller, serve
from tests.postgres import Database, created

# The rules are in doubt about the first two and sure of the third, which says nothing.
DOUBTFUL = (
    "We painted a fence in March with our cousin.",
    "We adopted a cat in June with our neighbour.",
)
SURE = "ok"


@pytest.fixture(scope="module")
def asking(cluster: EmbeddedPostgres, template: Database) -> Iterator[Caller]:
    """A caller of an API that was told that there is a key."""
    with created(cluster, template.name) as database, ExitStack() as running:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ANTHROPIC_API_KEY", "is-set")
            service = running.enter_context(serve(database))
        with service.caller() as caller:
            yield caller


def _queued(caller: Caller) -> list[str]:
    rows = caller.world.ask(
        "SELECT m.content FROM inbox AS i "
        "JOIN memories AS m ON m.org_id = i.org_id AND m.id = i.item_id "
        "WHERE i.org_id = %(org)s AND i.pass = 'appraise' AND i.item_kind = 'memory' ORDER BY m.id",
        org=caller.org,
    )
    return [row[0] for row in rows]


def test_doubtful_memory_is_queued_however_it_is_stored(asking: Caller) -> None:
    first, second = DOUBTFUL
    asking.store(first)
    asking.store(SURE)
    batch = [{"agent_id": "agent", "content": one} for one in (second, SURE)]
    assert asking.post("/v1/memories/batch", {"memories": batch}).status_code < 300

    assert _queued(asking) == list(DOUBTFUL)
    due = asking.world.ask(
        "SELECT due_at <= clock_timestamp() FROM org_work "
        "WHERE org_id = %(org)s AND pass = 'appraise'",
        org=asking.org,
    )
    assert [row[0] for row in due] == [True]


def test_importance_that_a_caller_gave_is_never_doubtful(asking: Caller) -> None:
    before = _queued(asking)

    asking.store("They sold a boat in August to a stranger.", importance=0.4)

    assert _queued(asking) == before


def test_without_a_model_nothing_is_queued(caller: Caller) -> None:
    caller.store(DOUBTFUL[0])

    assert _queued(caller) == []
