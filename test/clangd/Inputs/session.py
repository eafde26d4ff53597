#!/usr/bin/env python3
"""One editor session with torch-clangd, as a user has it: installed away from LLVM, nothing configured.

usage: session.py --clangd PROGRAM --work DIR -- COMPILER FLAGS

The log of the session is left in WORK/session.log.
"""
import argparse
import pathlib
import shutil
import sys

import lsp
from lsp import expect, rules

MODEL_H = """#pragma once
#include <torch/torch.h>
struct HeadImpl : torch::nn::Module {
  explicit HeadImpl(int64_t width);
  torch::Tensor forward(torch::Tensor x);
  torch::nn::Linear fc{nullptr};
};
// What it does stands in the header, whose function bodies clangd skips.
struct NeckImpl : torch::nn::Module {
  explicit NeckImpl(int64_t width);
  void setup(int64_t width) { fc = register_module("fc", torch::nn::Linear(width, width)); }
  void adopt() { register_module("extra", extra); }
  torch::Tensor forward(torch::Tensor x) { return extra(fc(x)); }
  torch::nn::Linear fc{nullptr}, extra{nullptr};
};
"""
MODEL_CPP = """#include "model.h"
HeadImpl::HeadImpl(int64_t width) {
  fc = torch::nn::Linear(width, 1);
}
torch::Tensor HeadImpl::forward(torch::Tensor x) { return fc(x); }
NeckImpl::NeckImpl(int64_t width) {
  setup(width);
  extra = torch::nn::Linear(width, width);
  adopt();
}
struct TailImpl : torch::nn::Module {
  explicit TailImpl(int64_t width) {
    out = torch::nn::Linear(width, 2);
  }
  torch::Tensor forward(torch::Tensor x) { return out(x); }
  torch::nn::Linear out{nullptr};
};
int once(int value) {
  int copy = value; // what the slow misc-const-correctness flags
  return copy;
}
"""


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--clangd", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    args = parser.parse_args(sys.argv[1:split])
    flags = sys.argv[split + 1:]

    shutil.rmtree(args.work, ignore_errors=True)
    project, program = args.work / "project", args.work / "elsewhere" / "bin" / "torch-clangd"
    project.mkdir(parents=True)
    program.parent.mkdir(parents=True)
    shutil.copy(args.clangd, program)
    pages = program.parent.parent / "share" / "doc" / "torch-tidy" / "rules"
    pages.mkdir(parents=True)
    (pages / "unregistered-module.md").write_text("# torch-unregistered-module\n")
    (project / ".clang-tidy").write_text("Checks: ''\n")  # ends the search: what lies above must not count
    (project / "model.h").write_text(MODEL_H)
    source = project / "model.cpp"
    source.write_text(MODEL_CPP)

    editor = lsp.Server([program, "--background-index=false", "-j=1"], project, log=args.work / "session.log",
                        commands=lsp.command_for(source, flags))
    editor.open(source)
    found = editor.diagnostics(source)
    expect(not [entry for entry in found if entry["severity"] == 1], "clang's own headers and LibTorch's are found")
    expect(rules(found) == ["torch-unregistered-module"] * 2,
           f"without configuration the rules run, and are silent where a body was skipped: {rules(found)}")
    in_header, finding = sorted(found, key=lambda entry: entry["range"]["start"]["line"])
    expect(in_header["range"]["start"]["line"] == 2, "the finding of a member in the header shows at the constructor")
    page = finding.get("codeDescription", {}).get("href", "")
    expect(page == (pages / "unregistered-module.md").resolve().as_uri(), "it links to the installed page of the rule")

    actions = [action for action in editor.code_actions(source, finding) if action.get("edit")]
    expect(len(actions) == 1, f"it offers one fix: {[action['title'] for action in actions]}")
    fixed = lsp.apply_edits(MODEL_CPP, actions[0]["edit"]["changes"][lsp.uri(source)])
    expect('out = register_module("out", torch::nn::Linear(width, 2));' in fixed, "the fix registers the module")
    editor.change(source, fixed)
    expect(rules(editor.diagnostics(source)) == ["torch-unregistered-module"], "with the fix applied it is gone")

    editor.change(source, MODEL_CPP.replace("{nullptr};\n", "{nullptr}; // NOLINT(torch-unregistered-module)\n"))
    expect(rules(editor.diagnostics(source)) == ["torch-unregistered-module"], "NOLINT silences it")
    editor.change(source, MODEL_CPP.replace("width, 2)", "width, )"))
    broken = editor.diagnostics(source)
    expect([entry for entry in broken if entry["severity"] == 1], "a syntax error is an error and no crash")
    editor.change(source, MODEL_CPP)
    expect(rules(editor.diagnostics(source)) == ["torch-unregistered-module"] * 2, "and the findings come back")
    editor.close(source)

    # A project's configuration decides; clangd's own table still keeps out what it measured as slow.
    # In a folder of its own: clangd looks again for a .clang-tidy only after five seconds.
    (project / "strict").mkdir()
    (project / "strict" / ".clang-tidy").write_text("Checks: '-*,misc-const-correctness,torch-*,-torch-unregistered-module'\n")
    configured = project / "strict" / "configured.cpp"
    configured.write_text(MODEL_CPP.replace("model.h", "../model.h"))
    editor.notify("workspace/didChangeConfiguration",
                  {"settings": {"compilationDatabaseChanges": lsp.command_for(configured, flags)}})
    editor.open(configured)
    expect(rules(editor.diagnostics(configured)) == [], "a rule that .clang-tidy leaves out is left out, a slow check too")
    expect(editor.shutdown() == 0, "it ends with status 0")


main()
