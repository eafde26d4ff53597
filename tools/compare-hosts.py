#!/usr/bin/env python3
"""Do all hosts of the checks say the same? Runs them over the files of a compilation database and compares every line
that they print about a finding: file, line, column, message and rule of warnings and notes.

usage: compare-hosts.py -p DATABASE_DIR [options] HOST… -- FILE…

HOST is one of
  NAME=TORCH_TIDY                   the driver
  NAME=TORCH_TIDY,plain             the driver without shared headers
  NAME=CLANG_TIDY,PLUGIN            stock clang-tidy with the plugin
  NAME=CLANG_TIDY,PLUGIN,PCH        the same with LibTorch precompiled by that clang (build/…/test/preamble.pch), which is many times faster
The first host is what the others are compared with.

  --checks GLOBS      (default: torch-*)
  --jobs N            files at a time for clang-tidy (default: 2)
  --save DIR          keep what each host printed

Exits 0 when all agree, 1 when they differ (and prints the lines), 2 when a host could not run.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import time

LINE = re.compile(r"^(/[^:\n]+:\d+:\d+: (?:warning|note): .*)$", re.M)
FAILURE = re.compile(r"^(/[^:\n]+:\d+:\d+: (?:error|fatal error): .*)$", re.M)


def driver(tool, plain, args):
    command = [tool, "check", "-p", args.p, f"--checks=-*,{args.checks}", "--config={}", "--header-filter=.*",
               "--output-format=clang-tidy", "--quiet", "-j", str(args.jobs),
               *(["--plain", "--no-cache"] if plain else []), *args.files]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode not in (0, 1, 2):
        sys.exit(f"compare-hosts: {tool} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout + done.stderr


def clang_tidy(tool, extra, args):
    plugin, _, header = extra.partition(",")
    precompiled = ["--extra-arg=-include-pch", f"--extra-arg={header}"] if header else []

    def one(file):
        command = [tool, f"--load={plugin}", *precompiled, "-p", args.p, f"--checks=-*,{args.checks}", "--config={}",
                   "--header-filter=.*", "--quiet", file]
        return subprocess.run(command, capture_output=True, text=True, errors="replace").stdout

    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        return "".join(pool.map(one, args.files))


def lines(text):
    return set(LINE.findall(text)), set(FAILURE.findall(text))


def main():
    if "--" not in sys.argv:
        sys.exit(__doc__)
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("-p", required=True)
    parser.add_argument("--checks", default="torch-*")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--save", type=pathlib.Path)
    parser.add_argument("hosts", nargs="+")
    args = parser.parse_args(sys.argv[1:split])
    args.files = sys.argv[split + 1:]

    found = {}
    for host in args.hosts:
        name, _, rest = host.partition("=")
        tool, _, extra = rest.partition(",")
        start = time.monotonic()
        try:
            text = clang_tidy(tool, extra, args) if extra and extra != "plain" else driver(tool, extra == "plain", args)
        except OSError as error:
            print(f"compare-hosts: {tool} cannot run: {error}", file=sys.stderr)
            return 2
        if args.save:
            args.save.mkdir(parents=True, exist_ok=True)
            (args.save / f"{name}.txt").write_text(text)
        found[name], failures = lines(text)
        print(f"{name}: {len(args.files)} files, {len(found[name])} lines about findings, "
              f"{len(failures)} compile errors, {time.monotonic() - start:.0f} s", flush=True)

    first, *others = found
    differ = False
    for other in others:
        for sign, only in ((first, found[first] - found[other]), (other, found[other] - found[first])):
            for line in sorted(only):
                differ = True
                print(f"only {sign} (not {other if sign == first else first}): {line}")
    print("the hosts differ" if differ else f"all {len(found)} hosts print the same {len(found[first])} lines")
    return 1 if differ else 0


sys.exit(main())
