#!/usr/bin/env python3
"""Does the linter survive code that nobody would write? Mutates C++ files and checks them with torch-tidy: no mutant may
make it crash, fail an assertion or run out of time. Whether a mutant compiles does not matter.

usage: fuzz-lint.py --torch-tidy PATH --scratch DIR [--seconds 60] [--seed N] [--batch 24] FILE… [-- COMPILER_FLAG…]

Use a build with assertions, best with AddressSanitizer (cmake --preset asan). A mutant differs from its file in one to
four places: a line or a block is deleted, doubled, moved or put into a lambda, a macro or a condition; a class becomes a
template; a name is replaced by another one of the file. Mutants that broke the linter are kept in DIR/failures.

Exits 0 when nothing broke, 1 when something did, 2 when it could not run.
"""
import argparse
import collections
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

NAME = re.compile(r"\b[A-Za-z_]\w*\b")
KEPT = set("auto bool break case class const continue double else false float for if include int namespace nullptr operator "
           "private public return static struct switch template this true typename using virtual void while".split())
BROKEN = re.compile(r"the check (crashed|ended with)|not done after|AddressSanitizer|runtime error:|Assertion", re.I)


def block_end(lines, start):
    """The line after the braces that the line opens, or after the line itself."""
    depth = 0
    for end in range(start, len(lines)):
        depth += lines[end].count("{") - lines[end].count("}")
        if depth <= 0:
            return end + 1
    return len(lines)


def wrapped(piece, draw):
    text = "\n".join(piece)
    return draw.choice([
        ["[&] {", *piece, "}();"],
        ["if (rand() > 1) {", *piece, "}"],
        ["for (auto &&each : {1, 2}) {", *piece, "}"],
        ["try {", *piece, "} catch (...) {}"],
        ["#define M_(...) __VA_ARGS__", f"M_({text})", "#undef M_"],
        ["namespace inner {", *piece, "}"],
    ])


def mutate(lines, draw, counts):
    start = draw.randrange(len(lines))
    end = block_end(lines, start)
    piece = lines[start:end]
    kind = draw.choice(["delete", "double", "move", "wrap", "template", "rename", "rename"])
    counts[kind] += 1
    if kind == "delete":
        lines[start:end] = []
    elif kind == "double":
        lines[start:end] = piece + piece
    elif kind == "move":
        lines[start:end] = []
        at = draw.randrange(len(lines) + 1)
        lines[at:at] = piece
    elif kind == "wrap":
        lines[start:end] = wrapped(piece, draw)
    elif kind == "template":
        classes = [i for i, line in enumerate(lines) if re.match(r"\s*(struct|class)\s+\w+[^;]*$", line)]
        if classes:
            at = draw.choice(classes)
            lines[at:at] = [draw.choice(["template <class T_>", "template <int N_ = 1>", "template <class... Ts_>"])]
    else:
        names = sorted(set(NAME.findall("\n".join(lines))) - KEPT)
        places = [i for i, line in enumerate(lines) if set(NAME.findall(line)) - KEPT and not line.startswith("#")]
        if names and places:
            at = draw.choice(places)
            old = draw.choice(sorted(set(NAME.findall(lines[at])) - KEPT))
            lines[at] = re.sub(rf"\b{old}\b", draw.choice(names), lines[at])
    return lines or [""]


def mutant(text, draw, counts):
    """Comments go: they would suppress findings, or be run by lit. The includes at the top stay."""
    lines = [line for line in re.sub(r"//.*", "", text).splitlines() if line.strip()]
    first = next((i for i, line in enumerate(lines) if not line.startswith("#include")), len(lines))
    head, body = lines[:first], lines[first:] or [""]
    for _ in range(draw.randint(1, 4)):
        body = mutate(body, draw, counts)
    return "\n".join(head + body) + "\n"


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--torch-tidy", required=True)
    parser.add_argument("--scratch", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=24, help="mutants a run of torch-tidy")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    args, flags = parser.parse_args(arguments[:split]), arguments[split + 1:]

    draw, kinds, outcomes = random.Random(args.seed), collections.Counter(), collections.Counter()
    failures, work = args.scratch / "failures", args.scratch / "mutants"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    base = [args.torch_tidy, "check", "--checks=-*,torch-*", "--config={}", "--settings-file=", "--output-format=clang-tidy",
            "--quiet", "--timeout-per-file=120", f"--cache-dir={args.scratch / 'cache'}"]

    def run(paths):
        done = subprocess.run([*base, *map(str, paths), "--", *flags], capture_output=True, text=True, errors="replace")
        broke = done.returncode not in (0, 1, 2) or bool(BROKEN.search(done.stderr))
        return done, broke

    start = time.time()
    while time.time() - start < args.seconds:
        paths = []
        for i in range(args.batch):
            path = work / f"mutant{i}.cpp"
            path.write_text(mutant(draw.choice(args.files).read_text(errors="replace"), draw, kinds))
            paths.append(path)
        done, broke = run(paths)
        if "torch/torch.h' file not found" in done.stdout + done.stderr:
            sys.exit("fuzz-lint: LibTorch's headers are not found. Next: give its -isystem directories after --")
        outcomes["mutants"] += len(paths)
        outcomes["with compile errors"] += len(set(re.findall(r"^(\S+mutant\d+\.cpp):\d+:\d+: (?:fatal )?error:",
                                                              done.stdout + done.stderr, re.M)))
        outcomes["findings"] += len(re.findall(r" \[torch-[a-z-]+", done.stdout))
        if not broke:
            continue
        for path in paths:
            alone, broke = run([path])
            if broke:
                outcomes["broke the linter"] += 1
                failures.mkdir(exist_ok=True)
                kept = failures / f"seed{args.seed}-{outcomes['mutants']}-{path.name}"
                shutil.copy(path, kept)
                kept.with_suffix(".log").write_text(alone.stderr)
                print(f"fuzz-lint: {kept} broke the linter:\n{alone.stderr[-1500:]}", flush=True)
    for name in ("with compile errors", "findings", "broke the linter"):
        outcomes.setdefault(name, 0)
    print("fuzz-lint: " + ", ".join(f"{count} {name}" for name, count in outcomes.items()) + f" in {time.time() - start:.0f} s (" +
          ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())) + ")")
    return 1 if outcomes["broke the linter"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        print(f"fuzz-lint: {error}", file=sys.stderr)
        sys.exit(2)
