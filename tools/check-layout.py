#!/usr/bin/env python3
"""Checks that includes in checks/ and driver/ follow docs/architecture.md: a room knows only those listed for it, and no
header reaches itself.

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
    "commands": ["options", "cache", "fixes", "report", "findings", "engine", "support"],
    "clangd": ["support"],
    "clang-tidy": ["support"],
    ".": ["commands", "support"],
}
MODEL = ["model", "model/torch", "model/syntax"]
KINDS = ["model/modules", "model/tensors", "model/hooks", "model/memory", "model/training"]
CHECKS = {
    "model": ["model/facts", "model/torch", "model/syntax"],  # TorchFacts, LLVMCompat and the precompiled header
    "model/syntax": ["model"],
    "model/torch": ["model", "model/syntax"],
    "model/facts": MODEL,
    "model/paths": [*MODEL, "model/facts"],
    **{kind: [*MODEL, "model/facts", "model/paths"] for kind in KINDS},
    ".": [*MODEL, "model/facts", "model/paths", *KINDS],
}
# What does not follow yet: "file: header". Only to be shortened.
EXCEPTIONS = {
    "checks/model/facts/CompileErrors.cpp: model/modules/ModuleModel.h",
    "checks/model/facts/GradMode.h: model/tensors/TensorUses.h",
    "checks/model/hooks/HookBodies.cpp: model/tensors/TensorUses.h",
    "checks/model/tensors/TensorState.h: model/modules/ModuleModel.h",
}


def includes(top):
    """path of each file below TOP: the headers of TOP that it includes, as they are written."""
    result = {}
    for path in sorted(top.rglob("*")):
        if path.suffix in (".h", ".cpp"):
            found = re.findall(r'^#include "([^"]+)"', path.read_text(), re.M)
            result[path.relative_to(top).as_posix()] = [header for header in found if (top / header).is_file()]
    return result


def wrong_arrows(name, graph, rooms, exceptions):
    for file, headers in graph.items():
        room = pathlib.PurePosixPath(file).parent.as_posix()
        if room not in rooms:
            yield f"{name}/{file}: '{room}' is no room of {name}/. Next: put the file into one of {', '.join(sorted(rooms))}"
            continue
        for header in headers:
            other = pathlib.PurePosixPath(header).parent.as_posix()
            arrow = f"{name}/{file}: {header}"
            if other == room or other in rooms[room]:
                continue
            if arrow in exceptions:
                exceptions.discard(arrow)
            else:
                yield (f"{arrow}: '{room}' may not know '{other}'. Next: move what both need to a room that both may know "
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
    exceptions, problems = set(EXCEPTIONS), []
    for name, rooms in (("driver", DRIVER), ("checks", CHECKS)):
        graph = includes(root / name)
        problems += wrong_arrows(name, graph, rooms, exceptions)
        problems += circles(name, graph)
    problems += [f"{arrow}: follows now. Next: take it off the list in tools/check-layout.py" for arrow in sorted(exceptions)]
    print("\n".join(problems), end="\n" if problems else "")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
