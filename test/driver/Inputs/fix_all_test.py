"""All safe fixes of all rules on one file: at once, rule by rule and in reverse order they give the same text; it compiles, no finding
with a safe fix is left, and a header that two units share is fixed once.

usage: fix_all_test.py TORCH_TIDY CACHE SCRATCH -- FLAGS…
"""
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE.parents[2] / "rules"
tool, cache, scratch = sys.argv[1:4]
flags = sys.argv[sys.argv.index("--") + 1:]
safe = [f"torch-{page.parent.name}" for page in sorted(RULES.glob("*/rule.md")) if re.search(r"^fix: safe", page.read_text(), re.M)]


def lint(folder, rules, *options):
    files = sorted(folder.glob("*.cpp"))
    done = subprocess.run([tool, "check", "--checks=-*," + ",".join(rules), "--header-filter=.*", "--config={}", "--quiet",
                           "--cache-dir=" + cache, "--output-format=clang-tidy", *options, *files, "--", *flags],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1) or "clang-diagnostic-error" in done.stdout:
        sys.exit(f"exit {done.returncode} in {folder}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def text(folder):
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def fixed(name, *steps):
    folder = pathlib.Path(scratch) / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in ("fix-all.h", "fix-all.cpp"):
        shutil.copy(HERE / source, folder)
    (folder / "other.cpp").write_text('#include "fix-all.h"\n')
    for rules in steps:
        lint(folder, rules, "--fix")
    return folder


once = fixed("once", safe)
forward = fixed("forward", *[[rule] for rule in safe])
backward = fixed("backward", *[[rule] for rule in reversed(safe)])
before = text(fixed("untouched"))
assert text(once) != before, "nothing was fixed"
for folder in (forward, backward):
    for name, content in text(folder).items():
        assert content == text(once)[name], f"{name} differs between {once} and {folder}"
left = lint(once, safe)
assert not re.search(r"warning: .*\[torch-", left), f"left after fixing:\n{left}"
header = text(once)["fix-all.h"]
assert header.count('register_module("drop"') == 1, header
print(f"{len(safe)} rules: the same text in every order")
