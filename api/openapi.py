"""The OpenAPI document: FastAPI's, and the shapes of the bodies that routes read themselves."""

from typing import Any, Final, Literal

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from nrem.wire.hold import HoldIn
from nrem.wire.policy import PolicyChangesIn, PolicyIn, PolicyPreviewIn, PolicyRollbackIn
from nrem.wire.request import EventBatchIn, MemoryIn, RecallIn

_BODIES: Final[tuple[type[BaseModel], ...]] = (
    EventBatchIn,
    MemoryIn,
    RecallIn,
    PolicyIn,
    PolicyChangesIn,
    PolicyRollbackIn,
    PolicyPreviewIn,
    HoldIn,
)
_PLACE: Final = "#/components/schemas/{model}"


def takes(model: type[BaseModel]) -> dict[str, Any]:
    """What a route says about the body it reads; the model stands in `_BODIES`."""
    schema = {"$ref": _PLACE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


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
