"""What a write is answered that the database refused because it is for somebody being erased."""

from typing import Final

from sqlalchemy.exc import IntegrityError

from nrem.errors import ConflictError

_CONSTRAINT: Final = "erasing_check"


def refusal(error: IntegrityError) -> ConflictError | None:
    """The refusal, or None when the database meant something else."""
    told = getattr(error.orig, "diag", None)
    if getattr(told, "constraint_name", None) != _CONSTRAINT:
        return None
    return ConflictError(
        "it is about somebody or something that is being erased, so nothing was written",
        remedy="send it again once the erasure is certified, or leave it",
        code="erasing",
    )
