"""Keyed digests: equal input, equal digest; nothing can be guessed from one without the pepper."""

import hmac
import json
from typing import Final

_SIZE: Final = 16  # 128 bits: collisions are out of reach, and the index stays small


def canonical(value: object) -> bytes:
    """The one spelling of a JSON value: sorted keys, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


class Digest:
    """HMAC-SHA256 under the installation's pepper, cut to 16 bytes."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def of(self, *parts: str | bytes | int) -> bytes:
        """The digest of `parts` in their order; ("ab", "c") and ("a", "bc") differ."""
        mac = hmac.new(self._pepper, digestmod="sha256")
        for part in parts:
            raw = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
            mac.update(len(raw).to_bytes(8, "big"))
            mac.update(raw)
        return mac.digest()[:_SIZE]

    def of_json(self, value: object) -> bytes:
        """The digest of a JSON value, whatever the order of its keys."""
        return self.of(canonical(value))
