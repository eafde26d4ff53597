"""Tests of the engine: shared headers must never change a finding; the caches, the workers and their failures.

usage: engine_test.py TORCH_TIDY SCRATCH_DIRECTORY [name-of-one-case]

The heavy header here is a small one padded with comments to the size from which headers are shared, so that a
precompiled header takes milliseconds. Compiler warnings serve as findings: any rule does, as long as what it
says depends on what the file means.
"""
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

PADDING = "// " + "x" * 1000 + "\n"
CHECKS = "--checks=-*,torch-null-module,clang-diagnostic-*"


class Project:
    """A scratch project: files in src/, external headers in ext/, a cache in cache/."""

    def __init__(self, root, tool):
        self.root, self.tool, self.flags = root, tool, ["-Wall"]
        shutil.rmtree(root, ignore_errors=True)
        os.makedirs(os.path.join(root, "src", ".git"))
        os.makedirs(os.path.join(root, "ext"))
        self.cache = os.path.join(root, "cache")
        self.heavy("heavy.h", "inline int heavy(int x) { return x; }\n")

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", errors="surrogateescape") as out:
            out.write(text)
        return self.path(name)

    def heavy(self, name, text):
        """An external header that is worth sharing."""
        guard = name.replace(".", "_").upper()
        return self.write("ext/" + name, f"#ifndef {guard}\n#define {guard}\n{text}" + PADDING * 3300 + "#endif\n")

    def run(self, *files, options=(), cache=None, env=None, source="src", **more):
        command = [self.tool, "check", CHECKS, "--output-format=clang-tidy", "--profile",
                   "--cache-dir=" + (cache or self.cache), *options, *[self.path(f) for f in files], "--",
                   "-std=c++17", "-isystem", self.path("ext"), "-I", self.path(source), *self.flags]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env, **more)
        return done

    def same_as_plain(self, *files, shared):
        """Engine and plain runs agree; `shared` says whether every file may use the shared headers."""
        plain = self.run(*files, options=["--plain"])
        engine = self.run(*files)
        again = self.run(*files)
        check(engine.stdout == plain.stdout, "findings differ", engine, plain)
        check(engine.returncode == plain.returncode, "exit status differs", engine, plain)
        check(again.stdout == plain.stdout, "findings from the cache differ", again, plain)
        check(("not shared" not in engine.stderr) == shared, f"sharing is not {shared}", engine)
        return engine


def check(condition, message, *runs):
    if condition:
        return
    for run in runs:
        print(f"--- exit {run.returncode}\n{run.stdout}\n{run.stderr}")
    raise AssertionError(message)


BODY = "int main() { int unused; return heavy(0); }\n"


