"""The prompts: reviewed files, one per duty, and the digest by which the ledger knows them.

A duty's prompt and the schema of its reply are the fixed prefix of each of its requests, so that
the provider's cache can hold them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

DIRECTORY: Final = Path(__file__).parent / "prompts"
_DIGEST_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a model is told about one duty."""

    duty: str
    text: str

    def digest(self, schema: Mapping[str, Any]) -> bytes:
        """Of the text and of the shape that the reply must have; 16 bytes."""
        shape = json.dumps(schema, sort_keys=True, separators=(",", ":"))
        return sha256(f"{self.text}\0{shape}".encode()).digest()[:_DIGEST_BYTES]


@cache
def prompt(duty: str) -> Prompt:
    """The prompt in `prompts/<duty>.md`; read once per process.

    Raises: FileNotFoundError when there is no such file.
    """
    return Prompt(duty=duty, text=(DIRECTORY / f"{duty}.md").read_text(encoding="utf-8"))
