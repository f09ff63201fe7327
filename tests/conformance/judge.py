"""judge.py RESULT.xml EXCEPTIONS.txt EXPECTED.txt...: what a run of the adapter suite means.

The EXPECTED lists name the test classes that dbt-duckdb itself passes; EXCEPTIONS.txt those that sluice need not pass, as
`module::Class  reason`. A class passes when it ran and all its tests that were not skipped passed. Failures are: a class that fails and is
no exception, one that did not run, an exception that passes or that no list knows, and a list of which fewer than GOAL pass.
`judge.py --list RESULT.xml` prints the classes that passed. `judge.py --part …` judges only the classes that ran.
"""

import sys
import xml.etree.ElementTree

GOAL = 0.95


def classes(path):
    """{class: list of failed tests}; classes of which every test was skipped are left out."""
    found = {}
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        name = case.get("classname").removeprefix("tests.functional.adapter.")
        if case.find("skipped") is not None:
            continue
        failed = found.setdefault(name, [])
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(case.get("name"))
    return found


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]


def read_exceptions(path):
    """{class: reason}"""
    exceptions = {}
    for line in lines(path):
        name, _, reason = line.partition(" ")
        if not reason.strip():
            sys.exit(f"{path}: no reason is given for {name}\n0 passed, 1 failed")
        exceptions[name] = reason.strip()
    return exceptions


def main(arguments):
    if arguments[0] == "--list":
        print("\n".join(sorted(name for name, failed in classes(arguments[1]).items() if not failed)))
        return 0
    only_part = arguments[0] == "--part"
    result, exceptions_file, *expected_files = arguments[1:] if only_part else arguments
    ran = classes(result)
    exceptions = read_exceptions(exceptions_file)
    expected = [name for file in expected_files for name in lines(file)]
    if only_part:
        expected = [name for name in expected if name in ran]
        exceptions = {name: reason for name, reason in exceptions.items() if name in ran}
    failed = [f"{name}: an exception of which no list of expected classes knows" for name in exceptions if name not in expected]
    passed = 0
    for name in expected:
        if name not in ran:
            failed.append(f"{name}: did not run")
        elif not ran[name]:
            passed += 1
            if name in exceptions:
                failed.append(f"{name}: passes now; take it out of exceptions.txt")
        elif name not in exceptions:
            failed.append(f"{name}: {', '.join(ran[name])}")
    for file in expected_files if not only_part else []:
        names = lines(file)
        num_passed = sum(1 for name in names if name in ran and not ran[name])
        print(f"{file}: {num_passed} of {len(names)} classes pass, {num_passed / len(names):.1%}")
        if num_passed < GOAL * len(names):
            failed.append(f"{file}: fewer than {GOAL:.0%} pass")
    for line in failed:
        print(f"FAILED {line}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1:]))
