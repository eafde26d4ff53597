#!/usr/bin/env python3
"""What files show in torch-clangd that torch-tidy check has read together, in a project with a LibTorch of a few lines.

usage: cross_tu.py --clangd PROGRAM --driver PROGRAM --work DIR
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time

import lsp
from lsp import expect, rules

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "harness"))
from tiny_torch import TORCH  # noqa: E402

FILES = {
    ".clang-tidy": "Checks: '-*,torch-*,-torch-advice-*'\n",
    # A finding in the file itself: what its member registers stands in another.
    "part.h": "#pragma once\n#include <torch/torch.h>\nstruct PartImpl : torch::nn::Module { PartImpl(int n); torch::nn::Linear fc{nullptr}; };\n"
              "struct Part : torch::nn::ModuleHolder<PartImpl> { using torch::nn::ModuleHolder<PartImpl>::ModuleHolder; };\n",
    "part.cpp": '#include "part.h"\nPartImpl::PartImpl(int n) { fc = register_module("fc", torch::nn::Linear(n, n)); }\n',
    "net.cpp": '#include "part.h"\nstruct Net : torch::nn::Module {\n  Net() : part(3) {}\n  Part part;\n'
               "  torch::Tensor forward(torch::Tensor x) { return part->fc->forward(x); }\n};\n",
    # One in a header, with notes in the file that has the constructor.
    "tall.h": "#pragma once\n#include <torch/torch.h>\nstruct Tall : torch::nn::Module {\n  Tall(int n);\n  torch::Tensor forward(torch::Tensor x);\n"
              "  void setup(int n);\n  torch::nn::Linear first{nullptr}, second{nullptr};\n};\n",
    "tall.cpp": '#include "tall.h"\nTall::Tall(int n) { setup(n); }\n'
                "torch::Tensor Tall::forward(torch::Tensor x) { return second->forward(first->forward(x)); }\n",
    "setup.cpp": '#include "tall.h"\nvoid Tall::setup(int n) { first = register_module("first", torch::nn::Linear(n, n)); }\n',
    # One that the other file refutes.
    "wide.h": "#pragma once\n#include <torch/torch.h>\nvoid adopt(torch::nn::Module &module);\nstruct Wide : torch::nn::Module {\n  Wide() { adopt(*this); }\n"
              "  torch::Tensor operator()(torch::Tensor x);\n  torch::Tensor forward(torch::Tensor x);\n  torch::nn::Linear stem{1, 2};\n};\n",
    "call.cpp": '#include "wide.h"\ntorch::Tensor Wide::operator()(torch::Tensor x) { return forward(x); }\n',
    "wide.cpp": '#include "wide.h"\ntorch::Tensor Wide::forward(torch::Tensor x) { return stem->forward(x); }\n',
    "adopt.cpp": '#include "wide.h"\nvoid adopt(torch::nn::Module &module) { Wide &wide = static_cast<Wide &>(module); wide.register_module("stem", wide.stem); }\n',
}


class Session:
    def __init__(self, args):
        self.args, self.project = args, args.work.resolve() / "project"
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(args.work.resolve() / "cache")}
        self.database = args.work.resolve() / "cache" / "torch-tidy" / "results.db"
        shutil.rmtree(args.work, ignore_errors=True)
        (self.project / ".git").mkdir(parents=True)
        include = args.work.resolve() / "ext" / "torch"
        include.mkdir(parents=True)
        (include / "torch.h").write_text(TORCH)
        for name, text in FILES.items():
            (self.project / name).write_text(text)
        (self.project / "build").mkdir()
        (self.project / "build" / "compile_commands.json").write_text(json.dumps([
            {"directory": str(self.project), "file": str(self.project / name),
             "arguments": ["clang++", "-std=c++17", "-isystem", str(include.parent), "-c", str(self.project / name)]}
            for name in FILES if name.endswith(".cpp")]))
        self.editor = self.start()

    def start(self):
        return lsp.Server([self.args.clangd, "--background-index=false", "-j=1"], self.project,
                          log=self.args.work / "session.log", environment=self.environment)

    def check(self, *arguments):
        done = subprocess.run([self.args.driver, "check", *arguments], cwd=self.project, env=self.environment, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            sys.exit(f"cross-tu: failed: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def open(self, name):
        self.editor.open(self.project / name)
        found = self.editor.diagnostics(self.project / name)
        self.editor.close(self.project / name)
        return found

    def open_anew(self, name):
        """By a server that remembers nothing."""
        expect(self.editor.shutdown() == 0, "the server ends with status 0")
        self.editor = self.start()
        return self.open(name)

    def write(self, name, text):
        (self.project / name).write_text(text)


def shows_it(session):
    expect(rules(session.open("net.cpp")) == [], "nothing is shown before a run")
    expect(rules(session.open("wide.h")) == ["torch-unregistered-module"], "a file by itself shows what it shows")
    out = session.check()
    expect("net.cpp:4:" in out and "tall.h:7:" in out and "wide.h" not in out, f"the run finds what no single file shows\n{out}")

    found = session.open("net.cpp")
    expect(rules(found) == ["torch-unregistered-module"], f"and the editor shows it: {rules(found)}")
    expect(found[0]["range"]["start"] == {"line": 3, "character": 7} and found[0]["source"] == "clang-tidy" and found[0]["severity"] == 2, f"at its place, as a warning: {found[0]}")
    notes = {pathlib.Path(note["location"]["uri"]).name: note for note in found[0]["relatedInformation"]}
    expect("'PartImpl::PartImpl' is defined here, in another translation unit" in notes["part.cpp"]["message"]
           and notes["part.cpp"]["location"]["range"]["start"]["line"] == 1, "with a note that leads to the other file")
    expect(found[0].get("codeDescription", {}).get("href", "").endswith("unregistered-module.md"), "with the rule's page")

    found = session.open("tall.cpp")
    expect(rules(found) == ["torch-null-module"] and found[0]["range"]["start"]["line"] == 1, "one in a header shows at the first note in the file")
    found = session.open("tall.h")
    expect(rules(found) == ["torch-null-module"] and found[0]["range"]["start"] == {"line": 6, "character": 36}, "and in the header where that is open")
    expect(rules(session.open("wide.h")) == [], "what the other file refutes is not shown")


def holds_by_content(session):
    editor, net = session.editor, session.project / "net.cpp"
    shown = ["torch-unregistered-module"]
    editor.open(net)
    expect(rules(editor.diagnostics(net)) == shown, "it is shown again")
    for text, wanted, what in ((FILES["net.cpp"] + "\n", [], "an edit ends it"), (FILES["net.cpp"], shown, "taken back, it is there again")):
        editor.change(net, text)
        expect(rules(editor.diagnostics(net)) == wanted, what)
    editor.close(net)
    for name in ("part.cpp", "part.h"):
        session.write(name, FILES[name] + "\n")
        expect(rules(session.open("net.cpp")) == [], f"it is gone where {name} has changed on the disk")
        session.write(name, FILES[name])
        expect(rules(session.open("net.cpp")) == shown, "and there where that is as it was")
    session.write("adopt.cpp", FILES["adopt.cpp"] + "\n")
    expect(rules(session.open("wide.h")) == shown, "what a file refuted that has changed is shown")
    session.write("adopt.cpp", FILES["adopt.cpp"])


def follows_runs(session):
    shown = ["torch-unregistered-module"]
    for arguments in (["--no-cross-tu"], ["part.cpp"], ["--no-cache"], ["--checks=-*,torch-null-module"], ["--shard=1/2"], ["--shard=2/2"], ["setup.cpp"]):
        session.check(*arguments)
        expect(rules(session.open("net.cpp")) == shown, f"check {' '.join(arguments)} erases nothing")
    session.write("part.cpp", '#include "part.h"\nPartImpl::PartImpl(int n) {}\n')
    session.check()
    session.write("part.cpp", FILES["part.cpp"])
    expect(rules(session.open("net.cpp")) == [], "a run that finds nothing takes back what was found")
    silent = FILES["net.cpp"].replace("Part part;", "Part part; // NOLINT(torch-unregistered-module)")
    session.write("net.cpp", silent)
    session.check()
    expect(rules(session.open("net.cpp")) == [], "NOLINT silences it")
    session.write("net.cpp", FILES["net.cpp"])
    session.check()
    expect(rules(session.open("net.cpp")) == shown, "and it comes back with a run")


def obeys_configuration(session):
    session.write(".clang-tidy", "Checks: '-*,torch-*,-torch-unregistered-module'\n")
    expect(rules(session.open_anew("net.cpp")) == [], "a rule that is left out is left out")
    session.write(".clang-tidy", "Checks: '-*,torch-unregistered-module'\nWarningsAsErrors: '*'\n")
    found = session.open_anew("net.cpp")
    expect(rules(found) == ["torch-unregistered-module"] and found[0]["severity"] == 1, "one that is an error is one")
    session.write(".clang-tidy", "Checks: '-*'\n")
    expect(rules(session.open_anew("net.cpp")) == [], "without rules there is nothing")
    session.write(".clang-tidy", FILES[".clang-tidy"])
    expect(rules(session.open_anew("net.cpp")) == ["torch-unregistered-module"], "and it is back")


def bears_any_database(session):
    folder, whole = session.database.parent, session.database.read_bytes()
    names = sorted(os.listdir(folder))
    expect(names.count("results.db") == 1 and not [name for name in names if name.endswith(("-wal", "-shm"))], "the run has left one file")
    expect(rules(session.open("net.cpp")) == ["torch-unregistered-module"] and sorted(os.listdir(folder)) == names, "the editor makes no others")
    with contextlib.closing(sqlite3.connect(session.database, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        start = time.monotonic()
        session.open("net.cpp")
        expect(time.monotonic() - start < 3, "one that is locked holds nobody up")
        writer.execute("ROLLBACK")
    for what, damage in (("another file", lambda: session.database.write_bytes(b"this is no database\n" * 500)),
                         ("a half one", lambda: session.database.write_bytes(whole[:len(whole) // 2])),
                         ("zeros in the middle", lambda: session.database.write_bytes(whole[:4096] + bytes(len(whole) - 8192) + whole[-4096:])),
                         ("none", session.database.unlink),
                         ("a folder", session.database.mkdir)):
        damage()
        expect(rules(session.open("net.cpp")) == [], f"nothing is shown of {what}")
    session.database.rmdir()
    session.database.write_bytes(whole)
    with contextlib.closing(sqlite3.connect(session.database)) as writer, writer:
        writer.execute("UPDATE readings SET payload = '{\"found\": 1}'")
    expect(rules(session.open("net.cpp")) == [], "nor of rows that make no sense")
    session.database.write_bytes(whole)
    expect(rules(session.open("net.cpp")) == ["torch-unregistered-module"], "and all is well with the old one")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--clangd", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    session = Session(parser.parse_args())
    for step in (shows_it, holds_by_content, follows_runs, obeys_configuration, bears_any_database):
        step(session)
    expect(session.editor.shutdown() == 0, "it ends with status 0")


main()
