#!/usr/bin/env python3
"""Show that the rules' harm is real: lint, build and run rules/<slug>/{bad,good}.cpp and compare what they print.

usage: evidence.py [options] [slug…]      (@FILE: options, one a line; a build tree has evidence.args)

For each rule: bad.cpp has findings of the rule on exactly the lines marked `// flagged: torch-<slug>`, good.cpp has none;
both build and run; both print the same `SYMPTOM name=…` names, and at least one value differs.
Where the rule's fix is safe or only changes archives: bad.cpp with the fix applied shows what good.cpp shows, wherever the two differ.

  --check FILE      the script that lints one file (<build>/test/check); without it nothing is linted
  --cxx FILE        compiler (default: c++)
  --work DIR        where programs are built (default: build/evidence)
  --include DIR     LibTorch's include folder, may be repeated
  --library DIR     LibTorch's library folder
  --define ARG      further compiler argument, may be repeated
  --standard N      C++ standard (default: 17)
  --runtime LIB     the runtime library; programs that include torchtidy/ are skipped without it
  --device NAME     make the programs' tensors there, as torch.set_default_device does; needs no --check
  --header-only     make the precompiled header and stop
  --torch VERSION   of LibTorch, for the reports
  --report FILE     run nothing: write the tables of what earlier runs showed, each named by --from; other tables of FILE stay
  --from NAME=DIR   a run for --report: how to call it, and its --work folder; may be repeated
  --device-report FILE   put what --device showed between the marks of that page
  --about TEXT      for --device-report: what else a reader should know
"""
import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


DEVICE_SOURCE = ROOT / "test" / "evidence" / "device" / "default_device.cpp"
NO_DEVICE = 77  # exit status of that file
MARKS = "<!-- results -->", "<!-- end of results -->"


class Failure(Exception):
    pass


class Skipped(Exception):
    pass


def run(command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, errors="replace", **options)


def compile_flags(args):
    # LibTorch is built with NDEBUG, and the layout of at::RecordFunction depends on it.
    flags = [f"-std=c++{args.standard}", "-O0", "-w", "-DNDEBUG", *args.define]
    for folder in args.include:
        flags += ["-isystem", folder]
    if args.runtime:
        flags += ["-I", ROOT / "runtime" / "include"]
    return flags


def make_header(args):
    """A precompiled <torch/torch.h>: with it a program compiles in seconds."""
    folder = args.work / "pch"
    header = folder / "evidence_torch.h"
    output = header.with_suffix(".h.gch" if "clang" not in args.cxx else ".h.pch")
    stamp = folder / "command"
    # What the header's own code instantiates is most of what a program needs: once, not in each.
    once = ["-fpch-instantiate-templates"] if "clang" in args.cxx else []
    command = [args.cxx, *compile_flags(args), *once, "-x", "c++-header", header, "-o", output]
    text = " ".join(str(part) for part in command)
    if output.exists() and stamp.exists() and stamp.read_text() == text:
        return
    folder.mkdir(parents=True, exist_ok=True)
    header.write_text("#include <torch/torch.h>\n")
    result = run(command)
    if result.returncode:
        raise Failure(f"<torch/torch.h> could not be precompiled:\n{result.stderr[-2000:]}")
    stamp.write_text(text)


def make_device_object(args):
    result = run([args.cxx, *compile_flags(args), "-include", args.work / "pch" / "evidence_torch.h", "-c", DEVICE_SOURCE,
                  "-o", args.work / "default_device.o"])
    if result.returncode:
        raise Failure(f"{DEVICE_SOURCE.name} does not compile:\n{result.stderr[-2000:]}")


def build(source, output, args):
    command = [args.cxx, *compile_flags(args), "-include", args.work / "pch" / "evidence_torch.h", source, "-o", output]
    if args.device:
        command.append(args.work / "default_device.o")
    if args.runtime:
        command.append(args.runtime)
    if args.library:
        command += ["-L", args.library, f"-Wl,-rpath,{args.library}"]
    command += ["-Wl,--no-as-needed", "-ltorch", "-ltorch_cpu", "-lc10", "-lpthread"]
    if args.library and (pathlib.Path(args.library) / "libtorch_cuda.so").exists():
        command += ["-ltorch_cuda", "-lc10_cuda"]
    result = run(command)
    if result.returncode:
        raise Failure(f"{source.name} does not build:\n{result.stderr[-3000:]}")


