#!/usr/bin/env python3
"""Times torch-tidy against run-clang-tidy with the plugin, side by side, over generated LibTorch projects.

usage: bench_lint.py --torch-tidy PATH --plugin PATH --llvm N --scratch DIR [--sizes 1,5,20,100] [--reps 3]
                     [--clang-tidy-up-to 100] [--repeat-up-to 20] [--json OUT] [--beside JSON…] [--report docs/performance.md] [--svg docs/performance.svg]

Both tools run the same checks with the same -j over the same files. Runs of the two alternate; each number is the
median. Sizes above --clang-tidy-up-to are not run with run-clang-tidy: its time there is extrapolated from the
largest size that was, which the report says. Generation is deterministic: the same size gives the same files.
"""
import argparse
import datetime
import json
import os
import platform
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import time

HEADER = """#pragma once
#include <torch/torch.h>

#include <string>
#include <utility>
#include <vector>

namespace demo {{

// A convolution with its norm; the projects' files build on it.
struct BlockImpl : torch::nn::Module {{
  BlockImpl(int64_t in, int64_t out)
      : conv(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(false)), norm(out) {{
    register_module("conv", conv);
    register_module("norm", norm);
  }}
  torch::Tensor forward(const torch::Tensor& x) {{ return torch::relu(norm(conv(x))); }}
  torch::nn::Conv2d conv;
  torch::nn::BatchNorm2d norm;
}};
TORCH_MODULE(Block);

inline torch::Tensor scaled(const torch::Tensor& x, double factor = {revision}) {{ return x * factor; }}

}} // namespace demo
"""

# One of these per class; {k} makes names unique. Every third class has a bug, so that reporting is measured as well.
CLASSES = [
    """
class Encoder{k}Impl : public torch::nn::Module {{
public:
  explicit Encoder{k}Impl(int64_t width, int64_t depth = {depth}) {{
    for (int64_t i = 0; i < depth; ++i) {{
      blocks_->push_back(Block(i == 0 ? 3 : width, width));
    }}
    register_module("blocks", blocks_);
    head_ = register_module("head", torch::nn::Linear(width, 10));
    scale_ = register_parameter("scale", torch::ones({{width}}));
  }}
  torch::Tensor forward(torch::Tensor x) {{
    x = blocks_->forward(x);
    x = torch::adaptive_avg_pool2d(x, {{1, 1}}).flatten(1) * scale_;
    if (is_training()) {{
      x = torch::dropout(x, 0.1, true);
    }}
    return head_(x);
  }}
  std::vector<std::pair<std::string, torch::Tensor>> summary() const {{
    std::vector<std::pair<std::string, torch::Tensor>> result;
    for (const auto& item : named_parameters()) {{
      result.emplace_back(item.key(), item.value().detach().mean());
    }}
    return result;
  }}

private:
  torch::nn::Sequential blocks_;
  torch::nn::Linear head_{{nullptr}};
  torch::Tensor scale_;
}};
TORCH_MODULE(Encoder{k});
""",
    """
class Attention{k}Impl : public torch::nn::Module {{
public:
  Attention{k}Impl(int64_t dim, int64_t heads) : dim_(dim), heads_(heads) {{
    query_ = register_module("query", torch::nn::Linear(dim, dim));
    key_ = register_module("key", torch::nn::Linear(dim, dim));
    value_ = register_module("value", torch::nn::Linear(dim, dim));
    mask_ = register_buffer("mask", torch::ones({{{depth}, {depth}}}).tril());
  }}
  torch::Tensor forward(const torch::Tensor& x) {{
    const auto batch = x.size(0), length = x.size(1);
    auto split = [&](const torch::Tensor& t) {{
      return t.view({{batch, length, heads_, dim_ / heads_}}).transpose(1, 2);
    }};
    auto scores = torch::matmul(split(query_(x)), split(key_(x)).transpose(-2, -1));
    scores = scores / std::sqrt(static_cast<double>(dim_ / heads_));
    auto weights = torch::softmax(scores, -1);
    return torch::matmul(weights, split(value_(x))).transpose(1, 2).reshape({{batch, length, dim_}});
  }}

private:
  int64_t dim_, heads_;
  torch::nn::Linear query_{{nullptr}}, key_{{nullptr}}, value_{{nullptr}};
  torch::Tensor mask_;
}};
TORCH_MODULE(Attention{k});
""",
    """
class Policy{k}Impl : public torch::nn::Module {{
public:
  Policy{k}Impl(int64_t inputs, int64_t outputs, bool dueling) {{
    body_ = register_module("body", torch::nn::Linear(inputs, 128));
    advantage_ = register_module("advantage", torch::nn::Linear(128, outputs));
    if (dueling) {{
      value_ = register_module("value", torch::nn::Linear(128, 1));
    }}
  }}
  torch::Tensor forward(torch::Tensor x) {{
    x = torch::relu(body_(x));
    auto advantage = advantage_(x);
    return value_(x) + advantage - advantage.mean(-1, true);
  }}
  void train_step(torch::optim::Optimizer& optimizer, const torch::Tensor& x, const torch::Tensor& target) {{
    optimizer.zero_grad();
    auto loss = torch::nn::functional::smooth_l1_loss(forward(x), target);
    loss.backward();
    optimizer.step();
    losses_.push_back(loss.item<double>());
  }}

private:
  torch::nn::Linear body_{{nullptr}}, advantage_{{nullptr}}, value_{{nullptr}};
  std::vector<double> losses_;
}};
TORCH_MODULE(Policy{k});
""",
]


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def generate(root, files, flags):
    """A project of `files` sources of about 250 lines and one common header."""
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.join(root, ".git"))
    # The scratch directory may stand in a project that has rules of its own.
    write(os.path.join(root, ".clang-tidy"), "InheritParentConfig: false\nChecks: '-*,torch-*'\n")
    write(os.path.join(root, "src/blocks.h"), HEADER.format(revision="1.0"))
    commands = []
    for i in range(files):
        body = '#include "blocks.h"\n\n#include <cmath>\n#include <iostream>\n\nnamespace demo {\n'
        for j in range(6):
            body += CLASSES[(i + j) % 3].format(k=i * 6 + j, depth=2 + (i + j) % 5)
        body += "\n} // namespace demo\n"
        path = os.path.join(root, f"src/model_{i:03}.cpp")
        write(path, body)
        commands.append({"directory": root, "file": path, "arguments": ["clang++", *flags, "-c", path]})
    write(os.path.join(root, "build/compile_commands.json"), json.dumps(commands, indent=1))


