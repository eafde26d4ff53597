"""Fixes are proven before they are written: what would not compile, or brings a new finding, is taken back, and the rest stays."""
import os
import signal
import subprocess
import time

from expect import check, same, says, silent_on
from project import FIXED_SEMI, SEMI, DatabaseProject as Project

REQUIRES = ["driver"]

def semi(name):
    return SEMI.replace("struct S", "struct " + name)


def fixed(name):
    return FIXED_SEMI.replace("struct S", "struct " + name)


def assertion(p, *names):
    """a.h has a finding; each unit of NAMES reads it and holds only while a.h is as it is: it looks at a column of the line."""
    p.write("a.h", "struct A { void f() {}; static constexpr int column = __builtin_COLUMN(); };\n")
    for name in names:
        p.write(name, '#include "a.h"\nstatic_assert(A::column == 55, "a.h was changed");\n')


def case_a_fix_that_breaks_another_unit_is_taken_back(p):
    assertion(p, "reader.cpp")
    p.write("writer.cpp", '#include "a.h"\n' + SEMI)
    p.write("other.cpp", semi("Other"))
    p.database("reader.cpp", "writer.cpp", "other.cpp")
    before = p.read("a.h")
    diff = p.run("--diff", "--quiet", status=1)
    check("a/a.h" not in diff.stdout and "other.cpp" in diff.stdout, "--diff shows what --fix would not write", diff)
    out = p.run("--fix", status=1)
    same(p.read("a.h"), before)
    same(p.read("other.cpp"), fixed("Other"))
    same(p.read("writer.cpp"), '#include "a.h"\n' + FIXED_SEMI)
    says(out, f"a.h:1:23: the fix of clang-diagnostic-extra-semi was taken back: '{p.path('reader.cpp')}' would not compile with it:",
         "a.h was changed", "2 findings fixed in 2 files")
    # It is no reason to change anything the next time, and the status says it again.
    says(p.run("--fix", status=1), "was taken back")
    same(p.read("a.h"), before)


def case_only_the_guilty_one_of_many(p):
    """One of eight fixes in a file breaks it: seven are applied."""
    text = "".join(semi(f"S{i}") for i in range(4)) + "struct A { void f() {}; static constexpr int column = __builtin_COLUMN(); };\n" \
        + 'static_assert(A::column == 55, "moved");\n' + "".join(semi(f"S{i}") for i in range(4, 7))
    p.files(a=text)
    out = p.run("--fix", status=1)
    same(p.read("a.cpp"), text.replace("{};\n", "{}\n"))
    says(out, "a.cpp:13:23: the fix of", "7 findings fixed in 1 file")
    same(out.stderr.count("was taken back"), 1)


def case_a_new_finding(p):
    """The column decides whether a variable is used."""
    p.write("a.h", "struct A { void f() {}; static constexpr int column = __builtin_COLUMN(); };\n")
    p.write("b.cpp", '#include "a.h"\ntemplate <int N> struct T { [[deprecated]] static int f() { return N; } };\n'
            "template <> struct T<55> { static int f() { return 1; } };\nint g() { return T<A::column>::f(); }\n")
    p.database("b.cpp")
    silent_on(p.run(status=1), "deprecated")
    before = p.read("a.h")
    out = p.run("--fix", status=1)
    same(p.read("a.h"), before)
    says(out, "would have a new finding with it: 'f' is deprecated [clang-diagnostic-deprecated-declarations]")


def case_info_counts_for_the_status(p):
    """The exit status speaks of a fix that was taken back also where the finding itself would not count."""
    assertion(p, "reader.cpp")
    p.database("reader.cpp")
    p.run("--fix", "--exit-zero", status=1)


def case_what_was_proven_is_not_checked_again(p):
    p.files(a=SEMI, b="int b;\n")
    p.run("--fix", status=0)
    same(p.read("a.cpp"), FIXED_SEMI)
    says(p.run("--profile", status=0), "2 from the cache")


def case_killed_at_any_time(p):
    """However early it is killed, no file holds a text that was not proven: the old or the new one, whole."""
    assertion(p, "reader.cpp")
    names = [f"u{i}" for i in range(6)]
    for name in names:
        p.write(name + ".cpp", '#include "a.h"\n' + semi(name))
    p.database("reader.cpp", *[name + ".cpp" for name in names])
    before = p.read("a.h")
    for milliseconds in (20, 60, 120, 200, 300, 450):
        run = subprocess.Popen(p.command("--fix", "--no-cache", "-j2"), cwd=p.src, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
        time.sleep(milliseconds / 1000)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        same(p.read("a.h"), before)
        for name in names:
            text = p.read(name + ".cpp")
            check(text in ('#include "a.h"\n' + semi(name), '#include "a.h"\n' + fixed(name)), f"{name}.cpp holds {text!r}")
    p.run("--fix", status=1)
    check(all("{};" not in p.read(name + ".cpp") for name in names), "the next run does the rest")
