"""Compares torchtidy's hooks with Python's on the same LibTorch: the order of calls, and every activation and
gradient bit for bit.

    python peer.py <runtime_peer binary>
"""

import pathlib
import subprocess
import sys
import tempfile
import warnings

import torch
from torch import nn
from torch.nn.modules import module as module_hooks

warnings.filterwarnings("ignore", message="Full backward hook is firing")
torch.set_num_threads(1)
GIVEN: dict[str, torch.Tensor] = {}


class Case:
    def __init__(self, name: str) -> None:
        self.name, self.calls, self.tensors = name, [], {}

    def input(self, key: str, make=None) -> torch.Tensor:
        return GIVEN.setdefault(f"in/{self.name}/{key}", make()).clone()

    def input_with_grad(self, key: str, make) -> torch.Tensor:
        return self.input(key, make).requires_grad_()

    def give(self, module: nn.Module) -> nn.Module:
        for key, value in module.state_dict().items():
            GIVEN[f"state/{self.name}/{key}"] = value.clone()
        return module

    def call(self, what: str) -> None:
        self.calls.append(what)

    def keep(self, what: str, tensor) -> None:
        value = torch.full((1,), -12345.0) if tensor is None else tensor.detach().clone()
        self.tensors[f"{len(self.tensors)} {what}"] = value

    def keep_gradients(self, module: nn.Module) -> None:
        for key, value in module.named_parameters():
            self.keep(f"grad {key}", value.grad)

    def watch(self, module: nn.Module, label: str) -> None:
        def pre(_, args):
            self.call(f"pre {label}")
            self.keep(f"pre {label}", args[0])

        def forward(_, args, out):
            self.call(f"fwd {label}")
            for tensor in flat(out):
                self.keep(f"fwd {label}", tensor)

        def backward_pre(_, grad_out):
            self.call(f"bwd pre {label}")
            for grad in grad_out:
                self.keep(f"bwd pre {label}", grad)

        def backward(_, grad_in, grad_out):
            self.call(f"bwd {label}")
            for grad in grad_in:
                self.keep(f"bwd in {label}", grad)
            for grad in grad_out:
                self.keep(f"bwd out {label}", grad)

        module.register_forward_pre_hook(pre)
        module.register_forward_hook(forward)
        module.register_full_backward_pre_hook(backward_pre)
        module.register_full_backward_hook(backward)


def flat(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [tensor for element in value for tensor in flat(element)]


CASES = []


def case(function):
    CASES.append((function.__name__, function))
    return function


def simple(name, make_module, make_input, train=True, more=()):
    def run(c):
        module = c.give(make_module().train(train))
        c.watch(module, "m")
        x = c.input_with_grad("x", make_input)
        y = module(x, *more)
        c.keep("y", y)
        y.pow(2).sum().backward()
        c.keep("x.grad", x.grad)
        c.keep_gradients(module)

    CASES.append((name, run))


def rand(*shape):
    return lambda: torch.randn(*shape)


simple("linear", lambda: nn.Linear(5, 3), rand(4, 5))
simple("linear_no_bias", lambda: nn.Linear(5, 3, bias=False), rand(4, 5))
simple("conv1d", lambda: nn.Conv1d(3, 4, 3), rand(2, 3, 8))
simple("conv2d", lambda: nn.Conv2d(3, 4, 3, stride=2, padding=1), rand(2, 3, 8, 8))
simple("conv_transpose2d", lambda: nn.ConvTranspose2d(3, 4, 3), rand(2, 3, 5, 5), more=(None,))  # C++ passes output_size always
simple("batch_norm_train", lambda: nn.BatchNorm2d(3), rand(4, 3, 5, 5))
simple("batch_norm_eval", lambda: nn.BatchNorm2d(3), rand(4, 3, 5, 5), train=False)
simple("instance_norm", lambda: nn.InstanceNorm2d(3, affine=True), rand(2, 3, 5, 5))
simple("layer_norm", lambda: nn.LayerNorm([5]), rand(4, 5))
simple("group_norm", lambda: nn.GroupNorm(2, 4), rand(2, 4, 5, 5))
simple("gelu", nn.GELU, rand(4, 5))
simple("softmax", lambda: nn.Softmax(1), rand(4, 5))
simple("max_pool2d", lambda: nn.MaxPool2d(2), rand(2, 3, 6, 6))
simple("prelu", nn.PReLU, rand(4, 5))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x):
        return torch.relu(self.conv2(torch.relu(self.bn1(self.conv1(x)))) + x)


