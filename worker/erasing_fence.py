"""The steps of an erasure before anything is destroyed: shown, closed, counted behind the fence."""

from typing import Any, Final

from sqlalchemy import Connection

from nrem.errors import Waiting
from nrem.policy.erase import State, grew_too_much
from nrem.store import engine, erase_reach, hold
from nrem.store.erase import Erasure, Facts
from nrem.store.erase_reach import Reached
from nrem.store.forget_hard import Means
from worker.contract import Work
from worker.erasing import Done, Step

# How long what a legal hold stands over is left alone.
_HELD_SECONDS: Final = 300.0


def means(job: Work) -> Means:
    """What remaking takes."""
    return Means(digest=job.tools.digest, timeline=job.timeline, now=job.now)


def require_free(conn: Connection, its: Erasure) -> None:
    """Nothing is destroyed while a legal hold stands over it.

    Raises: Waiting, as long as one does.
    """
    hold.lock(conn, its.org_id)
    if erase_reach.is_held(conn, its.org_id, its.target):
        raise Waiting("legal_hold", retry_after_seconds=_HELD_SECONDS)


def _preview(conn: Connection, job: Work, its: Erasure, _made: Any) -> Done:  # noqa: ANN401
    reached = erase_reach.look(conn, its, means(job))
    done = Done(facts=_shown(conn, job, its, reached))
    erase_reach.unnote(conn, its)
    return done


def _shown(conn: Connection, job: Work, its: Erasure, reached: Reached) -> Facts:
    called = erase_reach.name(conn, its.org_id, its.target)
    told: dict[str, Any] = {
        "tables": {name: rows for name, rows in reached.tables.items() if rows},
        "derived": reached.derived,
        "mixed": reached.mixed,
        "remade": reached.remade,
        "loosened": reached.loosened,
        "held": reached.held,
        "mentions": erase_reach.mentions(conn, its, called),
    }
    hashed = job.tools.digest.of_json([its.erasure_id, its.target.target_hash.hex(), told])
    return Facts(preview=told, preview_hash=hashed)


def _close(conn: Connection, _job: Work, its: Erasure, _made: Any) -> Done:  # noqa: ANN401
    require_free(conn, its)
    erase_reach.close(conn, its, erase_reach.name(conn, its.org_id, its.target))
    return Done()


def _fence(conn: Connection, job: Work, its: Erasure, _made: Any) -> Done:  # noqa: ANN401
    """Whoever was writing when it was closed is through; so this is all there is."""
    engine.give_way(conn)
    require_free(conn, its)
    erase_reach.wait(conn, its)
    reached = erase_reach.take(conn, its, means(job))
    if reached.held:
        raise Waiting("legal_hold", retry_after_seconds=_HELD_SECONDS)
    if grew_too_much(its.preview.get("tables", {}), reached.tables):
        facts = _shown(conn, job, its, reached)
        erase_reach.release(conn, its)
        return Done(facts=facts, becomes=State.PREVIEWED, back_to=PREVIEW.name)
    return Done(
        facts=Facts(manifest={name: rows for name, rows in reached.tables.items() if rows}),
        changed=sum(reached.tables.values()),
    )


PREVIEW: Final = Step(name="preview", becomes=State.PREVIEWED, write=_preview)
CLOSE: Final = Step(name="close", becomes=State.CONFIRMED, write=_close)
FENCE: Final = Step(name="fence", becomes=State.FENCED, write=_fence)
