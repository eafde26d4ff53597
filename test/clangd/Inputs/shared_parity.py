#!/usr/bin/env python3
"""Whether torch-clangd answers the same with shared headers as without, over files of any project.

usage: shared_parity.py --clangd PROGRAM --work DIR --database DIR [--places N] [--minutes M] [--seed S] [--markdown FILE] FILE…

DIR/compile_commands.json names the flags of FILE. Two servers, one with --shared-headers=0, one with --shared-headers=1, open each file and answer
every request at N places of it that are chosen at random, and about the whole of it. With --minutes, the first file is edited at random as long, its include
lines too; after each tenth edit the diagnostics must be the same, and the memory of the sharing server must not grow by a tenth more than the
other's after the first sixth of the time. Writes a table; fails when an answer differs that DIFFERENCES does not name.
"""
import argparse
import collections
import json
import pathlib
import random
import re
import statistics
import sys
import time

import lsp

# Requests whose answers may differ: in what share of the answers at most, and why.
DIFFERENCES = {
    "completion": (0.05, "order alone: how often headers use a name of their own is not counted"),
    "semanticTokens/full": (1, "whether a namespace counts as the library's: its first declaration is the shared header's"),
    "workspace/symbol": (0.5, "which of hundreds of equal matches make up the answer: how often headers use a name of their own is not counted"),
    "hover": (0.05, "a comment of the library that clangd leaves out of a preamble is shown"),
    "definition": (0.05, "one of several places, a forward declaration, is not listed"),
    "declaration": (0.05, "as definition"),
    "inlayHint": (1, "names of parameters that a template hands on are known from its body, which the shared header leaves out"),
}
AT_PLACES = ["hover", "definition", "declaration", "typeDefinition", "implementation", "documentHighlight", "references", "signatureHelp", "completion",
             "prepareRename", "prepareCallHierarchy", "prepareTypeHierarchy"]
WHOLE = ["documentSymbol", "semanticTokens/full", "documentLink", "foldingRange", "formatting", "inlayHint", "codeAction"]
NAMES = ["LinearImpl", "TensorOptions", "DataLoader"]  # of LibTorch, for workspace/symbol


