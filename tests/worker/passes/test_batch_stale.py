"""batch: what changed or was erased meanwhile is asked anew, or dropped unread."""

import json
from datetime import timedelta
from typing import Any

from nrem.policy.batch import KEEP_SECONDS, TIDY_SECONDS
from nrem.store import engine, forget_hard
from nrem.store.forget_hard import Means
from nrem.store.policy import timeline
from tests.llm.batching import HOUR, KNOWN, MINUTE, NIGHT, READY, SENT, Night
from tests.world import DIGEST

SECOND = timedelta(seconds=1)


def _subject(night: Night, user: str) -> int:
    (number,) = night.org.column(
        "SELECT s.id FROM subjects AS s "
        "JOIN users AS u ON u.org_id = s.org_id AND u.id = s.user_id "
        "WHERE s.org_id = %(org)s AND u.external_id = %(user)s",
        user=user,
    )
    return int(number)


def _forget(night: Night, user: str, now: Any) -> None:  # noqa: ANN401
    subject = _subject(night, user)
    named = night.org.column(
        "SELECT id FROM memories WHERE org_id = %(org)s AND subject_id = %(subject)s",
        subject=subject,
    )
    with engine.begin(night.org.world.api, org_id=night.org.number, now=now) as conn:
        policies = timeline(conn, night.org.number)
        forget_hard.hard(
            conn,
            night.org.number,
            named,
            means=Means(digest=DIGEST, timeline=policies, now=now, remakes=False),
        )


def _bodies(night: Night, user: str) -> list[tuple[bool, bool]]:
    rows = night.org.ask(
        "SELECT request IS NOT NULL, reply IS NOT NULL FROM llm_calls "
        "WHERE org_id = %(org)s AND subject_id = %(subject)s ORDER BY id",
        subject=_subject(night, user),
    )
    return [(row[0], row[1]) for row in rows]


def test_changed_source_is_asked_about_anew_and_the_old_reply_is_destroyed(night: Night) -> None:
    night.gather()
    night.send()
    night.drink("ana", "cocoa", sessions="cde", now=NIGHT + 3 * MINUTE)

    night.deliver()
    night.drain("promote", READY)

    (call,) = night.asking.api.calls
    assert "cocoa" in call.request["messages"][0]["content"]
    assert ("applied", "sources_changed_since_the_batch") in night.runs()
    night.drain("batch", READY + timedelta(seconds=TIDY_SECONDS))
    assert _bodies(night, "ana") == [(False, False), (True, True)]
    assert _bodies(night, "ben") == [(True, True)]
    assert night.batch() == ["done"]


def test_erased_person_is_not_sent(night: Night) -> None:
    night.policy(batch_min=1)
    night.gather()

    _forget(night, "ana", NIGHT)
    night.send()

    (held,) = night.asking.api.batches.held
    assert len(held.requests) == 2
    assert "green tea" not in json.dumps(held.requests)


def test_reply_about_an_erased_person_is_dropped_unread_and_paid_for(night: Night) -> None:
    night.gather()
    night.send()

    _forget(night, "ana", SENT)
    night.deliver()
    night.drain("promote", READY)

    assert night.known() == [KNOWN[0], KNOWN[2]]
    assert _bodies(night, "ana") == [(False, False)]
    assert night.calls() == ["ok"] * 3
    assert night.asking.api.calls == []
    assert all(night.org.column("SELECT cost_micros FROM llm_calls WHERE org_id = %(org)s"))


def test_reply_about_a_person_who_is_erased_while_it_comes_in_is_dropped(night: Night) -> None:
    night.gather()
    night.send()

    def forget() -> None:
        night.asking.api.meanwhile = lambda: None
        _forget(night, "ana", SENT)

    night.asking.api.meanwhile = forget
    night.deliver()

    assert _bodies(night, "ana") == [(False, False)]
    assert _bodies(night, "ben") == [(True, True)]


def test_hard_forget_empties_what_models_were_shown_and_said(night: Night) -> None:
    night.drain("promote", NIGHT)

    _forget(night, "ana", NIGHT)

    assert _bodies(night, "ana") == [(False, False)]
    assert _bodies(night, "ben") == [(True, True)]


def test_reply_that_nobody_comes_for_is_destroyed_after_a_day(night: Night) -> None:
    night.gather()
    night.send()
    night.deliver()
    keep = timedelta(seconds=KEEP_SECONDS)

    night.drain("batch", READY + keep - SECOND)
    assert _bodies(night, "ana") == [(True, True)]
    night.drain("batch", READY + keep + HOUR)

    assert _bodies(night, "ana") == [(False, False)]
    assert night.batch() == ["done"]
