#!/usr/bin/env python3
"""Does torch-clangd say what the driver says? Compares rule, place and message of every finding.

usage: parity.py --clangd PROGRAM --driver PROGRAM --cache DIR --work DIR --root SOURCE_TREE [--only NAME…]
                 [--json FILE] -- COMPILER FLAGS

A place agrees when the driver's lies in the range that clangd underlines: clangd shows a whole expression, clang-tidy
the caret in it.

Two suites:
  rules  test/checks/*/warns.cpp. All files pass through one document, as an editor would replace its text, so that
         LibTorch's headers are parsed once.
  demo   examples/demo/src, every source and every header opened as a file of its own. A finding whose place is in
         another file than the open one shows at its first note there: compared by rule and message. What the driver
         says of a header for the sake of a source that includes it, and not of the header alone, no open file shows:
         it is counted apart; so is what a rule learns from the body of a function in a header, since clangd reads
         headers without bodies.

Exits 1 when they differ, and prints the lines.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

import lsp

LINE = re.compile(r"^(/[^:\n]+):(\d+):(\d+): (?:warning|error): (.*) \[(torch-[a-z-]+)[^\]]*\]$", re.M)
# Rules that follow calls into helpers: the demo's stand in a header.
RESTS_ON_BODIES = {"torch-advice-init-in-constructor"}
PREFIX = "#include <torch/torch.h>\nstatic_assert(true);\n"
CHECKS = "-*,torch-*"


class Finding(collections.namedtuple("Finding", "rule message start end")):
    """START and END are (line, column) of the place, both 0 where it does not matter."""

    def __str__(self):
        return f"{self.rule}:{self.start[0]}:{self.start[1]}: {self.message}"

    def placeless(self):
        return self._replace(start=(0, 0), end=(0, 0))


def finding(rule, message, start, end):
    # Clangd writes the first letter large.
    return Finding(rule, message[:1].lower() + message[1:], start, end)


def driver_findings(args, files):
    done = subprocess.run(
        [args.driver, "check", f"--checks={CHECKS}", "--config={}", "--header-filter=.*", "--output-format=clang-tidy",
         "--quiet", f"--cache-dir={args.cache}", *map(str, files), "--", *args.flags],
        capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"parity: the driver ended with {done.returncode}: {done.stderr}")
    found = collections.defaultdict(set)
    for file, line, column, message, rule in LINE.findall(done.stdout):
        place = (int(line), int(column))
        found[pathlib.Path(file)].add(finding(rule, message, place, place))
    return found


def clangd_findings(diagnostics, text, first_line=0):
    found = set()
    lines = text.split("\n")
    for diagnostic in diagnostics:
        rule = diagnostic.get("code", "")
        if not rule.startswith("torch-"):
            if diagnostic["severity"] == 1:
                sys.exit(f"parity: the file does not compile in clangd: {diagnostic['message']}")
            continue
        # LSP counts UTF-16 units from 0, clang-tidy bytes from 1.
        def place(position):
            before = lines[position["line"]].encode("utf-16-le")[:2 * position["character"]].decode("utf-16-le")
            return position["line"] + 1 - first_line, len(before.encode()) + 1

        message = re.sub(r" \(fix(es)? available\)$", "", diagnostic["message"].split("\n")[0])
        found.add(finding(rule, message, place(diagnostic["range"]["start"]), place(diagnostic["range"]["end"])))
    return found


def server(args, name, files):
    folder = args.work / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".clang-tidy").write_text(f"Checks: '{CHECKS}'\n")
    commands = {}
    for file in files(folder):
        commands.update(lsp.command_for(file, args.flags))
    return lsp.Server([args.clangd, "--background-index=false", "-j=2", "--pch-storage=memory"], folder,
                      log=args.work / f"{name}.log", commands=commands), folder


def agree(one, other):
    return one.rule == other.rule and one.message == other.message and other.start <= one.start <= other.end


def report(suite, name, driver, clangd, result):
    """Prints what only one of them says, and counts by rule: [of the driver, of clangd, not agreed]."""
    apart = [(entry, "driver") for entry in driver if not any(agree(entry, other) for other in clangd)]
    apart += [(entry, "clangd") for entry in clangd if not any(agree(other, entry) for other in driver)]
    for entry, who in sorted(apart):
        print(f"{suite} {name}: only {who}: {entry}")
    for column, entries in enumerate((driver, clangd, [entry for entry, _ in apart])):
        for entry in entries:
            result[suite].setdefault(entry.rule, [0, 0, 0])[column] += 1


def rules_suite(args, result):
    tests = sorted((args.root / "test" / "checks").glob("*/warns.cpp"))
    expected = driver_findings(args, tests)
    editor, folder = server(args, "rules", lambda folder: [folder / "open.cpp"])
    document = folder / "open.cpp"
    # What tests include from beside their folder.
    inputs = args.work / "Inputs"
    if not inputs.exists():
        inputs.symlink_to(args.root / "test" / "checks" / "Inputs")
    editor.open(document, PREFIX)
    editor.diagnostics(document)
    for test in tests:
        text = PREFIX + test.read_text()
        editor.change(document, text)
        found = clangd_findings(editor.diagnostics(document), text, PREFIX.count("\n"))
        report("rules", test.parent.name, expected[test], found, result)
    if status := editor.shutdown():
        sys.exit(f"parity: clangd ended with {status}")


def demo_suite(args, result):
    source = args.root / "examples" / "demo" / "src"
    files = sorted(source.iterdir(), key=lambda file: (file.suffix, file.name))
    sources = [file for file in files if file.suffix == ".cpp"]
    by_file = driver_findings(args, sources)
    expected = set().union(*by_file.values())
    copies = lambda folder: [folder / file.name for file in files]
    for file in files:
        copy = args.work / "demo" / file.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    editor, folder = server(args, "demo", copies)
    found = set()
    for copy in copies(folder):
        editor.open(copy)
        found |= clangd_findings(editor.diagnostics(copy), copy.read_text())
        editor.close(copy)
    driver, clangd = ({entry.placeless() for entry in entries} for entries in (expected, found))
    alone = set().union(*driver_findings(args, [file for file in files if file not in sources]).values())
    in_headers = set().union(*(entries for file, entries in by_file.items() if file.suffix != ".cpp"))
    elsewhere = {entry.placeless() for entry in in_headers - alone} - clangd
    elsewhere |= {entry for entry in driver - clangd if entry.rule in RESTS_ON_BODIES}
    for entry in sorted(elsewhere):
        print(f"demo src: no file shows it alone: {entry}")
    report("demo", "src", driver - elsewhere, clangd, result)
    if status := editor.shutdown():
        sys.exit(f"parity: clangd ended with {status}")


SUITES = {"rules": rules_suite, "demo": demo_suite}


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    for option in ("clangd", "driver", "cache"):
        parser.add_argument(f"--{option}", required=True)
    for option in ("work", "root"):
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    parser.add_argument("--only", nargs="+", choices=SUITES, default=list(SUITES))
    parser.add_argument("--json", type=pathlib.Path)
    args = parser.parse_args(sys.argv[1:split])
    args.flags = sys.argv[split + 1:]
    args.work.mkdir(parents=True, exist_ok=True)

    result = {suite: {} for suite in args.only}
    for suite in args.only:
        SUITES[suite](args, result)
    differ = False
    for suite in args.only:
        total, other, apart = (sum(column) for column in zip(*result[suite].values()))
        differ |= apart > 0 or total == 0
        print(f"{suite}: {total} findings of the driver, {other} of torch-clangd, {apart} differ, "
              f"{len(result[suite])} rules")
    if args.json:
        args.json.write_text(json.dumps(result, indent=1))
    return 1 if differ else 0


sys.exit(main())
