"""Whatever the client z3rno 0.9.1 takes and answers, this one takes and answers, too."""

import inspect
from types import ModuleType
from typing import Any

import pydantic
import pytest
import z3rno
from z3rno import exceptions, models

from nrem import sdk
from tests.sdk import samples

OURS: dict[type, type] = {
    z3rno.Z3rnoClient: sdk.Client,
    z3rno.AsyncZ3rnoClient: sdk.AsyncClient,
    type(z3rno.Z3rnoClient("http://localhost").admin): sdk.Admin,
}


def _public(module: ModuleType, kind: type) -> dict[str, Any]:
    found = inspect.getmembers(module, inspect.isclass)
    return {name: one for name, one in found if issubclass(one, kind) and one is not kind}


MODELS = _public(models, pydantic.BaseModel)
ENUMS = {"MemoryType", "RelationshipType", "RetrievalStrategy"}


@pytest.mark.parametrize("theirs", OURS, ids=lambda one: one.__name__)
def test_every_method_takes_what_the_old_one_took(theirs: type) -> None:
    for name, method in inspect.getmembers(theirs, inspect.isfunction):
        if name.startswith("_"):
            continue
        ours = inspect.signature(getattr(OURS[theirs], name)).parameters
        for asked in inspect.signature(method).parameters.values():
            assert asked.name in ours, (name, asked.name)
            if asked.kind is asked.POSITIONAL_OR_KEYWORD:
                assert ours[asked.name].kind is asked.kind, (name, asked.name)
            if asked.default is asked.empty:
                continue
            assert ours[asked.name].default is not asked.empty, (name, asked.name)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_the_fields_of_the_old_one(name: str) -> None:
    ours = getattr(sdk, name)
    known = {*ours.model_fields, *dir(ours)}

    assert set(MODELS[name].model_fields) <= known
    assert {one for one in vars(MODELS[name]) if not one.startswith(("_", "model_"))} <= known


@pytest.mark.parametrize("name", sorted(_public(exceptions, Exception)))
def test_every_error_has_its_old_name(name: str) -> None:
    assert issubclass(getattr(sdk, name), sdk.Z3rnoError)


@pytest.mark.parametrize("name", sorted(ENUMS))
def test_every_enum_has_its_old_values(name: str) -> None:
    ours = {one.name: str(one) for one in getattr(sdk, name)}

    assert {one.name: str(one) for one in getattr(models, name)}.items() <= ours.items()


def test_old_attributes_of_answers_stand_beside_the_documented_ones() -> None:
    entry = sdk.AuditPage.model_validate(samples.AUDIT)[0]
    page = sdk.AuditPage.model_validate(samples.AUDIT)
    session = sdk.Session.model_validate(samples.SESSION)

    assert (entry.operation, entry.event_type) == ("store", "store")
    assert entry.created_at == entry.timestamp
    assert (page.total, page.total_count) == (1, 1)
    assert (session.session_id, session.id) == ("ses_1", "ses_1")


@pytest.mark.parametrize(
    ("theirs", "ours"), [("operation", "event_type"), ("created_at", "timestamp")]
)
def test_entry_is_read_by_either_name(theirs: str, ours: str) -> None:
    told: dict[str, object] = {"id": 7, "operation": "store", "created_at": samples.AT}
    told[ours] = told.pop(theirs)

    assert getattr(sdk.AuditEntry.model_validate(told), theirs)
