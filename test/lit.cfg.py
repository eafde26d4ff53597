# lit configuration of all suites. Substitutions:
#   %check RULES FILE [options]   one rule over one file, findings in clang-tidy's text format (test/check.sh.in)
#   %torch-tidy                   the driver                      (feature: driver)
#   %torch-clangd, %torch-clang-tidy   clangd and clang-tidy with the checks linked in (features: torch-clangd, torch-clang-tidy)
#   %clangd                       stock clangd of the LLVM built against (feature: clangd)
#   %other-clang-tidy             a stock clang-tidy of another major
#   %clang-tidy, %plugin          stock clang-tidy of the LLVM built against, and the plugin for its --load
#   %torch-flags                  compiler flags for a file that includes LibTorch
#   %preamble                     the shared precompiled <torch/torch.h>, for -include-pch
#   %cuda-toolkit                 a CUDA toolkit, or its headers   (feature: cuda-toolkit)
#   %headers-of-python            those of Python                  (feature: python-headers)
#   %fuzz-seconds                 how long mutants are made: lit --param fuzz-seconds=N, else 60
#   %cxx %cmake %python %lit  tools; %root the source tree, %build the build tree
# Features: driver, llvm-N, torch-1 or torch-2, clang-tidy-N (a stock clang-tidy of that major is there),
# other-clang-tidy (one of another major is), via-driver or via-plugin, asan.
# any-build (depends on neither LLVM nor LibTorch: one build tells), any-torch (does not depend on LibTorch).
# lit --param via=plugin runs %check through stock clang-tidy and the plugin; --param depends-on=llvm or =torch leaves out what need
# not be tested again in a build that has another LLVM or LibTorch than one that was tested whole.
# The cases of a *_test.py are tests of their own, see harness/suite_format.py.
import glob
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(config.source_root, "test", "harness"))
import suite_format

config.name = "torch-tidy"
config.test_format = suite_format.Suite(execute_external=True)
config.suffixes = [".cpp", ".test", ".cu"]
config.excludes = ["Inputs", "__pycache__", "CMakeLists.txt", "harness", "tools", "unit", "lit.cfg.py"]
config.test_source_root = os.path.join(config.source_root, "test")
config.test_exec_root = config.test_build_root

