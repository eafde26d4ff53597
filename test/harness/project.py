"""Scratch projects: files, a cache, and runs of torch-tidy over them. A *_test.py names as `Project` the one of its cases."""
import json
import os
import shutil
import subprocess

from expect import check


class Project:
    """Files below FOLDER of a new directory; the cache beside them."""
    folder = ""

    def __init__(self, root, tools):
        self.root, self.tools, self.tool = os.path.realpath(root), tools, tools.torch_tidy
        self.src, self.cache = os.path.join(self.root, self.folder).rstrip("/"), os.path.join(self.root, "cache")
        shutil.rmtree(self.root, ignore_errors=True)
        os.makedirs(self.src)

    def close(self):
        """Ends what the case has left running."""

    def path(self, name):
        return os.path.join(self.src, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode(errors="surrogateescape"))
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as source:
            return source.read().decode(errors="surrogateescape")

    def execute(self, command, status=None, mortal=False, cwd=None, env=None, **more):
        """The output as text, byte for byte. MORTAL: file modes hold for root, too."""
        if mortal and os.geteuid() == 0:
            command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
        done = subprocess.run(command, capture_output=True, timeout=120, cwd=cwd, env=env, stdin=subprocess.DEVNULL, **more)
        # Not text=True, which would turn \r\n into \n.
        done.stdout, done.stderr = (output.decode(errors="surrogateescape") for output in (done.stdout, done.stderr))
        if status is not None:
            check(done.returncode == status, f"exit {done.returncode} instead of {status}: {command}", done)
        return done


# Compiler warnings serve as findings, so that files need no LibTorch: -Wextra-semi has a safe fix,
# -Wlogical-op-parentheses one that stands on a note, -Wunused-variable none.
CHECKS = "--checks=clang-diagnostic-*"
FLAGS = ["-std=c++17", "-Wextra-semi", "-Wunused-variable", "-Wlogical-op-parentheses"]
SEMI = "struct S {\n  void f() {};\n};\n"
FIXED_SEMI = "struct S {\n  void f() {}\n};\n"
UNUSED = "int g() {\n  int idle = 0;\n  return 1;\n}\n"
PARENTHESES = "bool h(bool a, bool b, bool c) { return a && b || c; }\n"


class DatabaseProject(Project):
    """In src/, with a compilation database in src/build/."""
    folder = "src"

    def __init__(self, root, tools):
        super().__init__(root, tools)
        os.makedirs(self.path(".git"))
        self.flags = FLAGS

    def database(self, *names, extra=()):
        entries = [{"directory": self.path("build"), "file": self.path(n),
                    "arguments": ["clang++", *self.flags, *extra, "-I", self.src, "-c", self.path(n)]} for n in names]
        self.write("build/compile_commands.json", json.dumps(entries))

    def files(self, **texts):
        """NAME=TEXT is NAME.cpp, in the database."""
        for name, text in texts.items():
            self.write(name + ".cpp", text)
        self.database(*[name + ".cpp" for name in texts])

    def command(self, *arguments):
        return [self.tool, "check", CHECKS, "--output-format=clang-tidy", "--cache-dir=" + self.cache, *arguments]

    def run(self, *arguments, cwd=None, bare=False, **more):
        """BARE: none of the usual arguments."""
        return self.execute([self.tool, *arguments] if bare else self.command(*arguments), cwd=cwd or self.src, **more)

    def git(self, *arguments):
        if not os.path.exists(self.path(".git/HEAD")):
            shutil.rmtree(self.path(".git"))
            subprocess.run(["git", "init", "-q", self.src], check=True)
            self.write(".git/info/exclude", "build/\n")
        subprocess.run(["git", "-C", self.src, "-c", "user.name=t", "-c", "user.email=t@t", "-c",
                        "commit.gpgsign=false", *arguments], check=True, capture_output=True)
