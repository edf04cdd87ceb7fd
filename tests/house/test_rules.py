from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.house import rules
from tests.house.project import python_files, read
from tests.house.rules import RULES, Finding, Module

Rule = Callable[[Module], Iterator[Finding]]

# (rule, where, what breaks it, what keeps it)
SNIPPETS: list[tuple[Rule, str, str, str]] = [
    (rules.commits, "worker/passes/decay.py", "conn.commit()", "conn.execute(CLAIM)"),
    (rules.commits, "nrem/store/decay.py", "conn.rollback()", "conn.begin_nested()"),
    (
        rules.broad_excepts,
        "api/app.py",
        "try:\n    f()\nexcept Exception:\n    pass",
        "try:\n    f()\nexcept ValueError:\n    pass",
    ),
    (
        rules.broad_excepts,
        "nrem/queue.py",
        "try:\n    f()\nexcept (OSError, BaseException):\n    pass",
        "try:\n    f()\nexcept (OSError, ValueError):\n    pass",
    ),
    (
        rules.broad_excepts,
        "nrem/queue.py",
        "with suppress(Exception):\n    f()",
        "with suppress(OSError):\n    f()",
    ),
    (
        rules.broad_excepts,
        "nrem/queue.py",
        "try:\n    f()\nexcept:\n    pass",
        "try:\n    f()\nfinally:\n    g()",
    ),
    (
        rules.execute_in_loops,
        "nrem/store/decay.py",
        "for row in rows:\n    conn.execute(ONE, row)",
        "for row in conn.execute(ALL):\n    keep(row)",
    ),
    (
        rules.execute_in_loops,
        "worker/runner/batch.py",
        "while conn.scalar(DUE):\n    work()",
        "while work():\n    pass\nconn.scalar(DUE)",
    ),
    (
        rules.execute_in_loops,
        "nrem/store/decay.py",
        "found = [conn.scalar(ONE, row) for row in rows]",
        "found = [keep(row) for row in conn.scalars(ALL)]",
    ),
    (
        rules.nested_imports,
        "nrem/cli.py",
        "def main():\n    import fastapi",
        "def main():\n    import onnxruntime",
    ),
    (
        rules.nested_imports,
        "nrem/llm/embed.py",
        "def load():\n    from nrem import clock",
        "def load():\n    from tokenizers import Tokenizer",
    ),
    (rules.scanning, "worker/app.py", "import pkgutil", "import importlib.resources"),
    (rules.scanning, "api/app.py", "import_module(name)", "app.include_router(events.router)"),
    (rules.scanning, "worker/app.py", "Pass.__subclasses__()", "Pass.name"),
    (rules.scanning, "nrem/store/sql.py", "HERE.glob('*.sql')", "(HERE / name).read_text()"),
    (rules.built_sql, "nrem/store/a.py", "conn.execute(text(f'SELECT {x}'))", "text('SELECT :x')"),
    (rules.built_sql, "nrem/store/a.py", "text('SELECT ' + x)", "text('SELECT ' 'a')"),
    (rules.built_sql, "nrem/store/a.py", "text('SELECT %s' % x)", "conn.execute(CLAIM, {'x': x})"),
    (rules.built_sql, "nrem/store/a.py", "text('{}'.format(x))", "text(read('claim'))"),
    (rules.built_sql, "nrem/store/a.py", "Q = f'SELECT {x}'\ntext(Q)", "Q = 'SELECT'\ntext(Q)"),
    (
        rules.sql_outside_store,
        "worker/runner/batch.py",
        "from sqlalchemy import select",
        "from sqlalchemy import Connection",
    ),
    (
        rules.sql_outside_store,
        "api/routes/events.py",
        "conn.execute('SELECT 1')",
        "events.append(conn, batch)",
    ),
    (rules.wall_clocks, "nrem/store/a.py", "datetime.now(UTC)", "clock.utc_now()"),
    (rules.wall_clocks, "tests/store/test_a.py", "import time\ntime.sleep(1)", "probe.wait()"),
    (
        rules.wall_clocks,
        "nrem/wire/field.py",
        "from time import time",
        "from time import perf_counter",
    ),
    (rules.wall_clocks, "nrem/wire/field.py", "a = dt.date.today()", "a = dt.date(2026, 1, 1)"),
    (rules.impure_policy, "nrem/policy/decay.py", "import os", "import math"),
    (rules.impure_policy, "nrem/policy/decay.py", "import pydantic", "import re"),
    (
        rules.impure_policy,
        "nrem/policy/decay.py",
        "from nrem import clock",
        "from nrem.policy import model",
    ),
    (
        rules.impure_policy,
        "nrem/policy/decay.py",
        "from nrem.config import Settings",
        "from nrem.policy.model import Tier",
    ),
    (
        rules.leftovers,
        "nrem/wire/field.py",
        "x = 1  # TODO later",
        "x = 'TODO'  # said by a person",
    ),
]


@pytest.mark.parametrize(("rule", "path", "bad", "good"), SNIPPETS)
def test_rule_tells_bad_from_good(rule: Rule, path: str, bad: str, good: str) -> None:
    found = [list(rule(Module(path=path, source=source))) for source in (bad, good)]

    assert found[0]
    assert not found[1]


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (rules.commits, "worker/runner/leased.py", "conn.commit()"),
        (rules.broad_excepts, "worker/poll.py", "try:\n    f()\nexcept Exception:\n    pass"),
        (rules.execute_in_loops, "api/deps.py", "for row in rows:\n    conn.execute(ONE, row)"),
        (rules.scanning, "nrem/embedded/data.py", "folder.glob('*.log')"),
        (rules.sql_outside_store, "nrem/store/event.py", "from sqlalchemy import select"),
        (rules.wall_clocks, "nrem/clock.py", "datetime.now(UTC)"),
        (rules.impure_policy, "nrem/store/event.py", "import os"),
    ],
)
def test_rule_spares_the_place_it_names(rule: Rule, path: str, source: str) -> None:
    found = list(rule(Module(path=path, source=source)))

    assert not found


@pytest.mark.parametrize("path", ["nrem/utils.py", "nrem/store/sql_helpers.py", "api/base/app.py"])
def test_vague_module_name_is_refused(path: str) -> None:
    assert list(rules.vague_names(Module(path=path, source="")))


@pytest.mark.parametrize("path", ["nrem/clock.py", "nrem/store/database.py", "api/app.py"])
def test_plain_module_name_is_accepted(path: str) -> None:
    assert not list(rules.vague_names(Module(path=path, source="")))


def test_every_rule_is_tried_on_a_snippet() -> None:
    tried = {rule for rule, *_ in SNIPPETS} | {rules.vague_names}

    assert tried == set(RULES)


@cache
def _modules() -> list[Module]:
    """Every module of the project, parsed once for all rules."""
    return [Module(path=path.as_posix(), source=read(path)) for path in python_files()]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_project_keeps_rule(rule: Rule) -> None:
    modules = _modules()

    broken = [
        f"{module.path}:{line}: {message}" for module in modules for line, message in rule(module)
    ]

    assert not broken
