"""Known findings stay known while lines move; fixed ones are named and pruned."""
import json
import os

from expect import check, says, silent_on
from project import CHECKS, SEMI, UNUSED, DatabaseProject as Project

REQUIRES = ["driver"]


def case_survives_line_moves(p):
    p.files(a=UNUSED)
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


def case_tells_what_was_fixed(p):
    p.files(a=UNUSED, b=UNUSED.replace("idle", "lazy"))
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


def case_leaves_other_fingerprints_alone(p):
    p.files(a=UNUSED + "namespace n {\n" + UNUSED + "}\n")
    p.run("--write-baseline=base.json", status=0)
    base = json.loads(p.read("base.json"))
    asked = ["check", CHECKS, "--output-format=json", "--cache-dir=" + p.cache]
    first, second = [f["fingerprint"] for f in json.loads(p.run(*asked, bare=True, status=1).stdout)["findings"]]
    check({first, second} == {e["fingerprint"] for e in base["findings"]}, "other fingerprints than the report's")
    base["findings"] = [e for e in base["findings"] if e["fingerprint"] == first]
    p.write("base.json", json.dumps(base))
    left = json.loads(p.run(*asked, "--baseline=base.json", bare=True, status=1).stdout)["findings"]
    check([f["fingerprint"] for f in left] == [second], f"renumbered: {left}")


def case_fixes_leave_known_findings(p):
    p.files(a=SEMI)
    p.run("--write-baseline=base.json", status=0)
    p.run("--baseline=base.json", "--fix", status=0)
    check(p.read("a.cpp") == SEMI, "a known finding was fixed")


def case_bad_input(p):
    p.files(a=UNUSED)
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
