"""WorkingMemoryStore, on Zeno's SQLite and on ours."""

from tests.world import Org
from tests.zeno.sides import NOW_SECONDS, OURS, Side, both, run


def values(side: Side, agent: str = "helper", user: str = "ana") -> dict[str, str]:
    return {name: one.value for name, one in run(side.cards.get(user, agent)).items()}


def update(side: Side, agent: str = "helper", **patch: str) -> None:
    run(side.cards.update("ana", agent, patch))


@both()
def test_card_that_nobody_wrote_is_empty(side: Side) -> None:
    run(side.cards.clear("ana", "helper"))

    assert run(side.cards.get("ana", "helper")) == {}


@both()
def test_fields_are_written_one_by_one_and_the_last_wins(side: Side) -> None:
    update(side, name="Ana", city="Porto")
    update(side, city="Lisbon")

    assert values(side) == {"name": "Ana", "city": "Lisbon"}


@both()
def test_record_says_whose_it_is_and_when_it_was_written(side: Side) -> None:
    update(side, name="Ana")
    side.clock.seconds += 60
    update(side, city="Porto")

    found = run(side.cards.get("ana", "helper"))

    assert found["name"].last_updated == NOW_SECONDS
    assert found["city"].last_updated == NOW_SECONDS + 60
    one = found["name"]
    assert (one.user_id, one.agent_id, one.field_name, one.value) == (
        "ana",
        "helper",
        "name",
        "Ana",
    )
    assert type(one).__module__ == "zeno.memory.protocols"


@both()
def test_empty_value_takes_the_field_away(side: Side) -> None:
    update(side, name="Ana", city="Porto")

    update(side, city="", never="")

    assert values(side) == {"name": "Ana"}


@both()
def test_empty_patch_does_nothing(side: Side) -> None:
    update(side, name="Ana")

    update(side)

    assert values(side) == {"name": "Ana"}


@both()
def test_whitespace_is_kept(side: Side) -> None:
    update(side, name="  Ana\n\t ", space=" ")

    assert values(side) == {"name": "  Ana\n\t ", "space": " "}


@both()
def test_clear_empties_one_card(side: Side) -> None:
    update(side, name="Ana")
    update(side, agent="other", name="Ana")

    run(side.cards.clear("ana", "helper"))

    assert values(side) == {}
    assert values(side, "other") == {"name": "Ana"}
    assert values(side, user="bo") == {}


@both()
def test_field_that_was_cleared_can_be_written_again(side: Side) -> None:
    for value in ("Ana", "", "Bea"):
        update(side, name=value)

    assert values(side) == {"name": "Bea"}


@both()
def test_nul_is_no_error(side: Side) -> None:
    update(side, **{"na\0me": "A\0na"})

    assert [one.replace("\0", "") for one in values(side).values()] == ["Ana"]


@both("difference: a value that stays the same keeps the time since which it holds")
def test_value_that_is_written_again_has_held_since_the_first_time(side: Side) -> None:
    update(side, name="Ana")
    side.clock.seconds += 60

    update(side, name="Ana")

    assert run(side.cards.get("ana", "helper"))["name"].last_updated == NOW_SECONDS


@OURS
def test_cards_keep_a_history_of_values(side: Side, org: Org) -> None:
    update(side, city="Porto")
    side.clock.seconds += 60
    update(side, city="Lisbon")

    rows = org.ask(
        "SELECT value, valid_to IS NULL FROM card_values WHERE org_id = %(org)s ORDER BY version"
    )

    assert [tuple(row) for row in rows] == [("Porto", False), ("Lisbon", True)]
