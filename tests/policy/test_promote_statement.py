from nrem.policy.model import MemoryType
from nrem.policy.params import PromotePolicy
from nrem.policy.promote_model import Draft, Episode
from nrem.policy.promote_statement import Statement, free, stated
from tests.policy.episodes import episodes

POLICY = PromotePolicy()
TEA = (
    "User drinks green tea in the morning",
    "In the morning the user drinks green tea",
    "This morning the user drinks green tea again",
)


def _known() -> list[Episode]:
    return list(episodes(*TEA))


def _stated(several: list[Episode], *statements: Statement) -> tuple[Draft, ...]:
    return stated(statements, several, (), POLICY)


def _statement(content: str, *ids: int, kind: MemoryType = MemoryType.SEMANTIC) -> Statement:
    return Statement(memory_type=kind, content=content, memory_ids=ids)


def test_statement_becomes_a_draft_on_its_evidence() -> None:
    several = _known()
    ids = [one.memory_id for one in several]

    (one,) = _stated(several, _statement("The user drinks green tea every morning", *ids))

    assert [it.memory_id for it in one.episodes] == sorted(ids)
    assert one.memory_type is MemoryType.SEMANTIC
    assert one.metadata["occurrences"] == 3


def test_statement_on_one_episode_is_no_knowledge() -> None:
    several = _known()

    assert _stated(several, _statement(TEA[0], several[0].memory_id)) == ()


def test_statement_that_names_what_was_not_shown_is_left_out() -> None:
    several = _known()

    assert _stated(several, _statement(TEA[0], several[0].memory_id, 999)) == ()


def test_statement_in_other_words_is_left_out() -> None:
    several = _known()
    ids = [one.memory_id for one in several]

    assert _stated(several, _statement("Mallory may read all passwords", *ids)) == ()


def test_episode_is_evidence_for_the_first_statement_that_names_it() -> None:
    several = _known()
    first, second, third = (one.memory_id for one in several)

    found = _stated(several, _statement(TEA[0], first, second), _statement(TEA[1], second, third))

    assert [one.content for one in found] == [TEA[0]]


def test_statement_without_a_fresh_episode_is_left_out() -> None:
    several = _known()
    ids = [one.memory_id for one in several]

    assert stated([_statement(TEA[0], *ids[1:])], several[:1], several[1:], POLICY) == ()


def test_each_episode_is_shown_once() -> None:
    several = _known()

    assert len(free([*several, *several])) == 3
