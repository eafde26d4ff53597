#!/usr/bin/env python3
"""Compares checks/model/torch's table of operations with LibTorch: runs each on its own sample inputs and looks whether the result shows
the argument's memory, and whether an operation that is listed as one without side effects leaves its argument as it was; of those in place, whether they give the tensor itself.
What its samples cannot show is listed as skipped.

usage: check-operations.py [--root DIR] [--samples N]

Needs a PyTorch with torch.testing._internal (every wheel has it) and numpy: this Python's, or that of .venv-torch2. Without one it says so
and exits 0.
"""
import argparse
import importlib.util
import os
import pathlib
import re
import sys
import types
import unittest
import warnings

# With PyTorch 2.14; fewer compared or more skipped is a change of the samples or of this program, to be looked at.
LEAST, MOST_SKIPPED = 490, 45


def table(root):
    """name → [what the result is, traits], as Operations.cpp reads both files."""
    folder = root / "checks" / "model" / "torch"
    found = {}
    for kind, name, gives, traits in re.findall(r"^(OPERATION|CORRECTED|MEMBER)\((\w+), (\w+), ([^)]*)\)",
                                                (folder / "Operations.def").read_text() + (folder / "OperationTraits.def").read_text(), re.M):
        traits = set(re.findall(r"\w+", traits))
        found[name] = [gives, traits | (found[name][1] if kind == "CORRECTED" else set())]
    return found


def operations():
    # The samples come with PyTorch's own tests, whose library for expectations is not needed here.
    sys.modules.setdefault("expecttest", types.SimpleNamespace(TestCase=unittest.TestCase))
    import torch
    from torch.testing._internal.common_methods_invocations import op_db
    return torch, op_db


def tensors(torch, value):
    if isinstance(value, torch.Tensor):
        return [value] if value.layout == torch.strided and value.numel() else []
    return [one for part in value for one in tensors(torch, part)] if isinstance(value, (list, tuple)) else []


def look(torch, op, samples):
    """(some result shows the argument's memory, some does not, the argument was changed)"""
    shows = copies = changes = False
    inputs = op.sample_inputs("cpu", torch.float32 if torch.float32 in op.supported_dtypes("cpu") else next(iter(op.supported_dtypes("cpu"))))
    for count, sample in enumerate(inputs):
        if count == samples:
            break
        given = tensors(torch, sample.input)
        if not given:
            continue
        before = [one.clone() for one in given]
        results = tensors(torch, op.op(sample.input, *sample.args, **sample.kwargs))
        memory = {one.untyped_storage().data_ptr() for one in given}
        for result in results:
            shared = result.untyped_storage().data_ptr() in memory
            shows, copies = shows or shared, copies or not shared
        changes = changes or not all(torch.equal(old.nan_to_num(), new.nan_to_num()) for old, new in zip(before, given))
    return shows, copies, changes


def gives_itself(torch, op, name, samples):
    """Does the member NAME give the tensor that it works in? None where no sample can be worked in: its result has another size or dtype."""
    answer = None
    inputs = op.sample_inputs("cpu", torch.float32 if torch.float32 in op.supported_dtypes("cpu") else next(iter(op.supported_dtypes("cpu"))))
    for count, sample in enumerate(inputs):
        if count == samples or answer is False:
            break
        if not isinstance(sample.input, torch.Tensor) or not hasattr(sample.input, name):
            continue
        worked_in = sample.input.detach().clone()
        try:
            answer = getattr(worked_in, name)(*sample.args, **sample.kwargs) is worked_in
        except (RuntimeError, TypeError, ValueError, IndexError):
            continue
    return answer


def with_torch(root):
    """Starts again with the Python of .venv-torch2 where this one has no PyTorch."""
    other = root / ".venv-torch2" / "bin" / "python3"
    if not importlib.util.find_spec("torch") and other.exists() and not os.environ.get("CHECK_OPERATIONS"):
        os.environ["CHECK_OPERATIONS"] = "again"
        os.execv(other, [str(other), *sys.argv])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--samples", type=int, default=6, help="of each operation (default: 6)")
    args = parser.parse_args()
    with_torch(args.root)
    warnings.simplefilter("ignore")
    try:
        torch, op_db = operations()
    except ImportError as error:
        print(f"check-operations: skipped, {error}")
        return 0
    torch.manual_seed(0)
    known, compared, problems, seen, skipped, in_place = table(args.root), 0, [], set(), [], {}
    for op in op_db:
        name = op.name.replace(".", "_").removeprefix("nn_functional_")
        name = name if name in known else name.removeprefix("linalg_")
        own = name if name.endswith("_") else name + "_"
        if own in known and known[own][0] == "Self" and own not in in_place:
            in_place[own] = gives_itself(torch, op, own, args.samples)
        if name not in known or name in seen or op.name.startswith(("_", "nn.functional")) or "in_place" in op.variant_test_name:
            continue
        seen.add(name)
        gives, traits = known[name]
        if gives not in ("New", "View", "MayView"):
            continue
        try:
            shows, copies, changes = look(torch, op, args.samples)
        except Exception as why:  # a sample that this build cannot run says nothing of the table
            skipped.append(f"{name}: {type(why).__name__}: {str(why).splitlines()[0] if str(why) else ''}")
            continue
        if not shows and not copies:
            skipped.append(f"{name}: no sample has a tensor and gives one")
            continue
        compared += 1
        if gives == "New" and shows:
            problems.append(f"{name}: listed as New, a result shows the argument's memory")
        if gives == "View" and copies:
            problems.append(f"{name}: listed as View, a result has memory of its own")
        if changes and not traits & {"HasEffect", "Writes", "SetsProperty"}:
            problems.append(f"{name}: listed without side effects, the argument was changed")
    problems += [f"{name}: listed as Self, its result is another tensor" for name, itself in in_place.items() if itself is False]
    skipped += [f"{name}: no sample can be worked in" for name, itself in in_place.items() if itself is None]
    compared += sum(itself is not None for itself in in_place.values())
    print("\n".join([f"skipped: {why}" for why in skipped] + problems))
    print(f"check-operations: {compared} operations compared with PyTorch {torch.__version__}, {len(problems)} differ, {len(skipped)} skipped")
    return bool(problems) or compared < LEAST or len(skipped) > MOST_SKIPPED


if __name__ == "__main__":
    sys.exit(main())