def symptoms(program, args):
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    if args.device:
        environment["TORCHTIDY_DEVICE"] = args.device
    result = run([program], timeout=120, env=environment, cwd=program.parent)
    if args.device and result.returncode == NO_DEVICE:
        raise Skipped(result.stderr.strip())
    found = dict(re.findall(r"^SYMPTOM (\w+)=(.*)$", result.stdout, re.M))
    if result.returncode:
        raise Failure(f"{program.name} exits with {result.returncode}:\n{result.stdout[-500:]}{result.stderr[-1000:]}")
    if not found:
        raise Failure(f"{program.name} prints no line `SYMPTOM name=value`:\n{result.stdout[-500:]}")
    return found


def findings(source, rule, args):
    result = run([args.check, rule, source])
    lines = re.findall(rf"^[^\n:]*{re.escape(source.name)}:(\d+):\d+: (?:warning|error): .*\[{rule}(?:,[^\]]*)?\]$", result.stdout, re.M)
    errors = re.findall(r"^.*: error: .*clang-diagnostic-error.*$", result.stdout, re.M)
    if errors:
        raise Failure(f"{source.name} does not parse:\n" + "\n".join(errors[:5]))
    return sorted({int(line) for line in lines})


def lint(folder, rule, args):
    bad = folder / "bad.cpp"
    marked = [number for number, line in enumerate(bad.read_text().splitlines(), 1) if f"// flagged: {rule}" in line]
    found = findings(bad, rule, args)
    if found != marked:
        raise Failure(f"bad.cpp: marked lines {marked}, findings on lines {found}")
    found = findings(folder / "good.cpp", rule, args)
    if found:
        raise Failure(f"good.cpp: findings on lines {found}")


def fix_kind(folder):
    match = re.search(r"^fix:\s*([\w-]+)", (folder / "rule.md").read_text(), re.M)
    return match.group(1) if match else "none"


def check_fix(folder, rule, work, shown, args):
    fixed = work / "fixed.cpp"
    shutil.copy(folder / "bad.cpp", fixed)
    unasked = [] if fix_kind(folder) == "safe" else ["--fix-notes"]
    run([args.check, rule, fixed, "--fix", *unasked])
    if fixed.read_text() == (folder / "bad.cpp").read_text():
        raise Failure("the rule has a fix, but applying it to bad.cpp changes nothing")
    build(fixed, work / "fixed", args)
    after = symptoms(work / "fixed", args)
    for name, value in shown["good"].items():
        if value != shown["bad"][name] and after.get(name) != value:
            raise Failure(f"after the fix bad.cpp shows {name}={after.get(name)}; good.cpp shows {value}, bad.cpp {shown['bad'][name]}")
    return after


def check_rule(slug, args):
    folder, rule = ROOT / "rules" / slug, "torch-" + slug
    work = args.work / slug
    work.mkdir(parents=True, exist_ok=True)
    (work / "shown.json").unlink(missing_ok=True)
    for name in ("bad.cpp", "good.cpp"):
        if not (folder / name).exists():
            raise Failure(f"rules/{slug}/{name} is missing")
        if not args.runtime and "#include <torchtidy/" in (folder / name).read_text():
            return "skipped: needs the runtime library"
    if args.check:
        lint(folder, rule, args)
    shown = {}
    for name in ("bad", "good"):
        build(folder / f"{name}.cpp", work / name, args)
        shown[name] = symptoms(work / name, args)
    if shown["bad"].keys() != shown["good"].keys():
        raise Failure(f"bad and good print different names: {shown}")
    if shown["bad"] == shown["good"]:
        raise Failure(f"bad and good show the same: {shown['bad']}")
    if args.check and fix_kind(folder) in ("safe", "changes-archives"):
        shown["fixed"] = check_fix(folder, rule, work, shown, args)
    (work / "shown.json").write_text(json.dumps(shown))
    return "; ".join(f"{program} {format_symptoms(found)}" for program, found in shown.items())


def format_symptoms(found):
    return " ".join(f"{name}={value}" for name, value in found.items())


def report_table(run_name, work, slugs):
    lines = [f"## {run_name}", "", "| rule | measured | bad.cpp | good.cpp | bad.cpp after the fix |", "|---|---|---|---|---|"]
    for slug in slugs:
        record = work / slug / "shown.json"
        if not record.exists():
            lines.append(f"| [torch-{slug}](rules/{slug}.md) | not run | | | |")
            continue
        shown = json.loads(record.read_text())
        fixed = shown.get("fixed")
        for name, value in shown["bad"].items():
            if value == shown["good"][name] and len(shown["bad"]) > 1:
                continue  # beside what differs
            after = f"`{fixed[name]}`" if fixed else "" if fix_kind(ROOT / "rules" / slug) == "none" else "not a safe fix"
            lines.append(f"| [torch-{slug}](rules/{slug}.md) | {name.replace('_', ' ')} | `{value}` | `{shown['good'][name]}` | {after} |")
    return lines + [""]


