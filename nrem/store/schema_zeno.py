"""The tenant tables of what zeno-memory's Protocols keep beside turns, observations and cards."""

from typing import Final

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from nrem.store.schema_column import (
    code,
    digest,
    instant,
    metadata,
    number,
    points_to,
    row_number,
    words,
)

zeno_sessions: Final = Table(
    "zeno_sessions",
    metadata,
    number("org_id"),
    row_number(),
    number("subject_id"),
    words("channel"),
    words("thread_key", nullable=True),
    words("sdk_session_id"),
    words("last_summary", nullable=True),
    instant("created_at"),
    instant("updated_at"),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("subjects", "org_id", "subject_id", dies_with=True),
    UniqueConstraint(
        *("org_id", "subject_id", "channel", "thread_key"),
        name="zeno_sessions_place_key",
        postgresql_nulls_not_distinct=True,
    ),
)

carried: Final = Table(
    "carried",
    metadata,
    number("org_id"),
    digest("key"),
    PrimaryKeyConstraint("org_id", "key"),
    points_to("orgs", "org_id", dies_with=True),
)

zeno_threads: Final = Table(
    "zeno_threads",
    metadata,
    number("org_id"),
    number("thread_id"),
    number("subject_id"),
    number("cleared_seq"),
    PrimaryKeyConstraint("org_id", "thread_id"),
    points_to("threads", "org_id", "thread_id", dies_with=True),
    points_to("subjects", "org_id", "subject_id", dies_with=True),
    Index("zeno_threads_subject_idx", "org_id", "subject_id", "thread_id"),
)

zeno_watermarks: Final = Table(
    "zeno_watermarks",
    metadata,
    number("org_id"),
    number("subject_id"),
    number("thread_id"),
    number("last_sequence"),
    code("status"),
    instant("run_at"),
    PrimaryKeyConstraint("org_id", "subject_id", "thread_id"),
    points_to("subjects", "org_id", "subject_id", dies_with=True),
    ForeignKeyConstraint(
        ("org_id", "thread_id"),
        ["zeno_threads.org_id", "zeno_threads.thread_id"],
        ondelete="CASCADE",
    ),
)
