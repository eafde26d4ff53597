"""--shard and `torch-tidy merge`: what shards find together is what one run finds, to the byte."""
import json
import os
import random
import shutil
import subprocess

import made_up
from expect import check, says
from project import CHECKS, PARENTHESES, SEMI, UNUSED, DatabaseProject as Project

REQUIRES = ["driver", "any-build"]
FORMATS = ("text", "clang-tidy", "json", "sarif", "github", "gitlab", "junit", "rdjson", "html")
NAMES = ["a.cpp", "b.cpp", "c.cpp", "lib/d.cpp", "lib/e.cpp", "lib/deep/f.cpp", "größe &.cpp"]


def sample(p, names=NAMES):
    """Every file has a finding of its own, and shares the header's."""
    p.write("s.h", "#pragma once\n" + SEMI + "inline " + PARENTHESES)
    for name in names:
        p.write(name, '#include "s.h"\n' + UNUSED)
    p.database(*names)


def tidy(p, *arguments, **more):
    return p.run("check", CHECKS, "--cache-dir=" + p.cache, *arguments, bare=True, **more)


def shards(p, count, *arguments):
    """The reports of all shards."""
    files = [os.path.join(p.root, f"shard-{index}-of-{count}.json") for index in range(1, count + 1)]
    for index, file in enumerate(files, 1):
        tidy(p, f"--shard={index}/{count}", "--output-format=json", "-o", file, *arguments)
    return files


def merged(p, form, files, *arguments, **more):
    return p.run("merge", "--output-format=" + form, *arguments, *files, bare=True, **more)


def same_as_whole(p, count, *arguments):
    files = shards(p, count, *arguments)
    for form in FORMATS:
        whole, parts = tidy(p, "--output-format=" + form, *arguments), merged(p, form, files)
        check(parts.stdout == whole.stdout, f"{form} of {count} shards differs", whole, parts)
        check(parts.returncode == whole.returncode, f"{form}: exit status differs", whole, parts)
    return parts


def split(p, count):
    return [tidy(p, f"--shard={index}/{count}", "--show-files", "--quiet", status=0).stdout.splitlines()
            for index in range(1, count + 1)]


def case_split_is_exact(p):
    sample(p)
    for count in (1, 2, 3, 7, 20):
        files = sorted(sum(split(p, count), []))
        check(files == sorted(map(p.path, NAMES)), f"not each file once in {count} shards: {files}")
    check(len([part for part in split(p, 2) if part]) == 2, "all files are in one shard")


def case_split_depends_on_the_path_alone(p):
    sample(p)
    relative = lambda q: [[os.path.relpath(f, q.src) for f in part] for part in split(q, 3)]
    first = relative(p)
    p.database(*reversed(NAMES))
    check(relative(p) == first, "the order of the database decides")
    elsewhere = Project(os.path.join(p.root, "quite/another place"), p.tools)
    sample(elsewhere)
    check(relative(elsewhere) == first, "the place of the project decides")
    more = NAMES + [f"more{number}.cpp" for number in range(9)]
    sample(p, more)
    check([[f for f in part if f in NAMES] for part in relative(p)] == first, "new files moved old ones")
    # Pinned: machines with other versions of the program split alike.
    check(first == SPLIT, f"another split than before: {first}")


SPLIT = [["b.cpp", "c.cpp", "lib/d.cpp"], ["lib/deep/f.cpp", "lib/e.cpp"], ["a.cpp", "größe &.cpp"]]


def case_split_bad_values(p):
    sample(p)
    for value in ("0/3", "4/3", "x", "3", "", "1/", "/3", "1/0", "-1/3", "1/3/5", "1 / 3", "1/10001", "1/99999999999999999999"):
        says(tidy(p, "--shard=" + value, status=2), f"--shard '{value}' is no part of a whole. Next: write i/n")


def case_split_empty_shard(p):
    sample(p, ["a.cpp"])
    empty, = [index for index, part in enumerate(split(p, 2), 1) if not part]
    for form in FORMATS:
        out = tidy(p, f"--shard={empty}/2", "--output-format=" + form, status=0)
        says(out, f"shard {empty} of 2: 0 of 1 files")
        if form in ("json", "sarif", "gitlab", "rdjson"):
            json.loads(out.stdout)
    same_as_whole(p, 2)
    same_as_whole(p, 7)


