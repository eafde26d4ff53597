"""A run that is cut short: interrupted, killed, out of disk space, without permission, at each of its phases: nothing is
half-written, the next run is right.

A phase is held with a named pipe in place of a file that it reads or writes, or with a constant expression that takes
clang hours. What needs a file system of a few kilobytes is left out where none can be mounted.
"""
import contextlib
import errno
import json
import os
import random
import signal
import sqlite3
import stat
import subprocess
import time

from engine_project import BODY, CHECKS, EngineProject, preambles
from expect import LeftOut, check
from project import FIXED_SEMI, SEMI

REQUIRES = ["driver"]
SPIN = ("constexpr long spin() { long n = 0; for (long i = 0; i < 4000000000; ++i) ++n; return n; }\n"
        "static_assert(spin());\n")
PREAMBLE_FILES = {"identifiers", "lock", "key", "preamble.h", "preamble.pch", "manifest"}
SOON = 4  # seconds; it takes a fifth of one on an idle machine


class Project(EngineProject):
    def __init__(self, root, tools):
        super().__init__(root, tools)
        self.flags = ["-Wall", "-Wextra-semi", "-fconstexpr-steps=2147483647"]
        self.write("src/a.cpp", "#include <heavy.h>\n" + BODY)
        self.write("src/b.cpp", "#include <heavy.h>\n" + BODY)
        self.files = ["src/a.cpp", "src/b.cpp"]

    def command(self, *options):
        return [self.tool, "check", CHECKS, "-j2", "--cache-dir=" + self.cache, *options,
                *[self.path(f) for f in self.files], "--", "-std=c++17", "-isystem", self.path("ext"), *self.flags]

    def start(self, *options, **keywords):
        return subprocess.Popen(self.command(*options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **keywords)

    def end(self, run, how):
        """Ends a run and makes sure that it is gone, workers and all."""
        start = time.time()
        run.send_signal(how)
        try:
            run.stdout, run.stderr = run.communicate(timeout=60)
        finally:
            run.kill()
        took = time.time() - start
        if how == signal.SIGINT:
            check(run.returncode == 130, f"interrupted run ended with {run.returncode}", run)
            check(took < SOON, f"an interrupt must end the run soon, it took {took:.1f} s", run)
        wait_for(lambda: not self.processes(), f"processes are left: {self.processes()}")

    def processes(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                words = open(f"/proc/{pid}/cmdline", errors="replace").read().split("\0")
                if words[0] == self.tool and "--cache-dir=" + self.cache in words and \
                        ") Z" not in open(f"/proc/{pid}/stat", errors="replace").read():
                    found.append(int(pid))
        return found

    def listing(self):
        return sorted(os.path.join(folder, name) for folder, _, names in os.walk(self.path("src")) for name in names)

    def right_again(self):
        """The next run gives the right findings and leaves nothing of the one before."""
        before = self.listing()
        self.same_as_plain(*self.files, shared=True)
        check(self.listing() == before, f"other files in src: {self.listing()}")
        for folder, _, names in os.walk(os.path.join(self.cache, "preambles")):
            check(set(names) <= PREAMBLE_FILES, f"left in the cache: {names}")
        left = [name for name in os.listdir(self.cache) if "unusable" in name]
        check(not left, f"the results were set aside: {left}")


def wait_for(condition, message, seconds=60):
    start = time.time()
    while not condition():
        check(time.time() - start < seconds, message)
        time.sleep(0.02)


class Pipe:
    """A named pipe in place of a file; whoever opens it waits."""

    def __init__(self, path):
        self.path = path
        if os.path.exists(path):
            os.remove(path)
        os.mkfifo(path)

    def wait_for_reader(self):
        def opened():
            try:
                self.end = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
                return True
            except OSError as problem:
                check(problem.errno == errno.ENXIO, str(problem))
                return False
        wait_for(opened, "nobody reads " + self.path)

    def replace(self, text):
        os.remove(self.path)
        with open(self.path, "w") as out:
            out.write(text)

    def feed(self, text):
        """The reader gets the text, and whoever comes later a regular file of it."""
        self.replace(text)
        os.write(self.end, text.encode())
        os.close(self.end)


def in_scan(p, how):
    slow = Pipe(p.path("src/slow.h"))
    p.write("src/a.cpp", '#include "slow.h"\n#include <heavy.h>\n' + BODY)
    run = p.start()
    slow.wait_for_reader()
    p.end(run, how)
    slow.replace("#pragma once\n")


def in_preamble(p, how):
    p.heavy("heavy.h", "inline int heavy(int x) { return x; }\n" + SPIN)
    run = p.start()
    folder = os.path.join(p.cache, "preambles")
    wait_for(lambda: any("preamble.h" in names for _, _, names in os.walk(folder)), "no preamble was begun")
    time.sleep(0.3)
    p.end(run, how)
    p.heavy("heavy.h", "inline int heavy(int x) { return x; }\n")


def results(p):
    try:
        with contextlib.closing(sqlite3.connect(f"file:{p.cache}/results.db?mode=ro", uri=True)) as database:
            return database.execute("SELECT count(*) FROM results").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def in_check(p, how):
    p.write("src/a.cpp", "#include <heavy.h>\n" + SPIN + BODY)
    run = p.start()
    wait_for(lambda: results(p) == 1, "b.cpp was not remembered while a.cpp is checked")
    p.end(run, how)
    check(results(p) == 1, "the result of b.cpp was lost", run)
    p.write("src/a.cpp", "#include <heavy.h>\n" + BODY)


def in_store(p, how):
    slow = Pipe(p.path("src/slow.h"))
    p.write("src/a.cpp", '#include "slow.h"\n#include <heavy.h>\n' + BODY)
    run = p.start()
    slow.wait_for_reader()
    with contextlib.closing(sqlite3.connect(os.path.join(p.cache, "results.db"), isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")  # as another process that stores
        slow.feed("#pragma once\n")
        time.sleep(2)
        check(run.poll() is None, "the run did not wait for the other process", run)
        p.end(run, how)


def in_report(p, how):
    p.write("src/report.json", "the old report\n")
    slow = Pipe(p.path("src/slow.json"))
    run = p.start("--output-format=json:" + p.path("src/report.json"), "--output-format=sarif:" + slow.path)
    wait_for(lambda: results(p) == 2, "the results were not stored")
    wait_for(lambda: open(p.path("src/report.json")).read() != "the old report\n", "no report was written")
    p.end(run, how)
    slow.replace("")
    check(len(json.load(open(p.path("src/report.json")))["findings"]) == 2, "not the whole report", run)


def in_standard_output(p, how):
    p.write("src/a.cpp", "".join(f"int f{i}() {{ int unused; return 0; }}\n" for i in range(2000)))
    p.files = ["src/a.cpp"]
    run = p.start()
    wait_for(lambda: results(p) == 1, "the result was not stored")
    time.sleep(0.5)  # more than a pipe holds: it waits for a reader
    check(run.poll() is None, "the run has ended", run)
    p.end(run, how)


def in_fix(p, how):
    names = [f"src/h{i}.h" for i in range(400)]
    for name in names:
        p.write(name, "#pragma once\nnamespace n%s {\n%s}\n" % (name[5:-2], SEMI))
    p.write("src/a.cpp", "".join(f'#include "{name[4:]}"\n' for name in names) + "#include <heavy.h>\n" + BODY)
    fixed = [sum(FIXED_SEMI in open(p.path(name)).read() for name in names)]
    run = p.start("--fix")

    def begun():
        fixed[0] = FIXED_SEMI in open(p.path(names[0])).read()
        return fixed[0] or run.poll() is not None
    wait_for(begun, "nothing was fixed")
    p.end(run, how)
    for name in names:
        text = open(p.path(name)).read()
        check(SEMI in text or FIXED_SEMI in text, f"{name} is half-written: {text}", run)
    if how == signal.SIGKILL:
        # What such a process was writing goes with the next fix, after a minute.
        for name in p.listing():
            if ".torch-tidy-" in name:
                os.utime(name, (1, 1))
    again = subprocess.run(p.command("--fix"), capture_output=True, text=True)
    check(all(FIXED_SEMI in open(p.path(name)).read() for name in names), "not all was fixed by the next run", again)


PHASES = (in_scan, in_preamble, in_check, in_store, in_report, in_standard_output, in_fix)


def case_interrupted_in_every_phase(p):
    for phase in PHASES:
        q = Project(p.path(phase.__name__), p.tools)
        before = q.listing()
        phase(q, signal.SIGINT)
        check(not [name for name in q.listing() if ".torch-tidy-" in name], f"{phase.__name__}: left behind: {q.listing()}")
        check(set(before) <= set(q.listing()), f"{phase.__name__}: files are gone")
        q.right_again()


def case_killed_in_every_phase(p):
    for phase in PHASES:
        q = Project(p.path(phase.__name__), p.tools)
        phase(q, signal.SIGKILL)
        q.right_again()


def case_killed_at_any_time(p):
    draw = random.Random(1)
    report, text = p.path("src/report.json"), "#include <heavy.h>\n" + SEMI + BODY
    for how in (signal.SIGKILL, signal.SIGINT) * 6:
        p.write("src/a.cpp", text)
        run = p.start("--fix", "--output-format=json:" + report)
        time.sleep(draw.random() * 1.5)
        run.send_signal(how)
        run.communicate(timeout=60)
        check(open(p.path("src/a.cpp")).read() in (text, text.replace(SEMI, FIXED_SEMI)), "the source is half-written")
        if os.path.exists(report):
            json.load(open(report))
        wait_for(lambda: not p.processes(), f"processes are left: {p.processes()}")
    p.right_again()


def case_ctrl_c_reaches_the_workers_too(p):
    p.write("src/a.cpp", "#include <heavy.h>\n" + SPIN + BODY)
    run = p.start(start_new_session=True)
    wait_for(lambda: results(p) == 1, "b.cpp was not checked")
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    check(run.returncode == 130 and "crashed" not in err, f"exit {run.returncode}: {err}")


def case_killed_run_leaves_no_temporary_cache(p):
    p.heavy("heavy.h", "inline int heavy(int x) { return x; }\n" + SPIN)
    os.makedirs(p.path("tmp"))
    environment = dict(os.environ, TMPDIR=p.path("tmp"))
    p.cache = p.path("tmp/none")
    before = []
    for how, left in ((signal.SIGKILL, 1), (signal.SIGKILL, 1), (signal.SIGINT, 0)):
        run = p.start("--no-cache", env=environment)
        wait_for(lambda: set(os.listdir(p.path("tmp"))) - set(before) and
                 any("preamble.h" in names for _, _, names in os.walk(p.path("tmp"))), "no preamble was begun")
        p.end(run, how)
        before = os.listdir(p.path("tmp"))
        check(len(before) == left, f"left: {before}")
    p.heavy("heavy.h", "inline int heavy(int x) { return x; }\n")
    # That of a living process stays.
    slow = Pipe(p.path("src/slow.h"))
    p.write("src/a.cpp", '#include "slow.h"\n#include <heavy.h>\n' + BODY)
    living = p.start("--no-cache", env=environment)
    slow.wait_for_reader()
    kept = os.listdir(p.path("tmp"))
    p.files = ["src/b.cpp"]
    subprocess.run(p.command("--no-cache"), capture_output=True, env=environment)
    check(kept and os.listdir(p.path("tmp")) == kept, "the directory of another process was removed")
    p.end(living, signal.SIGINT)


class Disk:
    """A file system of that many kilobytes, without which the case is left out."""

    def __init__(self, path, kilobytes):
        self.path = path
        os.makedirs(path, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", path], capture_output=True, text=True)
        if done.returncode:
            raise LeftOut(done.stderr.strip() or "no mount")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)

    def fill(self):
        with contextlib.suppress(OSError), open(os.path.join(self.path, "filler"), "wb", buffering=0) as out:
            while True:
                out.write(b"x" * 512)

    def make_room(self):
        os.remove(os.path.join(self.path, "filler"))


def case_full_disk_under_the_cache(p):
    p.heavy("heavy.h", "#include <map>\n#include <string>\ninline int heavy(int x) { return x; }\n")
    plain = p.run(*p.files, options=["--plain"])
    for kilobytes in (8, 64, 256, 1024, 3000, 20000):
        with Disk(p.path("cache"), kilobytes):
            for options in ([], ["--checks=-*,torch-registration-name,clang-diagnostic-*"]):  # the second makes it all again
                out = p.run(*p.files, options=options)
                check(out.stdout == plain.stdout and out.returncode == plain.returncode,
                      f"other findings with {kilobytes} kB", out, plain)
                check("LLVM ERROR" not in out.stderr, "LLVM's own message", out)
            quiet = subprocess.run(p.command("--output-format=clang-tidy"), capture_output=True, text=True)
            check(quiet.stdout == plain.stdout and quiet.returncode == plain.returncode, "other without --profile", quiet, plain)
            left = [name for _, _, names in os.walk(p.path("cache/preambles")) for name in names]
            check(set(left) <= PREAMBLE_FILES, f"left on the full disk: {left}")
    p.right_again()


def case_full_disk_under_the_sources(p):
    with Disk(p.path("disk"), 64) as disk:
        p.files = ["disk/a.cpp", "disk/b.cpp"]
        text = SEMI + "// " + "x" * 5000 + "\n"
        for name in p.files:
            p.write(name, text)
        report, baseline = p.write("disk/report.json", "old\n"), p.write("disk/baseline.json", "old\n")
        disk.fill()
        files = os.listdir(disk.path)
        for options in (["--fix"], ["--output-format=json:" + report], ["--output-format=clang-tidy:" + report],
                        ["--write-baseline=" + baseline], ["--export-fixes=" + report]):
            out = subprocess.run(p.command(*options), capture_output=True, text=True)
            check(out.returncode == 2 and "No space left on device" in out.stderr, f"{options}", out)
            check("LLVM ERROR" not in out.stderr, "LLVM's own message", out)
            check(sorted(os.listdir(disk.path)) == sorted(files), f"{options}: left {os.listdir(disk.path)}", out)
            check(all(open(p.path(name)).read() == text for name in p.files), f"{options}: a source was changed", out)
            check(open(report).read() == open(baseline).read() == "old\n", f"{options}: an old file was changed", out)
        disk.make_room()
        out = subprocess.run(p.command("--fix", "--output-format=json:" + report), capture_output=True, text=True)
        check(out.returncode == 0 and all(SEMI not in open(p.path(name)).read() for name in p.files), "not fixed", out)


def case_full_temporary_directory(p):
    with Disk(p.path("tmp"), 8) as disk:
        disk.fill()
        out = subprocess.run(p.command("--output-format=clang-tidy:" + p.path("report")), capture_output=True, text=True,
                             env=dict(os.environ, TMPDIR=disk.path))
        check(out.returncode == 2 and "Next: set TMPDIR to a directory with room" in out.stderr, "", out)
        check(not os.path.exists(p.path("report")) and os.listdir(disk.path) == ["filler"], "something was left", out)
        plain = p.run(*p.files, options=["--plain"])
        out = p.run(*p.files, options=["--no-cache"], env=dict(os.environ, TMPDIR=disk.path))
        check(out.stdout == plain.stdout, "other findings with no room for a temporary cache", out, plain)


def case_full_standard_output(p):
    for form in ("text", "clang-tidy", "json", "sarif"):
        for _ in ("checked", "remembered"):
            with open("/dev/full", "w") as full:
                out = subprocess.run(p.command("--output-format=" + form), stdout=full, stderr=subprocess.PIPE, text=True)
            out.stdout = ""
            check(out.returncode == 2 and "cannot write to standard output: No space left on device. Next:" in out.stderr and
                  "LLVM ERROR" not in out.stderr, form, out)
    out = subprocess.run(p.command("--output-format=json:/dev/full"), capture_output=True, text=True)
    check(out.returncode == 2 and "cannot write '/dev/full': No space left on device" in out.stderr, "a device", out)
    with open("/dev/full", "w") as full:
        out = subprocess.run(p.command("--fix"), stdout=subprocess.PIPE, stderr=full, text=True)
    check(out.returncode == 1 and "unused variable" in out.stdout, f"exit {out.returncode} with a full standard error")


def case_reader_of_the_output_goes_away(p):
    p.write("src/a.cpp", "".join(f"int f{i}() {{ int unused; return 0; }}\n" for i in range(3000)))
    for _ in ("checked", "remembered"):
        run = p.start()
        run.stdout.close()
        err = run.stderr.read()
        run.wait(timeout=60)
        # LLVM 19's own handler makes it os.EX_IOERR.
        check(run.returncode in (-signal.SIGPIPE, os.EX_IOERR) and err == "", f"exit {run.returncode}: {err}")


def case_unreadable_inputs(p):
    p.write("src/own.h", "#pragma once\n")
    p.write("src/a.cpp", '#include "own.h"\n#include <heavy.h>\n' + BODY)
    for name, text, options in (("src/own.h", "#pragma once\n", []), ("src/.clang-tidy", "Checks: ''\n", []),
                                ("src/.torch-tidy.yaml", "ignore: []\n", []), ("baseline.json", "", ["--baseline=" + p.path("baseline.json")]),
                                ("config", "", ["--config-file=" + p.path("config")])):
        p.write(name, text)
        os.chmod(p.path(name), 0)
        out = p.execute(p.command(*options), mortal=True, cwd=p.path("src"))
        check(out.returncode == 2 and os.path.basename(name) in out.stdout + out.stderr and "crash" not in out.stderr,
              f"{name} is not named", out)
        os.remove(p.path(name))
        p.write("src/own.h", "#pragma once\n")


def case_caches_without_permission(p):
    plain = p.run(*p.files, options=["--plain"])
    p.run(*p.files)
    folder = os.path.dirname(preambles(p)[0][0] + "/")
    for path, mode in ((p.cache + "/results.db", 0), (p.cache + "/results.db", 0o444), (folder + "/preamble.pch", 0),
                       (folder + "/manifest", 0), (folder + "/lock", 0), (folder, 0o555), (folder, 0),
                       (p.cache + "/preambles", 0), (p.cache, 0o555), (p.cache, 0)):
        old = stat.S_IMODE(os.stat(path).st_mode)
        os.chmod(path, mode)
        p.write("src/a.cpp", open(p.path("src/a.cpp")).read() + "\n")
        out = p.execute(p.command("--output-format=clang-tidy"), mortal=True)
        check(out.stdout == plain.stdout and out.returncode == plain.returncode and "crash" not in out.stderr,
              f"{path} with mode {mode:o}", out, plain)
        if os.path.exists(path):
            os.chmod(path, old)
    p.right_again()
