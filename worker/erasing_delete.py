"""The steps of an erasure that destroy: keys, then rows; then others get what is theirs anew."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from nrem.llm.crypt import FOLDER, SubjectKeys
from nrem.policy.erase import State
from nrem.store import erase_delete, erase_reach
from nrem.store.erase import Erasure, Facts
from worker.contract import Work
from worker.erasing import Done, Step
from worker.erasing_fence import means, require_free


def _subjects(conn: Connection, _job: Work, its: Erasure) -> list[int]:
    require_free(conn, its)
    return erase_delete.subjects(conn, its)


def _destroy(job: Work, its: Erasure, subjects: Sequence[int]) -> int:
    """Destroying a key again destroys nothing more."""
    if job.tools.data_dir is None:
        return 0
    keys = SubjectKeys(job.tools.data_dir / FOLDER)
    return sum(keys.destroy(its.org_id, subject or None) for subject in subjects)


def _destroyed(_conn: Connection, _job: Work, _its: Erasure, destroyed: int) -> Done:
    return Done(changed=destroyed)


def _delete(conn: Connection, _job: Work, its: Erasure, _made: Any) -> Done:  # noqa: ANN401
    require_free(conn, its)
    gone = erase_delete.batch(conn, its)
    counts = erase_delete.added(its.deleted_counts, gone.counts)
    known = {name: rows for name, rows in counts.items() if rows}
    return Done(
        is_done=gone.is_last,
        facts=Facts(deleted_counts=known),
        changed=sum(gone.counts.values()),
    )


def _derive(conn: Connection, job: Work, its: Erasure, _made: Any) -> Done:  # noqa: ANN401
    made, is_last = erase_delete.remake(conn, its, means(job))
    measured = erase_reach.count(conn, its) if is_last else None
    return Done(is_done=is_last, facts=Facts(measured=measured), changed=made)


DESTROY: Final = Step(
    name="destroy",
    becomes=State.KEYS_DESTROYED,
    read=_subjects,
    work=_destroy,
    write=_destroyed,
)
DELETE: Final = Step(name="delete", becomes=State.DELETED, write=_delete)
DERIVE: Final = Step(name="derive", becomes=State.DERIVED, write=_derive)
