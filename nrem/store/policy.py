"""The policies of an org: the defaults, and each version that replaced them, from its instant.

A version is never changed. It holds the whole tree, so that another release's defaults do not
change what an org has set.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection

from nrem.errors import ConflictError
from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.store import redue, schedule
from nrem.store.statement import statement

_MICROSECOND: Final = timedelta(microseconds=1)
# Above every number that a version can have.
_ANY: Final = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an org's policy."""

    number: int
    # None: the defaults, in force since ever
    in_force_since: datetime | None
    policy: Policy
    # the version whose policy it took up again
    rolled_back_to: int | None = None


# What an org starts with.
FIRST: Final = Version(number=0, in_force_since=None, policy=Policy.default())


def timeline(conn: Connection, org_id: int) -> Timeline:
    """Which policy is in force when; what no longer decides anything is part of it, too."""
    rows = conn.execute(statement("policy_timeline"), {"org_id": org_id})
    return Timeline.of([(row.created_at, _parsed(row.body)) for row in rows])


def load(conn: Connection, org_id: int, now: datetime) -> Policy:
    """The policy that decisions at `now` follow."""
    return timeline(conn, org_id).at(now)


def newest(conn: Connection, org_id: int) -> Version:
    """The version that no other has replaced."""
    found = history(conn, org_id, limit=1)
    return found[0] if found else FIRST


def get(conn: Connection, org_id: int, number: int) -> Version | None:
    """The version of this number, 0 for the defaults; None when there is none."""
    if number == FIRST.number:
        return FIRST
    found = history(conn, org_id, before=number + 1, limit=1) if 0 < number < _ANY else []
    return found[0] if found and found[0].number == number else None


def history(
    conn: Connection, org_id: int, *, before: int | None = None, limit: int
) -> list[Version]:
    """At most `limit` versions below the number `before`, the newest first; not the defaults."""
    asked = {"org_id": org_id, "before": _ANY if before is None else before, "limit": limit}
    return [_version(row) for row in conn.execute(statement("policy_history"), asked)]


def lock(conn: Connection, org_id: int, *, expected_version: int | None = None) -> Version:
    """The newest version; other writers of the org wait until this transaction ends.

    Raises: ConflictError when it is not the expected one.
    """
    conn.execute(statement("policy_lock"), {"org_id": org_id})
    last = newest(conn, org_id)
    if expected_version is not None and expected_version != last.number:
        raise ConflictError(
            f"the policy is at version {last.number} by now",
            field="expected_version",
            remedy="read the policy again and change that one",
            code="version_conflict",
        )
    return last


def add(
    conn: Connection,
    org_id: int,
    policy: Policy,
    *,
    now: datetime,
    rolled_back_to: int | None = None,
    expected_version: int | None = None,
) -> int:
    """Store the next version, in force from `now` on, and answer its number.

    A policy equal to the one in force makes no version.
    Raises: ConflictError when the newest version is not the expected one.
    """
    last = lock(conn, org_id, expected_version=expected_version)
    if policy == last.policy:
        return last.number
    since = now if last.in_force_since is None else max(now, last.in_force_since + _MICROSECOND)
    conn.execute(
        statement("policy_add"),
        {
            "org_id": org_id,
            "version": last.number + 1,
            "body": json.dumps(policy.to_json()),
            "in_force_since": since,
            "rolled_back_to": rolled_back_to,
        },
    )
    _take_effect(conn, org_id, last.policy, policy, since)
    return last.number + 1


def _take_effect(
    conn: Connection, org_id: int, before: Policy, after: Policy, since: datetime
) -> None:
    """All that must follow a new version, in its transaction."""
    schedule.project(conn, org_id, after, since)
    # When passes run changes nothing about when memories are due.
    if replace(before, schedules=after.schedules) != after:
        redue.ask(conn, org_id)


def _version(row: Any) -> Version:  # noqa: ANN401 - a row
    return Version(
        number=row.version,
        in_force_since=row.created_at,
        policy=_parsed(row.body),
        rolled_back_to=row.rolled_back_to,
    )


@lru_cache(maxsize=512)
def _parsed(body: str) -> Policy:
    """A version is never changed, so its text always means the same."""
    return Policy.from_text(body)
