"""Compares the cases that stand in test/ with those that lit lists.

usage: every_case.py TEST_SOURCES LIT SUITE
"""
import pathlib
import re
import subprocess
import sys

sources, lit, suite = sys.argv[1:]
written = [f"{path.relative_to(sources)}/{name}" for path in sorted(pathlib.Path(sources).rglob("*.py"))
           for name in re.findall(r"^\s*def case_(\w+)", path.read_text(), re.M)]
listed = subprocess.run([sys.executable, lit, "--show-tests", suite], capture_output=True, text=True, check=True).stdout
known = re.findall(r":: (\S+_test\.py/\w+)$", listed, re.M)
never = sorted(set(written) - set(known)) + sorted(name for name in set(written) if written.count(name) > 1)
assert written and not never, f"never run: {never}"
print(f"{len(written)} cases, each a test")
