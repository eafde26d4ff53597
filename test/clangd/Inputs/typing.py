#!/usr/bin/env python3
"""What editing costs: the time until the diagnostics, and memory, of torch-clangd beside plain clangd.

usage: typing.py --clangd PROGRAM --plain PROGRAM --file FILE --work DIR [--edits N | --minutes M] [--seed S]
                 [--limit SECONDS] [--json FILE] -- COMPILER FLAGS

Both servers get the same in turn. They open FILE and copies of it, torch-clangd without shared headers of earlier runs; then come
20 keystrokes at the end of a line of code, includes that the code needs, and random edits: pieces deleted, doubled, moved, cut off in
the middle of a token. Fails when a server ends, when the median of the keystrokes is above LIMIT, or when torch-clangd's memory grows by
more than plain clangd's and 64 MiB over the random edits.
"""
import argparse
import json
import pathlib
import random
import shutil
import statistics
import sys
import time

import lsp

KEYSTROKES = 20
REPEATED = 5 # what is opened and included
SETTLING = 8 # seconds until what is done beside is done
BETWEEN = 2 # until the index knows a file
SLACK_KILOBYTES = 64 * 1024


class Editor:
    def __init__(self, program, name, args, flags, options=()):
        self.name, folder = name, args.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for source in args.file.parent.iterdir():
            if source.is_file():
                (folder / source.name).write_text(source.read_text())
        (folder / ".clang-tidy").write_text("Checks: ''\n")
        self.path = folder / args.file.name
        self.copies = [folder / f"copy{index}{args.file.suffix}" for index in range(REPEATED)]
        commands = lsp.command_for(self.path, flags)
        for index, path in enumerate(self.copies):
            path.write_text(args.file.read_text())
            commands |= lsp.command_for(path, flags)
            (folder / f"included{index}.h").write_text(f"inline int included{index}() {{ return {index}; }}\n")
        self.server = lsp.Server([program, "--background-index=false", "-j=1", "--pch-storage=memory", *options], folder,
                                 log=args.work / f"{name}.log", commands=commands)
        self.times, self.memory, self.changes = [], [], 0

    def open(self, path):
        start = time.monotonic()
        self.server.open(path)
        self.server.diagnostics(path)
        return time.monotonic() - start

    def include(self, text, index):
        """The time until a header that TEXT begins to include is known."""
        self.changes += 1
        start = time.monotonic()
        self.server.change(self.path, f'#include "included{index}.h"\n{text}\nint used{index} = included{index}(); // {self.changes}\n')
        while any(f"included{index}" in each["message"] for each in self.server.diagnostics(self.path)):
            pass # found with the headers as they were
        return time.monotonic() - start

    def change(self, text):
        # The same text twice gets no second answer: each version carries its number.
        self.changes += 1
        text = f"{text}\n// {self.changes}\n"
        start = time.monotonic()
        self.server.change(self.path, text)
        self.server.diagnostics(self.path)
        return time.monotonic() - start


