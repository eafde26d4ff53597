"""Compares parametrizations, averages and copies of weights, extracted features and nested Sequentials with Python's on the same LibTorch, bit for
bit, with the keys of every state dict; what C++ trained is loaded by Python as well.

    utils_peer.py <utils_peer binary>
"""
import copy
import pathlib
import subprocess
import sys
import tempfile

import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize
from torch.optim import swa_utils

torch.set_num_threads(1)


class Case:
    def __init__(self, name, given):
        self.name, self.given, self.results, self.checks = name, given, {}, []

    def give(self, what, value):
        self.given[f"{self.name}/{what}"] = value.detach().clone()
        return value

    def give_state(self, what, module):
        for key, value in module.state_dict().items():
            self.give(f"{what}.{key}", value)

    def out(self, what, value):
        self.results[what] = value.detach().clone()

    def out_state(self, what, module):
        for key, value in module.state_dict().items():
            self.out(f"{what}.{key}", value)


def state(results, what):
    return {key.removeprefix(what + "."): value for key, value in results.items() if key.startswith(what + ".")}


def run_layer(layer, x):
    y = layer(x)
    return y[0] if isinstance(y, tuple) else y  # of recurrent layers without the state


def train(layer, inputs, out=lambda step, y: None):
    optimizer = torch.optim.SGD(layer.parameters(), 0.1)
    for step, x in enumerate(inputs):
        optimizer.zero_grad()
        y = run_layer(layer, x)
        out(step, y)
        y.pow(2).sum().backward()
        optimizer.step()


def parametrized(make, shape, parametrization, name="weight"):
    def run(c):
        layer = make()
        c.give_state("plain", layer)
        inputs = [c.give(f"x{step}", torch.randn(shape)) for step in range(3)]
        other = parametrization(make())
        train(other, inputs)
        c.give_state("other", other)
        torch.manual_seed(5)
        parametrization(layer)
        c.out_state("start", layer)
        train(layer, inputs, lambda step, y: c.out(f"y{step}", y))
        c.out_state("trained", layer)
        layer.eval()
        c.out("eval", run_layer(layer, inputs[0]))

        def python_loads(theirs):
            fresh = parametrization(make())
            fresh.load_state_dict(state(theirs, "trained"))
            fresh.eval()
            return [] if torch.equal(run_layer(fresh, inputs[0]), theirs["eval"]) else ["what C++ trained gives another output in Python"]

        c.checks.append(python_loads)
        layer.load_state_dict(other.state_dict())
        c.out("other eval", run_layer(layer, inputs[0]))
        layer.train()
        parametrize.remove_parametrizations(layer, name)
        c.out_state("removed", layer)

    return run


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.norm, self.fc2 = nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Linear(6, 2)

    def forward(self, x):
        return self.fc2(torch.relu(self.norm(self.fc1(x))))


def averaged(**options):
    def run(c):
        net = Net()
        c.give_state("plain", net)
        inputs = [c.give(f"x{step}", torch.randn(8, 4)) for step in range(3)]
        average = swa_utils.AveragedModel(net, **options)
        optimizer = torch.optim.SGD(net.parameters(), 0.1)
        for x in inputs:
            optimizer.zero_grad()
            net(x).pow(2).sum().backward()
            optimizer.step()
            average.update_parameters(net)
        c.out_state("average", average)

        def python_loads(theirs):
            copy.deepcopy(average).load_state_dict(state(theirs, "average"))
            return []

        c.checks.append(python_loads)
        swa_utils.update_bn(inputs, average)
        c.out_state("updated", average)
        average.eval()
        c.out("eval", average(inputs[0]))

    return run


def features(c):
    # As torchvision.models.feature_extraction gives them.
    net = Net()
    c.give_state("plain", net)
    x = c.give("x0", torch.randn(8, 4))
    first = net.fc1(x)
    norm = net.norm(first)
    c.out("norm", norm)
    c.out("first", first)
    norm.pow(2).sum().backward()
    c.out("grad", net.fc1.weight.grad)


def trained(dtype=torch.float32):
    net = Net()
    train(net, [torch.randn(8, 4) for _ in range(2)])
    return net.to(dtype)


def copied(c):
    target, source = trained(), trained(torch.float64)
    c.give_state("target", target)
    c.give_state("source", source)
    target.load_state_dict(source.state_dict())
    c.out_state("after", target)


def blended(c):
    """What DDPG and SAC do: torch._foreach_lerp_ of what is continuous, copies of the rest."""
    target, source = trained(), trained()
    c.give_state("target", target)
    c.give_state("source", source)
    for step in range(3):
        pairs = list(zip(target.state_dict().values(), source.state_dict().values()))
        continuous = [pair for pair in pairs if pair[0].is_floating_point()]
        torch._foreach_lerp_([into for into, _ in continuous], [value for _, value in continuous], 0.3)
        for into, value in pairs:
            if not into.is_floating_point():
                into.copy_(value)
        c.out_state(f"after{step}", target)


