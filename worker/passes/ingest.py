"""ingest: a text, or a page of the web, becomes memories, a passage each.

Reads: one job, and the page it names. Writes: events with their memories, a hundred per step, and
how far the job has come. Safe to repeat because a passage is known by its job and its number, and
the queue row of a step goes in the transaction that writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem import page
from nrem.errors import PageError, PassError
from nrem.page import Page
from nrem.policy.consolidate_model import Trust
from nrem.policy.ingest import Passage, cleaned, passages
from nrem.policy.model import MemoryType
from nrem.store import audit, inbox, ingest, job, run_change
from nrem.store.audit import Entry, Operation
from nrem.store.inbox import Item
from nrem.store.ingest import Document
from nrem.store.job import Job
from worker.changes import Changes
from worker.contract import Pass, Shape, Work
from worker.derived import created

NAME: Final = "ingest"
# Passages per step: well below a second, for which the agent's other writers wait.
_STEP: Final = 100
_NOTHING_SAID: Final = {"code": "no_text", "detail": "there is no letter or digit in the text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The next step of a job."""

    job: Job
    # just read; its text is the next step's
    page: Page | None = None
    # why it cannot be read
    fault: str | None = None
    # passages by their numbers, and where the text goes on
    passages: tuple[Passage, ...] = ()
    is_last: bool = False


def claim(conn: Connection, work: Work, _limit: int) -> Job | None:
    """The job that waits; None when it is over."""
    return job.begin(conn, work.org_id, work.items[0].item_id, NAME)


def propose(work: Work, found: Job | None) -> Page | PageError | None:
    """The page, where one is to be read; what may pass is tried again later.

    Raises: PassError.
    """
    if found is None or found.request["kind"] != "url" or "text" in found.request:
        return None
    try:
        return page.fetch(found.request["url"], work.tools.reach)
    except PageError as error:
        if error.is_passing and work.items[0].attempts < INGEST.max_attempts:
            raise PassError(error.code) from None
        return error


def decide(found: Job | None, read: Page | PageError | None, _work: Work) -> Next | None:
    """The text that was read, or the passages that come next."""
    if found is None:
        return None
    if isinstance(read, Page):
        return Next(job=found, page=read)
    if isinstance(read, PageError):
        return Next(job=found, fault=read.code)
    start = int(found.result.get("at", 0))
    text = str(found.request.get("text", ""))
    coming = passages(text, start, _STEP)
    return Next(job=found, passages=tuple(coming), is_last=len(coming) < _STEP)


def apply(conn: Connection, work: Work, step: Next | None) -> Changes:
    """Store the passages, and end the job or queue its rest."""
    if step is None:
        return Changes(read=1, reason="job_is_over")
    if step.fault is not None:
        job.fail(conn, work.org_id, [step.job.job_id], step.fault, run_id=work.run_id)
        return Changes(read=1, changed=1, reason=step.fault, detail={"job": step.job.wire_id})
    if step.page is not None:
        return _keep(conn, work, step.job, step.page)
    done = dict(step.job.result)
    first = int(done.get("chunks", 0)) + 1
    made = _store(conn, work, step, first)
    done["chunks"] = first - 1 + len(step.passages)
    done["memory_ids"] = [*done.get("memory_ids", []), *made]
    if step.passages:
        done["at"] = step.passages[-1].end
    if not step.is_last:
        job.go_on(conn, work.org_id, step.job, done)
    else:
        if not done["memory_ids"]:
            done["warnings"] = [*done.get("warnings", []), _NOTHING_SAID]
        done["memos_written"] = len(done["memory_ids"])
        job.complete(conn, work.org_id, step.job, done, run_id=work.run_id)
    return Changes(
        read=1,
        proposed=len(step.passages),
        changed=len(made) + 1,
        detail={"job": step.job.wire_id, "memories": made},
        due=({"embed": 0.0} if made else {}) | ({} if step.is_last else {NAME: 0.0}),
    )


def _keep(conn: Connection, work: Work, found: Job, read: Page) -> Changes:
    """Keep the text of a page for the steps that cut it."""
    learned = {"text": cleaned(read.text), "bytes": read.size}
    result = {**found.result, "content_type": read.content_type}
    job.go_on(conn, work.org_id, found, result, learned=learned)
    return Changes(read=1, changed=1, detail={"job": found.wire_id}, due={NAME: 0.0})


def _store(conn: Connection, work: Work, step: Next, first: int) -> list[int]:
    if not step.passages:
        return []
    made = ingest.add(
        conn,
        work.org_id,
        _document(step.job),
        {at: one.content for at, one in enumerate(step.passages, start=first)},
        timeline=work.timeline,
        digest=work.tools.digest,
        now=work.now,
    )
    run_change.add(conn, work.org_id, work.run_id, created(made))
    audit.add(conn, work.org_id, [_entry(work, step.job, number) for number in made])
    return made


def _document(found: Job) -> Document:
    named: dict[str, Any] = {"dataset_id": found.dataset} if found.dataset else {}
    if found.request["kind"] == "url":
        return Document(
            job=found, trust=Trust.WEB, metadata={**named, "source_uri": found.request["url"]}
        )
    return Document(job=found, trust=Trust.USER, metadata=named)


def _entry(work: Work, found: Job, memory_id: int) -> Entry:
    return Entry(
        operation=Operation.STORE,
        run_id=work.run_id,
        agent_id=found.agent_id,
        memory_id=memory_id,
        memory_type=str(MemoryType.SEMANTIC),
        details={"job_id": found.wire_id},
    )


def fail(conn: Connection, work: Work, items: Sequence[Item], reason: str) -> None:
    """The job of an item that is given up has failed."""
    job.fail(conn, work.org_id, [one.item_id for one in items], reason, run_id=work.run_id)


def next_due(conn: Connection, work: Work) -> datetime | None:
    """When the next job waits."""
    return inbox.next_due(conn, work.org_id, NAME)


INGEST: Final = Pass(
    name=NAME,
    is_audited=False,
    shape=Shape.BATCH,
    batch=1,
    # longer than a page may take
    lease_seconds=60.0,
    claim=claim,
    propose=propose,
    decide=decide,
    apply=apply,
    next_due=next_due,
    give_up=fail,
)
