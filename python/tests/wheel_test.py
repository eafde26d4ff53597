#!/usr/bin/env python3
"""The wheel as its users have it: no LLVM, no clang, no LibTorch package in reach.

usage: wheel_test.py DIST [unittest options]

DIST holds the wheel. The tests hide /usr/lib/llvm-*, /usr/bin/clang* and Debian's LibTorch in a mount namespace, install into a fresh
environment, and lint the demo against the headers of a torch wheel (.venv-torch2).
"""
import glob
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIST = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else ROOT / "dist"
WHEEL = max(DIST.glob("torch_tidy-*.whl"), key=os.path.getmtime, default=None)
# What a machine without development packages lacks.
HIDDEN = [*glob.glob("/usr/lib/llvm-*"), "/usr/include/torch", "/usr/include/ATen", "/usr/include/c10", "/usr/lib/clang"]


def bare(command, cwd=None, env=None):
    """Runs COMMAND where HIDDEN is empty."""
    hide = "; ".join(f"mount -t tmpfs none {path}" for path in HIDDEN if os.path.isdir(path))
    user = [] if os.getuid() == 0 else ["-r"]
    script = f'{hide}; exec "$@"'
    return subprocess.run(["unshare", *user, "-m", "sh", "-ec", script, "sh", *map(str, command)], cwd=cwd, text=True,
                          capture_output=True, env={**os.environ, **(env or {})})


def torch_site_packages():
    found = sorted(ROOT.glob(".venv-torch*/lib/python3*/site-packages/torch"))
    return found[-1].parent if found else None


