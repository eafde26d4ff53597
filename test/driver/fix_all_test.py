"""All fixes that keep the meaning, of archives or not, of all rules on one file: at once, rule by rule and in reverse order they give the same text; it compiles, no finding
with such a fix is left, and a header that two units share is fixed once."""
import pathlib
import re
import shutil

from expect import check, same
from project import Project

REQUIRES = ["driver"]
INPUTS = pathlib.Path(__file__).resolve().parent / "Inputs"


def safe_rules(p):
    pages = sorted(pathlib.Path(p.tools.root, "rules").glob("*/rule.md"))
    return [f"torch-{page.parent.name}" for page in pages if re.search(r"^fix: (safe|changes-archives)", page.read_text(), re.M)
            and not page.parent.name.startswith("advice-")]


def lint(p, folder, rules, *options):
    command = [p.tool, "check", "--checks=-*," + ",".join(rules), "--header-filter=.*", "--config={}", "--quiet",
               "--cache-dir=" + p.tools.preambles, "--output-format=clang-tidy", *options, *sorted(folder.glob("*.cpp")), "--",
               *p.tools.torch_flags.split()]
    done = p.execute(command)
    check(done.returncode in (0, 1) and "clang-diagnostic-error" not in done.stdout, f"{folder} does not compile", done)
    return done.stdout


def text(folder):
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def fixed(p, name, *steps):
    folder = pathlib.Path(p.path(name))
    folder.mkdir()
    for source in ("fix-all.h", "fix-all.cpp"):
        shutil.copy(INPUTS / source, folder)
    (folder / "other.cpp").write_text('#include "fix-all.h"\n')
    for rules in steps:
        lint(p, folder, rules, "--fix", "--unsafe-fixes")
    return folder


def case_any_order_gives_the_same_text(p):
    safe = safe_rules(p)
    once = fixed(p, "once", safe)
    check(text(once) != text(fixed(p, "untouched")), "nothing was fixed")
    for name, rules in (("forward", safe), ("backward", safe[::-1])):
        same(text(fixed(p, name, *[[rule] for rule in rules])), text(once))
    left = lint(p, once, safe)
    check(not re.search(r"warning: .*\[torch-", left), f"left after fixing:\n{left}")
    same(text(once)["fix-all.h"].count('register_module("drop"'), 1)
