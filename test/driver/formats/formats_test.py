"""The output formats over made-up findings, against their schemas and by the rules of those who read them."""
import json
import os
import pty
import re
import resource
import subprocess
import time

import made_up
from expect import requires, same
from made_up import MadeUpProject as Project

REQUIRES = ["driver"]
INPUTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Inputs")
ODD, NET = "src/a dir/größe & co.cpp", "src/net.h"


def validate(document, schema_file):
    import jsonschema
    with open(schema_file) as text:
        schema = json.load(text)
    jsonschema.validators.validator_for(schema).check_schema(schema)
    jsonschema.validate(document, schema)
    return schema


def must_not_validate(document, schema):
    import jsonschema
    try:
        jsonschema.validate(document, schema)
    except jsonschema.ValidationError:
        return
    raise AssertionError("the schema takes a document that it must refuse")


def column(needle, encoding="utf-8"):
    """Of the line in NET that has an emoji (4 bytes, 2 UTF-16 units) and an umlaut (2 bytes, 1 unit) before it."""
    line = made_up.NET.splitlines()[3]
    return len(line[:line.index(needle)].encode(encoding)) // (2 if "16" in encoding else 1) + 1


def by_rule(items, rule, key="rule"):
    return [item for item in items if item[key] == rule]


@requires("jsonschema")
def case_json(p):
    made_up.assorted(p)
    document = json.loads(p.report("json"))
    schema = validate(document, os.path.join(p.tools.root, "docs/using/json-schema.json"))
    must_not_validate({**document, "version": 1}, schema)
    must_not_validate({**document, "findings": [{}]}, schema)
    same(document["version"], 3)
    shard = json.loads(p.report("json", "--shard=1/1"))
    validate(shard, os.path.join(p.tools.root, "docs/using/json-schema.json"))
    same({name: shard["shard"][name] for name in ("index", "count", "files", "wholeFiles")}, {"index": 1, "count": 1, "files": 1, "wholeFiles": 1})
    same(document["summary"], {"files": 1, "unfinished": 0, "findings": 12, "error": 2, "warning": 8, "info": 2})
    same({f["rule"]: f["severity"] for f in document["findings"] if f["severity"] != "warning"},
         {"clang-diagnostic-error": "error", "torch-registration-name": "error", "torch-unscoped-hook": "info", "torch-advice-single-init": "info"})
    null, = by_rule(document["findings"], "torch-null-module")
    same((null["path"], null["range"]["start"], null["range"]["end"]),
         (NET, {"line": 4, "column": column("fc{")}, {"line": 4, "column": column("fc{") + 2}))
    same(null["message"], "'fc' is <b>null</b> & \"dereferenced\"")
    same([(n["path"], n["range"]["start"]["line"]) for n in null["notes"]], [(NET, 3), (ODD, 2)])
    linked, = by_rule(document["findings"], "torch-unregistered-module")
    same(linked["path"], NET)
    same([(e["path"], e["text"]) for e in linked["fixes"][0]["edits"]], [(NET, "dropped_"), (NET, "long b")])
    forward, = by_rule(document["findings"], "torch-module-in-forward")
    same([fix["safety"] for fix in forward["fixes"]], ["unsafe"])
    same((forward["range"]["start"]["line"], forward["range"]["end"]["line"]), (9, 10))
    same([fix["note"] for fix in forward["fixes"]], [0])
    same([(r["start"]["line"], r["length"]) for r in forward["underlined"]], [(9, 55)])
    nowhere, = by_rule(document["findings"], "bugprone-branch-clone")
    assert "range" not in nowhere, nowhere
    same([f["rule"] for f in document["findings"] if f.get("warningAsError")], ["torch-registration-name"])
    assert not document["complete"] and "shard" not in document, "there is a compile error"
    same([s["path"] for s in document["sources"]], ["plain.cpp", ODD, NET])
    same(document["sources"][2]["text"], made_up.NET)
    prints = [f["fingerprint"] for f in document["findings"]]
    same(len(set(prints)), len(prints))
    # The same in a file, whole.
    p.run("--output-format=json:" + p.path("out.json"), status=1)
    same(json.load(open(p.path("out.json"))), document)


