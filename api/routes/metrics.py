"""GET /metrics on the admin listener: due work per pass, and what this process did."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from api.deps import Nrem
from nrem.store import backlog, engine
from nrem.store.backlog import Backlog

router = APIRouter(tags=["metrics"])


@router.get("/metrics", response_class=Response)
async def metrics(state: Nrem) -> Response:
    """Gauges in the Prometheus text format, read from the database at each scrape."""
    async with engine.begin_async(state.database, org_id=None) as conn:
        rows: list[Backlog] = await conn.run_sync(backlog.read)
        outcomes = await conn.run_sync(backlog.read_outcomes)
    registry = CollectorRegistry()
    _gauges(registry, rows)
    runs = Gauge(
        "nrem_runs", "Runs of a pass that ended so.", ("duty", "outcome"), registry=registry
    )
    for its in outcomes:
        runs.labels(its.pass_name, its.outcome).set(its.runs)
    failures = Gauge(
        "nrem_nudge_failures", "Nudges this process could not publish.", registry=registry
    )
    failures.set(state.nudger.failures)
    given_up = Gauge(
        "nrem_uses_given_up", "Uses this process recalled and could not log.", registry=registry
    )
    given_up.set(state.recorder.given_up)
    unshown = Gauge(
        "nrem_context_rows_skipped",
        "Observations this process could not show in a context.",
        registry=registry,
    )
    unshown.set(state.unshown.count)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _gauges(registry: CollectorRegistry, rows: list[Backlog]) -> None:
    waiting = Gauge("nrem_due", "Items and streams that are due.", ("duty",), registry=registry)
    oldest = Gauge(
        "nrem_oldest_due_seconds", "Age of the oldest due work.", ("duty",), registry=registry
    )
    parked = Gauge("nrem_parked", "Work set aside.", ("duty",), registry=registry)
    for row in rows:
        waiting.labels(row.pass_name).set(row.waiting)
        oldest.labels(row.pass_name).set(row.oldest_due_seconds)
        parked.labels(row.pass_name).set(row.parked)
