"""--remote-cache against a real Redis server and against servers that misbehave.

Whatever the server does, findings and exit status must be those of a run without it. A new cache directory stands
for another machine.
"""
import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import threading
import time

from engine_project import BODY, EngineProject, preambles
from expect import check

REQUIRES = ["driver", "redis-server", "any-build"]
LIFETIME = 30 * 24 * 3600
GOES_ON = "this run goes on without it. Next:"


class Redis:
    """A server of its own on a free port, without anything on the disk."""

    def __init__(self, folder, *options):
        os.makedirs(folder, exist_ok=True)
        for _ in range(5):  # another process may take the port in between
            self.port = free_port()
            self.process = subprocess.Popen(
                ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                 "--dir", folder, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while self.process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", self.port)).close()
                    return
                except OSError:
                    time.sleep(0.02)
        raise AssertionError("redis-server does not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def url(self, credentials="", database=""):
        return f"redis://{credentials}127.0.0.1:{self.port}{database}"

    def ask(self, *command):
        """The lines of its answer."""
        done = subprocess.run(["redis-cli", "-p", str(self.port), *command], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def keys(self, kind):
        return sorted(self.ask("KEYS", f"torch-tidy:*:{kind}:*"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def tcp_server(serve):
    """Calls SERVE with each connection; the URL of the server."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection):
        with connection, contextlib.suppress(OSError):
            serve(connection)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield "redis://127.0.0.1:%d" % listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


class Project(EngineProject):
    def run_elsewhere(self, url, *files, options=(), **more):
        """A run on a machine that has not seen the project."""
        shutil.rmtree(self.cache, ignore_errors=True)
        self.cache = self.path(f"cache-{time.monotonic_ns()}")
        return self.run(*files, options=["--remote-cache=" + url, *options], **more)

    def same_as_plain_elsewhere(self, url, *files, hits, warning="", **more):
        """A run with the server agrees with a plain one without it; HITS of its results come from the server."""
        options = more.pop("options", [])
        plain = self.run(*files, options=["--plain", "--no-cache", *options], **more)
        out = self.run_elsewhere(url, *files, options=options, **more)
        check(out.stdout == plain.stdout, "findings differ", out, plain)
        check(out.returncode == plain.returncode, "exit status differs", out, plain)
        check(f" {hits} from the remote cache" in out.stderr, f"not {hits} from the remote cache", out)
        count = out.stderr.count("warning: remote cache")
        check(count == bool(warning) and warning in out.stderr, f"{count} warnings, '{warning}' wanted", out)
        return out


def sources(p, *names):
    p.write("src/model.h", "#pragma once\n#include <heavy.h>\ninline int model() { int idle; return 0; }\n")
    for name in names:
        p.write(f"src/{name}.cpp", '#include "model.h"\n' + BODY.replace("main", name))


def case_second_machine(p):
    sources(p, "a", "b")
    with Redis(p.path("redis")) as redis:
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", "src/b.cpp", hits=0)
        second = p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", "src/b.cpp", hits=2)
        check(not preambles(p), "shared headers were made for nothing", second)
        # Its own cache knows them now, and asks nobody.
        again = p.run("src/a.cpp", "src/b.cpp")
        check("2 from the cache" in again.stderr and again.stdout == second.stdout, "not remembered", again)
        p.heavy("heavy.h", "[[deprecated]] inline int heavy(int x) { return x; }\n")
        again = p.run("src/a.cpp", "src/b.cpp")
        check("0 from the cache" in again.stderr and "deprecated" in again.stdout, "a stale result", again)


def case_touched_files_are_the_same(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp")
        for name in ("src/a.cpp", "src/model.h", "ext/heavy.h"):
            os.utime(p.path(name), (1, 1))
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=1)


def case_changed_files_are_missed(p):
    changes = {"file": lambda: p.write("src/a.cpp", '#include "model.h"\nint idler() { int idle; return 1; }\n' + BODY),
               "project header": lambda: p.write("src/model.h", "#pragma once\n#include <heavy.h>\n#warning new\n"),
               "shared header": lambda: p.heavy("heavy.h", "[[deprecated]] inline int heavy(int x) { return x; }\n"),
               "nearer header": lambda: p.write("src/near/opt.h", "#warning nearer\n")}
    p.flags += ["-I" + p.path("src/near"), "-I" + p.path("src/far")]
    p.write("src/near/none.h", "")
    p.write("src/far/opt.h", "")
    sources(p, "a")
    p.write("src/model.h", '#pragma once\n#include <opt.h>\n#include <heavy.h>\n')
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp")
        for what, change in changes.items():
            change()
            out = p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0)
            p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=1)
            check("warning:" in out.stdout, f"the changed {what} was not seen", out)


def case_other_questions_are_missed(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp")
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0, options=["--checks=-clang-diagnostic-unused-variable"])
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0, options=["--header-filter=none"])
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0, options=["--extra-arg=-Wno-unused"])
        p.flags += ["-DOTHER"]
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0)
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=1)


def case_another_program_is_missed(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp")
        copy = p.path("torch-tidy")
        shutil.copyfile(p.tool, copy)
        os.chmod(copy, 0o755)
        p.tool = copy
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=1)
        with open(copy, "ab") as program:
            program.write(b"another build")
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0)
        os.remove(copy)


def case_variants_live_side_by_side(p):
    sources(p, "a")
    variants = [BODY, '#include "extra.h"\n' + BODY, '#include "model.h"\n#include "extra.h"\n' + BODY.replace("unused", "other")]
    p.write("src/extra.h", "#include <heavy.h>\n")
    with Redis(p.path("redis")) as redis:
        for hits in (0, 1):
            for text in variants[1:]:
                p.write("src/a.cpp", text)
                p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=hits)


def case_lists_of_a_question_are_bounded(p):
    with Redis(p.path("redis")) as redis:
        for i in range(10):
            p.write(f"src/h{i}.h", "")
            p.write("src/a.cpp", f'#include "h{i}.h"\nint main() {{ int unused; }}\n')
            p.run_elsewhere(redis.url(), "src/a.cpp")
        lists, = redis.keys("lists")
        check(redis.ask("LLEN", lists) == ["8"], f"{redis.ask('LLEN', lists)} lists")
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=1)


def case_another_checkout(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp")
        shutil.copytree(p.path("src"), p.path("deep/er/copy"))
        out = p.same_as_plain_elsewhere(redis.url(), "deep/er/copy/a.cpp", source="deep/er/copy", hits=1)
        check(p.path("deep/er/copy/model.h") in out.stdout and p.path("src/") not in out.stdout, "paths of the other checkout", out)
        # Where an absolute path could be part of the answer, it is part of the question.
        for flag, options in (("-DHOME={}", []), ('-Wp,-DHOME="{}"', []), ("", ["--header-filter=src/.*"])):
            for folder, hits in (("src", 0), ("src", 1), ("deep/er/copy", 0)):
                p.flags = ["-Wall"] + [flag.format(p.path(folder))] * bool(flag)
                out = p.same_as_plain_elsewhere(redis.url(), folder + "/a.cpp", source=folder, options=options, hits=hits)
                check("1 results are shared with checkouts at this path only" in out.stderr, "not counted", out)
        # Where it is not, not.
        for flag, options in (("-ffile-prefix-map={}=.", []), ("", ["--header-filter="])):
            for folder, hits in (("src", 0), ("deep/er/copy", 1)):
                p.flags = ["-Wall"] + [flag.format(p.path(folder))] * bool(flag)
                out = p.same_as_plain_elsewhere(redis.url(), folder + "/a.cpp", source=folder, options=options, hits=hits)
                check("0 results are shared with checkouts at this path only" in out.stderr, "not counted", out)


def case_another_checkout_with_names_that_are_not_utf8(p):
    folder, name = os.fsdecode(b"\xe4b"), os.fsdecode(b"l\xe4")
    p.write(f"src/{folder}/{name}.h", "inline int model() { int idle; return 0; }\n")
    p.write(f"src/{name}.cpp", f'#include "{folder}/{name}.h"\n' + BODY.replace("heavy(0)", "0"))
    shutil.copytree(p.path("src"), p.path(folder + "/copy"))
    with Redis(p.path("redis")) as redis:
        for source, hits in (("src", 0), (folder + "/copy", 1)):
            out = p.same_as_plain_elsewhere(redis.url(), f"{source}/{name}.cpp", source=source, hits=hits)
            check(p.path(f"{source}/{folder}/{name}.h") in out.stdout, "no finding in the header", out)


def checkout(p, name, common):
    """A project whose headers lie beside it, too."""
    os.makedirs(p.path(name + "/proj/.git"))
    p.write(name + "/common/x.h", common)
    return p.path(name + "/proj")


def case_headers_beside_the_checkout(p):
    """The same name leads each checkout to a header of its own."""
    warns, other = "#warning one\n", "#warning another\n"
    ways = {"flag": ("x.h", ["-I../common"]), "system": ("x.h", ["-isystem", "../common"]), "quoted": ("../common/x.h", []),
            "round about": ("x.h", ["-I{root}/../common"]), "nearer": ("x.h", ["-I../common", "-I../proj/far"])}
    for way, (spelling, flags) in ways.items():
        with Redis(p.path("redis")) as redis:
            for name, text in (("a", warns), ("b", other)):
                shutil.rmtree(p.path(name), ignore_errors=True)
                root = checkout(p, name, text)
                p.write(name + "/proj/a.cpp", f'#include "{spelling}"\n' + BODY.replace("heavy(0)", "0"))
                if way == "nearer":
                    p.write(name + "/proj/far/x.h", warns)
                    if name == "a":
                        os.remove(p.path("a/common/x.h"))
                p.flags = ["-Wall", *[flag.format(root=root) for flag in flags]]
                for hits in (0, 1):
                    out = p.same_as_plain_elsewhere(redis.url(), name + "/proj/a.cpp", source=name + "/proj", hits=hits, cwd=root)
                    check("1 results are shared with checkouts at this path only" in out.stderr, "not counted", out)


def case_shared_headers_beside_the_checkout(p):
    """The preamble's headers are found that way."""
    with Redis(p.path("redis")) as redis:
        for name, attribute in (("a", ""), ("b", "[[nodiscard]] ")):
            root = checkout(p, name, "")
            shutil.move(p.heavy("big.h", attribute + "inline int heavy(int x) { return x; }\n"), p.path(name + "/common/big.h"))
            p.write(name + "/proj/a.cpp", "#include <big.h>\nint main() { heavy(0); }\n")
            p.flags = ["-Wall", "-isystem", "../common"]
            for hits in (0, 1):
                out = p.same_as_plain_elsewhere(redis.url(), name + "/proj/a.cpp", source=name + "/proj", hits=hits, cwd=root)
                check(("nodiscard" in out.stdout) == bool(attribute), "the other checkout's header", out)


def case_unreadable_library(p):
    """A program that cannot be told from another build of it shares nothing."""
    sources(p, "a")
    library = p.path("libLLVM-gone.so")
    subprocess.run(["clang++", "-shared", "-fPIC", "-x", "c++", "-o", library, "-"], check=True, text=True,
                   input='#include <stdio.h>\n__attribute__((constructor)) void go() { remove("' + library + '"); }')
    with Redis(p.path("redis")) as redis:
        out = p.run_elsewhere(redis.url(), "src/a.cpp", env=dict(os.environ, LD_PRELOAD=library))
        check("libLLVM-gone.so', a part of this program, cannot be read" in out.stderr and GOES_ON in out.stderr, "wrong words", out)
        check(out.stderr.count("warning:") == 1 and out.returncode == 1, "not one warning", out)
        check(redis.ask("DBSIZE") == ["0"], f"stored: {redis.keys('*')}")


def case_message_that_names_the_checkout_is_not_shared(p):
    p.write("src/a.cpp", f'#warning "see {p.path("src")}/notes"\nint main() {{}}\n')
    with Redis(p.path("redis")) as redis:
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0)
        check(redis.ask("DBSIZE") == ["0"], f"stored: {redis.keys('*')}")


def case_compile_errors_are_not_shared(p):
    p.write("src/a.cpp", '#include "none.h"\n')
    with Redis(p.path("redis")) as redis:
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0)
        check(redis.ask("DBSIZE") == ["0"], f"stored: {redis.keys('*')}")


def case_entries_expire_unless_used(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        for stored in (True, False):
            p.run_elsewhere(redis.url(), "src/a.cpp")
            keys = redis.keys("*")
            check(len(keys) == 4, f"not a question, two lists of names and a result: {keys}")
            for key in keys:
                check(LIFETIME - 60 < int(redis.ask("TTL", key)[0]) <= LIFETIME, f"{key} lives for {redis.ask('TTL', key)} s")
                redis.ask("EXPIRE", key, "100")


def case_no_cache_leaves_it_alone(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp", options=["--no-cache"])
        check(redis.ask("DBSIZE") == ["0"], f"stored: {redis.keys('*')}")


def case_without_a_cache_directory(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        first = p.run("src/a.cpp", options=["--remote-cache=" + redis.url()], cache="/proc/none/cache")
        second = p.run("src/a.cpp", options=["--remote-cache=" + redis.url()], cache="/proc/none/cache")
        check("1 from the remote cache" in second.stderr and first.stdout == second.stdout, "not shared", first, second)


def case_fixes_are_shared(p):
    text = "struct S {\n  void f() {};\n};\n"
    p.flags += ["-Wextra-semi"]
    with Redis(p.path("redis")) as redis:
        p.write("src/a.cpp", text)
        p.run_elsewhere(redis.url(), "src/a.cpp")
        p.run_elsewhere(redis.url(), "src/a.cpp", options=["--fix"])
        check(open(p.path("src/a.cpp")).read() == text.replace("};\n}", "}\n}"), "the fix was not applied")


def case_settings_file(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        settings = p.write("settings.yaml", "remote-cache: " + redis.url() + "\n")
        for hits in (0, 1):
            shutil.rmtree(p.cache, ignore_errors=True)
            out = p.run("src/a.cpp", options=["--settings-file=" + settings])
            check(f"{hits} from the remote cache" in out.stderr, "the settings file was not heard", out)


def case_damaged_values_are_missed(p):
    for name in "ab":
        p.write(f"src/{name}.cpp", f"int {name}() {{ int idle_{name}; return 0; }}\n")
    files = ["src/a.cpp", "src/b.cpp"]
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), *files)
        one, other = redis.keys("result")
        text = "\n".join(redis.ask("GET", one))
        digest, payload = text.split("\n", 1)
        for damage in (text[:-10], text + " ", payload, digest, "", "\n", text.replace("idle", "busy"), "[" * 100000,
                       "\n".join(redis.ask("GET", other))):
            redis.ask("SET", one, damage)
            p.same_as_plain_elsewhere(redis.url(), *files, hits=1)  # and stores it anew
            p.same_as_plain_elsewhere(redis.url(), *files, hits=2)


def case_foreign_lists_are_missed(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp")
        key, = redis.keys("lists")
        for names in ("\0f/dev/zero\0", "\0f/none\0", "\0\0\0", "no end", "", "\0" + "f/etc/passwd\0" * 1000):
            digest = hashlib.sha1(names.encode()).hexdigest()
            redis.ask("DEL", key)
            redis.ask("RPUSH", key, digest, "no digest", "")
            subprocess.run(["redis-cli", "-p", str(redis.port), "-x", "SET", "torch-tidy:2:names:" + digest],
                           input=names.encode(), check=True, capture_output=True)
            p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0)
        redis.ask("SET", key, "no list")
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0, warning="WRONGTYPE")


def case_changed_list_is_missed(p):
    sources(p, "a")
    shutil.copyfile(p.path("src/model.h"), p.path("src/twins.h"))
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp")
        p.write("src/model.h", "#pragma once\n#include <heavy.h>\n")
        redis.ask("EVAL", "for _, k in ipairs(redis.call('KEYS', '*names*')) do redis.call('SET', k, (redis.call('GET', k)"
                  ":gsub('model.h', 'twins.h'))) end", "0")
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0)


def case_password(p):
    sources(p, "a")
    with Redis(p.path("redis"), "--requirepass", "s:cr@t/%") as redis:
        p.same_as_plain_elsewhere(redis.url(":s:cr@t%2f%25@"), "src/a.cpp", hits=0)
        p.same_as_plain_elsewhere(redis.url("default:s%3Acr%40t%2F%25@", "/3"), "src/a.cpp", hits=0)
        p.same_as_plain_elsewhere(redis.url("default:s%3Acr%40t%2F%25@", "/3"), "src/a.cpp", hits=1)
        p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0, warning="NOAUTH")
        out = p.same_as_plain_elsewhere(redis.url("default:hidden@"), "src/a.cpp", hits=0, warning="WRONGPASS")
        check(f"redis://127.0.0.1:{redis.port}/0" in out.stderr and "hidden" not in out.stderr, "who, but not the password", out)


def case_users_who_may_only_read(p):
    sources(p, "a", "b")
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp")
        redis.ask("ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@read", "+ping")
        p.same_as_plain_elsewhere(redis.url("reader:pw@"), "src/a.cpp", hits=1)
        p.same_as_plain_elsewhere(redis.url("reader:pw@"), "src/a.cpp", "src/b.cpp", hits=1, warning="NOPERM")


def case_servers_that_take_nothing(p):
    sources(p, "a")
    for why, options in (("READONLY", ["--replicaof", "127.0.0.1", str(free_port())]), ("OOM", ["--maxmemory", "1"])):
        with Redis(p.path("redis"), *options) as redis:
            out = p.same_as_plain_elsewhere(redis.url(), "src/a.cpp", hits=0, warning=why)
            check("this run stores no more results there. Next:" in out.stderr, "what happens next is not said", out)


def case_no_such_database(p):
    sources(p, "a")
    with Redis(p.path("redis")) as redis:
        p.same_as_plain_elsewhere(redis.url(database="/999"), "src/a.cpp", hits=0, warning="DB index is out of range")


def case_no_server(p):
    sources(p, "a")
    for host in (f"127.0.0.1:{free_port()}", "nowhere.invalid", "10.255.255.1", "[::1]:1"):
        start = time.time()
        out = p.run_elsewhere("redis://" + host, "src/a.cpp")
        check(host in out.stderr and GOES_ON in out.stderr and out.returncode == 1, "wrong words", out)
        check(time.time() - start < 10, f"{time.time() - start:.1f} s for {host}", out)
    p.same_as_plain_elsewhere(f"redis://127.0.0.1:{free_port()}", "src/a.cpp", hits=0, warning="Connection refused: " + GOES_ON)


def case_name_that_is_looked_up_for_long(p):
    """Nothing of it is left when the workers are forked."""
    sources(p, "a")
    shim = p.path("shim.so")
    subprocess.run(["clang++", "-shared", "-fPIC", "-x", "c++", "-o", shim, "-"], check=True, text=True, input="""
        #include <dlfcn.h>
        #include <filesystem>
        #include <netdb.h>
        #include <unistd.h>
        extern "C" int getaddrinfo(const char *, const char *, const addrinfo *, addrinfo **) { return sleep(8), EAI_AGAIN; }
        extern "C" pid_t fork() {
          std::filesystem::directory_iterator Threads("/proc/self/task");
          if (std::distance(begin(Threads), end(Threads)) > 1)
            (void)!write(2, "forked beside a thread\\n", 23);
          return reinterpret_cast<pid_t (*)()>(dlsym(RTLD_NEXT, "fork"))();
        }""")
    start = time.time()
    out = p.run_elsewhere("redis://slow.invalid", "src/a.cpp", env=dict(os.environ, LD_PRELOAD=shim))
    check("forked beside a thread" not in out.stderr, "a thread is left", out)
    check("its name was not found within 500 ms: " + GOES_ON in out.stderr and out.returncode == 1, "wrong words", out)
    check(time.time() - start < 6, f"{time.time() - start:.1f} s", out)


def relay(client, redis, pump):
    """Between a client and the server, both ways by PUMP(source, target)."""
    with socket.create_connection(("127.0.0.1", redis.port)) as server:
        forward = threading.Thread(target=pump, args=(client, server))
        forward.start()
        pump(server, client)
        forward.join()


def case_slow_link(p):
    """A result that takes longer than a silent server is waited for, through 2 Mbit/s."""
    for name in "ab":
        p.write(f"src/{name}.cpp", "".join(f"void {name}{i}() {{ int {'x' * 200}; }}\n" for i in range(500)))
    with Redis(p.path("redis")) as redis:

        def slowly(source, target):
            with contextlib.suppress(OSError):
                while data := source.recv(4096):
                    target.sendall(data)
                    time.sleep(len(data) / 250e3)
                target.shutdown(socket.SHUT_WR)

        with tcp_server(lambda client: relay(client, redis, slowly)) as url:
            p.same_as_plain_elsewhere(url, "src/a.cpp", "src/b.cpp", hits=0)
            p.same_as_plain_elsewhere(url, "src/a.cpp", "src/b.cpp", hits=2)
        sizes = [int(redis.ask("STRLEN", key)[0]) for key in redis.keys("result")]
        check(sum(sizes) > 400e3, f"too little for a slow link: {sizes}")


def case_server_dies_between_two_files(p):
    sources(p, "a", "b")
    with Redis(p.path("redis")) as redis:
        p.run_elsewhere(redis.url(), "src/a.cpp")

        def relay_then_kill(client):
            """The connection that asks; nothing is left for the one that stores."""
            relay(client, redis, pump)
            redis.kill()

        def pump(source, target):
            with contextlib.suppress(OSError):
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)

        with tcp_server(relay_then_kill) as url:
            p.same_as_plain_elsewhere(url, "src/a.cpp", "src/b.cpp", hits=1, warning=GOES_ON)


def read_all(connection):
    while connection.recv(65536):
        pass


def drip(connection):
    for byte in b"$1000\r\n" + b"x" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def flood(start):
    def serve(connection):
        connection.sendall(start)
        while True:
            connection.sendall(b"x" * 65536)
    return serve


def says(text):
    def serve(connection):
        connection.sendall(text)
        read_all(connection)
    return serve


MISBEHAVIOUR = {
    "silent": read_all,
    "slow": drip,
    "gone": lambda connection: None,
    "http": says(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
    "binary": says(bytes(range(256)) * 10),
    "huge": flood(b"$99999999999\r\n"),
    "negative": says(b"$-7\r\n*-7\r\n"),
    "endless line": flood(b"+"),
    "many items": says(b"*1000000000\r\n"),
    "nested": says(b"*1\r\n" * 100000),
    "terminal": says(b"-ERR \x1b[2Jcleared\r\n"),
}


def case_misbehaving_servers(p):
    p.write("src/a.cpp", "int main() { int unused; return 0; }\n")
    for name, misbehave in MISBEHAVIOUR.items():
        for polite in (0, 1):

            def serve(connection):
                if polite:  # until it matters
                    connection.recv(65536)
                    connection.sendall(b"+PONG\r\n")
                misbehave(connection)

            with tcp_server(serve) as url:
                start = time.time()
                out = p.same_as_plain_elsewhere(url, "src/a.cpp", hits=0, warning=GOES_ON)
                check(url + "/0" in out.stderr and "\x1b" not in out.stderr, f"{name}: wrong words", out)
                check(time.time() - start < 10, f"{name}: {time.time() - start:.1f} s", out)


def case_answers_of_another_kind(p):
    p.write("src/a.cpp", "int main() { int unused; return 0; }\n")
    for answer in (b"+OK\r\n", b":1\r\n", b"$-1\r\n", b"*-1\r\n", b"*0\r\n", b"*2\r\n:1\r\n$-1\r\n", b"$3\r\n[1]\r\n", b"*1\r\n$3\r\nabc\r\n"):
        def serve(connection):
            while connection.recv(65536):
                connection.sendall(answer * 20)

        with tcp_server(serve) as url:
            p.same_as_plain_elsewhere(url, "src/a.cpp", hits=0)


def case_wrong_urls(p):
    p.write("src/a.cpp", "int main() {}\n")
    for url, cause in (("localhost", "it does not start with redis://"), ("http://localhost", "it does not start with redis://"),
                       ("rediss://:hidden@localhost", "TLS (rediss://) is not supported"), ("redis://", "the host is missing"),
                       ("redis://:hidden@/1", "the host is missing"), ("redis://hidden@localhost", "no password stands after"),
                       ("redis://u:hidden%4@localhost", "two hexadecimal digits"), ("redis://localhost:0", "the port '0'"),
                       ("redis://localhost:65536", "the port '65536'"), ("redis://::1", "the host is missing"),
                       ("redis://[::1]x", "other than a port"), ("redis://localhost/x", "the database 'x'"),
                       ("redis://localhost/-1", "the database '-1'")):
        out = p.run("src/a.cpp", options=["--remote-cache=" + url])
        check(out.returncode == 2 and cause in out.stderr and "Next: write redis://" in out.stderr, "wrong words", out)
        check("hidden" not in out.stderr, "the password is shown", out)