class Session:
    def __init__(self, args, name, share):
        self.log = args.work / f"{name}.log"
        self.server = lsp.Server([args.clangd, "--background-index=false", "-j=2", "--pch-storage=memory", f"--compile-commands-dir={args.database}",
                                  f"--shared-headers={share}", f"--shared-headers-cache={args.work}/cache"], args.database, log=self.log)
        self.opened, self.memory = [], []

    def open(self, path):
        before, start = self.server.resident_kilobytes(), time.monotonic()
        self.server.open(path)
        found = self.server.diagnostics(path)
        self.opened.append(time.monotonic() - start)
        self.memory.append((self.server.resident_kilobytes() - before) // 1024)
        return found

    def ask(self, method, params):
        try:
            return self.server.request(method, params)
        except RuntimeError as error:  # "Invalid symbol": an answer, too
            if "ended with" in str(error):
                raise
            return str(error)


def places(text, count, choice):
    """Positions of COUNT identifiers and of up to three includes."""
    def position(offset):
        before = text[:offset]
        return {"line": before.count("\n"), "character": len(before) - (before.rfind("\n") + 1)}
    includes = [match.start(1) for match in re.finditer(r'^\s*#\s*include\s*[<"](\w)', text, re.M)][:3]
    words = [match.start() for match in re.finditer(r"\b[A-Za-z_]\w+", text)]
    return [position(offset) for offset in includes + choice.sample(words, min(count, len(words)))]


def requests(path, text, count, choice):
    document = {"textDocument": {"uri": lsp.uri(path)}}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": text.count("\n"), "character": 0}}
    for place in places(text, count, choice):
        for method in AT_PLACES:
            yield f"textDocument/{method}", {**document, "position": place, "context": {"includeDeclaration": True}} if method == "references" else {
                **document, "position": place}
    for method in WHOLE:
        yield f"textDocument/{method}", {**document, "range": whole, "options": {"tabSize": 2, "insertSpaces": True}, "context": {"diagnostics": []}}
    for name in NAMES:
        yield "workspace/symbol", {"query": name}


def without_places_elsewhere(found, path):
    """Which of a namespace's declarations is the first depends on the order of the library's headers among themselves, which sharing changes.
    Sorted: clangd lists unused includes in the order of a hash table."""
    own = lsp.uri(path)
    return sorted(({**each, "relatedInformation": [related if related["location"]["uri"] == own else related["message"]
                                                   for related in each.get("relatedInformation") or []]} for each in found),
                  key=lambda each: json.dumps(each, sort_keys=True))


def comparable(method, answer):
    if method == "textDocument/completion" and isinstance(answer, dict):
        items = answer["items"]
        # Where there are more than clangd sends, its own order decides which.
        return sorted(item["label"] for item in items) if len(items) < 100 else len(items)
    if method == "workspace/symbol" and isinstance(answer, list):
        return sorted(json.dumps({**item, "score": 0}, sort_keys=True) for item in answer)
    return json.dumps(answer, sort_keys=True)


def compare(plain, shared, path, args, choice, table, examples):
    text = path.read_text(errors="replace")
    for method, params in requests(path, text, args.places, choice):
        name = method.rsplit("document/", 1)[-1].replace("text", "") if "Document" not in method else method.split("/", 1)[1]
        for attempt in range(4):  # the index is filled meanwhile
            answers = [comparable(method, session.ask(method, params)) for session in (plain, shared)]
            if answers[0] == answers[1]:
                break
            time.sleep(attempt)
        table[name][answers[0] != answers[1]] += 1
        if answers[0] != answers[1]:
            examples.append((name, path.name, params.get("position"), answers))


def edited(text, choice):
    """One random edit: now and then of an include line, else of a piece of code."""
    if choice.random() < 0.1:
        if choice.random() < 0.5:
            return f"#include <{choice.choice(['map', 'set', 'deque', 'numeric', 'random'])}>\n" + text
        includes = [match.span() for match in re.finditer(r"^\s*#\s*include.*\n", text, re.M)]
        if includes:
            start, end = choice.choice(includes)
            return text[:start] + text[end:]
    first = max([match.end() for match in re.finditer(r"^\s*#\s*include.*\n", text, re.M)], default=0)
    start = choice.randrange(first, max(first + 1, len(text)))
    length = min(choice.choice([1, 2, 5, 20, 80]), max(0, len(text) - start))
    if choice.random() < 0.5:
        return text[:start] + text[start + length:]
    return text[:start] + choice.choice(["{", "}", "(", ";", "x", "->", "/*", text[start:start + length]]) + text[start:]


def edit(plain, shared, path, args, choice):
    """Edits PATH for args.minutes; what went wrong, as text, and a line of figures."""
    original = current = path.read_text(errors="replace")
    start, done, seconds, memory = time.monotonic(), 0, [[], []], None
    while (spent := time.monotonic() - start) < args.minutes * 60:
        current = edited(current, choice) if done % 15 else original
        done += 1
        found = []
        for index, session in enumerate((plain, shared)):
            begun = time.monotonic()
            session.server.change(path, f"{current}\n// {done}\n")
            found.append(without_places_elsewhere(session.server.diagnostics(path), path))
            seconds[index].append(time.monotonic() - begun)
        if done % 10 == 0 and found[0] != found[1]:
            later = [session.server.settled(path) for session in (plain, shared)]
            found = [each if last is None else without_places_elsewhere(last, path) for each, last in zip(found, later)]
        if done % 10 == 0 and found[0] != found[1]:
            (args.work / "differs.cpp").write_text(current)
            return f"after {done} edits the diagnostics differ: {found[0]}\n{found[1]}\nSee {args.work}/differs.cpp", ""
        if memory is None and spent > args.minutes * 10:
            memory = [session.server.resident_kilobytes() for session in (plain, shared)]
    after = [session.server.resident_kilobytes() for session in (plain, shared)]
    memory = memory or after
    grown = [now / then for now, then in zip(after, memory)]
    wrong = "the memory grows more than without" if grown[1] > max(1.1, grown[0] + 0.1) else ""
    return wrong, (f"{done} random edits in {args.minutes:g} minutes, the diagnostics compared after each tenth: none differed. Median from the edit to its "
                   f"diagnostics {statistics.median(seconds[0]):.2f} s without, {statistics.median(seconds[1]):.2f} s with; longest "
                   f"{max(seconds[0]):.1f} and {max(seconds[1]):.1f} s. Memory grew by {100 * grown[0] - 100:.0f} % and {100 * grown[1] - 100:.0f} %.")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--clangd", required=True)
    for option in ("work", "database"):
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    parser.add_argument("--places", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", type=pathlib.Path)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    choice = random.Random(args.seed)
    plain, shared = Session(args, "plain", 0), Session(args, "shared", 1)
    table, examples = collections.defaultdict(lambda: [0, 0]), []
    for path in args.files:
        found = [without_places_elsewhere(session.open(path), path) for session in (plain, shared)]
        table["diagnostics"][found[0] != found[1]] += 1
        if found[0] != found[1]:
            examples.append(("diagnostics", path.name, None, found))
        print(f"{path.name}: {plain.opened[-1]:.2f} s and {plain.memory[-1]} MiB without, {shared.opened[-1]:.2f} s and {shared.memory[-1]} MiB with", flush=True)
        compare(plain, shared, path, args, choice, table, examples)
    wrong, figures = edit(plain, shared, args.files[0], args, choice) if args.minutes else ("", "")
    lines = ["| answer | the same | another | why |", "|---|---:|---:|---|"]
    lines += [f"| {name} | {same} | {other} | {DIFFERENCES.get(name, (0, ''))[1] if other else ''} |" for name, (same, other) in table.items()]
    text = "\n".join(lines) + f"\n\n{len(args.files)} files.{' ' + figures if figures else ''}\n"
    print(text)
    if args.markdown:
        args.markdown.write_text(text)
    too_many = {name for name, (same, other) in table.items() if other > DIFFERENCES.get(name, (0, ""))[0] * (same + other)}
    unnamed = [example for example in examples if example[0] in too_many]
    for name, file, place, answers in unnamed[:20]:
        print(f"differs: {name} {file} {place}\n  {str(answers[0])[:1500]}\n  {str(answers[1])[:1500]}")
    if wrong:
        print(wrong)
    ended = [session.server.shutdown() for session in (plain, shared)]
    return 1 if unnamed or wrong or any(ended) else 0


if __name__ == "__main__":
    sys.exit(main())
