"""Jobs over HTTP: what is asked for, that it was accepted, and how it stands.

Bodies are lax, since other clients send them too.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from nrem.wire.field import Id
from nrem.wire.request import Lax

Status = Literal["queued", "running", "completed", "failed", "cancelled"]
MAX_TEXT = 4_000_000


def _without_nul(value: object) -> object:
    return value.replace("\x00", "") if isinstance(value, str) else value


class IngestIn(Lax):
    """A text, or the address of a page, whose passages are to become memories of an agent."""

    kind: Literal["text", "url"]
    agent_id: Id
    # either, as `kind` says
    text: (
        Annotated[str, BeforeValidator(_without_nul), Field(min_length=1, max_length=MAX_TEXT)]
        | None
    ) = None
    url: Annotated[str, Field(min_length=8, max_length=4_096)] | None = None
    dataset_id: Id | None = None


class DistillIn(Lax):
    """Memories of an agent that are to be taken apart; sizes are in tokens."""

    agent_id: Id
    memory_ids: Annotated[list[Id], Field(min_length=1, max_length=1_000)]
    chunk_size: Annotated[int, Field(ge=64, le=8_192)] = 1_024
    # of each chunk: how much of the one before it begins with; less than a chunk
    chunk_overlap: Annotated[int, Field(ge=0, le=2_048)] | None = None
    # kept for who sends it: the offline engine reads one chunk after the other
    max_concurrency: Annotated[int, Field(ge=1, le=32)] = 4
    summary_style: Literal["concise", "bullet", "abstractive"] = "concise"
    include_summary: bool = True

    @property
    def overlap(self) -> int:
        """As given, else an eighth of a chunk."""
        given = self.chunk_overlap
        return self.chunk_size // 8 if given is None else given


class RefineIn(Lax):
    """Memories that are to be put in order: of a dataset, or of the whole org."""

    dataset_id: Id | None = None


class JobOut(BaseModel):
    """A job was accepted; one that runs already, for equal inputs, is answered instead."""

    job_id: str
    status: Status
    enqueued_at: datetime


class IngestOut(JobOut):
    """As `JobOut`."""

    kind: Literal["text", "url"]
    dataset_id: str | None


class JobStatus(BaseModel):
    """How a job stands; `error` is a code, and set when it failed."""

    job_id: str
    status: Status
    error: str | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


class IngestStatus(JobStatus):
    """How an ingest stands, with the memories that it made so far."""

    agent_id: str
    kind: Literal["text", "url"]
    dataset_id: str | None
    # where the page lies
    source_uri: str | None
    content_type: str | None
    filename: None = None
    # bytes
    file_size: int | None
    # an ingest distils nothing by itself
    distill_job_id: None = None
    memory_ids: list[str]
    memos_written: int
    # nrem reads no source code
    codegraph_memos_written: int = 0
    codegraph_edges_written: int = 0
    # each with a code, and what it means
    warnings: list[dict[str, Any]]


class DistillOut(JobOut):
    """As `JobOut`; `memory_ids` are the memories that are taken apart."""

    memory_ids: list[str]


class DistillStatus(JobStatus):
    """How a distillation stands."""

    agent_id: str
    # what reads: `offline` without a key of a model
    model: str
    memory_ids: list[str]
    chunk_size: int
    chunk_overlap: int
    max_concurrency: int
    chunks_total: int
    chunks_failed: int
    # subjects and values of which something is said
    entities_extracted: int
    # edges from memos to the memories that they were made from
    relationships_extracted: int
    memos_written: int
    # the memos
    memo_ids: list[str]


class RefineOut(JobOut):
    """As `JobOut`."""

    dataset_id: str | None


class RefineStatus(JobStatus):
    """How a refinement stands; counts grow while it runs."""

    # `api`, or the schedule that asked
    trigger: str
    dataset_id: str | None
    # live memories that were looked at
    memos_scanned: int
    # of these, repeats of an older one, which were merged into it
    memos_deduped: int
    edges_reweighted: int
    edges_pruned: int
    # uses that were counted
    feedback_drained: int
    # `without_vector`: memories of which only equal texts could be found
    job_metadata: dict[str, Any]
