"""Prints every parameter of every command of dbt, for dbt_parameters.tsv. Run it with the Python of a virtual environment
that has dbt-core 1.11.16: names, negations, environment variables, kind, type, commands ("(root)": before the command)."""

import click
from dbt.cli.main import cli


def walk(command, path):
    yield " ".join(path) or "(root)", command
    if isinstance(command, click.Group):
        for name in command.commands:
            yield from walk(command.commands[name], path + [name])


def names(words):
    return ",".join(sorted(words)) or "-"


rows = {}
for path, command in walk(cli, []):
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            continue
        variables = parameter.envvar or []
        variables = [variables] if isinstance(variables, str) else list(variables)
        kind = "flag" if parameter.is_flag else "words" if parameter.multiple else "value"
        choices = getattr(parameter.type, "choices", None)
        type_name = "|".join(sorted(choices)) if choices else parameter.type.name
        row = (names(parameter.opts), names(parameter.secondary_opts), names(variables), kind, type_name)
        rows.setdefault(row, []).append(path)
for row in sorted(rows):
    print(*row, ",".join(sorted(rows[row])), sep="\t")
