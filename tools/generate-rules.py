#!/usr/bin/env python3
"""Turn the catalogue in rules/ into the driver's table and the pages under docs/rules.

usage: generate-rules.py [--root DIR] [--table FILE] [--headers FILE] [--docs | --check | --list]

  --docs         write docs/rules/*.md
  --table FILE   write the C++ table that checks/RuleTable.cpp includes
  --headers FILE write the #include lines of all checks, for checks/TorchTidyModule.cpp
  --check        print everything that is wrong with the catalogue, its tests and its docs; exit 1 if anything is
  --list         print the rules, one a line

The catalogue is rules/Rules.def and, for each rule in it, rules/<slug>/{rule.md,bad.cpp,good.cpp}. Standard library only.
"""
import argparse
import pathlib
import re
import sys

GROUPS = {
    "bug": "Bugs: on by default, warnings",
    "convention": "Conventions: on by default, infos",
    "advice": "Advice: off by default, infos",
}
FIXES = ("none", "safe", "changes-archives", "unsafe")
SPEEDS = ("fast", "slow")
SECTIONS = ("What", "Why at run time", "Example", "Instead", "Limits")
KEYS = ("name", "summary", "group", "since", "fix", "speed")
OPTION_KEYS = ("name", "type", "default", "help")
TESTS = ("warns.cpp", "silent.cpp", "fixes.cpp", "macros-templates.cpp")
PLACEHOLDER = "TODO(new-rule)"


class PageError(Exception):
    """A rule.md that cannot be read: file, line, cause."""


class Rule:
    def __init__(self, slug, class_name):
        self.slug, self.class_name, self.name = slug, class_name, "torch-" + slug
        self.summary, self.group, self.since, self.fix, self.speed = "", "bug", "", "none", "fast"
        self.options, self.body, self.sections, self.keys = [], "", [], {}


def read_list(root):
    """The rules of Rules.def in file order, without their pages."""
    rules, path = [], root / "rules" / "Rules.def"
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("//") or not line.strip():
            continue
        match = re.fullmatch(r'RULE\("([a-z0-9-]+)", ([A-Za-z0-9]+)\)', line.strip())
        if not match:
            raise PageError(f'{path}:{number}: expected RULE("slug", Class), found: {line}')
        rules.append(Rule(*match.groups()))
    return rules


def scalar(text):
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def read_front_matter(path, lines):
    """The keys, the options and the number of lines taken, of the part between two `---` lines."""
    if not lines or lines[0].strip() != "---":
        raise PageError(f"{path}:1: a page starts with a line `---` and its front matter")
    keys, options, in_options = {}, [], False
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == "---":
            return keys, options, number
        if not line.strip():
            continue
        entry = re.fullmatch(r"(\s*)(- )?([A-Za-z_]+):(?:\s+(.*))?", line.rstrip())
        if not entry:
            raise PageError(f"{path}:{number}: expected `key: value`, found: {line}")
        indent, dash, key, value = entry.groups()
        if dash and in_options:
            options.append({key: scalar(value or "")})
        elif indent and in_options and options:
            options[-1][key] = scalar(value or "")
        elif indent or dash:
            raise PageError(f"{path}:{number}: only `options:` holds a list")
        else:
            in_options = key == "options"
            if not in_options:
                if key in keys:
                    raise PageError(f"{path}:{number}: `{key}` is given twice")
                keys[key] = scalar(value or "")
            elif value and value.strip() != "[]":
                raise PageError(f"{path}:{number}: `options:` is a list of `- name: …` entries, or `[]`")
    raise PageError(f"{path}:1: the front matter has no closing `---`")


def read_page(root, rule):
    path = root / "rules" / rule.slug / "rule.md"
    lines = path.read_text().splitlines()
    rule.keys, rule.options, taken = read_front_matter(path, lines)
    for key in KEYS:
        setattr(rule, key, rule.keys.get(key, getattr(rule, key)))
    rule.body = "\n".join(lines[taken:]).strip() + "\n"
    in_code = False
    for line in rule.body.splitlines():
        in_code ^= line.startswith("```")
        if line.startswith("## ") and not in_code:
            rule.sections.append(line[3:].strip())


def load(root):
    """Every rule with its page, and what went wrong on the way."""
    problems, rules = [], []
    try:
        rules = read_list(root)
    except (OSError, PageError) as error:
        return [], [str(error)]
    for rule in rules:
        try:
            read_page(root, rule)
        except FileNotFoundError:
            problems.append(f"rules/{rule.slug}/rule.md: missing page of {rule.name}")
        except PageError as error:
            problems.append(str(error))
    return rules, problems


