#!/usr/bin/env python3
"""Measure the rules on public projects: run torch-tidy over a corpus and compare with places labelled by hand.

usage: corpus.py CORPUS_DIR LABELS.jsonl [options]

CORPUS_DIR holds one checkout a repository in folders named owner+name, and compile_commands.json.
LABELS.jsonl holds one label a line: repo, file, line, rule, verdict (positive, negative, unsure), confidence, why; tier is optional.
A finding counts for a label of its rule when it stands in the same file within 3 lines, or on a line of that file where the member
that the label's line declares is assigned.

  --tool FILE        torch-tidy (default: build/dev/driver/torch-tidy)
  --findings FILE    judge findings saved before, in clang-tidy's text format, instead of running the tool
  --save FILE        save the findings
  --checks GLOBS     (default: torch-*)
  --rules a,b        judge these rules only
  --repo NAME        judge this repository only (may be repeated)
  --jobs N           (default: 2)
  --list             print every finding and label with its verdict, not the summary alone
  --json FILE        write the numbers and lists
  --judged FILE      more verdicts, on findings that no label speaks about (default: test/corpus/judged.jsonl)
  --report FILE      write docs/corpus.md; needs --units, and --telling for the bugs to show
  --units FILE       the list of repositories, commits and units
  --ran FILE         the units that --findings came from, a path a line (default: all of them)
  --telling FILE     Markdown to put at the end of the report

Prints per rule: labelled positives found and missed, labelled negatives hit, precision over labelled findings, recall, and the
findings that no label speaks about, which somebody must judge. Exits 0 whatever the numbers are, 2 when the tool could not run.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

NEAR = 3
FINDING = re.compile(r"^(/[^:\n]+):(\d+):(\d+): (?:warning|error): (.*) \[([\w.,-]+)\]$", re.M)


def run_tool(args):
    database = json.loads((args.corpus / "compile_commands.json").read_text())
    files = sorted({entry["file"] for entry in database})
    if args.repo:
        files = [file for file in files if any(f"/{name.replace('/', '+')}" in file for name in args.repo)]
    with tempfile.TemporaryFile("w+") as errors:
        # From the root of the corpus and with an empty configuration: no project's own .clang-tidy decides.
        command = [args.tool.resolve(), "check", "-p", args.corpus, f"-checks=-*,{args.checks}", "--config={}", "--header-filter=.*",
                   "--output-format=clang-tidy", "--quiet", "-j", str(args.jobs), *files]
        result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=errors, text=True,
                                errors="replace", cwd=args.corpus)
        errors.seek(0)
        complaints = errors.read()
    print(f"corpus: {len(files)} units, exit {result.returncode}")
    if result.returncode not in (0, 1):
        print(complaints[-3000:], file=sys.stderr)
        if not FINDING.search(result.stdout):
            sys.exit(2)
    return result.stdout


def read_findings(text, corpus):
    """Unique findings as dicts; the repository is the first folder under the corpus."""
    seen, findings = set(), []
    for path, line, column, message, names in FINDING.findall(text):
        try:
            relative = pathlib.Path(path).resolve().relative_to(corpus)
        except ValueError:
            continue
        if relative.parts[0].startswith("_"):
            continue
        for rule in names.split(","):
            key = (path, line, column, rule)
            if rule.startswith("torch-") and key not in seen:
                seen.add(key)
                findings.append({"repo": relative.parts[0].replace("+", "/", 1), "file": "/".join(relative.parts[1:]),
                                 "line": int(line), "column": int(column), "rule": rule, "message": message})
    return findings


def read_labels(args):
    texts = [args.labels.read_text()] + ([args.judged.read_text()] if args.judged.exists() else [])
    labels = [json.loads(line) for line in "\n".join(texts).splitlines() if line.strip()]
    # The verdicts speak of projects of other corpora too.
    labels = [label for label in labels
              if label["rule"].startswith("torch-") and (args.corpus / label["repo"].replace("/", "+")).is_dir()]
    if args.repo:
        labels = [label for label in labels if label["repo"] in args.repo]
    if args.rules:
        labels = [label for label in labels if label["rule"].removeprefix("torch-") in args.rules]
    return labels


class Sources:
    def __init__(self, corpus):
        self.corpus, self.cache = corpus, {}

    def lines(self, repo, file):
        path = self.corpus / repo.replace("/", "+") / file
        if path not in self.cache:
            self.cache[path] = path.read_text(errors="replace").splitlines() if path.exists() else []
        return self.cache[path]

    def members(self, label):
        """Names that the label's line declares or assigns."""
        lines = self.lines(label["repo"], label["file"])
        text = lines[label["line"] - 1] if 0 < label["line"] <= len(lines) else ""
        return set(re.findall(r"\b([A-Za-z_]\w*)\s*(?=[={;,(\[]|$)", text)) - {"register_module", "register_buffer", "nullptr", "return"}


