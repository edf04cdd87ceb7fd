"""Every operation of both OpenAPI documents keeps what the document says, by all checks."""

from typing import Final

import pytest
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.serving import Service
from tests.contract.documents import LISTENERS, MODES, Listener, cases, operations

EXAMPLES: Final = 2
_CURSOR: Final = "a cursor is one that a page came with"
_POLICY: Final = "a policy is checked as a whole, against bounds in docs/policies.md"
_INSTANT: Final = "an instant lies between 1900 and tomorrow"
# Where a request that fits its shape may be refused: what a shape cannot say.
STRICTER: Final = {
    "GET /v1/admin/holds": _CURSOR,
    "GET /v1/admin/policy/versions": _CURSOR,
    "GET /v1/admin/runs": _CURSOR,
    "GET /v1/audit": "page_size and limit are one setting, operation and event_type another",
    "GET /v1/memories": _CURSOR,
    "GET /v1/memories/{memory_id}/relationships": _CURSOR,
    "PATCH /v1/admin/policy": _POLICY,
    "PATCH /v1/cards/{agent}/{user}": "fields are those that the agent's schema names",
    "PATCH /v1/memories/{memory_id}": "tier and expected_version go by the memory as it stands",
    "POST /v1/admin/erasures": "ref is left out for the org, and for nothing else",
    "POST /v1/admin/holds": "each kind of hold names what it holds in fields of its own",
    "POST /v1/admin/passes/{name}:preview": "fields go by the pass",
    "POST /v1/admin/policy:preview": _POLICY,
    "POST /v1/admin/policy:rollback": "a version is one that was",
    "POST /v1/admin/schedules/{name}:pause": "integers are written without a fraction",
    "POST /v1/admin/schedules/{name}:resume": "integers are written without a fraction",
    "POST /v1/conversations": "depth of metadata is bounded",
    "POST /v1/distill": "chunk_overlap is less than chunk_size",
    "POST /v1/events": _INSTANT,
    "POST /v1/ingest": "each kind has a field of its own",
    "POST /v1/memories": _INSTANT,
    "POST /v1/memories/batch": _INSTANT,
    "POST /v1/memories/forget": "without ids an agent is forgotten only where the policy says so",
    "POST /v1/memories/forget_all": _INSTANT,
    "POST /v1/memories/recall": "as_of lies in the past, a time range has an order",
    "POST /v1/memories/recall/stream": "as_of lies in the past, a time range has an order",
    "POST /v1/memories/{memory_id}/relationships": "a memory has no edge to itself",
    "POST /v1/memories/{memory_id}:restore": "a time to live ends before the year 10000",
    "PUT /v1/admin/policy": _POLICY,
    "PUT /v1/admin/schedules/{name}": "cron expressions and time zones have a grammar",
    "PUT /v1/agents/{agent}/card-schema": "of JSON schemas it takes the flat ones of texts",
}
_ALL: Final = [(listener, label) for listener in LISTENERS for label in operations(listener)]

load_all_checks()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize(("listener", "label"), _ALL, ids=lambda part: getattr(part, "name", part))
def test_operation_keeps_its_document(
    service: Service, listener: Listener, label: str, mode: GenerationMode
) -> None:
    url = service.url if listener.name == "public" else service.admin_url
    operation = operations(listener, url)[label]
    left_out = [positive_data_acceptance] if label in STRICTER else []

    with service.caller(scopes=listener.scopes) as caller:
        headers = {"Authorization": f"Bearer {caller.key}"}
        for case in cases(operation, mode, most=EXAMPLES, chance=1):
            case.call_and_validate(headers=headers, excluded_checks=left_out)


def test_every_exemption_is_of_an_operation_that_exists() -> None:
    assert set(STRICTER) <= {label for _, label in _ALL}