def nested(c):
    net = nn.Sequential(nn.Sequential(nn.Linear(4, 3), nn.Sequential(nn.Tanh(), nn.BatchNorm1d(3))), nn.Linear(3, 2))
    c.give_state("plain", net)
    c.out("y", net(c.give("x0", torch.randn(8, 4))))
    c.out_state("after", net)


def spectral(**options):
    return lambda layer: parametrizations.spectral_norm(layer, **options)


def weight(dim=0, name="weight"):
    return lambda layer: parametrizations.weight_norm(layer, name, dim=dim)


def orthogonal(orthogonal_map=None, name="weight", **options):
    return lambda layer: parametrizations.orthogonal(layer, name, orthogonal_map, **options)


def linear():
    return nn.Linear(5, 3)


def square():
    return nn.Linear(5, 5)


def wide():
    return nn.Linear(3, 5)


def lstm():
    return nn.LSTM(3, 4, num_layers=2)


def gru():
    return nn.GRU(3, 4)


def conv():
    return nn.Conv2d(2, 3, 3)


def transposed():
    return nn.ConvTranspose2d(2, 3, 3)


CASES = {
    "spectral linear": parametrized(linear, (4, 5), spectral()),
    "spectral linear 3 iterations": parametrized(linear, (4, 5), spectral(n_power_iterations=3)),
    "spectral linear dim 1": parametrized(linear, (4, 5), spectral(dim=1, eps=1e-6)),
    "spectral conv": parametrized(conv, (2, 2, 6, 6), spectral()),
    "spectral transposed conv": parametrized(transposed, (2, 2, 6, 6), spectral()),
    "weight linear": parametrized(linear, (4, 5), weight()),
    "weight linear dim 1": parametrized(linear, (4, 5), weight(1)),
    "weight linear dim None": parametrized(linear, (4, 5), weight(None)),
    "weight conv": parametrized(conv, (2, 2, 6, 6), weight()),
    "orthogonal linear": parametrized(linear, (4, 5), orthogonal()),
    "orthogonal tall": parametrized(wide, (4, 3), orthogonal()),
    "orthogonal square": parametrized(square, (4, 5), orthogonal()),
    "orthogonal matrix_exp": parametrized(linear, (4, 5), orthogonal("matrix_exp")),
    "orthogonal cayley": parametrized(linear, (4, 5), orthogonal("cayley")),
    "orthogonal householder square": parametrized(square, (4, 5), orthogonal("householder")),
    "orthogonal matrix_exp plain": parametrized(wide, (4, 3), orthogonal("matrix_exp", use_trivialization=False)),
    "orthogonal cayley plain": parametrized(square, (4, 5), orthogonal("cayley", use_trivialization=False)),
    "orthogonal householder plain": parametrized(linear, (4, 5), orthogonal("householder", use_trivialization=False)),
    "orthogonal conv": parametrized(conv, (2, 2, 6, 6), orthogonal()),
    "orthogonal lstm": parametrized(lstm, (6, 2, 3), orthogonal(name="weight_hh_l1"), "weight_hh_l1"),
    "weight gru": parametrized(gru, (6, 2, 3), weight(name="weight_ih_l0"), "weight_ih_l0"),
    "swa": averaged(),
    "swa multi": averaged(multi_avg_fn=swa_utils.get_swa_multi_avg_fn()),
    "ema": averaged(multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9)),
    "ema one by one": averaged(avg_fn=swa_utils.get_ema_avg_fn(0.9)),
    "ema with buffers": averaged(multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9), use_buffers=True),
    "copied weights": copied,
    "soft update": blended,
    "features": features,
    "nested sequential": nested,
}


def problems(mine, theirs):
    if list(mine) != list(theirs):
        return [f"keys\n    Python {list(mine)}\n    C++    {list(theirs)}"]
    found = []
    for key, value in mine.items():
        other = theirs[key]
        if value.dtype != other.dtype or value.shape != other.shape:
            found.append(f"{key}: {value.dtype} {list(value.shape)} against {other.dtype} {list(other.shape)}")
        elif not torch.equal(value, other):
            found.append(f"{key}: differs by {(value - other).abs().max():.3g}")
    return found


def main():
    given, cases, failures, compared = {}, [], 0, 0
    for number, (name, run) in enumerate(CASES.items()):
        torch.manual_seed(100 + number)
        case = Case(name, given)
        run(case)
        cases.append(case)
    with tempfile.TemporaryDirectory() as folder:
        inputs, outputs = (pathlib.Path(folder) / name for name in ("in.pt", "out.pt"))
        torch.save(given, inputs)
        subprocess.run([sys.argv[1], inputs, outputs], check=True)
        results = torch.load(outputs, weights_only=True)
    for case in cases:
        theirs = {key.split("/", 1)[1]: value for key, value in results.items() if key.split("/", 1)[0] == case.name}
        found = problems(case.results, theirs)
        if not found:
            found = [problem for check in case.checks for problem in check(theirs)]
        compared += len(theirs)
        failures += bool(found)
        print(f"{'FAIL' if found else 'ok  '} {case.name}: {len(theirs)} tensors", *found, sep="\n     " if found else "")
    print(f"{len(cases)} cases, {compared} tensors compared bit for bit, {failures} failures (torch {torch.__version__})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