class Wheel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="torch-tidy-wheel-"))
        cls.venv = cls.work / "venv"
        subprocess.run([sys.executable, "-m", "venv", cls.venv], check=True)
        cls.bin = cls.venv / "bin"
        cls.before = {str(path) for path in cls.venv.rglob("*") if "__pycache__" not in str(path)}
        subprocess.run([cls.bin / "pip", "install", "-q", "--no-index", WHEEL], check=True)
        cls.cache = cls.work / "cache"
        cls.demo = cls.work / "demo"
        shutil.copytree(ROOT / "examples" / "demo" / "src", cls.demo)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work, ignore_errors=True)

    def with_torch(self):
        """Makes the environment's python know a torch, as `pip install torch` would."""
        site = torch_site_packages()
        if not site:
            self.skipTest("no torch wheel here. Next: tools/setup --torch2")
        own = next(self.venv.glob("lib/python3*/site-packages"))
        (own / "other-torch.pth").write_text(f"{site}\n")
        self.addCleanup((own / "other-torch.pth").unlink)

    def test_says_its_version(self):
        for command in ([self.bin / "torch-tidy"], [self.bin / "python", "-m", "torch_tidy"], [self.bin / "torch-clangd"],
                        [self.bin / "torch-clang-tidy"]):
            done = bare([*command, "--version"])
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("22.", done.stdout)

    def test_needs_nothing_but_glibc(self):
        done = subprocess.run(["ldd", self.bin / "torch-tidy"], capture_output=True, text=True, check=True)
        names = {line.split()[0].split("/")[-1] for line in done.stdout.splitlines()}
        self.assertLessEqual(names, {"linux-vdso.so.1", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1",
                                     "ld-linux-x86-64.so.2", "libgcc_s.so.1"})
        self.assertLess(WHEEL.stat().st_size, 60e6)
        self.assertIn("manylinux_2_34_x86_64", WHEEL.name)

    def test_lints_the_demo(self):
        self.with_torch()
        done = bare([self.bin / "torch-tidy", "check", "--output-format=json", f"--cache-dir={self.cache}", "resnet.cpp"],
                    cwd=self.demo)
        self.assertEqual(done.returncode, 1, done.stderr)
        rules = {finding["rule"] for finding in json.loads(done.stdout)["findings"]}
        self.assertIn("torch-unregistered-module", rules)

    def test_first_finding_comes_in_seconds(self):
        """From a machine that has Python and a LibTorch to a finding: says how long each part takes."""
        site = torch_site_packages()
        if not site:
            self.skipTest("no torch wheel here. Next: tools/setup --torch2")
        seconds, start = [], time.monotonic()
        fresh = self.work / "fresh"
        for command in ([sys.executable, "-m", "venv", fresh], [fresh / "bin/pip", "install", "-q", "--no-index", WHEEL],
                        [fresh / "bin/torch-tidy", "check", f"--torch-root={site}/torch", f"--cache-dir={fresh}/cache", "resnet.cpp"]):
            done = bare(command, cwd=self.demo)
            seconds.append(time.monotonic() - start - sum(seconds))
        self.assertIn("torch-unregistered-module", done.stdout, done.stderr)
        print(f"{seconds[0]:.1f} s for an environment, {seconds[1]:.1f} s to install, {seconds[2]:.1f} s to the first finding ... ", end="")
        self.assertLess(sum(seconds), 120)

    def test_shows_a_rule_and_where_its_page_is(self):
        done = bare([self.bin / "torch-tidy", "rule", "torch-null-module"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("torch-null-module", done.stdout)
        self.assertTrue((self.venv / "share/doc/torch-tidy/rules/null-module.md").exists())

    def test_clangd_checks_a_file(self):
        self.with_torch()
        include = torch_site_packages() / "torch/include"
        file = self.demo / "one.cpp"
        file.write_text("#include <torch/torch.h>\nstruct NetImpl : torch::nn::Module {\n  NetImpl() : fc(4, 4) {}\n"
                        "  torch::nn::Linear fc;\n  torch::Tensor forward(torch::Tensor x) { return fc(x); }\n};\n")
        flags = ["-std=c++20", f"-I{include}", f"-I{include}/torch/csrc/api/include"]
        (self.demo / "compile_flags.txt").write_text("\n".join(flags) + "\n")
        (self.demo / ".clang-tidy").write_text("Checks: '-*,torch-*'\n")
        done = bare([self.bin / "torch-clangd", f"--check={file}"], cwd=self.demo)
        # clangd prints errors of a check run alone; what it says of warnings, the conversations of test/clangd show.
        self.assertIn("All checks completed, 0 errors", done.stderr)

    def test_clang_tidy_runs_the_rules(self):
        done = bare([self.bin / "torch-clang-tidy", "--checks=-*,torch-*", "--list-checks"])
        self.assertIn("torch-null-module", done.stdout)
        # What torch-clangd alone has is in the program as well.
        done = bare([self.bin / "torch-clang-tidy", "--checks=*", "--list-checks"])
        self.assertNotIn("joint-findings", done.stdout)

    def test_files_are_complete(self):
        names = zipfile.ZipFile(WHEEL).namelist()
        for part in ("lib/clang/22/include/stddef.h", "share/doc/torch-tidy/licences/LLVM", "bash-completion/completions/torch-tidy"):
            self.assertTrue(any(name.endswith(part) for name in names), part)

    def test_uninstalling_leaves_nothing(self):
        other = self.work / "other"
        subprocess.run([sys.executable, "-m", "venv", other], check=True)
        # pip leaves the folders that it made.
        listing = lambda: {str(path) for path in other.rglob("*") if path.is_file() and "__pycache__" not in str(path)}
        before = listing()
        subprocess.run([other / "bin/pip", "install", "-q", "--no-index", WHEEL], check=True)
        self.assertGreater(len(listing()), len(before) + 100)
        subprocess.run([other / "bin/pip", "uninstall", "-q", "-y", "torch-tidy"], check=True)
        self.assertEqual(listing() - before, set())

    def test_pip_refuses_other_machines(self):
        for platform in ("musllinux_1_2_x86_64", "manylinux_2_34_aarch64", "manylinux_2_28_x86_64"):
            done = subprocess.run([self.bin / "pip", "download", "-q", "--no-index", "--no-deps", "--find-links", DIST,
                                   "--only-binary=:all:", "--platform", platform, "--dest", self.work / platform, "torch-tidy"],
                                  capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0, platform)
            self.assertIn("No matching distribution", done.stderr)


class Index(unittest.TestCase):
    """Who installs the wheel from an index: here one of our own beside the machine's."""

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="torch-tidy-index-"))
        self.addCleanup(shutil.rmtree, self.work, True)
        index = self.work / "index"
        (index / "torch-tidy").mkdir(parents=True)
        shutil.copy(WHEEL, index / "torch-tidy")
        (index / "torch-tidy" / "index.html").write_text(f'<a href="{WHEEL.name}">{WHEEL.name}</a>')

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *args):
                super().__init__(*args, directory=index)

            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.env = {"PIP_EXTRA_INDEX_URL": f"http://127.0.0.1:{server.server_address[1]}"}

    def test_commands_of_the_github_action(self):
        text = (ROOT / "action.yml").read_text()
        step = text[text.index("- name: Install"):text.index("- name: Restore")]
        script = textwrap.dedent(step[step.index("run: |\n") + 7:])
        version = re.search(r"default: '([0-9.]+)'", text)[1]
        path = self.work / "github-path"
        done = bare(["bash", "-eo", "pipefail", "-c", script],
                    env={**self.env, "RUNNER_TEMP": str(self.work), "VERSION": version, "GITHUB_PATH": str(path)})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(version, bare([pathlib.Path(path.read_text().strip()) / "torch-tidy", "--version"]).stdout)

    def test_commands_of_the_gitlab_template(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("no PyYAML. Next: make setup")
        template = yaml.safe_load((ROOT / "tools" / "gitlab-template.yml").read_text())[".torch-tidy"]
        install = "\n".join(template["before_script"][:2])
        done = bare(["bash", "-eo", "pipefail", "-c", install + "\ntorch-tidy --version && torch-tidy-ci --help"],
                    env={**self.env, **template["variables"], "CI_PROJECT_DIR": str(self.work)})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(template["variables"]["TORCH_TIDY_VERSION"], done.stdout)

    def test_hooks_of_the_mirror(self):
        if not shutil.which("pre-commit"):
            self.skipTest("no pre-commit. Next: make setup")
        site = torch_site_packages()
        if not site:
            self.skipTest("no torch wheel here. Next: tools/setup --torch2")
        work = self.work
        git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "protocol.file.allow=always"]
        mirror = work / "mirror"
        shutil.copytree(ROOT / "python" / "pre-commit", mirror)
        project = work / "project"
        project.mkdir()
        for folder in (mirror, project):
            subprocess.run([*git, "init", "-q", folder], check=True)
        subprocess.run([*git, "add", "."], cwd=mirror, check=True)
        subprocess.run([*git, "commit", "-qm", "hooks"], cwd=mirror, check=True)
        head = subprocess.run([*git, "rev-parse", "HEAD"], cwd=mirror, capture_output=True, text=True, check=True).stdout.strip()
        (project / ".pre-commit-config.yaml").write_text(
            f"repos:\n- repo: {mirror}\n  rev: {head}\n  hooks:\n  - id: torch-tidy\n"
            f"    args: [--torch-root, {site}/torch, --cache-dir, {work}/cache]\n")
        (project / "net.cpp").write_text(
            "#include <torch/torch.h>\nstruct NetImpl : torch::nn::Module {\n  NetImpl() : fc(4, 4) {}\n"
            "  torch::nn::Linear fc;\n  torch::Tensor forward(torch::Tensor x) { return fc(x); }\n};\n")
        subprocess.run([*git, "add", "."], cwd=project, check=True)
        env = {**self.env, "PRE_COMMIT_HOME": str(work / "home"), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always"}
        done = bare(["pre-commit", "run", "--all-files"], cwd=project, env=env)
        self.assertIn("torch-unregistered-module", done.stdout, done.stdout + done.stderr)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    if not WHEEL:
        sys.exit(f"wheel_test: no wheel in {DIST}. Next: run 'make wheel'")
    unittest.main(verbosity=2)
