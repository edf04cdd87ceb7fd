"""House rules that no linter knows: each is a function from one module to what breaks it.

A rule yields (line, what is wrong and what to do). `RULES` is the list of them; each is tried
on a bad and a good snippet in test_rules.py, then on every module of the project.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

Finding = tuple[int, str]

# The places where a transaction ends; everything else works inside one it was handed.
COMMITS: Final = ("nrem/store/engine.py", "worker/runner", "api/deps.py", "migrations/env.py")
# The places that must outlive any fault: they turn it into a parked row, an answer or a restart.
CATCHES_ALL: Final = (
    "worker/runner",
    "worker/poll.py",
    "api/problems.py",
    "api/ingest.py",
    "nrem/embedded/supervisor.py",
)
# Costly to import and not always installed.
HEAVY: Final = frozenset({"anthropic", "numpy", "onnxruntime", "tokenizers", "zeno"})
# Packages that import what they are asked for.
DOORS: Final = ("nrem/__init__.py", "nrem/zeno/__init__.py")
# What reads a clock or moves time; perf_counter measures and is free.
CLOCKS: Final = frozenset(
    {"now", "utcnow", "today", "time", "time_ns", "monotonic", "monotonic_ns", "sleep"}
)
IMPURE: Final = frozenset(
    {
        *("asyncio", "builtins", "ctypes", "importlib", "io", "logging", "multiprocessing", "os"),
        *("pathlib", "random", "secrets", "shutil", "signal", "socket", "sqlite3", "subprocess"),
        *("sys", "tempfile", "threading", "time", "urllib", "uuid", "warnings"),
    }
)
SQL_WORDS: Final = frozenset({"delete", "insert", "literal_column", "select", "text", "update"})
EXECUTES: Final = frozenset({"exec_driver_sql", "execute", "executemany", "scalar", "scalars"})
LISTINGS: Final = frozenset({"glob", "iglob", "iterdir", "listdir", "rglob", "scandir"})
SCANS: Final = frozenset({"__import__", "__subclasses__", "entry_points", "import_module"})
WRITES_LISTS: Final = ("api", "nrem/policy", "nrem/store", "scheduler", "worker")
VAGUE: Final = frozenset({"base", "common", "helper", "helpers", "manager", "util", "utils"})


@dataclass(frozen=True, kw_only=True)
class Module:
    """One Python file: its path from the project's root, and its text."""

    path: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of the text."""
        return ast.parse(self.source, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree: every rule looks at them."""
        return list(ast.walk(self.tree))

    def lies_in(self, *patterns: str) -> bool:
        """Whether the path matches one of `patterns`, or lies below a folder that does."""
        path = PurePosixPath(self.path)
        return any(
            self.path.startswith(f"{pattern}/") or path.match(pattern) for pattern in patterns
        )


def commits(module: Module) -> Iterator[Finding]:
    """A transaction ends where it began: in the engine, the runner, or a route's dependency."""
    if module.lies_in(*COMMITS, "tests"):
        return
    for call in _calls(module.nodes):
        if _last(call.func) in {"commit", "rollback"}:
            yield call.lineno, "only the engine, the runner and the API's dependencies commit"


def broad_excepts(module: Module) -> Iterator[Finding]:
    """Expected faults are named; only what must outlive every fault catches all."""
    if module.lies_in(*CATCHES_ALL):
        return
    for node in module.nodes:
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
            yield node.lineno, "name the exceptions that can be expected here"
    for call in _calls(module.nodes):
        if _last(call.func) == "suppress" and any(_is_broad(node) for node in call.args):
            yield call.lineno, "name the exceptions that can be expected here"


def execute_in_loops(module: Module) -> Iterator[Finding]:
    """Writes are set-based: one statement takes an array instead of a loop sending many."""
    if not module.lies_in("nrem/store", "worker"):
        return
    for loop in module.nodes:
        for part in _repeated(loop):
            for call in _calls(ast.walk(part)):
                if _last(call.func) in EXECUTES:
                    yield call.lineno, "send one statement with an array, not one per item"


def nested_imports(module: Module) -> Iterator[Finding]:
    """Imports stand at the top, save for heavy optional extras and the door of a lazy package."""
    for function in module.nodes:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            if function.name == "__getattr__" and module.lies_in(*DOORS):
                continue
            for line, names in _imports(ast.walk(function)):
                if not {name.partition(".")[0] for name in names} <= HEAVY:
                    yield line, "import at the top of the module"


def scanning(module: Module) -> Iterator[Finding]:
    """Nothing is found by looking around: passes, routes and tables stand in written lists."""
    if module.lies_in("tests"):
        return
    banned = SCANS | LISTINGS if module.lies_in(*WRITES_LISTS) else SCANS
    for line, names in _imports(module.nodes):
        if "pkgutil" in {name.partition(".")[0] for name in names}:
            yield line, "write the list out instead of scanning for modules"
    for node in module.nodes:
        if isinstance(node, ast.Attribute | ast.Name) and _last(node) in banned:
            yield node.lineno, "write the list out instead of looking for what there is"


