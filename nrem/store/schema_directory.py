"""The tenant tables of who and where: an id that a caller chose stands here and nowhere else."""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from nrem.store.schema_column import (
    code,
    count,
    document,
    instant,
    metadata,
    number,
    points_to,
    row_number,
    words,
)

agents: Final = Table(
    "agents",
    metadata,
    number("org_id"),
    row_number(),
    words("external_id"),
    instant("created_at"),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "external_id", name="agents_external_key"),
    points_to("orgs", "org_id", dies_with=True),
)

users: Final = Table(
    "users",
    metadata,
    number("org_id"),
    row_number(),
    words("external_id"),
    instant("created_at"),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "external_id", name="users_external_key"),
    points_to("orgs", "org_id", dies_with=True),
)

subjects: Final = Table(
    "subjects",
    metadata,
    number("org_id"),
    row_number(),
    number("agent_id"),
    number("user_id", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("agents", "org_id", "agent_id"),
    points_to("users", "org_id", "user_id"),
    UniqueConstraint(
        *("org_id", "agent_id", "user_id"),
        name="subjects_pair_key",
        postgresql_nulls_not_distinct=True,
    ),
)

threads: Final = Table(
    "threads",
    metadata,
    number("org_id"),
    row_number(),
    words("external_id"),
    number("agent_id"),
    instant("created_at"),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("agents", "org_id", "agent_id"),
    UniqueConstraint("org_id", "agent_id", "external_id", name="threads_external_key"),
)

sessions: Final = Table(
    "sessions",
    metadata,
    number("org_id"),
    row_number(),
    words("external_id", nullable=True),
    number("subject_id"),
    number("thread_id", nullable=True),
    code("state"),
    document("metadata"),
    instant("started_at"),
    instant("ended_at", nullable=True),
    instant("last_event_at"),
    count("turns"),
    number("end_order", nullable=True),
    instant("consolidated_at", nullable=True),
    count("transitioned", nullable=True),
    number("run_id", nullable=True),
    number("set_aside_by", nullable=True),
    words("session_type"),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("subjects", "org_id", "subject_id"),
    points_to("threads", "org_id", "thread_id"),
    UniqueConstraint("org_id", "external_id", name="sessions_external_key"),
    Index(
        "sessions_implicit_key",
        *("org_id", "subject_id", "thread_id"),
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=text("external_id IS NULL AND state = 'open'"),
    ),
    Index(
        "sessions_waiting_idx",
        *("org_id", "subject_id", "end_order", "last_event_at"),
        postgresql_where=text("state <> 'consolidated'"),
    ),
    Index("sessions_run_idx", "org_id", "run_id", postgresql_where=text("run_id IS NOT NULL")),
    Index(
        "sessions_set_aside_idx",
        *("org_id", "set_aside_by"),
        postgresql_where=text("set_aside_by IS NOT NULL"),
    ),
)