def case_shares_when_nothing_stands_before(p):
    p.write("src/model.h", "#pragma once\n#include <heavy.h>\ninline int model() { int idle; return heavy(1); }\n")
    p.write("src/a.cpp", '#include "model.h"\n#include <vector>\n' + BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_guarded_project_headers_share(p):
    p.write("src/model.h", "#ifndef MODEL_H\n#define MODEL_H\n#include <heavy.h>\n#endif\n")
    p.write("src/a.cpp", '// comment\n#include "model.h"\n' + BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_guards_with_defined_share(p):
    p.write("src/model.h", "#if !defined(MODEL_H)\n#define MODEL_H\n#include <heavy.h>\n#endif\n")
    p.write("src/a.cpp", '#include "model.h"\n' + BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_macro_before_include(p):
    p.heavy("heavy.h", "#ifdef FAST\ninline int heavy(int) { return 0; }\n[[deprecated]] int other();\n#else\n"
            "int heavy(int);\nint other();\n#endif\n")
    p.write("src/a.cpp", "#define FAST\n#include <heavy.h>\nint x = other();\n" + BODY)
    out = p.same_as_plain("src/a.cpp", shared=False)
    check("deprecated" in out.stdout, "the macro was not seen", out)


def case_macro_in_project_header_before(p):
    p.heavy("heavy.h", "#ifdef FAST\n[[deprecated]] int heavy(int);\n#else\nint heavy(int);\n#endif\n")
    p.write("src/config.h", "#ifndef FAST\n#define FAST\n#endif\n")
    p.write("src/a.cpp", '#include "config.h"\n#include <heavy.h>\n' + BODY)
    out = p.same_as_plain("src/a.cpp", shared=False)
    check("deprecated" in out.stdout, "the macro was not seen", out)


def case_conditional_define_is_no_include_guard(p):
    p.heavy("heavy.h", "#ifdef FAST\n[[deprecated]] int heavy(int);\n#else\nint heavy(int);\n#endif\n")
    p.write("src/model.h", "#ifndef FAST\n#define FAST\n#endif\n#include <heavy.h>\n")
    p.write("src/a.cpp", '#include "model.h"\n' + BODY)
    out = p.same_as_plain("src/a.cpp", shared=False)
    check("deprecated" in out.stdout, "the macro was not seen", out)


def case_undef_before_include(p):
    p.flags += ["-DFAST"]
    p.heavy("heavy.h", "#ifdef FAST\n[[deprecated]] int heavy(int);\n#else\nint heavy(int);\n#endif\n")
    p.write("src/a.cpp", "#undef FAST\n#include <heavy.h>\n" + BODY)
    out = p.same_as_plain("src/a.cpp", shared=False)
    check("deprecated" not in out.stdout, "the #undef was not seen", out)


def case_undef_of_nothing_shares(p):
    p.write("src/a.cpp", "#undef slots\n#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_undef_of_what_the_header_defines(p):
    p.heavy("heavy.h", "#define slots 1\ninline int heavy(int) { return 0; }\n")
    p.write("src/a.cpp", "#undef slots\n#include <heavy.h>\n#ifdef slots\n#warning defined\n#endif\n" + BODY)
    out = p.same_as_plain("src/a.cpp", shared=False)
    check("defined" in out.stdout, "the #undef moved behind the header", out)


def case_header_of_the_command_line(p):
    p.write("src/all.hxx", "#pragma GCC system_header\n#ifdef __cplusplus\n#include <heavy.h>\n#endif\n")
    p.flags += ["-include", p.path("src/all.hxx")]
    p.write("src/a.cpp", BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_precompiled_header_of_cmake(p):
    # As target_precompile_headers writes it; the precompiled file was never built.
    p.write("src/all.hxx", "/* generated by CMake */\n\n#pragma clang system_header\n#ifdef __cplusplus\n"
            "#include <heavy.h>\n#endif // __cplusplus\n")
    p.flags += ["-O3", "-Xclang", "-include-pch", "-Xclang", p.path("src/all.hxx.pch"),
                "-Xclang", "-include", "-Xclang", p.path("src/all.hxx")]
    p.write("src/a.cpp", BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_pragma_before_include(p):
    p.heavy("heavy.h", "struct H { char c; long l; };\nint heavy(int);\n")
    p.write("src/a.cpp", "#pragma pack(push, 1)\n#include <heavy.h>\n#pragma pack(pop)\n"
            "static_assert(sizeof(H) == 9);\n" + BODY)
    out = p.same_as_plain("src/a.cpp", shared=False)
    check("error" not in out.stdout, "the pragma was not seen", out)


def case_declaration_before_include(p):
    p.heavy("heavy.h", "inline int heavy(long) { return sizeof(char[pick(0)]); }\nconstexpr int pick(int);\n")
    p.heavy("heavy.h", "template <class T> int heavy(T) { return 0; }\n")
    p.write("src/first.h", "#pragma once\nint heavy(int);\nusing Size = long;\n")
    p.write("src/a.cpp", '#include "first.h"\n#include <heavy.h>\n' + BODY)
    p.same_as_plain("src/a.cpp", shared=False)


def case_using_before_include(p):
    p.write("src/a.cpp", "namespace n { struct S {}; }\nusing namespace n;\n#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=False)
    p.write("src/b.cpp", "namespace n { struct S {}; }\nusing n::S;\n#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/b.cpp", shared=False)


def case_declarations_that_the_header_cannot_see(p):
    p.write("src/config.h", "#pragma once\nnamespace app {\nusing Size = long;\nstruct Config { Size size = 0; };\n"
            "inline int idle() { int unused; return 0; }\n}\nenum class Kind { A };\nstruct Late;\nstatic int counter;\n")
    p.write("src/a.cpp", '#include "config.h"\n#include <heavy.h>\nint Kinds() { return (int)Kind::A; }\n' + BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_declarations_that_the_header_may_see(p):
    p.heavy("heavy.h", "namespace lib { struct T {}; template <class U> int show(U) { return 0; } }\n"
            "enum Plain { First };\nint heavy(int);\n")
    for name, early in (("namespace", "namespace lib { struct Extra {}; }\n"), ("enumerator", "struct Plain;\n"),
                        ("operator", "struct S {};\nbool operator==(S, S);\n"), ("c", 'extern "C" { int heavy(int); }\n'),
                        ("anonymous", "namespace { int heavy(long); }\n"),
                        ("inline", "inline namespace v1 { int heavy(long); }\n")):
        p.write(f"src/{name}.cpp", early + "#include <heavy.h>\nint main() { int unused; return 0; }\n")
        p.same_as_plain(f"src/{name}.cpp", shared=False)


def case_order_swapped_between_two_files(p):
    p.write("src/first.h", "#pragma once\n#ifdef HEAVY_H\n#warning after\n#else\n#warning before\n#endif\n")
    p.write("src/a.cpp", '#include <heavy.h>\n#include "first.h"\n' + BODY)
    p.write("src/b.cpp", '#include "first.h"\n#include <heavy.h>\n' + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    p.same_as_plain("src/b.cpp", shared=False)


def case_conditional_include(p):
    p.write("src/a.cpp", "#ifdef WANTED\n#include <heavy.h>\n#else\nint heavy(int);\n#endif\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    p.flags += ["-DWANTED"]
    p.same_as_plain("src/a.cpp", shared=True)


def case_condition_on_another_external_macro(p):
    p.write("ext/light.h", "#pragma once\n#define LIGHT 1\n")
    p.write("src/a.cpp", "#include <light.h>\n#ifdef LIGHT\n#include <heavy.h>\n#else\nint heavy(int);\n#endif\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    p.write("src/b.cpp", "#include <light.h>\n#ifndef LIGHT\n#include <heavy.h>\n#else\nint heavy(int);\nint idle;\n#endif\n" + BODY)
    p.same_as_plain("src/b.cpp", shared=False)


def case_two_heavy_headers(p):
    p.heavy("other.h", "[[deprecated]] int other();\n")
    p.write("src/a.cpp", "#include <heavy.h>\n#include <other.h>\nint x = other();\n" + BODY)
    p.write("src/b.cpp", "#include <heavy.h>\nint y;\n#include <other.h>\nint x = other();\n" + BODY)
    p.same_as_plain("src/a.cpp", "src/b.cpp", shared=True)


def case_header_that_needs_another_first(p):
    p.heavy("needy.h", "inline Word needy() { return 0; }\n")
    p.write("src/word.h", "#pragma once\nusing Word = int;\n")
    p.write("src/a.cpp", '#include "word.h"\n#include <needy.h>\nint main() { int unused; return needy(); }\n')
    p.same_as_plain("src/a.cpp", shared=False)


def case_repeated_inclusion_without_guard(p):
    p.write("ext/table.h", "ENTRY(one)\n")
    p.write("src/a.cpp", "#include <heavy.h>\n#define ENTRY(x) int x;\n#include <table.h>\n#undef ENTRY\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_bodies_of_shared_headers_stay_usable(p):
    p.heavy("heavy.h", "inline int heavy(int x) { return x; }\nconstexpr int twice(int x) { return 2 * x; }\n"
            "inline auto deduced() { return 3L; }\ntemplate <class T> struct Box { T get() { return T(); } };\n")
    p.write("src/a.cpp", "#include <heavy.h>\nstatic_assert(twice(2) == 4);\nstatic_assert(sizeof(deduced()) == sizeof(long));\n"
            "int box() { return Box<int>().get(); }\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_nolint_and_errors(p):
    p.write("src/a.cpp", "#include <heavy.h>\nint main() { int unused; // NOLINT\n int idle; return heavy(0); }\n")
    out = p.same_as_plain("src/a.cpp", shared=True)
    check("idle" in out.stdout and "'unused'" not in out.stdout, "NOLINT is not as in clang-tidy", out)
    p.write("src/b.cpp", "#include <heavy.h>\nint main() { return missing(0); }\n")
    out = p.same_as_plain("src/b.cpp", shared=False)
    check(out.returncode == 2, "a file with errors must end with 2", out)


def case_heavy_header_edited_between_runs(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    path = p.heavy("heavy.h", "[[deprecated]] int heavy(int);\n")
    out = p.same_as_plain("src/a.cpp", shared=True)
    check("deprecated" in out.stdout, "the edit was not seen", out)
    # Same size and same modification time.
    old = os.stat(path)
    text = open(path).read().replace("[[deprecated]] int heavy(int);", "int heavy(int); int pad123456;")
    open(path, "w").write(text)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    time.sleep(0)
    p.run("src/a.cpp")


def case_broken_shared_header(p):
    p.heavy("heavy.h", "#include <nowhere.h>\nint heavy(int);\n")
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    out = p.run("src/a.cpp")
    check(out.returncode == 2 and "nowhere.h" in out.stdout + out.stderr, "the missing header is not named", out)
    check("error generated" not in out.stderr, "clang's own summary is printed", out)


def case_touched_header_is_not_precompiled_again(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    p.run("src/a.cpp")
    before = preambles(p)
    os.utime(p.path("ext/heavy.h"), (1, 1))
    p.write("src/a.cpp", "#include <heavy.h>\n\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    check(preambles(p) == before, "a touched header was precompiled again")


def case_cleared_cache_is_made_again(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    before = p.run("src/a.cpp")
    check(len(preambles(p)) == 1, "nothing to clear", before)
    out = subprocess.run([p.tool, "cache", "clear", "--cache-dir=" + p.cache], capture_output=True, text=True)
    check(out.returncode == 0 and "removed 1 shared headers" in out.stdout, "wrong report", out)
    left = [os.path.join(folder, n) for folder, _, names in os.walk(p.cache) for n in names]
    check(not [n for n in left if n.endswith(".pch")], f"still there: {left}")
    after = p.run("src/a.cpp")
    check(after.stdout == before.stdout and len(preambles(p)) == 1, "another result after clearing", after, before)


def preambles(p):
    result = []
    for folder, _, names in os.walk(p.cache):
        result += [(folder, os.stat(os.path.join(folder, n)).st_mtime_ns) for n in names if n.endswith(".pch")]
    return sorted(result)


def case_same_content_other_flags(p):
    p.heavy("heavy.h", "#ifdef FAST\n[[deprecated]] int heavy(int);\n#else\nint heavy(int);\n#endif\n")
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    p.flags += ["-DFAST"]
    out = p.same_as_plain("src/a.cpp", shared=True)
    check("deprecated" in out.stdout, "the flag was not seen", out)
    check(len(preambles(p)) == 2, "two sets of flags must have two preambles")


def case_units_with_equal_flags_share_one(p):
    for name in "abcd":
        p.write(f"src/{name}.cpp", "#include <vector>\n#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/a.cpp", "src/b.cpp", "src/c.cpp", "src/d.cpp", shared=True)
    check(len(preambles(p)) == 1, "equal flags must share one preamble")


def case_projects_search_paths_do_not_split_groups(p):
    p.write("src/inc/own.h", "#pragma once\n")
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    p.flags += ["-I" + p.path("src/inc")]
    p.same_as_plain("src/a.cpp", shared=True)
    check(len(preambles(p)) == 1, "a project's own -I must not make another preamble")


def case_project_header_in_place_of_an_external_one(p):
    p.write("ext/detail.h", "#pragma once\nint heavy(int);\n")
    p.heavy("heavy.h", "#include <detail.h>\n")
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    p.write("src/inc/detail.h", "#pragma once\n[[deprecated]] int heavy(int);\n")
    p.flags += ["-I" + p.path("src/inc")]
    out = p.same_as_plain("src/a.cpp", shared=True)
    check("deprecated" in out.stdout, "the nearer header was not seen", out)


def case_order_of_heavy_headers_does_not_split_groups(p):
    p.heavy("other.h", "int other();\n")
    p.write("ext/umbrella.h", "#pragma once\n#include <heavy.h>\n")
    p.write("src/a.cpp", "#include <heavy.h>\n#include <other.h>\n" + BODY)
    p.write("src/b.cpp", "#include <other.h>\n#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/a.cpp", "src/b.cpp", shared=True)
    check(len(preambles(p)) == 1, "the order of external headers must not make another preamble")


def case_symlinked_project(p):
    p.write("src/a.cpp", '#include "model.h"\n' + BODY)
    p.write("src/model.h", "#pragma once\n#include <heavy.h>\ninline int model() { int idle; return 0; }\n")
    os.symlink(p.path("src"), p.path("link"))
    p.same_as_plain("link/a.cpp", shared=True)


def case_generated_header_removed(p):
    p.write("src/gen.h", "#pragma once\n#include <heavy.h>\n")
    p.write("src/a.cpp", '#include "gen.h"\n' + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    os.remove(p.path("src/gen.h"))
    out = p.run("src/a.cpp")
    check(out.returncode == 2 and "gen.h" in out.stdout, "a header that is gone must be an error", out)
    p.write("src/gen.h", "#pragma once\n#include <heavy.h>\n")
    p.same_as_plain("src/a.cpp", shared=True)


def case_header_that_appears_earlier_in_the_search_path(p):
    p.write("src/lib/opt.h", "#pragma once\nint idle();\n")
    p.write("src/a.cpp", '#include <heavy.h>\n#include "opt.h"\n' + BODY)
    p.flags += ["-I" + p.path("src/lib")]
    p.same_as_plain("src/a.cpp", shared=True)
    p.write("src/opt.h", "#pragma once\n#warning nearer\n")
    out = p.run("src/a.cpp")
    check("nearer" in out.stdout, "a result was remembered although another header is found now", out)


def case_header_that_appears_in_a_directory_below_the_search_path(p):
    for prepared in ("src/near", "src/near/li.b", "src/near/li.b/deep"):
        for quote in ("<li.b/deep/opt.h>", '"li.b/deep/opt.h"'):
            shutil.rmtree(p.path("src"))
            os.makedirs(p.path("src/.git"))
            p.write("src/far/li.b/deep/opt.h", "#pragma once\nint idle();\n")
            p.write("src/a.cpp", f"#include <heavy.h>\n#include {quote}\n" + BODY)
            os.makedirs(p.path(prepared))
            p.flags = ["-Wall", "-I" + p.path("src/near"), "-I" + p.path("src/far")]
            p.same_as_plain("src/a.cpp", shared=True)
            nearer = "src/near" if "<" in quote else "src"
            p.write(nearer + "/li.b/deep/opt.h", "#pragma once\n#warning nearer\n")
            out = p.run("src/a.cpp")
            check("nearer" in out.stdout, f"another header in {prepared} was not seen", out)


def case_project_header_appears_in_place_of_a_shared_one(p):
    """Where the project has the directory already, next to or before the external headers."""
    p.heavy("big.h", "inline int heavy(int x) { return x; }\n")
    os.makedirs(p.path("ext/lib"))
    p.write("ext/lib/inner.h", "inline int inner() { return 0; }\n")
    p.heavy("lib/big.h", "#include <lib/inner.h>\ninline int heavy(int x) { return x; }\n")
    for name in ("inner", "big"):
        for folder in ("src/lib", "src/near/lib"):
            for old in ("src/lib", "src/near"):
                shutil.rmtree(p.path(old), ignore_errors=True)
            p.write(folder + "/other.h", "")
            p.flags = ["-Wall", "-I" + p.path("src/near")]
            p.write("src/a.cpp", '#include "lib/big.h"\n' + BODY)
            p.run("src/a.cpp")
            check("1 from the cache" in p.run("src/a.cpp").stderr, "not remembered")
            p.write(f"{folder}/{name}.h", "[[deprecated]] int heavy(int);\n#warning nearer\n")
            out, plain = p.run("src/a.cpp"), p.run("src/a.cpp", options=["--plain"])
            check(out.stdout == plain.stdout, f"{folder}/{name}.h was not seen", out, plain)


def case_another_build_of_a_library(p):
    """The libraries decide what is found as the program does."""
    p.write("src/a.cpp", BODY.replace("heavy(0)", "0"))
    library = p.path("libclang-extra.so")
    env = dict(os.environ, LD_PRELOAD=library)
    for build in ("one", "another"):
        subprocess.run(["clang++", "-shared", "-fPIC", "-x", "c++", "-o", library, "-"], check=True, text=True,
                       input=f'char {build}[] = "{build}";')
        for hits in (0, 1):
            out = p.run("src/a.cpp", env=env)
            check(f" {hits} from the cache" in out.stderr, f"not {hits} of the {build} library", out)


def case_file_name_that_is_not_utf8(p):
    name = os.fsdecode(b"l\xe4.cpp")
    p.write("src/" + name, f'#include "{name}.h"\n#include <heavy.h>\n' + BODY)
    with open(p.path(f"src/{name}.h"), "wb") as header:
        header.write(b"#warning \xe4\x02\n")
    reports = {kind: p.path("report." + kind) for kind in ("text", "json", "sarif", "github", "gitlab", "rdjson", "junit", "html")}
    formats = [f"--output-format={kind}:{file}" for kind, file in reports.items()]
    for options in ([], ["--plain"], []):
        out = p.run("src/" + name, options=[*options, *formats], errors="surrogateescape")
        check(out.returncode == 1 and "crash" not in out.stderr, "it fails", out)
        check(p.path("src/" + name) + ":3:18: warning: unused variable" in out.stdout, "no finding", out)
        for kind, file in reports.items():
            with open(file, "rb") as text:
                check(b"unused variable" in text.read(), f"no finding in {kind}", out)
    check("1 from the cache" in out.stderr, "not remembered", out)


def case_project_header_changed(p):
    p.write("src/model.h", "#pragma once\n#include <heavy.h>\n")
    p.write("src/a.cpp", '#include "model.h"\n' + BODY)
    p.same_as_plain("src/a.cpp", shared=True)
    before = preambles(p)
    p.write("src/model.h", "#pragma once\n#include <heavy.h>\n#warning new\n")
    out = p.same_as_plain("src/a.cpp", shared=True)
    check("new" in out.stdout, "the change was not seen", out)
    check(preambles(p) == before, "project headers must not be in the preamble")


def case_results_are_remembered(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    first, second = p.run("src/a.cpp"), p.run("src/a.cpp")
    check("0 from the cache" in first.stderr, "the first run cannot come from the cache", first)
    check("1 from the cache" in second.stderr and first.stdout == second.stdout, "nothing was remembered", second)
    other = p.run("src/a.cpp", options=["--checks=-*,torch-null-module"])
    check("0 from the cache" in other.stderr and other.returncode == 0, "other checks are another question", other)


def case_header_findings_once_a_run(p):
    p.write("src/model.h", "#pragma once\n#include <heavy.h>\ninline int model() { int idle; return 0; }\n")
    for name in "ab":
        p.write(f"src/{name}.cpp", '#include "model.h"\n')
    out = p.run("src/a.cpp", "src/b.cpp")
    check(out.stdout.count("unused variable 'idle'") == 1, "a header's finding must come once", out)


def case_order_does_not_depend_on_workers(p):
    for name in "abcdef":
        p.write(f"src/{name}.cpp", "#include <heavy.h>\n" + BODY.replace("main", "f"))
    files = [f"src/{name}.cpp" for name in "fbdace"]
    one = p.run(*files, options=["-j1", "--no-cache"])
    many = p.run(*files, options=["-j", "6", "--no-cache"])
    check(one.stdout == many.stdout, "order differs", one, many)


def case_crash_costs_one_file(p):
    p.write("src/a.cpp", "#include <heavy.h>\n#pragma clang __debug crash\n" + BODY)
    p.write("src/b.cpp", "#include <heavy.h>\n" + BODY)
    out = p.run("src/a.cpp", "src/b.cpp")
    check(out.returncode == 2 and "a.cpp: the check crashed" in out.stderr, "the crash is not named", out)
    check("b.cpp" in out.stdout, "the crash took another file with it", out)


def case_timeout_costs_one_file(p):
    p.write("src/a.cpp", "#include <heavy.h>\nconstexpr long spin() { long n = 0; for (long i = 0; i < 4000000000; ++i) ++n;"
            " return n; }\nstatic_assert(spin());\n" + BODY)
    p.write("src/b.cpp", "#include <heavy.h>\n" + BODY)
    p.flags += ["-fconstexpr-steps=2147483647"]
    out = p.run("src/a.cpp", "src/b.cpp", options=["--timeout-per-file=3"])
    check(out.returncode == 2 and "a.cpp: not done after 3 s" in out.stderr, "the time-out is not named", out)
    check("b.cpp" in out.stdout, "the time-out took another file with it", out)


def case_interrupt_ends_soon(p):
    p.write("src/a.cpp", "#include <heavy.h>\nconstexpr long spin() { long n = 0; for (long i = 0; i < 4000000000; ++i) ++n;"
            " return n; }\nstatic_assert(spin());\n" + BODY)
    p.write("src/b.cpp", "#include <heavy.h>\n" + BODY)
    command = [p.tool, "check", CHECKS, "-j2", "--cache-dir=" + p.cache, p.path("src/a.cpp"), p.path("src/b.cpp"), "--",
               "-std=c++17", "-isystem", p.path("ext"), "-fconstexpr-steps=2147483647"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    start = time.time()
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=30)
    check(run.returncode == 130, f"interrupted run ended with {run.returncode}")
    check(time.time() - start < 3, "an interrupt must end the run soon")
    with sqlite3.connect(os.path.join(p.cache, "results.db")) as database:
        kept = database.execute("SELECT count(*) FROM results").fetchone()[0]
    check(kept == 1, f"{kept} results of the interrupted run were kept, not the one of b.cpp")
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    p.same_as_plain("src/a.cpp", shared=True)


def case_damaged_result_cache(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    good = p.run("src/a.cpp")
    for suffix in ("-wal", "-shm"):
        if os.path.exists(p.path("cache/results.db" + suffix)):
            os.remove(p.path("cache/results.db" + suffix))
    p.write("cache/results.db", "this is no database\n" * 500)
    out = p.run("src/a.cpp")
    check(out.stdout == good.stdout and "set aside" in out.stderr, "damage is not said", out)
    out = p.run("src/a.cpp")
    check("1 from the cache" in out.stderr and "set aside" not in out.stderr, "no new cache was begun", out)


def case_result_cache_of_another_version(p):
    import sqlite3
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    good = p.run("src/a.cpp")
    database = sqlite3.connect(p.path("cache/results.db"))
    database.execute("PRAGMA user_version=999")
    database.commit()
    database.close()
    out = p.run("src/a.cpp")
    check(out.stdout == good.stdout and "another version" in out.stderr, "another version must be set aside", out)


def case_shared_headers_made_anew_for_another_file(p):
    for name in "ab":
        p.write(f"src/{name}.cpp", "#include <heavy.h>\n" + BODY)
    p.run("src/a.cpp", "src/b.cpp")
    p.heavy("heavy.h", "[[deprecated]] inline int heavy(int x) { return x; }\n")
    p.run("src/a.cpp")
    out = p.same_as_plain("src/b.cpp", shared=True)
    check("deprecated" in out.stdout, "a result made with other shared headers was remembered", out)


def case_damaged_preamble(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    good = p.run("src/a.cpp")
    for folder, _, names in os.walk(p.cache):
        for name in names:
            if name.endswith(".pch"):
                open(os.path.join(folder, name), "w").write("damaged")
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY + "\n")
    out = p.run("src/a.cpp")
    check(out.stdout == good.stdout and out.returncode == good.returncode, "a damaged preamble changed a result", out)


def case_no_place_for_a_cache(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    good = p.run("src/a.cpp", options=["--plain"])
    out = p.run("src/a.cpp", cache="/proc/none/cache")
    check(out.stdout == good.stdout and "cannot write in the cache directory" in out.stderr, "must go on without", out)


def case_no_cache_leaves_nothing(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    temporary = p.path("tmp")
    os.makedirs(temporary)
    out = p.run("src/a.cpp", options=["--no-cache"], env=dict(os.environ, TMPDIR=temporary))
    check("unused" in out.stdout and os.listdir(temporary) == [], "something was left behind", out)
    check(not os.path.exists(p.cache), "the cache was written", out)


def case_processes_at_once(p):
    for name in "ab":
        p.write(f"src/{name}.cpp", "#include <heavy.h>\n" + BODY)
    command = [p.tool, "check", CHECKS, "--output-format=clang-tidy", "--cache-dir=" + p.cache,
               p.path("src/a.cpp"), p.path("src/b.cpp"), "--", "-std=c++17", "-isystem", p.path("ext"), "-Wall"]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    outputs = {run.communicate(timeout=60) for run in runs}
    check(len({out for out, _ in outputs}) == 1, f"processes at once disagree: {outputs}")
    check(len(preambles(p)) == 1, "processes at once must make one preamble")


def case_kill_leaves_a_usable_cache(p):
    for name in "abcd":
        p.write(f"src/{name}.cpp", "#include <heavy.h>\n" + BODY)
    files = [f"src/{name}.cpp" for name in "abcd"]
    command = [p.tool, "check", CHECKS, "--cache-dir=" + p.cache, *[p.path(f) for f in files], "--", "-std=c++17",
               "-isystem", p.path("ext"), "-Wall"]
    for delay in (0.05, 0.15, 0.3, 0.5):
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        run.kill()
        run.wait()
    p.same_as_plain(*files, shared=True)


def case_database(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    build = p.path("src/build")
    os.makedirs(build)
    p.write("src/build/compile_commands.json", '[{"directory": "%s", "file": "../a.cpp", "command": '
            '"/usr/bin/g++ -std=c++17 -Wall -fno-gnu-unique -isystem %s -o a.o -c ../a.cpp"}]' % (build, p.path("ext")))
    command = [p.tool, CHECKS, "--cache-dir=" + p.cache]
    for arguments in (["check"], [], ["check", "src"], ["-p", "src/build", "src/a.cpp"]):
        cwd = p.root if "src" in " ".join(arguments) else p.path("src")
        out = subprocess.run(command[:1] + arguments[:1] * (arguments[:1] == ["check"]) + command[1:] +
                             [a for a in arguments if a != "check"], capture_output=True, text=True, cwd=cwd)
        check(out.returncode == 1 and "unused variable" in out.stdout, f"database not used with {arguments}", out)
        check("'-fno-gnu-unique' is not clang's" in out.stderr, "a dropped flag must be named", out)


def run_cases(functions, project):
    """Runs the case_* among FUNCTIONS, each on a PROJECT of its own; arguments as for this script."""
    tool, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    failures = []
    ran = 0
    for name, function in list(functions.items()):
        if not name.startswith("case_") or wanted not in name:
            continue
        start = time.time()
        ran += 1
        try:
            function(project(os.path.join(scratch, name[5:]), tool))
            print(f"ok   {name[5:]} ({time.time() - start:.1f} s)")
        except (AssertionError, subprocess.TimeoutExpired) as problem:
            failures.append(name[5:])
            print(f"FAIL {name[5:]}: {problem}")
    print(f"{len(failures)} of {ran} failed" if failures else f"all {ran} passed")
    return 1 if failures or not ran else 0


if __name__ == "__main__":
    sys.exit(run_cases(globals(), Project))
