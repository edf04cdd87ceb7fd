"""The steps of an erasure that speak to the world outside of the database: the ledger, the receipt.

Before anything is destroyed the erasure ledger knows of it; before an erasure counts as done, the
ledger holds its receipt. Each line is written by `work`, its row by `write`: begun again after a
crash between them, a step finds its line, so that a receipt is issued once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem import ids
from nrem.erasure_ledger import Line, Notary, Subject
from nrem.errors import ConfigError
from nrem.policy.erase import State
from nrem.receipt import Facts as Certified
from nrem.receipt import Place, Receipt, issue
from nrem.store import erasure_line, policy
from nrem.store.erase import Erasure, Facts
from nrem.store.erasure_line import Asked
from nrem.store.schema import SCHEMA_VERSION
from worker.contract import Work
from worker.erasing import Done, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What of the org a receipt names."""

    policy: int


def _asked(conn: Connection, job: Work, its: Erasure) -> Asked:
    return erasure_line.asked(conn, job.org_id, its.target)


def _begin(job: Work, its: Erasure, found: Asked) -> Line:
    return _notary(job).ledger.begin(
        _subject(its), model_requests=found.requests, model_requested_at=found.last_at
    )


def _begun(conn: Connection, _job: Work, _its: Erasure, line: Line) -> Done:
    erasure_line.know(conn, [line])
    return Done(changed=1)


def _terms(conn: Connection, job: Work, _its: Erasure) -> Terms:
    return Terms(policy=policy.newest(conn, job.org_id).number)


def _certify(job: Work, its: Erasure, terms: Terms) -> Line:
    notary = _notary(job)

    def issuing(place: Place, begun: Line) -> tuple[datetime, Receipt]:
        facts = _facts(job, its, terms, begun)
        made = issue(facts, signer=notary.signer, place=place, at=job.now, terms=notary.terms)
        return job.now, made

    return notary.ledger.certify(_subject(its), issuing)


def _certified(conn: Connection, _job: Work, _its: Erasure, line: Line) -> Done:
    erasure_line.know(conn, [line])
    digest = bytes.fromhex(line.receipt_hash or "")
    return Done(changed=1, facts=Facts(receipt=line.receipt, receipt_hash=digest))


def _facts(job: Work, its: Erasure, terms: Terms, begun: Line) -> Certified:
    times = {"requested": its.requested_at.isoformat(), **its.instants}
    return Certified(
        org=ids.encode(ids.ORG, its.org_id),
        erasure=ids.encode(ids.ERASURE, its.erasure_id),
        kind=str(its.target.kind),
        target_hash=its.target.target_hash,
        manifest=its.manifest,
        deleted=its.deleted_counts,
        measured=its.measured,
        times={**times, str(State.CERTIFIED): job.now.isoformat()},
        scan=its.scan,
        schema=SCHEMA_VERSION,
        policy=terms.policy,
        model_requests=begun.model_requests,
        model_requested_at=begun.model_requested_at,
    )


def _subject(its: Erasure) -> Subject:
    return Subject(
        org_id=its.org_id,
        erasure_id=its.erasure_id,
        kind=str(its.target.kind),
        target_hash=its.target.target_hash,
        requested_at=its.requested_at,
        fenced_at=datetime.fromisoformat(its.instants[str(State.FENCED)]),
    )


def _notary(job: Work) -> Notary:
    if job.tools.notary is None:
        raise ConfigError("no data directory is known, so that nothing can be certified")
    return job.tools.notary


# Between the fence and the first thing that is destroyed.
BEGIN: Final = Step(name="begin", becomes=State.FENCED, read=_asked, work=_begin, write=_begun)
# The last one.
CERTIFY: Final = Step(
    name="certify", becomes=State.CERTIFIED, read=_terms, work=_certify, write=_certified
)
