"""`nrem receipt`: receipts are verified, shown and looked up without a database."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from nrem import receipt
from nrem.config import Settings
from nrem.erasure_ledger import ledger_of
from nrem.errors import ConfigError, NotFoundError
from nrem.receipt import Verdict
from nrem.receipt_key import KEY_FILE, Signer, key_id

_HEX_LETTERS: Final = 64


def verify(files: Sequence[Path], *, public_key: Path | None) -> dict[str, Any]:
    """The keys of `nrem receipt verify --json`.

    A file holds one receipt, or one per line.

    Raises: ConfigError when a file cannot be read, or `public_key` is none.
    """
    public = None if public_key is None else _public(public_key)
    verdicts = [
        (path, receipt.verify(raw, public=public)) for path in files for raw in _receipts(path)
    ]
    bad = next(((path, one) for path, one in verdicts if not one.is_valid), None)
    receipts = [one.receipt for _, one in verdicts if one.receipt is not None]
    broken = receipt.chain_fault(receipts)
    first = receipts[0] if receipts else None
    return {
        "valid": bad is None and broken is None,
        "chain_ok": bad is None and broken is None,
        "signed_at": first["signed_at"] if first else None,
        "counts": first["counts"] if first else None,
        "receipts": len(verdicts),
        "key_id": first["key"]["id"] if first else None,
        # whether the key was held against one that is known, or is the receipts' own
        "key_given": public is not None,
        **_fault(bad, broken),
    }


def _fault(bad: tuple[Path, Verdict] | None, broken: str | None) -> dict[str, str | None]:
    if bad is not None:
        path, verdict = bad
        return {"file": str(path), "field": verdict.field, "fault": verdict.fault}
    if broken is not None:
        return {"file": None, "field": "previous", "fault": f"{broken} does not follow the last"}
    return {"file": None, "field": None, "fault": None}


def describe(found: Mapping[str, Any]) -> str:
    """The verdict as a line for a person."""
    if not found["valid"]:
        where = f"{found['file']}: " if found["file"] else ""
        return f"not valid: {where}{found['field']}: {found['fault']}"
    whose = "the key given" if found["key_given"] else "the key that it carries"
    return f"valid: {found['receipts']} signed with {whose}, {found['key_id']}"


def show(settings: Settings, wanted: str) -> str:
    """The receipt of an erasure, byte for byte as it was issued.

    Raises: NotFoundError when the ledger has none, ConfigError as `Ledger.read` does.
    """
    for one in ledger_of(settings).read():
        if one.receipt is not None and one.receipt["erasure"] == wanted:
            return receipt.spell(one.receipt).decode()
    raise NotFoundError(f"there is no receipt of {wanted}: its erasure is not certified")


def list_all(settings: Settings) -> list[str]:
    """Every receipt of the ledger, in the order they were issued.

    Raises: ConfigError as `Ledger.read` does.
    """
    lines = ledger_of(settings).read()
    return [receipt.spell(one.receipt).decode() for one in lines if one.receipt is not None]


def public_key(settings: Settings) -> dict[str, str]:
    """The key that receipts of this installation are verified with; made if there is none yet.

    Raises: ConfigError when it cannot be read or made.
    """
    public = Signer(settings.data_dir / KEY_FILE).public()
    return {"id": key_id(public), "public": public.hex()}


def _receipts(path: Path) -> list[bytes]:
    raw = _read(path)
    lines = raw.splitlines(keepends=True)
    if len(lines) > 1 and all(line.startswith(b"{") and b"}" in line for line in lines):
        return lines
    return [raw]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None


def _public(path: Path) -> bytes:
    text = _read(path).strip()
    try:
        public = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        public = b""
    if len(text) != _HEX_LETTERS or not public:
        raise ConfigError(f"{path} is no public key: `nrem receipt key` prints one")
    return public