def subject(finding):
    """The member that the message speaks about: its first quoted name."""
    quoted = re.search(r"'(?:[\w>.-]*[>.])?(\w+)'", finding["message"])
    return quoted.group(1) if quoted else ""


def matches(finding, label, sources):
    if finding["rule"] != label["rule"] or finding["repo"] != label["repo"]:
        return False
    same_file = finding["file"] == label["file"]
    if same_file and abs(finding["line"] - label["line"]) <= NEAR:
        return True
    # On the member's declaration or assignment, also in the other file of a class (x.h, x.cpp).
    if not same_file and pathlib.PurePath(finding["file"]).stem != pathlib.PurePath(label["file"]).stem:
        return False
    return subject(finding) in sources.members(label)


def judge(findings, labels, sources):
    for label in labels:
        label["found"] = []
    for finding in findings:
        near = [label for label in labels if matches(finding, label, sources)]
        # Where several are near, the one whose line names the same member decides, then the nearest: one finding, one label.
        near.sort(key=lambda label: (label["file"] != finding["file"], subject(finding) not in sources.members(label),
                                     abs(label["line"] - finding["line"])))
        if near:
            finding["verdict"] = near[0]["verdict"]
            near[0]["found"].append(finding)
        else:
            finding["verdict"] = "unlabelled"


def ratio(part, whole):
    return f"{part}/{whole} {100 * part / whole:4.0f}%" if whole else "-"


def summary(findings, labels):
    rules = sorted({item["rule"] for item in findings} | {label["rule"] for label in labels})
    rows = []
    for rule in rules:
        mine = [finding for finding in findings if finding["rule"] == rule]
        positive = [label for label in labels if label["rule"] == rule and label["verdict"] == "positive"]
        high = [label for label in positive if label.get("confidence") == "high"]
        negative = [label for label in labels if label["rule"] == rule and label["verdict"] == "negative"]
        true = sum(finding["verdict"] == "positive" for finding in mine)
        false = sum(finding["verdict"] == "negative" for finding in mine)
        rows.append({
            "rule": rule, "findings": len(mine), "true": true, "false": false,
            "unsure": sum(finding["verdict"] not in ("positive", "negative", "unlabelled") for finding in mine),
            "unlabelled": sum(finding["verdict"] == "unlabelled" for finding in mine),
            "recall": ratio(sum(bool(label["found"]) for label in positive), len(positive)),
            "recall of sure ones": ratio(sum(bool(label["found"]) for label in high), len(high)),
            "negatives hit": ratio(sum(bool(label["found"]) for label in negative), len(negative)),
            "precision": ratio(true, true + false),
        })
    return rows


