"""Every table there is stands in the list of what an erasure does about it."""

import re

from nrem.store.erase_tables import EMPTIED, ERASED, KEPT, UNQUEUED
from nrem.store.schema import CONTROL_TABLES, TENANT_TABLES
from nrem.store.statement import DIRECTORY

COUNTED = set(re.findall(r"SELECT '(\w+)'", (DIRECTORY / "erase_count.sql").read_text()))
ALL = {table.name for table in (*CONTROL_TABLES, *TENANT_TABLES)}


def test_every_table_stands_in_one_list() -> None:
    lists = [ERASED, EMPTIED, UNQUEUED, set(KEPT)]

    assert sum(map(len, lists)) == len(ALL)
    assert set().union(*lists) == ALL


def test_what_goes_is_counted() -> None:
    assert ERASED | {"llm_calls_emptied", "events_emptied"} == COUNTED


def test_what_stays_has_a_reason() -> None:
    assert all(KEPT.values())
