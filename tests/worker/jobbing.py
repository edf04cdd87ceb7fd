"""Jobs for tests of passes: asked for as the API does, then read as they stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nrem.store import dataset, directory, engine, job
from nrem.store import key as keys
from nrem.store.audit import Actor
from nrem.store.job import Family, Job, NewJob
from tests.world import DIGEST, NOW, Org


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A job of an org."""

    org: Org
    number: int
    family: Family

    def read(self) -> Job:
        """The job as it stands."""
        with self.org.begin() as conn:
            found = job.read(conn, self.org.number, self.number, self.family)
        assert found is not None
        return found


def actor(org: Org) -> Actor:
    """Whoever has a key of the org."""
    with engine.begin(org.world.admin) as conn:
        made = keys.create(conn, org.number, keys.API_SCOPES, digest=DIGEST, environment="test")
    return Actor(key_row_id=made.key_row_id, address=None)


def ask(
    org: Org,
    family: Family,
    request: dict[str, Any],
    *,
    agent: str | None = "agent",
    named: str | None = None,
    now: datetime = NOW,
) -> Asked:
    """Ask for a job; `named` is its dataset."""
    who = actor(org)
    with engine.begin(org.world.api, org_id=org.number, now=now) as conn:
        agents = directory.ensure_agents(conn, org.number, [agent]) if agent else {}
        new = NewJob(
            family=family,
            request=request,
            input_key=DIGEST.of_json([family, agent, named, request]),
            agent_id=agents[agent] if agent else None,
            dataset_id=dataset.ensure(conn, org.number, named) if named else None,
        )
        found = job.ask(conn, org.number, new, who)
    return Asked(org=org, number=found.job_id, family=family)


def audited(org: Org) -> list[tuple[str, str | None]]:
    """Operation and status of each entry of the trail, but those of runs of other passes."""
    rows = org.ask(
        "SELECT operation, details->>'status' FROM audit "
        "WHERE org_id = %(org)s AND operation <> 'run' ORDER BY id"
    )
    return [(row[0], row[1]) for row in rows]
