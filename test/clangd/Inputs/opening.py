#!/usr/bin/env python3
"""What shared headers change: how fast files open, and nothing else that is not named here.

usage: opening.py --clangd PROGRAM --work DIR [--factor F] -- COMPILER FLAGS

Two servers, one with --shared-headers=0, open the same three files that include LibTorch, and answer the same requests. Fails when an answer
differs that is not in DIFFERENCES, when the second file does not open F times as fast as without, and when a file that cannot share, a
cache that cannot be written, or one that is removed meanwhile, changes what is found.
"""
import argparse
import json
import pathlib
import shutil
import sys
import time

import lsp
from lsp import expect

# Requests whose answers differ, and why.
DIFFERENCES = {
    "completion": "the order: how often headers use a name of their own is not counted; the names are the same",
    "inlayHint": "names of parameters that a template hands on are known from its body, which the shared header leaves out",
}
HEADER = "#pragma once\ninline int own_width(int n) { return n; } // how wide\n"
SOURCE = '''#include "own.h"
#include <torch/torch.h>
#include <vector>
struct NetAImpl : torch::nn::Module {
  NetAImpl() : fc(own_width(4), 4) {}
  torch::nn::Linear fc;
  torch::Tensor forward(torch::Tensor x) { return fc(x).relu(); }
};
TORCH_MODULE(NetA);
torch::Tensor run(NetA net) { return net->forward(torch::ones({1, 4})); }
'''
FILES = 3
# Large enough to be shared, and tied to a macro.
OTHER = "#ifdef EARLY\nint other();\n#endif\n" + ("// " + "x" * 1000 + "\n") * 3300


class Editor:
    def __init__(self, args, name, options, flags):
        self.folder = args.work / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / ".clang-tidy").write_text("Checks: ''\n")
        (self.folder / "own.h").write_text(HEADER)
        self.paths = [self.folder / f"net{index}.cpp" for index in range(FILES)]
        commands = {}
        for path in self.paths:
            path.write_text(SOURCE.replace("NetA", "Net" + "ABC"[len(commands)])) # a class is in one file
            commands |= lsp.command_for(path, flags)
        self.log = args.work / f"{name}.log"
        self.server = lsp.Server([args.clangd, "--background-index=false", "-j=2", "--pch-storage=memory", *options], self.folder,
                                 log=self.log, commands=commands)
        self.found, self.seconds = [], []

    def open(self, path):
        start = time.monotonic()
        self.server.open(path)
        self.found.append(self.plain(self.server.diagnostics(path)))
        self.seconds.append(time.monotonic() - start)

    def change(self, path, text):
        self.server.change(path, text)
        return self.plain(self.server.diagnostics(path))

    def plain(self, answer):
        """ANSWER as text, without the server's own folder."""
        return json.dumps(answer, sort_keys=True).replace(str(self.folder), "")

    def log_text(self):
        return pathlib.Path(f"{self.log}.stderr").read_text()


def position(needle, offset=1):
    before = SOURCE[:SOURCE.index(needle) + offset]
    return {"line": before.count("\n"), "character": len(before) - (before.rfind("\n") + 1)}


def requests(path):
    document = {"textDocument": {"uri": lsp.uri(path)}}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": SOURCE.count("\n"), "character": 0}}
    at = lambda *place: {**document, "position": position(*place)}
    yield from (("hover", at(*place)) for place in (("relu",), ("Linear fc",), ("own_width(4",), ("torch/torch.h",), ("TORCH_MODULE",)))
    for method in ("definition", "declaration", "typeDefinition", "implementation", "documentHighlight"):
        yield from ((method, at(*place)) for place in (("Linear fc",), ("own_width(4",), ("net->", 1), ("forward(torch::T", 1), ("TORCH_MODULE",)))
    yield "references", {**at("fc(own"), "context": {"includeDeclaration": True}}
    yield "completion", at("relu", 3)
    yield "completion", at("own_width(4", 7)
    yield "signatureHelp", at("ones(", 5)
    yield "rename", {**at("fc(own"), "newName": "other"}
    for method in ("documentSymbol", "semanticTokens/full", "documentLink", "foldingRange", "formatting"):
        yield method, {**document, "options": {"tabSize": 2, "insertSpaces": True}}
    yield "inlayHint", {**document, "range": whole}
    yield "codeAction", {**document, "range": whole, "context": {"diagnostics": []}}
    yield "prepareCallHierarchy", at("run(Net")
    yield "prepareTypeHierarchy", at("NetAImpl :")


