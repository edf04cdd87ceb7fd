"""A model that answers sensibly and the same each time, for the double of the Messages API."""

import json
import re
from collections import defaultdict
from typing import Any

from tests.llm.messages_api import Request

_NUMBER = re.compile(r"[0-9]+")


def _duty(request: Request) -> str:
    return str(next(iter(request["output_config"]["format"]["schema"]["properties"])))


def reply(request: Request) -> str:
    """One entry per thing that was shown, in the words that were shown."""
    shown = json.loads(request["messages"][0]["content"])
    return json.dumps(_REPLIES[_duty(request)](shown))


def _memories(shown: Any) -> Any:  # noqa: ANN401
    said = [one for one in shown["turns"] if len(one["text"].split()) > 3]
    return {
        "memories": [
            {
                "text": f"{one.get('speaker', 'The user')} said: {one['text']}",
                "turns": [one["id"]],
            }
            for one in said
        ]
    }


def _knowledge(shown: Any) -> Any:  # noqa: ANN401
    alike = defaultdict(list)
    for one in shown["episodes"]:
        alike[one["text"].lower().rstrip(".")[-12:]].append(one)
    return {
        "knowledge": [
            {"kind": "semantic", "text": its[0]["text"], "episodes": [one["id"] for one in its]}
            for its in alike.values()
            if len(its) > 1
        ]
    }


def _opinions(shown: Any) -> Any:  # noqa: ANN401
    return {"opinions": [{"id": one["id"], "importance": 0.6} for one in shown["memories"]]}


def _observations(shown: Any) -> Any:  # noqa: ANN401
    return {
        "observations": [
            {
                "text": one["text"],
                "priority": "medium",
                "referenced_date": one["date"][:10],
                "sources": [one["id"]],
            }
            for one in shown["turns"]
            if len(one["text"].split()) > 3
        ]
    }


def _edits(shown: Any) -> Any:  # noqa: ANN401
    """What is told several times with another number is told once with all of them."""
    alike = defaultdict(list)
    for one in shown["observations"]:
        alike[_NUMBER.sub("#", one["text"])].append(one)
    return {
        "edits": [
            {
                "verb": "merge",
                "source_ids": [one["id"] for one in its],
                "text": text.replace("#", _numbers(its)),
            }
            for text, its in alike.items()
            if len(its) > 1 and text.count("#") == 1
        ]
    }


def _numbers(observations: list[Any]) -> str:
    found = (number for one in observations for number in _NUMBER.findall(one["text"]))
    return ", ".join(dict.fromkeys(found))


_REPLIES = {
    "memories": _memories,
    "knowledge": _knowledge,
    "opinions": _opinions,
    "observations": _observations,
    "edits": _edits,
}