def case_split_of_a_folder_that_is_switched_off(p):
    sample(p)
    p.write("lib/.clang-tidy", "Checks: '-*'\n")
    count = 7
    for index in range(1, count + 1):
        out = p.run("check", f"--shard={index}/{count}", "--select=torch-null-module", "--cache-dir=" + p.cache, bare=True)
        check(out.returncode == 0, "a shard without rules fails", out)


def case_merge_is_one_run(p):
    sample(p)
    for count in (1, 2, 3, 7):
        same_as_whole(p, count)
    out = merged(p, "text", shards(p, 3), status=1)
    check(out.stdout.count("s.h:3:") == 1, "the header's finding should be there once", out)
    same_as_whole(p, 3, "--warnings-as-errors=*semi")


def case_merge_any_order_and_twice(p):
    sample(p)
    files = shards(p, 3)
    whole = tidy(p, "--output-format=json").stdout
    check(merged(p, "json", reversed(files)).stdout == whole, "the order of the reports shows")
    p.write("one.json", whole)
    check(merged(p, "json", ["one.json"]).stdout == whole, "a merged report is not merged to itself")
    os.makedirs(p.path("out"))
    merged(p, "sarif:out/all.sarif", files, "--output-format=gitlab", "-o", "out/all.json", status=1)
    check(p.read("out/all.sarif") == tidy(p, "--output-format=sarif").stdout, "sarif")
    check(p.read("out/all.json") == tidy(p, "--output-format=gitlab").stdout, "gitlab")


def case_merge_far_from_the_project(p):
    """What reports say does not depend on the disk."""
    sample(p)
    p.write("latin.cpp", b"// \xff\xfe\n" + UNUSED.encode())
    p.database(*NAMES, "latin.cpp")
    files = shards(p, 3)
    whole = {form: tidy(p, "--output-format=" + form).stdout for form in FORMATS}
    elsewhere = os.path.join(p.root, "elsewhere")
    os.makedirs(os.path.join(elsewhere, ".git"))
    shutil.rmtree(p.src)
    for form in FORMATS:
        out = merged(p, form, files, cwd=elsewhere, status=1)
        expected = whole[form].replace(p.src, elsewhere)
        check(out.stdout == expected, f"{form} differs: {expected}", out)


def case_merge_failures(p):
    sample(p)
    p.write("b.cpp", "int broken = missing;\n" + UNUSED)
    p.database(*NAMES, "gone.cpp")
    out = same_as_whole(p, 3)
    check(out.returncode == 2, "a failure is lost", out)
    out = merged(p, "json", shards(p, 3), "--exit-zero", status=2)
    says(out, "gone.cpp: the compilation database lists it, but it is gone")
    found = json.loads(out.stdout)
    check(not found["complete"] and {"not-checked", "compile-error"} <= {f["group"] for f in found["findings"]}, "lost", out)
    # An error that is a warning made one stops nothing.
    sample(p)
    p.database(*NAMES, extra=["-Werror=unused-variable"])
    check(same_as_whole(p, 3).returncode == 1, "-Werror")


def case_merge_says_why_the_status_is_2(p):
    sample(p)
    p.write("b.cpp", UNUSED + "int broken = missing;\nint again = missing;\n")
    p.write("gone.cpp", "")
    p.database(*NAMES, "gone.cpp")
    os.remove(p.path("gone.cpp"))
    out = tidy(p, "--quiet", "--output-format=json:report.json", status=2)
    says(out, "2 files were not checked to the end, so that the exit status is 2. Next:")
    says(merged(p, "json:merged.json", ["report.json"], "--quiet", status=2), "2 files were not checked to the end")
    sample(p)
    p.database(*NAMES, extra=["-Werror=unused-variable"])
    out = tidy(p, "--quiet", "--output-format=json:report.json", status=1)
    check(not out.stderr, "a word of nothing", out)


