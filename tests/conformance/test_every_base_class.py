"""Every base class of dbt-tests-adapter as it is, whether or not dbt-duckdb's own suite uses it."""

import importlib
import inspect
from pathlib import Path

import dbt.tests.adapter


def modules():
    root = Path(next(iter(dbt.tests.adapter.__path__)))
    for file in sorted(root.rglob("*.py")):
        words = file.relative_to(root).with_suffix("").parts
        if words[-1] != "__init__":
            yield importlib.import_module(".".join(("dbt.tests.adapter", *words)))


def base_classes():
    for module in modules():
        for name, kind in vars(module).items():
            if inspect.isclass(kind) and kind.__module__ == module.__name__ and any(m.startswith("test_") for m in dir(kind)):
                yield name, kind


for _name, _kind in base_classes():
    _own = f"Test{_name.removeprefix('Test').removeprefix('Base')}As{_kind.__module__.rsplit('.', 1)[-1].title().replace('_', '')}"
    globals()[_own] = type(_own, (_kind,), {"__test__": True})
