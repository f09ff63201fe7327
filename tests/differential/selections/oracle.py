"""What dbt answers to each line of a file of `ls` arguments: oracle.py PROJECT EXPRESSIONS FOLDER.

Parses the project once; each line is then asked in a fork, and its answer written to FOLDER/<line number>.txt: what ls
prints, or "!" when it is an error.
"""

import os
import shlex
import sys

from dbt.cli.main import dbtRunner
import dbt.adapters.duckdb  # noqa: F401  imported here so that no fork pays for it

project, expressions, answers = sys.argv[1:]
os.chdir(project)
common = ["--profiles-dir", "."]
parsed = dbtRunner().invoke(["parse", *common])
assert parsed.success, parsed.exception
for number, line in enumerate(open(expressions)):
    line = line.rstrip("\n")
    if line.startswith("#"):
        continue
    child = os.fork()
    if child == 0:
        output = os.open(os.path.join(answers, f"{number}.txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        result = dbtRunner(manifest=parsed.result).invoke(["--quiet", "ls", "--no-write-json", *common, *shlex.split(line)])
        sys.stdout.flush()
        if result.exception:
            os.ftruncate(output, 0)
            os.pwrite(output, b"!\n", 0)
        os._exit(0)
    os.waitpid(child, 0)
