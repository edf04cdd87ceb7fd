"""A simulated year: whatever happens, every day nothing is lost and every fact is true."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.e2e.year import POLICY_CHANGES_ON, STOPPED, USERS, Year
from tests.extent import full_only
from tests.world import NOW, Org

DAYS: Final = 365
SECOND: Final = timedelta(seconds=1)
# Each finds what must not be: (claim, rows).
INVARIANTS: Final = {
    "an event that no pass took up": """
        SELECT e.id FROM events AS e
        WHERE e.org_id = %(org)s AND e.kind IN ('memory', 'turn')
          AND NOT EXISTS (SELECT FROM effects AS f
                          WHERE f.org_id = e.org_id AND f.event_id = e.id AND f.step = 'score')""",
    "a turn of a consolidated session without an outcome": """
        SELECT e.id FROM events AS e
        JOIN sessions AS s ON s.org_id = e.org_id AND s.id = e.session_id
        WHERE e.org_id = %(org)s AND e.kind = 'turn' AND s.state = 'consolidated'
          AND NOT EXISTS (SELECT FROM effects AS f WHERE f.org_id = e.org_id
                          AND f.event_id = e.id AND f.step = 'consolidate')""",
    "a session that ended and was not handed over": """
        SELECT id FROM sessions WHERE org_id = %(org)s AND state = 'ended'""",
    "a version that is missing, or a gap or an overlap between two": """
        SELECT m.id FROM memories AS m
        LEFT JOIN LATERAL (
          SELECT count(*) AS closed,
                 count(*) FILTER (WHERE v.valid_to IS DISTINCT FROM v.next) AS torn
          FROM (SELECT x.version, x.valid_to,
                       coalesce(lead(x.valid_from) OVER (ORDER BY x.version), m.valid_from) AS next
                FROM memory_versions AS x
                WHERE x.org_id = m.org_id AND x.memory_id = m.id) AS v) AS past ON true
        WHERE m.org_id = %(org)s AND m.state <> 'purged'
          AND (past.closed <> m.version - 1 OR past.torn > 0)""",
    "a memory without sources": """
        SELECT m.id FROM memories AS m
        WHERE m.org_id = %(org)s AND NOT EXISTS (
          SELECT FROM derivations AS d WHERE d.org_id = m.org_id AND d.child_id = m.id)""",
    "promoted knowledge with a source that none of its evidence has": """
        SELECT m.id, d.event_id FROM memories AS m
        JOIN derivations AS d ON d.org_id = m.org_id AND d.child_id = m.id
        WHERE m.org_id = %(org)s AND m.derived_by = 'promote' AND NOT EXISTS (
          SELECT FROM edges AS e
          JOIN derivations AS o ON o.org_id = e.org_id AND o.child_id = e.source_id
          WHERE e.org_id = m.org_id AND e.target_id = m.id AND e.kind = 'supports'
            AND o.event_id = d.event_id)""",
    "an edge between two subjects": """
        SELECT e.id FROM edges AS e
        JOIN memories AS a ON a.org_id = e.org_id AND a.id = e.source_id
        JOIN memories AS b ON b.org_id = e.org_id AND b.id = e.target_id
        WHERE e.org_id = %(org)s AND a.subject_id <> b.subject_id""",
    "work that was set aside": "SELECT id FROM parked WHERE org_id = %(org)s",
    "a run that failed": """
        SELECT id, pass, reason FROM runs
        WHERE org_id = %(org)s AND outcome IN ('failed', 'parked')""",
}
# What a person's memories say is true at the evening's instant.
HOLDS: Final = """
SELECT DISTINCT m.content FROM memories AS m
JOIN users AS u ON u.org_id = m.org_id AND u.id = m.user_id
WHERE m.org_id = %(org)s AND u.external_id = %(user)s AND m.state = 'live'
  AND (m.true_until IS NULL OR m.true_until > %(now)s) AND m.content LIKE %(like)s
"""


def _broken(org: Org) -> dict[str, list[Any]]:
    found = {claim: org.ask(rows) for claim, rows in INVARIANTS.items()}
    return {claim: rows[:3] for claim, rows in found.items() if rows}


def _holds(year: Year, day: int, user: str, like: str) -> set[str]:
    return set(year.org.column(HOLDS, user=user, now=year.evening(day), like=like))


def _wrong(year: Year, day: int) -> Iterator[str]:
    """Facts that are not as the people have them, by person."""
    for user in USERS:
        person = year.people[user]
        homes = _holds(year, day, user, "I live in %")
        if homes != {f"I live in {person.city}."}:
            yield f"{user}: {homes} and not {person.city}"
        feeling = "love" if person.loves_coffee else "hate"
        if _holds(year, day, user, "I % coffee.") != {f"I {feeling} coffee."}:
            yield f"{user}: taste"
        # what was only mentioned fades unless it was repeated; but it is never the job before
        jobs = _holds(year, day, user, "User: I work at %")
        if not jobs <= {f"User: I work at {person.told_firm}."}:
            yield f"{user}: {jobs} and not {person.told_firm}"


def _set_policy(org: Org, year: Year) -> None:
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) "
        'VALUES (%(org)s, 1, \'{"tiers": {"short_idle_days": 12}}\', %(now)s)',
        org=org.number,
        now=NOW + (year.evening(POLICY_CHANGES_ON) - year.evening(0)),
    )


@full_only
@pytest.mark.timeout(600)
def test_every_day_of_a_year_nothing_is_lost_and_every_fact_is_true(org: Org) -> None:
    year, memories = Year(org), 0
    for day in range(DAYS):
        year.live(day)
        if day == POLICY_CHANGES_ON:
            _set_policy(org, year)
        if day in STOPPED:
            continue
        year.work(day)
        now = year.evening(day)
        broken = _broken(org) | {wrong: [day] for wrong in _wrong(year, day)}
        assert not broken, f"day {day}: {broken}"
        (count,) = org.column("SELECT count(*) FROM memories WHERE org_id = %(org)s")
        assert count >= memories, f"day {day}: a memory is gone"
        memories = count
        user = USERS[day % len(USERS)]
        year.believed[day, user] = year.homes(user, now)
        assert year.believed[day, user] == {f"I live in {year.people[user].city}."}
        then, user = year.chance.choice(sorted(year.believed))
        # just after: what is written twice at one given instant has its versions a moment apart
        as_of = min(year.evening(then) + SECOND, now)
        assert year.homes(user, now, as_of) == year.believed[then, user], (
            f"day {day}: {user} as of day {then}"
        )

    (events,) = org.column("SELECT count(*) FROM events WHERE org_id = %(org)s")
    assert events == year.told
    states = set(org.memories("state"))
    assert states == {"live", "archived", "forgotten", "purged"}
    promoted = org.memories(where="derived_by = 'promote' AND type = 'semantic'")
    assert any(content.startswith("User: I work at") for content in promoted)
    assert len(org.memories(where="true_until IS NOT NULL")) >= len(USERS)
    assert sum(person.uses for person in year.people.values())