def wait_for_index(editor, name, seconds=120):
    """clangd indexes what headers declare while it answers."""
    end = time.monotonic() + seconds
    while not editor.server.request("workspace/symbol", {"query": name}):
        expect(time.monotonic() < end, f"the index knows {name} after {seconds} s")
        time.sleep(0.5)


def compare(plain, shared):
    for editor in (plain, shared):
        for name in ("LinearImpl", "own_width"):
            wait_for_index(editor, name)
    for one, other in zip(requests(plain.paths[0]), requests(shared.paths[0])):
        method = one[0]
        answers = [editor.plain(editor.server.request(f"textDocument/{method}", params))
                   for editor, (_, params) in ((plain, one), (shared, other))]
        if method == "completion":
            answers = [sorted(item["label"] for item in json.loads(answer)["items"]) for answer in answers]
            expect(answers[0] == answers[1], "the same completions" if answers[0] == answers[1] else f"completions: {set(answers[0]) ^ set(answers[1])}")
        elif method not in DIFFERENCES:
            expect(answers[0] == answers[1], f"the same {method}" if answers[0] == answers[1] else
                   f"{method} {json.dumps(one[1].get('position'))}:\n{answers[0][:2000]}\n{answers[1][:2000]}")


def some_fit(plain, shared, cache):
    text = plain.paths[2].read_text().replace("torch.h>\n", "torch.h>\n#define EARLY\n#include <other.h>\n") + "int late = other();\n"
    for includes in ("", "#include <list>\n"): # the headers of both are made when the first has been read without
        answers = []
        for editor in (plain, shared):
            editor.server.close(editor.paths[2])
            editor.paths[2].write_text(includes + text)
            editor.open(editor.paths[2])
            editor.seconds.pop()
            answers.append(editor.found.pop())
        expect(answers[0] == answers[1] and "undeclared" not in answers[0],
               "the same where one of two headers fits" if answers[0] == answers[1] else f"two headers: {answers}")
        end = time.monotonic() + 120
        while len(list(cache.glob("preambles/*/manifest"))) < 2 and time.monotonic() < end:
            time.sleep(0.1)
    expect("starts from some of its shared headers: macro 'EARLY'" in shared.log_text(), "the log says which")


