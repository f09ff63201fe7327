"""Every class of dbt-tests-adapter that dbt-duckdb's own suite does not use, as it is: the second part of the conformance suite.

`run` copies this file into the suite's folder as test_base_classes.py, where pytest finds the fixtures. A class whose base in the same module
has all its tests is that base over again, so only the ends of each module's inheritance are taken.
"""

import ast
import importlib
import inspect
from pathlib import Path

import dbt.tests.adapter

SUITE = Path(__file__).parent


def adapter_modules():
    root = Path(next(iter(dbt.tests.adapter.__path__)))
    for file in sorted(root.rglob("*.py")):
        words = file.relative_to(root).with_suffix("").parts
        if words[-1] != "__init__":
            yield importlib.import_module(".".join(("dbt.tests.adapter", *words)))


def used_by_suite():
    """(module, class) of all that the suite's own files import from dbt-tests-adapter."""
    used = set()
    for file in sorted(SUITE.rglob("*.py")):
        for statement in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("dbt.tests.adapter"):
                used.update((statement.module, alias.name) for alias in statement.names)
    return used


def adds_nothing(kind):
    return all(name.startswith("__") for name in vars(kind))


def is_used(kind, used):
    """Whether the suite runs this class, or the one that it only gives another name."""
    while True:
        if (kind.__module__, kind.__name__) in used:
            return True
        if not adds_nothing(kind) or len(kind.__bases__) != 1:
            return False
        kind = kind.__bases__[0]


def base_classes():
    used = used_by_suite()
    for module in adapter_modules():
        own = [
            kind
            for kind in vars(module).values()
            if inspect.isclass(kind) and kind.__module__ == module.__name__ and any(name.startswith("test_") for name in dir(kind))
        ]
        parents = {base for kind in own for base in kind.__mro__[1:]}
        for kind in own:
            if kind not in parents and not is_used(kind, used):
                yield kind


for _kind in base_classes():
    _module = _kind.__module__.removeprefix("dbt.tests.adapter.").replace(".test_", ".").replace(".", "_")
    _name = f"Test_{_module}_{_kind.__name__}"
    globals()[_name] = type(_name, (_kind,), {"__test__": True, "__module__": __name__})
del _kind
