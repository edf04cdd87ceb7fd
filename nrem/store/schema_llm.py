"""The tables of paid models: the ledger of calls, what was spent, who may not be asked yet."""

from typing import Final

from sqlalchemy import Column, Date, Index, PrimaryKeyConstraint, Table, text

from nrem.store.schema_column import (
    code,
    count,
    digest,
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
    PrimaryKeyConstraint("org_id", "id"),
    points_to("orgs", "org_id", dies_with=True),
    Index("llm_calls_request_idx", "org_id", "request_hash", "id"),
    Index(
        "llm_calls_reserved_idx",
        *("org_id", "lapses_at"),
        postgresql_where=text("status = 'reserved'"),
    ),
    Index("llm_calls_run_idx", "org_id", "run_id"),
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
