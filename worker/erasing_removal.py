"""The steps of an erasure that are about what deleting leaves: gather, rewrite, scan.

What to look for is gathered while it is there, and lies outside of the database until the scan; the
files are rewritten by a role that reads none of them.
"""

from typing import Final

from sqlalchemy import Connection

from nrem.errors import ConfigError, PassError
from nrem.policy.erase import State
from nrem.probe import FOLDER, Probes
from nrem.store import residue, rewrite
from nrem.store.erase import Erasure, Facts
from nrem.store.residue import Probe, Scan
from nrem.store.rewrite import Rewritten
from worker.contract import Work
from worker.erasing import Done, Step

# The name under which an erasure says when its files were rewritten, by the database's clock.
FILES: Final = "files_rewritten"


def _probes(job: Work) -> Probes:
    if job.tools.data_dir is None:
        raise ConfigError("an erasure needs the data directory")
    return Probes(job.tools.data_dir / FOLDER)


def _gather(job: Work, its: Erasure, _found: None) -> None:
    if job.tools.database is None:
        raise ConfigError("an erasure cannot be rehearsed")
    found = residue.gather(job.tools.database, its.org_id, its.erasure_id)
    _probes(job).keep(its.org_id, its.erasure_id, found.pack())


def _mark(conn: Connection, _job: Work, its: Erasure) -> int:
    return rewrite.mark(conn, its.org_id, its.erasure_id)


def _rewrite(job: Work, _its: Erasure, since: int) -> Rewritten:
    if job.tools.maintenance is None:
        raise ConfigError("NREM_MAINTAIN_DATABASE_URL is not set, so no files can be rewritten")
    return rewrite.rewrite(job.tools.maintenance, since)


def _rewritten(conn: Connection, _job: Work, its: Erasure, made: Rewritten) -> Done:
    rewrite.unmark(conn, its.org_id, its.erasure_id)
    return Done(facts=Facts(instants={FILES: made.at.isoformat()}), changed=made.tables)


def _scan(job: Work, its: Erasure, _found: None) -> Scan:
    content = _probes(job).read(its.org_id, its.erasure_id)
    if content is None or job.tools.database is None:
        raise PassError("probe_lost")
    return residue.scan(job.tools.database, its.org_id, Probe.unpack(content))


def _scanned(_conn: Connection, _job: Work, _its: Erasure, made: Scan) -> Done:
    """What was found sets the erasure aside, and what to look for is kept for the next scan."""
    facts = Facts(scan=made.as_json())
    if made.is_clean:
        return Done(facts=facts)
    rows = sum(sum(kinds.values()) for kinds in made.hits.values())
    return Done(facts=facts, becomes=State.FAILED, error=f"residue: {rows} hits, see scan")


def _destroy(job: Work, its: Erasure, _found: None) -> None:
    _probes(job).destroy(its.org_id, its.erasure_id)


GATHER: Final = Step(name="gather", becomes=State.FENCED, work=_gather)
REWRITE: Final = Step(
    name="rewrite", becomes=State.REWRITTEN, read=_mark, work=_rewrite, write=_rewritten
)
SCAN: Final = Step(name="scan", becomes=State.SCANNED, work=_scan, write=_scanned)
# A step of its own: what to look for goes when it is committed that nothing was found.
DESTROY_PROBE: Final = Step(name="destroy_probe", becomes=State.SCANNED, work=_destroy)