def sections_of(report):
    """The tables of a page, by what comes before the first comma of their headings."""
    pieces = report.read_text().split("\n## ")[1:] if report.exists() else []
    return {piece.split(",")[0]: "## " + piece for piece in pieces}


def write_report(args, slugs):
    lines = ["<!-- Generated by tools/evidence.py --report (make evidence), do not edit. -->", "# Evidence", "",
             "Each rule has two small programs: [`rules/<rule>/bad.cpp`](../rules), which the rule flags, and `good.cpp`, the same program put",
             "right. Both are built against LibTorch and run; this is what they print. `make test` repeats it and fails when a program no longer",
             "shows the harm, when the finding moves off its marked line, or when a safe fix does not take the harm away.", "",
             "On CUDA: see [evidence-cuda.md](evidence-cuda.md).", ""]
    sections = sections_of(args.report)
    for source in args.runs:
        name, _, folder = source.partition("=")
        if not pathlib.Path(folder).is_dir():
            print(f"evidence: {folder} is not there. Next: run the suite first, or name another folder", file=sys.stderr)
            return 2
        sections[name] = "\n".join(report_table(f"{name}, CPU, {datetime.date.today()}", pathlib.Path(folder), slugs))
    args.report.write_text("\n".join(lines + [sections[name].strip() + "\n" for name in sorted(sections)]))
    return 0


def device_name():
    """Of the first CUDA device, with its driver."""
    query = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        return run(query).stdout.splitlines()[0].replace(", ", ", driver ")
    except (OSError, IndexError):
        return "CUDA device of unknown name"


def write_device_report(args, slugs):
    page = args.device_report.read_text()
    before, _, rest = page.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not end:
        raise Failure(f"{args.device_report} lacks '{MARKS[0]}' and '{MARKS[1]}', between which the table goes. Next: put them there")
    lines = [MARKS[0], f"{device_name()}, LibTorch {args.torch}, {datetime.date.today()}. {args.about}", "",
             "| rule | measured | bad.cpp | good.cpp |", "|---|---|---|---|"]
    for slug in slugs:
        record = args.work / slug / "shown.json"
        shown = json.loads(record.read_text()) if record.exists() else {"bad": {}}
        lines += [f"| [torch-{slug}](rules/{slug}.md) | {name.replace('_', ' ')} | `{value}` | `{shown['good'][name]}` |"
                  for name, value in shown["bad"].items() if value != shown["good"][name]]
    args.device_report.write_text(before + "\n".join(lines) + "\n" + MARKS[1] + after)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "), fromfile_prefix_chars="@")
    parser.add_argument("slugs", nargs="*")
    parser.add_argument("--check", type=pathlib.Path)
    parser.add_argument("--cxx", default="c++")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "evidence")
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("--library")
    parser.add_argument("--define", action="append", default=[])
    parser.add_argument("--standard", default="17")
    parser.add_argument("--runtime")
    parser.add_argument("--device")
    parser.add_argument("--device-report", type=pathlib.Path)
    parser.add_argument("--about", default="")
    parser.add_argument("--torch")
    parser.add_argument("--header-only", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--from", dest="runs", action="append", default=[])
    args = parser.parse_args()
    if not args.include:
        args.include = ["/usr/include/torch/csrc/api/include"]
    args.work = args.work.resolve()
    slugs = args.slugs or sorted(path.parent.name for path in (ROOT / "rules").glob("*/rule.md"))
    slugs = [slug.removeprefix("torch-") for slug in slugs]
    if args.report:
        return write_report(args, slugs)
    if args.device_report and not (args.device or "").startswith("cuda"):
        parser.error("--device-report is about CUDA: give --device=cuda")
    try:
        make_header(args)
        if args.device:
            make_device_object(args)
    except Failure as failure:
        print(f"evidence: {failure}")
        return 1
    if args.header_only:
        return 0
    failed = 0

    def one(slug):
        try:
            return slug, check_rule(slug, args), False
        except (Failure, subprocess.TimeoutExpired) as failure:
            return slug, str(failure), True

    try:
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            for slug, text, broken in pool.map(one, slugs):
                print(f"{'FAIL' if broken else 'ok  '} torch-{slug}: {text}", flush=True)
                failed += broken
    except Skipped as reason:
        print(f"evidence: {reason}")
        return 1 if os.environ.get("TORCHTIDY_REQUIRE_CUDA", "") not in ("", "0") else 0
    print(f"evidence: {len(slugs) - failed} of {len(slugs)} rules")
    if args.device_report and not failed:
        try:
            write_device_report(args, slugs)
        except Failure as failure:
            print(f"evidence: {failure}")
            return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
