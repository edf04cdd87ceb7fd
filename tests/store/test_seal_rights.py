"""Who may change the trail: nobody that runs."""

import pytest

from tests.world import World


@pytest.mark.parametrize("table", ["audit", "seals", "seal_heads", "seal_queue"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_api_may_change_nothing_of_the_trail(world: World, table: str, verb: str) -> None:
    granted = world.ask(
        "SELECT has_table_privilege('nrem_api', %(table)s, %(verb)s)", table=table, verb=verb
    )

    assert granted == [(False,)]


@pytest.mark.parametrize("table", ["audit", "seals"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_workers_may_change_no_line_and_no_seal(world: World, table: str, verb: str) -> None:
    granted = world.ask(
        "SELECT has_table_privilege('nrem_worker', %(table)s, %(verb)s)", table=table, verb=verb
    )

    assert granted == [(False,)]
