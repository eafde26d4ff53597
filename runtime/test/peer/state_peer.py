"""State dicts travel Python -> C++ -> Python, in every format, and arrive bit for bit; initialisers give the distributions of
Python's.

    state_peer.py <state_peer>
"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from torch import nn

try:
    import safetensors.torch as safetensors
except ImportError:  # that column is left out
    safetensors = None
try:
    import torchvision
except (ImportError, RuntimeError):  # as well: a build for another torch
    torchvision = None


def conv(ins, outs, size, stride):
    return nn.Conv2d(ins, outs, size, stride, size // 2, bias=False)


class Block(nn.Module):
    """The names of torchvision's BasicBlock."""

    def __init__(self, ins, outs, stride):
        super().__init__()
        self.conv1, self.bn1 = conv(ins, outs, 3, stride), nn.BatchNorm2d(outs)
        self.conv2, self.bn2 = conv(outs, outs, 3, 1), nn.BatchNorm2d(outs)
        if stride != 1 or ins != outs:
            self.downsample = nn.Sequential(conv(ins, outs, 1, stride), nn.BatchNorm2d(outs))
        else:
            self.downsample = nn.Identity()

    def forward(self, x):
        out = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (out + self.downsample(x)).relu()


class ResNet18(nn.Module):
    """The names of torchvision's resnet18, and what it computes."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = conv(3, 64, 7, 2), nn.BatchNorm2d(64)
        ins = 64
        for i, outs in enumerate((64, 128, 256, 512)):
            setattr(self, f"layer{i + 1}", nn.Sequential(Block(ins, outs, 1 if i == 0 else 2), Block(outs, outs, 1)))
            ins = outs
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.bn1(self.conv1(x)).relu(), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def resnet18():
    return trained(ResNet18()).state_dict()


def trained(model):
    """MODEL with statistics that are not those of a fresh one."""
    for buffer in model.buffers():
        if buffer.is_floating_point():
            nn.init.uniform_(buffer, 0.5, 1.5)
    return model


def transformer():
    net = nn.Transformer(32, 4, 2, 2, 64)
    state = net.state_dict()
    state["tied.weight"] = state["decoder.norm.weight"]
    return state


def all_kinds():
    base = torch.randn(6, 8)
    kinds = collections.OrderedDict(a=base, view=base[1:4, ::2], transposed=base.t(), row=base[2], empty=torch.zeros(0, 3))
    for dtype in (torch.float64, torch.float16, torch.bfloat16, torch.uint8, torch.int8, torch.int16, torch.int32,
                  torch.int64, torch.complex64, torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn,
                  torch.float8_e5m2):
        kinds[str(dtype)] = (torch.randn(3, 4) * 10).abs().to(dtype)
    kinds["bool"] = torch.tensor([True, False])
    kinds["scalar"] = torch.tensor(2.5)
    kinds["parameter"] = nn.Parameter(torch.randn(3))
    return kinds


def raw(tensor):
    return tensor.detach().contiguous().view(-1).view(torch.uint8)


def problems(mine, other):
    found = [] if sorted(mine) == sorted(other) else [f"keys differ: {sorted(set(mine) ^ set(other))}"]
    for key in set(mine) & set(other):
        a, b = mine[key], other[key]
        if a.dtype != b.dtype or a.shape != b.shape or not torch.equal(raw(a), raw(b)):
            found.append(f"{key}: {a.dtype}{list(a.shape)} became {b.dtype}{list(b.shape)}, or other bits")
    return found


INITIALISERS = {
    "uniform_": {"a": -2, "b": 5},
    "normal_": {"mean": 3, "std": 0.5},
    "trunc_normal_": {"mean": 1, "std": 2, "a": -1, "b": 4},
    "xavier_uniform_": {"gain": 1.5},
    "xavier_normal_": {"gain": 1.5},
    "kaiming_uniform_": {"a": 0.2},
    "kaiming_normal_": {"mode": "fan_out", "nonlinearity": "relu"},
    "orthogonal_": {"gain": 2},
    "sparse_": {"sparsity": 0.25, "std": 2},
}
CONSTANT = {"constant_": {"val": 3}, "ones_": {}, "zeros_": {}, "eye_": {}, "dirac_": {}}  # the same in every run


def distance(a, b):
    """Kolmogorov and Smirnov's, between two samples."""
    a, b = a.flatten().sort()[0], b.flatten().sort()[0]
    both = torch.cat([a, b])
    below = [torch.searchsorted(sample, both, right=True) / len(sample) for sample in (a, b)]
    return (below[0] - below[1]).abs().max().item()


def other_distributions(theirs):
    found = [] if sorted(theirs) == sorted(INITIALISERS | CONSTANT) else ["other names"]
    for name in theirs:
        mine = getattr(nn.init, name)(torch.empty(theirs[name].shape), **(INITIALISERS | CONSTANT)[name])
        if name in CONSTANT:
            found += [] if torch.equal(mine, theirs[name]) else [f"{name}: other values"]
            continue
        limit = 1.95 * (2 / mine.numel()) ** 0.5  # passed by chance once in a thousand seeds, and the seed is fixed
        if distance(mine, theirs[name]) > limit:
            found.append(f"{name}: distance {distance(mine, theirs[name]):.4f} above {limit:.4f}")
    return found


def encoder(norm_first):
    return nn.TransformerEncoderLayer(32, 4, 64, activation="gelu", norm_first=norm_first, batch_first=norm_first)