config.environment["PATH"] = os.pathsep.join([config.llvm_bin, config.environment["PATH"]])
for name in ("CCACHE_DIR", "CCACHE_BASEDIR", "CCACHE_SLOPPINESS", "CI", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "XDG_CACHE_HOME", "TORCH_CLANGD_SHARED_HEADERS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
# A cache of the user's must not decide a test.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_build_root, "cache")
via = lit_config.params.get("via", "driver" if config.driver else "plugin")
config.environment["TORCHTIDY_VIA"] = via

config.available_features.add("llvm-" + config.llvm_major)
config.available_features.add("torch-" + config.torch_version.split(".")[0])
config.available_features.add("via-" + via)
depends_on = lit_config.params.get("depends-on", "")
if depends_on not in ("", "llvm", "torch"):
    lit_config.fatal(f"depends-on={depends_on}: expected llvm or torch")
config.available_features |= {"": {"any-build", "any-torch"}, "llvm": {"any-torch"}, "torch": set()}[depends_on]
config.substitutions.append(("%unsafe-fixes", "--unsafe-fixes" if via == "driver" else "--fix-notes"))
if config.driver:
    config.available_features.add("driver")
for feature, path in (("torch-clangd", config.torch_clangd), ("torch-clang-tidy", config.torch_clang_tidy),
                      ("clangd", os.path.join(config.llvm_bin, "clangd")), ("pre-commit", shutil.which("pre-commit")), ("bazel", shutil.which("bazel")),
                      ("dpkg", shutil.which("dpkg-shlibdeps"))):
    if path and os.path.exists(path):
        config.available_features.add(feature)
if config.sanitize == "address":
    config.available_features.add("asan")
    config.environment.setdefault("ASAN_OPTIONS", "detect_leaks=0:detect_container_overflow=0")
clang_tidies = {re.search(r"llvm-(\d+)", path).group(1): path
                for path in glob.glob("/usr/lib/llvm-*/bin/clang-tidy")}
for major in clang_tidies:
    config.available_features.add("clang-tidy-" + major)
others = [path for major, path in sorted(clang_tidies.items()) if major != config.llvm_major and int(major) >= 19]
if others and not config.sanitize:
    config.available_features.add("other-clang-tidy")

# A build tree of another major beside this one, with the same LibTorch: both plugins can be compared.
other_plugin, other_preamble = "no-other-plugin", "no-other-preamble"
for site in sorted(glob.glob(os.path.join(config.source_root, "build", "*", "test", "lit.site.cfg.py"))):
    text = open(site).read()
    value = lambda key: re.search(r'^config\.%s = "(.*)"$' % key, text, re.M).group(1)
    if value("llvm_major") != config.llvm_major and value("torch_flags") == config.torch_flags and others and \
            os.path.exists(value("plugin")) and os.path.exists(value("preamble")) and not value("sanitize"):
        other_plugin, other_preamble = value("plugin"), value("preamble")
        others = [clang_tidies[value("llvm_major")]]
        config.available_features.add("other-build")

config.substitutions += [
    ("%other-plugin", other_plugin),
    ("%other-preamble", other_preamble),
    ("%check", os.path.join(config.test_build_root, "check")),
    ("%torch-tidy", config.driver or "torch-tidy-is-not-built"),
    ("%torch-clangd", config.torch_clangd or "torch-clangd-is-not-built"),
    ("%torch-clang-tidy", config.torch_clang_tidy or "torch-clang-tidy-is-not-built"),
    ("%clangd", os.path.join(config.llvm_bin, "clangd")),
    ("%torch-flags", config.torch_flags),
    ("%clang-tidy", config.clang_tidy),
    ("%cxx", config.cxx),
    # Flags that make a second build tree share the compiler cache with this one.
    ("%cmake-flags", "-DCMAKE_BUILD_TYPE=%s '-DCMAKE_CXX_FLAGS_DEBUG=%s' '-DCMAKE_CXX_COMPILER=%s'" %
     (config.build_type, config.cxx_flags_debug, config.cxx)),
    ("%cmake", config.cmake),
    ("%other-clang-tidy", others[-1] if others else "no-other-clang-tidy"),
    ("%plugin", config.plugin),
    ("%preamble", config.preamble),
    ("%python", config.python),
    ("%unit-tests", config.unit_tests),
    ("%root", config.source_root),
    ("%build", config.build_root),
    ("%llvm-major", config.llvm_major),
    ("%lit", sys.argv[0]),
    ("%fuzz-seconds", lit_config.params.get("fuzz-seconds", "60")),
]

# What the output formats are validated with and what the driver talks to, none of it of this project; tools/setup
# installs it. A test that misses it is left out, with this note.
def python_with(module):
    for python in (config.python, "/usr/bin/python3"):
        if os.path.exists(python) and subprocess.run([python, "-c", "import " + module], capture_output=True).returncode == 0:
            return python
    return None

def found(feature, path, what):
    if path and os.path.exists(path):
        config.available_features.add(feature)
    else:
        lit_config.note(f"no {what}: tests that need the feature {feature} are left out. Next: run 'make setup'")
    return path

# Headers of a CUDA toolkit: those of PyTorch's wheels with what setup adds to them, or an installed one.
for toolkit in glob.glob(os.path.join(config.source_root, ".venv-torch2/lib/python3*/site-packages/nvidia/cu*")) + ["/usr/local/cuda"]:
    if os.path.exists(os.path.join(toolkit, "include", "crt", "host_defines.h")) and os.path.exists(os.path.join(toolkit, "include", "cuda_runtime.h")):
        config.available_features.add("cuda-toolkit")
        config.substitutions.append(("%cuda-toolkit", toolkit))
        break

# Of Python, which extensions of PyTorch include, with those of pybind11, which not every LibTorch brings along.
torch_headers = re.findall(r"(?:-I|-isystem)\s*(\S+)", config.torch_flags)
has_pybind = any(os.path.exists(os.path.join(path, "pybind11", "pybind11.h")) for path in ["/usr/include", *torch_headers])
for headers in (subprocess.check_output([config.python, "-c", "import sysconfig; print(sysconfig.get_paths()['include'])"], text=True).strip(),
                *sorted(glob.glob("/usr/include/python3*"))):
    if has_pybind and os.path.exists(os.path.join(headers, "Python.h")):
        config.available_features.add("python-headers")
        config.substitutions.append(("%headers-of-python", headers))
        break

# Of the cases in *_test.py: the Pythons that have a module, and what a case asks its project's `tools` for.
config.pythons, tools = {}, {}
# The interpreter itself: pyenv's shim in its place costs more than the start of a case.
config.case_python = subprocess.check_output([config.python, "-c", "import sys; print(sys.executable)"], text=True).strip()
if config.driver:
    for module in ("jsonschema", "selenium"):
        config.pythons[module] = found(module, python_with(module), "python3-" + module)
    for program, package in (("xmllint", "xmllint (libxml2-utils)"), ("chromium", "chromium"), ("chromedriver", "chromium-driver"),
                             ("redis-server", "redis-server")):
        tools[program.replace("-", "_")] = found(program, shutil.which(program), package)
    multitool = os.path.join(config.source_root, ".tools", "sarif", "node_modules", "@microsoft", "sarif-multitool-linux")
    tools["sarif_multitool"] = found("sarif-multitool", os.path.join(multitool, "Sarif.Multitool"),
                                     "@microsoft/sarif-multitool-linux of npm in .tools/sarif")
    tools["sarif_schema"] = os.path.join(multitool, "sarif-2.1.0.json")
tools |= {
    "torch_tidy": config.driver,
    "root": config.source_root,
    "build": config.build_root,
    "preambles": os.path.join(config.build_root, "preambles"),
    "torch_flags": config.torch_flags,
    "cmake": config.cmake,
    "cxx": config.cxx,
    # What 10,000 findings may take in one format; sanitizers take their time.
    "seconds": 30 if config.sanitize else 2,
}
config.tools = json.dumps(tools)
