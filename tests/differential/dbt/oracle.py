"""Runs dbt commands that arrive on standard input, each in a fork of a process that has imported dbt already.

A request is one JSON line {"arguments": [...], "folder": ..., "output": path, "environment": {...}}; the answer is the exit code.
"""

import json
import os
import sys

from dbt.cli.main import dbtRunner
import dbt.adapters.duckdb  # noqa: F401  imported here so that no fork pays for it


def run(request):
    os.chdir(request["folder"])
    os.environ.update(request["environment"])
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    result = dbtRunner().invoke(request["arguments"])
    if result.exception:
        print(result.exception)
    sys.stdout.flush()
    os._exit(0 if result.success else 2 if result.exception else 1)


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
