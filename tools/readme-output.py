#!/usr/bin/env python3
"""Compares what README.md shows of a run over the demo with what torch-tidy says today.

usage: readme-output.py [--write] TORCH_TIDY CACHE_DIR FLAGS…

The README shows some findings whole, `[…]`, and the end of the output. With --write these are brought up to date; without it the exit
status is 1 where they differ.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
COMMAND = "$ torch-tidy check -p build/dev/demo examples/demo/src\n"


def rule_of(finding):
    return re.search(r"\[([\w-]+)\]$", finding.splitlines()[0])[1]


def main():
    arguments = sys.argv[1:]
    write = arguments[:1] == ["--write"]
    tool, cache, *flags = arguments[write:]
    output = subprocess.run([tool, "check", f"--cache-dir={cache}", "examples/demo/src", "--", *flags], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE).stdout.rstrip("\n")
    *findings, end = re.split(r"\n\n+", output)
    page = ROOT / "README.md"
    text = page.read_text()
    start = text.index(COMMAND) + len(COMMAND)
    stop = text.index("\n```", start)
    shown = [rule_of(part) for part in re.split(r"\n\n+", text[start:stop].split("\n\n[…]")[0])]
    fresh = [next((finding for finding in findings if rule_of(finding) == rule), None) for rule in shown]
    if None in fresh:
        sys.exit(f"README.md: the demo has no finding of {shown[fresh.index(None)]} any more: show another")
    wanted = "\n\n".join([*fresh, "[…]", end])
    if text[start:stop] == wanted:
        return
    if not write:
        sys.exit("README.md does not show what torch-tidy says about the demo. Next: tools/readme-output.py --write "
                 + " ".join([tool, cache, *flags]))
    page.write_text(text[:start] + wanted + text[stop:])


if __name__ == "__main__":
    main()
