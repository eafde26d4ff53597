"""What a unit lacks and another one defines: the unit is read again with that one behind it."""
import json
import os

from expect import check, says, silent_on
from tiny_torch import TinyTorchProject

REQUIRES = ["driver", "any-build", "any-torch"]

NET = """#pragma once
#include <torch/torch.h>
struct Net : torch::nn::Module {
  Net(int n);
  torch::Tensor forward(torch::Tensor x);
  void setup(int n);
  torch::nn::Linear first{nullptr}, second{nullptr};
};
"""
NET_CPP = """#include "net.h"
Net::Net(int n) { setup(n); }
torch::Tensor Net::forward(torch::Tensor x) { return second->forward(first->forward(x)); }
"""
SETUP = '#include "net.h"\n'
HALF = 'void Net::setup(int n) { first = register_module("first", torch::nn::Linear(n, n)); }\n'
WHOLE = HALF.replace("}", 'second = register_module("second", torch::nn::Linear(n, n)); }')
NULL = "'second' is null on some constructor path"


class Project(TinyTorchProject):
    def net(self, **more):
        self.write("net.h", NET)
        self.files(**{"net": NET_CPP, "setup": SETUP + HALF, **more})

    def check(self, *arguments, **more):
        return self.run("check", "--cache-dir=" + self.cache, *arguments, bare=True, **more)


def case_a_helper_elsewhere_decides(p):
    p.net()
    out = p.check(status=1)
    says(out, NULL, "net.h:7:", "setup.cpp:2:1: note: 'Net::setup' is defined here, in another translation unit")
    check(out.stdout.count("warning:") == 1, "found more than once", out)
    silent_on(p.check("--no-cross-tu", status=0), "null")
    p.write(".torch-tidy.yaml", "no-cross-tu: true\n")
    silent_on(p.check(status=0), "null")


def case_what_the_helper_does_counts(p):
    p.net(setup=SETUP + WHOLE)
    silent_on(p.check(status=0), "warning")
    # The result of both together is remembered, until one of them changes.
    says(p.check("--profile", status=0), "2 files, 2 from the cache", "asked of other files: 1, answered: 1; files read with others: 1")
    p.write("setup.cpp", SETUP + HALF)
    says(p.check(status=1), NULL)


def case_constructor_elsewhere(p):
    p.net(net=NET_CPP.replace("Net::Net(int n) { setup(n); }\n", ""), setup=SETUP + "Net::Net(int n) { setup(n); }\n" + HALF)
    says(p.check(status=1), NULL, "'Net::forward' is defined here")


def case_base_class_elsewhere(p):
    p.write("base.h", "#pragma once\n#include <torch/torch.h>\nstruct Base : torch::nn::Module { void adopt(torch::nn::Linear part); };\n")
    p.files(base='#include "base.h"\nvoid Base::adopt(torch::nn::Linear part) {}\n',
            net='#include "base.h"\nstruct Net : Base { Net(); torch::Tensor forward(torch::Tensor x); torch::nn::Linear stem{1, 2}; };\n'
                "Net::Net() { adopt(stem); }\ntorch::Tensor Net::forward(torch::Tensor x) { return stem->forward(x); }\n")
    says(p.check(status=1), "'stem' is never registered", "base.cpp:2:")
    p.write("base.cpp", '#include "base.h"\nvoid Base::adopt(torch::nn::Linear part) { register_module("stem", part); }\n')
    p.check(status=0)


def case_class_of_a_member_elsewhere(p):
    p.write("part.h", "#pragma once\n#include <torch/torch.h>\nstruct PartImpl : torch::nn::Module { PartImpl(int n); torch::nn::Linear fc{nullptr}; };\n"
            "struct Part : torch::nn::ModuleHolder<PartImpl> { using torch::nn::ModuleHolder<PartImpl>::ModuleHolder; };\n")
    part = '#include "part.h"\nPartImpl::PartImpl(int n) { fc = register_module("fc", torch::nn::Linear(n, n)); }\n'
    net = ('#include "part.h"\nstruct Net : torch::nn::Module { Net(); torch::Tensor forward(torch::Tensor x); Part part; };\n'
           "Net::Net() : part(3) {}\ntorch::Tensor Net::forward(torch::Tensor x) { return part->fc->forward(x); }\n")
    p.files(part=part, net=net)
    says(p.check(status=1), "'part' is never registered", "part.cpp:2:1: note: 'PartImpl::PartImpl' is defined here")
    p.files(part='#include "part.h"\nPartImpl::PartImpl(int n) {}\n', net=net)
    silent_on(p.check(), "never registered: its parameters")
    p.files(part=part, net=net.replace("part(3) {}", 'part(3) { register_module("part", part); }'))
    says(p.check("--profile", status=0), "files read with others: 0")