# --- output ---------------------------------------------------------------------------------------------------------

def cxx(text):
    """A C++ string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def table(rules):
    out = ["// Generated from rules/ by tools/generate-rules.py --table, do not edit.", ""]
    for rule in rules:
        if rule.options:
            out.append(f"constexpr RuleOption {rule.class_name}Options[] = {{")
            for option in rule.options:
                out.append("    {" + ", ".join(cxx(option.get(key, "")) for key in OPTION_KEYS) + "},")
            out.append("};")
    out.append("const RuleInfo Rules[] = {")
    for rule in rules:
        options = f"{rule.class_name}Options" if rule.options else "{}"
        out.append(f"    {{{cxx(rule.name)}, {cxx(rule.slug)}, {cxx(rule.summary)}, RuleGroup::{rule.group.capitalize()}, "
                   f"{cxx(rule.since)}, FixSafety::{rule.fix.title().replace('-', '')}, RuleSpeed::{rule.speed.capitalize()}, {options},")
        out.append(f'     R"torchtidy({rule.body})torchtidy"}},')
    if not rules:
        out.append("    {},")  # C++ has no empty arrays; RuleTable.cpp knows the count.
    out += ["};", f"constexpr size_t RuleCount = {len(rules)};", ""]
    return "\n".join(out)


def headers(rules):
    return "\n".join(["// Generated from rules/Rules.def by tools/generate-rules.py --headers, do not edit.",
                      *(f'#include "{rule.class_name}Check.h"' for rule in rules), ""])


def generated_by(source):
    return f"<!-- Generated from {source} by tools/generate-rules.py --docs, do not edit. -->\n"


def page(rule):
    out = [generated_by(f"rules/{rule.slug}/rule.md"), f"# {rule.name}\n", f"{rule.summary}.\n",
           "| group | since | fix | in clangd |", "|---|---|---|---|",
           f"| {rule.group}{'' if rule.group == 'bug' else ' (info)'} | {rule.since} | {rule.fix} | {'on' if rule.speed == 'fast' else 'off (slow)'} |", "",
           re.sub(r"\]\(\.\./([\w-]+)/rule\.md", r"](\1.md", rule.body)]  # links to other pages
    if rule.options:
        out += ["## Options\n", "| option | type | default | |", "|---|---|---|---|"]
        for option in rule.options:
            default = option.get("default", "")
            out.append(f"| `{rule.name}.{option.get('name', '')}` | {option.get('type', '')} | "
                       f"{f'`{default}`' if default else 'empty'} | {option.get('help', '')} |")
        out.append("")
    folder = f"../../rules/{rule.slug}"
    out += ["## See it happen\n",
            f"[bad.cpp]({folder}/bad.cpp) shows the harm when it is run, [good.cpp]({folder}/good.cpp) is the same program put "
            f"right. All rules: [the catalogue](README.md).", ""]
    return "\n".join(out)


def index(rules):
    out = [generated_by("rules/"), "# The rules\n",
           "`torch-tidy rule NAME` prints a page in the terminal. The default selection is `torch-*,-torch-advice-*`.\n"
           "Warnings decide the exit status, [infos](../using/command-line.md#warnings-and-infos) only if asked to.\n"]
    for group, title in GROUPS.items():
        members = [rule for rule in rules if rule.group == group]
        if members:
            out += [f"## {title}\n", "| rule | what it finds | fix |", "|---|---|---|"]
            out += [f"| [{rule.name}]({rule.slug}.md) | {rule.summary} | {rule.fix} |" for rule in members]
            out.append("")
    return "\n".join(out)


def docs(rules):
    pages = {f"{rule.slug}.md": page(rule) for rule in rules if rule.body}
    pages["README.md"] = index(rules)
    return pages


def write_docs(root, rules):
    folder = root / "docs" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    pages = docs(rules)
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text)
    print(f"generate-rules: {len(pages)} pages in {folder}")


# --- checking -------------------------------------------------------------------------------------------------------

def check_page(root, rule):
    where = f"rules/{rule.slug}/rule.md"
    for key in KEYS:
        if not rule.keys.get(key):
            yield f"{where}: `{key}` is missing or empty"
    for key in rule.keys:
        if key not in KEYS:
            yield f"{where}: unknown key `{key}`; known are {', '.join(KEYS)}, options"
    if rule.name != "torch-" + rule.slug:
        yield f"{where}: name is `{rule.name}`, the folder says `torch-{rule.slug}`"
    for value, allowed, key in ((rule.group, GROUPS, "group"), (rule.fix, FIXES, "fix"), (rule.speed, SPEEDS, "speed")):
        if value not in allowed:
            yield f"{where}: {key} is `{value}`, expected one of {', '.join(allowed)}"
    if rule.summary.endswith("."):
        yield f"{where}: the summary ends in a full stop"
    if (rule.group == "advice") != rule.slug.startswith("advice-"):
        yield f"{where}: rules of the group advice, and only they, are named torch-advice-…"
    if rule.since and not re.fullmatch(r"\d+\.\d+(\.\d+)?", rule.since):
        yield f"{where}: since is `{rule.since}`, expected a version such as 0.1"
    for number, option in enumerate(rule.options, 1):
        for key in OPTION_KEYS:
            if key not in option:
                yield f"{where}: option {option.get('name', number)} has no `{key}`"
        for key in option:
            if key not in OPTION_KEYS:
                yield f"{where}: option {option.get('name', number)} has the unknown key `{key}`"
    if tuple(rule.sections) != SECTIONS:
        missing = [section for section in SECTIONS if section not in rule.sections]
        yield (f"{where}: section `{missing[0]}` is missing" if missing else
               f"{where}: sections must be exactly {', '.join(SECTIONS)}, in this order")


def check_programs(root, rule):
    for name in ("bad.cpp", "good.cpp"):
        path = root / "rules" / rule.slug / name
        if not path.exists():
            yield f"rules/{rule.slug}/{name}: missing program of {rule.name}"
            continue
        text = path.read_text()
        if "SYMPTOM " not in text:
            yield f"rules/{rule.slug}/{name}: prints no line `SYMPTOM name=value`"
        if name == "bad.cpp" and f"// flagged: {rule.name}" not in text:
            yield f"rules/{rule.slug}/{name}: no line is marked `// flagged: {rule.name}`"
        if name == "good.cpp" and "// flagged:" in text:
            yield f"rules/{rule.slug}/{name}: the good program has a line marked as flagged"


def check_tests(root, rule):
    for name in TESTS:
        path = root / "test" / "checks" / rule.slug / name
        if not path.exists():
            yield f"test/checks/{rule.slug}/{name}: missing test of {rule.name}"
        elif rule.name not in path.read_text():
            yield f"test/checks/{rule.slug}/{name}: does not run {rule.name}"


def strip_comments(text):
    pattern = r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\')'
    return re.sub(pattern, lambda match: match.group(1) or " ", text, flags=re.S)


def messages(text):
    """The string literals given to diag(), adjacent ones joined."""
    text = strip_comments(text)
    for call in re.finditer(r"\bdiag\s*\(", text):
        depth, position = 1, call.end()
        end = position
        while depth and end < len(text):
            literal = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'').match(text, end)
            if literal:
                end = literal.end()
                continue
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        for group in re.finditer(r'"(?:\\.|[^"\\])*"(?:\s*"(?:\\.|[^"\\])*")*', text[position:end]):
            yield "".join(re.findall(r'"((?:\\.|[^"\\])*)"', group.group()))


def check_sources(root, rules):
    known_options = {}
    for rule in rules:
        path = root / "checks" / f"{rule.class_name}Check.cpp"
        if not path.exists():
            yield f"checks/{path.name}: missing check of {rule.name}"
            continue
        known_options[path.name] = (rule, {option.get("name") for option in rule.options})
    everything = ""
    for path in sorted((root / "checks").rglob("*.cpp")):
        text = path.read_text()
        everything += text
        where = path.relative_to(root)
        for message in messages(text):
            if message.endswith("."):
                yield f"{where}: a message ends in a full stop: {message}"
            if re.match(r"[A-Z][a-z]", message):
                yield f"{where}: a message begins with a capital letter: {message}"
        if path.name in known_options:
            rule, options = known_options[path.name]
            for match in re.finditer(r'Options(?:\.get\w*\(|\s*,\s*)"(\w+)"', strip_comments(text)):
                if match.group(1) not in options:
                    yield f"{where}: option {match.group(1)} is not described in rules/{rule.slug}/rule.md"
    for rule, options in known_options.values():
        for option in options:
            if f'"{option}"' not in everything:
                yield f"rules/{rule.slug}/rule.md: no check reads the option {option}"


def check_version_macro(root):
    allowed = {pathlib.Path("checks/model/LLVMCompat.h"), pathlib.Path("driver/support/LLVMCompat.h")}
    for folder in ("checks", "driver", "clang-tidy-plugin"):
        for path in sorted((root / folder).rglob("*")):
            where = path.relative_to(root)
            if path.suffix in (".h", ".cpp", ".inc") and where not in allowed and \
                    "LLVM_VERSION_MAJOR" in strip_comments(path.read_text()):
                yield (f"{where}: uses LLVM_VERSION_MAJOR; put the difference into checks/model/LLVMCompat.h "
                       f"(the driver's: driver/support/LLVMCompat.h)")


# Names in the tables of checks/model/torch that mean something else elsewhere: words of C++'s own classes, and text.
ORDINARY_WORDS = {"assign", "clear", "data", "emplace", "empty", "has_value", "reset", "resize", "size", "std", "swap", "values",
                  "norm", "t", "tensor"}


def check_torch_names(root):
    """A fact about LibTorch stands in one table: no other file spells a name that one of them lists."""
    tables = root / "checks" / "model" / "torch"
    known = {}
    for path in sorted(tables.glob("*.def")):
        for name in re.findall(r"^(?!SIZES|TENSOR)[A-Z]+\((\w+),?", path.read_text(), re.M):
            known.setdefault(name, path.name)
    for path in sorted((root / "checks").rglob("*")):
        if path.suffix not in (".h", ".cpp") or tables in path.parents:
            continue
        for literal in re.findall(r'"(\w+)"', strip_comments(path.read_text())):
            if literal in known and literal not in ORDINARY_WORDS:
                yield (f'{path.relative_to(root)}: spells "{literal}", which {known[literal]} lists; ask '
                       f"checks/model/torch what it means")


def check_placeholders(root, rules):
    for rule in rules:
        places = [root / "rules" / rule.slug, root / "test" / "checks" / rule.slug]
        files = [path for place in places if place.exists() for path in sorted(place.iterdir())]
        files += [root / "checks" / f"{rule.class_name}Check{suffix}" for suffix in (".h", ".cpp")]
        for path in files:
            if path.exists() and PLACEHOLDER in path.read_text():
                yield f"{path.relative_to(root)}: still has {PLACEHOLDER}"


def check_docs(root, rules):
    folder = root / "docs" / "rules"
    wanted = docs(rules)
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            yield f"docs/rules/{name}: out of step with rules/; run 'make docs' and commit the result"
    if folder.exists():
        for path in folder.glob("*.md"):
            if path.name not in wanted:
                yield f"docs/rules/{path.name}: belongs to no rule; run 'make docs' and commit the result"


def check(root, rules, problems):
    slugs = [rule.slug for rule in rules]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        problems.append(f"rules/Rules.def: the name torch-{slug} is there twice")
    classes = [rule.class_name for rule in rules]
    for name in sorted({name for name in classes if classes.count(name) > 1}):
        problems.append(f"rules/Rules.def: the class {name}Check is there twice")
    if slugs != sorted(slugs):
        problems.append("rules/Rules.def: the rules are not sorted by slug")
    for folder in sorted((root / "rules").iterdir()):
        if folder.is_dir() and folder.name not in slugs:
            problems.append(f"rules/{folder.name}: not listed in rules/Rules.def")
    for rule in rules:
        if rule.keys:
            problems += check_page(root, rule)
        problems += check_programs(root, rule)
        problems += check_tests(root, rule)
    problems += check_sources(root, rules)
    problems += check_version_macro(root)
    problems += check_torch_names(root)
    problems += check_placeholders(root, rules)
    problems += check_docs(root, rules)
    return problems


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("--headers", type=pathlib.Path)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--docs", action="store_true")
    what.add_argument("--check", action="store_true")
    what.add_argument("--list", action="store_true")
    args = parser.parse_args()
    if not (args.table or args.headers or args.docs or args.check or args.list):
        parser.error("say what to make")
    rules, problems = load(args.root)
    if args.check:
        problems = check(args.root, rules, problems)
        for problem in problems:
            print(problem)
        print(f"generate-rules: {len(rules)} rules, {len(problems)} problems")
        return 1 if problems else 0
    # A page that is missing must not stop a build: --check and the test suite report it.
    for problem in problems:
        print(f"generate-rules: warning: {problem}", file=sys.stderr)
    if args.docs:
        write_docs(args.root, rules)
    if args.table:
        args.table.write_text(table(rules))
    if args.headers:
        args.headers.write_text(headers(rules))
    if args.list:
        for rule in rules:
            print(rule.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
