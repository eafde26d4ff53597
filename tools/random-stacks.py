#!/usr/bin/env python3
"""Whether torch-sequential-mismatch speaks exactly where LibTorch throws: over random stacks of layers, linted and run.

usage: random-stacks.py @build/llvm22/evidence.args --check build/llvm22/test/check [--count N] [--seed S]

Each stack is given an input that fits its first layer. The stacks are of the layers whose sizes the rule follows, in the spellings that it reads.
Exits with 1 and the stacks where the two differ.
"""
import argparse
import pathlib
import random
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import evidence

SIZES = [2, 3, 4]
KEEPS = ["ReLU()", "Tanh()", "Sigmoid()", "GELU()", "SiLU()", "ELU()", "Softplus()", "Hardtanh()", "LeakyReLU()", "Dropout(0.3)", "Identity()",
         "Softmax(1)", "LogSoftmax(1)"]
HEAD = """#include <torch/torch.h>
#include <iostream>
namespace nn = torch::nn;
void run(int number, nn::Sequential net, torch::Tensor x) {
  bool throws = false;
  try {
    net->forward(x);
  } catch (const std::exception &) {
    throws = true;
  }
  std::cout << "SYMPTOM stack" << number << "=" << throws << "\\n";
}
"""


def sized(name, options, random):
    first, second = random.choice(SIZES), random.choice(SIZES)
    if name.startswith("BatchNorm"):
        return first, first, f"nn::{name}({first})"
    extra = ", 1" if name.startswith("Conv") else ""
    spelling = random.randrange(3)
    if spelling == 0:
        return first, second, f"nn::{name}({first}, {second}{extra})"
    if spelling == 1:
        return first, second, f"nn::{name}(nn::{options}({first}, {second}{extra}))"
    return first, second, f"nn::{name}(nn::{options}({first}, {second}{extra}).bias({random.choice(['true', 'false'])}))"


def stack(number, random):
    """A function that runs a stack, as text."""
    family = random.choice(["Linear", "Conv1d", "Conv2d", "Conv3d"])
    layers, first_in = [], None
    count = random.randint(2, 5)
    for place in range(count):
        if layers and random.random() < 0.4:
            layers.append("nn::" + random.choice(KEEPS))
            continue
        name = family
        # Not as the last: forward() then asks a tuple for a tensor, which is between it and its caller.
        if family == "Linear" and place < count - 1 and random.random() < 0.15:
            name = random.choice(["LSTM", "GRU", "RNN"])
        elif family in ("Conv2d", "Conv3d") and random.random() < 0.3:
            name = "BatchNorm" + family[-2:]
        given, _, text = sized(name, name + "Options", random)
        first_in = first_in or given
        layers.append(text)
    dimensions = {"Linear": [3, 2, first_in], "Conv1d": [2, first_in, 4], "Conv2d": [2, first_in, 4, 4], "Conv3d": [2, first_in, 4, 4, 4]}[family]
    shape = ", ".join(map(str, dimensions))
    if random.random() < 0.3:
        filled = "nn::Sequential net; " + " ".join(f"net->push_back({layer});" for layer in layers)
    elif random.random() < 0.2:
        filled = "nn::Sequential net({" + ", ".join(f'{{"l{i}", {layer}}}' for i, layer in enumerate(layers)) + "});"
    else:
        filled = f"nn::Sequential net({', '.join(layers)});"
    return f"void stack{number}() {{ {filled} run({number}, net, torch::ones({{{shape}}})); }}\n"


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "), fromfile_prefix_chars="@")
    parser.add_argument("--check", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cxx", default="c++")
    parser.add_argument("--work", type=pathlib.Path, default=evidence.ROOT / "build" / "stacks")
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("--library")
    parser.add_argument("--define", action="append", default=[])
    parser.add_argument("--standard", default="17")
    parser.add_argument("--runtime")
    parser.add_argument("--torch")
    args = parser.parse_args()
    args.device = None
    args.include = args.include or ["/usr/include/torch/csrc/api/include"]
    args.work = args.work.resolve()
    evidence.make_header(args)
    source = args.work / f"stacks-{args.seed}.cpp"
    program = source.with_suffix("")
    generator = random.Random(args.seed)
    stacks = [stack(number, generator) for number in range(args.count)]
    source.write_text(HEAD + "".join(stacks) + "int main() {\n  torch::manual_seed(0);\n"
                      + "".join(f"  stack{number}();\n" for number in range(args.count)) + "}\n")
    first_line = HEAD.count("\n") + 1
    said = {line - first_line for line in evidence.findings(source, "torch-sequential-mismatch", args)}
    evidence.build(source, program, args)
    thrown = {int(name.removeprefix("stack")) for name, value in evidence.symptoms(program, args).items() if value == "1"}
    different = sorted(said ^ thrown)
    for number in different:
        print(("said, and runs: " if number in said else "throws, and nothing is said: ") + stacks[number], end="")
    print(f"{args.count} stacks: {len(thrown)} throw, {len(said)} are flagged, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
