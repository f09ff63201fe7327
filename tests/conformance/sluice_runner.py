"""A pytest plugin: every dbt command of dbt's own adapter suite is run by `sluice` instead.

dbtRunner.invoke() is the one way in by which the suite runs commands. Here it closes the test process's own connections (DuckDB lets one
process at a time hold the file), starts $SLUICE with the same words, and gives back what dbt would have: results made of the artifacts
that sluice wrote, read by dbt's own classes, so an artifact that dbt cannot read fails the test.

Only the classes that dbt itself passes are run ($CONFORMANCE_EXPECTED names the lists): one that cannot work here, for want of a network,
leaves connections behind that lock the database for those after it.
"""

import gc
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import agate
import dbt.tests.util
from dbt.adapters.factory import FACTORY
from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.freshness import FreshnessExecutionResultArtifact
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.results import TimingInfo
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.exceptions import DbtUsageException
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.exceptions import ParsingError
from dbt_common.exceptions import CompilationError, DbtDatabaseError, DbtRuntimeError

SLUICE = os.environ["SLUICE"]
EXCEPTIONS = Path(__file__).with_name("exceptions.txt")
WITHOUT_RESULTS = {"deps", "clean", "debug", "init", "list", "ls", "parse"}
FLAGS_WITH_VALUE = {
    "--project-dir", "--profiles-dir", "--target-path", "--log-path", "--log-level", "--log-format", "--vars", "--threads",
    "--target", "-t", "--profile", "--warn-error-options", "--state", "--log-level-file", "--log-format-file",
}
# dbt's exception for an error of sluice, by the beginning of its code; what says its kind in words comes first.
ERROR_KINDS = [
    ("Parsing Error", ParsingError),
    ("Compilation Error", CompilationError),
    ("Database Error", DbtDatabaseError),
    ("error[SL01", ParsingError),
    ("error[SL03", ParsingError),
    ("error[SL0405]", ParsingError),
    ("error[SL02", CompilationError),
    ("error[SL04", CompilationError),
]
FILLS_CACHE = {"build", "clone", "run", "seed", "snapshot", "test"}


LAST_OUTPUT = [""]  # of the command that ran last


def expected_classes():
    names = set()
    for path in os.environ.get("CONFORMANCE_EXPECTED", "").split(os.pathsep):
        names.update(Path(path).read_text(encoding="utf-8").split())
    return names


def pytest_collection_modifyitems(config, items):
    if not os.environ.get("CONFORMANCE_EXPECTED"):
        return
    expected = expected_classes()
    exceptions = {line.split(None, 1)[0] for line in EXCEPTIONS.read_text(encoding="utf-8").splitlines() if line.strip()}
    left_out = []
    last = []
    for item in items[:]:
        words = item.nodeid.removeprefix("tests/functional/adapter/").split("::")
        name = ".".join([words[0].removesuffix(".py").replace("/", "."), *words[1:-1]])
        if name not in expected:
            items.remove(item)
            left_out.append(item)
        elif name in exceptions:
            # A statement that fails inside this process may keep the database open, so what is known to fail comes last.
            items.remove(item)
            last.append(item)
    items += last
    config.hook.pytest_deselected(items=left_out)


def command_of(words):
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in FLAGS_WITH_VALUE:
            skip = True
        elif not word.startswith("-"):
            return word
    return ""


def value_of(words, flag, default):
    for index, word in enumerate(words):
        if word == flag and index + 1 < len(words):
            return words[index + 1]
        if word.startswith(flag + "="):
            return word[len(flag) + 1 :]
    return default


def release_database():
    """Lets go of the database file: closes the connections of all adapters of this process.

    After a failed test pytest keeps its traceback, and with it the cursors in the frames.
    """
    kept = [name for name in ("last_exc", "last_type", "last_value", "last_traceback") if hasattr(sys, name)]
    for name in kept:
        delattr(sys, name)
    if kept:
        gc.collect()
    for adapter in FACTORY.adapters.values():
        adapter.cleanup_connections()
        manager = type(adapter.connections)
        if hasattr(manager, "close_all_connections"):
            manager.close_all_connections()


def fill_cache(manifest):
    """Leaves the adapter of this process as one of dbt's own commands does: knowing the relations of the project's schemas.

    They are read from the database; tests that go on with the adapter rely on it not asking again.
    """
    for adapter in FACTORY.adapters.values():
        adapter.config.args.single_threaded = True
        with adapter.connection_named("master"):
            adapter.set_relations_cache([node for node in manifest.nodes.values() if node.is_relational and not node.is_ephemeral_model], clear=True)
    release_database()


def environment():
    """Ours, and the moment at which a test has stopped the clock (see frozen_clock.c)."""
    if "freezegun" not in sys.modules or not sys.modules["freezegun"].api.freeze_factories:
        return None
    moment = datetime.now(timezone.utc).timestamp()
    return {**os.environ, "LD_PRELOAD": os.environ["FROZEN_CLOCK"], "FROZEN_SECONDS": str(int(moment))}