def case_merge_header_seen_differently(p):
    """One line's message in a header, met by one unit here, by another there: numbers, notes and levels are as in one run."""
    p.write("s.h", "#ifdef A\nvoid f() { int idle; }\n#endif\n#ifdef B\nvoid g() { int idle; }\n#endif\n"
            "#if defined A || defined C\nvoid h() { int idle; }\n#endif\n")
    names = {f"{letter}{number}.cpp": letter for letter in "ABC" for number in range(3)}
    for name, letter in names.items():
        p.write(name, f'#define {letter}\n#include "s.h"\n')
    p.write("strict/z.cpp", '#define A\n#include "s.h"\n')
    p.write("strict/.clang-tidy", "WarningsAsErrors: '*'\n")
    p.database(*names, "strict/z.cpp")
    for count in (2, 3, 7):
        same_as_whole(p, count)


def case_merge_every_kind_of_finding(p):
    """made_up.py's findings: links, fixes on notes, several edits, errors, places of no file, odd names."""
    made = made_up.assorted(made_up.MadeUpProject(p.root, p.tools))
    made.run("--output-format=json:" + made.path("report.json"))
    for form in FORMATS:
        whole = made.run("--output-format=" + form)
        out = p.run("merge", "--quiet", "--output-format=" + form, made.path("report.json"), bare=True, cwd=made.root)
        expected = whole.stdout
        if form == "clang-tidy":  # a report has links resolved
            expected = expected.replace("/link/", "/src/")
        check(out.stdout == expected, f"{form} differs from\n{expected}", out)


def case_merge_names_without_version_control(p):
    """Names are as seen from where the user stands, so that files of one name in two folders are two."""
    os.rmdir(p.path(".git"))
    for name in ("one/net.cpp", "two/net.cpp"):
        p.write(name, UNUSED)
        out = tidy(p, "--output-format=json:" + name[:3] + ".json", name, "--", *p.flags, status=1,
                   env=dict(os.environ, GIT_CEILING_DIRECTORIES=p.root))
    out = merged(p, "json", ["one.json", "two.json"], status=1)
    check([f["path"] for f in json.loads(out.stdout)["findings"]] == ["one/net.cpp", "two/net.cpp"], "names", out)


def case_merge_submodule(p):
    """Files of one name in a project and in its submodule are two."""
    names = ["src/m.cpp", "ext/src/m.cpp"]
    sample(p, names)
    p.write("ext/.git", "gitdir: ../.git/modules/ext\n")
    p.write("ext/src/m.cpp", UNUSED)
    for count in (1, 2):
        same_as_whole(p, count)
    reported = lambda *files: sorted({f["path"] for f in json.loads(tidy(p, "--output-format=json", *files).stdout)["findings"]})
    check(reported() == sorted([*names, "s.h"]), f"names: {reported()}")


def case_merge_projects_side_by_side(p):
    """Files of one name in two projects are two, in every format; the first one keeps the short name."""
    os.rmdir(p.path(".git"))
    names = ["one/src/m.cpp", "two/src/m.cpp", "two/src/n.cpp"]
    for name in names:
        p.write(name, UNUSED)
        os.makedirs(p.path(name.split("/")[0] + "/.git"), exist_ok=True)
    p.database(*names)
    for form in ("json", "sarif", "gitlab", "rdjson"):  # text is as seen from the current directory
        whole = tidy(p, "--output-format=" + form)
        for count in (1, 2, 3):
            check(merged(p, form, shards(p, count)).stdout == whole.stdout, form, whole)
    found = json.loads(tidy(p, "--output-format=json").stdout)["findings"]
    check([f["path"] for f in found] == [p.path(names[1]), "src/m.cpp", "src/n.cpp"], f"names: {found}")


