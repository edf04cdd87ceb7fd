"""The tables of paid models: the ledger of calls, batches of them, what was spent, who rests."""

from typing import Final

from sqlalchemy import Column, Date, Index, PrimaryKeyConstraint, Table, Text, Uuid, text
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

llm_calls: Final = Table(
    "llm_calls",
    metadata,
    number("org_id"),
    row_number(),
    code("pass"),
    number("run_id"),
    number("subject_id", nullable=True),
    code("model"),
    digest("prompt_hash"),
    digest("request_hash"),
    code("status"),
    number("reserved_micros"),
    number("reserved_tokens"),
    instant("lapses_at"),
    number("cost_micros"),
    number("tokens_in"),
    number("tokens_out"),
    number("cache_read"),
    number("cache_write"),
    code("request_id", nullable=True),
    share("duration_ms", nullable=True),
    instant("started_at"),
    instant("ended_at", nullable=True),
    digest("request", nullable=True),
    digest("reply", nullable=True),
    number("batch_id", nullable=True),
    number("items"),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("orgs", "org_id", dies_with=True),
    Index("llm_calls_request_idx", "org_id", "request_hash", "id"),
    Index(
        "llm_calls_reserved_idx",
        *("org_id", "lapses_at"),
        postgresql_where=text("status = 'reserved'"),
    ),
    Index("llm_calls_run_idx", "org_id", "run_id"),
    Index(
        "llm_calls_batch_idx", "org_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")
    ),
    Index(
        "llm_calls_subject_idx",
        *("org_id", "subject_id"),
        postgresql_where=text("subject_id IS NOT NULL"),
    ),
)

llm_batches: Final = Table(
    "llm_batches",
    metadata,
    number("org_id"),
    row_number(),
    code("model"),
    code("state"),
    Column("token", Uuid, nullable=False),
    count("requests"),
    number("bytes"),
    code("provider_id", nullable=True),
    flag("is_sure"),
    Column("foreign_ids", ARRAY(Text), nullable=False),
    count("tries"),
    count("polls"),
    instant("opened_at"),
    instant("sent_at", nullable=True),
    instant("answered_at", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("orgs", "org_id", dies_with=True),
    Index(
        "llm_batches_open_key",
        *("org_id", "model"),
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
    Index(
        "llm_batches_sent_idx",
        "sent_at",
        postgresql_where=text("provider_id IS NOT NULL"),
    ),
    Index("llm_batches_state_idx", "org_id", "state", postgresql_where=text("state <> 'done'")),
)

llm_batch_waits: Final = Table(
    "llm_batch_waits",
    metadata,
    number("org_id"),
    number("call_id"),
    code("pass"),
    number("stream_id"),
    code("state"),
    PrimaryKeyConstraint("org_id", "call_id", "pass", "stream_id"),
    points_to("llm_calls", "org_id", "call_id", dies_with=True),
    Index("llm_batch_waits_stream_idx", "org_id", "pass", "stream_id"),
)

llm_spend: Final = Table(
    "llm_spend",
    metadata,
    number("org_id"),
    Column("day", Date, nullable=False),
    code("pass"),
    number("calls"),
    number("items"),
    number("tokens"),
    number("micros"),
    share("duration_ms"),
    number("batch_calls"),
    number("batch_micros"),
    PrimaryKeyConstraint("org_id", "day", "pass"),
    points_to("orgs", "org_id", dies_with=True),
    Index("llm_spend_day_idx", "day"),
)

llm_gates: Final = Table(
    "llm_gates",
    metadata,
    number("org_id"),
    code("model"),
    instant("not_before"),
    count("failures"),
    code("reason", nullable=True),
    PrimaryKeyConstraint("org_id", "model"),
    points_to("orgs", "org_id", dies_with=True),
)
