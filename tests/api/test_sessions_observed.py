"""Sessions tell whether they were observed, and how many observations rest on them."""

from typing import Any

from tests.api.serving import Caller

LISBON = "I moved to Lisbon in May with my dog Pepper."
WALNUTS = "Please remember that I am allergic to walnuts."


def _turn(content: str, session: str = "s", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    event = {"type": "turn", "agent_id": "agent", "user_id": "u", "role": "user"}
    return {**event, "session_id": session, "content": content, **more}


def _end(session: str = "s", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type": "session.end", "agent_id": "agent", "session_id": session, **more}


def _session(caller: Caller, name: str = "s") -> dict[str, Any]:
    return dict(caller.get(f"/v1/sessions/{name}").json())


def _leases(caller: Caller, assignments: str) -> None:
    caller.world.do(
        f"UPDATE leases SET {assignments} WHERE org_id = %(org)s AND pass = 'observe'",  # noqa: S608
        org=caller.org,
    )


def test_open_session_is_not_being_observed(caller: Caller) -> None:
    caller.send(_turn(LISBON))

    found = _session(caller)

    assert (found["observing"], found["observations"]) == (None, 0)


def test_ended_session_waits_until_its_last_turn_was_observed(caller: Caller) -> None:
    caller.send(_turn(LISBON), _turn(WALNUTS), _end())
    before = _session(caller)["observing"]

    caller.run("observe")

    found = _session(caller)
    assert before == {"state": "waiting", "reason": None}
    assert found["observing"] == {"state": "done", "reason": None}
    assert found["observations"] == 2


def test_session_is_not_observed_by_what_was_observed_of_another_one(caller: Caller) -> None:
    caller.send(_turn(LISBON), _end())
    caller.run("observe")
    caller.send(_turn(WALNUTS, "next"), _end("next"))

    first, second = _session(caller), _session(caller, "next")

    assert (first["observing"]["state"], first["observations"]) == ("done", 1)
    assert (second["observing"]["state"], second["observations"]) == ("waiting", 0)


def test_session_across_threads_waits_for_each_of_them(caller: Caller) -> None:
    caller.send(_turn(LISBON, thread_id="a"), _turn(WALNUTS, thread_id="b"), _end())
    _leases(caller, "cursor_seq = 1, due_at = 'infinity'")
    caller.world.do(
        "UPDATE leases AS l SET cursor_seq = 0 FROM streams AS s JOIN threads AS t "
        "ON t.org_id = s.org_id AND t.id = s.ref_id AND s.kind = 'thread' "
        "WHERE l.org_id = %(org)s AND l.pass = 'observe' AND l.org_id = s.org_id "
        "AND l.stream_id = s.id AND t.external_id = 'b'",
        org=caller.org,
    )

    waiting = _session(caller)["observing"]["state"]
    _leases(caller, "cursor_seq = 1")

    assert (waiting, _session(caller)["observing"]["state"]) == ("waiting", "done")


def test_session_in_which_nothing_was_said_is_observed(caller: Caller) -> None:
    caller.post("/v1/sessions", {"agent_id": "agent", "session_id": "s"})
    caller.client.post("/v1/sessions/s/end")

    assert _session(caller)["observing"] == {"state": "done", "reason": None}


def test_archived_observation_is_not_counted(caller: Caller) -> None:
    caller.send(_turn(LISBON), _turn(WALNUTS), _end())
    caller.run("observe")
    caller.world.do(
        "UPDATE observations SET archived_at = now(), archived_reason = 'covered', archived_by = 1 "
        "WHERE org_id = %(org)s AND ordinal = 1",
        org=caller.org,
    )

    assert _session(caller)["observations"] == 1


def test_failed_observing_of_a_session_is_told(caller: Caller) -> None:
    caller.send(_turn(LISBON), _end())
    caller.world.do(
        "INSERT INTO runs (org_id, pass, cause, owner, stream_id, read, proposed, changed, "
        "outcome, reason, started_at) "
        "SELECT org_id, pass, 'poll', 'w', stream_id, 1, 0, 0, 'failed', 'unparsable_reply', now() "
        "FROM leases WHERE org_id = %(org)s AND pass = 'observe'",
        org=caller.org,
    )
    first_try = _session(caller)["observing"]
    _leases(caller, "attempts = 1")

    assert first_try["state"] == "waiting"
    assert _session(caller)["observing"] == {"state": "failed", "reason": "unparsable_reply"}


def test_parked_observing_of_a_session_is_told(caller: Caller) -> None:
    caller.send(_turn(LISBON), _end())
    _leases(caller, "state = 'parked'")
    caller.world.do(
        "INSERT INTO parked (org_id, pass, item_kind, item_id, reason, error_class, attempts) "
        "SELECT org_id, pass, 'stream', stream_id, 'failed', 'reply_is_no_json', 5 "
        "FROM leases WHERE org_id = %(org)s AND pass = 'observe'",
        org=caller.org,
    )

    assert _session(caller)["observing"] == {"state": "parked", "reason": "reply_is_no_json"}
