#!/usr/bin/env python3
"""Does the linter survive code that nobody would write? Mutates C++ files and runs all checks over them: no mutant may
make one crash, fail an assertion or run out of time. Whether a mutant compiles does not matter.

usage: fuzz-lint [--seconds 60] [--seed 1] [--jobs N] [--scratch DIR] [--unsafe-fixes] [FILE…] [-- COMPILER_FLAG…]

Each build tree has a test/fuzz-lint that says the rest; best is one with sanitizers: make fuzz-lint SECONDS=1800.
FILEs are, unless named, the rules' programs and tests; what they include with "" is mutated with them. A mutant
differs from its file in one to four places, where
  - a statement, a member or a class is deleted, doubled, moved, swapped with another or taken from another file;
  - it is put into a lambda, a macro, a condition, a loop, a function, a class or a template;
  - a name is replaced by another one of the file, here or everywhere; a token is dropped, doubled or replaced.
Then the fixes are applied to those that compile, with --unsafe-fixes all of them, and they must still compile. Mutants that broke the linter are kept
in DIR/failures, with what was printed. Those that break stock clang-tidy are kept in DIR/clang and count for nothing.

Exits 0 when nothing broke, 1 when something did, 2 when it could not run.
"""
import argparse
import collections
import dataclasses
import functools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BATCH = 24
TOKEN = re.compile(r'[A-Za-z_]\w*|\d[\w.]*|"(?:[^"\\]|\\.)*"|::|->|&&|\|\||[-+*/=!<>]=|\S')
NAME = re.compile(r"\b[A-Za-z_]\w*\b")
CLASS = re.compile(r"\s*(struct|class)\s+\w+[^;]*$")
FUNCTION = re.compile(r"\s*[\w:<>&*~ ]+\([^;]*\)[^;]*\{")
FRAME = re.compile(r"^ *#\d+ .*?(torchtidy::[\w:~]+)", re.M)
KEPT = set("auto bool break case class const continue double else false float for if include int namespace nullptr operator "
           "private public return static struct switch template this true typename using virtual void while".split())
TOKENS = ["nullptr", "{}", "this", "auto", "*this", "T_", "T_::x", "0", '""', "&", "*", "std::move", "decltype(auto)", "...", ";", "::",
          "co_return", "static", "virtual", "mutable", "nowhere", "torch::nn::Module", "torch::Tensor", "template", "(", "<", "}"]
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=0:detect_container_overflow=0:detect_odr_violation=0",
              "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}


@functools.lru_cache(maxsize=None)
def source(path, including=()):
    """The headers that the file includes with <>, and its other lines with what it includes with "" in their place.
    Comments go: they would suppress findings, or be run by lit."""
    headers, lines = [], []
    for line in re.sub(r"//.*", "", path.read_text(errors="replace")).splitlines():
        if re.match(r"\s*#\s*include\s*<", line):
            headers.append(line)
        elif local := re.match(r'\s*#\s*include\s*"(.*)"', line):
            header = (path.parent / local[1]).resolve()
            if header.is_file() and header not in including:
                inner = source(header, (*including, path.resolve()))
                headers += inner[0]
                lines += inner[1]
        elif line.strip() and not re.match(r"\s*#\s*pragma\s+once", line):
            lines.append(line)
    return tuple(dict.fromkeys(headers)), tuple(lines)


def piece_end(lines, start):
    """The line after the statement, member or block that begins at that line."""
    depth = 0
    for end in range(start, len(lines)):
        depth += sum(lines[end].count(c) for c in "{([") - sum(lines[end].count(c) for c in "})]")
        if depth <= 0 and (lines[end].rstrip().endswith((";", "{", "}", ":", ",")) or lines[end].startswith("#")):
            return end + 1
    return len(lines)


def any_piece(lines, draw):
    start = draw.randrange(len(lines))
    return start, piece_end(lines, start)


def names(text):
    return sorted(set(NAME.findall(text)) - KEPT)


def delete(lines, draw, others):
    start, end = any_piece(lines, draw)
    lines[start:end] = []


def double(lines, draw, others):
    start, end = any_piece(lines, draw)
    lines[start:start] = lines[start:end]


def move(lines, draw, others):
    start, end = any_piece(lines, draw)
    piece = lines[start:end]
    lines[start:end] = []
    at = draw.randint(0, len(lines))
    lines[at:at] = piece


def swap(lines, draw, others):
    start, middle = any_piece(lines, draw)
    if middle < len(lines):
        end = piece_end(lines, middle)
        lines[start:end] = lines[middle:end] + lines[start:middle]


def splice(lines, draw, others):
    other = list(source(draw.choice(others))[1])
    if other:
        start, end = any_piece(other, draw)
        at = draw.randint(0, len(lines))
        lines[at:at] = other[start:end]