def keystrokes(text):
    """TEXT with a statement typed letter by letter at the end of its last function but one."""
    place = text.rindex("\n}")
    typed = "\n  int64_t typed = 1; (void)typed;"
    for count in range(1, KEYSTROKES + 1):
        yield text[:place] + typed[:1 + count * (len(typed) - 1) // KEYSTROKES] + text[place:]


def random_edit(text, first, choice):
    """One random edit of TEXT behind offset FIRST, which keeps the includes."""
    start = choice.randrange(first, max(first + 1, len(text)))
    length = min(choice.choice([1, 1, 2, 5, 20, 80, 300]), len(text) - start)
    piece = text[start:start + length]
    kind = choice.choice(["delete", "double", "move", "type"])
    if kind == "delete":
        return text[:start] + text[start + length:]
    if kind == "double":
        return text[:start] + piece + text[start:]
    if kind == "move":
        rest = text[:start] + text[start + length:]
        to = choice.randrange(first, max(first + 1, len(rest)))
        return rest[:to] + piece + rest[to:]
    return text[:start] + choice.choice(["{", "}", "(", ")", ";", "->", "register_module(", "[&] {", "\"", "/*", "x"]) + text[start:]


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    for option in ("clangd", "plain"):
        parser.add_argument(f"--{option}", required=True)
    for option in ("file", "work"):
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=0.5)
    parser.add_argument("--json", type=pathlib.Path)
    args = parser.parse_args(sys.argv[1:split])
    flags = sys.argv[split + 1:]

    text = args.file.read_text()
    first = text.index("\n", text.rindex("#include")) + 1
    cache = args.work / "shared"
    shutil.rmtree(cache, ignore_errors=True)
    editors = [Editor(args.plain, "clangd", args, flags),
               Editor(args.clangd, "torch-clangd", args, flags, [f"--shared-headers-cache={cache}"])]
    opened = {editor.name: editor.open(editor.path) for editor in editors}
    end = time.monotonic() + 300 # the first file goes without
    while not list(cache.glob("preambles/*/manifest")) and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(SETTLING)
    further, kept, included = {}, {}, {}
    for editor in editors:
        # The first of them brings what all share.
        further[editor.name] = [editor.open(editor.copies[0])]
        time.sleep(SETTLING)
        before = editor.server.resident_kilobytes()
        for path in editor.copies[1:]:
            further[editor.name].append(editor.open(path))
            time.sleep(BETWEEN)
        time.sleep(SETTLING)
        kept[editor.name] = (editor.server.resident_kilobytes() - before) // (REPEATED - 1)
        for path in editor.copies:
            editor.server.close(path)
    for version in keystrokes(text):
        for editor in editors:
            editor.times.append(editor.change(version))
    for editor in editors:
        included[editor.name] = [editor.include(text, index) for index in range(REPEATED)]
        editor.change(text)
        editor.memory.append(editor.server.resident_kilobytes())

    choice = random.Random(args.seed)
    current, done, edits_since = text, 0, 0
    end = time.monotonic() + args.minutes * 60 if args.minutes else None
    while time.monotonic() < end if end else done < args.edits:
        current = random_edit(current, first, choice)
        edits_since += 1
        if edits_since == 12 or len(current) > 3 * len(text):  # start afresh before nothing is left that parses
            current, edits_since = text, 0
        for editor in editors:
            editor.change(current)
        done += 1
    report, failed = {}, False
    for editor in editors:
        editor.change(text)
        editor.memory.append(editor.server.resident_kilobytes())
        status = editor.server.shutdown()
        median = statistics.median(editor.times)
        report[editor.name] = {"open_s": round(opened[editor.name], 2), "further_s": round(statistics.median(further[editor.name]), 2),
                               "further_kb": kept[editor.name], "include_s": round(statistics.median(included[editor.name]), 2),
                               "median_s": round(median, 3), "max_s": round(max(editor.times), 3), "rss_kb": editor.memory,
                               "random_edits": done}
        print(f"{editor.name}: open {opened[editor.name]:.2f} s, a further file median {statistics.median(further[editor.name]):.2f} s and "
              f"{kept[editor.name] // 1024} MiB, a new include median {statistics.median(included[editor.name]):.2f} s, "
              f"didChange to diagnostics median {median:.3f} s, max {max(editor.times):.3f} s; {done} random edits, "
              f"memory {editor.memory[0] // 1024} to {editor.memory[1] // 1024} MiB, exit {status}")
        failed |= status != 0
    grown = {editor.name: editor.memory[1] - editor.memory[0] for editor in editors}
    if grown["torch-clangd"] > max(0, grown["clangd"]) + SLACK_KILOBYTES:
        print("typing: torch-clangd's memory grows more than plain clangd's")
        failed = True
    if report["torch-clangd"]["median_s"] > args.limit:
        print(f"typing: the median is above {args.limit} s")
        failed = True
    if args.json:
        args.json.write_text(json.dumps(report, indent=1))
    return 1 if failed else 0


sys.exit(main())
