"""The control tables: surrogate ids, times and counters only; never a text that a caller chose."""

from typing import Final

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY

from nrem.store.schema_column import (
    code,
    count,
    digest,
    flag,
    instant,
    metadata,
    number,
    points_to,
    row_number,
    share,
)

orgs: Final = Table(
    "orgs",
    metadata,
    row_number(),
    code("name"),
    instant("created_at"),
    flag("is_operator"),
    count("rate_per_minute", nullable=True),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("name", name="orgs_name_key"),
)

api_keys: Final = Table(
    "api_keys",
    metadata,
    number("org_id"),
    row_number(),
    code("key_id"),
    digest("secret_hash"),
    Column("scopes", ARRAY(Text), nullable=False),
    instant("created_at"),
    instant("expires_at", nullable=True),
    instant("revoked_at", nullable=True),
    count("rate_per_minute", nullable=True),
    number("replaces_id", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("key_id", name="api_keys_key_id_key"),
    points_to("orgs", "org_id", dies_with=True),
)

streams: Final = Table(
    "streams",
    metadata,
    number("org_id"),
    row_number(),
    code("kind"),
    number("ref_id"),
    number("last_seq"),
    number("tokens"),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "kind", "ref_id", name="streams_ref_key"),
    points_to("orgs", "org_id", dies_with=True),
)

leases: Final = Table(
    "leases",
    metadata,
    number("org_id"),
    code("pass"),
    number("stream_id"),
    number("cursor_seq"),
    instant("due_at"),
    number("fence"),
    code("owner", nullable=True),
    instant("lease_until", nullable=True),
    count("attempts"),
    code("state"),
    number("cursor_tokens"),
    number("until_seq"),
    count("rejections"),
    PrimaryKeyConstraint("org_id", "pass", "stream_id"),
    points_to("streams", "org_id", "stream_id", dies_with=True),
    Index(
        "leases_due_idx",
        *("org_id", "pass", "due_at"),
        postgresql_where=text("state = 'active' AND due_at < 'infinity'"),
    ),
)

inbox: Final = Table(
    "inbox",
    metadata,
    number("org_id"),
    code("pass"),
    code("item_kind"),
    number("item_id"),
    number("session_id", nullable=True),
    instant("due_at"),
    count("attempts"),
    code("owner", nullable=True),
    instant("lease_until", nullable=True),
    PrimaryKeyConstraint("org_id", "pass", "item_kind", "item_id"),
    points_to("orgs", "org_id", dies_with=True),
    Index("inbox_due_idx", "org_id", "pass", "due_at", "item_id"),
    Index(
        "inbox_session_idx",
        *("org_id", "session_id"),
        postgresql_where=text("session_id IS NOT NULL"),
    ),
)

org_work: Final = Table(
    "org_work",
    metadata,
    number("org_id"),
    code("pass"),
    instant("due_at"),
    share("vtime"),
    code("cause", nullable=True),
    PrimaryKeyConstraint("org_id", "pass"),
    points_to("orgs", "org_id", dies_with=True),
    Index("org_work_due_idx", "pass", "vtime", postgresql_where=text("due_at < 'infinity'")),
)

parked: Final = Table(
    "parked",
    metadata,
    number("org_id"),
    row_number(),
    code("pass"),
    code("item_kind"),
    number("item_id"),
    code("reason"),
    code("error_class", nullable=True),
    count("attempts"),
    instant("parked_at"),
    instant("resolved_at", nullable=True),
    code("resolution", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("orgs", "org_id", dies_with=True),
    Index(
        "parked_open_key",
        *("org_id", "pass", "item_kind", "item_id"),
        unique=True,
        postgresql_where=text("resolved_at IS NULL"),
    ),
)

run_totals: Final = Table(
    "run_totals",
    metadata,
    number("org_id"),
    code("pass"),
    code("outcome"),
    number("runs"),
    PrimaryKeyConstraint("org_id", "pass", "outcome"),
    points_to("orgs", "org_id", dies_with=True),
)

ticks: Final = Table(
    "ticks",
    metadata,
    code("schedule"),
    instant("instant"),
    code("scheduler"),
    instant("at"),
    PrimaryKeyConstraint("schedule", "instant"),
)

heartbeats: Final = Table(
    "heartbeats",
    metadata,
    code("process"),
    code("kind"),
    count("pid"),
    instant("started_at"),
    instant("beat_at"),
    instant("progress_at", nullable=True),
    PrimaryKeyConstraint("process"),
)

schedules: Final = Table(
    "schedules",
    metadata,
    number("org_id"),
    code("pass"),
    code("cron"),
    code("timezone"),
    flag("paused"),
    instant("set_at"),
    PrimaryKeyConstraint("org_id", "pass"),
    points_to("orgs", "org_id", dies_with=True),
)

redues: Final = Table(
    "redues",
    metadata,
    number("org_id"),
    number("after_id"),
    PrimaryKeyConstraint("org_id"),
    points_to("orgs", "org_id", dies_with=True),
)