def case_merge_order_of_the_units(p):
    """Which of one finding's forms is kept does not depend on which unit was first."""
    made = made_up.MadeUpProject(p.root, p.tools)
    made.write("net.h", "int a, b;\n")
    os.symlink(made.path("net.h"), made.path("also.h"))
    # A link that leads out of the project has the name by which it is called.
    made.write("../outside.h", "int c;\n")
    for name in ("x.h", "y.h"):
        os.symlink(made.path("../outside.h"), made.path(name))
    at, note = made.place("net.h", "b", "said"), made.place("net.h", "a", "seen")
    form = lambda change=None, **more: {**made.finding("torch-null-module", at, **more), **(change or {})}
    forms = [form(), form({"aliases": ["torch-a"]}), form({"aliases": ["torch-b"]}), form(level=made_up.ERROR), form(level=2),
             form({"message": made.place("net.h", "b", "said", span=1)}), form(notes=[note]),
             form(notes=[{**note, "path": made.path("also.h")}]), form(notes=[made.place("net.h", "a", "seen", span=1)]),
             form({"message": {**at, "path": made.path("also.h")}})]
    outside = [made.finding("torch-null-module", made.place(name, "c", "outside")) for name in ("x.h", "y.h")]
    outputs = lambda: [made.run("--output-format=" + name).stdout for name in ("json", "clang-tidy")]
    for pair in [outside, *zip(forms, forms[1:]), *((forms[0], other) for other in forms[2:])]:
        made.set_findings(list(pair))
        first = outputs()
        made.set_findings(list(reversed(pair)))
        check(outputs() == first, f"the order shows: {pair}")


def case_options_only_changed_lines(p):
    sample(p)
    p.git("add", ".")
    p.git("commit", "-qm", "one")
    p.write("s.h", p.read("s.h") + SEMI.replace("struct S", "struct T"))
    p.write("b.cpp", p.read("b.cpp") + UNUSED.replace("g()", "g2()") + UNUSED.replace("g()", "g3()"))
    for count in (2, 3):
        out = same_as_whole(p, count, "--new-from-rev=HEAD")
    check(out.returncode == 1, "nothing new", out)


def case_options_baseline(p):
    sample(p)
    files = shards(p, 3)
    for option in ("--baseline=x", "--write-baseline=x", "--statistics"):
        says(tidy(p, "--shard=1/3", option, status=2), option.split("=")[0] + " needs the findings of all shards. Next: pass it to 'torch-tidy merge'")
    says(tidy(p, "--write-baseline=whole.json", status=0), "findings listed")
    says(merged(p, "text", files, "--write-baseline=merged.json", status=0), "9 findings listed in 'merged.json'")
    check(p.read("merged.json") == p.read("whole.json"), "another baseline than the whole's")
    says(merged(p, "text", files, "--baseline=merged.json", status=0), "9 findings of the baseline are not shown", "no findings in 7 files")
    p.write("b.cpp", p.read("b.cpp") + UNUSED.replace("g()", "g2()"))
    files = shards(p, 3)
    whole, parts = tidy(p, "--baseline=whole.json", status=1), merged(p, "text", files, "--baseline=whole.json", status=1)
    check(whole.stdout == parts.stdout and "b.cpp:7:" in parts.stdout, "not what one run leaves", whole, parts)
    # In the project's settings: for merge, not for the shards.
    p.write(".torch-tidy.yaml", "baseline: whole.json\nreport-unused-nolint: true\nexclude: [nothing]\n")
    says(tidy(p, "--shard=1/3", "--output-format=json", "-o", files[0]), "report-unused-nolint of the settings file is left out")
    check(merged(p, "text", files, status=1).stdout == parts.stdout, "the settings' baseline is ignored")
    says(merged(p, "text", files, "--settings-file=", status=1), "s.h:3:")
    says(merged(p, "text", files[1:], "--write-baseline=new.json", "--settings-file=", status=2), "the baseline was not written")
    check(not os.path.exists(p.path("new.json")), "a baseline of a part was written")


def case_options_statistics(p):
    sample(p)
    whole, parts = tidy(p, "--statistics", status=1), merged(p, "text", shards(p, 3), "--statistics", status=1)
    check(whole.stdout == parts.stdout, "other numbers", whole, parts)
    merged(p, "text", shards(p, 3), "--exit-zero", status=0)


