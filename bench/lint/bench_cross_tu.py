#!/usr/bin/env python3
"""What facts from other files cost: runs of torch-tidy with and without them, in turns, over generated projects in which
every class has its constructor in a file and its forward in another.

usage: bench_cross_tu.py --torch-tidy PATH --scratch DIR [--classes 50] [--reps 3] [--flags "…"]

A class in two is a class that asks: of the files, half are read twice, which is as bad as it gets. Each number is a median.
First runs have the shared header and no results; later ones have both.
"""
import argparse
import json
import os
import shlex
import shutil
import statistics
import subprocess
import time

HEADER = """#pragma once
#include <torch/torch.h>
struct Net{k}Impl : torch::nn::Module {{
  Net{k}Impl(int64_t width, int64_t depth);
  torch::Tensor forward(torch::Tensor x);
  torch::nn::Sequential blocks;
  torch::nn::Linear head{{nullptr}}, tail{{nullptr}};
  torch::Tensor scale;
}};
TORCH_MODULE(Net{k});
"""
BUILD = """#include "net{k}.h"
Net{k}Impl::Net{k}Impl(int64_t width, int64_t depth) {{
  for (int64_t i = 0; i < depth; ++i)
    blocks->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(i == 0 ? 3 : width, width, 3).padding(1)));
  register_module("blocks", blocks);
  head = register_module("head", torch::nn::Linear(width, 10));
  scale = register_parameter("scale", torch::ones({{width}}));
}}
"""
FORWARD = """#include "net{k}.h"
torch::Tensor Net{k}Impl::forward(torch::Tensor x) {{
  x = blocks->forward(x);
  x = torch::adaptive_avg_pool2d(x, {{1, 1}}).flatten(1) * scale;
  return {last}->forward(x);
}}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--torch-tidy", required=True)
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--classes", type=int, default=50)
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--flags", default="-std=c++17")
    args = parser.parse_args()
    src, cache, entries = os.path.join(args.scratch, "cross-tu"), os.path.join(args.scratch, "cross-tu-cache"), []
    shutil.rmtree(src, ignore_errors=True)
    shutil.rmtree(cache, ignore_errors=True)
    os.makedirs(src)
    for k in range(args.classes):
        # Every fifth class has a bug that neither file shows.
        texts = {f"net{k}.h": HEADER, f"net{k}_build.cpp": BUILD, f"net{k}.cpp": FORWARD}
        for name, text in texts.items():
            with open(os.path.join(src, name), "w") as out:
                out.write(text.format(k=k, last="tail" if k % 5 == 0 else "head"))
            if name.endswith(".cpp"):
                entries.append({"directory": src, "file": name, "arguments": ["c++", *shlex.split(args.flags), "-c", name]})
    with open(os.path.join(src, "compile_commands.json"), "w") as out:
        json.dump(entries, out)

    def run(*options):
        start = time.monotonic()
        done = subprocess.run([args.torch_tidy, "check", "-p", src, "--cache-dir=" + cache, "--quiet", "--output-format=json", *options],
                              capture_output=True, text=True, cwd=src)
        return time.monotonic() - start, len(json.loads(done.stdout)["findings"])

    run()  # makes the shared header
    times, found = {}, {}
    for _ in range(args.reps):
        for name, options in (("alone", ["--no-cross-tu"]), ("across", [])):
            os.remove(os.path.join(cache, "results.db"))
            for kind in ("first", "later"):
                seconds, found[name] = run(*options)
                times.setdefault((name, kind), []).append(seconds)
    median = {key: statistics.median(values) for key, values in times.items()}
    print(f"{len(entries)} files, {args.classes} classes in two files each; findings: {found['alone']} alone, {found['across']} across")
    for kind in ("first", "later"):
        print(f"{kind:5} run: alone {median['alone', kind]:6.2f} s, across {median['across', kind]:6.2f} s, {median['across', kind] / median['alone', kind]:.2f}x")


if __name__ == "__main__":
    main()
