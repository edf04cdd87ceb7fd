"""The usual way to fade memories: load every one, compute what is left, write every one back.

As an application with an ORM does it: objects, a thousand at a time, one flush and commit for each
thousand. It writes into a column of its own without an index, so nothing of nrem slows it down.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, MetaData, Table, select
from sqlalchemy.orm import Session, registry

from nrem.policy.decay import effective_importance
from nrem.policy.params_fade import Curve

_PAGE = 1_000
_DAY_SECONDS = 86_400.0


def fade_all(database: Engine, curve: Curve, now: datetime) -> int:
    """Rewrite every memory; answers how many there were."""
    with database.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE memories ADD COLUMN IF NOT EXISTS faded float8")
    table = Table("memories", MetaData(), autoload_with=database)
    mapped = registry()
    memory = type("Memory", (), {})
    mapped.map_imperatively(memory, table)
    done, after = 0, 0
    try:
        while True:
            with Session(database) as session:
                page: Sequence[Any] = session.scalars(
                    select(memory).where(table.c.id > after).order_by(table.c.id).limit(_PAGE)
                ).all()
                for one in page:
                    days = (now - one.last_access).total_seconds() / _DAY_SECONDS
                    one.faded = effective_importance(
                        one.importance,
                        days=days,
                        curve=curve,
                        stability_days=curve.stability_days,
                    )
                if not page:
                    return done
                done, after = done + len(page), page[-1].id
                session.commit()
    finally:
        mapped.dispose()
