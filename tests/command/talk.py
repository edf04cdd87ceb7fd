"""A short conversation of our own words, in both formats of files."""

import json
from pathlib import Path
from typing import Any

LINES = (
    ("Mira", "I adopted a grey parrot called Tomato last week."),
    ("Jonas", "I prefer green tea to coffee every morning."),
    ("Mira", "My sister Lea moved to Lisbon in March 2022."),
)


def locomo() -> dict[str, Any]:
    """A sample shaped like LoCoMo's: two sessions, the tenth after the second."""

    def turns(session: int) -> list[dict[str, Any]]:
        return [
            {"speaker": who, "dia_id": f"D{session}:{place}", "text": text}
            for place, (who, text) in enumerate(LINES, start=1)
        ]

    return {
        "sample_id": "talk-1",
        "conversation": {
            "speaker_a": "Mira",
            "speaker_b": "Jonas",
            "session_10_date_time": "9:05 am on 1 December, 2023",
            "session_10": [
                {**turns(10)[0], "blip_caption": "a parrot on a chair", "img_url": ["x"]}
            ],
            "session_2_date_time": "1:56 pm on 8 May, 2023",
            "session_2": turns(2),
            "session_3_date_time": "2:00 pm on 9 May, 2023",
        },
        "qa": [
            {
                "question": "What is the parrot called?",
                "answer": "Tomato",
                "evidence": ["D2:1; D10:1"],
                "category": 1,
            },
            {"question": "How many?", "answer": 2, "evidence": [], "category": 5},
        ],
    }


def own() -> dict[str, Any]:
    """The same in the project's own format."""
    return {
        "agent_id": "agent",
        "user_id": "mira",
        "sessions": [
            {
                "session_id": f"talk/{session}?#",
                "started_at": f"2023-05-0{session}T09:00:00Z",
                "ended_at": f"2023-05-0{session}T10:00:00Z",
                "turns": [
                    {
                        "turn_id": f"D{session}:{place}",
                        "role": "user",
                        "speaker": who,
                        "content": text,
                        "occurred_at": f"2023-05-0{session}T09:0{place}:00Z",
                    }
                    for place, (who, text) in enumerate(LINES)
                ],
            }
            for session in (1, 2)
        ],
        "questions": [{"question": "What is the parrot called?", "turn_ids": ["D1:0"]}],
    }


def written(folder: Path, value: object, name: str = "talk.json") -> Path:
    """The file with this value."""
    path = folder / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return path