def wrap(lines, draw, others):
    start, end = any_piece(lines, draw)
    piece = lines[start:end]
    one_line = " ".join(piece)
    lines[start:end] = draw.choice([
        ["[&] {", *piece, "}();"],
        ["[=](auto... each_) mutable {", *piece, "}(1, this);"],
        ["static const auto made_ = [this, self_ = shared_from_this()] {", *piece, "return 1; }();"],
        ["if (rand() > 1) {", *piece, "}"],
        ["if constexpr (sizeof(T_) > 1) {", *piece, "} else {", *piece, "}"],
        ["for (auto &&each_ : {1, 2}) {", *piece, "}"],
        ["while (true) {", *piece, "break; }"],
        ["switch (rand()) { case 0: {", *piece, "} default:; }"],
        ["try {", *piece, "} catch (...) {}"],
        ["#define M_(...) __VA_ARGS__", f"M_({one_line})"],
        [f"#define BODY_ {one_line}", "BODY_", "BODY_"],
        ["namespace inner {", *piece, "}"],
        ["template <class T_> auto wrapped_(T_ x_) {", *piece, "}"],
        ["struct Wrapped_ : torch::nn::Module {", *piece, "};"],
        ["template <class T_> struct Wrapped_ : T_ {", *piece, "};", "template struct Wrapped_<torch::nn::Module>;"],
    ])


def template(lines, draw, others):
    places = [i for i, line in enumerate(lines) if CLASS.match(line) or FUNCTION.match(line)]
    if places:
        at = draw.choice(places)
        if draw.random() < 0.3:
            lines[at] = re.sub(r"\b(torch::)?nn::Module\b", "T_", lines[at])
        lines[at:at] = [draw.choice(["template <class T_>", "template <class T_ = torch::nn::Module>", "template <int N_ = 1>",
                                     "template <class... T_>", "template <>", "template <template <class> class T_>"])]


def rename(lines, draw, others):
    every = names("\n".join(lines))
    places = [i for i, line in enumerate(lines) if names(line) and not line.startswith("#")]
    if places:
        at = draw.choice(places)
        old, new = draw.choice(names(lines[at])), draw.choice(every)
        for i in range(len(lines)) if draw.random() < 0.3 else [at]:
            lines[i] = re.sub(rf"\b{old}\b", new, lines[i])


def token(lines, draw, others):
    at = draw.randrange(len(lines))
    found = list(TOKEN.finditer(lines[at]))
    if found:
        one = draw.choice(found)
        new = draw.choice(["", one[0] + " " + one[0], draw.choice(TOKENS), draw.choice(found)[0]])
        lines[at] = lines[at][:one.start()] + new + lines[at][one.end():]


MUTATIONS = (delete, double, move, swap, splice, wrap, wrap, template, rename, rename, token, token)


def mutant(path, draw, others, counts):
    headers, lines = source(path)
    lines = list(lines)
    for _ in range(draw.choice((1, 1, 2, 4))):
        change = draw.choice(MUTATIONS)
        counts[change.__name__] += 1
        lines = lines or [""]
        change(lines, draw, others)
    return "\n".join([*headers, *lines]) + "\n"


@dataclasses.dataclass
class Outcome:
    failure: str = ""  # a crash or a time-out
    error: str = ""  # the first compile error
    rules: list = dataclasses.field(default_factory=list)


class Linter:
    """torch-tidy with the flags of the mutants, and the clang-tidy beside it."""

    def __init__(self, args, flags):
        self.command = [args.torch_tidy, "check", "--checks=-*,torch-*", "--config={}", "--settings-file=", "--no-cache", "--quiet",
                        "--output-format=json", f"-j{args.jobs}", f"--timeout-per-file={args.timeout}"]
        # One check that has nothing to say; what breaks it is Clang.
        self.stock = [args.clang_tidy, "--checks=-*,llvm-namespace-comment", "--config={}", "--quiet"]
        self.timeout, self.flags = args.timeout, ["--", *flags]

    def run(self, paths, *options):
        """What became of each path, and what was printed besides."""
        done = subprocess.run([*self.command, *options, *map(str, paths), *self.flags], capture_output=True, text=True, errors="replace",
                              env={**SANITIZERS, **os.environ})
        outcomes = {path: Outcome() for path in paths}
        try:
            findings = json.loads(done.stdout)["findings"]
        except ValueError:
            if done.returncode == 2:
                raise OSError(done.stderr.strip())
            # It took the driver itself: each file will be asked about.
            return {path: Outcome(failure=f"torch-tidy ended with {done.returncode}") for path in paths}, done.stderr
        by_name = {path.name: outcome for path, outcome in outcomes.items()}
        for finding in findings:
            if outcome := by_name.get(pathlib.PurePath(finding["path"]).name):
                if finding["group"] == "not-checked":
                    outcome.failure = finding["message"]
                elif finding["group"] == "compile-error":
                    outcome.error = outcome.error or finding["message"]
                elif finding["rule"].startswith("torch-"):
                    outcome.rules.append(finding["rule"])
        return outcomes, done.stderr

    def breaks_clang(self, path):
        """What stock clang-tidy says where it breaks as well."""
        try:
            done = subprocess.run([*self.stock, str(path), *self.flags], capture_output=True, text=True, errors="replace",
                                  timeout=self.timeout)
        except subprocess.TimeoutExpired:
            return f"clang-tidy is not done after {self.timeout} s"
        return done.stderr if done.returncode < 0 or done.returncode > 1 else ""


