"""Conversations are read from both formats; a file that is neither is named."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nrem.command import main_job
from nrem.command.conversation import read
from nrem.errors import ConfigError
from tests.command.talk import LINES, locomo, own, written


def test_locomo_sample_is_read_in_the_order_of_its_sessions(tmp_path: Path) -> None:
    found = read(written(tmp_path, locomo() | {"conversation": _without_empty()}))

    assert (found.agent_id, found.user_id) == ("locomo", "talk-1")
    assert [one.session_id for one in found.sessions] == ["talk-1-session-2", "talk-1-session-10"]
    assert [len(one.turns) for one in found.sessions] == [3, 1]


def _without_empty() -> dict[str, Any]:
    talk: dict[str, Any] = locomo()["conversation"]
    del talk["session_3_date_time"]
    return talk


def test_date_of_a_session_without_turns_is_passed_over(tmp_path: Path) -> None:
    assert len(read(written(tmp_path, locomo())).sessions) == 2


def test_locomo_dates_are_utc_and_turns_keep_their_order(tmp_path: Path) -> None:
    session = read(written(tmp_path, locomo())).sessions[0]

    instants = [turn.occurred_at for turn in session.turns]
    assert session.started_at == instants[0] == datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
    assert instants == sorted(set(instants))
    assert session.ended_at > instants[-1]


def test_locomo_turns_carry_speaker_role_and_picture(tmp_path: Path) -> None:
    first, last = read(written(tmp_path, locomo())).sessions

    assert [(t.speaker, t.role) for t in first.turns] == [
        ("Mira", "user"),
        ("Jonas", "assistant"),
        ("Mira", "user"),
    ]
    assert last.turns[0].content == f"{LINES[0][1]} [shares a parrot on a chair]"


def test_locomo_evidence_of_several_turns_is_taken_apart(tmp_path: Path) -> None:
    known, unknown = read(written(tmp_path, locomo())).questions

    assert known.turn_ids == {"D2:1", "D10:1"}
    assert (unknown.turn_ids, unknown.answer, unknown.category) == (frozenset(), "2", 5)


def test_sample_without_an_id_is_called_by_its_file(tmp_path: Path) -> None:
    sample = {key: value for key, value in locomo().items() if key != "sample_id"}

    assert read(written(tmp_path, sample, "conv-7.json")).user_id == "conv-7"


def test_own_format_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path, own()))

    assert (found.agent_id, found.user_id, len(found.sessions)) == ("agent", "mira", 2)
    assert found.sessions[0].turns[1].content == LINES[1][1]
    assert found.sessions[0].turns[1].occurred_at == datetime(2023, 5, 1, 9, 1, tzinfo=UTC)
    assert found.questions[0].turn_ids == {"D1:0"}


def test_sample_of_the_project_is_read() -> None:
    found = read(main_job.SAMPLE)

    assert found.sessions
    assert found.questions


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '"conversation"',
        "{}",
        '{"conversation": 7}',
        '{"agent_id": "a", "user_id": "u"}',
        '{"agent_id": "a", "user_id": "u", "sessions": [{}]}',
        '{"conversation": {"speaker_a": "A", "session_1": [], "session_1_date_time": "soon"}}',
    ],
)
def test_file_of_neither_format_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "talk.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"talk\.json: not a conversation"):
        read(path)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.json: No such file"):
        read(tmp_path / "nothing.json")


def test_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match=r"talk\.json"):
        read(path)
