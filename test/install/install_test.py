#!/usr/bin/env python3
"""What is installed works: into a prefix, as a CMake package, as .deb packages unpacked into a clean root.

usage: install_test.py --build TREE --work DIR --cmake CMAKE [--torch-root DIR] [--cxx COMPILER] lint|runtime|deb [-- FLAGS]

  lint     a consumer project lints its target, on demand and as part of the build
  runtime  a consumer project builds against TorchTidy::runtime and runs
  deb      the packages hold what they should, name what they need, and run
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def run(*command, status=0, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    output = done.stdout + done.stderr
    if (done.returncode == 0) != (status == 0):
        sys.exit(f"install: {' '.join(map(str, command))} ended with {done.returncode}:\n{output}")
    return output


def expect(condition, what, output=""):
    if not condition:
        sys.exit(f"install: failed: {what}\n{output}")
    print(f"install: {what}")


class Consumer:
    def __init__(self, args, flags, component):
        self.args, self.build = args, args.work / "consumer-build"
        self.source = args.work / "consumer"
        shutil.copytree(HERE / "consumer", self.source)
        self.options = ["-S", self.source, "-B", self.build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={args.cxx}",
                        f"-DCMAKE_PREFIX_PATH={args.work / 'prefix'}", f"-DCONSUMER_COMPONENTS={component}",
                        f"-DCONSUMER_TORCH_FLAGS={' '.join(flags)}"]
        if args.torch_root:
            self.options.append(f"-DTORCHTIDY_TORCH_ROOT={args.torch_root}")

    def configure(self, *more):
        return run(self.args.cmake, *self.options, *more)

    def make(self, target, status=0):
        return run(self.args.cmake, "--build", self.build, "--target", target, status=status)


def install(args, *components):
    for component in components:
        run(args.cmake, "--install", args.build, "--prefix", args.work / "prefix", "--component", component)


def test_lint(args, flags):
    install(args, "driver", "plugin")
    prefix = args.work / "prefix"
    expect((prefix / "bin" / "torch-tidy").exists(), "the driver is in bin")
    expect(list(prefix.glob("lib*/**/torch-tidy/llvm-*/TorchTidyPlugin.so")), "the plugin's folder names its LLVM")
    expect((prefix / "share/doc/torch-tidy/rules/null-module.md").exists(), "the rules' pages are there")
    module = prefix / "share/torch-tidy/bazel"
    expect((module / "torch_tidy.bzl").exists() and os.access(module / "check.sh", os.X_OK), "the module for Bazel is there")
    consumer = Consumer(args, flags, "lint")
    consumer.configure()
    output = consumer.make("model-lint", status=1)
    expect("[torch-unregistered-module]" in output, "the target model-lint finds the bug", output)
    consumer.configure("-DCONSUMER_LINT=BUILD")
    output = consumer.make("model-lint", status=1)
    expect("[torch-unregistered-module]" in output, "as part of the build the finding fails it", output)
    model = consumer.source / "model.cpp"
    text = model.read_text().replace("torch::nn::Linear(width, 2)", 'register_module("out", torch::nn::Linear(width, 2))')
    model.write_text(text)
    consumer.make("model-lint")
    expect("no work to do" in consumer.make("model-lint"), "put right, it passes and is not run again")
    header = consumer.source / "model.h"
    header.write_text(header.read_text() + "// changed\n")
    expect("Linting model" in consumer.make("model-lint"), "a changed header has it run again")


def test_runtime(args, flags):
    install(args, "runtime")
    consumer = Consumer(args, flags, "runtime")
    consumer.configure()
    consumer.make("consumer")
    output = run(consumer.build / "consumer")
    expect(output == "parameters 2\n", "a consumer of TorchTidy::runtime builds and runs", output)
    output = run(args.cmake, *consumer.options, "-DCONSUMER_WITHOUT_LINT=ON", status=1)
    expect("the linter is not installed" in " ".join(output.split()), "without the linter torchtidy_lint says what is missing", output)
    output = run(args.cmake, *consumer.options, "-DCONSUMER_COMPONENTS=lint", status=1)
    expect("the linter is not installed" in " ".join(output.split()), "and so does the component lint", output)


def test_deb(args, flags):
    run(args.cmake.with_name("cpack"), "-G", "DEB", "-B", args.work / "packages", cwd=args.build)
    packages = {run("dpkg-deb", "-f", deb, "Package").strip(): deb for deb in (args.work / "packages").glob("*.deb")}
    print("install: packages:", " ".join(sorted(packages)))
    root = args.work / "root"
    for name, deb in packages.items():
        run("dpkg-deb", "-x", deb, root)
        print(f"install: {name} needs: {run('dpkg-deb', '-f', deb, 'Depends').strip()}")
    expect("torch-tidy" in packages, "there is a package of the driver")
    depends = run("dpkg-deb", "-f", packages["torch-tidy"], "Depends")
    expect(all(name in depends for name in ("libclang-cpp", "libsqlite3", "libhiredis")), "it needs what it links", depends)
    expect("torch-null-module" in run(root / "usr/bin/torch-tidy", "rule"), "the driver runs from a clean root")
    expect((root / "usr/share/torch-tidy/cuda/prelude.h").exists(), "what CUDA sources are read with is there")
    if (root / "usr/bin/torch-clangd").exists():
        expect("clangd" in run(root / "usr/bin/torch-clangd", "--version"), "torch-clangd runs from a clean root")
        expect("torch-null-module" in run(root / "usr/bin/torch-clang-tidy", "--checks=torch-*", "--list-checks"),
               "torch-clang-tidy runs from a clean root")


def main():
    command, flags = sys.argv[1:], []
    if "--" in command:
        split = command.index("--")
        command, flags = command[:split], command[split + 1:]
    parser = argparse.ArgumentParser(usage=__doc__)
    for option in ("build", "work", "cmake"):
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    parser.add_argument("--torch-root")
    parser.add_argument("--cxx", default=os.environ.get("CXX", "c++"))
    tests = {"lint": test_lint, "runtime": test_runtime, "deb": test_deb}
    parser.add_argument("test", choices=tests)
    args = parser.parse_args(command)
    args.work = args.work.absolute()
    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    tests[args.test](args, flags)


main()