def report(args, findings):
    """Projects, findings of the default rules and verdicts, as Markdown."""
    listed = json.loads(args.units.read_text())
    units = collections.Counter(unit["repo"] for unit in listed["units"])
    if args.ran:
        names = {name.replace("/", "+"): name for name in listed["repos"]}
        units = collections.Counter(names[name] for line in args.ran.read_text().split()
                                    for name in names if f"/{name}" in line)
    findings = [finding for finding in findings if not finding["rule"].startswith("torch-advice-")]
    lines = ["<!-- Generated by tools/corpus.py --report, do not edit. -->", "# Corpus", "",
             "What the default rules find in public LibTorch projects, and what a person who read each place says of it. True: the harm is real",
             "in that code. False: idiomatic or intended. Unsure: it depends on code that is not there.", "",
             "| project | commit | files | findings | true | false | unsure | not judged |", "|---|---|---:|---:|---:|---:|---:|---:|"]

    def counts(mine):
        verdicts = [finding["verdict"] for finding in mine]
        return " | ".join(str(number) for number in (len(mine), verdicts.count("positive"), verdicts.count("negative"),
                                                     verdicts.count("unsure"), verdicts.count("unlabelled")))

    for name, commit in listed["repos"].items():
        mine = [finding for finding in findings if finding["repo"] == name]
        if not units[name]:
            continue  # nothing of it was linted
        lines.append(f"| {name} | {commit[:10]} | {units[name]} | {counts(mine)} |")
    lines += ["", "| rule | findings | true | false | unsure | not judged |", "|---|---:|---:|---:|---:|---:|"]
    for rule in sorted({finding["rule"] for finding in findings}):
        mine = [finding for finding in findings if finding["rule"] == rule]
        lines.append(f"| [{rule}](rules/{rule.removeprefix('torch-')}.md) | {counts(mine)} |")
    lines += ["", args.telling.read_text().strip()] if args.telling else []
    args.report.write_text("\n".join(lines) + "\n")


def print_table(rows):
    if not rows:
        print("no findings and no labels")
        return
    columns = list(rows[0])
    widths = [max(len(str(row[column])) for row in [dict(zip(columns, columns)), *rows]) for column in columns]
    for row in [dict(zip(columns, columns)), *rows]:
        print("  ".join(str(row[column]).ljust(width) for column, width in zip(columns, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("labels", type=pathlib.Path)
    parser.add_argument("--tool", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent / "build/dev/driver/torch-tidy")
    parser.add_argument("--findings", type=pathlib.Path)
    parser.add_argument("--save", type=pathlib.Path)
    parser.add_argument("--checks", default="torch-*")
    parser.add_argument("--rules", type=lambda text: {name.removeprefix("torch-") for name in text.split(",")})
    parser.add_argument("--repo", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--judged", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent / "test/corpus/judged.jsonl")
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--units", type=pathlib.Path)
    parser.add_argument("--ran", type=pathlib.Path)
    parser.add_argument("--telling", type=pathlib.Path)
    args = parser.parse_args()
    args.corpus = args.corpus.resolve()

    if not args.findings and not args.tool.exists():
        print(f"corpus: {args.tool} is not there. Next: build it, or name it with --tool", file=sys.stderr)
        return 2
    text = args.findings.read_text(errors="replace") if args.findings else run_tool(args)
    if args.save:
        args.save.write_text(text)
    findings, labels = read_findings(text, args.corpus), read_labels(args)
    if args.rules:
        findings = [finding for finding in findings if finding["rule"].removeprefix("torch-") in args.rules]
    if args.repo:
        findings = [finding for finding in findings if finding["repo"] in args.repo]
    judge(findings, labels, Sources(args.corpus))

    def show(title, items):
        print(f"\n{title} ({len(items)}):")
        for item in sorted(items, key=lambda item: (item["rule"], item["repo"], item["file"], item["line"])):
            print(f"  {item['rule']} {item['repo']} {item['file']}:{item['line']} {item.get('message') or item.get('why', '')}")

    show("Labelled negatives that are flagged", [finding for finding in findings if finding["verdict"] == "negative"])
    show("Labelled positives that are missed",
         [label for label in labels if label["verdict"] == "positive" and not label["found"]])
    show("Findings without a label", [finding for finding in findings if finding["verdict"] == "unlabelled"])
    if args.list:
        show("Labelled positives that are flagged", [finding for finding in findings if finding["verdict"] == "positive"])
    print()
    rows = summary(findings, labels)
    print_table(rows)
    if args.report:
        report(args, findings)
    if args.json:
        for item in (*findings, *labels):
            item["found"] = len(item["found"]) if "found" in item else None
        args.json.write_text(json.dumps({"summary": rows, "findings": findings, "labels": labels}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