def upgraded(plain, shared, header):
    """HEADER, which files that are open share, is replaced while both servers run."""
    header.write_text(OTHER + "int newer();\n")
    text = shared.paths[2].read_text().replace("#include <list>\n", "#include <deque>\n").replace("late = other()", "late = newer()")
    answers = []
    for editor in (plain, shared):
        editor.server.close(editor.paths[2])
        editor.paths[2].write_text(text)
        editor.open(editor.paths[2])
        editor.seconds.pop()
        answers.append(editor.found.pop())
    expect(answers[0] == answers[1] and "undeclared" not in answers[0],
           "the same when a shared header is upgraded" if answers[0] == answers[1] else f"upgraded: {answers}")
    expect(f"the shared headers of {shared.paths[2]} have changed" in shared.log_text(), "which is noticed while it is read")


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--clangd", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--factor", type=float, default=4)
    args = parser.parse_args(sys.argv[1:split])
    external = args.work.resolve() / "ext"
    external.mkdir(parents=True, exist_ok=True)
    (external / "other.h").write_text(OTHER)
    flags = [*sys.argv[split + 1:], "-isystem", str(external)]
    cache = args.work / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    plain = Editor(args, "plain", ["--shared-headers=0"], flags)
    shared = Editor(args, "shared", [f"--shared-headers-cache={cache}"], flags)
    for one, other in zip(plain.paths, shared.paths):
        plain.open(one)
        shared.open(other)
        # The first does without: they are made meanwhile.
        end = time.monotonic() + 120
        while not list(cache.glob("preambles/*/manifest")) and time.monotonic() < end:
            time.sleep(0.1)
    print("opening: seconds without", *(f"{seconds:.2f}" for seconds in plain.seconds), "with shared headers",
          *(f"{seconds:.2f}" for seconds in shared.seconds))
    expect(plain.found == shared.found, "the same diagnostics" if plain.found == shared.found else f"{plain.found}\n{shared.found}")
    expect(shared.seconds[0] < 1.5 * plain.seconds[0] + 2, "the first file is about as fast as without")
    expect(plain.seconds[1] > args.factor * shared.seconds[1], f"the second file opens {args.factor:.0f} times as fast")
    compare(plain, shared)

    for what, text in (("an include more", "#include <map>\n" + SOURCE), ("a macro before the headers", "#define NDEBUG 1\n" + SOURCE),
                       ("an error", SOURCE.replace("fc(x)", "fc(")), ("an error in the includes", '#include "gone.h"\n' + SOURCE)):
        answers = [editor.change(editor.paths[0], text) for editor in (plain, shared)]
        expect(answers[0] == answers[1], f"the same with {what}" if answers[0] == answers[1] else f"{what}: {answers}")
    expect("does not start from shared headers: " in shared.log_text(), "the log says what cannot share")
    some_fit(plain, shared, cache)
    upgraded(plain, shared, external / "other.h")

    shutil.rmtree(cache)
    for text in (SOURCE + "// gone\n", "#include <set>\n" + SOURCE): # NetA once more: no index is asked
        answers = [editor.change(editor.paths[1], text) for editor in (plain, shared)]
        expect(answers[0] == answers[1], "the same when the cache is removed" if answers[0] == answers[1] else f"cache removed: {answers}")
    expect(shared.server.shutdown() == 0 and plain.server.shutdown() == 0, "both end well")

    shutil.rmtree(cache, ignore_errors=True)
    at_once = Editor(args, "at-once", [f"--shared-headers-cache={cache}"], flags)
    start = time.monotonic()
    for path in at_once.paths:
        at_once.server.open(path)
    found = [at_once.plain(each) for each in at_once.server.all_diagnostics(at_once.paths)]
    print(f"opening: {FILES} files at once, {time.monotonic() - start:.2f} s")
    expect(found == plain.found, "the same when files are opened at once")
    at_once.server.shutdown()
    expect(at_once.log_text().count("the shared headers are made") == 1 and len(list(cache.glob("preambles/*/preamble.pch"))) == 1,
           "the headers are made once")

    shutil.rmtree(cache, ignore_errors=True)
    ended = Editor(args, "ended", [f"--shared-headers-cache={cache}"], flags)
    ended.open(ended.paths[0])
    while not list(cache.glob("preambles/*/key")): # written when the making begins
        time.sleep(0.1)
    expect(ended.server.shutdown() == 0, "it ends well while it makes the headers")
    expect(len(list(cache.glob("preambles/*/preamble.pch"))) == 1, "and they are made")

    (args.work / "file").write_text("")
    full = Editor(args, "full", [f"--shared-headers-cache={args.work}/file/cache"], flags)
    full.open(full.paths[0])
    expect(full.found[0] == plain.found[0], "the same where no cache can be written")
    full.open(full.paths[1]) # which waits for what cannot be made
    full.server.shutdown()
    expect("no shared headers: " in full.log_text(), "and the log says why")


if __name__ == "__main__":
    main()
