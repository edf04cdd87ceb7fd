"""An org in which two people left rows in every table that is exported."""

import json
from dataclasses import dataclass
from typing import Any

from nrem.llm.crypt import FOLDER, SubjectKeys, place
from tests.api.serving import Caller, Service

# What only direct statements leave: of a subject, at any time.
_BESIDE = (
    """INSERT INTO previews (org_id, pass, subject_id, asked_at, expires_at, changes)
    SELECT org_id, 'consolidate', id, now(), now() + interval '1 day', '["WORD preview"]'
    FROM subjects WHERE org_id = %(org)s AND id = %(subject)s""",
    """INSERT INTO zeno_sessions
    (org_id, subject_id, channel, thread_key, sdk_session_id, last_summary, created_at, updated_at)
    VALUES (%(org)s, %(subject)s, 'cli', 'WORD key', 'sdk', 'WORD summary', now(), now())""",
    """INSERT INTO zeno_threads (org_id, thread_id, subject_id)
    SELECT DISTINCT org_id, thread_id, subject_id FROM sessions
    WHERE org_id = %(org)s AND subject_id = %(subject)s AND thread_id IS NOT NULL""",
    """INSERT INTO zeno_watermarks
    (org_id, subject_id, thread_id, last_sequence, status, run_at)
    SELECT org_id, subject_id, thread_id, 3, 'ok', now() FROM zeno_threads
    WHERE org_id = %(org)s AND subject_id = %(subject)s""",
    """INSERT INTO datasets (org_id, external_id, created_at)
    VALUES (%(org)s, 'WORD set', now())""",
    """INSERT INTO dataset_memories (org_id, dataset_id, memory_id)
    SELECT d.org_id, d.id, m.id FROM datasets AS d JOIN memories AS m ON m.org_id = d.org_id
    WHERE d.org_id = %(org)s AND d.external_id = 'WORD set' AND m.subject_id = %(subject)s
    LIMIT 1""",
    """INSERT INTO observation_parents (org_id, observation_id, parent_id)
    SELECT org_id, id, id FROM observations
    WHERE org_id = %(org)s AND subject_id = %(subject)s LIMIT 1""",
    """INSERT INTO vectors
    (org_id, agent_id, namespace, external_id, user_id, vector, metadata, updated_at)
    SELECT org_id, agent_id, 'notes', 'WORD id', user_id, '[1, 0]', '{"note": "WORD note"}', now()
    FROM subjects WHERE org_id = %(org)s AND id = %(subject)s""",
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the export of a person holds."""

    head: dict[str, Any]
    rows: list[tuple[str, dict[str, Any]]]
    end: dict[str, Any]
    text: str

    def of(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table."""
        return [row for name, row in self.rows if name == table]


def read(admin: Caller, user: str) -> Told:
    """The export of a person."""
    answer = admin.get("/v1/admin/export", user_id=user)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    first, *lines, last = [json.loads(line) for line in answer.text.splitlines()]
    return Told(
        head=first["export"],
        rows=[(line["table"], line["row"]) for line in lines],
        end=last["end"],
        text=answer.text,
    )


def live(service: Service, caller: Caller, admin: Caller, user: str, word: str) -> None:
    """Leave rows of a person in every table; `word` stands in every text."""
    whose = {"agent_id": "agent", "user_id": user}
    session = f"{word}-session"
    turns = [f"I moved to {word} Street.", f"My {word} dog is called Rex.", f"I like {word} tea."]
    caller.send(
        *(
            {"type": "turn", "role": "user", "content": text, "session_id": session,
             "thread_id": f"{word}-thread", **whose}
            for text in turns
        ),
        {"type": "session.end", "session_id": session, **whose},
    )  # fmt: skip
    one = caller.store(f"{word} works as a nurse.", user_id=user)["id"]
    other = caller.store(f"{word} plays chess.", user_id=user)["id"]
    caller.run("score", "embed", "consolidate", "observe")
    caller.patch(f"/v1/memories/{one}", {"content": f"{word} works as a doctor."})
    related = {"target_memory_id": other, "relationship_type": "supports"}
    assert caller.post(f"/v1/memories/{one}/relationships", related).is_success
    caller.send({"type": "access", "memory_id": one, **whose})
    caller.post(f"/v1/memories/{other}:archive", {})
    _keep_cards(caller, user, word)
    talk = caller.post("/v1/conversations", {**whose, "title": f"{word} talk"}).json()["id"]
    turn = {"memory_id": one, "turn_role": "user"}
    assert caller.post(f"/v1/conversations/{talk}/turns", turn).is_success
    held = {"kind": "user", "ref": user, "reference": f"{word} case"}
    assert admin.post("/v1/admin/holds", held).is_success
    caller.run("score", "embed", "consolidate", "observe", "reinforce")
    subject = _subject(caller, user)
    for order in _BESIDE:
        caller.world.do(order.replace("WORD", word), org=caller.org, subject=subject)
    _call(service, caller, subject, word)


def _keep_cards(caller: Caller, user: str, word: str) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    asked = {"schema": schema}
    assert caller.client.put("/v1/agents/agent/card-schema", json=asked).is_success
    for value in (f"{word} city", f"{word} town"):
        patched = caller.patch(f"/v1/cards/agent/{user}", {"fields": {"city": value}})
        assert patched.is_success, patched.text


def _subject(caller: Caller, user: str) -> int:
    rows = caller.world.ask(
        "SELECT s.id FROM subjects AS s "
        "JOIN users AS u ON u.org_id = s.org_id AND u.id = s.user_id "
        "WHERE u.org_id = %(org)s AND u.external_id = %(user)s",
        org=caller.org,
        user=user,
    )
    return int(rows[0][0])


def _call(service: Service, caller: Caller, subject: int, word: str) -> None:
    """A call of a paid model about the person, its bodies sealed as the ledger seals them."""
    number = caller.world.ask(
        "INSERT INTO llm_calls (org_id, pass, run_id, subject_id, model, prompt_hash, "
        "request_hash, reserved_micros, reserved_tokens, lapses_at, started_at) "
        "VALUES (%(org)s, 'appraise', 1, %(subject)s, 'model', 'x', 'y', 1, 1, now(), now()) "
        "RETURNING id",
        org=caller.org,
        subject=subject,
    )[0][0]
    keys = SubjectKeys(service.state.settings.data_dir / FOLDER)
    caller.world.do(
        "UPDATE llm_calls SET request = %(request)s, reply = %(reply)s WHERE id = %(id)s",
        id=number,
        **{
            name: keys.seal(caller.org, subject, place(number, name), f"{word} {name}".encode())
            for name in ("request", "reply")
        },
    )
