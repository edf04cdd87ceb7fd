"""Two orgs that say the same: nothing that one computed or kept is ever used for the other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from nrem.embedded.postgres import EmbeddedPostgres
from nrem.llm.embed_hash import HashEmbedder
from nrem.store import embed, engine
from tests.postgres import Database, created
from tests.world import TOOLS, Org, World, connected, end, memory, turn
from worker.passes import BY_NAME
from worker.runner import drain

WORDS = "I am allergic to peanuts."
SAID = "My sister lives in Porto."


class Counting(HashEmbedder):
    """The embedder of the tests, which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked += texts
        return super().embed(texts)


@pytest.fixture
def alike(cluster: EmbeddedPostgres, template: Database) -> Iterator[tuple[Org, Org]]:
    """Two orgs that were told the same words under the same names, in one session."""
    with created(cluster, template.name) as database, connected(database) as world:
        both = world.found("one"), world.found("other")
        for org in both:
            tell(org)
        world.drain("score")
        yield both


def tell(org: Org) -> None:
    org.append(memory(WORDS), turn(SAID, session="s"), turn(SAID, session="open"))


def embed_with(world: World, embedder: Counting, org: Org) -> None:
    tools = replace(TOOLS, embedder=embedder)
    drain(world.setting(tools=tools, only_org=org.number), BY_NAME["embed"])


def hashes_of(org: Org) -> list[bytes]:
    return [
        bytes(found)
        for found in org.column("SELECT content_hash FROM embeddings WHERE org_id = %(org)s")
    ]


def test_vector_of_another_org_is_not_taken_for_ones_own(alike: tuple[Org, Org]) -> None:
    for org in alike:
        embedder = Counting()

        embed_with(org.world, embedder, org)

        assert sorted(embedder.asked) == [WORDS, SAID]


def test_vector_of_ones_own_is_taken_again(alike: tuple[Org, Org]) -> None:
    org = alike[0]
    embed_with(org.world, Counting(), org)
    tell(org)
    org.world.drain("score")
    again = Counting()

    embed_with(org.world, again, org)

    assert again.asked == []


def test_digest_of_a_text_does_not_tell_that_another_org_has_it(alike: tuple[Org, Org]) -> None:
    alike[0].world.drain("embed")

    one, other = (set(hashes_of(org)) for org in alike)

    assert len(one) == len(other) == 2
    assert not one & other


def test_cache_answers_nothing_for_the_digests_of_another_org(alike: tuple[Org, Org]) -> None:
    one, other = alike
    one.world.drain("embed")
    found = {}

    for org in alike:
        with engine.begin(one.world.worker, org_id=org.number) as conn:
            found[org.number] = [
                len(embed.find_cached(conn, asked.number, hashes_of(one), model="hash-384@1"))
                for asked in alike
            ]

    assert found == {one.number: [2, 0], other.number: [0, 0]}


def test_what_is_made_of_equal_words_rests_on_those_of_its_own_org(
    alike: tuple[Org, Org],
) -> None:
    one, other = alike
    one.append(end("s"))
    other.append(end("s"))
    one.world.settle()

    crossing = one.world.ask(
        """
        SELECT 1 FROM derivations AS d JOIN events AS e ON e.id = d.event_id
        WHERE d.org_id <> e.org_id
        UNION ALL
        SELECT 1 FROM edges AS g JOIN memories AS m ON m.id IN (g.source_id, g.target_id)
        WHERE g.org_id <> m.org_id
        """
    )

    # Neither merged into the other's, nor took the other's for known already.
    assert one.memories() == other.memories()
    assert len(one.memories()) >= 2
    assert not crossing
