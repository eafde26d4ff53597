#!/usr/bin/env python3
"""Whether torch-sequential-mismatch, or torch-layer-options, speaks exactly where LibTorch throws: over random layers, linted and run.

usage: random-stacks.py @build/llvm22/evidence.args --check build/llvm22/test/check [--rule NAME] [--count N] [--seed S]

For the first rule they are stacks in a Sequential; for the second single layers with random options, and layers that a function runs one behind
another. Each is given an input that fits its first layer. They are of the layers that the rule knows, in the spellings that it reads.
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
template <typename Function> void run(int number, Function function) {
  bool throws = false;
  try {
    function();
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
    indices = family == "Linear" and random.random() < 0.15
    if indices:
        layers.append(f"nn::Embedding(5, {random.choice(SIZES)})")
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
    given = "torch::zeros({3, 2}, torch::kLong)" if indices else f"torch::ones({{{shape}}})"
    return f"void stack{number}() {{ {filled} run({number}, net, {given}); }}\n"


def setters(options, random):
    """Some of the options, each with one of its values, as calls."""
    return "".join(f".{name}({random.choice(values)})" for name, values in options.items() if random.random() < 0.5)


def layer(number, random):
    """A function that builds one layer with random options and runs it, as text. Not with what ends LibTorch 1.13: zero groups, heads or layers."""
    d = random.choice([1, 2, 3])
    space = ", ".join(["8"] * d)
    windows = {"stride": [1, 1, 2, 0], "padding": [0, 0, 1, 2, -1]}
    recurrent = {"num_layers": [1, 2], "dropout": [0, 0.5, 1.5]}
    name = random.choice(["Conv", "ConvTranspose", "MaxPool", "AvgPool", "MultiheadAttention", "GroupNorm", "Dropout", "Linear", "Embedding", "LSTM", "GRU",
                          "TransformerEncoderLayer", "Upsample", "PixelShuffle", "LayerNorm", "BatchNorm"])
    arguments, options, inputs = "", {}, ["torch::ones({1, 4, 8, 8})"]
    if name in ("Conv", "ConvTranspose"):
        first, second, kernel = random.choice([2, 3, 4, 4, 0, -1]), random.choice([2, 3, 4, 4, 0]), random.choice([1, 2, 2, 0])
        arguments = f"{first}, {second}, {kernel}"
        options = {"groups": [1, 1, 2, 3], "stride": [1, 1, 2, 0], "dilation": [1, 1, 2, 0], "padding": [0, 1, -1]}
        if name == "Conv":
            options["padding"] += ["torch::kSame"]
        else:
            options |= {"output_padding": [0, 1, 2], "padding": [0]}
        inputs = [f"torch::ones({{2, {max(first, 0)}, {space}}})"]
        name += f"{d}d"
    elif name in ("MaxPool", "AvgPool"):
        arguments, options, inputs = random.choice(["1", "2", "3", "0"]), windows, [f"torch::ones({{2, 3, {space}}})"]
        name += f"{d}d"
    elif name in ("MultiheadAttention", "TransformerEncoderLayer"):
        width = random.choice([4, 6, 8])
        arguments, options = f"{width}, {random.choice([1, 2, 3])}", {"dropout": [0, 0.5, 1.5]}
        inputs = [f"torch::ones({{3, 1, {width}}})"] * (3 if name.startswith("M") else 1)
    elif name == "GroupNorm":
        channels = random.choice([2, 3, 4])
        arguments, inputs = f"{random.choice([1, 2, 3, 0])}, {channels}", [f"torch::ones({{2, {channels}, 4}})"]
    elif name == "Dropout":
        name += random.choice(["", "2d", "3d"])
        arguments = random.choice(["0", "0.5", "1.", "1.5", "50", "-0.1"])
        inputs = ["torch::ones({2, 3, 4, 4, 4})"]
    elif name == "Linear":
        first = random.choice([3, 3, 0, -1])
        arguments, inputs = f"{first}, {random.choice([2, 0, -1])}", [f"torch::ones({{2, {max(first, 0)}}})"]
    elif name == "Embedding":
        arguments, options, inputs = "3, 2", {"padding_idx": [-4, -3, 0, 2, 3]}, ["torch::zeros({2}, torch::kLong)"]
    elif name in ("LSTM", "GRU"):
        arguments, options, inputs = f"3, {random.choice([1, 4, 4, 0])}", dict(recurrent), ["torch::ones({2, 1, 3})"]
        if name == "LSTM":
            options["proj_size"] = [1, 4, 5]
    elif name == "Upsample":
        options = {"size": ["std::vector<int64_t>{8, 8}"], "scale_factor": ["std::vector<double>{2., 2.}"]}
    elif name == "PixelShuffle":
        arguments = random.choice(["2", "1", "0", "-1"])
    elif name == "LayerNorm":
        size = random.choice([3, -1])
        arguments, inputs = f"std::vector<int64_t>{{{size}}}", ["torch::ones({2, 3})"]
    else:
        size = random.choice([3, -1])
        name += f"{d}d"
        arguments, inputs = str(size), [f"torch::ones({{2, 3, {space}}})"]
    built = f"nn::{name}Options({arguments})" + setters(options, random)
    if random.random() < 0.3 and name != "Upsample" and name != "LayerNorm":
        built = arguments
    opened, closed = "{}" if name == "Upsample" else random.choice(["()", "{}"])  # nn::Upsample layer(nn::UpsampleOptions()) is a function
    return f"void stack{number}() {{ run({number}, [] {{ nn::{name} layer{opened}{built}{closed}; return layer({', '.join(inputs)}); }}); }}\n"


def chain(number, random):
    """A function that runs layers one behind another, as text."""
    family = random.choice(["Linear", "Conv1d", "Conv2d", "Conv3d"])
    d = 0 if family == "Linear" else int(family[-2])
    keeps = ["x = torch::relu(x);", "x = x.tanh();", "x = torch::dropout(x, 0.3, true);", "x = x.contiguous();", "x = nn::functional::gelu(x);",
             "x = x.to(torch::kFloat);", "x.relu_();"]
    if d:
        keeps.append(f"x = torch::max_pool{d}d(x, 1);")
    declared, body, first_in = "", "", None
    for place in range(random.randint(2, 4)):
        given, _, text = sized(family, family + "Options", random)
        first_in = first_in or given
        declared += f"auto l{place} = {text}; "
        body += f"x = l{place}{random.choice(['(x)', '->forward(x)'])}; "
        while random.random() < 0.4:
            body += random.choice(keeps) + " "
    shape = ", ".join(map(str, [2, first_in] + [4] * d))
    return f"void stack{number}() {{ run({number}, [] {{ {declared}auto x = torch::ones({{{shape}}}); {body}return x; }}); }}\n"


RULES = {"torch-sequential-mismatch": stack,
         "torch-layer-options": lambda number, random: random.choice([layer, chain])(number, random)}


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "), fromfile_prefix_chars="@")
    parser.add_argument("--rule", choices=list(RULES), default="torch-sequential-mismatch")
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
    source = args.work / f"{args.rule}-{args.seed}.cpp"
    program = source.with_suffix("")
    generator = random.Random(args.seed)
    stacks = [RULES[args.rule](number, generator) for number in range(args.count)]
    source.write_text(HEAD + "".join(stacks) + "int main() {\n  torch::manual_seed(0);\n"
                      + "".join(f"  stack{number}();\n" for number in range(args.count)) + "}\n")
    first_line = HEAD.count("\n") + 1
    said = {line - first_line for line in evidence.findings(source, args.rule, args)}
    evidence.build(source, program, args)
    thrown = {int(name.removeprefix("stack")) for name, value in evidence.symptoms(program, args).items() if value == "1"}
    different = sorted(said ^ thrown)
    for number in different:
        print(("said, and runs: " if number in said else "throws, and nothing is said: ") + stacks[number], end="")
    print(f"{args.count} stacks: {len(thrown)} throw, {len(said)} are flagged, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
