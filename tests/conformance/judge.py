"""judge.py RESULT.xml EXPECTED.txt EXCEPTIONS.txt: what a run of the adapter suite means.

EXPECTED.txt lists the test classes that dbt-duckdb itself passes; EXCEPTIONS.txt those that sluice need not pass, as
`module::Class  reason`. A class passes when all its tests that ran did. `judge.py --list RESULT.xml` prints the classes that passed.
"""

import sys
import xml.etree.ElementTree


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


def main(arguments):
    if arguments[0] == "--list":
        print("\n".join(sorted(name for name, failed in classes(arguments[1]).items() if not failed)))
        return 0
    result, expected_file, exceptions_file = arguments
    ran = classes(result)
    exceptions = dict(line.split(None, 1) for line in lines(exceptions_file))
    expected = lines(expected_file)
    passed, failed = 0, []
    for name in expected:
        if name not in ran:
            continue
        if not ran[name]:
            passed += 1
            if name in exceptions:
                failed.append(f"{name}: passes now; take it out of exceptions.txt")
        elif name not in exceptions:
            failed.append(f"{name}: {', '.join(ran[name])}")
    excused = sum(1 for name in expected if name in exceptions and ran.get(name))
    print(f"{passed} of {passed + excused + len(failed)} classes that dbt-duckdb passes, {excused} listed in exceptions.txt")
    for line in failed:
        print(f"FAILED {line}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1:]))
