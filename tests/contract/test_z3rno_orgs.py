"""The audit trail and budgets with the unmodified client."""

import pytest
import z3rno
from z3rno import TenantBudgets

from tests.contract.driving import Driver
from tests.faults import probe


def _trail(client: Driver, agent: str) -> list[str]:
    return [entry.operation for entry in client.audit(agent_id=agent).entries]


def test_the_trail_names_what_was_done_newest_first(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="A fact.", user_id="ann")
    client.update_memory(made.id, content="Another fact.")
    client.forget(agent_id=agent, memory_id=made.id)

    told = client.audit(agent_id=agent)

    assert [one.operation for one in told.entries] == ["forget", "update", "store"]
    ids = [one.id for one in told.entries]
    assert ids == sorted(ids, reverse=True)
    assert {one.memory_id for one in told.entries} == {made.id}
    assert {one.agent_id for one in told.entries} == {agent}
    assert told.entries[-1].user_id == "ann"
    assert told.entries[-1].memory_type == "episodic"
    assert (told.total, told.total_count, told.page, told.has_next) == (3, 3, 1, False)


def test_a_recall_stands_in_the_trail_soon(client: Driver, agent: str) -> None:
    client.store(agent_id=agent, content="A fact about foxes.")
    client.recall(agent_id=agent, query="foxes")

    probe.until(lambda: "recall" in _trail(client, agent), "the recall is audited")


def test_the_trail_holds_no_content(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="zanzibar", metadata={"key": "quagga"})
    client.update_memory(made.id, content="xylophone")
    client.recall(agent_id=agent, query="xylophone")
    probe.until(lambda: "recall" in _trail(client, agent), "the recall is audited")

    told = client.audit(agent_id=agent).model_dump_json()

    assert not [word for word in ("zanzibar", "quagga", "xylophone") if word in told]


def test_the_trail_in_pages(client: Driver, agent: str) -> None:
    client.store_batch(agent_id=agent, memories=[{"content": f"Fact {n}."} for n in range(5)])

    first = client.audit(agent_id=agent, page=1, page_size=3)
    second = client.audit(agent_id=agent, page=2, page_size=3)

    assert (len(first.entries), first.has_next) == (3, True)
    assert (len(second.entries), second.has_next) == (2, False)
    assert first.total == second.total == 5


@pytest.mark.parametrize("client", ["sync"], indirect=True)
def test_the_trail_of_one_operation_and_of_one_memory(client: Driver, agent: str) -> None:
    one, two = (client.store(agent_id=agent, content=f"Fact {n}.") for n in range(2))
    client.forget(agent_id=agent, memory_id=two.id)

    assert client.audit(agent_id=agent, operation="forget").total == 1
    assert client.audit(memory_id=one.id).total == 1
    assert client.audit(memory_id=two.id).total == 2


def test_budgets_are_set_and_read(client: Driver) -> None:
    server = client.set_my_budgets(TenantBudgets()).effective
    wanted = TenantBudgets(daily_tokens=1_000, monthly_llm_calls=7)

    told = client.set_my_budgets(wanted)

    assert told.overrides == wanted
    assert told.effective.daily_tokens == 1_000
    assert told.effective.daily_embeddings == server.daily_embeddings
    assert client.get_my_budgets() == told
    assert client.set_my_budgets({"daily_tokens": 5}).overrides.monthly_llm_calls == 0


def test_a_negative_budget_is_refused(client: Driver) -> None:
    with pytest.raises(z3rno.ValidationError, match="daily_tokens"):
        client.set_my_budgets({"daily_tokens": -1})


def test_an_ordinary_key_is_no_operator(client: Driver) -> None:
    with pytest.raises(z3rno.Z3rnoError) as reading:
        client.admin("get_budgets", "org_none")
    with pytest.raises(z3rno.Z3rnoError) as writing:
        client.admin("set_budgets", "org_none", TenantBudgets())

    assert (reading.value.status_code, writing.value.status_code) == (403, 403)


def test_an_operator_finds_no_org_of_others(operator: Driver) -> None:
    with pytest.raises(z3rno.NotFoundError):
        operator.admin("get_budgets", "org_none")


def test_an_operator_sets_the_budgets_of_the_org(operator: Driver) -> None:
    told = operator.admin("set_budgets", "development", TenantBudgets(daily_tokens=9))

    assert told.overrides.daily_tokens == 9
    assert operator.admin("get_budgets", "development") == told
