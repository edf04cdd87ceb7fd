"""Budgets: an org's own bounds, and the server's where it has none."""

from nrem.store import budget, engine
from nrem.store.budget import Budgets
from tests.world import Org, World

USUAL = Budgets(daily_tokens=10, monthly_tokens=100)


def put(org: Org, budgets: Budgets) -> None:
    with engine.begin(org.world.api, org_id=org.number) as conn:
        budget.put(conn, org.number, budgets)


def read(org: Org) -> Budgets:
    with engine.begin(org.world.api, org_id=org.number) as conn:
        return budget.read(conn, org.number)


def test_own_bound_wins_over_the_default_however_large() -> None:
    own = Budgets(daily_tokens=11, daily_llm_calls=2)

    assert own.over(USUAL) == Budgets(daily_tokens=11, daily_llm_calls=2, monthly_tokens=100)


def test_no_bound_of_its_own_is_the_default() -> None:
    assert Budgets().over(USUAL) == USUAL


def test_what_is_put_replaces_all_that_was_before(org: Org) -> None:
    put(org, Budgets(daily_tokens=5, monthly_embeddings=2**53 - 1))
    put(org, Budgets(daily_llm_calls=6))

    assert read(org) == Budgets(daily_llm_calls=6)


def test_budgets_are_an_orgs_own(org: Org, world: World) -> None:
    put(world.found("other"), Budgets(daily_tokens=5))

    assert read(org) == Budgets()
