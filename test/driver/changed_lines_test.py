"""Findings on lines that git says have changed, headers included."""
import os

from expect import check, says, silent_on
from project import SEMI, UNUSED, DatabaseProject as Project

REQUIRES = ["driver"]


def case_lines_of_a_file(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    p.git("add", "a.cpp")
    p.git("commit", "-qm", "one")
    says(p.run("--new-from-rev=HEAD", status=0), "0 of 1 files reach what changed since HEAD")
    p.write("a.cpp", "int first;\n" + UNUSED + UNUSED.replace("g()", "g2()").replace("idle", "fresh"))
    out = p.run("--new-from-rev=HEAD", status=1)
    says(out, "'fresh'")
    silent_on(out, "'idle'")
    p.git("add", "a.cpp")  # staged
    says(p.run("--new-from-rev=HEAD", status=1), "'fresh'")
    p.git("commit", "-qm", "two")
    p.run("--new-from-rev=HEAD", status=0)
    says(p.run("--new-from-rev=HEAD~1", status=1), "'fresh'")


def case_header_of_an_unchanged_unit(p):
    p.write("inc/s.h", "#pragma once\n")
    p.write("a.cpp", '#include "inc/s.h"\n' + UNUSED)
    p.write("b.cpp", UNUSED)
    p.database("a.cpp", "b.cpp")
    p.git("add", ".")
    p.git("commit", "-qm", "one")
    p.write("inc/s.h", "#pragma once\n" + SEMI)
    out = p.run("--new-from-rev=HEAD", status=1)
    says(out, "s.h:3", "1 of 2 files reach")
    silent_on(out, "'idle'")
    check(p.run("--new-from-rev=HEAD", "--show-files", "--quiet", status=0).stdout == p.path("a.cpp") + "\n", "wrong files")


def case_untracked_renamed_and_odd_names(p):
    p.write("old name.cpp", UNUSED + "int pad1;\nint pad2;\nint pad3;\n")
    p.database("old name.cpp")
    p.git("add", ".")
    p.git("commit", "-qm", "one")
    p.git("mv", "old name.cpp", "neu é \"q\".cpp")
    p.write("untracked.cpp", UNUSED.replace("idle", "stray"))
    p.database("neu é \"q\".cpp", "untracked.cpp")
    out = p.run("--new-from-rev=HEAD", status=1)
    says(out, "'stray'")
    silent_on(out, "'idle'")
    p.write("neu é \"q\".cpp", UNUSED + "int pad1;\nint pad2;\nint pad3;\n" + UNUSED.replace("g()", "g2()").replace("idle", "fresh"))
    says(p.run("--new-from-rev=HEAD", status=1), "'fresh'")


def case_lines_that_look_like_a_diff(p):
    p.write("a.cpp", "/*\n*/\n" + UNUSED)
    p.write("b.cpp", UNUSED)
    p.database("a.cpp", "b.cpp")
    p.git("add", ".")
    p.git("commit", "-qm", "one")
    p.write("a.cpp", "/*\n++ b/b.cpp\n@@ -1 +1,9 @@\n*/\n" + UNUSED)
    p.run("--new-from-rev=HEAD", status=0)


def case_under_a_users_git_settings(p):
    p.write("a.cpp", "// p\n" * 3)
    p.database("a.cpp")
    p.git("add", ".")
    p.git("commit", "-qm", "one")
    for key, value in (("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("color.diff", "always"),
                       ("diff.external", "/bin/false"), ("diff.interHunkContext", "9"), ("diff.context", "9")):
        p.git("config", key, value)
    p.write("a.cpp", "// p\n" * 3 + UNUSED)
    says(p.run("--new-from-rev=HEAD", status=1), "'idle'")


def case_bad_input(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    outside = dict(os.environ, GIT_CEILING_DIRECTORIES=os.path.realpath(p.root))
    says(p.run("--new-from-rev=HEAD", status=2, env=outside), "is not in a git working tree", "Next:")
    p.git("add", ".")
    p.git("commit", "-qm", "one")
    says(p.run("--new-from-rev=nowhere", status=2), "git does not know the revision 'nowhere'", "Next: fetch it")
    says(p.run("--new-from-rev=--output=x", status=2), "git does not know the revision")
    says(p.run("--new-from-rev=HEAD", status=2, env={"PATH": "/nowhere"}), "needs git", "Next: install git")
    says(p.run("--new-from-rev=HEAD", "--write-baseline=b", status=2), "Next: give one of them")


def case_line_filter(p):
    p.write("a.cpp", UNUSED + UNUSED.replace("g()", "g2()").replace("idle", "fresh"))
    p.database("a.cpp")
    out = p.run('--line-filter=[{"name":"a.cpp","lines":[[5,8]]}]', status=1)
    says(out, "'fresh'")
    silent_on(out, "'idle'")
    says(p.run("--line-filter=[nonsense", status=2), "--line-filter is not valid", "Next: write it like")