def target_folder(words):
    project = Path(value_of(words, "--project-dir", os.getcwd()))
    named = value_of(words, "--target-path", os.environ.get("DBT_TARGET_PATH"))
    if named is None:
        text = (project / "dbt_project.yml").read_text() if (project / "dbt_project.yml").exists() else ""
        found = re.search(r"^target-path: *['\"]?([^'\"\n]+)", text, re.MULTILINE)
        named = found.group(1).strip() if found else "target"
    return project / named


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def manifest_of(target):
    path = target / "manifest.json"
    if not path.exists():
        return None
    return Manifest.from_writable_manifest(WritableManifest.read_and_check_versions(str(path)))


def timing(entry):
    def moment(text):
        return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None

    return TimingInfo(entry["name"], moment(entry["started_at"]), moment(entry["completed_at"]))


class Unlisted:
    """A node of a result that the manifest does not hold: an inline query, a hook."""

    def __init__(self, unique_id, entry):
        self.unique_id = unique_id
        self.name = unique_id.split(".")[-1]
        self.compiled_code = entry.get("compiled_code")
        self.relation_name = entry.get("relation_name")


def results_of(target, manifest, shown=None):
    written = read_json(target / "run_results.json")
    results = []
    for entry in written["results"]:
        unique_id = entry["unique_id"]
        node = None
        if manifest is not None:
            node = manifest.expect(unique_id) if unique_id in manifest.nodes or unique_id in manifest.sources else None
            node = node or manifest.unit_tests.get(unique_id) or manifest.exposures.get(unique_id) or manifest.functions.get(unique_id)
        node = node or Unlisted(unique_id, entry)
        if entry.get("compiled_code") is not None and hasattr(node, "compiled_code"):
            node.compiled_code = entry["compiled_code"]
            node.compiled = True
        results.append(
            RunResult(
                status=entry["status"],
                timing=[timing(t) for t in entry["timing"]],
                thread_id=entry["thread_id"],
                execution_time=entry["execution_time"],
                adapter_response=entry["adapter_response"],
                message=entry["message"],
                failures=entry["failures"],
                batch_results=entry.get("batch_results"),
                node=node,
                agate_table=shown,
            )
        )
    return RunExecutionResult(
        results=results, elapsed_time=written["elapsed_time"], generated_at=datetime.now(), args=written.get("args", {})
    )


def shown_table(output):
    """The rows of `show --output json`."""
    begin = output.find("{")
    rows = json.loads(output[begin:])["show"] if begin >= 0 else []
    names = list(rows[0]) if rows else []
    return agate.Table([[row[name] for name in names] for row in rows], names)


def result_of(command, words, output):
    target = target_folder(words)
    if command in ("list", "ls"):
        return [line for line in output.splitlines() if line]
    if command == "docs":
        return CatalogArtifact.from_dict(read_json(target / "catalog.json"))
    if command == "source":
        return FreshnessExecutionResultArtifact.from_dict(read_json(target / "sources.json"))
    manifest = manifest_of(target)
    if command == "parse":
        return manifest
    if command in WITHOUT_RESULTS:
        return command != "debug" or None
    return results_of(target, manifest, shown_table(output) if command == "show" else None)


def raise_for(code, text):
    if code != 2:
        return None
    if text.startswith("error[SL0801]"):
        return DbtUsageException(text)
    for kind, error in ERROR_KINDS:
        if kind in text:
            return error(text)
    return DbtRuntimeError(text)


def send(callbacks, line):
    """Hands one JSON log line to the callbacks that the test gave, as dbt's EventMsg with attributes by name."""
    try:
        event = json.loads(line)
    except ValueError:
        return

    class Part:
        def __init__(self, values):
            self.__dict__.update({k: Part(v) if isinstance(v, dict) else v for k, v in values.items()})

    for callback in callbacks:
        callback(Part(event))


def invoke(self, args, **kwargs):
    words = [str(word) for word in args]
    for name, value in kwargs.items():
        flag = "--" + name.replace("_", "-")
        words += [flag] if value is True else [] if value is False or value is None else [flag, str(value)]
    command = command_of(words)
    release_database()
    spoken = list(words)
    if command == "show" and "--output" not in words:
        spoken += ["--output", "json"]
    if self.callbacks:
        spoken += ["--log-format", "json"]
    done = subprocess.run([SLUICE, *spoken], capture_output=True, text=True, check=False, env=environment())
    text = done.stdout + done.stderr
    print(text)
    LAST_OUTPUT[0] = text
    for line in done.stdout.splitlines() if self.callbacks else []:
        send(self.callbacks, line)
    error = raise_for(done.returncode, text)
    if error is not None:
        return dbtRunnerResult(success=False, exception=error)
    result = result_of(command, words, done.stdout)
    if command in FILLS_CACHE:
        fill_cache(manifest_of(target_folder(words)))
    return dbtRunnerResult(success=done.returncode == 0, result=result)


def run_dbt_and_capture(args=None, expect_pass=True):
    return dbt.tests.util.run_dbt(args, expect_pass=expect_pass), LAST_OUTPUT[0]


def get_manifest(project_root):
    return manifest_of(target_folder(["--project-dir", str(project_root)]))


dbtRunner.invoke = invoke
dbt.tests.util.get_manifest = get_manifest
dbt.tests.util.run_dbt_and_capture = run_dbt_and_capture
