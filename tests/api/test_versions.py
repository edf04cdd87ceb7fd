"""Versions over HTTP: expected ones, rollback, differences, and writers at the same time."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.changing import NAMED, OTHER, TEXT, do, edit, history
from tests.api.serving import Caller


def test_rollback_writes_a_new_version_equal_to_the_old_one(caller: Caller) -> None:
    stored = caller.store(TEXT, metadata={"a": 1})
    edit(caller, stored, content=OTHER, metadata={}, importance=0.125)
    do(caller, stored, "pin")

    answer = caller.post(f"/v1/memories/{stored['id']}/rollback", {"version": 1})

    found = answer.json()
    assert (answer.status_code, answer.headers["etag"], found["version"]) == (200, '"4"', 4)
    same = ("content", "metadata", "importance", "pinned", "memory_type", "occurred_at")
    assert {k: found[k] for k in same} == {k: stored[k] for k in same}
    first, _, _, last = history(caller, stored)
    places = {"id", "version", "valid_from", "valid_to"}
    assert {k: v for k, v in first.items() if k not in places} == {
        k: v for k, v in last.items() if k not in places
    }
    assert caller.recall("nurse")[0]["score_components"]["lexical"] > 0
    assert len(caller.recall(TEXT, similarity_threshold=0.99)) == 1
    assert caller.recall("cello")[0]["score_components"]["lexical"] == 0


@pytest.mark.parametrize("version", [2, 3])
def test_rollback_to_what_stands_makes_no_version(caller: Caller, version: int) -> None:
    stored = caller.store(TEXT)
    edit(caller, stored, content=OTHER)

    answer = caller.post(f"/v1/memories/{stored['id']}/rollback", {"version": version})

    assert answer.status_code == (200 if version == 2 else 404)
    assert len(history(caller, stored)) == 2


@pytest.mark.parametrize("place", ["body", "header"])
def test_change_of_another_version_than_expected_is_refused(caller: Caller, place: str) -> None:
    stored = caller.store(TEXT)
    edit(caller, stored, metadata={"n": 1})
    path = f"/v1/memories/{stored['id']}"
    body, headers = ({"expected_version": 1}, {}) if place == "body" else ({}, {"If_Match": '"1"'})

    answers = [
        caller.patch(path, {"content": OTHER, **body}, **headers),
        caller.post(f"{path}/rollback", {"version": 1, **body}, **headers),
        *(caller.post(f"{path}:{name}", body, **headers) for name in NAMED),
    ]

    assert {one.status_code for one in answers} == {409}
    assert {one.json()["error"] for one in answers} == {"version_conflict"}
    assert len(history(caller, stored)) == 2


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ({"expected_version": 1}, None),
        ({}, '"1"'),
        ({}, "*"),
        ({"expected_version": 1}, '"1"'),
        ({}, None),
    ],
)
def test_change_of_the_expected_version_is_made(
    caller: Caller, body: dict[str, Any], header: str | None
) -> None:
    stored = caller.store(TEXT)
    headers = {"If_Match": header} if header else {}

    answer = caller.patch(f"/v1/memories/{stored['id']}", {"content": OTHER, **body}, **headers)

    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')


@pytest.mark.parametrize("header", ["1", 'W/"1"', '"x"', '"0"', '""', '"1", "2"', '"2"'])
def test_if_match_that_names_no_version_is_refused(caller: Caller, header: str) -> None:
    stored = caller.store(TEXT)

    answer = caller.patch(
        f"/v1/memories/{stored['id']}", {"content": OTHER, "expected_version": 1}, If_Match=header
    )

    assert answer.status_code == 422
    assert history(caller, stored)[-1]["version"] == 1


def test_tag_of_a_memory_is_its_version(caller: Caller) -> None:
    stored = caller.store(TEXT)
    edit(caller, stored, content=OTHER)

    answer = caller.get(f"/v1/memories/{stored['id']}")

    assert answer.headers["etag"] == '"2"'
    sent = {"content": TEXT}
    tag = answer.headers["etag"]
    assert caller.patch(f"/v1/memories/{stored['id']}", sent, If_Match=tag).status_code == 200


def test_of_concurrent_writers_with_one_expected_version_one_wins(caller: Caller) -> None:
    stored = caller.store(TEXT)
    path = f"/v1/memories/{stored['id']}"

    with ThreadPoolExecutor(8) as many:
        answers = list(
            many.map(
                lambda n: caller.patch(path, {"metadata": {"n": n}, "expected_version": 1}),
                range(8),
            )
        )

    assert sorted(one.status_code for one in answers) == [200, *[409] * 7]
    assert len(history(caller, stored)) == 2


def test_concurrent_writers_without_one_lose_nothing(caller: Caller) -> None:
    stored = caller.store(TEXT)
    path = f"/v1/memories/{stored['id']}"

    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda n: caller.patch(path, {"metadata": {"n": n}}), range(8)))

    assert {one.status_code for one in answers} == {200}
    versions = history(caller, stored)
    assert [one["version"] for one in versions] == list(range(1, 10))
    assert {one["metadata"].get("n") for one in versions} == {None, *range(8)}
    assert all(a["valid_to"] == b["valid_from"] for a, b in itertools.pairwise(versions))
    assert versions[-1]["valid_to"] is None


def test_diff_names_what_differs(caller: Caller) -> None:
    stored = caller.store(TEXT, importance=0.5)
    edit(caller, stored, content=OTHER)
    edit(caller, stored, metadata={"k": 1}, importance=0.75)
    path = f"/v1/memories/{stored['id']}/diff"

    forward = caller.get(path, **{"from": "1", "to": "3"}).json()
    back = caller.get(path, **{"from": "3", "to": "2"}).json()

    assert forward == {
        "memory_id": stored["id"],
        "from": 1,
        "to": 3,
        "changes": [
            {"field": "content", "before": TEXT, "after": OTHER},
            {"field": "importance_score", "before": 0.5, "after": 0.75},
            {"field": "metadata", "before": {}, "after": {"k": 1}},
        ],
    }
    assert [one["field"] for one in back["changes"]] == ["importance_score", "metadata"]
    assert caller.get(path, **{"from": "1", "to": "4"}).status_code == 404
    assert caller.get(path, **{"from": "1"}).status_code == 422
