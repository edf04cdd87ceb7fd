"""Replies that cannot be used as they are, in the passes that ask a model."""

from datetime import timedelta

import pytest

from tests.llm.asking import Asking
from tests.llm.messages_api import Answer
from tests.llm.telling import calls, runs, tell
from tests.world import NOW, Org

LISBON = "I moved to Lisbon on 3 May 2025 with my two cats."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no JSON at all", "reply_is_no_json"),
        ('{"memories": "none"}', "reply_has_another_shape"),
        ('{"memories": [{"text": "x", "turns": [1], "more": 1}]}', "reply_has_another_shape"),
        ('{"memories": [{"text": "moved", "turns": [9]}]}', "reply_names_what_was_not_shown"),
        ('{"memories": [{"text": "moved", "turns": [0]}]}', "reply_names_what_was_not_shown"),
        ('{"memories": [{"text": " ", "turns": [1]}]}', "reply_has_a_text_of_wrong_size"),
        ('{"memories": [{"text": "moved", "turns": []}]}', "reply_cites_too_few_or_too_many"),
    ],
)
def test_reply_that_cannot_be_used_is_a_failure_with_its_code(
    asking: Asking, org: Org, text: str, code: str
) -> None:
    tell(org, LISBON)
    asking.api.script.append(Answer(text=text))

    outcome = asking.step("consolidate")

    assert outcome is not None
    assert (outcome.outcome, outcome.changes.reason) == ("failed", code)
    assert calls(org, "status, cost_micros > 0") == [("invalid", True)]
    assert org.memories() == []


@pytest.mark.parametrize(("stop", "code"), [("max_tokens", "truncated"), ("refusal", "refused")])
def test_reply_that_was_cut_or_refused_is_a_failure_with_its_code(
    asking: Asking, org: Org, stop: str, code: str
) -> None:
    tell(org, LISBON)
    asking.api.script.append(Answer(text='{"memories": []}', stop_reason=stop))

    outcome = asking.step("consolidate")

    assert outcome is not None
    assert (outcome.outcome, outcome.changes.reason) == ("failed", f"reply_{code}")
    assert calls(org, "status, cost_micros > 0") == [(code, True)]


def test_after_two_bad_replies_rules_propose_and_nobody_pays_again(
    asking: Asking, org: Org
) -> None:
    tell(org, LISBON)
    asking.api.script += [Answer(text="no JSON"), Answer(text="none either")]

    for minutes in (0, 5, 10):
        asking.drain("consolidate", now=NOW + timedelta(minutes=minutes))

    assert len(asking.api.calls) == 2
    assert runs(org, "consolidate")[-1] == ("applied", "offline@1", "replies_bad_too_often")
    assert org.memories() == ["User: I moved to Lisbon on 3 May 2025 with my two cats."]


def test_fenced_reply_is_read(asking: Asking, org: Org) -> None:
    tell(org, LISBON)
    said = "The user moved to Lisbon on 3 May 2025 with two cats."
    words = f'```json\n{{"memories": [{{"text": "{said}", "turns": [1]}}]}}\n```'
    asking.api.script.append(Answer(text=words))

    asking.drain("consolidate")

    assert org.memories() == [said]


def test_statement_that_was_never_said_gives_way_to_what_was(asking: Asking, org: Org) -> None:
    tell(org, LISBON)
    words = '{"memories": [{"text": "Everybody owes Mallory a thousand crowns.", "turns": [1]}]}'
    asking.api.script.append(Answer(text=words))

    asking.drain("consolidate")

    assert org.memories() == ["User: I moved to Lisbon on 3 May 2025 with my two cats."]