def case_fingerprints(p):
    """Edits elsewhere keep a finding's fingerprint; an edit of its line, its rule or its message does not."""

    def of(text, message="wrong", rule="torch-null-module", name="a.cpp", needle="target"):
        p.write(name, text)
        places = [m.start() for m in re.finditer(needle, text)]
        p.set_findings([p.finding(rule, p.place(name, needle, message, i)) for i in range(len(places))])
        return [f["fingerprint"] for f in json.loads(p.report("json"))["findings"]]

    first, = of("int target;\n")
    same(of("// more\n\n   int  target;\n// and more\n"), [first])
    same(of("int target;\r\n"), [first])
    assert of("long target;\n") != [first]
    assert of("int target;\n", message="worse") != [first]
    assert of("int target;\n", rule="torch-unchecked-bias") != [first]
    assert of("int target;\n", name="b.cpp") != [first]
    one, two, three = of("int target;\nint target;\nint target;\n")
    same(one, first)
    same(len({one, two, three}), 3)
    same(of("int target;\n// between\nint target;\n"), [one, two])


@requires("jsonschema", "sarif-multitool")
def case_sarif(p):
    made_up.assorted(p)
    out = p.path("out.sarif")
    p.run("--output-format=sarif:" + out, status=1)
    document = json.load(open(out))
    schema = validate(document, p.tools.sarif_schema)
    must_not_validate({**document, "version": "2.0.0"}, schema)
    same(complaints(p.tools.sarif_multitool, out), [])
    # The validator is awake: code scanning needs a place.
    del document["runs"][0]["results"][0]["locations"]
    json.dump(document, open(p.path("broken.sarif"), "w"))
    assert complaints(p.tools.sarif_multitool, p.path("broken.sarif")), "a missing place was not noticed"

    run = json.load(open(out))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) >= 24, len(rules)
    for rule in rules:
        for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"], rule["help"]["text"],
                     rule["help"]["markdown"], rule["helpUri"]):
            assert text, rule["id"]
        assert 0 < len(rule["properties"]["tags"]) <= 10
        bug = "bug" in rule["properties"]["tags"] or "other" in rule["properties"]["tags"]
        same((rule["id"], rule["defaultConfiguration"]["level"]), (rule["id"], "warning" if bug else "note"))
    prints = set()
    for result in run["results"]:
        same(rules[result["ruleIndex"]]["id"], result["ruleId"])
        region = result["locations"][0]["physicalLocation"]["region"]
        assert all(region[key] >= 1 for key in ("startLine", "startColumn", "endLine", "endColumn")), region
        prints.add(result["partialFingerprints"]["torchTidy/v1"])
    same(len(prints), len(run["results"]))
    null, = by_rule(run["results"], "torch-null-module", "ruleId")
    place = null["locations"][0]["physicalLocation"]
    same(place["artifactLocation"], {"uri": NET, "uriBaseId": "SRCROOT"})
    same([place["region"][k] for k in ("startLine", "startColumn", "endLine", "endColumn")], [4, column("fc{", "utf-16-le"), 4, column("{", "utf-16-le")])
    same(place["region"]["snippet"]["text"], "fc")
    steps = null["codeFlows"][0]["threadFlows"][0]["locations"]
    same([s["location"]["physicalLocation"]["artifactLocation"]["uri"] for s in steps],
         [NET, "src/a%20dir/gr%C3%B6%C3%9Fe%20&%20co.cpp", NET])
    linked, = by_rule(run["results"], "torch-unregistered-module", "ruleId")
    same(linked["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], NET)
    changes, = linked["fixes"][0]["artifactChanges"]
    same([r["insertedContent"]["text"] for r in changes["replacements"]], ["dropped_", "long b"])
    levels = {r["ruleId"]: r["level"] for r in run["results"]}
    same([levels["torch-" + rule] for rule in ("registration-name", "null-module", "unscoped-hook", "advice-single-init")],
         ["error", "warning", "note", "note"])
    same(run["invocations"][0]["executionSuccessful"], False)


def complaints(multitool, sarif):
    """What Microsoft's validator says with the rules of SARIF and of GitHub's code scanning. It exits 0 all the same."""
    done = subprocess.run([multitool, "validate", sarif, "--rule-kind", "Sarif;Ghas"], capture_output=True, text=True,
                          env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, timeout=120)
    assert "Analysis completed successfully" in done.stdout, done
    return [line for line in done.stdout.splitlines() if re.search(r": (error|warning) [A-Z]+\d+:", line)]


def case_sarif_line_hashes(p):
    """The hashes that GitHub's upload action computes; the values are those of its own tests."""

    def of(text, needles):
        p.write("a.cpp", text)
        p.set_findings([p.finding("torch-null-module", p.place("a.cpp", needle, f"message {i}", occurrence))
                        for i, (needle, occurrence) in enumerate(needles)])
        results = json.loads(p.report("sarif"))["runs"][0]["results"]
        return [r["partialFingerprints"]["primaryLocationLineHash"] for r in results]

    same(of(" a\nb\n  \t\tc\n d", [("a", 0), ("b", 0), ("c", 0), ("d", 0)]),
         ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"])
    same(of(" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", [("hello", 0), ("world", 0), ("Greet", 0), ("End", 0)]),
         ["e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1"])
    same(of("Lorem ipsum dolor sit amet.\n" * 10, [("ipsum", i) for i in range(10)])[4:8],
         ["a7f2ff13bc495cf2:5", "a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1"])


def case_sarif_limits(p):
    made_up.many(p, 26000)
    done = p.run("--output-format=sarif:" + p.path("out.sarif"), status=1)
    run = json.load(open(p.path("out.sarif")))["runs"][0]
    same(len(run["results"]), 25000)
    whole = [r for r in run["results"] if "codeFlows" in r]
    same(len(whole), 5000)
    assert all(r["level"] == "warning" for r in whole), "the worst are those that are shown"
    notice = "1000 of 26000 findings were left out of the SARIF file"
    assert notice in done.stderr, done.stderr
    assert notice in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def workflow_commands(text):
    """Reads annotations by the rules of GitHub's runner."""
    for line in text.splitlines():
        match = re.fullmatch(r"::(\w+)(?: ([^:]*))?::(.*)", line)
        if not match or match[1] not in ("error", "warning", "notice"):
            continue
        properties = dict(pair.split("=", 1) for pair in (match[2] or "").split(",") if pair)
        for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            properties = {key: value.replace(escape, character) for key, value in properties.items()}
        message = match[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
        yield match[1], properties, message


def case_github(p):
    made_up.assorted(p)
    commands = list(workflow_commands(p.report("github")))
    same([c[0] for c in commands], ["error"] * 2 + ["warning"] * 8 + ["notice"] * 2)
    bias, = [c for c in commands if c[1]["title"] == "torch-unchecked-bias"]
    same(bias[1:], ({"title": "torch-unchecked-bias", "file": NET, "line": "5", "endLine": "5", "col": "16", "endColumn": "26"},
                    "'bias' is undefined: 100%0A, said: twice"))
    forward, = [c for c in commands if c[1]["title"] == "torch-module-in-forward"]
    assert forward[2].startswith("made anew\nat every call\nnote: src/net.h:9: unsafe fix"), forward
    odd, = [c for c in commands if c[1]["title"] == "torch-registration-name"]
    same(odd[1]["file"], ODD)
    # Within the limits of a step, and everything else in the log.
    made_up.many(p, 100, files=2)
    done = p.run("--output-format=github", status=1)
    text = done.stdout
    commands = list(workflow_commands(text))
    kinds = [c[0] for c in commands]
    same((kinds.count("warning"), kinds.count("notice")), (10, 10))
    assert all(c[1]["title"] == "torch-advice-single-init" for c in commands if c[0] == "notice" and "file" in c[1])
    same(commands[-1][2].split(":")[0], "81 of 100 findings have no annotation")
    assert "81 of 100 findings have no annotation" in done.stderr
    inside = text.split("::group::")[1].split("::endgroup::")[0]
    same(len(inside.splitlines()) - 1, 81)


@requires("jsonschema")
def case_gitlab(p):
    made_up.assorted(p)
    raw = p.run("--output-format=gitlab", status=1).stdout
    assert raw.startswith("["), "a byte order mark, or worse"
    document = json.loads(raw)
    schema = validate(document, os.path.join(INPUTS, "gitlab.schema.json"))
    must_not_validate([{**document[0], "fingerprint": ""}], schema)
    same(len({entry["fingerprint"] for entry in document}), len(document))
    severities = {entry["check_name"]: entry["severity"] for entry in document}
    same([severities[name] for name in ("clang-diagnostic-error", "torch-registration-name", "torch-null-module",
                                        "torch-unscoped-hook", "torch-advice-single-init")],
         ["blocker", "critical", "major", "info", "info"])
    same(by_rule(document, "torch-registration-name", "check_name")[0]["location"], {"path": ODD, "lines": {"begin": 1, "end": 1}})


@requires("xmllint")
def case_junit(p):
    def check(name, valid=True):
        done = subprocess.run([p.tools.xmllint, "--noout", "--relaxng", os.path.join(INPUTS, "junit-10.rng"), p.path(name)], capture_output=True, text=True)
        same((done.returncode == 0), valid)

    import xml.etree.ElementTree as xml
    made_up.assorted(p)
    p.run("--output-format=junit:out.xml", status=1)
    check("out.xml")
    p.write("broken.xml", open(p.path("out.xml"), "rb").read().replace(b'failures="', b'fails="'))
    check("broken.xml", valid=False)
    suites = xml.parse(p.path("out.xml")).getroot()
    same((suites.get("tests"), suites.get("failures"), suites.get("errors")), ("12", "9", "1"))
    same([sum(int(s.get(key)) for s in suites) for key in ("tests", "failures", "errors", "skipped")], [12, 9, 1, 2])
    # An info fails nothing and still shows what it has to say.
    same([(case.get("type"), case.get("message")) for case in suites.iter("skipped")][0], ("info", "removed on one path only"))
    texts = [case.get("message") for case in suites.iter("failure")]
    assert "'fc' is <b>null</b> & \"dereferenced\"" in texts, texts
    assert "made anew\nat every call" in texts, texts
    # Without findings there is a test that passed.
    p.set_findings([])
    p.run("--output-format=junit:clean.xml", status=0)
    check("clean.xml")
    same(len(xml.parse(p.path("clean.xml")).getroot().findall(".//testcase")), 1)


@requires("jsonschema")
def case_rdjson(p):
    made_up.assorted(p)
    document = json.loads(p.report("rdjson"))
    schema = validate(document, os.path.join(INPUTS, "rdjson.schema.json"))
    must_not_validate({**document, "diagnostics": [{"text": "x"}]}, schema)
    items = {d["code"]["value"]: d for d in document["diagnostics"]}
    same(items["torch-null-module"]["location"], {"path": NET, "range": {"start": {"line": 4, "column": column("fc{")}, "end": {"line": 4, "column": column("{")}}})
    assert items["torch-null-module"]["message"].endswith(f"\nnote: {ODD}:2: dereferenced here")
    same([items["torch-" + rule]["severity"] for rule in ("registration-name", "null-module", "unscoped-hook", "advice-single-init")],
         ["ERROR", "WARNING", "INFO", "INFO"])
    bias, = items["torch-unchecked-bias"]["suggestions"]
    same(bias, {"range": {"start": {"line": 5, "column": 16}, "end": {"line": 5, "column": 16}}, "text": "if (conv->bias.defined()) "})
    # Two edits are one suggestion over both.
    two, = items["torch-unregistered-module"]["suggestions"]
    same(two, {"range": {"start": {"line": 6, "column": 22}, "end": {"line": 7, "column": 8}}, "text": "dropped_, other_;\n  long b"})


def on_terminal(p, *options, **env):
    """What the driver prints when its output is a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", **env}
    child = subprocess.Popen([p.tool, "check", "--checks=-*,torch-null-module", "--cache-dir=" + p.cache, *options, p.path("main.cpp"),
                              "--", "-std=c++17"], stdout=theirs, stderr=theirs, env=environment, cwd=p.root)
    os.close(theirs)
    text = b""
    try:
        while chunk := os.read(ours, 65536):
            text += chunk
    except OSError:
        pass  # the other side is closed
    child.wait()
    os.close(ours)
    return text.decode()


def case_text(p):
    made_up.assorted(p)
    text = p.report("text")
    assert "\x1b" not in text
    assert """      = fix:
    5 - \tvoid init() { conv->bias.zero_(); }
    5 + \tvoid init() { if (conv->bias.defined()) conv->bias.zero_(); }
""" in text, text
    assert """      = fix that can change what the program does:
    9 -   auto fuse = torch::nn::Linear(1,
    9 +   static auto fuse = torch::nn::Linear(1,
""" in text, text
    # Infos come last, a line each without notes and fixes, and are told apart in the summary.
    assert re.search(r"""
src/a dir/größe & co\.cpp:1:5: info: removed on one path only \[torch-unscoped-hook\]
src/a dir/größe & co\.cpp:2:5: info: one scheme for all layers .* \[torch-advice-single-init\]

  bugprone-branch-clone      1
  (torch-\S+ +\d
  )+torch-advice-single-init   1  info
  torch-unscoped-hook        1  info
11 findings in 1 file: 1 error, 8 warnings, 2 infos; 1 compile error
$""", text), text
    # The caret stands under the column where a tab came before it.
    assert "    5 | \tvoid init() { conv->bias.zero_(); }\n      | \t              ^~~~~~~~~~\n" in text, text


def only(p, *rules):
    p.write("a.cpp", "int target;\n")
    p.set_findings([p.finding(rule, p.place("a.cpp", "target", "wrong"), as_error=True) for rule in rules])
    return p


def case_infos_decide_no_exit_status(p):
    bug, convention, advice = "torch-null-module", "torch-unscoped-hook", "torch-advice-single-init"
    for rules in ([convention], [advice], [convention, advice]):
        only(p, *rules)
        for form in ("text", "clang-tidy", "json", "sarif", "github", "gitlab", "junit", "rdjson"):
            assert "wrong" in p.report(form, status=0), form
        p.run("--fail-on=warning", status=0)
        p.run("--fail-on=info", status=1)
        p.run("--fail-on=info", "--exit-zero", status=0)
    only(p, bug, convention)
    for option in ("--quiet", "--fail-on=warning", "--fail-on=info"):
        p.run(option, status=1)
    # clang-tidy's text knows no infos; an error would stop who reads it.
    same(p.report("clang-tidy").splitlines()[0].partition(": ")[2], "error: wrong [torch-null-module,-warnings-as-errors]")
    assert ": warning: wrong [torch-unscoped-hook]" in p.report("clang-tidy")
    # Baselines know infos, too.
    p.run("--write-baseline=known.json", "--fail-on=info", status=0)
    p.run("--baseline=known.json", "--fail-on=info", status=0)
    p.set_findings([])
    p.run("--fail-on=info", status=0)
    p.set_findings([], failure="it took too long")
    p.run(status=2)


def case_fail_on_in_settings_and_merge(p):
    only(p, "torch-unscoped-hook")
    merge = lambda *options, status: p.execute([p.tool, "merge", *options, "a.json"], cwd=p.root, status=status)
    p.run("--output-format=json:a.json", status=0)
    same(json.loads(merge("--output-format=json", status=0).stdout), json.load(open(p.path("a.json"))))
    same(merge(status=0).stdout, p.report("text", status=0))
    merge("--fail-on=info", status=1)
    p.write(".torch-tidy.yaml", "fail-on: info\n")
    p.run(status=1)
    merge(status=1)
    merge("--fail-on=warning", status=0)
    p.run("--fail-on=warning", status=0)
    for value in ("none", "", "infos"):
        why = f"'{value}' is no value of fail-on, which takes one of warning, info. Next: "
        done = p.run("--settings-file=", "--fail-on=" + value, status=2)
        assert why + "give one of them" in done.stderr, done.stderr
        p.write(".torch-tidy.yaml", f"j: 1\nfail-on: '{value}'\n")
        done = p.run(status=2)
        assert ".torch-tidy.yaml:2:10: " + why + "put it right" in done.stderr, done.stderr


def case_statistics_tell_infos_apart(p):
    p.write("a.cpp", "int target;\nint target;\nint target;\n")
    at = [p.place("a.cpp", "target", f"wrong {i}", i) for i in range(3)]
    p.set_findings([*[p.finding("torch-unscoped-hook", place) for place in at], p.finding("torch-null-module", at[0])])
    lines = p.run("--statistics", status=1).stdout.splitlines()
    same([line.split()[:2] for line in lines[:2]], [["1", "torch-null-module"], ["3", "torch-unscoped-hook"]])
    assert " info; a hook is removed by hand" in lines[1] and " info; " not in lines[0], lines
    same(lines[2], "4 in 1 files: 1 warning, 3 infos")


def case_color(p):
    made_up.assorted(p)
    plain = p.report("text")
    assert "\x1b[" in p.report("text", "--use-color")
    os.environ.pop("NO_COLOR", None)
    colored = on_terminal(p)
    assert "\x1b[" in colored
    same(re.sub(r"\x1b\[[\d;]*m", "", colored).replace("\r\n", "\n"), plain.replace("\r\n", "\n"))
    for options, env in (((), {"NO_COLOR": "1"}), (("--use-color=false",), {}), (("--output-format=clang-tidy",), {"NO_COLOR": "1"})):
        assert "\x1b[" not in on_terminal(p, *options, **env), (options, env)
    assert "\x1b[" in on_terminal(p, NO_COLOR=""), "an empty NO_COLOR says nothing"
    assert "\x1b[" in on_terminal(p, "--use-color", NO_COLOR="1"), "an option says more than the environment"
    # Messages about the run, too; a file never.
    assert "\x1b[" in on_terminal(p, "--output-format=nonsense")
    assert "\x1b[" not in on_terminal(p, "--output-format=nonsense", NO_COLOR="1")
    on_terminal(p, "--output-file=out.txt")
    assert "\x1b[" not in open(p.path("out.txt")).read()


def case_outputs(p):
    made_up.assorted(p)
    text = p.report("text")

    def refused(*options, says):
        done = p.run(*options, status=2)
        assert says in done.stderr, done.stderr
        same(done.stdout, "")

    # Several at once.
    done = p.run("--output-format=text", "--output-format=json:a.json", "--output-format=junit:b.xml", "--output-format=clang-tidy:c.txt", status=1)
    same(done.stdout, text)
    same(json.load(open(p.path("a.json"))), json.loads(p.report("json")))
    same(open(p.path("c.txt")).read(), p.report("clang-tidy"))
    same(open(p.path("b.xml")).read(), p.report("junit"))
    # Files only.
    same(p.run("--output-file=d.txt", status=1).stdout, "")
    same(open(p.path("d.txt"), newline="").read(), text)
    same(p.run("--output-format=json", "--output-file=e.json", "--output-format=sarif:f.sarif", status=1).stdout, "")
    same(json.load(open(p.path("e.json")))["version"], 3)
    same(json.load(open(p.path("f.sarif")))["version"], "2.1.0")
    same(p.run("--output-format=json:-", status=1).stdout, p.report("json"))
    # A link stays a link, a mode stays a mode, nothing is left beside the file.
    os.symlink("e.json", p.path("link.json"))
    p.write("e.json", "old")
    p.run("--output-format=json:link.json", status=1)
    assert os.path.islink(p.path("link.json"))
    same(json.load(open(p.path("e.json")))["version"], 3)
    same([name for name in os.listdir(p.root) if "temp" in name], [])
    p.run("--output-format=json:/dev/null", status=1)
    assert not os.path.isfile("/dev/null")
    # Wrong usage is said before anything is checked.
    refused("--output-format=nonsense", says="unknown --output-format 'nonsense'. Next: one of text, clang-tidy, json")
    refused("--output-format=json:", says="names no file. Next: json:FILE")
    refused("--output-format=json", "--output-format=sarif", says="cannot both go to standard output")
    refused("--output-format=json:a.json", "--output-file=b.json", says="--output-file 'b.json' has no format to take")
    refused("--output-format=json:no/such/a.json", says="cannot write 'no/such/a.json': directory 'no/such': No such file or directory. Next:")
    refused("--output-format=json:src", says="it is a directory")


def case_failures(p):
    """A file that could not be checked is in every report that a machine reads: silence would pass for clean."""
    p.set_findings([], failure="it took too long")
    done = p.run(status=2)
    assert "main.cpp: it took too long" in done.stderr
    same(done.stdout, "0 findings in 1 file; 1 file could not be checked\n")
    entry, = json.loads(p.report("json", status=2))["findings"]
    same((entry["group"], entry["path"], entry["message"]), ("not-checked", "main.cpp", "this file could not be checked: it took too long"))
    run = json.loads(p.report("sarif", status=2))["runs"][0]
    same((run["invocations"][0]["executionSuccessful"], len(run["results"])), (False, 1))
    (kind, properties, message), = workflow_commands(p.report("github", status=2))
    same((kind, properties["file"], message), ("error", "main.cpp", entry["message"]))
    same([e["severity"] for e in json.loads(p.report("gitlab", status=2))], ["blocker"])
    assert 'tests="1" failures="0" errors="1"' in p.report("junit", status=2)
    same([d["severity"] for d in json.loads(p.report("rdjson", status=2))["diagnostics"]], ["ERROR"])
    assert entry["message"] in p.report("html", status=2)


def case_fast(p):
    """10,000 findings in less than `tools.seconds` seconds of the processor, each format; the best of three, since others work here, too."""
    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    made_up.many(p, 10000)
    for form in ("text", "clang-tidy", "json", "sarif", "github", "gitlab", "junit", "rdjson", "html"):
        out = p.path("out." + form)
        for _ in range(3):
            start, clock = spent(), time.monotonic()
            p.run(f"--output-format={form}:{out}", status=1)
            seconds, clock = spent() - start, time.monotonic() - clock
            if seconds < p.tools.seconds:
                break
        print(f"{form:10} {seconds:.2f} s ({clock:.2f} s by the clock) {os.path.getsize(out) / 1e6:.1f} MB", flush=True)
        assert seconds < p.tools.seconds, f"{form} took {seconds:.2f} s"