class Fuzzer:
    def __init__(self, linter, scratch, fixes):
        self.linter, self.scratch, self.fixes = linter, scratch, fixes
        self.counts = collections.Counter({"mutants": 0, "that do not compile": 0, "that broke the linter": 0,
                                           "that were fixed": 0, "that a fix broke": 0, "that break Clang": 0})
        self.rules = collections.Counter()
        self.seen = set()  # failures that were printed: where each happened

    def check(self, name, texts):
        """The texts are mutants; NAME is for those that are kept."""
        work = self.scratch / "mutants"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        paths = [work / f"{i}.cpp" for i in range(len(texts))]
        for path, text in zip(paths, texts):
            path.write_text(text)
        outcomes = self.linter.run(paths)[0]
        for path, outcome in outcomes.items():
            self.counts["mutants"] += 1
            self.counts["that do not compile"] += bool(outcome.error)
            self.rules.update(outcome.rules)
            if outcome.failure:
                self.triage(path, f"{name}-{path.stem}")
        fixable = [path for path, outcome in outcomes.items() if outcome.rules and not outcome.error and not outcome.failure]
        if not fixable:
            return
        before = {path: path.read_text() for path in fixable}
        outcomes = self.linter.run(fixable, *self.fixes)[0]
        changed = [path for path in fixable if path.read_text() != before[path]]
        self.counts["that were fixed"] += len(changed)
        # Read anew: what the run says of its own fixes is not to be believed.
        again = self.linter.run(changed)[0] if changed else {}
        for path in fixable:
            broken = [outcome.failure or outcome.error for outcome in (outcomes[path], again.get(path, Outcome()))
                      if outcome.failure or outcome.error]
            if broken:
                fixed = path.read_text()
                path.write_text(before[path])
                self.keep(path, "failures", f"{name}-{path.stem}", f"{broken[0]}\n{fixed}")
                self.counts["that a fix broke"] += 1

    def triage(self, path, name):
        if log := self.linter.breaks_clang(path):
            self.counts["that break Clang"] += 1
            return self.keep(path, "clang", name, log)
        outcomes, log = self.linter.run([path])
        if not outcomes[path].failure:
            # It was another one of the batch, or the machine was too busy.
            self.counts["that failed once only"] += 1
            return None
        self.counts["that broke the linter"] += 1
        return self.keep(path, "failures", name, f"{outcomes[path].failure}\n{log}")

    def keep(self, path, folder, name, log):
        kept = self.scratch / folder / f"{name}.cpp"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, kept)
        kept.with_suffix(".log").write_text(log)
        where = tuple(FRAME.findall(log)[:3]) or log.splitlines()[0]
        if folder == "failures" and where not in self.seen:
            self.seen.add(where)
            print(f"fuzz-lint: {kept}: {summary(log)}", flush=True)

    def broke(self):
        return self.counts["that broke the linter"] + self.counts["that a fix broke"]


def summary(log):
    """What failed, and the frames that are this project's."""
    lines = log.splitlines()
    return "\n".join([*lines[:2], *[line for line in lines[2:] if "Processing" in line or FRAME.search(line)][:8]])


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0], epilog=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch-tidy", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--clang-tidy", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--scratch", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--timeout", type=int, default=60, help="for one mutant, in seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unsafe-fixes", action="store_true", help="apply those that change behaviour, too")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    given = sys.argv[1:]
    split = given.index("--") if "--" in given else len(given)
    return parser.parse_args(given[:split]), given[split + 1:]


def main():
    args, flags = arguments()
    files = args.files or sorted([*ROOT.glob("rules/*/*.cpp"), *ROOT.glob("test/checks/*/*.cpp")])
    fixes = ["--fix", *(["--unsafe-fixes"] if args.unsafe_fixes else [])]
    fuzzer, draw, changes = Fuzzer(Linter(args, flags), args.scratch, fixes), random.Random(args.seed), collections.Counter()
    start, batch = time.time(), 0
    while time.time() - start < args.seconds:
        fuzzer.check(f"seed{args.seed}-{batch}", [mutant(draw.choice(files), draw, files, changes) for _ in range(BATCH)])
        batch += 1
        if not batch % 100:
            print(f"fuzz-lint: {fuzzer.counts['mutants']} mutants, {fuzzer.broke()} failures", flush=True)
    seconds = time.time() - start
    print("fuzz-lint: " + ", ".join(f"{count} {name}" for name, count in fuzzer.counts.items()))
    print(f"fuzz-lint: {fuzzer.rules.total()} findings of {len(fuzzer.rules)} rules; {seconds:.0f} s, "
          f"{fuzzer.counts['mutants'] / seconds:.1f} mutants a second with {args.jobs} jobs")
    print("fuzz-lint: changes: " + ", ".join(f"{count} {change}" for change, count in sorted(changes.items())))
    return 1 if fuzzer.broke() else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        print(f"fuzz-lint: {error}", file=sys.stderr)
        sys.exit(2)
