"""torch-tidy keys: what it lists, what it cannot know, and what it refuses."""
import json
import os

from expect import check, says, silent_on
from tiny_torch import TinyTorchProject

REQUIRES = ["driver", "any-build", "any-torch"]

PART = "#pragma once\n#include <torch/torch.h>\nstruct Part : torch::nn::Module { Part(int n); torch::nn::Linear fc{nullptr}; };\n"
PART_CPP = '#include "part.h"\nPart::Part(int n) { fc = register_module("fc", torch::nn::Linear(n, 2)); }\n'
NET_CPP = """#include "part.h"
struct Net : torch::nn::Module {
  Net() {
    for (int i = 0; i < 2; ++i)
      register_module("part" + std::to_string(i), std::make_shared<Part>(i + 3));
  }
};
"""


class Project(TinyTorchProject):
    def net(self):
        self.write("part.h", PART)
        self.files(net=NET_CPP, part=PART_CPP)

    def keys(self, name, *arguments, **more):
        return self.run("keys", name, "--cache-dir=" + self.cache, *arguments, bare=True, **more)

    def listed(self, name, *arguments):
        out = self.keys(name, "--format=json", *arguments, status=0)
        return [(key["key"], key.get("shape")) for key in json.loads(out.stdout)["keys"]]


NET_KEYS = [("part0.fc.weight", [2, 3]), ("part0.fc.bias", [2]), ("part1.fc.weight", [2, 4]), ("part1.fc.bias", [2])]


def case_keys_go_through_files(p):
    p.net()
    out = p.keys("Net", status=0)
    says(out, "Net  net.cpp:2", "part1.fc.weight  parameter  [2, 4]  float32  part.cpp:2", "4 parameters, 0 buffers")
    check(p.listed("Net") == NET_KEYS, "other keys", out)
    check(p.listed("Part(7)") == [("fc.weight", [2, 7]), ("fc.bias", [2])], "the argument does not count")
    check(p.listed("Part") == [("fc.weight", [2, None]), ("fc.bias", [2])], "what is not given is known")


def case_summaries_are_remembered_with_results(p):
    p.net()
    p.run("check", "--cache-dir=" + p.cache, bare=True, status=0)
    # All that was read is as it was: nothing is parsed again, or this would not compile.
    broken = os.path.join(p.root, "ext", "torch", "torch.h")
    stat = os.stat(broken)
    check(p.listed("Net") == NET_KEYS, "other keys after check")
    p.write("part.cpp", PART_CPP.replace("(n, 2)", "(n, 5)"))
    check(p.listed("Net")[0] == ("part0.fc.weight", [5, 3]), "an edit of another file does not count")
    check(stat.st_mtime == os.stat(broken).st_mtime, "the header was touched")


def case_results_do_not_depend_on_jobs_or_order(p):
    p.net()
    first = p.keys("Net", "-j1", "--no-cache", status=0).stdout
    p.database("part.cpp", "net.cpp")
    for jobs in ("-j1", "-j2"):
        check(p.keys("Net", jobs, "--no-cache", status=0).stdout == first, "other keys with " + jobs)


def case_errors_say_what_to_do(p):
    p.net()
    says(p.keys("Nett", status=2), "there is no module class 'Nett' in 2 files. Next: did you mean 'Net'?")
    says(p.keys("Net(1", status=2), "'Net(1' names no class. Next: write its name")
    says(p.keys("Net(x)", status=2), "names no class")
    says(p.run("keys", bare=True, status=2), "usage: torch-tidy keys CLASS", "Next:")
    says(p.keys("Net", "--format=xml", status=2), "'xml' is no value of format", "Next:")
    says(p.keys("Net", "--fix", status=2), "'torch-tidy keys' has no option '--fix'. Next: leave it out")


OPTIONS_CPP = """#include <torch/torch.h>
struct Options { int in = 2; int out = 3; };
struct Net : torch::nn::Module { Net(Options o) { register_module("fc", torch::nn::Linear(o.in, o.out)); } };
template <int N> struct Fixed : torch::nn::Module { Fixed() { register_module("fc", torch::nn::Linear(N, 1)); } };
template struct Fixed<3>;
template struct Fixed<4>;
struct Wide : Net { using Net::Net; };
"""


def case_structs_of_options_are_arguments(p):
    p.files(net=OPTIONS_CPP)
    for given in ("{.in = 7}", "{7, 3}", "Options{7}", "Options{.in = 7, .out = 3}", "Options().in(7)"):
        check(p.listed(f"Net({given})") == [("fc.weight", [3, 7]), ("fc.bias", [3])], "other keys with " + given)
    check(p.listed("Wide({5, 6})") == [("fc.weight", [6, 5]), ("fc.bias", [6])], "the constructor is not inherited")
    says(p.keys("Net({.width = 7})", status=2), "the arguments of 'Net': 'Options' has no member 'width'. Next:")
    says(p.keys("Net({1, 2, 3})", status=2), "'Options' has 2 members, but 3 values are given")
    says(p.keys("Net(Other{1})", status=2), "the constructor takes a 'Options', not a 'Other'")
    says(p.keys("Net({.in = 7, 3})", status=2), "names no class")


def case_instances_of_templates_are_classes(p):
    p.files(net=OPTIONS_CPP)
    check(p.listed("Fixed<3>") == [("fc.weight", [1, 3]), ("fc.bias", [1])], "other keys")
    check(p.listed("Fixed< 4 >()") == [("fc.weight", [1, 4]), ("fc.bias", [1])], "other keys")
    says(p.keys("Fixed<5>", status=2), "there is no instance 'Fixed<5>' in 1 file; these are: Fixed<3>, Fixed<4>. Next: name one that the code uses, or add 'template class Fixed<5>;'")
    says(p.keys("Fixed", status=2), "'Fixed' is the name of 2 classes: Fixed<3> at net.cpp:4, Fixed<4> at net.cpp:4")


def case_a_class_of_two_definitions_is_refused(p):
    p.files(a="#include <torch/torch.h>\nstruct Net : torch::nn::Module { torch::nn::Linear a{nullptr}; };\n",
            b="#include <torch/torch.h>\n\nstruct Net : torch::nn::Module { torch::nn::Linear b{nullptr}; };\n",
            c="#include <torch/torch.h>\nnamespace x { struct Other : torch::nn::Module {}; } namespace y { struct Other : torch::nn::Module {}; }\n")
    says(p.keys("Net", status=2), "'Net' is the name of 2 classes: Net at a.cpp:2, Net at b.cpp:3. Next:")
    says(p.keys("Other", status=2), "x::Other at c.cpp:2, y::Other at c.cpp:2")
    p.keys("y::Other", status=0)
    p.keys("Net", p.path("b.cpp"), status=0)


def case_what_does_not_compile_is_named(p):
    p.net()
    p.write("part.cpp", PART_CPP + "int x = nothing;\n")
    out = p.keys("Net", status=0)
    says(out, "part.cpp: does not compile, so that what it defines is not known. Next:",
         "the constructor of 'Part' is defined in no file that was checked")
    p.write("part.cpp", PART_CPP)
    silent_on(p.keys("Net", status=0), "not known")