def model_problems(model, x, run):
    """`run(inputs)` gives what the C++ model of this state made of `x`, and its state, or an error."""
    model.eval()
    state = model.state_dict()
    back = run({"input": x, **{f"model.{key}": value for key, value in state.items()}})
    if isinstance(back, str):
        return [back]
    output = back.pop("output")
    with torch.no_grad():
        expected = model(x)
    found = problems({f"model.{key}": value for key, value in state.items()}, back)
    if output.shape != expected.shape or not torch.allclose(output, expected, rtol=1e-5, atol=1e-5):
        found.append(f"outputs differ by {(output - expected).abs().max():.2e} of {expected.abs().max():.2e}")
    model.load_state_dict({key.removeprefix("model."): value for key, value in back.items()})
    return found


def flattened(checkpoint, prefix=""):
    """What a tolerant read makes of it: int64, float64 and bool for numbers, lists left out."""
    flat = {}
    for key, value in checkpoint.items():
        if isinstance(value, dict):
            flat |= flattened(value, f"{prefix}{key}.")
        elif not isinstance(value, list):
            flat[f"{prefix}{key}"] = value if torch.is_tensor(value) else torch.tensor(value, dtype=torch.float64 if isinstance(value, float) else None)
    return flat


def main():
    torch.manual_seed(3)
    torch.set_num_threads(1)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)

        def convert(source, target, *model):
            done = subprocess.run([sys.argv[1], source, target, *model], capture_output=True, text=True)
            return done.stderr.strip() if done.returncode else ""

        def through(model):
            def run(inputs):
                torch.save(inputs, folder / "in.pt")
                return convert(folder / "in.pt", folder / "out.pt", model) or torch.load(folder / "out.pt", weights_only=True)
            return run

        def report(what, found):
            nonlocal failures
            failures += bool(found)
            print(f"{'FAIL' if found else 'ok  '} {what}", *found, sep="\n     " if found else "")

        for name, state in (("resnet18", resnet18()), ("transformer", transformer()), ("all kinds", all_kinds())):
            sources = {"zip": folder / "in.pt", "legacy": folder / "in-legacy.pt"}
            torch.save(state, sources["zip"])
            old = state
            if name == "all kinds":  # dtypes without a storage class are younger than that format
                old = collections.OrderedDict((k, v) for k, v in state.items() if "uint16" not in k and "uint32" not in k and "uint64" not in k and "float8" not in k)
            torch.save(old, sources["legacy"], _use_new_zipfile_serialization=False)
            if safetensors:
                sources["safetensors"] = folder / "in.safetensors"
                safetensors.save_file({k: v.detach().contiguous().clone() for k, v in state.items()}, sources["safetensors"])
            for kind, source in sources.items():
                expected = old if kind == "legacy" else state
                error = convert(source, folder / "out.pt")
                back = {} if error else torch.load(folder / "out.pt", weights_only=True)
                report(f"{name}: {kind} -> C++ -> torch.load", [error] if error else problems(expected, back))
                if not error and kind == "zip" and name == "all kinds":
                    same = back["a"].untyped_storage().data_ptr() == back["row"].untyped_storage().data_ptr()
                    report("shared storages stay shared", [] if same and back["transposed"].stride() == (1, 8) else ["they do not"])
                if safetensors:
                    error = convert(source, folder / "out.safetensors")
                    back = {} if error else safetensors.load_file(folder / "out.safetensors")
                    report(f"{name}: {kind} -> C++ -> safetensors", [error] if error else problems(expected, back))

        report("resnet18: a C++ model, its state and outputs", model_problems(trained(ResNet18()), torch.randn(2, 3, 64, 64), through("resnet18")))
        for name in ("resnet18", "resnet34", "resnet50"):
            if torchvision:
                model = trained(getattr(torchvision.models, name)())
                report(f"{name} of torchvision {torchvision.__version__}", model_problems(model, torch.randn(2, 3, 64, 64), through(name)))
            else:
                print(f"skip {name} of torchvision: it cannot be imported")
        for kind, norm_first in (("encoder", False), ("pre-norm-encoder", True)):
            report(f"{kind}: a C++ model, its state and outputs", model_problems(encoder(norm_first), torch.randn(5, 2, 32), through(kind)))
        error = convert("--init", folder / "init.pt")
        report("initialisers as in nn.init", [error] if error else other_distributions(torch.load(folder / "init.pt", weights_only=True)))
        torch.save({"epoch": 3, "model": resnet18()}, folder / "checkpoint.pt")
        error = convert(folder / "checkpoint.pt", folder / "out.pt")
        report("a checkpoint is an error that names the way", [] if "ReadOptions().entry(" in error and "'model'" in error else [error])
        training = {"epoch": 3, "lr": 0.1, "best": True, "model": resnet18(), "history": [1], "optimizer": {"state": {0: {"step": torch.tensor(2.0)}}}}
        torch.save(training, folder / "training.pt")
        error = convert(folder / "training.pt", folder / "out.pt", "tolerant")
        report("a whole checkpoint, tolerantly", [error] if error else problems(flattened(training), torch.load(folder / "out.pt", weights_only=True)))
        if safetensors:
            state = {k: v.detach().contiguous().clone() for k, v in resnet18().items()}
            places = {key: f"model-0000{i % 3 + 1}-of-00003.safetensors" for i, key in enumerate(state)}
            for name in set(places.values()):
                safetensors.save_file({k: v for k, v in state.items() if places[k] == name}, folder / name, metadata={"format": "pt"})
            (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": places}, indent=2))
            error = convert(folder / "model.safetensors.index.json", folder / "out.pt")
            report("three files with an index", [error] if error else problems(state, torch.load(folder / "out.pt", weights_only=True)))
        torch.save(nn.Linear(1, 1), folder / "module.pt")
        error = convert(folder / "module.pt", folder / "out.pt")
        report("a pickled module is refused", [] if "torch.nn.modules.linear.Linear" in error else [error])
    print(f"{failures} failures (torch {torch.__version__})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
