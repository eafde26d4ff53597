#!/usr/bin/env python3
"""The hooks of .pre-commit-hooks.yaml, run by the real pre-commit in a scratch repository.

usage: precommit.py --driver PROGRAM --root SOURCE_TREE -- COMPILER FLAGS
"""
import argparse
import atexit
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

BAD = """#include <torch/torch.h>
struct TailImpl : torch::nn::Module {
  explicit TailImpl(int64_t width) { out = torch::nn::Linear(width, 2); }
  torch::Tensor forward(torch::Tensor x) { return out(x); }
  torch::nn::Linear out{nullptr};
};
"""
GOOD = BAD.replace("torch::nn::Linear(width, 2)", 'register_module("out", torch::nn::Linear(width, 2))')


class Scratch:
    def __init__(self, args, flags):
        self.args, self.root = args, args.work / "project"
        shutil.rmtree(args.work, ignore_errors=True)
        self.root.mkdir(parents=True)
        tools = args.work / "bin"
        tools.mkdir()
        (tools / "torch-tidy").symlink_to(pathlib.Path(args.driver).resolve())
        # pre-commit clones the hooks' repository: one with the manifest alone, as committed here.
        self.hooks = args.work / "hooks"
        self.hooks.mkdir()
        shutil.copy(args.root / ".pre-commit-hooks.yaml", self.hooks)
        self.environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "PRE_COMMIT_HOME": str(args.work / "home"),
                            "XDG_CACHE_HOME": str(args.work / "xdg"), "GIT_CONFIG_GLOBAL": "/dev/null"}
        for folder in (self.hooks, self.root):
            self.git(folder, "init", "-q")
        self.git(self.hooks, "add", "-A")
        self.git(self.hooks, "commit", "-qm", "hooks")
        database = [{"directory": str(self.root), "file": str(self.root / name),
                     "command": " ".join(["clang++", *flags, "-c", name])} for name in ("bad.cpp", "good.cpp")]
        (self.root / "build").mkdir()
        (self.root / "build" / "compile_commands.json").write_text(json.dumps(database))
        (self.root / ".gitignore").write_text("build/\n")

    def git(self, folder, *command):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *command], cwd=folder, check=True,
                       env=self.environment)

    def run(self, hook, *options):
        done = subprocess.run(["pre-commit", "try-repo", str(self.hooks), hook, "--verbose", "--color=never", *options],
                              cwd=self.root, env=self.environment, capture_output=True, text=True)
        print(f"$ pre-commit try-repo hooks {hook} {' '.join(options)}   (status {done.returncode})\n{done.stdout}{done.stderr}")
        return done.returncode, done.stdout + done.stderr

    def stage(self, **files):
        self.git(self.root, "rm", "-rqf", "--cached", "--ignore-unmatch", ".")
        for name, text in files.items():
            path = self.root / name.replace("_", ".")
            path.write_text(text)
            self.git(self.root, "add", path.name)


def expect(condition, what):
    if not condition:
        sys.exit(f"precommit: failed: {what}")
    print(f"precommit: {what}\n")


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    args = parser.parse_args(sys.argv[1:split])
    # Outside the build tree, whose own compilation database would be found.
    args.work = pathlib.Path(tempfile.mkdtemp(prefix="torch-tidy-pre-commit-"))
    atexit.register(shutil.rmtree, args.work, ignore_errors=True)
    subprocess.run(["pre-commit", "validate-manifest", str(args.root / ".pre-commit-hooks.yaml")], check=True)
    scratch = Scratch(args, sys.argv[split + 1:])

    scratch.stage(good_cpp=GOOD)
    status, output = scratch.run("torch-tidy")
    expect(status == 0 and "Passed" in output, "a good file passes")
    scratch.stage(bad_cpp=BAD, notes_txt="no code\n")
    status, output = scratch.run("torch-tidy")
    expect(status == 1 and "[torch-unregistered-module]" in output, "a bad file fails")
    scratch.stage(head_h=BAD)
    status, output = scratch.run("torch-tidy")
    expect(status == 1 and "head.h:5" in output, "a header alone is checked")
    scratch.stage(notes_txt="no code\n")
    status, output = scratch.run("torch-tidy")
    expect(status == 0 and "no files to check" in output, "without C++ files there is nothing to do")
    scratch.stage(bad_cpp=BAD)
    status, output = scratch.run("torch-tidy-fix")
    expect(status == 1 and "files were modified" not in output, "the fixing hook leaves alone what would change archives")
    # As a project would that wants those as well.
    (scratch.root / ".torch-tidy.yaml").write_text("unsafe-fixes: true\n")
    status, output = scratch.run("torch-tidy-fix")
    (scratch.root / ".torch-tidy.yaml").unlink()
    expect(status == 1 and "files were modified" in output, "the fixing hook changes the file and stops the commit")
    expect('register_module("out"' in (scratch.root / "bad.cpp").read_text(), "the fix is in the file")

    shutil.rmtree(scratch.root / "build")
    scratch.stage(good_cpp=GOOD)
    status, output = scratch.run("torch-tidy")
    expect(output.count("compile_commands.json") == 1 and status == 0,
           "without a database one line says so, and the files are checked")
    config = scratch.root / ".pre-commit-config.yaml"
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=scratch.hooks, capture_output=True, text=True).stdout.strip()
    config.write_text(f"repos:\n- repo: {scratch.hooks}\n  rev: {commit}\n  hooks:\n"
                      "  - id: torch-tidy\n    args: [-p, build]\n")
    done = subprocess.run(["pre-commit", "run", "--color=never"], cwd=scratch.root, env=scratch.environment,
                          capture_output=True, text=True)
    print(done.stdout, done.stderr)
    expect(done.returncode == 1 and "no usable compilation database" in done.stdout, "with -p a missing database is an error")


main()
