#!/usr/bin/env python3
"""The Bazel aspect, run by the real bazel over the workspace in bazel/.

usage: bazel_test.py --driver PROGRAM --root SOURCE_TREE --cache DIR --work DIR -- COMPILER FLAGS
"""
import argparse
import atexit
import json
import os
import pathlib
import shutil
import subprocess
import sys

# What the tools of Bazel 4 load from the network: the rules that are built in, under other names.
STUBS = {"rules_cc/cc": ("cc_binary", "cc_library", "cc_toolchain", "cc_toolchain_suite", "objc_library"),
         "rules_java/java": ("java_binary", "java_import", "java_runtime", "java_toolchain")}


def expect(condition, what, output=""):
    if not condition:
        sys.exit(f"bazel: failed: {what}\n{output}")
    print(f"bazel: {what}")


class Workspace:
    def __init__(self, args, flags):
        self.args, self.flags, self.root = args, flags, args.work / "workspace"
        shutil.rmtree(args.work, ignore_errors=True)
        shutil.copytree(pathlib.Path(__file__).parent / "bazel", self.root)
        repositories = {"torch_tidy": args.root / "bazel"}
        for path, rules in STUBS.items():
            package = args.work / path
            package.mkdir(parents=True)
            (package / "BUILD").touch()
            (package.parent / "WORKSPACE").touch()
            (package / "defs.bzl").write_text("".join(f"{rule} = native.{rule}\n" for rule in rules))
            repositories[package.parent.name] = package.parent
        (self.root / "WORKSPACE").write_text('workspace(name = "tiny")\n' + "".join(
            f'local_repository(name = "{name}", path = "{path}")\n' for name, path in repositories.items()))
        (self.root / ".bazelrc").write_text(
            "".join(f"build --copt={flag}\n" for flag in flags) +
            f"build --action_env=PATH={args.driver.parent}:{os.environ['PATH']}\n"
            "build:lint --aspects=@torch_tidy//:torch_tidy.bzl%torch_tidy_aspect --output_groups=torch_tidy_reports\n"
            "build:lint --@torch_tidy//:config=//:.clang-tidy --keep_going\n"
            f"build:lint --@torch_tidy//:cache_dir={args.cache} --sandbox_writable_path={args.cache}\n")
        args.cache.mkdir(parents=True, exist_ok=True)
        atexit.register(self.bazel, "clean", "--expunge")  # and ends the server

    def bazel(self, *command):
        done = subprocess.run(["bazel", f"--output_user_root={self.args.work / 'out'}", *command], cwd=self.root,
                              capture_output=True, text=True, timeout=500)
        return done.returncode, done.stdout + done.stderr

    def lint(self, *options):
        return self.bazel("build", "--config=lint", *options)

    def reports(self):
        return sorted(str(path.relative_to(self.root)) for path in (self.root / "bazel-bin").rglob("*.torch-tidy.json"))

    def generated(self):
        """Where Bazel writes, as it names it."""
        return str((self.root / "bazel-bin").resolve().relative_to((self.root / "bazel-workspace").resolve()))

    def merge(self, *options, below=""):
        (self.root / "reports.txt").write_text("\n".join(path for path in self.reports() if path.startswith(f"bazel-bin/{below}")))
        done = subprocess.run([self.args.driver, "merge", *options, "@reports.txt"], cwd=self.root, capture_output=True, text=True)
        return done.returncode, done.stdout

    def check(self, sources):
        """What `torch-tidy check` reports over a database of sources, without Bazel."""
        here = (self.root / "bazel-workspace").resolve()  # where Bazel compiles
        database = here / "database"
        database.mkdir()
        (database / "compile_commands.json").write_text(json.dumps([
            {"directory": str(here), "file": source, "arguments": ["clang++", *self.flags, "-iquote", ".", source]} for source in sources]))
        done = subprocess.run([self.args.driver, "check", "-p", database, f"--config-file={self.root}/.clang-tidy", "--settings-file=",
                               f"--cache-dir={self.args.cache}", "--output-format=json"], cwd=here, capture_output=True, text=True,
                              env=dict(os.environ, GIT_CEILING_DIRECTORIES=str(here.parent)))
        return done.stdout


