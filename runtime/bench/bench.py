"""Measures the runtime library and Python's hooks in one run and writes the table.

    python bench.py <runtime_bench> [<runtime_bench of another LibTorch>…] --output performance.md

The first binary is built with the LibTorch of this Python. Everything runs on one CPU, pinned. DEVICE=cuda measures
there, not pinned: backward has a thread of its own.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import time
import warnings

import include_cost
import torch
from torch import nn

DEVICE = os.environ.get("DEVICE") or "cpu"
warnings.filterwarnings("ignore")
torch.set_num_threads(1)


def clock() -> float:
    """Seconds of CPU of this thread: other jobs on the machine do not count. On CUDA, the wall."""
    return time.perf_counter() if DEVICE.startswith("cuda") else time.thread_time()


def sync() -> None:
    if DEVICE.startswith("cuda"):
        torch.cuda.synchronize()


class Timer:
    """Seconds a call of `function`; `seconds` is about how long one repetition takes."""

    def __init__(self, function, seconds: float) -> None:
        self.function, self.means = function, []
        for _ in range(3):
            function()
        sync()
        start = time.perf_counter()
        function()
        sync()
        self.count = max(1, int(seconds / max(time.perf_counter() - start, 1e-8)))

    def repeat(self) -> None:
        start = clock()
        for _ in range(self.count):
            self.function()
        sync()
        self.means.append((clock() - start) / self.count)

    def median(self) -> float:
        return statistics.median(self.means)


class Bottleneck(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        inner = width // 4
        self.conv1, self.bn1 = nn.Conv2d(width, inner, 1, bias=False), nn.BatchNorm2d(inner)
        self.conv2, self.bn2 = nn.Conv2d(inner, inner, 3, padding=1, bias=False), nn.BatchNorm2d(inner)
        self.conv3, self.bn3 = nn.Conv2d(inner, width, 1, bias=False), nn.BatchNorm2d(width)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        return torch.relu(self.bn3(self.conv3(y)) + x)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, padding=1)
        self.blocks = nn.Sequential(*(Bottleneck(64) for _ in range(16)))
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.blocks(torch.relu(self.stem(x))).mean((2, 3)))


def layers(net: Net) -> list[nn.Module]:
    return [m for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]


def python_calls(rounds: int) -> dict[str, float]:
    """Nanoseconds a call, without and with one empty hook."""
    inputs = {
        "identity": (nn.Identity, torch.ones(1, device=DEVICE)),
        "linear": (lambda: nn.Linear(16, 16), torch.ones(1, 16, device=DEVICE)),
        "conv": (lambda: nn.Conv2d(3, 8, 3), torch.ones(1, 3, 16, 16, device=DEVICE)),
    }
    timers = {}
    with torch.no_grad():
        for name, (make, x) in inputs.items():
            plain, hooked = make().to(DEVICE), make().to(DEVICE)
            hooked.register_forward_hook(lambda m, args, out: None)
            timers[f"{name}/plain"] = Timer(lambda m=plain, x=x: m(x), 0.05)
            timers[f"{name}/one empty hook"] = Timer(lambda m=hooked, x=x: m(x), 0.05)
        for _ in range(rounds):
            for timer in timers.values():
                timer.repeat()
    return {name: timer.median() * 1e9 for name, timer in timers.items()}


def python_steps(rounds: int) -> dict[str, float]:
    """Microseconds a step."""
    x = torch.rand(2, 3, 16, 16, device=DEVICE)
    timers = {}

    def add(name: str, register) -> None:
        net, kept = Net().to(DEVICE), {}
        for i, module in enumerate(layers(net)):
            register(kept, i, module)

        def step() -> None:
            net.zero_grad()
            net(x).pow(2).sum().backward()
            kept.clear()
            sync()

        timers[name] = Timer(step, 0.1)

    def keep_stats(kept, i, module) -> None:
        def hook(m, grad_in, grad_out):
            grad = grad_out[0].detach()
            kept[i] = {
                "mean": grad.abs().mean().item(),
                "std": grad.std().item(),
                "max": grad.abs().max().item(),
                "min": grad.abs().min().item(),
            }

        module.register_full_backward_hook(hook)

    add("plain", lambda kept, i, m: None)
    add("extractor detach",
        lambda kept, i, m: m.register_forward_hook(lambda m, a, out: kept.__setitem__(i, out.detach())))
    add("extractor detach_clone",
        lambda kept, i, m: m.register_forward_hook(lambda m, a, out: kept.__setitem__(i, out.detach().clone())))
    add("empty forward hooks", lambda kept, i, m: m.register_forward_hook(lambda m, a, out: None))
    add("empty full backward hooks", lambda kept, i, m: m.register_full_backward_hook(lambda m, a, out: None))
    add("four item() a layer", keep_stats)
    for _ in range(rounds):
        for timer in timers.values():
            timer.repeat()
    return {name: timer.median() * 1e6 for name, timer in timers.items()}


SETUPS = ("plain", "hookable, unhooked", "another module hooked", "one empty hook")
STEPS = (
    "plain", "empty forward hooks", "empty full backward hooks", "extractor detach", "extractor detach_clone",
    "extractor to_host_async", "activation inspector", "gradient inspector", "gradient inspector, operators",
    "four item() a layer",
)


def cpu_model() -> str:
    try:
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


class Binary:
    """What one runtime_bench measured: medians by name."""

    def __init__(self, path: str, rounds: int) -> None:
        command = [path, "--benchmark_format=json", f"--benchmark_repetitions={rounds}", "--benchmark_min_time=0.1",
                   "--benchmark_enable_random_interleaving=true"]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            raise SystemExit(f"bench: {path} ended with {run.returncode}:\n{run.stderr}")
        result = json.loads(run.stdout)
        field = "real_time" if DEVICE.startswith("cuda") else "cpu_time"
        times: dict[str, list[float]] = {}
        for entry in result["benchmarks"]:
            if entry["run_type"] == "iteration":
                times.setdefault(entry["run_name"], []).append(entry[field])
        self.libtorch, self.compiler = result["context"]["libtorch"], result["context"]["compiler"]
        self.median = {name: statistics.median(values) for name, values in times.items()}
        # The distance between the quartiles, as a share of the median: how much the machine disturbed.
        self.spread = statistics.median(
            (q[2] - q[0]) / q[1] for q in (statistics.quantiles(v, n=4) for v in times.values())
        )

    def call(self, module: str) -> list[float]:
        return [self.median[f"{module}/{setup}"] for setup in SETUPS]

    def step_over_plain(self, name: str) -> float:
        return self.median[f"step/{name}"] - self.median["step/plain"]


def verdict(reached: bool) -> str:
    return "reached" if reached else "**missed**"


def targets(binaries: list[Binary], python: dict[str, float]) -> list[str]:
    theirs = python["identity/one empty hook"] - python["identity/plain"]
    lines = ["| target, on Identity | " + " | ".join(f"LibTorch {b.libtorch}" for b in binaries) + " |",
             "|---|" + "---|" * len(binaries)]

    def row(name: str, cell) -> None:
        lines.append(f"| {name} | " + " | ".join(cell(*b.call("identity")) for b in binaries) + " |")

    row("hookable, unhooked: at most 3 ns over plain", lambda p, u, o, h: f"{u - p:+.1f} ns, {verdict(u - p <= 3)}")
    row("one empty hook: at most 300 ns over plain", lambda p, u, o, h: f"{h - p:+.0f} ns, {verdict(h - p <= 300)}")
    row("one hook at least 10 times cheaper than Python's",
        lambda p, u, o, h: f"{theirs / (h - p):.1f}×, {verdict(theirs >= 10 * (h - p))}")
    lines += ["", f"Python's empty forward hook costs {theirs:,.0f} ns (LibTorch {torch.__version__})."]
    return lines


def calls_table(binaries: list[Binary], python: dict[str, float]) -> list[str]:
    lines = ["| LibTorch | module | plain `torch::nn` | " + " | ".join(SETUPS[1:]) + " | the hook costs |",
             "|---|---|---|---|---|---|---|"]
    for module in ("identity", "linear", "conv"):
        for b in binaries:
            values = b.call(module)
            lines.append(f"| {b.libtorch} | {module} | " + " | ".join(f"{v:,.1f}" for v in values)
                         + f" | {values[3] - values[0]:,.0f} |")
        plain, hooked = python[f"{module}/plain"], python[f"{module}/one empty hook"]
        lines.append(f"| {torch.__version__}, Python | {module} | {plain:,.1f} | | | {hooked:,.1f} | {hooked - plain:,.0f} |")
    return lines


def steps_table(binaries: list[Binary], python: dict[str, float]) -> list[str]:
    heads = [f"C++, LibTorch {b.libtorch} | over plain" for b in binaries] + [f"Python, {torch.__version__} | over plain"]
    lines = ["| what | " + " | ".join(heads) + " |", "|---|" + "---|---|" * len(heads)]
    for name in STEPS:
        cells = []
        for b in binaries:
            over = "" if name == "plain" else f"{b.step_over_plain(name):+,.0f}"
            cells.append(f"{b.median['step/' + name]:,.0f} | {over}")
        if name in python:
            cells.append(f"{python[name]:,.0f} | " + ("" if name == "plain" else f"{python[name] - python['plain']:+,.0f}"))
        else:
            cells.append("| ")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append("")
    for b in binaries:
        inspector, items = b.step_over_plain("gradient inspector"), b.step_over_plain("four item() a layer")
        lines.append(
            f"LibTorch {b.libtorch}: GradientInspector gives seven statistics a layer for {inspector:,.0f} µs a step; four `.item()` "
            f"a layer in full backward hooks (four statistics) cost {items:,.0f} µs in C++ ({items / inspector:.1f}×).")
    their_items = python["four item() a layer"] - python["plain"]
    lines.append(f"In Python the latter cost {their_items:,.0f} µs "
                 f"({their_items / binaries[0].step_over_plain('gradient inspector'):.1f}× the inspector).")
    return lines


INSTEAD = {
    "soft update": "`soft_update` of the bottleneck network in place of a loop over its names (`mul_`, `add_`)",
    "tensor of a vector": "`from_container` of 2²⁰ floats in place of `from_blob(…).clone()`, the vector's own copy included",
    "vector of a tensor": "`to_vector<float>` of 2²⁰ floats in place of `cpu()`, `contiguous()` and a copy",
    "copy into memory": "`copy_into` of 2²⁰ floats in place of `cpu()`, `contiguous()` and `memcpy`",
    "view of memory": "`view_of` in place of `from_blob`, which keeps no owner",
    "accessor": "`accessor_of` and 64 elements in place of `accessor`, which keeps no tensor",
    "mean of 100 losses": "`LossMeter` in place of `item()` each round",
}


def python_soft_update(rounds: int) -> float:
    """Microseconds of torch._foreach_lerp_ over the same network."""
    target, source = Net().to(DEVICE), Net().to(DEVICE)

    def update() -> None:
        with torch.no_grad():
            torch._foreach_lerp_(list(target.parameters()), list(source.parameters()), 0.005)
            for into, value in zip(target.buffers(), source.buffers()):
                into.copy_(value)
        sync()

    timer = Timer(update, 0.1)
    for _ in range(rounds):
        timer.repeat()
    return timer.median() * 1e6


def instead_table(binaries: list[Binary], theirs: float) -> list[str]:
    heads = [f"by hand, LibTorch {b.libtorch} | torchtidy | ratio" for b in binaries]
    lines = ["| what | " + " | ".join(heads) + " |", "|---|" + "---|---|---|" * len(heads)]
    for task, text in INSTEAD.items():
        cells = []
        for b in binaries:
            hand, ours = (b.median[f"instead/{task}/{how}"] for how in ("by hand", "torchtidy"))
            cells.append(f"{hand:,.1f} | {ours:,.1f} | {hand / ours:.2f}")
        lines.append(f"| {text} | " + " | ".join(cells) + " |")
    return [*lines, "", f"Python's `torch._foreach_lerp_` and a loop over the buffers: {theirs:,.0f} µs (LibTorch {torch.__version__})."]


def memory(binary: str) -> list[str]:
    lines = ["| kept | MiB |", "|---|---|"]
    for policy in ("none", "detach_clone", "detach", "keep_graph"):
        run = subprocess.run([binary, "--memory", policy], check=True, capture_output=True, text=True)
        lines.append(f"| {policy} | {int(run.stdout) / 1024:,.1f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", nargs="+", metavar="runtime_bench")
    parser.add_argument("--output", help="the page to write (default: only print it)")
    parser.add_argument("--rounds", type=int, default=21, help="repetitions of each measurement (default: %(default)s)")
    parser.add_argument("--cpu", type=int, help="the CPU to run on (default: the last one allowed; on CUDA all)")
    args = parser.parse_args()
    on_cuda = DEVICE.startswith("cuda")
    cpu = max(os.sched_getaffinity(0)) if args.cpu is None and not on_cuda else args.cpu
    if cpu is not None:
        os.sched_setaffinity(0, {cpu})  # children inherit it

    load_before = os.getloadavg()[0]
    binaries = [Binary(path, args.rounds) for path in args.binaries]
    if not torch.__version__.startswith(binaries[0].libtorch):
        raise SystemExit(f"bench: {args.binaries[0]} is built with LibTorch {binaries[0].libtorch}, this Python has {torch.__version__}. "
                         "Next: give the binary that is built with this Python's torch first")
    calls, steps = python_calls(args.rounds), python_steps(args.rounds)
    soft_update = python_soft_update(args.rounds)
    spread = ", ".join(f"{b.spread:.0%} (LibTorch {b.libtorch})" for b in binaries)

    text = "\n".join([
        "# What hooks, capture and inspection cost",
        "",
        f"Written by `make bench-runtime{f' DEVICE={DEVICE}' if on_cuda else ''}`; do not edit.",
        "",
        f"{datetime.date.today()}, {cpu_model()}, {os.cpu_count()} CPUs of a shared machine (load average {load_before:.1f} before, "
        f"{os.getloadavg()[0]:.1f} after), {'' if cpu is None else 'pinned to one CPU, '}one thread, device {DEVICE}"
        + (f" ({torch.cuda.get_device_name()})" if on_cuda else "") + ".",
        f"LibTorch {', '.join(b.libtorch for b in binaries)} in C++ ({binaries[0].compiler}); {torch.__version__} in Python "
        f"{platform.python_version()}; all in one run. (Debian's LibTorch 1.13.1 calls itself 1.13.0.)",
        ("Wall time" if on_cuda else "CPU time of the thread, so that waiting for other jobs does not count")
        + f"; medians of {args.rounds} repetitions, interleaved. "
        f"The quartiles lie {spread} of the median apart in the middle case.",
        "" if on_cuda else "On CUDA: [performance-cuda.md](performance-cuda.md).",
        "",
        "## Targets",
        "",
        *targets(binaries, calls),
        "",
        "## One call, nanoseconds",
        "",
        *calls_table(binaries, calls),
        "",
        "On linear and conv, differences of a few nanoseconds are smaller than what the module's own time varies by.",
        "",
        "## A training step of a 50-layer bottleneck network (2 × 3 × 16 × 16), microseconds",
        "",
        "All 50 convolutions and linear layers are watched.",
        "",
        *steps_table(binaries, steps),
        *([] if on_cuda else [
            "A CPU has no device to wait for; elsewhere the inspector makes one copy to the host a step against four `.item()` a layer "
            "(`OneCopyToTheHostAStep` in runtime/test/capture_test.cpp counts them through the dispatcher)."]),
        "",
        "## In place of hand-written code, microseconds",
        "",
        *instead_table(binaries, soft_update),
        "",
        f"## Memory: 50 outputs of the last convolution kept, peak in MiB above one step (LibTorch {binaries[0].libtorch})",
        "",
        *memory(args.binaries[0]),
        "",
    ])
    print(text)
    if args.output:
        # The last section is include_cost.py's.
        old = ""
        if os.path.exists(args.output):
            with open(args.output, encoding="utf-8") as file:
                old = file.read()
        kept = old.find("\n" + include_cost.TITLE)
        with open(args.output, "w", encoding="utf-8") as file:
            file.write(text + (old[kept:] if kept >= 0 else ""))


if __name__ == "__main__":
    main()
