"""Unused NOLINT comments, and new ones."""
import os

from expect import check, says, silent_on
from project import SEMI, DatabaseProject as Project

REQUIRES = ["driver"]


def case_unused(p):
    p.write("s.h", "#pragma once\nint fine; // NOLINT(torch-null-module)\n")
    p.write("a.cpp", '#include "s.h"\nint a; // NOLINT\nint b; // NOLINT(bugprone-x)\nint c; // NOLINT(torch-unchecked-bias, bugprone-x)\n'
            "// NOLINTNEXTLINE(torch-null-module)\nint d; // why NOLINT(torch-advice-hardcoded-layer)\n// NOLINTBEGIN(torch-nonsense)\nint e;\n// NOLINTEND(torch-nonsense)\n")
    p.database("a.cpp")
    args = ["check", "--report-unused-nolint", "--output-format=clang-tidy", "--cache-dir=" + p.cache]
    out = p.run(*args, bare=True, status=1)
    says(out, "s.h:2:21: warning: 'NOLINT(torch-null-module)' suppresses no finding [torch-unused-nolint]",
         "a.cpp:4:18: warning: 'NOLINT(torch-unchecked-bias)'", "a.cpp:5:19: warning: 'NOLINTNEXTLINE(torch-null-module)'",
         "a.cpp:7:16: warning: 'NOLINTBEGIN(torch-nonsense)'")
    silent_on(out, "(bugprone-x)'", "a.cpp:6:")
    p.run(*args, "--fix", bare=True, status=1)
    check(p.read("s.h") == "#pragma once\nint fine;\n", "not removed: " + p.read("s.h"))
    check("int c; // NOLINT(torch-unchecked-bias, bugprone-x)\nint d;" in p.read("a.cpp"), "not removed: " + p.read("a.cpp"))


def case_used_through_a_link(p):
    p.write("a.cpp", "namespace torch { namespace nn { struct Module { void train(); }; } }\nstruct Net : torch::nn::Module {\n"
            "  void train(); // NOLINT(torch-advice-module-api-shadow)\n};\n")
    p.database("a.cpp")
    os.symlink(p.src, p.path("../link"))
    args = ["check", "--report-unused-nolint", "--fail-on=info", "--select=torch-advice-module-api-shadow", "--output-format=clang-tidy",
            "--cache-dir=" + p.cache, "-p", p.src + "/build"]
    for folder in (p.src, p.path("../link")):
        out = p.run(*args, folder + "/a.cpp", bare=True, status=0)
        silent_on(out, "suppresses no finding")
    # And from within: what is printed is named as the database names it.
    out = p.run(*args, "a.cpp", bare=True, status=0, cwd=p.path("../link"))
    silent_on(out, "suppresses no finding")
    p.write("a.cpp", p.read("a.cpp").replace("// NOLINT", "//"))
    says(p.run(*args, p.path("../link/a.cpp"), bare=True, status=1), "a.cpp:3:8: warning: 'train' hides")


def case_of_a_file_that_was_not_checked(p):
    p.write("a.cpp", "int a; // NOLINT(torch-null-module)\nint b = missing;\n")
    p.database("a.cpp")
    out = p.run("check", "--report-unused-nolint", "--cache-dir=" + p.cache, bare=True, status=2)
    silent_on(out, "suppresses no finding")


def case_add(p):
    p.write("a.cpp", "#define TWO \\\n  int unused() { \\\n    int idle = 0; return 1; }\n" + SEMI.replace("\n", "\r\n") +
            "int k() {\n  int idle = 0; // why\n  return 1;\n}\n")
    p.database("a.cpp")
    out = p.run("--add-nolint", "--diff", "--quiet", status=1)
    says(out, "+  void f() {}; // NOLINT(clang-diagnostic-extra-semi)\r\n")
    p.run("--add-nolint", status=0)
    check(p.run("--quiet", status=0).stdout == "", "findings are left after --add-nolint")
    check("  void f() {}; // NOLINT(clang-diagnostic-extra-semi)\r\n" in p.read("a.cpp"), "wrong: " + p.read("a.cpp"))
    check("// why // NOLINT(clang-diagnostic-unused-variable)\n" in p.read("a.cpp"), "wrong: " + p.read("a.cpp"))
    says(p.run("--add-nolint", "--fix", status=2), "exclude each other. Next:")
