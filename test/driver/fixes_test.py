"""Fixes: diffs, safety of writes, unsafe ones, clang-apply-replacements."""
import os
import shutil
import stat
import subprocess

from expect import check, says, silent_on
from project import FIXED_SEMI, PARENTHESES, SEMI, UNUSED, DatabaseProject as Project

REQUIRES = ["driver"]


def case_diff_changes_nothing_and_applies(p):
    p.files(a=SEMI + UNUSED, b="// x\n" * 30 + SEMI.rstrip("\n"))
    out = p.run("--diff", "--quiet", status=1)
    check(p.read("a.cpp") == SEMI + UNUSED, "--diff wrote", out)
    check("-  void f() {};\n+  void f() {}\n" in out.stdout, "no diff", out)
    p.write("patch", out.stdout)
    subprocess.run(["patch", "-p1", "--fuzz=0", "-s", "-i", p.path("patch")], cwd=p.src, check=True)
    check(p.read("a.cpp") == FIXED_SEMI + UNUSED, "patch made something else", out)
    check(p.read("b.cpp") == "// x\n" * 30 + FIXED_SEMI.rstrip("\n"), "patch made something else of b", out)
    p.run("--diff", status=1)
    check(p.run("--diff", "--quiet").stdout == "", "nothing is left to fix")


def case_checks_again(p):
    p.files(a=SEMI, b=SEMI + UNUSED)
    out = p.run("--fix", status=1)
    check(p.read("a.cpp") == FIXED_SEMI and p.read("b.cpp") == FIXED_SEMI + UNUSED, "not fixed", out)
    says(out, "2 findings fixed in 2 files", "unused-variable")
    silent_on(out, "extra-semi")


def case_exit_status(p):
    p.files(a=SEMI)
    p.run("--fix", status=0)
    p.files(a=SEMI)
    p.run("--fix", "--exit-non-zero-on-fix", status=1)
    p.run("--fix", "--exit-non-zero-on-fix", status=0)


def case_unsafe_only_when_asked(p):
    p.files(a=PARENTHESES)
    p.run("--fix", status=1)
    check(p.read("a.cpp") == PARENTHESES, "an unsafe fix was applied unasked")
    p.run("--fix", "--unsafe-fixes", status=0)
    check("(a && b) || c" in p.read("a.cpp"), "the unsafe fix was not applied")


def case_keeps_mode_and_line_endings(p):
    p.files(a=(SEMI + UNUSED).replace("\n", "\r\n"))
    os.chmod(p.path("a.cpp"), 0o751)
    p.run("--fix", status=1)
    check(p.read("a.cpp") == (FIXED_SEMI + UNUSED).replace("\n", "\r\n"), "line endings changed: " + repr(p.read("a.cpp")))
    check(stat.S_IMODE(os.stat(p.path("a.cpp")).st_mode) == 0o751, "the mode changed")
    check(sorted(os.listdir(p.src)) == [".git", "a.cpp", "build"], f"something was left behind: {os.listdir(p.src)}")


def case_keeps_links_and_bytes(p):
    p.write("real/a.cpp", b"// \xff\xfe latin\n" + SEMI.encode())
    os.symlink("real/a.cpp", p.path("a.cpp"))
    p.database("a.cpp")
    p.run("--fix", status=0)
    check(os.path.islink(p.path("a.cpp")), "the link was replaced")
    check(p.read("real/a.cpp").encode(errors="surrogateescape") == b"// \xff\xfe latin\n" + FIXED_SEMI.encode(), "bytes changed")


def case_two_spellings_once(p):
    p.write("inc/s.h", "#pragma once\n" + SEMI)
    p.write("a.cpp", '#include "inc/s.h"\n')
    p.write("sub/b.cpp", '#include "../sub/../inc/s.h"\n')
    os.symlink("inc", p.path("link"))
    p.write("c.cpp", '#include "link/s.h"\n')
    p.database("a.cpp", "sub/b.cpp", "c.cpp")
    p.run("--fix", status=0)
    check(p.read("inc/s.h") == "#pragma once\n" + FIXED_SEMI, "fixed twice: " + p.read("inc/s.h"))