def case_two_definitions_are_none(p):
    p.net(other=SETUP + WHOLE)
    out = p.check("--profile", status=0)
    says(out, "1 defined in two files")


def case_none_that_was_checked(p):
    p.write("net.h", NET)
    p.files(net=NET_CPP)
    says(p.check("--profile", status=0), "1 defined in no file that was checked")


def case_files_that_do_not_compile_together(p):
    p.net(net=NET_CPP + "static int helper() { return 1; }\n", setup=SETUP + HALF + "static int helper() { return 2; }\n")
    says(p.check("--profile", status=0), "1 files cannot be read with the others as by themselves", "no findings in 2 files")


def case_other_flags_are_another_meaning(p):
    p.net()
    database = json.loads(p.read("build/compile_commands.json"))
    database[1]["arguments"].insert(1, "-DWIDE=1")
    p.write("build/compile_commands.json", json.dumps(database))
    says(p.check("--profile", status=0), "1 compiled with other flags")
    # As CMake writes the commands of a library and a program.
    database[1]["arguments"][1:2] = ["-Dnet_EXPORTS", "-fPIC", "-O2", "-I" + p.path("more"), "-o", "setup.o"]
    p.write("build/compile_commands.json", json.dumps(database))
    says(p.check(status=1), NULL)
    # As Bazel does, where one has a dependency more.
    database[1]["arguments"][1:1] = ["-iquote", "external/other"]
    p.write("build/compile_commands.json", json.dumps(database))
    says(p.check(status=1), NULL)


def case_results_do_not_depend_on_order_jobs_or_shards(p):
    p.net(more=SETUP + "int twice(int n) { return 2 * n; }\n")
    names = ["net.cpp", "setup.cpp", "more.cpp"]
    whole = p.check("-j1", "--no-cache", status=1).stdout
    for order in (names, names[::-1], ["setup.cpp", "more.cpp", "net.cpp"]):
        p.database(*order)
        for jobs in ("-j1", "-j3"):
            check(p.check(jobs, "--no-cache", status=1).stdout == whole, f"{order} {jobs}")
    for count in (2, 3, 5):
        reports = []
        for part in range(1, count + 1):
            reports.append(os.path.join(p.root, f"{part}.json"))
            p.check(f"--shard={part}/{count}", "--exit-zero", "--output-format=json:" + reports[-1])
        check(p.run("merge", "--output-format=text", *reports, bare=True, status=1).stdout == whole, f"{count} shards")


def case_a_file_by_itself_is_told_the_same(p):
    p.net(idle="int idle() { return 0; }\n", user=SETUP + "void use(Net &net) { net.setup(3); }\n")
    whole = p.check(status=1).stdout
    alone = p.check(p.path("net.cpp"), status=1)
    check(alone.stdout.split("\n\n")[0] == whole.split("\n\n")[0], "another finding", alone)
    # Neither file could define it.
    os.remove(p.path("idle.cpp")), os.remove(p.path("user.cpp"))
    says(p.check(p.path("net.cpp"), "--no-cache", status=1), NULL)
    # The file that speaks for the class is asked as well.
    says(p.check(p.path("setup.cpp"), "--no-cache", status=1), NULL)


def case_the_files_that_were_asked_are_listed(p):
    p.net(idle="int idle() { return 0; }\n")
    asked = p.path("asked.txt")
    p.check(p.path("net.cpp"), "--asked-files=" + asked, status=1)
    # Any of them may define it next time.
    check(p.read("asked.txt").split() == [p.path("idle.cpp"), p.path("setup.cpp")], p.read("asked.txt"))
    p.check(p.path("idle.cpp"), "--asked-files=" + asked, status=0)
    check(p.read("asked.txt") == "", p.read("asked.txt"))
    p.check(p.path("net.cpp"), "--no-cross-tu", "--asked-files=" + asked, status=0)
    check(p.read("asked.txt") == "", p.read("asked.txt"))
    says(p.check("--asked-files=" + p.path("no/asked.txt"), status=2), "asked.txt")


