"""Bad input: each kind has a message with the next step and exit status 2."""
import json
import os
import tempfile

from expect import check, says
from project import FIXED_SEMI, SEMI, UNUSED, DatabaseProject as Project

REQUIRES = ["driver"]


def case_database(p):
    p.write("a.cpp", UNUSED)
    says(p.run("-p", "build", status=2), "no usable compilation database in '" + p.path("build"), "Next: configure the build with")
    p.write("build/compile_commands.json", '[{"directory": ')
    says(p.run(status=2), "no usable compilation database", "Next:")
    p.write("build/compile_commands.json", "{}")
    says(p.run(status=2), "no usable compilation database", "Next:")
    p.write("build/compile_commands.json", "[]")
    says(p.run(status=2), "no file of the compilation database", "Next:")
    with tempfile.TemporaryDirectory() as outside:  # the build tree that holds this test has a database
        says(p.run(status=2, cwd=outside), "no compile_commands.json found", "Next:")


def case_entry_of_a_file_that_is_gone(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp", "gone.cpp")
    out = p.run(status=2)
    says(out, "gone.cpp: the compilation database lists it, but it is gone. Next: configure the build again", "'idle'")


def case_foreign_flags_once(p):
    p.write("a.cpp", UNUSED)
    p.write("b.cpp", UNUSED)
    p.database("a.cpp", "b.cpp", extra=["-fno-gnu-unique", "-fmax-errors=3", "--expt-relaxed-constexpr", "-Xcudafe", "--diag_suppress=1"])
    out = p.run(status=1)
    for flag in ("-fno-gnu-unique", "-fmax-errors=3", "--expt-relaxed-constexpr", "-Xcudafe --diag_suppress=1"):
        check(out.stderr.count(f"compiler flag '{flag}' is not clang's: left out") == 1, f"{flag} not named once", out)


def case_unknown_flag(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp", extra=["-fthis-is-no-flag"])
    says(p.run(status=1), "compiler flag '-fthis-is-no-flag' is not clang's: left out")
    p.write("build/compile_commands.json", json.dumps([{"directory": p.src, "file": "a.cpp", "command": "clang++"}]))
    says(p.run(status=2), "a.cpp: clang cannot make sense of its compile command", "Next:")


def case_unreadable_file(p):
    os.makedirs(p.path("a.cpp/b"))
    p.database("a.cpp")
    says(p.run(status=2), "Next:")
    os.rmdir(p.path("a.cpp/b"))
    os.rmdir(p.path("a.cpp"))
    os.chmod(p.write("a.cpp", UNUSED), 0)
    says(p.run(status=2, mortal=True), "a.cpp: cannot be read: Permission denied. Next:")


def case_spaces_and_utf8(p):
    p.write("mit Leer/größe 例.cpp", SEMI)
    p.database("mit Leer/größe 例.cpp")
    says(p.run(status=1), "größe 例.cpp:2:")
    p.run("--fix", status=0)
    check(p.read("mit Leer/größe 例.cpp") == FIXED_SEMI, "not fixed")


def case_binary_junk(p):
    p.write("a.cpp", bytes(range(256)) * 64)
    p.write("b.cpp", b"")
    p.write("c.cpp", b"\xef\xbb\xbf" + SEMI.encode())
    p.database("a.cpp", "b.cpp", "c.cpp")
    out = p.run(status=2)
    says(out, "a.cpp:", "error:", "c.cpp:2:")
    p.run("c.cpp", "--fix", status=0)
    check(p.read("c.cpp").encode() == b"\xef\xbb\xbf" + FIXED_SEMI.encode(), "the byte order mark was lost")


def case_paths(p):
    says(p.run("none.cpp", status=2), "'none.cpp' does not exist. Next:")
    os.makedirs(p.path("empty"))
    says(p.run("empty", "--", status=2), "no C++ source files under the given paths. Next:")
    says(p.run("--no-such-option", status=2), "--no-such-option")
    says(p.run("-j", "many", status=2), "many")


def case_no_libtorch(p):
    p.write("a.cpp", UNUSED)
    says(p.run("a.cpp", "--torch-root=/nowhere", status=2), "LibTorch not found (looked in /nowhere/include", "Next: pass --torch-root DIR")


def newer_libtorch(p):
    """A LibTorch whose headers refuse C++17, as 2.14 and later do."""
    p.write("libtorch/include/ATen/ATen.h", "#pragma once\n#if __cplusplus < 202002L\n"
            "#error C++20 or later compatible compiler is required to use ATen.\n#endif\n")
    p.write("libtorch/include/torch/csrc/api/include/torch/torch.h", "#pragma once\n#include <ATen/ATen.h>\n")
    p.write("a.cpp", "#include <torch/torch.h>\n" + UNUSED)
    return p.path("libtorch/include")


def case_standard_that_libtorch_needs(p):
    newer_libtorch(p)
    p.run("a.cpp", "--torch-root=" + p.path("libtorch"), status=0)


def case_standard_that_is_too_old(p):
    include = newer_libtorch(p)
    p.write("b.cpp", "#include <torch/torch.h>\n")
    p.write("c.cpp", "int nothing();\n")
    p.database("a.cpp", "b.cpp", "c.cpp", extra=["-std=c++17", f"-I{include}", f"-I{include}/torch/csrc/api/include"])
    out = p.run(status=2)
    says(out, "LibTorch's headers need -std=c++20, and '" + p.path("a.cpp") + "' is compiled with '-std=c++17' (compile_commands.json in",
         "Next: raise the standard of the build")
    check(out.stderr.count("headers need -std") == 1, "said more than once", out)
    p.write("c.cpp", SEMI)
    again = p.run("--fix", status=2)
    check(p.read("c.cpp") == FIXED_SEMI, "not fixed", again)
    check(again.stderr.count("headers need -std") == 1, "said again after fixes", again)
    p.run("--extra-arg=-std=c++20", status=1)
