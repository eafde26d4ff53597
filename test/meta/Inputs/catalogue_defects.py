"""Damages copies of a small catalogue in one way each, and expects the checker to name that defect and no other."""
import pathlib
import shutil
import subprocess
import sys

source, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
PAGE = """---
name: torch-sample
summary: A sample
group: bug
since: 0.1
fix: none
speed: fast
options:
  - name: Strict
    type: bool
    default: false
    help: Say more
---

## What

Text.

## Why at run time

Text.

## Example

```cpp
## not a section
```

## Instead

Text.

## Limits

Text.
"""
CHECK = 'void f() {\n  diag(Loc, "the value "\n            "is lost") << Options.get("Strict", false);\n}\n'


def make(root):
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("rules/sample", "checks/model", "test/checks/sample", "driver"):
        (root / folder).mkdir(parents=True)
    (root / "rules/Rules.def").write_text('// List.\nRULE("sample", Sample)\n')
    (root / "rules/sample/rule.md").write_text(PAGE)
    (root / "rules/sample/bad.cpp").write_text('int x; // flagged: torch-sample\n// "SYMPTOM n=1"\n')
    (root / "rules/sample/good.cpp").write_text('// "SYMPTOM n=2"\n')
    (root / "checks/SampleCheck.cpp").write_text(CHECK)
    (root / "checks/model/LLVMCompat.h").write_text("#if LLVM_VERSION_MAJOR > 19\n#endif\n")
    for test in ("warns", "silent", "fixes", "macros-templates"):
        (root / f"test/checks/sample/{test}.cpp").write_text("// RUN: %check torch-sample %s\n")
    tool(root, "--docs")


def tool(root, *arguments):
    return subprocess.run([sys.executable, source / "tools/generate-rules.py", "--root", root, *arguments],
                          capture_output=True, text=True)


def edit(path, old, new):
    def damage(root):
        text = (root / path).read_text()
        assert old in text, (path, old)
        (root / path).write_text(text.replace(old, new))
    return damage


def remove(path):
    return lambda root: (root / path).unlink()


PAGE_PATH = "rules/sample/rule.md"
DEFECTS = [
    (remove(PAGE_PATH), "missing page of torch-sample"),
    (edit(PAGE_PATH, "## Limits", "## Borders"), "section `Limits` is missing"),
    (edit(PAGE_PATH, "summary: A sample", "summary: A sample."), "the summary ends in a full stop"),
    (edit(PAGE_PATH, "name: torch-sample", "name: torch-other"), "the folder says `torch-sample`"),
    (edit(PAGE_PATH, "fix: none", "fix: maybe"), "fix is `maybe`"),
    (edit(PAGE_PATH, "since: 0.1\n", ""), "`since` is missing"),
    (edit(PAGE_PATH, "group: bug", "group: advice"), "rules of the group advice"),
    (edit(PAGE_PATH, "speed: fast", "speed fast"), "expected `key: value`"),
    (edit(PAGE_PATH, "    help: Say more\n", ""), "option Strict has no `help`"),
    (edit(PAGE_PATH, "- name: Strict", "- name: Lax"), "option Strict is not described"),
    (edit("rules/Rules.def", 'RULE("sample", Sample)\n', 'RULE("sample", Sample)\nRULE("sample", Sample)\n'),
     "the name torch-sample is there twice"),
    (edit("checks/SampleCheck.cpp", "is lost", "is lost."), "a message ends in a full stop"),
    (edit("checks/SampleCheck.cpp", "the value", "The value"), "a message begins with a capital letter"),
    (edit("checks/SampleCheck.cpp", "}", "}\n#if LLVM_VERSION_MAJOR"), "uses LLVM_VERSION_MAJOR"),
    (edit("checks/SampleCheck.cpp", "}", "} // TODO(new-rule)"), "still has TODO(new-rule)"),
    (remove("checks/SampleCheck.cpp"), "missing check of torch-sample"),
    (remove("rules/sample/bad.cpp"), "rules/sample/bad.cpp: missing program"),
    (remove("rules/sample/good.cpp"), "rules/sample/good.cpp: missing program"),
    (edit("rules/sample/bad.cpp", "// flagged: torch-sample", ""), "no line is marked"),
    (edit("rules/sample/good.cpp", "SYMPTOM", ""), "prints no line `SYMPTOM"),
    *[(remove(f"test/checks/sample/{test}.cpp"), f"test/checks/sample/{test}.cpp: missing test")
      for test in ("warns", "silent", "fixes", "macros-templates")],
    (edit(PAGE_PATH, "Say more", "Say less"), "docs/rules/sample.md: out of step"),
    (lambda root: (root / "docs/rules/old.md").write_text(""), "docs/rules/old.md: belongs to no rule"),
    (lambda root: (root / "rules/stray").mkdir(), "rules/stray: not listed"),
]

make(work)
clean = tool(work, "--check")
assert clean.returncode == 0, clean.stdout
for number, (damage, expected) in enumerate(DEFECTS):
    make(work)
    damage(work)
    result = tool(work, "--check")
    assert result.returncode == 1 and expected in result.stdout, f"defect {number}: expected {expected!r} in:\n{result.stdout}"
print(f"{len(DEFECTS)} defects found")
