"""What nrem offers beyond the documented forms, against the application."""

import asyncio
from datetime import UTC, datetime

import pytest

from nrem import sdk
from tests.api.serving import Caller, Service


def test_events_are_accepted_as_a_batch_and_their_fate_is_told(
    real: sdk.Client, caller: Caller
) -> None:
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    events: list[dict[str, object]] = [
        {"type": "memory", "agent_id": "agent-1", "content": "likes tea", "occurred_at": at},
        {"type": "turn", "agent_id": "agent-1", "role": "user", "content": "Tea, please."},
    ]

    accepted = real.send_events(events)

    caller.run("score")
    first = real.get_event(accepted[0])
    assert (accepted.accepted, first.status, first.occurred_at) == (2, "scored", at)
    assert real.get_memory(first.memory_ids[0]).content == "likes tea"


def test_callers_key_stores_once(real: sdk.Client) -> None:
    first = real.store(agent_id="agent-1", content="likes tea", idempotency_key="import:7")

    again = real.store(agent_id="agent-1", content="likes tea", idempotency_key="import:7")
    with pytest.raises(sdk.ConflictError) as caught:
        real.store(agent_id="agent-1", content="likes coffee", idempotency_key="import:7")

    assert again.id == first.id
    assert caught.value.code == "idempotency_conflict"


def test_browse_shows_every_memory(real: sdk.Client) -> None:
    memories = [{"content": f"fact number {number}"} for number in range(3)]
    stored = real.store_batch(agent_id="agent-1", memories=memories)

    found = [one.id for one in real.browse(agent_id="agent-1")]

    assert found == [one.id for one in stored]
    assert [one.agent_id for one in real.list_agents()] == ["agent-1"]
    assert len(real.list_memories(agent_id="agent-1", limit=2)) == 2


