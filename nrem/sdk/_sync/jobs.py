# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""Calls that start jobs and look after them."""

from collections.abc import Iterable

from nrem.sdk._sync.calls import Calls
from nrem.sdk.body import listed
from nrem.sdk.models.job import (
    DistillJob,
    DistillJobStatus,
    IngestJob,
    IngestJobStatus,
    RefineJob,
    RefineJobStatus,
)
from nrem.sdk.request import given, read, write


class JobCalls(Calls):
    """Taking texts in, distilling memories, tidying up."""

    def ingest_text(
        self,
        *,
        agent_id: str,
        text: str,
        dataset_id: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> IngestJob:
        """Take a text in as memories; `get_ingest_status` tells how far that is.

        Raises: Z3rnoError.
        """
        body = given(kind="text", agent_id=agent_id, text=text, dataset_id=dataset_id)
        request = write("POST", "/v1/ingest", body=body, key=idempotency_key, timeout=timeout)
        return self._call(request, IngestJob)

    def ingest_url(
        self,
        *,
        agent_id: str,
        url: str,
        dataset_id: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> IngestJob:
        """Take a page in as memories; the server fetches only from hosts that it was told to.

        Raises: Z3rnoError; AuthorisationError where the server fetches nothing.
        """
        body = given(kind="url", agent_id=agent_id, url=url, dataset_id=dataset_id)
        request = write("POST", "/v1/ingest", body=body, key=idempotency_key, timeout=timeout)
        return self._call(request, IngestJob)

    def get_ingest_status(self, job_id: str, *, timeout: float | None = None) -> IngestJobStatus:
        """How far an ingest is.

        Raises: Z3rnoError.
        """
        return self._call(read("/v1/ingest/{}", job_id, timeout=timeout), IngestJobStatus)

    def distill(
        self,
        *,
        agent_id: str,
        memory_ids: Iterable[str],
        chunk_size: int | None = None,
        chunk_overlap: int | None = None,
        max_concurrency: int | None = None,
        summary_style: str | None = None,
        include_summary: bool = True,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> DistillJob:
        """Make facts, and a summary, of 1 to 1,000 memories of an agent.

        Raises: Z3rnoError.
        """
        body = given(
            agent_id=agent_id,
            memory_ids=listed("memory_ids", memory_ids),
            chunk_size=chunk_size,
            chunk_overlap=chunk_overlap,
            max_concurrency=max_concurrency,
            summary_style=summary_style,
            include_summary=include_summary,
        )
        request = write("POST", "/v1/distill", body=body, key=idempotency_key, timeout=timeout)
        return self._call(request, DistillJob)

    def get_distill_status(self, job_id: str, *, timeout: float | None = None) -> DistillJobStatus:
        """How far a distillation is.

        Raises: Z3rnoError.
        """
        return self._call(read("/v1/distill/{}", job_id, timeout=timeout), DistillJobStatus)

    def refine(
        self,
        *,
        dataset_id: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> RefineJob:
        """Merge what says the same and tidy edges, in a dataset or in all of the org.

        Raises: Z3rnoError.
        """
        body = given(dataset_id=dataset_id)
        request = write("POST", "/v1/refine", body=body, key=idempotency_key, timeout=timeout)
        return self._call(request, RefineJob)

    def get_refine_status(self, job_id: str, *, timeout: float | None = None) -> RefineJobStatus:
        """How far a tidying is.

        Raises: Z3rnoError.
        """
        return self._call(read("/v1/refine/{}", job_id, timeout=timeout), RefineJobStatus)
