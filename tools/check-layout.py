#!/usr/bin/env python3
"""Checks that includes in checks/ and driver/ follow docs/architecture.md: a room knows only those listed for it, no
header reaches itself, neither files nor ways to walk an AST grow past what is agreed, and each header of the model and
of driver/support/ has unit tests of its name.

usage: check-layout.py [ROOT]
"""
import pathlib
import re
import sys

# room: the rooms that it may know beside itself. A row's order says nothing.
DRIVER = {
    "support": [],
    "engine": ["support"],
    "options": ["engine", "support"],
    "cache": ["engine", "support"],
    "findings": ["engine", "support"],
    "fixes": ["findings", "engine", "support"],
    "report": ["findings", "engine", "support"],
    "keys": ["engine", "support"],
    "cross-tu": ["findings", "engine", "support"],
    "commands": ["options", "cache", "cross-tu", "fixes", "report", "findings", "keys", "engine", "support"],
    "clangd": ["cache", "engine", "support"],
    "clang-tidy": ["support"],
    ".": ["commands", "support"],
}
MODEL = ["model", "model/torch", "model/syntax"]
KINDS = ["model/modules", "model/tensors", "model/hooks", "model/memory", "model/training", "model/layers"]
CHECKS = {
    # LLVMCompat, the precompiled header, and TorchFacts, which builds the facts of every room.
    "model": ["model/facts", "model/paths", *KINDS, "model/torch", "model/syntax"],
    "model/syntax": ["model"],
    "model/torch": ["model", "model/syntax"],
    "model/facts": MODEL,
    "model/paths": [*MODEL, "model/facts"],
    **{kind: [*MODEL, "model/facts", "model/paths"] for kind in KINDS},
    # What the terms say stays with them, so that it can be asked without an AST.
    "model/summaries": [*MODEL, "model/facts"],
    ".": [*MODEL, "model/facts", "model/paths", *KINDS],
}
# What does not follow: a room of checks/ and a header that it knows all the same. Only to be shortened.
EXCEPTIONS = {
    ("model/hooks", "model/tensors/TensorUses.h"),  # a hook's body uses tensors as any other body does
    ("model/tensors", "model/modules/ModuleModel.h"),  # whether a tensor member is registered is asked of its module
}

# Headers that no other room may include, whatever it knows otherwise: who asks TorchFacts knows every room.
ONLY = {"model/TorchFacts.h": ("model", ".")}

# Headers are tested under test/unit/ in a file of their name. Not: lists of includes, and one meaning over two LLVMs,
# through which every other test compiles.
TESTED = {"checks/model": "test/unit/model", "driver/support": "test/unit/driver/support"}
UNTESTED = {"Clang.h", "LLVMCompat.h"}

# Lines of a file in a folder of checks/ (not of the tables, which are data), and how often a thing is written in all of checks/.
LINES = {"model": 650, ".": 200}
TIMES = {
    r"public RecursiveASTVisitor<": (14, "forEach and anyDescendant of model/syntax/"),
    r"= \w+\.getParents\(": (3, "enclosing of model/syntax/Enclosing.h"),
}
DRIVER_FILES = {"CMakeLists.txt", "Main.cpp"}


def over_limits(root):
    checks, texts = root / "checks", []
    for path in sorted(checks.rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        texts.append(path.read_text())
        lines, limit = texts[-1].count("\n"), LINES["model" if path.is_relative_to(checks / "model") else "."]
        if lines > limit:
            yield f"{path.relative_to(root)}: {lines} lines, at most {limit}. Next: cut it at a seam"
    for pattern, (limit, instead) in TIMES.items():
        count = sum(len(re.findall(pattern, text)) for text in texts)
        if count > limit:
            yield f"checks: '{pattern}' {count} times, at most {limit}. Next: use {instead}"
    for path in sorted((root / "driver").iterdir()):
        if path.is_file() and path.name not in DRIVER_FILES:
            yield f"driver/{path.name}: stands in no room. Next: move it into one"


def untested(root):
    for top, tests in TESTED.items():
        for header in sorted((root / top).rglob("*.h")):
            test = root / tests / header.relative_to(root / top).with_name(header.stem + "Test.cpp")
            if header.name not in UNTESTED and not test.is_file():
                yield f"{header.relative_to(root)}: has no unit tests. Next: write {test.relative_to(root)}"


def includes(top):
    """path of each file below TOP: the headers of TOP that it includes, as they are written."""
    result = {}
    for path in sorted(top.rglob("*")):
        if path.suffix in (".h", ".cpp"):
            found = re.findall(r'^#include "([^"]+)"', path.read_text(), re.M)
            result[path.relative_to(top).as_posix()] = [header for header in found if (top / header).is_file()]
    return result


def wrong_arrows(name, graph, rooms, exceptions, used):
    for file, headers in graph.items():
        room = pathlib.PurePosixPath(file).parent.as_posix()
        if room not in rooms:
            yield f"{name}/{file}: '{room}' is no room of {name}/. Next: put the file into one of {', '.join(sorted(rooms))}"
            continue
        for header in headers:
            other = pathlib.PurePosixPath(header).parent.as_posix()
            if header in ONLY and room not in ONLY[header]:
                yield f"{name}/{file}: {header}: only checks ask it. Next: take what is needed as a parameter"
                continue
            if other == room or other in rooms[room]:
                continue
            if (room, header) in exceptions:
                used.add((room, header))
            else:
                yield (f"{name}/{file}: {header}: '{room}' may not know '{other}'. Next: move what both need to a room that both may know "
                       f"({', '.join(rooms[room]) or 'none'})")


def circles(name, graph):
    done, path = set(), []

    def visit(file):
        if file in path:
            yield f"{name}: {' includes '.join([*path[path.index(file):], file])}. Next: take the common part out"
            return
        if file in done:
            return
        path.append(file)
        for header in graph.get(file, []):
            yield from visit(header)
        path.pop()
        done.add(file)

    for file in graph:
        yield from visit(file)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    used, problems = set(), []
    for name, rooms, exceptions in (("driver", DRIVER, set()), ("checks", CHECKS, EXCEPTIONS)):
        graph = includes(root / name)
        problems += wrong_arrows(name, graph, rooms, exceptions, used)
        problems += circles(name, graph)
    problems += over_limits(root)
    problems += untested(root)
    for room, header in sorted(EXCEPTIONS - used):
        print(f"note: '{room}' no longer knows {header}. Next: take it off the list in tools/check-layout.py")
    print("\n".join(problems), end="\n" if problems else "")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
