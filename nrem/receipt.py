"""Receipts of erasures: made, signed and verified here, with no database.

A receipt holds numbers, instants and digests, and is a link of its org's chain: it names the hash
of the receipt before it. Signed with Ed25519 over its canonical JSON; whoever has the public key
verifies it without nrem. The signing key lies in the data directory, for its owner only.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nrem import __version__
from nrem.digest import canonical
from nrem.errors import NremError
from nrem.receipt_key import KEY_BYTES, Signer, key_id

FORMAT: Final = "nrem-receipt/1"
# What the first receipt of an org names instead of one before it.
FIRST: Final = "0" * 64

_SIGNATURE: Final = "signature"
_ENDINGS: Final = (b"", b"\n")

Receipt = dict[str, Any]


class NotErasedError(NremError):
    """Something of what was erased is still there; no receipt is made for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a receipt says of one erasure; ids as callers know them, counts by table."""

    org: str
    erasure: str
    kind: str
    target_hash: bytes
    # rows at the fence, rows deleted, and rows measured after it all
    manifest: Mapping[str, int]
    deleted: Mapping[str, int]
    measured: Mapping[str, int]
    # of each step
    times: Mapping[str, str]
    # counts of the residue scan
    scan: Mapping[str, Any]
    schema: str
    policy: int
    # requests that a provider of paid models got about the person, and the last one's instant
    model_requests: int = 0
    model_requested_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """For how long copies last that nrem does not reach; days, None: it is not known here."""

    backups: int | None = None
    models: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in its org's chain a receipt stands: 1 is the first."""

    number: int
    # the hash of the one before, or FIRST
    previous: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What verifying a receipt found; no field: it is valid."""

    field: str | None
    # what is wrong with the field
    fault: str | None = None
    receipt: Receipt | None = None

    @property
    def is_valid(self) -> bool:
        """Whether the receipt is what was signed."""
        return self.field is None


def issue(facts: Facts, *, signer: Signer, place: Place, at: datetime, terms: Terms) -> Receipt:
    """The signed receipt of an erasure that is complete; equal arguments, equal receipt.

    Raises: NotErasedError when anything was found after it; ConfigError without a key; ValueError
    when the facts make none that can be verified.
    """
    left = [name for name, count in facts.measured.items() if count]
    if unseen := set(facts.manifest) - set(facts.measured):
        raise NotErasedError(f"nobody measured {', '.join(sorted(unseen))}")
    if left:
        raise NotErasedError(f"rows are left in {', '.join(sorted(left))}")
    public = signer.public()
    body: Receipt = {
        "format": FORMAT,
        "org": facts.org,
        "erasure": facts.erasure,
        "number": place.number,
        "previous": place.previous,
        "target": {"kind": facts.kind, "hash": facts.target_hash.hex()},
        "counts": {
            "manifest": dict(facts.manifest),
            "deleted": dict(facts.deleted),
            "measured": dict(facts.measured),
        },
        "times": dict(facts.times),
        "scan": dict(facts.scan),
        "software": {"name": "nrem", "version": __version__},
        "schema": facts.schema,
        "policy": facts.policy,
        "not_covered": _not_covered(facts, at, terms),
        "key": {"id": key_id(public), "public": public.hex()},
        "signed_at": at.isoformat(),
    }
    receipt = {**body, _SIGNATURE: signer.sign(canonical(body)).hex()}
    if (field := verify(spell(receipt), public=public).field) is not None:
        raise ValueError(f"the receipt would not be valid: {field}")
    return receipt


def _not_covered(facts: Facts, at: datetime, terms: Terms) -> list[dict[str, Any]]:
    asked_at = facts.model_requested_at
    models: dict[str, Any] = {
        "what": "llm_provider",
        "requests": facts.model_requests,
        "last_request_at": asked_at.isoformat() if asked_at else None,
        "until": _until(asked_at, terms.models),
    }
    unknown = ("replicas", "http_caches", "freed_disk_blocks")
    return [
        {"what": "backups", "until": _until(at, terms.backups)},
        models,
        *({"what": name, "until": None} for name in unknown),
    ]


def _until(since: datetime | None, days: int | None) -> str | None:
    if since is None or days is None:
        return None
    return (since + timedelta(days=days)).isoformat()


def spell(receipt: Receipt) -> bytes:
    """A receipt as it is handed out and hashed: one line, every byte of it fixed."""
    return canonical(receipt)


def hash_of(receipt: Receipt) -> str:
    """What the next receipt of the org names; 64 letters."""
    return sha256(spell(receipt)).hexdigest()


def verify(raw: bytes, *, public: bytes | None = None) -> Verdict:
    """Hold one receipt against its signature, and its key against the one that is known.

    Without `public` the receipt's own key is taken: that proves it is whole, not who made it.
    """
    try:
        receipt = _parsed(raw)
    except (RecursionError, ValueError):
        return Verdict(field="json", fault="it is no JSON object in the spelling of a receipt")
    for field, check in _CHECKS:
        try:
            holds = check(receipt)
        except (AttributeError, KeyError, TypeError, ValueError):
            holds = False
        if not holds:
            return Verdict(field=field, fault="it is missing or not what it must be")
    if public is not None and receipt["key"]["public"] != public.hex():
        return Verdict(field="key", fault="it was signed with another key than the one given")
    if not _is_signed(receipt):
        return Verdict(field=_SIGNATURE, fault="something was changed after it was signed")
    return Verdict(field=None, receipt=receipt)


def chain_fault(receipts: Sequence[Receipt]) -> str | None:
    """Which of some valid receipts does not fit the one before it in its org; None: all do.

    Of an org with gaps between the receipts at hand, only neighbours are held against each other.
    """
    known: dict[tuple[str, int], Receipt] = {}
    for one in receipts:
        twin = known.setdefault((one["org"], one["number"]), one)
        if twin != one:
            return str(one["erasure"])
    for (org, number), one in known.items():
        before = known.get((org, number - 1))
        if before is not None and one["previous"] != hash_of(before):
            return str(one["erasure"])
    return None


def _parsed(raw: bytes) -> Receipt:
    text = raw.decode("ascii")
    # An escape has two spellings, so none is used.
    if "\\" in text:
        raise ValueError
    found, end = _DECODER.raw_decode(text)
    if not isinstance(found, dict) or text[end:].encode() not in _ENDINGS:
        raise ValueError
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_name: str) -> None:
    raise ValueError


def _in_one_spelling(number: str) -> float:
    if repr(float(number)) != number:
        raise ValueError
    return float(number)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_once_each, parse_constant=_no_constant, parse_float=_in_one_spelling
)


def _is_signed(receipt: Receipt) -> bool:
    body = {name: value for name, value in receipt.items() if name != _SIGNATURE}
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(receipt["key"]["public"]))
    try:
        key.verify(bytes.fromhex(receipt[_SIGNATURE]), canonical(body))
    except InvalidSignature:
        return False
    return True


def _is_hex(value: str, size: int) -> bool:
    # one spelling: a letter in the other case is a changed byte
    return len(value) == 2 * size and bytes.fromhex(value).hex() == value


def _are_counts(value: Mapping[str, Any]) -> bool:
    return all(type(count) is int and count >= 0 for count in value.values())


def _follows(receipt: Receipt) -> bool:
    return _is_hex(receipt["previous"], 32) and (
        (receipt["previous"] == FIRST) == (receipt["number"] == 1)
    )


def _instants(receipt: Receipt) -> bool:
    return all(datetime.fromisoformat(value) is not None for value in receipt["times"].values())


def _is_key(receipt: Receipt) -> bool:
    public = receipt["key"]["public"]
    return _is_hex(public, KEY_BYTES) and receipt["key"]["id"] == key_id(bytes.fromhex(public))


_CHECKS: Final[tuple[tuple[str, Callable[[Receipt], bool]], ...]] = (
    ("format", lambda its: its["format"] == FORMAT),
    ("org", lambda its: its["org"].startswith("org_")),
    ("erasure", lambda its: its["erasure"].startswith("era_")),
    ("number", lambda its: type(its["number"]) is int and its["number"] > 0),
    ("previous", _follows),
    ("target", lambda its: len(bytes.fromhex(its["target"]["hash"])) > 0),
    ("counts.manifest", lambda its: _are_counts(its["counts"]["manifest"])),
    ("counts.deleted", lambda its: _are_counts(its["counts"]["deleted"])),
    ("counts.measured", lambda its: not any(its["counts"]["measured"].values())),
    ("times", _instants),
    ("key", _is_key),
    ("signed_at", lambda its: datetime.fromisoformat(its["signed_at"]) is not None),
    (_SIGNATURE, lambda its: _is_hex(its[_SIGNATURE], 64)),
)
