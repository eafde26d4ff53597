#!/usr/bin/env python3
"""Writes docs/parity.md: what each host of the checks finds in the tests of the rules and in the demo.

usage: parity-table.py [--typing NAME=FILE…] [--note TEXT] NAME=FILE… > docs/parity.md

FILE is what parity.py --json wrote (the driver beside torch-clangd), or what clang-tidy with the plugin, or
torch-clang-tidy, printed over the same files. The driver's counts come from the first .json.
"""
import argparse
import collections
import json
import pathlib
import re
import sys

LINE = re.compile(r"^/[^:\n]+:\d+:\d+: (?:warning|error): .* \[(torch-[a-z-]+)[^\]]*\]$", re.M)


def counts(path):
    """Of each suite and rule: (what the host found, what it and the driver do not agree on, what the driver found)."""
    text = pathlib.Path(path).read_text()
    if path.endswith(".json"):
        return {(suite, rule): (clangd, apart, driver) for suite, rules in json.loads(text).items()
                for rule, (driver, clangd, apart) in rules.items()}
    found = collections.Counter()
    # parity.py compares the demo by rule and message.
    entries = {(("demo", match.group(0).split(" ", 1)[1]) if "/examples/demo/" in match.group(0) else ("rules", match.group(0)), match.group(1))
               for match in LINE.finditer(text)}
    for (suite, _), rule in entries:
        found[suite, rule] += 1
    return {key: (number, None, None) for key, number in found.items()}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("hosts", nargs="+")
    parser.add_argument("--typing", nargs="*", default=[])
    parser.add_argument("--note", default="")
    args = parser.parse_args()
    hosts = {name: counts(path) for name, path in (host.split("=", 1) for host in args.hosts)}
    reference = next(host for host in hosts.values() if any(entry[2] is not None for entry in host.values()))

    print("<!-- Written by tools/parity-table.py, do not edit. -->\n# Parity of the hosts\n")
    print("Findings of each host of the checks over `test/checks/*/warns.cpp` with all rules on, and over `examples/demo/src`.")
    print("torch-clangd is compared with the driver finding by finding: rule, place and message "
          "(`test/clangd/parity.test`).\n")
    differ = False
    for suite, title in (("rules", "Tests of the rules"), ("demo", "Demo")):
        print(f"## {title}\n\n| rule | torch-tidy | {' | '.join(hosts)} |\n|---|{'---:|' * (len(hosts) + 1)}")
        total = [0] * (len(hosts) + 1)
        for rule in sorted(rule for part, rule in reference if part == suite):
            driver = reference[suite, rule][2]
            row = [driver]
            cells = [str(driver)]
            for host in hosts.values():
                if not any(part == suite for part, _ in host):  # was not run over it
                    row.append(0)
                    cells.append("–")
                    continue
                number, apart, _ = host.get((suite, rule), (0, None, None))
                row.append(number)
                wrong = apart or (apart is None and number != driver)
                differ |= bool(wrong)
                cells.append(f"**{number}**" if wrong else str(number))
            total = [one + other for one, other in zip(total, row)]
            print(f"| `{rule}` | {' | '.join(cells)} |")
        print(f"| all | {' | '.join(map(str, total))} |\n")
    print("Bold: not what the driver says." if differ else "No host differs.")
    if args.typing:
        print("\n## Editing\n\n`examples/demo/src/resnet.cpp`, both servers in the same run (`test/clangd/Inputs/typing.py`): opened first; a copy of it "
              "opened, and\nwhat the copy adds to the memory; a new `#include` until the code knows it; from a keystroke to the diagnostics; memory "
              "over random edits.\nMedians of five (keystrokes: of twenty). Times are until the diagnostics.\n")
        print("| | first file | further file | memory of it | new include | keystroke | slowest | random edits | memory before and after |\n"
              "|---|---:|---:|---:|---:|---:|---:|---:|---:|")
        for name, path in (host.split("=", 1) for host in args.typing):
            for server, entry in json.loads(pathlib.Path(path).read_text()).items():
                before, after = (kilobytes // 1024 for kilobytes in entry["rss_kb"])
                print(f"| {server} {name} | {entry['open_s']:.1f} s | {entry['further_s']:.2f} s | {entry['further_kb'] // 1024} MiB | "
                      f"{entry['include_s']:.2f} s | {entry['median_s']:.2f} s | {entry['max_s']:.2f} s | "
                      f"{entry['random_edits']} | {before} → {after} MiB |")
    if args.note:
        print(f"\n{args.note}")
    return 1 if differ else 0


sys.exit(main())