class Split(nn.Module):
    def forward(self, x, scale, y):
        return x * scale + y, x - y


class Fails(nn.Module):
    def forward(self, x):
        raise RuntimeError("forward failed")


class Cube(nn.Module):
    def forward(self, x):
        return x * x * x


@case
def block(c):
    module = c.give(Block(3))
    c.watch(module, "block")
    for name in ("conv1", "bn1", "conv2"):
        c.watch(getattr(module, name), name)
    x = c.input_with_grad("x", rand(2, 3, 6, 6))
    module(x).pow(2).sum().backward()
    c.keep("x.grad", x.grad)
    c.keep_gradients(module)


@case
def sequential(c):
    net = c.give(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2)))
    c.watch(net, "net")
    for name, child in net.named_children():
        c.watch(child, name)
    x = c.input_with_grad("x", rand(2, 3, 6, 6))
    net(x).pow(2).sum().backward()
    c.keep("x.grad", x.grad)
    c.keep_gradients(net)


@case
def sequential_no_input_grad(c):
    net = c.give(nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2)))
    for name, child in net.named_children():
        c.watch(child, name)
    net(c.input("x", rand(3, 5))).pow(2).sum().backward()
    c.keep_gradients(net)


@case
def bilinear_one_needs_grad(c):
    module = c.give(nn.Bilinear(5, 4, 3))
    c.watch(module, "m")
    x = c.input_with_grad("x", rand(6, 5))
    module(x, c.input("y", rand(6, 4))).pow(2).sum().backward()
    c.keep("x.grad", x.grad)
    c.keep_gradients(module)


@case
def embedding(c):
    module = c.give(nn.Embedding(7, 3))
    c.watch(module, "m")
    module(c.input("indices", lambda: torch.tensor([[0, 3, 6], [1, 1, 2]]))).pow(2).sum().backward()
    c.keep_gradients(module)


@case
def lstm(c):
    module = c.give(nn.LSTM(5, 4))

    def hook(_, args, out):
        c.call("fwd")
        for tensor in flat(out):
            c.keep("fwd", tensor)

    module.register_forward_hook(hook)
    x = c.input_with_grad("x", rand(6, 2, 5))
    module(x)[0].pow(2).sum().backward()
    c.keep("x.grad", x.grad)
    c.keep_gradients(module)


@case
def gru_backward(c):
    module = c.give(nn.GRU(5, 4))

    def hook(_, grad_in, grad_out):
        c.call("bwd")
        c.keep("in", grad_in[0])
        c.keep("out", grad_out[0])
        c.keep("out", grad_out[1])

    module.register_full_backward_hook(hook)
    x = c.input_with_grad("x", rand(6, 2, 5))
    module(x)[0].pow(2).sum().backward()
    c.keep("x.grad", x.grad)


@case
def tuple_out_one_unused(c):
    module = Split()
    c.watch(module, "m")
    x, y = c.input_with_grad("x", rand(4)), c.input_with_grad("y", rand(4))
    module(x, 3.0, y)[1].pow(2).sum().backward()
    c.keep("x.grad", x.grad)
    c.keep("y.grad", y.grad)


@case
def shared_module_twice(c):
    module = c.give(nn.Linear(4, 4))
    c.watch(module, "m")
    x = c.input_with_grad("x", rand(3, 4))
    module(torch.relu(module(x))).pow(2).sum().backward()
    c.keep("x.grad", x.grad)
    c.keep_gradients(module)


