#!/usr/bin/env python3
"""Writes checks/model/torch/Operations.def, what LibTorch's own declarations say of its operations.

usage: generate-operations.py [--torchgen DIR] [--check]

The declarations are native_functions.yaml and derivatives.yaml, which every wheel of PyTorch brings along in its
package torchgen; --torchgen names that package's directory where Python does not find it. What they do not say is
written by hand in checks/model/torch/OperationTraits.def. --check writes nothing and fails when the file differs.
"""

import argparse
import collections
import importlib.util
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "checks" / "model" / "torch" / "Operations.def"

# Not called by hand: what LibTorch keeps to itself (`__`), gradients, copies made for the compiler, kernels of one backend.
SKIPPED = re.compile(r"_backward|(?<!^index)(?<!^narrow)_copy$|_forward$|^(cudnn|miopen|mkldnn|xnnpack|fbgemm|quantized|sym|native|slow|thnn|"
                     r"hspmm|sspmm)_|^hash_tensor$|_with_workspace$|_jvp|_data_for|^fused_|^fake_quantize|_functional$|"
                     r"^special_.*(polynomial|bessel|airy)|^slice_inverse$|^lift|__")

HEADER = """\
// Generated from LibTorch's declarations by tools/generate-operations.py, do not edit.
// OPERATION(name, what the result is (ResultKind), traits)
#ifndef OPERATION
#define OPERATION(Name, Gives, Traits)
#endif

"""


def schemas(path):
    """Name → the schemas of its overloads."""
    found = collections.defaultdict(list)
    for line in path.read_text().splitlines():
        entry = re.match(r"- func: (\w+)(?:\.\w+)?(\(.*\)) -> (.*)", line)
        if entry:
            found[entry.group(1)].append((entry.group(2), entry.group(3)))
    return found


def gradients(path):
    """Name → whether each of its overloads has a gradient."""
    found = collections.defaultdict(list)
    for entry in re.split(r"^- name: (?=\w+[.(])", path.read_text(), flags=re.M)[1:]:
        name = re.match(r"\w+", entry).group()
        lines = [line for line in entry.splitlines()[1:] if re.match(r"  \w", line)]
        outputs = [line for line in lines if line.startswith("  output_differentiability:")]
        formulas = [line for line in lines if not re.match(r"  (output_differentiability|result|dispatch|\w+_t)\b", line)]
        none = (bool(outputs) and "True" not in outputs[0]) or \
            (bool(formulas) and all("non_differentiable" in line for line in formulas))
        found[name].append(not none)
    return found


def result(name, arguments, returned):
    if name.endswith("_") and not name.endswith("__"):
        return "Self"
    if "Tensor" not in returned:
        return "Nothing" if returned == "()" else "Host"
    return "View" if re.search(r"Tensor\([a-z]\)", returned) else "New"


def is_factory(name, arguments):
    has_options = "Layout? layout" in arguments or "Layout layout" in arguments
    return has_options and ("Tensor" not in arguments or name.endswith("_like") or name.startswith("new_"))


def operation(name, overloads, differentiable):
    overloads = [(arguments, returned) for arguments, returned in overloads
                 if not re.search(r"Tensor\([a-z]!\)(\[\])? (out\w*|values|indices)\b", arguments) or name.endswith("_")]
    if not overloads:
        return None
    kinds = {result(name, *overload) for overload in overloads}
    if len(kinds) > 1:  # split(..) of a list and the like
        kinds = {"MayView"} if kinds == {"New", "View"} else kinds - {"Host", "Nothing"}
    gives = kinds.pop()
    traits = []
    if gives == "Self":
        traits += ["InPlace", "Writes"]
    if gives == "New" and all(is_factory(name, arguments) for arguments, _ in overloads):
        traits.append("Creates")
    if differentiable and not any(differentiable):
        traits.append("CutsGraph")
    return f"OPERATION({name}, {gives}, {' | '.join(traits) or 'NoTraits'})"


def generate(torchgen):
    packaged = torchgen / "packaged"
    found = schemas(packaged / "ATen" / "native" / "native_functions.yaml")
    known = gradients(packaged / "autograd" / "derivatives.yaml")
    lines = []
    for name in sorted(found):
        if name.startswith("_") or SKIPPED.search(name):
            continue
        line = operation(name, found[name], known.get(name))
        if line:
            lines.append(line)
    return HEADER + "\n".join(lines) + "\n\n#undef OPERATION\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torchgen", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    torchgen = args.torchgen
    if not torchgen:
        spec = importlib.util.find_spec("torchgen")
        if not spec:
            print("generate-operations: this Python has no package torchgen, which comes with torch; run it with the Python of "
                  "a PyTorch installation, or pass --torchgen", file=sys.stderr)
            return 2
        torchgen = pathlib.Path(spec.origin).parent
    text = generate(torchgen)
    if args.check:
        if TARGET.read_text() == text:
            return 0
        print(f"generate-operations: {TARGET.relative_to(ROOT)} differs from what {torchgen} says", file=sys.stderr)
        return 1
    TARGET.write_text(text)
    print(f"generate-operations: {text.count('OPERATION(') - 2} operations in {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
