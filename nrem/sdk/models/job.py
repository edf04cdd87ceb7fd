"""Jobs: taking texts in, distilling memories, tidying up."""

from typing import Any

from pydantic import Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Model


class IngestJob(Model):
    """An ingest that was asked for."""

    job_id: str
    kind: str
    status: str
    enqueued_at: Timestamp
    dataset_id: str | None = None


class _Times(Model):
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None


class IngestJobStatus(_Times):
    """How far an ingest is."""

    job_id: str
    agent_id: str
    kind: str
    status: str
    dataset_id: str | None = None
    source_uri: str | None = None
    content_type: str | None = None
    filename: str | None = None
    file_size: int | None = None
    memory_ids: list[str] = Field(default_factory=list)
    memos_written: int = 0
    distill_job_id: str | None = None
    codegraph_memos_written: int = 0
    codegraph_edges_written: int = 0
    error: str | None = None
    warnings: list[Any] = Field(default_factory=list)


class DistillJob(Model):
    """A distillation that was asked for."""

    job_id: str
    status: str
    memory_ids: list[str]
    enqueued_at: Timestamp


class DistillJobStatus(_Times):
    """How far a distillation is."""

    job_id: str
    agent_id: str
    status: str
    model: str
    memory_ids: list[str]
    chunk_size: int
    chunk_overlap: int
    max_concurrency: int
    chunks_total: int
    chunks_failed: int
    entities_extracted: int
    relationships_extracted: int
    memos_written: int
    error: str | None = None


class RefineJob(Model):
    """A tidying that was asked for."""

    job_id: str
    status: str
    enqueued_at: Timestamp
    dataset_id: str | None = None


class RefineJobStatus(_Times):
    """How far a tidying is."""

    job_id: str
    status: str
    trigger: str
    dataset_id: str | None = None
    memos_scanned: int = 0
    memos_deduped: int = 0
    edges_reweighted: int = 0
    edges_pruned: int = 0
    feedback_drained: int = 0
    job_metadata: dict[str, Any] = Field(default_factory=dict)
    error: str | None = None