@case
def order_and_prepend(c):
    module = c.give(nn.Linear(5, 3))

    def add(label, prepend):
        module.register_forward_pre_hook(lambda *_: c.call(f"pre {label}"), prepend=prepend)
        module.register_forward_hook(lambda *_: c.call(f"fwd {label}"), prepend=prepend)
        module.register_full_backward_pre_hook(lambda *_: c.call(f"bwd pre {label}"), prepend=prepend)
        module.register_full_backward_hook(lambda *_: c.call(f"bwd {label}"), prepend=prepend)

    for label, prepend in (("a", False), ("b", True), ("c", False), ("d", True)):
        add(label, prepend)
    module(c.input_with_grad("x", rand(2, 5))).sum().backward()


@case
def replace_input_and_output(c):
    module = c.give(nn.Linear(5, 3))
    module.register_forward_pre_hook(lambda m, args: args[0] * 2)
    module.register_forward_pre_hook(lambda m, args: args[0] + 1)
    module.register_forward_hook(lambda m, args, out: out * 3)

    def look(_, args, out):
        c.keep("in", args[0])
        c.keep("out", out)

    module.register_forward_hook(look)
    x = c.input_with_grad("x", rand(2, 5))
    module(x).pow(2).sum().backward()
    c.keep("x.grad", x.grad)
    c.keep_gradients(module)


@case
def replace_gradients(c):
    module = c.give(nn.Linear(5, 3))
    module.register_full_backward_pre_hook(lambda m, out: (out[0] * 2,))
    module.register_full_backward_pre_hook(lambda m, out: (out[0] + 1,))
    module.register_full_backward_hook(lambda m, grad_in, out: (grad_in[0] * 5,))

    def look(_, grad_in, grad_out):
        c.keep("in", grad_in[0])
        c.keep("out", grad_out[0])

    module.register_full_backward_hook(look)
    x = c.input_with_grad("x", rand(2, 5))
    module(x).pow(2).sum().backward()
    c.keep("x.grad", x.grad)
    c.keep_gradients(module)


@case
def global_hooks(c):
    # The Sequential itself is not hooked: in C++ it is a plain torch::nn::Sequential.
    first, second = nn.Linear(5, 4), nn.Tanh()
    c.give(nn.Sequential(first, second))
    first.register_forward_pre_hook(lambda *_: c.call("own pre"))
    first.register_forward_hook(lambda *_: c.call("own fwd"))
    first.register_full_backward_hook(lambda *_: c.call("own bwd"))

    def pre(_, args):
        c.call("global pre")
        c.keep("global pre", args[0])

    def forward(_, args, out):
        c.call("global fwd")
        c.keep("global fwd", out)

    def backward(_, grad_in, grad_out):
        c.call("global bwd")
        c.keep("global bwd", grad_in[0])

    handles = [
        module_hooks.register_module_forward_pre_hook(pre),
        module_hooks.register_module_forward_hook(forward),
        module_hooks.register_module_full_backward_pre_hook(lambda *_: c.call("global bwd pre")),
        module_hooks.register_module_full_backward_hook(backward),
    ]
    second(first(c.input_with_grad("x", rand(2, 5)))).pow(2).sum().backward()
    for handle in handles:
        handle.remove()


@case
def always_call(c):
    module = Fails()
    module.register_forward_pre_hook(lambda *_: c.call("pre"))
    module.register_forward_hook(lambda *_: c.call("plain"))
    module.register_forward_hook(
        lambda m, args, out: c.call("always none" if out is None else "always"), always_call=True
    )
    try:
        module(c.input("x", rand(2)))
    except RuntimeError as error:
        c.call(str(error))


@case
def hook_throws_always_call(c):
    module = nn.Identity()

    def throws(*_):
        c.call("throws")
        raise RuntimeError("hook failed")

    module.register_forward_hook(lambda *_: c.call("first"), always_call=True)
    module.register_forward_hook(throws)
    module.register_forward_hook(lambda *_: c.call("plain"))
    module.register_forward_hook(lambda *_: c.call("last"), always_call=True)
    try:
        module(c.input("x", rand(2)))
    except RuntimeError as error:
        c.call(str(error))