def timed(command, cwd):
    """Seconds, findings and the peak memory of the largest process."""
    start, before = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate()
    seconds, after = time.time() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode not in (0, 1):
        sys.exit(f"bench_lint: {' '.join(command)} ended with {process.returncode}:\n{err[-2000:]}")
    return {"seconds": seconds, "cpu": cpu, "findings": len({line for line in out.splitlines() if "[torch-" in line})}


def peak_memory(command, cwd):
    """Kilobytes of the largest process of the command, by a small program that waits for it."""
    code = ("import resource,subprocess,sys;subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    done = subprocess.run([sys.executable, "-c", code, *command], cwd=cwd, capture_output=True, text=True)
    return int(done.stdout)


def append(path, text):
    with open(path, "a") as out:
        out.write(text)


def bench_size(args, files):
    root = os.path.join(args.scratch, f"project-{files}")
    cache = os.path.join(args.scratch, "cache")
    generate(root, files, args.flags)
    tool = [args.torch_tidy, "check", "-p", "build", "-j", str(args.jobs), "--checks=-*,torch-*", "--quiet",
            "--output-format=clang-tidy", "--cache-dir=" + cache]
    reference = [args.run_clang_tidy, "-clang-tidy-binary", args.clang_tidy, "-load", args.plugin, "-p", "build",
                 "-quiet", "-j", str(args.jobs), "-checks=-*,torch-*", "-header-filter=.*"]
    scenarios = {name: [] for name in ("run-clang-tidy", "first", "file", "header", "nothing")}
    cpu = {name: [] for name in scenarios}
    findings = {}
    for repetition in range(args.reps):
        if files <= args.clang_tidy_up_to and repetition < (1 if files > args.repeat_up_to else args.reps):
            result = timed(reference, root)
            scenarios["run-clang-tidy"].append(result["seconds"])
            cpu["run-clang-tidy"].append(result["cpu"])
            findings["run-clang-tidy"] = result["findings"]
        shutil.rmtree(cache, ignore_errors=True)
        steps = [("first", None), ("file", "src/model_000.cpp"), ("header", "src/blocks.h"), ("nothing", None)]
        for name, changed in steps:
            if changed:
                append(os.path.join(root, changed), f"\n// revision {repetition}\n")
                time.sleep(2.1)
            result = timed(tool, root)
            scenarios[name].append(result["seconds"])
            cpu[name].append(result["cpu"])
            findings[name] = result["findings"]
        print(f"{files} files, repetition {repetition + 1}: " +
              ", ".join(f"{name} {values[-1]:.2f} s" for name, values in scenarios.items() if values), flush=True)
    if len(set(findings.values())) > 1:
        print(f"bench_lint: warning: findings differ between the scenarios: {findings}", file=sys.stderr)
    row = {"files": files, "findings": findings,
           "seconds": {name: statistics.median(values) for name, values in scenarios.items() if values},
           "cpu": {name: statistics.median(values) for name, values in cpu.items() if values}, "runs": scenarios,
           "reference_runs": len(scenarios["run-clang-tidy"])}
    shutil.rmtree(cache, ignore_errors=True)
    row["memory_kb"] = {"torch-tidy": peak_memory(tool, root)}
    if files == 1:
        row["memory_kb"]["clang-tidy"] = peak_memory(reference, root)
    return row


def extrapolate(rows):
    measured = [row for row in rows if "run-clang-tidy" in row["seconds"]]
    if not measured:
        return
    for row in rows:
        if "run-clang-tidy" not in row["seconds"]:
            for kind in ("seconds", "cpu"):
                row[kind]["run-clang-tidy"] = measured[-1][kind]["run-clang-tidy"] / measured[-1]["files"] * row["files"]
            row["extrapolated"] = True


def ratio(row, name, kind):
    return row[kind]["run-clang-tidy"] / row[kind][name]


COLUMNS = "run-clang-tidy | first run | one file changed | a project header changed | nothing changed |"


def cells(data, row, kind):
    reference = f"{row[kind]['run-clang-tidy']:.1f}"
    if row.get("extrapolated"):
        reference += " (extrapolated)"
    elif row["reference_runs"] < data["reps"]:
        reference += f" (runs: {row['reference_runs']})"
    ratios = [f"{row[kind][n]:.2f} ({ratio(row, n, kind):.0f}×)" for n in ("first", "file", "header", "nothing")]
    return " | ".join([reference, *ratios]) + " |"


def table(data, kind):
    return [f"| files | {COLUMNS}", "|---:" * 6 + "|",
            *(f"| {row['files']} | {cells(data, row, kind)}" for row in data["rows"])]


def versions(configurations):
    """A line for each other pair of LLVM and LibTorch, all at the same number of files."""
    files = configurations[0]["rows"][-1]["files"]
    dates = " and ".join(sorted({data["date"] for data in configurations}))
    lines = ["", "## Other versions", "",
             f"{files} files, {dates}; each line is a run of its own, in which the two tools alternate. {configurations[0]['note']}".strip(), ""]
    for kind, name in (("seconds", "wall"), ("cpu", "processor")):
        lines += [f"| LLVM | LibTorch | {name} time: {COLUMNS}", "|---:" * 7 + "|"]
        lines += [f"| {data['llvm']} | {data['torch']} | {cells(data, data['rows'][-1], kind)}" for data in configurations]
        lines += [""]
    return lines[:-1]


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return f"{cpu}, {os.cpu_count()} cores, {memory / 1e6:.0f} GB, {platform.system()} {platform.machine()}"


def report(data, beside):
    lines = ["<!-- Generated by bench/lint/bench_lint.py (make bench-lint), do not edit. -->", "# Performance", "",
             "How long linting takes, against `run-clang-tidy` with the plugin loaded: the same checks, the same `-j`, the same",
             "generated projects (six module classes a file and one common header). Runs of the two tools alternate; numbers are",
             (f"medians of {data['reps']} where not said otherwise" if data["reps"] > 1 else "single runs") +
             ". Seconds; in brackets how many times faster than `run-clang-tidy`.", "",
             f"Machine: {data['machine']}; load average at the start {data['load']:.1f}. LLVM {data['llvm']}, LibTorch {data['torch']}, "
             f"`-j {data['jobs']}`, {data['date']}. {data['note']}".strip(), "",
             "## Wall time", "", *table(data, "seconds"), "",
             "## Processor time", "",
             "User and system time of all processes: the fairer measure when other work ran on the machine.", "",
             *table(data, "cpu")]
    if any(row.get("extrapolated") for row in data["rows"]):
        last = [row for row in data["rows"] if not row.get("extrapolated")][-1]
        lines += ["", f"*Extrapolated* figures were not measured: they are the time per file of `run-clang-tidy` at {last['files']} files, "
                  "times the number of files."]
    first, last = data["rows"][0], data["rows"][-1]
    lines += ["", f"Peak memory of the largest process on a first run: {last['memory_kb']['torch-tidy'] / 1024:.0f} MiB "
              f"for torch-tidy over {last['files']} files" +
              (f", {first['memory_kb']['clang-tidy'] / 1024:.0f} MiB for clang-tidy" if "clang-tidy" in first["memory_kb"] else "") + "."]
    if last["files"] > first["files"]:
        added = (last["cpu"]["first"] - first["cpu"]["first"]) / (last["files"] - first["files"])
        lines += [f"Each file added to a first run costs {added:.2f} s of processor time; the rest is the shared precompiled header, "
                  "made once."]
    lines += ["", "![time against number of files](performance.svg)"]
    if beside:
        lines += versions(beside)
    return "\n".join([*lines, ""])


def svg(data):
    """Log-log plot of seconds against files."""
    import math
    width, height, left, bottom, top, right = 720, 420, 70, 50, 20, 190
    names = [("run-clang-tidy", "#c0392b"), ("first", "#2c3e50"), ("header", "#8e44ad"), ("file", "#2980b9"), ("nothing", "#27ae60")]
    labels = {"run-clang-tidy": "run-clang-tidy", "first": "first run", "header": "header changed", "file": "one file changed",
              "nothing": "nothing changed"}
    xs = [row["files"] for row in data["rows"]]
    ys = [v for row in data["rows"] for v in row["seconds"].values()]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    span = math.log10(max(xs)) or 1

    def x(v):
        return left + math.log10(v) / span * (width - left - right)

    def y(v):
        return height - bottom - (math.log10(v) - low) / (high - low) * (height - bottom - top)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="13">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for e in range(low, high + 1):
        out.append(f'<line x1="{left}" x2="{width - right}" y1="{y(10 ** e):.1f}" y2="{y(10 ** e):.1f}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{y(10 ** e) + 4:.1f}" text-anchor="end">{10.0 ** e:g} s</text>')
    for v in xs:
        out.append(f'<text x="{x(v):.1f}" y="{height - bottom + 20}" text-anchor="middle">{v}</text>')
    out.append(f'<text x="{(left + width - right) / 2:.0f}" y="{height - 10}" text-anchor="middle">files</text>')
    taken = []
    for name, color in names:
        points = [(x(row["files"]), y(row["seconds"][name])) for row in data["rows"]]
        out.append(f'<polyline fill="none" stroke="{color}" stroke-width="2" points="' + " ".join(f"{a:.1f},{b:.1f}" for a, b in points) + '"/>')
        for (a, b), row in zip(points, data["rows"]):
            hollow = name == "run-clang-tidy" and row.get("extrapolated")
            out.append(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{"white" if hollow else color}" stroke="{color}"/>')
        where = points[-1][1]
        while any(abs(where - other) < 15 for other in taken):
            where += 3
        taken.append(where)
        suffix = " (hollow: extrapolated)" if name == "run-clang-tidy" and data["rows"][-1].get("extrapolated") else ""
        out.append(f'<text x="{width - right + 12}" y="{where + 4:.1f}" fill="{color}">{labels[name]}</text>')
        if suffix:
            taken.append(where + 15)
            out.append(f'<text x="{width - right + 12}" y="{where + 18:.1f}" fill="{color}" font-size="11">{suffix.strip()}</text>')
    return "\n".join(out + ["</svg>", ""])


def render(args, data):
    extrapolate(data["rows"])
    text = report(data, [json.load(open(file)) for file in args.beside])
    if args.report:
        write(os.path.abspath(args.report), text)
    if args.svg:
        write(os.path.abspath(args.svg), svg(data))
    print(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--torch-tidy", required=True, type=os.path.abspath)
    parser.add_argument("--plugin", required=True, type=os.path.abspath)
    parser.add_argument("--llvm", required=True)
    parser.add_argument("--scratch", required=True, type=os.path.abspath)
    parser.add_argument("--sizes", default="1,5,20,100")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--clang-tidy-up-to", type=int, default=100, help="largest size to run run-clang-tidy on")
    parser.add_argument("--repeat-up-to", type=int, default=20, help="largest size to repeat run-clang-tidy on")
    parser.add_argument("--torch", default="1.13.1", help="LibTorch's version, for the report")
    parser.add_argument("--flags", type=shlex.split, default="-std=c++17 -isystem /usr/include/torch/csrc/api/include",
                        help="of the compiler, one argument: --flags='-std=c++20 …'")
    parser.add_argument("--note", default="", help="a sentence for the report: how the tool was built, what else ran")
    parser.add_argument("--json")
    parser.add_argument("--render-only", action="store_true", help="write report and plot again from --json")
    parser.add_argument("--beside", nargs="*", default=[], help="what --json wrote with other versions, for a table of them")
    parser.add_argument("--report")
    parser.add_argument("--svg")
    args = parser.parse_args()
    if args.render_only:
        return render(args, json.load(open(args.json)))
    args.run_clang_tidy = shutil.which(f"run-clang-tidy-{args.llvm}") or sys.exit(f"run-clang-tidy-{args.llvm} is not installed")
    args.clang_tidy = shutil.which(f"clang-tidy-{args.llvm}") or sys.exit(f"clang-tidy-{args.llvm} is not installed")
    data = {"machine": machine(), "load": os.getloadavg()[0], "llvm": args.llvm, "torch": args.torch, "jobs": args.jobs,
            "reps": args.reps, "note": args.note, "date": datetime.date.today().isoformat(), "rows": []}
    for files in map(int, args.sizes.split(",")):
        data["rows"].append(bench_size(args, files))
        if args.json:
            write(os.path.abspath(args.json), json.dumps(data, indent=1))
    return render(args, data)


if __name__ == "__main__":
    main()
