"""The engine's caches and workers, and what becomes of a run when they fail."""
import os
import signal
import sqlite3
import subprocess
import time

from engine_project import BODY, CHECKS, EngineProject as Project, preambles
from expect import check

REQUIRES = ["driver"]


def case_results_are_remembered(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
    first, second = p.run("src/a.cpp"), p.run("src/a.cpp")
    check("0 from the cache" in first.stderr, "the first run cannot come from the cache", first)
    check("1 from the cache" in second.stderr and first.stdout == second.stdout, "nothing was remembered", second)
    other = p.run("src/a.cpp", options=["--checks=-*,torch-null-module"])
    check("0 from the cache" in other.stderr and other.returncode == 0, "other checks are another question", other)


def case_failures_are_remembered_until_the_header_appears(p):
    for name, text in (("a", '#include <heavy.h>\n#include "made.h"\n' + BODY), ("b", "#include <heavy.h>\n#include <sys.h>\n" + BODY.replace("main", "b"))):
        p.write(f"src/{name}.cpp", text)
        first, second = p.run(f"src/{name}.cpp"), p.run(f"src/{name}.cpp")
        check(first.returncode == 2 and "file not found" in first.stdout + first.stderr, "the missing header is not named", first)
        check("1 from the cache" in second.stderr and second.returncode == 2 and first.stdout == second.stdout, "the failure was forgotten", second)
        check("1 file not shared" not in first.stderr, "what no parse can find needs no second parse", first)
    p.write("src/made.h", "")
    p.write("ext/sys.h", "")
    for name in "ab":
        out = p.run(f"src/{name}.cpp")
        check("0 from the cache" in out.stderr and out.returncode == 1, "the header that appeared was not seen", out)
    p.write("src/c.cpp", "#include <heavy.h>\nint broken = missing;\n" + BODY)
    p.run("src/c.cpp")
    check("1 from the cache" in p.run("src/c.cpp").stderr, "an error in the text was forgotten")
    p.write("src/c.cpp", "#include <heavy.h>\n" + BODY)
    check(p.run("src/c.cpp").returncode == 1, "the error that was put right was remembered")


def case_warnings_that_are_errors_by_default(p):
    p.write("src/a.cpp", "#include <heavy.h>\nint narrow(double x) { int y[] = {x}; return y[0]; }\n" + BODY)
    out = p.run("src/a.cpp")
    check(out.returncode == 1 and "unused variable" in out.stdout and "could not be" not in out.stderr,
          "code that other compilers take must be checked", out)


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