def case_questions_may_go_in_a_circle(p):
    p.write("net.h", NET.replace("void setup(int n);", "void setup(int n); void more(int n);"))
    p.files(net=NET_CPP, setup=SETUP + HALF.replace("}", "more(n); }"),
            more=SETUP + 'void Net::more(int n) { if (n > 1) setup(n - 1); second = register_module("second", torch::nn::Linear(n, n)); }\n')
    out = p.check("--profile", status=0)
    says(out, "asked of other files: 2, answered: 2; files read with others: 1")
    p.write("more.cpp", SETUP + "void Net::more(int n) { if (n > 1) setup(n - 1); }\n")
    says(p.check(status=1), NULL, "setup.cpp:2:1: note:", "more.cpp:2:1: note:")


def case_too_many_files(p):
    parts = [f"part{i}" for i in range(9)]
    p.write("net.h", NET.replace("void setup(int n);", "void setup(int n); " + " ".join(f"void {part}();" for part in parts)))
    p.files(net=NET_CPP, setup=SETUP + HALF, **{part: SETUP + f"void Net::{part}() {{}}\n" for part in parts})
    says(p.check("--profile", status=0), "10 defined in more than 8 files")


def case_fixes_are_proven_and_stay(p):
    p.write("net.h", NET.replace("torch::nn::Linear first{nullptr}, second{nullptr};", "torch::nn::Linear first{nullptr}, second{nullptr}, third{4, 4};")
            .replace("};\n", "};\n"))
    p.files(net=NET_CPP.replace("first->forward(x)", "first->forward(third->forward(x))"), setup=SETUP + WHOLE)
    says(p.check(status=1), "'third' is never registered")
    p.check("--fix", "--unsafe-fixes", status=0)
    says(p.run("check", "--cache-dir=" + p.cache, bare=True, status=0), "no findings")
    check("register_module" in p.read("net.h"), p.read("net.h"))


def case_reports_have_the_note(p):
    p.net()
    found = json.loads(p.check("--output-format=json", status=1).stdout)["findings"]
    notes = [(os.path.basename(note["path"]), note["range"]["start"]["line"]) for note in found[0]["notes"]]
    check(("setup.cpp", 2) in notes, f"other notes: {notes}")


SIDE = """struct Side : torch::nn::Module {
  Side() {}
  torch::Tensor forward(torch::Tensor x) { return part->forward(x); }
  torch::nn::Linear part{1, 2};
};
"""


def case_other_classes_of_an_answering_file_are_its_own_matter(p):
    p.net(setup=SETUP + SIDE + HALF, main=SETUP + "static void load(Net &net) {}\nint main() { Net net(3); load(net); net.forward({}); }\n")
    says(p.check(status=1), NULL, "'part' is never registered")
    for name in ("net.cpp", "main.cpp"):
        silent_on(p.check(p.path(name)), "'part'")
    # Nor are they fixed.
    p.check(p.path("net.cpp"), "--fix", "--unsafe-fixes")
    check(p.read("setup.cpp") == SETUP + SIDE + HALF, p.read("setup.cpp"))
    p.check(p.path("net.cpp"), "--add-nolint")
    check(p.read("setup.cpp") == SETUP + SIDE + HALF, p.read("setup.cpp"))


def case_comments_that_silence_it_are_used(p):
    p.net()
    p.write("net.h", NET.replace("second{nullptr};", "second{nullptr}; // NOLINT(torch-null-module)"))
    p.check(status=0)
    silent_on(p.check("--report-unused-nolint", status=0), "NOLINT")


CONDITIONAL = SETUP + "#ifndef LITE\n" + WHOLE + "#else\n" + HALF + "#endif\n"


def case_files_that_mean_something_else_together_are_read_apart(p):
    p.net(setup=CONDITIONAL)
    p.check(status=0)
    p.write("net.cpp", "#define LITE 1\n" + NET_CPP)
    says(p.check("--profile", status=0), "1 files cannot be read with the others as by themselves")
    # Two headers with one guard; two headers of one name.
    for guard in ("#ifndef CONFIG_H\n#define CONFIG_H\n", "#pragma once\n"):
        end = "#endif\n" if "ifndef" in guard else ""
        p.write("a/config.h", guard + "#define LITE 1\n" + end)
        p.write("b/config.h", guard + end)
        p.files(net='#include "config.h"\n' + NET_CPP, setup='#include "config.h"\n' + CONDITIONAL)
        database = json.loads(p.read("build/compile_commands.json"))
        for entry, folder in zip(database, "ab"):
            entry["arguments"].insert(1, "-I" + p.path(folder))
        p.write("build/compile_commands.json", json.dumps(database))
        says(p.check("--profile", status=0), "1 files cannot be read with the others as by themselves")
    # Without macros: the other header is not read at all.
    for folder, value in (("a", "true"), ("b", "false")):
        p.write(folder + "/config.h", f"#pragma once\nconstexpr bool Lite = {value};\n")
    p.write("net.cpp", '#include "config.h"\n' + NET_CPP)
    p.write("setup.cpp", '#include "config.h"\n' + SETUP + WHOLE.replace("second =", "if constexpr (!Lite) second ="))
    says(p.check("--profile", status=0), "1 files cannot be read with the others as by themselves")
    # What both define alike is no reason.
    p.write("net.h", NET.replace("#include", "#define WIDTH 4\n#include"))
    p.net(net=NET_CPP.replace("setup(n)", "setup(WIDTH)"), setup=SETUP + HALF.replace("(n, n)", "(n, WIDTH)"))
    p.write("net.h", NET.replace("#include", "#define WIDTH 4\n#include"))
    says(p.check(status=1), NULL)


