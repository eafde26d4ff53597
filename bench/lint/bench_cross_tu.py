#!/usr/bin/env python3
"""What facts from other files cost: runs of torch-tidy with and without them, in turns, over generated projects.

usage: bench_cross_tu.py --torch-tidy PATH --scratch DIR [--layout headers|halves] [--files 100] [--reps 3] [--flags "…"]

headers: the files of bench_lint.py, their classes in a header each and their constructors in the .cpp file, one file in ten
  a program that loads a model of another file and runs it: such a file asks.
halves: every class has its constructor in a file and its forward in another. A class in two asks: of the files, half are
  read twice, which is as bad as it gets.
Each number is a median. Of first runs one makes the shared header and others have it; later ones have header and results.
"""
import argparse
import json
import os
import re
import shlex
import shutil
import statistics
import subprocess
import time

import bench_lint

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


CONSTRUCTOR = re.compile(r"^  (?:explicit )?(\w+)\((.*?)\)((?: : [^{]*)? \{\n.*?^  \})\n", re.M | re.S)
PROGRAM = """#include "model_{other:03}.h"
torch::Tensor run{i}(const torch::Tensor& x) {{
  demo::{name} model({arguments});
  torch::load(model, "model.pt");{eval}
  torch::NoGradGuard guard;
  return model->forward(x);
}}
"""
MODELS = [("Encoder", "16"), ("Attention", "16, 4"), ("Policy", "4, 2, true")]


def halves(files):
    """Every fifth class has a bug that neither file shows."""
    for k in range(files // 2):
        for name, text in {f"net{k}.h": HEADER, f"net{k}_build.cpp": BUILD, f"net{k}.cpp": FORWARD}.items():
            yield name, text.format(k=k, last="tail" if k % 5 == 0 else "head")


def headers(files):
    """Every other program forgets eval(), which matters to the encoders alone."""
    yield "blocks.h", bench_lint.HEADER.format(revision="1.0")
    for i in range(files):
        classes = "".join(bench_lint.CLASSES[(i + j) % 3].format(k=i * 6 + j, depth=2 + (i + j) % 5) for j in range(6))
        defined = ""
        for made in CONSTRUCTOR.finditer(classes):
            defined += f"{made[1]}::{made[1]}({re.sub(' = [0-9]+', '', made[2])}){made[3]}\n"
        declared = CONSTRUCTOR.sub(lambda made: f"  explicit {made[1]}({made[2]});\n", classes)
        yield f"model_{i:03}.h", f'#pragma once\n#include "blocks.h"\n#include <cmath>\n#include <iostream>\nnamespace demo {{{declared}}}\n'
        yield f"model_{i:03}.cpp", f'#include "model_{i:03}.h"\nnamespace demo {{\n{defined}}}\n'
        if i % 10 == 0:
            other = (i + 1) % files
            name, arguments = MODELS[other % 3]
            yield f"program_{i:03}.cpp", PROGRAM.format(i=i, other=other, name=f"{name}{other * 6}", arguments=arguments,
                                                        eval="" if i % 20 == 0 else "\n  model->eval();")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--torch-tidy", required=True, type=os.path.abspath)
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--layout", choices=["headers", "halves"], default="headers")
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--flags", default="-std=c++17 -isystem /usr/include/torch/csrc/api/include")
    args = parser.parse_args()
    src, cache, entries = os.path.join(args.scratch, "cross-tu"), os.path.join(args.scratch, "cross-tu-cache"), []
    shutil.rmtree(src, ignore_errors=True)
    shutil.rmtree(cache, ignore_errors=True)
    os.makedirs(src)
    for name, text in (halves if args.layout == "halves" else headers)(args.files):
        with open(os.path.join(src, name), "w") as out:
            out.write(text)
        if name.endswith(".cpp"):
            entries.append({"directory": src, "file": name, "arguments": ["c++", *shlex.split(args.flags), "-c", name]})
    with open(os.path.join(src, "compile_commands.json"), "w") as out:
        json.dump(entries, out)

    def run(*options):
        start = time.monotonic()
        done = subprocess.run([args.torch_tidy, "check", "-p", src, "--cache-dir=" + cache, "--quiet", "--output-format=json", *options],
                              capture_output=True, text=True, cwd=src)
        return time.monotonic() - start, len(json.loads(done.stdout)["findings"])

    times, found = {}, {}
    for _ in range(args.reps):
        for name, options in (("alone", ["--no-cross-tu"]), ("across", [])):
            shutil.rmtree(cache, ignore_errors=True)
            for kind in ("first", "first, with the header", "later"):
                if kind == "first, with the header":
                    os.remove(os.path.join(cache, "results.db"))
                seconds, found[name] = run(*options)
                times.setdefault((name, kind), []).append(seconds)
    median = {key: statistics.median(values) for key, values in times.items()}
    print(f"{len(entries)} files, layout {args.layout}; findings: {found['alone']} alone, {found['across']} across")
    for kind in ("first", "first, with the header", "later"):
        alone, across = median["alone", kind], median["across", kind]
        print(f"{kind:22} run: alone {alone:6.2f} s, across {across:6.2f} s, {across / alone:.2f}x")


if __name__ == "__main__":
    main()
