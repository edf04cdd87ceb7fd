"""Receipts: whatever is done to one after it was signed is found, without a database."""

import json
import random
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nrem import receipt
from nrem.errors import ConfigError
from nrem.receipt import FIRST, Facts, NotErasedError, Place, Receipt, Terms
from nrem.receipt_key import KEY_FILE, Signer

AT = datetime(2026, 3, 2, 9, 30, 0, 123456, UTC)
FACTS = Facts(
    org="org_0000000000001",
    erasure="era_0000000000007",
    kind="user",
    target_hash=bytes(range(16)),
    manifest={"events": 12, "memories": 3, "users": 1},
    deleted={"events": 12, "memories": 3, "users": 1},
    measured={"events": 0, "memories": 0, "users": 0},
    times={"fenced": "2026-03-02T09:00:00+00:00", "scanned": "2026-03-02T09:29:00+00:00"},
    scan={"exact": 0, "nearest": 0.25},
    schema="0007",
    policy=3,
    model_requests=2,
    model_requested_at=AT - timedelta(days=1),
)
TERMS = Terms(backups=35, models=30)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(tmp_path / KEY_FILE)


def issued(signer: Signer, place: Place | None = None, facts: Facts = FACTS) -> Receipt:
    place = place or Place(number=1, previous=FIRST)
    return receipt.issue(facts, signer=signer, place=place, at=AT, terms=TERMS)


def field_of(one: object, public: bytes | None = None) -> str | None:
    return receipt.verify(json.dumps(one).encode(), public=public).field


def test_receipt_is_valid_as_it_was_issued(signer: Signer) -> None:
    one = issued(signer)

    found = receipt.verify(receipt.spell(one), public=signer.public())

    assert found.is_valid
    assert found.receipt == one


def test_equal_facts_make_an_equal_receipt(signer: Signer) -> None:
    assert receipt.spell(issued(signer)) == receipt.spell(issued(signer))


def test_every_changed_byte_is_found(signer: Signer) -> None:
    raw = receipt.spell(issued(signer)) + b"\n"
    chance = random.Random(8)  # noqa: S311 - repeatable

    undetected = [
        (place, value)
        for place in range(len(raw))
        for value in {raw[place] ^ 0x20, raw[place] ^ 1, chance.randrange(256)} - {raw[place]}
        if receipt.verify(raw[:place] + bytes([value]) + raw[place + 1 :]).is_valid
    ]

    assert undetected == []


@pytest.mark.parametrize("cut", [1, 2, 100])
def test_receipt_that_was_cut_or_added_to_is_found(signer: Signer, cut: int) -> None:
    raw = receipt.spell(issued(signer))

    assert receipt.verify(raw[:-cut]).field == "json"
    assert receipt.verify(raw + b" " * cut).field == "json"


def test_another_layout_of_the_same_values_is_valid(signer: Signer) -> None:
    one = issued(signer)

    assert receipt.verify(json.dumps(one, indent=2).encode()).is_valid
    assert receipt.verify(json.dumps(dict(reversed(one.items()))).encode()).is_valid


def test_field_that_fails_is_named(signer: Signer) -> None:
    changes: list[tuple[str, Callable[[Receipt], object]]] = [
        ("format", lambda its: its.update(format="nrem-receipt/2")),
        ("org", lambda its: its.pop("org")),
        ("number", lambda its: its.update(number=True)),
        ("previous", lambda its: its.update(previous="1" * 64)),
        ("previous", lambda its: its.update(number=2)),
        ("counts.manifest", lambda its: its["counts"]["manifest"].update(events=-1)),
        ("counts.measured", lambda its: its["counts"]["measured"].update(events=1)),
        ("times", lambda its: its["times"].update(fenced="yesterday")),
        ("key", lambda its: its["key"].update(id="0" * 16)),
        ("signed_at", lambda its: its.update(signed_at=None)),
        ("signature", lambda its: its["counts"]["manifest"].update(events=13)),
        ("signature", lambda its: its.update(added=1)),
        ("signature", lambda its: its.update(signature=its["signature"].upper())),
        ("signature", lambda its: its["not_covered"].clear()),
    ]
    for field, change in changes:
        one = issued(signer)
        change(one)

        assert field_of(one) == field


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"a":1,"a":2}', "{" * 9_999, '{"a":' * 99_999, "é"], ids=range(7)
)
def test_what_is_no_receipt_is_no_valid_one(text: str) -> None:
    assert not receipt.verify(text.encode()).is_valid


def test_key_that_was_given_must_be_the_one_that_signed(signer: Signer, tmp_path: Path) -> None:
    forger = Signer(tmp_path / "other" / "key")
    forged = issued(forger)

    assert field_of(forged) is None
    assert field_of(forged, signer.public()) == "key"


def test_signing_key_is_made_once_and_for_its_owner_only(signer: Signer, tmp_path: Path) -> None:
    first = signer.public()

    assert Signer(tmp_path / KEY_FILE).public() == first
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_file_that_is_no_key_is_refused(signer: Signer, tmp_path: Path) -> None:
    signer.public()
    (tmp_path / KEY_FILE).write_bytes(b"short")

    with pytest.raises(ConfigError, match="5 bytes"):
        signer.public()


@pytest.mark.parametrize("count", [0, 1])
def test_no_receipt_is_made_while_rows_are_left(signer: Signer, count: int) -> None:
    facts = replace(FACTS, measured={**FACTS.measured, "events": count})

    if count:
        with pytest.raises(NotErasedError, match="events"):
            issued(signer, facts=facts)
    else:
        assert issued(signer, facts=facts)["counts"]["measured"] == facts.measured


def test_table_that_nobody_measured_makes_no_receipt(signer: Signer) -> None:
    with pytest.raises(NotErasedError, match="users"):
        issued(signer, facts=replace(FACTS, measured={"events": 0, "memories": 0}))


def test_facts_that_could_be_spelled_twice_make_no_receipt(signer: Signer) -> None:
    with pytest.raises(ValueError, match="json"):
        issued(signer, facts=replace(FACTS, scan={"wörds": 1}))


def test_what_is_not_covered_says_until_when(signer: Signer) -> None:
    found = {one["what"]: one for one in issued(signer)["not_covered"]}

    assert set(found) == {"backups", "freed_disk_blocks", "http_caches", "llm_provider", "replicas"}
    assert found["backups"]["until"] == (AT + timedelta(days=35)).isoformat()
    assert found["llm_provider"]["requests"] == 2
    assert found["llm_provider"]["until"] == (AT + timedelta(days=29)).isoformat()
    assert found["replicas"]["until"] is None


def chain(signer: Signer, length: int) -> list[Receipt]:
    found: list[Receipt] = []
    for number in range(1, length + 1):
        previous = receipt.hash_of(found[-1]) if found else FIRST
        found.append(issued(signer, Place(number=number, previous=previous)))
    return found


def test_chain_of_an_org_fits_in_any_order_and_with_gaps(signer: Signer) -> None:
    its = chain(signer, 4)

    assert receipt.chain_fault(its) is None
    assert receipt.chain_fault([its[3], its[0], its[2]]) is None


def test_receipt_in_the_place_of_another_breaks_the_chain(signer: Signer) -> None:
    its = chain(signer, 3)
    forged = issued(signer, Place(number=2, previous="1" * 64))

    assert receipt.chain_fault([its[0], forged]) == FACTS.erasure
    assert receipt.chain_fault([its[1], forged]) == FACTS.erasure
    assert receipt.chain_fault([forged, its[2]]) == FACTS.erasure