def findings(report):
    """With their notes, in an order of their own."""
    return sorted(json.dumps({key: value for key, value in finding.items() if key != "fingerprint"}, sort_keys=True)
                  for finding in json.loads(report)["findings"])


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    for option in ("driver", "root", "cache", "work"):
        parser.add_argument(f"--{option}", type=lambda path: pathlib.Path(path).absolute(), required=True)
    w = Workspace(parser.parse_args(sys.argv[1:split]), sys.argv[split + 1:])

    status, output = w.lint("//...")
    expect(status == 1 and "'out' is never registered" in output and "net.h:7:22: warning: 'drop'" in output, "findings fail the build", output)
    expect(w.reports() == ["bazel-bin/flags.torch-tidy/flags/flags.cpp.torch-tidy.json", "bazel-bin/good.torch-tidy/good.cpp.torch-tidy.json",
                           "bazel-bin/inputs.torch-tidy/inputs/inputs.cpp.torch-tidy.json", "bazel-bin/net.torch-tidy/bad.cpp.torch-tidy.json"], "a report for each source, in spite of that", w.reports())
    expect("cannot write in the cache directory" not in output and any((w.args.cache / "preambles").iterdir()), "actions share the cache", output)

    status, text = w.merge()
    expect(status == 1 and text.count("'drop' is never registered") == 1 and "2 findings in 4 files" in text, "merge makes them one report", text)
    status, text = w.merge("--output-format=json")
    expect([f["path"] for f in json.loads(text)["findings"]] == ["net.h", "net.h"], "paths are the workspace's", text)

    status, output = w.lint("--@torch_tidy//:fail_on_findings=false", "//...")
    expect(status == 0, "findings need not fail the build", output)
    status, output = w.lint("--@torch_tidy//:options=--ignore=bug,--select=torch-null-module", "//:good")
    expect(status == 1 and "no rule is enabled" in output, "more options reach the program", output)
    status, output = w.lint("--@torch_tidy//:program=//:lint-here", "//:flags")
    expect(status == 0 and "the program of the root package" in output, "the program may lie in the root package", output)
    build = w.root / "BUILD.bazel"
    build.write_text(build.read_text().replace('    tags = ["no-torch-tidy"],\n', ""))
    status, output = w.lint("--@torch_tidy//:fail_on_findings=false", "//:broken")
    expect(status == 1 and "broken.cpp:1:14: error: use of undeclared identifier 'missing'" in output, "a source that cannot be checked fails the build whatever the setting", output)

    targets = [f"//cross:{name}" for name in ("net", "part", "app", "app_alone")]
    status, output = w.lint(*targets)
    expect(status == 1 and "'second' is null" in output and "cross/setup.cpp:3:1: note: 'NetImpl::setup' is defined here" in output,
           "what another source of the target defines counts", output)
    expect("'part' is never registered" in output and "bin/cross/part.cpp:2:1: note: 'PartImpl::PartImpl' is defined here" in output,
           "so does what a dependency defines", output)
    status, text = w.merge(below="cross/app_alone")
    expect(status == 1 and "'part' is never registered" in text, "and one that is shown to nobody else", text)
    status, text = w.merge(below="cross")
    expect(status == 1 and "2 findings in 6 files" in text, "merge makes them one report, too", text)
    _, bazel = w.merge("--output-format=json", below="cross")
    whole = w.check(["cross/idle.cpp", "cross/net.cpp", "cross/setup.cpp", "cross/app.cpp", f"{w.generated()}/cross/part.cpp"])
    expect(findings(bazel) == findings(whole), "check says the same about all of them", bazel + whole)
    setup = w.root / "cross/setup.cpp"
    setup.write_text(setup.read_text().replace("}", 'second = register_module("second", torch::nn::Linear(2, 2)); }'))
    status, output = w.lint("--subcommands", "//cross:net")
    expect(status == 0 and "'Linting cross/net.cpp'" in output and "'Linting cross/idle.cpp'" not in output,
           "a source is linted again when one changes that it asks, no other source is", output)
    status, output = w.lint("--@torch_tidy//:cross_tu=false", "//cross:app")
    expect(status == 0, "each source may be read alone", output)


main()
