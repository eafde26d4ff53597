"""A scratch project whose findings a test makes up: what they say, where they lie, how many there are.

A first run checks one empty file and remembers the result. The findings in the cache are then replaced, so that the
next run reports them through the driver as it is, without parsing anything.
"""
import json
import os
import sqlite3

import project

WARNING, ERROR = 3, 4  # clang's diagnostic levels


class MadeUpProject(project.Project):
    def __init__(self, root, tools):
        super().__init__(root, tools)
        os.makedirs(self.path(".git"))
        self.write("main.cpp", "int main() {}\n")

    def run(self, *options, env=None, cwd=None, **more):
        command = [self.tool, "check", "--checks=-*,torch-null-module", "--quiet", "--cache-dir=" + self.cache, *options,
                   self.path("main.cpp"), "--", "-std=c++17"]
        return self.execute(command, env={**os.environ, **(env or {})}, cwd=cwd or self.root, **more)

    def report(self, form, *options, status=1, **more):
        """What a format prints, as text."""
        return self.run("--output-format=" + form, *options, status=status, **more).stdout

    def place(self, name, needle, message="", occurrence=0, span=None):
        """A message at the given occurrence of needle in a file; span: how many bytes it underlines."""
        with open(self.path(name), "rb") as source:
            text = source.read()
        offset = -1
        for _ in range(occurrence + 1):
            offset = text.index(needle.encode(), offset + 1)
        return {"message": message, "path": self.path(name), "offset": offset, "fix": [],
                "ranges": [[self.path(name), offset, span]] if span else []}

    def edit(self, name, needle, length, text):
        """Replaces `length` bytes at needle."""
        at = self.place(name, needle)
        return [at["path"], at["offset"], length, text]

    def finding(self, rule, place, notes=(), level=WARNING, as_error=False, fix=()):
        return {"rule": rule, "level": level, "directory": self.root, "asError": as_error, "aliases": [],
                "message": {**place, "fix": list(fix)}, "notes": list(notes)}

    def set_findings(self, findings, failure=""):
        self.run()
        database = sqlite3.connect(os.path.join(self.cache, "results.db"))
        (key, payload), = database.execute("SELECT key, payload FROM results").fetchall()
        result = json.loads(payload)
        result["findings"], result["failure"] = findings, failure
        database.execute("UPDATE results SET payload=? WHERE key=?", (json.dumps(result), key))
        database.commit()
        database.close()


NET = """#include <torch/torch.h>
// Größe: 😀
struct NetImpl : torch::nn::Module {
  /* 😀 ü */ torch::nn::Linear fc{nullptr};
\tvoid init() { conv->bias.zero_(); }
  torch::nn::Dropout drop_, other_;
  int a = 1;
  int a_ = 1;
  auto fuse = torch::nn::Linear(1,
                                2);
};
"""


def assorted(p):
    """Findings of every kind, in files with names that need care."""
    p.write("src/net.h", NET)
    p.write("src/a dir/größe & co.cpp", "int x = 1;\r\nint y = 2;\r\n")
    os.symlink("src", p.path("link"))
    p.write("plain.cpp", "int twice; int twice;\nint twice; int twice;\n")
    net, odd = "src/net.h", "src/a dir/größe & co.cpp"
    p.set_findings([
        p.finding("torch-null-module", p.place(net, "fc{", "'fc' is <b>null</b> & \"dereferenced\""),
                  [p.place(net, "NetImpl", "'fc' stays null when 'wide' is false"), p.place(odd, "y", "dereferenced here")]),
        p.finding("torch-unchecked-bias", p.place(net, "conv->bias", "'bias' is undefined: 100%0A, said: twice", span=10),
                  fix=[p.edit(net, "conv->bias", 0, "if (conv->bias.defined()) ")]),
        # Reached through a link.
        p.finding("torch-unregistered-module", {**p.place(net, "other_", "never registered"), "path": p.path("link/net.h")},
                  fix=[p.edit(net, "drop_", 5, "dropped_"), p.edit(net, "int a ", 5, "long b")]),
        p.finding("torch-module-in-forward", p.place(net, "torch::nn::Linear(1", "made anew\nat every call", span=55),
                  [{**p.place(net, "fuse", "unsafe fix: </script><script>alert(1)</script>"),
                    "fix": [p.edit(net, "auto fuse", 9, "static auto fuse")]}]),
        p.finding("torch-registration-name", p.place(odd, "x", "taken twice"), as_error=True),
        # A convention: clang-tidy makes an error of it if it is asked to, the driver does not.
        p.finding("torch-unscoped-hook", p.place(odd, "x", "removed on one path only"),
                  [p.place(odd, "int", "made here")], as_error=True, fix=[p.edit(odd, "x", 1, "z")]),
        p.finding("torch-advice-single-init", p.place(odd, "y", "one scheme for all layers \x01 \u2028")),
        p.finding("clang-diagnostic-error", p.place("plain.cpp", "twice", "redefinition of 'twice'", 1), level=ERROR),
        p.finding("bugprone-branch-clone", {"message": "no place at all", "path": "", "offset": 0, "fix": [], "ranges": []}),
        p.finding("torch-state-in-forward", p.place("plain.cpp", "twice", "said again", 0)),
        p.finding("torch-state-in-forward", p.place("plain.cpp", "twice", "said again", 1)),
        p.finding("torch-state-in-forward", p.place("plain.cpp", "twice", "said again", 2)),
    ])
    return p


def many(p, count, files=50):
    """Findings in great number, each with a note and a fix; a third of them advice."""
    lines = count // files
    for number in range(files):
        p.write(f"src/part{number % 7}/file{number}.cpp",
                "".join(f"  auto value{line} = torch::nn::Linear(options{line}); // line {line}\n" for line in range(lines)))
    findings, rules = [], ["torch-null-module", "torch-module-in-forward", "torch-advice-single-init"]
    for number in range(files):
        name = p.path(f"src/part{number % 7}/file{number}.cpp")
        offset = 0
        for line, text in enumerate(open(name)):
            at = {"path": name, "offset": offset + 7, "fix": [], "ranges": []}
            findings.append(p.finding(
                rules[line % 3], {**at, "message": f"member 'value{line}' of file {number} is wrong in a way that takes a line to say"},
                [{**at, "message": "decided here", "offset": offset + text.index("torch")}],
                fix=[[name, offset + 2, 4, "const auto"]]))
            offset += len(text)
    p.set_findings(findings)
    return p
