"""Projects over a heavy header, for the engine: compile commands on the command line, external headers in ext/.

The heavy header is a small one padded with comments to the size from which headers are shared, so that a precompiled header
takes milliseconds. Compiler warnings serve as findings: any rule does, as long as what it says depends on what the file means.
"""
import os

import project
from expect import check

PADDING = "// " + "x" * 1000 + "\n"
CHECKS = "--checks=-*,torch-null-module,clang-diagnostic-*"
BODY = "int main() { int unused; return heavy(0); }\n"


class EngineProject(project.Project):
    """Files in src/, external headers in ext/, both named from the root."""

    def __init__(self, root, tools):
        super().__init__(root, tools)
        self.flags = ["-Wall"]
        os.makedirs(self.path("src/.git"))
        os.makedirs(self.path("ext"))
        self.heavy("heavy.h", "inline int heavy(int x) { return x; }\n")

    def heavy(self, name, text):
        """An external header that is worth sharing."""
        guard = name.replace(".", "_").upper()
        return self.write("ext/" + name, f"#ifndef {guard}\n#define {guard}\n{text}" + PADDING * 3300 + "#endif\n")

    def run(self, *files, options=(), cache=None, source="src", **more):
        command = [self.tool, "check", CHECKS, "--output-format=clang-tidy", "--profile",
                   "--cache-dir=" + (cache or self.cache), *options, *[self.path(f) for f in files], "--",
                   "-std=c++17", "-isystem", self.path("ext"), "-I", self.path(source), *self.flags]
        return self.execute(command, **more)

    def same_as_plain(self, *files, shared):
        """Engine and plain runs agree; `shared` says whether every file may use the shared headers."""
        plain = self.run(*files, options=["--plain"])
        engine = self.run(*files)
        again = self.run(*files)
        check(engine.stdout == plain.stdout, "findings differ", engine, plain)
        check(engine.returncode == plain.returncode, "exit status differs", engine, plain)
        check(again.stdout == plain.stdout, "findings from the cache differ", again, plain)
        check(("not shared" not in engine.stderr) == shared, f"sharing is not {shared}", engine)
        return engine


def preambles(p):
    result = []
    for folder, _, names in os.walk(p.cache):
        result += [(folder, os.stat(os.path.join(folder, n)).st_mtime_ns) for n in names if n.endswith(".pch")]
    return sorted(result)
