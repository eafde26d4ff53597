#!/usr/bin/env python3
"""What a run of .ci/run came to: names what failed, then prints `N passed, N failed, N skipped`.

usage: ci-summary.py DIR     (steps: a line `passed|failed WHAT` each; *.xml: the JUnit reports of ctest, lit and GoogleTest)
"""
import pathlib
import sys
import xml.etree.ElementTree as xml

REPORTED_APART = ("lit", "warm-preamble", "runtime.tests")  # of ctest: their own reports are counted instead


def steps(folder):
    path = folder / "steps"
    for line in path.read_text().splitlines() if path.exists() else []:
        outcome, name = line.split(" ", 1)
        if outcome == "failed":  # a step that passed is counted by its tests
            yield outcome, name


def cases(report):
    for case in xml.parse(report).getroot().iter("testcase"):
        if report.stem.endswith("-ctest") and case.get("name") in REPORTED_APART:
            continue
        broken = case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail"
        idle = case.find("skipped") is not None or case.get("status") in ("notrun", "disabled", "skipped")
        yield "failed" if broken else "skipped" if idle else "passed", f'{report.stem}: {case.get("classname", "")}::{case.get("name")}'


def main():
    folder = pathlib.Path(sys.argv[1])
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for outcome, name in [*steps(folder), *(case for report in sorted(folder.glob("*.xml")) for case in cases(report))]:
        counts[outcome] += 1
        if outcome == "failed":
            print("ci: failed:", name)
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
