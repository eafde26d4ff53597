"""What the tests of the fixes share: forms, the file that is made of them, the runs over it.

A form is a piece of code with one finding, in a namespace of its own; all forms of a rule are one file. `Form(code, fixed)`: `fixed` says
whether the finding must have a fix that is applied; one without must be left as it is. None: as the fix will have it. That nothing breaks
holds for all.
"""
import collections
import pathlib
import re

from expect import check

Form = collections.namedtuple("Form", "name code fixed")

HEAD = """#include <torch/torch.h>
#include <torchtidy/tensor_hook.h>
#include <deque>
#include <list>
namespace nn = torch::nn;
using torch::Tensor;
#define TWO 4, 4
#define MAKE(T, ...) T(__VA_ARGS__)
#define HALF(x) ((x) / 2)
"""

MODULE_CLASSES = """
inline nn::LinearOptions options() { return nn::LinearOptions(4, 4); }
struct BlockImpl : nn::Module {
  explicit BlockImpl(int64_t n) { fc = register_module("fc", nn::Linear(n, n)); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Block);
struct WrapperImpl : nn::Module {
  explicit WrapperImpl(nn::Linear inner) { fc = register_module("fc", inner); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Wrapper);
"""


def fill(text, **words):
    return re.sub(r"\b(%s)\b" % "|".join(words), lambda m: words[m[1]], text)


# Where a statement S can stand.
PLACES = {
    "block": ("S", True), "two on a line": ("int i = 0; S (void)i;", True), "if": ("if (flag) S", None), "if, block": ("if (flag) { S }", True),
    "if, else": ("if (flag) S\n  else flag = true;", None), "else": ("if (flag) flag = false; else S", None), "for": ("for (int i = 0; i < 2; ++i) S", None),
    "while": ("while (flag) S", None), "do": ("do S while (flag);", None), "switch": ("switch (int(flag)) { case 1: S break; default: break; }", None),
    "label": ("again: S if (flag) goto again;", None), "lambda": ("auto run = [&] { S }; run();", None), "comment": ("/* a */ S // b", True),
    "macro": ("#define STATEMENT_N S\n  STATEMENT_N", False), "nested if": ("if (flag) if (!flag) S else flag = true;", None),
    "comma": ("flag = false, S", None), "try": ("try { S } catch (...) { }", True), "init": ("if (bool b = flag; b) S", None),
}


def statements(prepare, variants):
    for what, statement in variants.items():
        for place, (around, fixed) in PLACES.items():
            if statement.startswith("auto ") and place in ("comma", "switch", "label"):
                continue # no C++
            fixed = None if statement.startswith(("auto ", "(void)")) else fixed
            body = re.sub(r"\bS\b", lambda _: statement, around)
            code = f"void run(bool flag) {{\n  {prepare}\n  {body}\n}}\n"
            yield Form(f"{what}: {place}", code, fixed)
            yield Form(f"{what}: {place}, template", f"template <int N> {code}template void run<1>(bool);\n".replace("STATEMENT_N", "STATEMENT_T"), None)


def lint(p, file, rules, *options):
    command = [p.tool, "check", f"--checks=-*,{rules}", "--config={}", "--quiet", "--cache-dir=" + p.tools.preambles,
               "--output-format=clang-tidy", *options, file, "--", *p.tools.torch_flags.split(), "-I", p.tools.root + "/runtime/include"]
    return p.execute(command)


def places(p, forms, text, output, pattern):
    """The forms of whose namespace a line matches."""
    lines = text.splitlines()
    owner, found = None, [None]
    for line in lines:
        if start := re.match(r"namespace form(\d+) \{", line):
            owner = int(start[1])
        found.append(owner)
    return collections.Counter(found[int(m[1])] for m in re.finditer(r"^[^\n:]*forms\.cpp:(\d+):\d+: " + pattern, output, re.M))


def try_rule(p, rule, forms, classes, problems):
    source = HEAD + classes + "".join(f"namespace form{i} {{\n{form.code.replace('STATEMENT_', f'STATEMENT{i}_')}\n}}\n" for i, form in enumerate(forms))
    if any("run(bool flag)" in form.code for form in forms):
        source += "int main() {\n" + "".join(f"  form{i}::run{'<1>' if 'template <' in form.code else ''}(true);\n" for i, form in enumerate(forms)
                                             if "run(bool flag)" in form.code) + "}\n"
    file = p.write(rule + "/forms.cpp", source)
    before = lint(p, file, "torch-" + rule)
    for form in places(p, forms, source, before.stdout, "error: "):
        problems.append(f"{rule}: does not compile before: {forms[form].name}\n{forms[form].code}")
    flagged = places(p, forms, source, before.stdout, r"warning: .*\[torch-")
    run = lint(p, file, "torch-" + rule, "--fix", "--unsafe-fixes")
    # Seen when it was proven; the text shows nothing of it any more.
    for back in re.findall(r"forms\.cpp:(\d+):\d+: (the fix of .* was taken back: .*)", run.stderr):
        form = next(places(p, forms, source, f"forms.cpp:{back[0]}:1: error: ", "error: ").elements(), None)
        problems.append(f"{rule}: the fix breaks: {forms[form].name if form is not None else '?'}: {back[1]}")
    text = pathlib.Path(file).read_text()
    bodies = dict(re.findall(r"^namespace form(\d+) \{\n(.*?)\n\}\n(?=namespace form|int main|\Z)", text, re.M | re.S))
    after = lint(p, file, "torch-" + rule)
    for form in places(p, forms, text, after.stdout, "error: "):
        problems.append(f"{rule}: the fix breaks: {forms[form].name if form is not None else after.stdout[:300]}\n{bodies.get(str(form))}")
    left = places(p, forms, text, after.stdout, r"warning: .*\[torch-")
    changed = [i for i, form in enumerate(forms) if bodies[str(i)].strip() != form.code.replace("STATEMENT_", f"STATEMENT{i}_").strip()]
    for i, form in enumerate(forms):
        if form.fixed is not None and i not in flagged:
            problems.append(f"{rule}: not flagged: {form.name}\n{form.code}")
        elif form.fixed and i not in changed:
            problems.append(f"{rule}: has no fix: {form.name}\n{form.code}")
        elif form.fixed is False and i in changed:
            problems.append(f"{rule}: has a fix: {form.name}\n{bodies[str(i)]}")
        elif form.fixed and i in left:
            problems.append(f"{rule}: still flagged: {form.name}\n{bodies[str(i)]}")
    return len(forms), sum(flagged.values()), len(changed)


def try_rules(p, rules, classes=""):
    """`rules`: of each the function that makes its forms. `classes` stand before all forms."""
    problems, total = [], 0
    for rule, forms_of in rules.items():
        forms, flagged, fixed = try_rule(p, rule, list(forms_of()), classes, problems)
        total += forms
        print(f"{rule}: {forms} forms, {flagged} flagged, {fixed} fixed")
    print(f"{total} forms over {len(rules)} rules")
    check(not problems, f"{len(problems)} problems:\n" + "\n".join(problems))