def case_options_refused(p):
    sample(p)
    says(tidy(p, "--shard=1/3", "--report-unused-nolint", status=2), "--report-unused-nolint needs a run over all files", "Next:")
    for option in ("--fix", "--diff", "--add-nolint", "--fix-errors"):
        says(tidy(p, "--shard=1/3", option, status=2), "need a run over all files", "--export-fixes")
    check(p.read("s.h").count("{};") == 1, "a shard changed a file")
    files = shards(p, 2)
    for option, name in (("--shard=1/2", "--shard"), ("--fix", "--fix"), ("-j2", "-j"), ("--prune-baseline", "--prune-baseline"), ("--select=bug", "--select")):
        says(merged(p, "text", files, option, status=2), f"'torch-tidy merge' has no option '{name}'. Next:")
    says(merged(p, "text", files, "--baseline=a", "--write-baseline=b", status=2), "exclude each other. Next:")


def case_options_fixes_of_shards_apply_together(p):
    sample(p)
    os.makedirs(p.path("fixes"))
    for index in (1, 2, 3):
        tidy(p, f"--shard={index}/3", f"--export-fixes=fixes/{index}.yaml", status=1)
    subprocess.run([shutil.which("clang-apply-replacements"), p.path("fixes")], check=True, capture_output=True)
    check(p.read("s.h").count("{};") == 0 and p.read("s.h").count("{}") == 1, "the header was not changed once: " + p.read("s.h"))


def case_bad_shards(p):
    sample(p)
    one, two, three = shards(p, 3)
    out = merged(p, "json", [one, three], status=2)
    says(out, "shard 2 of 3 is missing. Next: pass the report of 'torch-tidy check --shard 2/3'")
    check("shard 2 of 3 is missing" in [f["message"] for f in json.loads(out.stdout)["findings"]], "the report hides it", out)
    for form in FORMATS:
        out = merged(p, form, [one, three], status=2)
        check("missing" in out.stdout or form == "clang-tidy", f"{form} hides it", out)
    says(merged(p, "text", [one, two, three, one], status=2), "are both shard 1 of 3. Next:")
    says(merged(p, "text", [one, shards(p, 2)[1]], status=2), "is shard 2 of 2,", "one of 3. Next: merge the shards of one run")
    p.write("s.h", p.read("s.h") + "// later\n")
    tidy(p, "--shard=2/3", "--output-format=json:" + two)
    says(merged(p, "text", [one, two, three], status=2), "'s.h' has another text. Next: merge reports of one project and one revision")


def case_bad_shards_of_other_files(p):
    """Shards of which each saw other files, or other names for them, would lose findings without a word."""
    names = [f"dir/{letter}.cpp" for letter in "abcdefgh"]
    sample(p, names)
    os.rmdir(p.path(".git"))
    alone = dict(env=dict(os.environ, GIT_CEILING_DIRECTORIES=p.root))
    run = lambda index, cwd, *files: tidy(p, f"--shard={index}/2", "--output-format=json:" + p.path(f"{index}.json"),
                                          *files, "--", *p.flags, "-I", p.src, cwd=cwd, **alone)
    run(1, p.src, *names)
    run(2, p.path("dir"), *map(os.path.basename, names))
    files = [p.path("1.json"), p.path("2.json")]
    for order in (files, files[::-1]):
        out = merged(p, "json:all.json", order, status=2)
        says(out, "is a shard of 8 files,", "of other 8: findings would be lost. Next: check all shards with", "in the same directory")
    check(not os.path.exists(p.path("all.json")), "something was written", out)
    run(2, p.src, *names)
    merged(p, "json:all.json", files, status=1)
    run(2, p.src, *names[1:])
    says(merged(p, "text", files, status=2), "is a shard of 7 files,", "of other 8: findings would be lost. Next:")
    sample(p, names)
    one, two = shards(p, 2)
    tidy(p, "--shard=2/2", "--output-format=json", "-o", two, "--exclude=dir/c")
    says(merged(p, "text", [one, two], status=2), "is a shard of 7 files,", "the same --exclude")
    # Split by another program.
    one, two = shards(p, 2)
    damaged = json.load(open(two))
    damaged["shard"]["files"] += 1
    p.write("other.json", json.dumps(damaged))
    says(merged(p, "text", [one, "other.json"], status=2), "the shards have 9 files, the project has 8: findings would be lost. Next:")