def case_what_an_answering_file_registers_twice_is_found_in_it(p):
    p.net(net=NET_CPP.replace("setup(n);", 'first = register_module("first", torch::nn::Linear(n, n)); setup(n);'), setup=SETUP + WHOLE)
    out = p.check(status=1)
    says(out, "setup.cpp:2:")
    check(p.check(p.path("setup.cpp"), status=1).stdout == out.stdout.replace("2 files", "1 file"), "another report by itself", out)
    # Its own configuration counts there.
    p.write("part/.clang-tidy", "Checks: '-*,torch-null-module'\n")
    p.write("part/setup.cpp", SETUP + WHOLE)
    p.database("net.cpp", "part/setup.cpp")
    p.check(status=0)


def case_operators_and_calls_in_the_header_count(p):
    p.write("net.h", """#pragma once
#include <torch/torch.h>
struct Net;
void adopt(Net &net);
struct Net : torch::nn::Module {
  Net() { adopt(*this); }
  torch::Tensor operator()(torch::Tensor x);
  torch::Tensor forward(torch::Tensor x);
  torch::nn::Linear stem{1, 2};
};
""")
    p.files(net='#include "net.h"\ntorch::Tensor Net::forward(torch::Tensor x) { return stem->forward(x); }\n',
            call='#include "net.h"\ntorch::Tensor Net::operator()(torch::Tensor x) { return forward(x); }\n',
            adopt='#include "net.h"\nvoid adopt(Net &net) { net.register_module("stem", net.stem); }\n')
    p.check(status=0)
    p.check(p.path("net.cpp"), status=0)
    p.write("adopt.cpp", '#include "net.h"\nvoid adopt(Net &net) {}\n')
    says(p.check(status=1), "'stem' is never registered")


def case_nothing_is_done_in_files_that_nobody_asked_for(p):
    setup = SETUP + WHOLE.replace('register_module("first", torch::nn::Linear(n, n))', "torch::nn::Linear(n, n)", 1)
    p.net(setup=setup)
    says(p.check("--diff", "--unsafe-fixes"), "+++ b/setup.cpp")
    # The finding in the header is there, its fix in the other file is not.
    out = p.check(p.path("net.cpp"), "--fix", "--unsafe-fixes", status=1)
    says(out, "'first' is never registered")
    check(p.read("setup.cpp") == setup, "setup.cpp was changed", out)
    # What stands in the other file is reported with that one alone.
    p.net(net=NET_CPP.replace("setup(n);", 'first = register_module("first", torch::nn::Linear(n, n)); setup(n);'), setup=SETUP + WHOLE)
    p.check(p.path("net.cpp"), status=0)
    p.check(p.path("setup.cpp"), status=1)


def case_what_the_others_refute_is_not_reported(p):
    p.write("net.h", """#pragma once
#include <torch/torch.h>
void adopt(torch::nn::Module &module);
struct Net : torch::nn::Module {
  Net() { adopt(*this); }
  torch::Tensor operator()(torch::Tensor x);
  torch::Tensor forward(torch::Tensor x);
  torch::nn::Linear stem{1, 2};
};
""")
    p.files(call='#include "net.h"\ntorch::Tensor Net::operator()(torch::Tensor x) { return forward(x); }\n',
            net='#include "net.h"\ntorch::Tensor Net::forward(torch::Tensor x) { return stem->forward(x); }\n',
            adopt='#include "net.h"\nvoid adopt(torch::nn::Module &module) { Net &net = static_cast<Net &>(module); net.register_module("stem", net.stem); }\n')
    says(p.check("--no-cross-tu", status=1), "'stem' is never registered")
    p.check(status=0)