@case
def hook_removes_itself(c):
    module = nn.Identity()

    def once(*_):
        c.call("once")
        handle.remove()

    handle = module.register_forward_hook(once)
    module.register_forward_hook(lambda *_: c.call("other"))
    module(c.input("x", rand(2)))
    module(c.input("x", rand(2)))


@case
def hook_adds_hooks(c):
    module = nn.Identity()

    def pre(*_):
        c.call("pre")
        module.register_forward_pre_hook(lambda *_: c.call("added pre"))
        module.register_forward_hook(lambda *_: c.call("added fwd"))

    module.register_forward_pre_hook(pre)
    module(c.input("x", rand(2)))
    module(c.input("x", rand(2)))


@case
def no_grad(c):
    module = c.give(nn.Linear(5, 3))
    c.watch(module, "m")
    with torch.no_grad():
        c.keep("y", module(c.input("x", rand(2, 5))))


@case
def double_backward(c):
    module = Cube()

    def hook(_, grad_in, grad_out):
        c.call("bwd")
        c.keep("in", grad_in[0])
        c.keep("out", grad_out[0])

    module.register_full_backward_hook(hook)
    x = c.input_with_grad("x", rand(3))
    (first,) = torch.autograd.grad(module(x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    c.keep("first", first)
    c.keep("second", second)


@case
def two_backwards_retained(c):
    module = c.give(nn.Linear(5, 3))
    c.watch(module, "m")
    x = c.input_with_grad("x", rand(2, 5))
    y = module(x).pow(2).sum()
    y.backward(retain_graph=True)
    y.backward()
    c.keep("x.grad", x.grad)
    c.keep_gradients(module)


@case
def weight_scaled_by_pre_hook(c):
    module = c.give(nn.Linear(5, 3))

    def scale(m, _):
        with torch.no_grad():
            m.weight.div_(m.weight.norm())

    module.register_forward_pre_hook(scale)
    module(c.input("x", rand(2, 5)))
    c.keep("y", module(c.input("x", rand(2, 5))))
    c.keep("weight", module.weight)


def main() -> int:
    torch.manual_seed(11)
    done = []
    for name, run in CASES:
        c = Case(name)
        run(c)
        done.append(c)

    with tempfile.TemporaryDirectory() as folder:
        inputs, outputs, calls = (pathlib.Path(folder) / name for name in ("in.pt", "out.pt", "calls.txt"))
        torch.save(GIVEN, inputs)
        subprocess.run([sys.argv[1], inputs, outputs, calls], check=True)
        theirs = torch.load(outputs, weights_only=False)
        their_calls = {line.split("|")[0]: line.split("|")[1:] for line in calls.read_text().splitlines()}

    failures = 0
    compared = 0
    for c in done:
        problems = []
        if their_calls.get(c.name) != c.calls:
            problems.append(f"calls\n    Python {c.calls}\n    C++    {their_calls.get(c.name)}")
        keys = {key.split("/", 1)[1] for key in theirs if key.startswith(c.name + "/")}
        if keys != set(c.tensors):
            problems.append(f"recorded\n    only Python {sorted(set(c.tensors) - keys)}\n    only C++    {sorted(keys - set(c.tensors))}")
        for key in keys & set(c.tensors):
            compared += 1
            mine, other = c.tensors[key], theirs[f"{c.name}/{key}"]
            if mine.dtype != other.dtype or not torch.equal(mine, other):
                problems.append(f"{key}: differs" + (f" by {(mine - other).abs().max():.3g}" if mine.shape == other.shape else f" in shape {mine.shape} {other.shape}"))
        print(f"{'FAIL' if problems else 'ok  '} {c.name}: {len(c.calls)} calls, {len(c.tensors)} tensors")
        for problem in problems:
            print("   ", problem)
        failures += bool(problems)
    print(f"{len(done)} cases, {compared} tensors compared bit for bit, {failures} failures (torch {torch.__version__})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