def built_sql(module: Module) -> Iterator[Finding]:
    """The text of a statement is constant; values are bound."""
    if module.lies_in("tests"):
        return
    built = _built_names(module.nodes)
    for call in _calls(module.nodes):
        if _last(call.func) in {*EXECUTES, "text"} and call.args:
            first = call.args[0]
            if _is_built(first) or (isinstance(first, ast.Name) and first.id in built):
                yield call.lineno, "bind values instead of writing them into the statement"


def sql_outside_store(module: Module) -> Iterator[Finding]:
    """Statements live in nrem/store and migrations; the embedded server asks if it is up."""
    if module.lies_in("nrem/store", "nrem/embedded", "migrations", "tests"):
        return
    for node in module.nodes:
        if isinstance(node, ast.ImportFrom) and _names_from(node, "sqlalchemy") & SQL_WORDS:
            yield node.lineno, "statements live in nrem/store"
    for call in _calls(module.nodes):
        if _last(call.func) in EXECUTES and call.args and _is_text(call.args[0]):
            yield call.lineno, "statements live in nrem/store"


def wall_clocks(module: Module) -> Iterator[Finding]:
    """Only nrem/clock.py reads a clock or waits; everything else is handed `now`."""
    if module.lies_in("nrem/clock.py"):
        return
    for node in module.nodes:
        if isinstance(node, ast.Attribute | ast.ImportFrom) and _reads_clock(node):
            yield node.lineno, "use nrem.clock, or take `now` as an argument"


def impure_policy(module: Module) -> Iterator[Finding]:
    """Policy computes from its arguments: pure parts of the standard library, and itself."""
    if not module.lies_in("nrem/policy"):
        return
    for line, names in _imports(module.nodes):
        for name in names:
            root = name.partition(".")[0]
            is_own = f"{name}.".startswith(("_typeshed.", "nrem.errors.", "nrem.policy."))
            if not is_own and (root in IMPURE or root not in sys.stdlib_module_names):
                yield line, f"policy may not import {name}"


def vague_names(module: Module) -> Iterator[Finding]:
    """A module is named for the one thing it owns."""
    path = PurePosixPath(module.path)
    for part in (*path.parent.parts, path.stem):
        if VAGUE & set(part.split("_")):
            yield 1, f"{part!r} says nothing about what the module owns"


def leftovers(module: Module) -> Iterator[Finding]:
    """Work that is left stands in the tracker, not in a comment."""
    lines = io.StringIO(module.source).readline
    for token in tokenize.generate_tokens(lines):
        if token.type == tokenize.COMMENT and re.search(r"\b(TODO|FIXME|XXX|HACK)\b", token.string):
            yield token.start[0], "do it now, or leave no mark"


RULES: Final[tuple[Callable[[Module], Iterator[Finding]], ...]] = (
    commits,
    broad_excepts,
    execute_in_loops,
    nested_imports,
    scanning,
    built_sql,
    sql_outside_store,
    wall_clocks,
    impure_policy,
    vague_names,
    leftovers,
)


def _calls(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    return (node for node in nodes if isinstance(node, ast.Call))


def _last(node: ast.AST) -> str:
    """`c` of `a.b.c` and of `c`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, list[str]]]:
    """Line and dotted origins of every import among `nodes`."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield node.lineno, [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, [_origin(node.module or "", alias.name) for alias in node.names]


def _names_from(node: ast.ImportFrom, package: str) -> set[str]:
    """What `from package import …` or `from package.part import …` takes; else nothing."""
    is_it = (node.module or "").partition(".")[0] == package
    return {alias.name for alias in node.names} if is_it else set()


def _reads_clock(node: ast.Attribute | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        return bool(_names_from(node, "time") & CLOCKS)
    return node.attr in CLOCKS and _last(node.value) in {"date", "datetime", "time"}


def _origin(module: str, name: str) -> str:
    """`from nrem import clock` imports nrem.clock; `from math import exp` imports math."""
    return f"{module}.{name}" if module == "nrem" else module


def _is_broad(node: ast.expr | None) -> bool:
    if node is None:
        return True
    named = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(_last(name) in {"BaseException", "Exception"} for name in named)


def _repeated(node: ast.AST) -> list[ast.AST]:
    """The parts of a loop that run once per round; none when `node` is no loop."""
    if isinstance(node, ast.For | ast.AsyncFor):
        return [*node.body]
    if isinstance(node, ast.While):
        return [node.test, *node.body]
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return [node.elt, *_conditions(node.generators)]
    if isinstance(node, ast.DictComp):
        return [node.key, node.value, *_conditions(node.generators)]
    return []


def _conditions(generators: list[ast.comprehension]) -> list[ast.expr]:
    later = [generator.iter for generator in generators[1:]]
    return later + [condition for generator in generators for condition in generator.ifs]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_built(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod)
    if isinstance(node, ast.Call):
        return _last(node.func) == "format"
    return isinstance(node, ast.JoinedStr)


def _built_names(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that are given an f-string or another built text anywhere in the module."""
    return {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and _is_built(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