def case_nested_at_one_place(p):
    text = "bool h(bool a, bool b, bool c, int d) { return a && (b || c && d) || c; }\n"
    p.files(a=text)
    p.run("--fix", "--unsafe-fixes", status=0)
    check("(a && (b || (c && d))) || c" in p.read("a.cpp"), "wrong: " + p.read("a.cpp"))


def case_not_where_a_unit_does_not_compile(p):
    """A source with errors keeps its own files from being fixed, and no other."""
    header = "#pragma once\n" + SEMI
    names = ["shared", "above", "below", "after", "other"]
    for name in names:
        p.write(name + ".h", header.replace("struct S", "struct " + name))
    broken = '#include "above.h"\n%s\n#include "below.h"\n' + SEMI
    good = "".join(f'#include "{name}.h"\n' for name in names) + SEMI
    p.files(a=good, b=broken % "broken", c='#include "shared.h"\nbroken\n', d='#include "nowhere.h"\n#include "after.h"\n', e=UNUSED)
    held = {name: p.read(name) for name in ("b.cpp", "c.cpp", "shared.h", "above.h", "below.h", "after.h")}
    says(p.run("--diff", "--quiet", status=2), "other.h", "a.cpp")
    out = p.run("--fix", status=2)
    says(out, "2 findings fixed in 2 files", "since it does not compile. Next: put its errors right, or pass --fix-errors",
         *(f"not applied in '{p.path(name)}' and what it includes" for name in ("b.cpp", "c.cpp", "d.cpp")))
    check(p.read("a.cpp") == good.replace("{};\n", "{}\n") and "{};\n" not in p.read("other.h"), "not fixed for an error elsewhere", out)
    changed = [name for name, text in held.items() if p.read(name) != text]
    check(not changed, f"fixed in spite of an error: {changed}", out)
    # What compiles again is fixed.
    p.write("c.cpp", '#include "shared.h"\n')
    says(p.run("--fix", status=2), "1 finding fixed in 1 file")
    check("{};\n" not in p.read("shared.h"), "not fixed after its unit was put right")
    out = p.run("--fix-errors", status=2)
    check("{};\n" not in p.read("above.h") + p.read("b.cpp"), "not fixed with --fix-errors", out)


def case_warnings_that_are_errors_hold_nothing_back(p):
    p.flags = [*p.flags, "-Werror"]
    p.files(a=SEMI)
    p.run("--fix", status=0)
    check(p.read("a.cpp") == FIXED_SEMI, "-Werror stopped a fix")


def case_read_only_file(p):
    p.files(a=SEMI)
    os.chmod(p.path("a.cpp"), 0o444)
    says(p.run("--fix", status=2, mortal=True), "read-only. Next:")
    check(p.read("a.cpp") == SEMI, "a read-only file was changed")


def case_export(p):
    p.files(a=SEMI + PARENTHESES)
    os.makedirs(p.path("fixes"))
    p.run("--export-fixes=fixes/all.yaml", status=1)
    text = p.read("fixes/all.yaml")
    check("extra-semi" in text and p.path("a.cpp") in text, "no fix exported: " + text)
    subprocess.run([shutil.which("clang-apply-replacements"), p.path("fixes")], check=True, capture_output=True)
    check(p.read("a.cpp") == FIXED_SEMI + PARENTHESES, "clang-apply-replacements made something else: " + p.read("a.cpp"))
    p.run("--export-fixes=fixes/all.yaml", "--unsafe-fixes", status=1)
    subprocess.run([shutil.which("clang-apply-replacements"), p.path("fixes")], check=True, capture_output=True)
    check("(a && b) || c" in p.read("a.cpp"), "the unsafe fix is missing")
    says(p.run("--export-fixes=none/all.yaml", status=2), "cannot write 'none/all.yaml'")