def case_bad_reports(p):
    sample(p)
    report = json.loads(tidy(p, "--output-format=json").stdout)
    bad = lambda text, *expected: (p.write("bad.json", text if isinstance(text, (str, bytes)) else json.dumps(text)),
                                   says(merged(p, "text", ["bad.json"], status=2), "the report 'bad.json'", "Next:", *expected))
    says(p.run("merge", bare=True, status=2), "usage: torch-tidy merge REPORT... Next:")
    says(merged(p, "text", ["none.json"], status=2), "the report 'none.json' cannot be read: No such file", "Next:")
    says(merged(p, "text", ["lib"], status=2), "the report 'lib' cannot be read", "Next:")
    whole = json.dumps(report)
    part = {"index": 1, "count": 3, "files": 7, "wholeFiles": 7, "wholeDigest": ""}
    bad("", "is not valid JSON")
    bad(whole[:len(whole) // 2], "is not valid JSON", "write it anew")
    bad(b"\xff\xfe\x00", "is not valid JSON")
    bad("<testsuites/>", "is not valid JSON")
    bad(tidy(p, "--output-format=sarif").stdout, "is SARIF")
    for other in ([], {}, 3, None, {"tool": 1}, {"tool": {"name": "ruff"}, "version": 3}):
        bad(other, "is not of torch-tidy's JSON format")
    bad(tidy(p, "--output-format=gitlab").stdout, "is not of torch-tidy's JSON format")
    bad({**report, "version": 1, "tool": {**report["tool"], "version": "9.9"}}, "of another version of the format than 3",
        "merge with the torch-tidy that wrote it, 9.9")
    bad({**report, "findings": 1}, "is not valid: expected array at report.findings")
    bad({**report, "findings": [{**report["findings"][0], "rule": None}]}, "expected string at report.findings[0].rule")
    bad({**report, "shard": {**part, "index": 4}}, "no part of a whole at report.shard")
    bad({**report, "shard": {**part, "count": 4000000000}}, "no part of a whole at report.shard")
    bad({**report, "sources": [{"path": "a.cpp", "base64": "?"}]}, "a.cpp")
    fix = {"safety": "unsafe", "message": "", "note": 7, "edits": []}
    bad({**report, "findings": [{**report["findings"][0], "fixes": [fix]}]}, "no such note at report.findings[0].fixes")
    p.write("good.json", whole)
    says(merged(p, "text:nowhere/x", ["good.json"], status=2), "cannot write 'nowhere/x'")
    # A damaged report of two is not merged in part.
    p.write("bad.json", whole[:-9])
    out = merged(p, "json:out.json", ["good.json", "bad.json"], status=2)
    check(not os.path.exists(p.path("out.json")), "half a merge was written", out)


def case_bad_reports_never_crash(p):
    """Values of other types and sizes anywhere in a report: a message or a report, no crash."""
    sample(p, ["a.cpp", "b.cpp"])
    whole = json.loads(tidy(p, "--shard=1/1", "--output-format=json").stdout)
    chance = random.Random(7)

    def places(value, path=()):
        yield path
        if isinstance(value, (dict, list)):
            for key in value if isinstance(value, dict) else range(len(value)):
                yield from places(value[key], (*path, key))

    everywhere = list(places(whole))[1:]
    for place in chance.sample(everywhere, 150):
        damaged = json.loads(json.dumps(whole))
        at = damaged
        for key in place[:-1]:
            at = at[key]
        at[place[-1]] = chance.choice([None, -1, 0, 10**9, 2**32 - 1, 2**63, "", "x", "../../x", [], {}, [{}], True, 1.5])
        p.write("bad.json", json.dumps(damaged))
        for form in chance.sample(FORMATS, 2):
            out = merged(p, form, ["bad.json"])
            check(out.returncode in (0, 1, 2), f"{form} with {place} = {at[place[-1]]!r}", out)
            check(out.returncode != 2 or "error:" in out.stderr, "no message", out)
