"""Tests of the command line: what is selected, reported, remembered and changed.

usage: cli_test.py TORCH_TIDY SCRATCH_DIRECTORY [start-of-case-names]

Compiler warnings serve as findings, so that files need no LibTorch: -Wextra-semi has a safe fix,
-Wlogical-op-parentheses one that stands on a note, -Wunused-variable none.
"""
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time

from engine_test import check

CHECKS = "--checks=clang-diagnostic-*"
FLAGS = ["-std=c++17", "-Wextra-semi", "-Wunused-variable", "-Wlogical-op-parentheses"]
SEMI = "struct S {\n  void f() {};\n};\n"
FIXED_SEMI = "struct S {\n  void f() {}\n};\n"
UNUSED = "int g() {\n  int idle = 0;\n  return 1;\n}\n"
PARENTHESES = "bool h(bool a, bool b, bool c) { return a && b || c; }\n"


class Project:
    """A scratch project in src/ with a compilation database in src/build/."""

    def __init__(self, root, tool):
        self.tool, self.root, self.src, self.cache = tool, root, os.path.join(root, "src"), os.path.join(root, "cache")
        shutil.rmtree(root, ignore_errors=True)
        os.makedirs(os.path.join(self.src, ".git"))
        self.flags = FLAGS

    def path(self, name):
        return os.path.join(self.src, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def read(self, name):
        return open(self.path(name), "rb").read().decode(errors="surrogateescape")

    def database(self, *names, extra=()):
        entries = [{"directory": self.path("build"), "file": self.path(n),
                    "arguments": ["clang++", *self.flags, *extra, "-I", self.src, "-c", self.path(n)]} for n in names]
        self.write("build/compile_commands.json", json.dumps(entries))

    def command(self, *arguments):
        return [self.tool, "check", CHECKS, "--output-format=clang-tidy", "--cache-dir=" + self.cache, *arguments]

    def run(self, *arguments, status=None, cwd=None, bare=False, env=None, mortal=False):
        """MORTAL: file modes hold for root, too."""
        command = [self.tool, *arguments] if bare else self.command(*arguments)
        if mortal and os.geteuid() == 0:
            command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
        done = subprocess.run(command, capture_output=True, timeout=120, cwd=cwd or self.src, env=env, stdin=subprocess.DEVNULL)
        # Not text=True, which would turn \r\n into \n.
        done.stdout, done.stderr = (output.decode(errors="surrogateescape") for output in (done.stdout, done.stderr))
        if status is not None:
            check(done.returncode == status, f"exit {done.returncode} instead of {status}: {arguments}", done)
        return done

    def git(self, *arguments):
        if not os.path.exists(self.path(".git/HEAD")):
            shutil.rmtree(self.path(".git"))
            subprocess.run(["git", "init", "-q", self.src], check=True)
            self.write(".git/info/exclude", "build/\n")
        subprocess.run(["git", "-C", self.src, "-c", "user.name=t", "-c", "user.email=t@t", "-c",
                        "commit.gpgsign=false", *arguments], check=True, capture_output=True)


def says(run, *texts):
    for text in texts:
        check(text in run.stdout + run.stderr, f"'{text}' is missing", run)


def silent_on(run, *texts):
    for text in texts:
        check(text not in run.stdout + run.stderr, f"'{text}' should not be there", run)


# ---- fixes

def fix_project(p, **files):
    for name, text in files.items():
        p.write(name + ".cpp", text)
    p.database(*[name + ".cpp" for name in files])


def case_fix_diff_changes_nothing_and_applies(p):
    fix_project(p, a=SEMI + UNUSED, b="// x\n" * 30 + SEMI.rstrip("\n"))
    out = p.run("--diff", "--quiet", status=1)
    check(p.read("a.cpp") == SEMI + UNUSED, "--diff wrote", out)
    check("-  void f() {};\n+  void f() {}\n" in out.stdout, "no diff", out)
    p.write("patch", out.stdout)
    subprocess.run(["patch", "-p1", "--fuzz=0", "-s", "-i", p.path("patch")], cwd=p.src, check=True)
    check(p.read("a.cpp") == FIXED_SEMI + UNUSED, "patch made something else", out)
    check(p.read("b.cpp") == "// x\n" * 30 + FIXED_SEMI.rstrip("\n"), "patch made something else of b", out)
    p.run("--diff", status=1)
    check(p.run("--diff", "--quiet").stdout == "", "nothing is left to fix")


def case_fix_checks_again(p):
    fix_project(p, a=SEMI, b=SEMI + UNUSED)
    out = p.run("--fix", status=1)
    check(p.read("a.cpp") == FIXED_SEMI and p.read("b.cpp") == FIXED_SEMI + UNUSED, "not fixed", out)
    says(out, "2 findings fixed in 2 files", "unused-variable")
    silent_on(out, "extra-semi")


def case_fix_exit_status(p):
    fix_project(p, a=SEMI)
    p.run("--fix", status=0)
    fix_project(p, a=SEMI)
    p.run("--fix", "--exit-non-zero-on-fix", status=1)
    p.run("--fix", "--exit-non-zero-on-fix", status=0)


def case_fix_unsafe_only_when_asked(p):
    fix_project(p, a=PARENTHESES)
    p.run("--fix", status=1)
    check(p.read("a.cpp") == PARENTHESES, "an unsafe fix was applied unasked")
    p.run("--fix", "--unsafe-fixes", status=0)
    check("(a && b) || c" in p.read("a.cpp"), "the unsafe fix was not applied")


def case_fix_keeps_mode_and_line_endings(p):
    fix_project(p, a=(SEMI + UNUSED).replace("\n", "\r\n"))
    os.chmod(p.path("a.cpp"), 0o751)
    p.run("--fix", status=1)
    check(p.read("a.cpp") == (FIXED_SEMI + UNUSED).replace("\n", "\r\n"), "line endings changed: " + repr(p.read("a.cpp")))
    check(stat.S_IMODE(os.stat(p.path("a.cpp")).st_mode) == 0o751, "the mode changed")
    check(sorted(os.listdir(p.src)) == [".git", "a.cpp", "build"], f"something was left behind: {os.listdir(p.src)}")


def case_fix_keeps_links_and_bytes(p):
    p.write("real/a.cpp", b"// \xff\xfe latin\n" + SEMI.encode())
    os.symlink("real/a.cpp", p.path("a.cpp"))
    p.database("a.cpp")
    p.run("--fix", status=0)
    check(os.path.islink(p.path("a.cpp")), "the link was replaced")
    check(p.read("real/a.cpp").encode(errors="surrogateescape") == b"// \xff\xfe latin\n" + FIXED_SEMI.encode(), "bytes changed")


def case_fix_two_spellings_once(p):
    p.write("inc/s.h", "#pragma once\n" + SEMI)
    p.write("a.cpp", '#include "inc/s.h"\n')
    p.write("sub/b.cpp", '#include "../sub/../inc/s.h"\n')
    os.symlink("inc", p.path("link"))
    p.write("c.cpp", '#include "link/s.h"\n')
    p.database("a.cpp", "sub/b.cpp", "c.cpp")
    p.run("--fix", status=0)
    check(p.read("inc/s.h") == "#pragma once\n" + FIXED_SEMI, "fixed twice: " + p.read("inc/s.h"))


def case_fix_nested_at_one_place(p):
    text = "bool h(bool a, bool b, bool c, int d) { return a && (b || c && d) || c; }\n"
    fix_project(p, a=text)
    p.run("--fix", "--unsafe-fixes", status=0)
    check("(a && (b || (c && d))) || c" in p.read("a.cpp"), "wrong: " + p.read("a.cpp"))


def case_fix_not_with_compile_errors(p):
    fix_project(p, a=SEMI, b="broken\n")
    out = p.run("--fix", status=2)
    says(out, "fixes were not applied since there are compile errors", "--fix-errors")
    check(p.read("a.cpp") == SEMI, "fixed in spite of an error")
    p.run("--fix-errors", status=2)
    check(p.read("a.cpp") == FIXED_SEMI, "not fixed with --fix-errors")


def case_fix_read_only_file(p):
    fix_project(p, a=SEMI)
    os.chmod(p.path("a.cpp"), 0o444)
    says(p.run("--fix", status=2, mortal=True), "read-only. Next:")
    check(p.read("a.cpp") == SEMI, "a read-only file was changed")


def case_fix_export(p):
    fix_project(p, a=SEMI + PARENTHESES)
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


# ---- baseline

def case_baseline_survives_line_moves(p):
    fix_project(p, a=UNUSED)
    out = p.run("--write-baseline=base.json", status=0)
    says(out, "1 findings listed in 'base.json'. Next: pass --baseline base.json")
    p.run("--baseline=base.json", status=0)
    p.write("a.cpp", "int first;\n\n\n" + UNUSED)
    out = p.run("--baseline=base.json", status=0)
    says(out, "1 findings of the baseline are not shown")
    p.write("a.cpp", UNUSED + UNUSED.replace("g()", "g2()").replace("idle", "other"))
    out = p.run("--baseline=base.json", status=1)
    says(out, "other")
    silent_on(out, "'idle'")


def case_baseline_tells_what_was_fixed(p):
    fix_project(p, a=UNUSED, b=UNUSED.replace("idle", "lazy"))
    p.run("--write-baseline=base.json", status=0)
    p.write("a.cpp", "int a;\n")
    out = p.run("--baseline=base.json", status=0)
    says(out, "no longer found: a.cpp: unused variable 'idle'", "--prune-baseline")
    silent_on(out, "'lazy'")
    check(len(json.loads(p.read("base.json"))["findings"]) == 2, "pruned unasked")
    # A file that was not checked may still have its finding.
    p.run("--baseline=base.json", "--prune-baseline", p.path("a.cpp"), status=0)
    left = json.loads(p.read("base.json"))["findings"]
    check([e["path"] for e in left] == ["b.cpp"], f"wrong entries are left: {left}")


def case_baseline_leaves_other_fingerprints_alone(p):
    fix_project(p, a=UNUSED + "namespace n {\n" + UNUSED + "}\n")
    p.run("--write-baseline=base.json", status=0)
    base = json.loads(p.read("base.json"))
    asked = ["check", CHECKS, "--output-format=json", "--cache-dir=" + p.cache]
    first, second = [f["fingerprint"] for f in json.loads(p.run(*asked, bare=True, status=1).stdout)["findings"]]
    check({first, second} == {e["fingerprint"] for e in base["findings"]}, "other fingerprints than the report's")
    base["findings"] = [e for e in base["findings"] if e["fingerprint"] == first]
    p.write("base.json", json.dumps(base))
    left = json.loads(p.run(*asked, "--baseline=base.json", bare=True, status=1).stdout)["findings"]
    check([f["fingerprint"] for f in left] == [second], f"renumbered: {left}")


def case_baseline_fixes_leave_known_findings(p):
    fix_project(p, a=SEMI)
    p.run("--write-baseline=base.json", status=0)
    p.run("--baseline=base.json", "--fix", status=0)
    check(p.read("a.cpp") == SEMI, "a known finding was fixed")


def case_baseline_bad_input(p):
    fix_project(p, a=UNUSED)
    says(p.run("--baseline=none.json", status=2), "the baseline 'none.json' cannot be read", "--write-baseline none.json")
    p.write("bad.json", "{\n  oops")
    says(p.run("--baseline=bad.json", status=2), "the baseline 'bad.json' is not valid: [2:")
    p.write("bad.json", '{"version": 99, "findings": []}')
    says(p.run("--baseline=bad.json", status=2), "of another version")
    p.write("bad.json", '{"version": 1, "findings": [{"rule": 3}]}')
    says(p.run("--baseline=bad.json", status=2), "is not valid")
    says(p.run("--prune-baseline", status=2), "--prune-baseline needs a baseline. Next:")
    says(p.run("--baseline=a", "--write-baseline=b", status=2), "exclude each other. Next:")
    p.write("a.cpp", "broken\n")
    says(p.run("--write-baseline=base.json", status=2), "the baseline was not written")
    check(not os.path.exists(p.path("base.json")), "an incomplete baseline was written")


# ---- only what changed

def case_changed_lines_of_a_file(p):
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


def case_changed_header_of_an_unchanged_unit(p):
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


def case_changed_untracked_renamed_and_odd_names(p):
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


def case_changed_lines_that_look_like_a_diff(p):
    p.write("a.cpp", "/*\n*/\n" + UNUSED)
    p.write("b.cpp", UNUSED)
    p.database("a.cpp", "b.cpp")
    p.git("add", ".")
    p.git("commit", "-qm", "one")
    p.write("a.cpp", "/*\n++ b/b.cpp\n@@ -1 +1,9 @@\n*/\n" + UNUSED)
    p.run("--new-from-rev=HEAD", status=0)


def case_changed_under_a_users_git_settings(p):
    p.write("a.cpp", "// p\n" * 3)
    p.database("a.cpp")
    p.git("add", ".")
    p.git("commit", "-qm", "one")
    for key, value in (("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("color.diff", "always"),
                       ("diff.external", "/bin/false"), ("diff.interHunkContext", "9"), ("diff.context", "9")):
        p.git("config", key, value)
    p.write("a.cpp", "// p\n" * 3 + UNUSED)
    says(p.run("--new-from-rev=HEAD", status=1), "'idle'")


def case_changed_bad_input(p):
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


def case_changed_line_filter(p):
    p.write("a.cpp", UNUSED + UNUSED.replace("g()", "g2()").replace("idle", "fresh"))
    p.database("a.cpp")
    out = p.run('--line-filter=[{"name":"a.cpp","lines":[[5,8]]}]', status=1)
    says(out, "'fresh'")
    silent_on(out, "'idle'")
    says(p.run("--line-filter=[nonsense", status=2), "--line-filter is not valid", "Next: write it like")


# ---- selection and configuration

def rules(run):
    return [line for line in run.stdout.splitlines() if line.startswith("rules:")][0].split()[1:]


def case_config_select_and_ignore(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    show = lambda *a: rules(p.run("--show-settings", "--cache-dir=" + p.cache, *a, bare=True, status=0))
    default = show()
    check("torch-null-module" in default and not [r for r in default if "advice" in r], f"wrong default: {default}")
    check(show("--select=torch-null-module,unchecked-bias") == ["torch-null-module", "torch-unchecked-bias"], "--select")
    check(show("--select=advice") == sorted(r for r in show("--select=all") if "advice" in r), "--select by group")
    check(show("--ignore=null-module") == [r for r in default if r != "torch-null-module"], "--ignore")
    check(show("--select=bug", "--ignore=torch-*hook*") == [r for r in show("--select=bug") if "hook" not in r], "globs")
    check(show("--checks=-*,torch-null-module") == ["torch-null-module"], "--checks")
    says(p.run("--select=nul-module", status=2), "there is no rule or group 'nul-module'", "did you mean 'torch-null-module'?")
    says(p.run("--ignore=bugs", status=2), "--ignore: there is no rule or group 'bugs'", "Groups: all, bug,")
    says(p.run("--select=bug", "--ignore=bug", bare=True, status=2), "no rule is enabled", "Next:")


def case_config_clang_tidy_file(p):
    p.write("a.cpp", UNUSED)
    p.write("sub/b.cpp", UNUSED)
    p.write(".clang-tidy", "Checks: '-*,torch-null-module'\nCheckOptions:\n  torch-null-module.AllowGuarded: true\n")
    p.write("sub/.clang-tidy", "Checks: 'torch-unchecked-bias'\nInheritParentConfig: true\n")
    p.database("a.cpp", "sub/b.cpp")
    a = p.run("--show-settings", "a.cpp", bare=True, status=0)
    check(rules(a) == ["torch-null-module"], "nearest .clang-tidy", a)
    says(a, "torch-null-module.AllowGuarded: 'true'")
    b = p.run("--show-settings", "sub/b.cpp", bare=True, status=0)
    check(rules(b) == ["torch-null-module", "torch-unchecked-bias"], "InheritParentConfig", b)
    p.write(".clang-tidy", "Checks: '-*,clang-diagnostic-*'\nWarningsAsErrors: '*'\n")
    says(p.run("check", "a.cpp", "--cache-dir=" + p.cache, bare=True, status=2), "no rule is enabled")
    p.write(".clang-tidy", "Checks: '-*,torch-null-module,clang-diagnostic-*'\nWarningsAsErrors: '*'\n")
    says(p.run("check", "a.cpp", "--cache-dir=" + p.cache, bare=True, status=1), "error: unused variable 'idle'")


def case_config_broken_clang_tidy_names_the_line(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    p.write(".clang-tidy", "Checks: '*'\nCheckOption: []\n")
    says(p.run(status=2), ".clang-tidy:2:1: unknown key 'CheckOption'", "Next: put it right")
    p.write("other.yaml", "Checks: [\n")
    says(p.run("--config-file=other.yaml", status=2), "the configuration in 'other.yaml' is not valid")
    says(p.run("--config-file=none.yaml", status=2), "cannot read 'none.yaml'")
    says(p.run("--config={}", "--config-file=other.yaml", status=2), "exclude each other. Next:")


def case_config_verify(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    p.write(".clang-tidy", "Checks: '-*,torch-null-module,bugprone-*'\nCheckOptions:\n  torch-null-module.AllowGuarded: true\n")
    says(p.run("--verify-config", status=0), "no problem in the configuration")
    p.write(".clang-tidy", "Checks: 'torch-nul-module'\nCheckOptions:\n  torch-null-module.Guarded: true\n  torch-none.A: 1\n")
    says(p.run("--verify-config", status=2), "there is no rule 'torch-nul-module' (" + p.path(".clang-tidy"),
         "did you mean 'torch-null-module'?", "'torch-null-module' has no option 'Guarded'", "it has AllowGuarded",
         "there is no rule 'torch-none'")


def case_config_settings_file(p):
    p.write("a.cpp", UNUSED)
    p.write("third_party/b.cpp", UNUSED)
    p.database("a.cpp", "third_party/b.cpp")
    p.write(".torch-tidy.yaml", "# settings\np: build\nj: 1\nexclude: ['/third_party/']\nselect: [bug]\nignore: [null-module]\n"
            "timeout-per-file: 60\nunsafe-fixes: true\nreport-unused-nolint: false\nextra-arg: [-DX]\ncache-dir: ../cache\n")
    out = p.run("--show-settings", bare=True, status=0)
    says(out, "settings file: " + p.path(".torch-tidy.yaml"), "excluded: /third_party/", "compilation database: " + p.path("build"))
    check("torch-null-module" not in rules(out) and "torch-unchecked-bias" in rules(out), "select and ignore", out)
    check(p.run("--show-files", bare=True, status=0).stdout == p.path("a.cpp") + "\n", "exclude")
    check(p.run("--show-files", bare=True, status=0, cwd=p.path("third_party")).stdout == p.path("a.cpp") + "\n", "from below")
    # The command line's word comes first.
    check(rules(p.run("--show-settings", "--select=torch-null-module", "--ignore=advice", bare=True, status=0)) == ["torch-null-module"], "precedence")
    check("b.cpp" in p.run("--show-files", "--exclude=nothing", bare=True, status=0).stdout, "precedence of --exclude")
    says(p.run("--show-settings", "--settings-file=", bare=True, status=0), "settings file: none")
    says(p.run("--exclude=.", status=2), "--exclude leaves no file to check. Next:")
    says(p.run("--exclude=(", status=2), "'(' is no regular expression")


def case_config_wrong_settings_name_the_line(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    wrong = lambda text, *expected: (p.write(".torch-tidy.yaml", text),
                                     says(p.run(status=2), *expected, "configuration.md lists the keys"))
    wrong("j: 1\nexcludes: [a]\n", ".torch-tidy.yaml:2:1: unknown key 'excludes'")
    wrong("j: 1\n\nexclude:\n  - 'fine'\n  - '('\n", ".torch-tidy.yaml:5:5: '(' is no regular expression: parentheses not balanced")
    wrong("j: many\n", ".torch-tidy.yaml:1:4: invalid number")
    wrong("unsafe-fixes: perhaps\n", ".torch-tidy.yaml:1:15: invalid boolean")
    wrong("j: [\n", ".torch-tidy.yaml:")
    wrong("- a\n", ".torch-tidy.yaml:1:1: not a mapping")
    says(p.run("--settings-file=none.yaml", status=2), "cannot read 'none.yaml'")
    p.write(".torch-tidy.yaml", "# nothing yet\n")
    p.run(status=1)


def case_config_header_filters(p):
    p.write("inc/s.h", "#pragma once\n" + SEMI)
    p.write("a.cpp", '#include "inc/s.h"\n' + UNUSED)
    p.database("a.cpp")
    says(p.run(status=1), "s.h:3:", "'idle'")
    for option in ("--header-filter=none", "--exclude-header-filter=inc/", "--exclude=inc/"):
        out = p.run(option, status=1)
        says(out, "'idle'")
        silent_on(out, "s.h:3:")
    # A configuration of the working directory says nothing of files elsewhere.
    elsewhere = os.path.join(p.root, "elsewhere")
    os.makedirs(elsewhere)
    with open(os.path.join(elsewhere, ".clang-tidy"), "w") as out:
        out.write("HeaderFilterRegex: 'none'\n")
    says(p.run("-p", p.path("build"), "--no-cache", cwd=elsewhere, status=1), "s.h:3:")


def case_config_statistics_and_exit_zero(p):
    p.write("a.cpp", SEMI + UNUSED + UNUSED.replace("g()", "g2()"))
    p.database("a.cpp")
    out = p.run("--statistics", status=1)
    check(out.stdout.splitlines()[0].split() == ["2", "clang-diagnostic-unused-variable"], "order", out)
    says(out, "clang-diagnostic-extra-semi", "1 with a safe fix", "3 in 1 files")
    silent_on(out, "idle")
    says(p.run("--exit-zero", status=0), "idle")
    p.write("a.cpp", "broken\n")
    p.run("--exit-zero", status=2)


def case_config_extra_flags_and_colour(p):
    p.write("a.cpp", "#if defined(FIRST) && defined(LAST)\n" + UNUSED + "#endif\n")
    p.database("a.cpp")
    p.run(status=0)
    p.run("--extra-arg-before=-DFIRST", "--extra-arg=-DLAST", status=1)
    colour = ["check", CHECKS, "--cache-dir=" + p.cache, "--extra-arg=-DLAST", "--extra-arg=-DFIRST"]
    check("\x1b[" in p.run(*colour, "--use-color", bare=True, status=1).stdout, "no colour")
    check("\x1b[" not in p.run(*colour, bare=True, status=1).stdout, "colour without a terminal")


def case_config_response_file(p):
    p.write("a.cpp", UNUSED)
    p.write("b name.cpp", UNUSED.replace("idle", "lazy"))
    p.database("a.cpp", "b name.cpp")
    p.write("args", "--quiet\n\"b name.cpp\"\n")
    out = p.run("@args", status=1)
    says(out, "'lazy'")
    silent_on(out, "'idle'")
    says(p.run("@none", status=2), "@none' does not exist. Next:")


# ---- silencing

def case_nolint_unused(p):
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


def case_nolint_used_through_a_link(p):
    p.write("a.cpp", "namespace torch { namespace nn { struct Module { void train(); }; } }\nstruct Net : torch::nn::Module {\n"
            "  void train(); // NOLINT(torch-advice-module-api-shadow)\n};\n")
    p.database("a.cpp")
    os.symlink(p.src, p.path("../link"))
    args = ["check", "--report-unused-nolint", "--select=torch-advice-module-api-shadow", "--output-format=clang-tidy",
            "--cache-dir=" + p.cache, "-p", p.src + "/build"]
    for folder in (p.src, p.path("../link")):
        out = p.run(*args, folder + "/a.cpp", bare=True, status=0)
        silent_on(out, "suppresses no finding")
    # And from within: what is printed is named as the database names it.
    out = p.run(*args, "a.cpp", bare=True, status=0, cwd=p.path("../link"))
    silent_on(out, "suppresses no finding")
    p.write("a.cpp", p.read("a.cpp").replace("// NOLINT", "//"))
    says(p.run(*args, p.path("../link/a.cpp"), bare=True, status=1), "a.cpp:3:8: warning: 'train' hides")


def case_nolint_of_a_file_that_was_not_checked(p):
    p.write("a.cpp", "int a; // NOLINT(torch-null-module)\nint b = missing;\n")
    p.database("a.cpp")
    out = p.run("check", "--report-unused-nolint", "--cache-dir=" + p.cache, bare=True, status=2)
    silent_on(out, "suppresses no finding")


def case_files_of_one_name_in_two_directories(p):
    for folder in ("one", "two"):
        p.write(folder + "/net.cpp", UNUSED)
    entries = [{"directory": p.path(folder), "file": "net.cpp", "command": "clang++ -std=c++17 -Wall -c net.cpp"} for folder in ("one", "two")]
    p.write("build/compile_commands.json", json.dumps(entries))
    out = p.run("-p", p.path("build"), status=1)
    check(out.stdout.count("unused variable 'idle'") == 2, "one of two files' findings is lost", out)


def case_nolint_add(p):
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


# ---- init, completion, manual, watching

def case_init_writes_what_is_missing(p):
    p.write("build/compile_commands.json", "[]")
    p.write("CMakeLists.txt", "")
    p.write(".clang-tidy", "Checks: mine\n")
    out = p.run("init", bare=True, status=0)
    check(p.read(".clang-tidy") == "Checks: mine\n", "an existing file was replaced", out)
    says(out, "kept     .clang-tidy, which exists", "    Checks: '-*,torch-*,-torch-advice-*'", "written  .clangd",
         "written  .pre-commit-config.yaml", "written  .github/workflows/torch-tidy.yml", "Next:", "--write-baseline")
    check("CompilationDatabase: build" in p.read(".clangd") and "p: build" in p.read(".torch-tidy.yaml"), "the build was not found")
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    p.run(status=1)  # what was written is valid
    says(p.run("init", "nowhere", bare=True, status=2), "usage: torch-tidy init [DIR]. Next:")


def case_init_other_projects(p):
    p.write(".gitlab-ci.yml", "")
    out = p.run("init", p.src, bare=True, status=0, cwd=p.root)
    says(out, "written  .gitlab/torch-tidy.yml", "compile_commands.json")
    check(not os.path.exists(p.path(".github")), "wrong CI")
    check("# p: build" in p.read(".torch-tidy.yaml"), "a build directory that is not there was named")
    check("types_or: [c++, cuda]" in p.read(".pre-commit-config.yaml"), "headers are left out of the hook")
    again = p.run("init", p.src, bare=True, status=0)
    silent_on(again, "written")


def case_shell_completion(p):
    for shell in ("bash", "zsh", "fish"):
        out = p.run("completion", shell, bare=True, status=0)
        says(out, "unsafe-fixes", "torch-null-module", "completion")
        if shutil.which(shell):
            p.write("script", out.stdout)
            subprocess.run([shell, "-n", p.path("script")], check=True)
        else:
            print(f"note: no {shell}: its script is not parsed. Next: run 'make setup'")
    p.write("script", p.run("completion", "bash", bare=True).stdout +
            'try() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); COMPREPLY=(); _torch_tidy; echo "${COMPREPLY[@]}"; }\n'
            "try torch-tidy check --unsafe\ntry torch-tidy cache i\ntry torch-tidy rule torch-null\ntry torch-tidy --select = torch-null\n")
    got = subprocess.run(["bash", p.path("script")], capture_output=True, text=True, check=True).stdout.splitlines()
    check(got == ["--unsafe-fixes", "info", "torch-null-module", "torch-null-module"], f"bash completes to {got}")
    says(p.run("completion", "tcsh", bare=True, status=2), "usage: torch-tidy completion {bash|zsh|fish}. Next:")


def options(p):
    words = p.run("--help", bare=True, status=0).stdout.split("OPTIONS:")[1].split()
    return sorted({w.split("=")[0].strip(":,") for w in words if w.startswith("-") and w.strip("-=") and w[1:2].isalpha() | (w[:2] == "--")})


def case_manual_names_every_option(p):
    out = p.run("man", bare=True, status=0)
    for option in options(p):
        if option not in ("--help", "--help-list", "--version"):
            check(".B " + option.replace("-", "\\-") in out.stdout, f"{option} is missing", out)
    if shutil.which("man"):
        p.write("torch-tidy.1", out.stdout)
        shown = subprocess.run(["man", "--warnings", "-l", p.path("torch-tidy.1")], capture_output=True, text=True,
                               env=dict(os.environ, MANPAGER="cat", LC_ALL="C.UTF-8"))
        check(shown.returncode == 0 and shown.stderr == "", "man complains: " + shown.stderr)


def case_help_every_option_is_documented_and_tested(p):
    here = os.path.dirname(os.path.abspath(__file__))
    using = os.path.join(here, "..", "..", "..", "docs", "using")
    docs = "".join(open(os.path.join(using, f)).read() for f in os.listdir(using) if f.endswith(".md"))
    tests = ""
    for folder, _, names in os.walk(os.path.join(here, "..", "..")):
        for name in names:
            if name.endswith((".test", ".cpp", ".py", ".sh.in")):
                tests += open(os.path.join(folder, name)).read()
    own = [option for option in options(p) if option not in ("--help", "--help-list", "--version", "-h")]
    check(len(own) > 40, f"only {own} in --help")
    missing = [option for option in own if f"`{option}" not in docs]
    check(not missing, f"not in docs/using: {missing}")
    untested = [option for option in own if not any(option + end in tests for end in "=\"' ")]
    check(not untested, f"without a test: {untested}")


def case_watch_checks_again_on_save(p):
    p.write("inc/s.h", "#pragma once\n")
    p.write("lib/a.cpp", '#include "inc/s.h"\n')
    p.database("lib/a.cpp")
    run = subprocess.Popen(p.command("--watch"), cwd=p.src, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    alarm = threading.Timer(60, run.kill)
    alarm.start()
    for text, expected in (("#pragma once\n" + SEMI, "extra-semi"), ("#pragma once\n" + UNUSED.replace("int g", "inline int g"), "'idle'")):
        for line in run.stderr:
            if "waiting for changes" in line:
                break
        p.write("tmp.h", text)
        os.rename(p.path("tmp.h"), p.path("inc/s.h"))
        for line in run.stdout:
            if "warning:" in line:
                check(expected in line, "not what was saved: " + line)
                break
    # No project file lies beside these two.
    for name, text in ((".clang-tidy", "WarningsAsErrors: '*'\n"), ("build/compile_commands.json", p.read("build/compile_commands.json"))):
        for line in run.stderr:
            if "waiting for changes" in line:
                break
        p.write(name, text)
        for line in run.stdout:
            if "error:" in line:
                break
    for line in run.stderr:
        if "waiting for changes" in line:
            break
    run.send_signal(signal.SIGINT)
    run.wait(timeout=20)
    alarm.cancel()
    check(run.returncode == 1, f"exit {run.returncode} after Ctrl-C")


# ---- bad input

def case_bad_database(p):
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


def case_bad_entry_of_a_file_that_is_gone(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp", "gone.cpp")
    out = p.run(status=2)
    says(out, "gone.cpp: the compilation database lists it, but it is gone. Next: configure the build again", "'idle'")


def case_bad_foreign_flags_once(p):
    p.write("a.cpp", UNUSED)
    p.write("b.cpp", UNUSED)
    p.database("a.cpp", "b.cpp", extra=["-fno-gnu-unique", "-fmax-errors=3", "--expt-relaxed-constexpr", "-Xcudafe", "--diag_suppress=1"])
    out = p.run(status=1)
    for flag in ("-fno-gnu-unique", "-fmax-errors=3", "--expt-relaxed-constexpr", "-Xcudafe --diag_suppress=1"):
        check(out.stderr.count(f"compiler flag '{flag}' is not clang's: left out") == 1, f"{flag} not named once", out)


def case_bad_unknown_flag(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp", extra=["-fthis-is-no-flag"])
    says(p.run(status=1), "compiler flag '-fthis-is-no-flag' is not clang's: left out")
    p.write("build/compile_commands.json", json.dumps([{"directory": p.src, "file": "a.cpp", "command": "clang++"}]))
    says(p.run(status=2), "a.cpp: clang cannot make sense of its compile command", "Next:")


def case_bad_unreadable_file(p):
    os.makedirs(p.path("a.cpp/b"))
    p.database("a.cpp")
    says(p.run(status=2), "Next:")
    os.rmdir(p.path("a.cpp/b"))
    os.rmdir(p.path("a.cpp"))
    os.chmod(p.write("a.cpp", UNUSED), 0)
    says(p.run(status=2, mortal=True), "a.cpp: cannot be read: Permission denied. Next:")


def case_bad_spaces_and_utf8(p):
    p.write("mit Leer/größe 例.cpp", SEMI)
    p.database("mit Leer/größe 例.cpp")
    says(p.run(status=1), "größe 例.cpp:2:")
    p.run("--fix", status=0)
    check(p.read("mit Leer/größe 例.cpp") == FIXED_SEMI, "not fixed")


def case_bad_binary_junk(p):
    p.write("a.cpp", bytes(range(256)) * 64)
    p.write("b.cpp", b"")
    p.write("c.cpp", b"\xef\xbb\xbf" + SEMI.encode())
    p.database("a.cpp", "b.cpp", "c.cpp")
    out = p.run(status=2)
    says(out, "a.cpp:", "error:", "c.cpp:2:")
    p.run("c.cpp", "--fix", status=0)
    check(p.read("c.cpp").encode() == b"\xef\xbb\xbf" + FIXED_SEMI.encode(), "the byte order mark was lost")


def case_bad_paths(p):
    says(p.run("none.cpp", status=2), "'none.cpp' does not exist. Next:")
    os.makedirs(p.path("empty"))
    says(p.run("empty", "--", status=2), "no C++ source files under the given paths. Next:")
    says(p.run("--no-such-option", status=2), "--no-such-option")
    says(p.run("-j", "many", status=2), "many")


def case_bad_no_libtorch(p):
    p.write("a.cpp", UNUSED)
    says(p.run("a.cpp", "--torch-root=/nowhere", status=2), "LibTorch not found (looked in /nowhere/include", "Next: pass --torch-root DIR")


def main(cases):
    tool, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    failures = []
    ran = 0
    for name, function in list(cases.items()):
        if not name.startswith("case_" + wanted):
            continue
        start = time.time()
        ran += 1
        try:
            function(Project(os.path.join(scratch, name[5:]), tool))
            print(f"ok   {name[5:]} ({time.time() - start:.1f} s)")
        except (AssertionError, subprocess.SubprocessError) as problem:
            failures.append(name[5:])
            print(f"FAIL {name[5:]}: {problem}")
    print(f"{len(failures)} of {ran} failed" if failures else f"all {ran} passed")
    return 1 if failures or not ran else 0


if __name__ == "__main__":
    sys.exit(main(globals()))
