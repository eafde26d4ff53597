"""Selection of rules, .clang-tidy, .torch-tidy.yaml, statistics, response files."""
import json
import os

from expect import check, says, silent_on
from project import CHECKS, SEMI, UNUSED, DatabaseProject as Project

REQUIRES = ["driver"]


def rules(run):
    return [line for line in run.stdout.splitlines() if line.startswith("rules:")][0].split()[1:]


def case_select_and_ignore(p):
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


def case_clang_tidy_file(p):
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


def case_broken_clang_tidy_names_the_line(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    p.write(".clang-tidy", "Checks: '*'\nCheckOption: []\n")
    says(p.run(status=2), ".clang-tidy:2:1: unknown key 'CheckOption'", "Next: put it right")
    p.write("other.yaml", "Checks: [\n")
    says(p.run("--config-file=other.yaml", status=2), "the configuration in 'other.yaml' is not valid")
    says(p.run("--config-file=none.yaml", status=2), "cannot read 'none.yaml'")
    says(p.run("--config={}", "--config-file=other.yaml", status=2), "exclude each other. Next:")


def case_verify(p):
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    p.write(".clang-tidy", "Checks: '-*,torch-null-module,bugprone-*'\nCheckOptions:\n  torch-null-module.AllowGuarded: true\n")
    says(p.run("--verify-config", status=0), "no problem in the configuration")
    p.write(".clang-tidy", "Checks: 'torch-nul-module'\nCheckOptions:\n  torch-null-module.Guarded: true\n  torch-none.A: 1\n")
    says(p.run("--verify-config", status=2), "there is no rule 'torch-nul-module' (" + p.path(".clang-tidy"),
         "did you mean 'torch-null-module'?", "'torch-null-module' has no option 'Guarded'", "it has AllowGuarded",
         "there is no rule 'torch-none'")


def case_settings_file(p):
    p.write("a.cpp", UNUSED)
    p.write("third_party/b.cpp", UNUSED)
    p.database("a.cpp", "third_party/b.cpp")
    p.write(".torch-tidy.yaml", "# settings\np: build\nj: 1\nexclude: ['/third_party/']\nselect: [bug]\nignore: [null-module]\n"
            "timeout-per-file: 60\nunsafe-fixes: true\nreport-unused-nolint: false\nextra-arg: [-DX]\ncache-dir: ../cache\n")
    out = p.run("--show-settings", bare=True, status=0)
    says(out, "settings file: " + p.path(".torch-tidy.yaml"), "exclude: /third_party/ (settings file)", "compilation database: " + p.path("build"))
    check("torch-null-module" not in rules(out) and "torch-unchecked-bias" in rules(out), "select and ignore", out)
    check(p.run("--show-files", bare=True, status=0).stdout == p.path("a.cpp") + "\n", "exclude")
    check(p.run("--show-files", bare=True, status=0, cwd=p.path("third_party")).stdout == p.path("a.cpp") + "\n", "from below")
    # The command line's word comes first.
    check(rules(p.run("--show-settings", "--select=torch-null-module", "--ignore=advice", bare=True, status=0)) == ["torch-null-module"], "precedence")
    check("b.cpp" in p.run("--show-files", "--exclude=nothing", bare=True, status=0).stdout, "precedence of --exclude")
    says(p.run("--show-settings", "--settings-file=", bare=True, status=0), "settings file: none")
    says(p.run("--exclude=.", status=2), "--exclude leaves no file to check. Next:")
    says(p.run("--exclude=(", status=2), "'(' is no regular expression")


def case_wrong_settings_name_the_line(p):
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


def case_header_filters(p):
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


def case_statistics_and_exit_zero(p):
    p.write("a.cpp", SEMI + UNUSED + UNUSED.replace("g()", "g2()"))
    p.database("a.cpp")
    out = p.run("--statistics", status=1)
    check(out.stdout.splitlines()[0].split() == ["2", "clang-diagnostic-unused-variable"], "order", out)
    says(out, "clang-diagnostic-extra-semi", "1 with a safe fix", "3 in 1 files")
    silent_on(out, "idle")
    says(p.run("--exit-zero", status=0), "idle")
    p.write("a.cpp", "broken\n")
    p.run("--exit-zero", status=2)


def case_infos_are_not_made_errors(p):
    """Said where a rule is spelled out; a glob may mean the others."""
    p.files(a=UNUSED)
    p.write(".clang-tidy", "WarningsAsErrors: '*,torch-unscoped-hook,torch-null-module'\n")
    said = "WarningsAsErrors makes no error of 'torch-unscoped-hook', which reports infos. Next: pass --fail-on info"
    out = p.run("--warnings-as-errors=torch-unchecked-partial-load", status=1)
    says(out, said, "'torch-unchecked-partial-load'")
    silent_on(out, "no error of 'torch-null-module'", "no error of '*'")
    silent_on(p.run("--fail-on=info", status=1), "WarningsAsErrors makes")


def case_extra_flags_and_colour(p):
    p.write("a.cpp", "#if defined(FIRST) && defined(LAST)\n" + UNUSED + "#endif\n")
    p.database("a.cpp")
    p.run(status=0)
    p.run("--extra-arg-before=-DFIRST", "--extra-arg=-DLAST", status=1)
    colour = ["check", CHECKS, "--cache-dir=" + p.cache, "--extra-arg=-DLAST", "--extra-arg=-DFIRST"]
    check("\x1b[" in p.run(*colour, "--use-color", bare=True, status=1).stdout, "no colour")
    check("\x1b[" not in p.run(*colour, bare=True, status=1).stdout, "colour without a terminal")


def case_response_file(p):
    p.write("a.cpp", UNUSED)
    p.write("b name.cpp", UNUSED.replace("idle", "lazy"))
    p.database("a.cpp", "b name.cpp")
    p.write("args", "--quiet\n\"b name.cpp\"\n")
    out = p.run("@args", status=1)
    says(out, "'lazy'")
    silent_on(out, "'idle'")
    says(p.run("@none", status=2), "@none' does not exist. Next:")


def case_files_of_one_name_in_two_directories(p):
    for folder in ("one", "two"):
        p.write(folder + "/net.cpp", UNUSED)
    entries = [{"directory": p.path(folder), "file": "net.cpp", "command": "clang++ -std=c++17 -Wall -c net.cpp"} for folder in ("one", "two")]
    p.write("build/compile_commands.json", json.dumps(entries))
    out = p.run("-p", p.path("build"), status=1)
    check(out.stdout.count("unused variable 'idle'") == 2, "one of two files' findings is lost", out)
