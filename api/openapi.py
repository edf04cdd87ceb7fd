"""The OpenAPI document: FastAPI's, and the shapes of the bodies that routes read themselves."""

from typing import Any, Final, Literal

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from nrem.wire.admin import PauseIn, RevertIn, ScheduleIn
from nrem.wire.budget import BudgetsIn
from nrem.wire.card import CardPatchIn, CardSchemaIn, RenameIn
from nrem.wire.change import ChangeIn, EditIn, MemoryBatchIn, RestoreIn, RollbackIn
from nrem.wire.conversation import ConversationIn, TurnIn
from nrem.wire.erasure import ErasureConfirmIn, ErasureIn
from nrem.wire.forget import ForgetAllIn, ForgetIn
from nrem.wire.hold import HoldIn
from nrem.wire.job import DistillIn, IngestIn, RefineIn
from nrem.wire.key import ApiKeyIn, KeyIn, OrgIn, OrgPatchIn, RotateIn
from nrem.wire.policy import PolicyChangesIn, PolicyIn, PolicyPreviewIn, PolicyRollbackIn
from nrem.wire.preview import PassPreviewIn
from nrem.wire.recall import RecallIn
from nrem.wire.request import EventBatchIn, MemoryIn, RelationshipIn
from nrem.wire.session import SessionIn

_BODIES: Final[tuple[type[BaseModel], ...]] = (
    EventBatchIn,
    MemoryIn,
    RecallIn,
    ScheduleIn,
    PauseIn,
    MemoryBatchIn,
    EditIn,
    ChangeIn,
    RestoreIn,
    RollbackIn,
    PolicyIn,
    PolicyChangesIn,
    PolicyRollbackIn,
    PolicyPreviewIn,
    HoldIn,
    CardSchemaIn,
    CardPatchIn,
    RenameIn,
    RevertIn,
    PassPreviewIn,
    RelationshipIn,
    SessionIn,
    ConversationIn,
    TurnIn,
    BudgetsIn,
    ForgetIn,
    ErasureIn,
    ErasureConfirmIn,
    ForgetAllIn,
    IngestIn,
    DistillIn,
    RefineIn,
    KeyIn,
    ApiKeyIn,
    RotateIn,
    OrgIn,
    OrgPatchIn,
)
_PLACE: Final = "#/components/schemas/{model}"


def takes(model: type[BaseModel], *, is_required: bool = True) -> dict[str, Any]:
    """What a route says about the body it reads; the model stands in `_BODIES`."""
    schema = {"$ref": _PLACE.format(model=model.__name__)}
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": is_required, "content": content}}


class Application(FastAPI):
    """A FastAPI application whose document knows those bodies too."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            mode: Literal["validation"] = "validation"
            inputs = [(model, mode) for model in _BODIES]
            _, shapes = models_json_schema(inputs, ref_template=_PLACE)
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas |= shapes.get("$defs", {})
        return self.openapi_schema or {}
