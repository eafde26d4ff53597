"""init, shell completion, the manual page, --watch; every option is documented and tested."""
import os
import re
import shutil
import signal
import subprocess
import threading

from expect import check, says, silent_on
from project import SEMI, UNUSED, DatabaseProject as Project

REQUIRES = ["driver"]


def case_init_writes_what_is_missing(p):
    p.write("build/compile_commands.json", "[]")
    p.write("CMakeLists.txt", "")
    p.write(".clang-tidy", "Checks: mine\n")
    p.write(".github/CODEOWNERS", "")
    p.write(".pre-commit-config.yaml", "repos: []\n")
    out = p.run("init", bare=True, status=0)
    check(p.read(".clang-tidy") == "Checks: mine\n", "an existing file was replaced", out)
    says(out, "kept     .clang-tidy, which exists", "    Checks: '-*,torch-*,-torch-advice-*'", "written  .clangd",
         "kept     .pre-commit-config.yaml", "types_or: [c++, cuda]", "written  .github/workflows/torch-tidy.yml", "Next:", "--write-baseline")
    check("CompilationDatabase: build" in p.read(".clangd") and "p: build" in p.read(".torch-tidy.yaml"), "the build was not found")
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    p.run(status=1)  # what was written is valid
    says(p.run("init", "nowhere", bare=True, status=2), "usage: torch-tidy init [DIR]. Next:")


def case_init_other_projects(p):
    p.write(".gitlab-ci.yml", "")
    out = p.run("init", p.src, bare=True, status=0, cwd=p.root)
    says(out, "written  .gitlab/torch-tidy.yml", "compile_commands.json")
    check(not os.path.exists(p.path(".github")) and not os.path.exists(p.path(".pre-commit-config.yaml")), "what nobody uses was written")
    check("# p: build" in p.read(".torch-tidy.yaml"), "a build directory that is not there was named")
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
            "try torch-tidy check --unsafe\ntry torch-tidy cache i\ntry torch-tidy rule torch-null\ntry torch-tidy --select = torch-null\ntry torch-tidy --fail-on = i\n")
    got = subprocess.run(["bash", p.path("script")], capture_output=True, text=True, check=True).stdout.splitlines()
    check(got == ["--unsafe-fixes", "info", "torch-null-module", "torch-null-module", "info"], f"bash completes to {got}")
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
    using = os.path.join(p.tools.root, "docs", "using")
    docs = "".join(open(os.path.join(using, f)).read() for f in os.listdir(using) if f.endswith(".md"))
    tests = ""
    for folder, _, names in os.walk(os.path.join(p.tools.root, "test")):
        for name in names:
            if name.endswith((".test", ".cpp", ".py", ".sh.in")):
                tests += open(os.path.join(folder, name)).read()
    own = [option for option in options(p) if option not in ("--help", "--help-list", "--version", "-h")]
    check(len(own) > 40, f"only {own} in --help")
    missing = [option for option in own if f"`{option}" not in docs]
    check(not missing, f"not in docs/using: {missing}")
    untested = [option for option in own if not any(option + end in tests for end in "=\"' ")]
    check(not untested, f"without a test: {untested}")


def case_keys_of_settings_are_those_of_the_table(p):
    table = open(os.path.join(p.tools.root, "driver", "options", "OptionTable.cpp")).read()
    rows = re.split(r'^    \{(?=")', table, flags=re.M)[1:]
    keys = {row.split('"')[1] for row in rows if re.search(r"InSettings::(?!No\b)", row)}
    page = open(os.path.join(p.tools.root, "docs", "using", "configuration.md")).read()
    lines = page[page.index("| `p`, `torch-root`"):].split("\n\n")[0].splitlines()
    named = {key for line in lines for key in re.findall(r"`([^`]+)`", line.split("|")[1])}
    check(len(keys) > 10, f"only {keys} in the table")
    check(keys == named, f"the table and configuration.md differ in {sorted(keys ^ named)}")


def case_help_names_every_format(p):
    driver = os.path.join(p.tools.root, "driver")
    formats = re.findall(r'\{"([\w-]+)", OutputFormat::', open(os.path.join(driver, "report", "Outputs.cpp")).read())
    table = open(os.path.join(driver, "options", "OptionTable.cpp")).read()
    told = table[table.index('{"output-format"'):].split(";")[0]
    named = re.findall(r"[\w-]+", "".join(re.findall(r'"([^"]*)', told.split("\n", 1)[1])).replace("(default)", ""))
    check(len(formats) > 5 and sorted(formats) == sorted(named), f"Outputs.cpp has {formats}, the help {named}")
    # Whatever a format looks like, the finding is in it.
    p.write("a.cpp", UNUSED)
    p.database("a.cpp")
    for form in formats:
        out = p.run(f"--output-format={form}:report", status=1)
        check("idle" in p.read("report"), f"nothing is in the {form} report", out)


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