def test_memory_is_pinned_archived_forgotten_and_restored(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")

    assert real.pin(memory.id).pinned
    assert not real.unpin(memory.id).pinned
    assert real.archive(memory.id).state == "archived"
    assert real.restore(memory.id).state == "live"
    assert real.forget_memory(memory.id).state == "forgotten"
    assert real.restore(memory.id, ttl_seconds=60).expires_at


def test_change_of_another_version_is_a_conflict(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")

    with pytest.raises(sdk.ConflictError) as caught:
        real.update_memory(memory.id, content="likes coffee", expected_version=7)

    assert caught.value.code == "version_conflict"
    assert real.update_memory(memory.id, content="likes coffee", expected_version=1).version == 2
    assert [one.field for one in real.diff(memory.id, before=1, after=2)] == ["content"]


def test_memory_is_explained(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea", importance=0.5)

    why = real.explain(memory.id)

    assert (why.importance, why.importance_given) == (0.5, True)
    assert why.curve.points[0].days == 0
    assert real.promote_explain(memory.id).memory_id == memory.id


def test_relationship_is_ended_by_its_id_and_by_where_it_leads(real: sdk.Client) -> None:
    first, second = (real.store(agent_id="agent-1", content=said).id for said in ("tea", "cake"))
    edge = real.add_relationship(first, target_memory_id=second, relationship_type="supports")

    real.remove_relationship(first, edge.id)
    real.remove_relationship_to(first, target_memory_id=second, relationship_type="supports")

    assert len(real.list_relationships(first)) == 0


def test_id_of_any_letters_reaches_its_session(real: sdk.Client) -> None:
    for session_id in ("a/b", "a?b#c", "..", "ключ 7", "100%"):
        real.start_session(agent_id="agent-1", session_id=session_id)

        assert real.get_session(session_id).id == session_id
        assert real.end_session(session_id).id == session_id


def test_conversation_numbers_its_turns(real: sdk.Client) -> None:
    conversation = real.create_conversation(agent_id="agent-1", title="tea", summary_cadence=2)
    said = [real.store(agent_id="agent-1", content=text).id for text in ("Tea?", "Please.")]

    added = [
        real.add_turn(conversation.id, memory_id=one, turn_role=sdk.TurnRole.USER) for one in said
    ]

    assert [(one.turn_index, one.needs_summary) for one in added] == [(1, False), (2, True)]
    assert [one.memory_id for one in real.list_turns(conversation.id, after_turn=1)] == said[1:]
    assert real.get_conversation(conversation.id).turn_count == 2
    real.delete_conversation(conversation.id)
    real.delete_conversation(conversation.id)
    with pytest.raises(sdk.NotFoundError):
        real.get_conversation(conversation.id)


def test_text_is_taken_in_and_distilled(real: sdk.Client, caller: Caller) -> None:
    text = "Maria lives in Porto. Maria works as a nurse."
    job = real.ingest_text(agent_id="agent-1", text=text)
    assert real.get_ingest_status(job.job_id).status == "queued"
    caller.run("ingest")
    done = real.get_ingest_status(job.job_id)
    assert (done.status, done.error) == ("completed", None)

    distilled = real.distill(agent_id="agent-1", memory_ids=done.memory_ids)
    caller.run("embed", "distill")

    assert real.get_distill_status(distilled.job_id).status == "completed"


def test_operator_sets_and_takes_back_a_policy(real: sdk.Client) -> None:
    admin = real.admin
    before = admin.get_policy()
    changes = {"decay": {"forget_below": 0.2}}

    looked = admin.preview_policy(changes=changes)
    changed = admin.patch_policy(changes, expected_version=before.version)
    back = admin.rollback_policy(0)

    assert looked.is_complete
    assert (changed.changed, back.policy) == (True, before.policy)
    assert [one.version for one in admin.list_policy_versions()] == [2, 1]
    assert admin.get_policy(version=1).policy == changed.policy
    assert admin.put_policy(before.policy).changed is False
    with pytest.raises(sdk.ConflictError):
        admin.patch_policy(changes, expected_version=0)


def test_operator_plans_passes_and_runs_one(real: sdk.Client, caller: Caller) -> None:
    admin = real.admin
    planned = admin.set_schedule("decay", cron="30 * * * *").schedule
    assert (planned.pass_name, planned.cron) == ("decay", "30 * * * *")
    assert admin.pause_schedule("decay").schedule.paused
    assert not admin.resume_schedule("decay").schedule.paused
    assert "decay" in {one.pass_name for one in admin.list_schedules()}

    asked = admin.run_pass("decay")
    caller.run("decay")

    (run,) = admin.list_runs(pass_name="decay", cause=asked.cause)
    assert admin.get_run(run.id).changes == []


def test_operator_undoes_a_run(real: sdk.Client, caller: Caller) -> None:
    with real.session(agent_id="agent-1") as session:
        turn = {"type": "turn", "agent_id": "agent-1", "session_id": session.id, "role": "user"}
        real.send_event({**turn, "content": "I prefer green tea to coffee every morning."})
    caller.run()
    run_id = real.end_session(session.id).run_id

    assert run_id is not None
    undone = real.admin.revert_run(run_id)

    assert undone.reverted["created"] >= 1
    assert real.admin.revert_run(run_id).already


def test_operator_places_and_lifts_a_hold(real: sdk.Client) -> None:
    memory = real.store(agent_id="agent-1", content="likes tea")
    hold = real.admin.place_hold("memory", ref=memory.id, reference="case 7")

    with pytest.raises(sdk.ConflictError) as caught:
        real.forget(agent_id="agent-1", memory_id=memory.id, hard=True)

    assert caught.value.code == "legal_hold"
    assert [one.id for one in real.admin.list_holds(standing=True)] == [hold.id]
    assert real.admin.lift_hold(hold.id).lifted_at
    assert real.forget(agent_id="agent-1", memory_id=memory.id, hard=True).deleted_count == 1


def test_errors_of_the_application_are_those_of_the_tree(
    real: sdk.Client, service: Service, caller: Caller
) -> None:
    with pytest.raises(sdk.NotFoundError) as gone:
        real.get_memory("mem_unknown")
    with pytest.raises(sdk.ValidationError) as wrong:
        real.recall(agent_id="agent-1", top_k=0)
    with sdk.Client(service.url, "nrem_wrong") as other, pytest.raises(sdk.AuthenticationError):
        other.list_agents()
    with (
        sdk.Client(
            service.url, caller.key, admin_url=service.admin_url, admin_key=caller.key
        ) as other,
        pytest.raises(sdk.AuthorisationError) as refused,
    ):
        other.admin.get_policy()

    assert (gone.value.code, bool(gone.value.request_id)) == ("not_found", True)
    assert wrong.value.field == "top_k"
    assert refused.value.remedy


def test_async_operator_does_the_same(service: Service, real: sdk.Client) -> None:
    door = real._transport.settings.admin()  # noqa: SLF001 - the key of its operator

    async def ask() -> int:
        async with sdk.AsyncClient(
            service.url, "key", admin_url=door.url, admin_key=door.key
        ) as client:
            return (await client.admin.get_policy()).version

    assert asyncio.run(ask()) == 0
