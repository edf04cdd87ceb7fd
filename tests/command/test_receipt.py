"""`nrem receipt`, where no database is: what proves an erasure can be verified anywhere."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from nrem import receipt
from nrem.cli import app
from nrem.config import Settings
from nrem.digest import canonical
from nrem.erasure_ledger import Line, Notary, Subject
from nrem.receipt import Facts, Place, Receipt

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SUBJECT = Subject(
    org_id=1,
    erasure_id=1,
    kind="user",
    target_hash=b"hash",
    requested_at=AT,
    fenced_at=AT,
)
ERASURES = ("era_1", "era_2", "era_3")


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NREM_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    monkeypatch.setenv("NREM_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def issued(data: Path) -> list[Receipt]:
    """Three receipts of an org, which stand in the ledger."""
    notary = Notary.of(Settings())
    found = []
    for number, name in enumerate(ERASURES, start=1):
        subject = replace(SUBJECT, erasure_id=number)

        def issuing(place: Place, _begun: Line, name: str = name) -> tuple[datetime, Receipt]:
            facts = Facts(
                org="org_1",
                erasure=name,
                kind="user",
                target_hash=b"hash",
                manifest={"events": 2},
                deleted={"events": 2},
                measured={"events": 0},
                times={},
                scan={},
                schema="0007",
                policy=0,
            )
            made = receipt.issue(
                facts, signer=notary.signer, place=place, at=AT, terms=notary.terms
            )
            return AT, made

        notary.ledger.begin(subject, model_requests=0, model_requested_at=None)
        found.append(notary.ledger.certify(subject, issuing).receipt)
    return [one for one in found if one is not None]


def nrem(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def verified(*words: object) -> tuple[int, dict[str, Any]]:
    found = nrem("receipt", "verify", *words, "--json")
    return found.exit_code, json.loads(found.stdout)


def kept(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_receipt_that_is_shown_is_valid(issued: list[Receipt], tmp_path: Path) -> None:
    file = kept(tmp_path / "one.json", nrem("receipt", "show", "era_2").stdout)

    code, found = verified(file)

    assert code == 0
    assert (found["valid"], found["chain_ok"], found["field"]) == (True, True, None)
    assert found["signed_at"] == AT.isoformat()
    assert found["counts"] == issued[1]["counts"]
    assert file.read_bytes() == receipt.spell(issued[1]) + b"\n"


def test_changed_count_is_1_and_names_what_fails(issued: list[Receipt], tmp_path: Path) -> None:
    shown = nrem("receipt", "show", "era_1").stdout
    file = kept(tmp_path / "one.json", shown.replace('"events":2', '"events":3', 1))

    code, found = verified(file)

    assert code == 1
    assert (found["valid"], found["chain_ok"], found["field"]) == (False, False, "signature")
    assert found["file"] == str(file)


def test_key_is_the_one_that_signed_or_it_is_not_valid(
    issued: list[Receipt], tmp_path: Path
) -> None:
    own = kept(tmp_path / "own", nrem("receipt", "key").stdout)
    other = kept(tmp_path / "other", nrem("receipt", "key", "--data", tmp_path / "o").stdout)
    file = kept(tmp_path / "one.json", nrem("receipt", "show", "era_1").stdout)

    assert verified(file, "--public-key", own)[1]["valid"]
    code, found = verified(file, "--public-key", other)

    assert (code, found["field"]) == (1, "key")


@pytest.mark.parametrize("text", ["", "key", "0" * 63, "0" * 65, "z" * 64])
def test_public_key_that_is_none_is_2(issued: list[Receipt], tmp_path: Path, text: str) -> None:
    file = kept(tmp_path / "one.json", nrem("receipt", "show", "era_1").stdout)

    found = nrem("receipt", "verify", file, "--public-key", kept(tmp_path / "key", text))

    assert found.exit_code == 2
    assert "nrem receipt key" in found.stderr


def test_all_receipts_of_an_org_are_verified_as_a_chain(
    issued: list[Receipt], tmp_path: Path
) -> None:
    listed = nrem("receipt", "list").stdout

    code, found = verified(kept(tmp_path / "all.jsonl", listed))

    assert (code, found["receipts"], found["chain_ok"]) == (0, 3, True)


def test_receipt_signed_by_its_own_installation_for_the_wrong_place_is_found(
    issued: list[Receipt], data: Path, tmp_path: Path
) -> None:
    notary = Notary.of(Settings())
    body = {name: value for name, value in issued[1].items() if name != "signature"}
    body["previous"] = "1" * 64
    forged = {**body, "signature": notary.signer.sign(canonical(body)).hex()}
    files = [
        kept(tmp_path / str(number), receipt.spell(one).decode())
        for number, one in enumerate((issued[0], forged))
    ]

    code, found = verified(*files)

    assert verified(files[1])[0] == 0
    assert (code, found["chain_ok"], found["field"]) == (1, False, "previous")


def test_erasure_without_a_receipt_is_1(issued: list[Receipt]) -> None:
    found = nrem("receipt", "show", "era_9")

    assert found.exit_code == 1
    assert "era_9" in found.stderr


def test_file_that_is_not_there_is_2(tmp_path: Path) -> None:
    assert nrem("receipt", "verify", tmp_path / "none").exit_code == 2
