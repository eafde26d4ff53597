#!/usr/bin/env python3
"""Whether `torch-tidy keys` lists what LibTorch registers: a class of random layers with random options, listed and run.

usage: random-keys.py @build/llvm22/evidence.args --torch-tidy build/llvm22/driver/torch-tidy [--count N] [--seed S]

The layers are those of checks/model/torch/LayerKeys.def, built by constructors, options, helpers and loops, in containers and in classes of their own.
Names, kinds, shapes and dtypes must be those that named_parameters() and named_buffers() give. Exits with 1 and what differs.
"""
import argparse
import json
import pathlib
import random
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import evidence

HEAD = """#include <torch/torch.h>
#include <iostream>
namespace nn = torch::nn;
struct PairImpl : nn::Module {
  PairImpl(int64_t in, int64_t out, bool norm = false) {
    first = register_module("first", nn::Linear(in, out));
    if (norm)
      register_module("norm", nn::BatchNorm1d(out));
    second = register_module("second", nn::Linear(out, 2 * out));
  }
  nn::Linear first{nullptr}, second{nullptr};
};
TORCH_MODULE(Pair);
nn::Conv2dOptions conv3x3(int64_t in, int64_t out, int64_t groups = 1) { return nn::Conv2dOptions(in, out, 3).groups(groups).bias(false); }
nn::Sequential stack(int64_t width, int depth) {
  nn::Sequential layers;
  for (int i = 0; i < depth; ++i) {
    layers->push_back(nn::Linear(width, width + 1));
    width += 1;
    layers->push_back("act" + std::to_string(i), nn::ReLU());
  }
  return layers;
}
struct Net : nn::Module {
  Net() {
"""
TAIL = """  }
};
void print(const char *kind, const std::string &name, const torch::Tensor &tensor) {
  std::cout << "SYMPTOM key=" << kind << " " << name << " " << tensor.sizes() << " " << tensor.dtype() << "\\n";
}
int main() {
  Net net;
  for (const auto &item : net.named_parameters())
    print("parameter", item.key(), item.value());
  for (const auto &item : net.named_buffers())
    print("buffer", item.key(), item.value());
}
"""
DTYPES = {"float": "float32", "double": "float64", "long": "int64", "long int": "int64", "int": "int32", "bool": "bool"}


def setters(options, random):
    return "".join(f".{name}({random.choice(values)})" for name, values in options.items() if random.random() < 0.5)


def layer(random):
    """An expression that builds a layer."""
    d = random.choice([1, 2, 3])
    size = lambda: random.choice([2, 3, 4, 6])
    flag = ["true", "false"]
    name = random.choice(["Linear", "Linear", "Bilinear", "Conv", "Conv", "ConvTranspose", "Embedding", "EmbeddingBag", "BatchNorm", "BatchNorm", "InstanceNorm",
                          "GroupNorm", "LayerNorm", "PReLU", "LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell", "MultiheadAttention", "ReLU", "Dropout",
                          "TransformerEncoderLayer", "TransformerDecoderLayer", "CrossEntropyLoss", "MaxPool", "LocalResponseNorm"])
    options = {}
    if name == "Linear":
        arguments, options = f"{size()}, {size()}", {"bias": flag}
    elif name == "Bilinear":
        arguments, options = f"{size()}, {size()}, {size()}", {"bias": flag}
    elif name in ("Conv", "ConvTranspose"):
        groups = random.choice([1, 1, 2])
        kernel = random.choice(["1", "3", "{" + ", ".join(str(random.choice([1, 2, 3])) for _ in range(d)) + "}"])
        # One in braces would be a number.
        kernel = kernel if d > 1 else "3"
        arguments, options = f"{2 * size()}, {2 * size()}, {kernel}", {"bias": flag, "groups": [groups], "stride": [1, 2], "dilation": [1, 2]}
        name += f"{d}d"
    elif name in ("Embedding", "EmbeddingBag"):
        arguments = f"{size()}, {size()}"
    elif name in ("BatchNorm", "InstanceNorm"):
        arguments, options = f"{size()}", {"affine": flag, "track_running_stats": flag}
        name += f"{d}d"
    elif name == "GroupNorm":
        arguments, options = f"2, {2 * size()}", {"affine": flag}
    elif name == "LayerNorm":
        arguments = "std::vector<int64_t>{" + ", ".join(str(size()) for _ in range(random.choice([1, 2, 3]))) + "}"
        options = {"elementwise_affine": flag}
    elif name == "PReLU":
        arguments, options = "", {"num_parameters": [1, 4]}
    elif name in ("LSTM", "GRU", "RNN"):
        arguments, options = f"{size()}, 5", {"bias": flag, "num_layers": [1, 2, 3], "bidirectional": flag, "batch_first": flag}
        if name == "LSTM":
            options["proj_size"] = [0, 3]
    elif name in ("LSTMCell", "GRUCell", "RNNCell"):
        arguments, options = f"{size()}, {size()}", {"bias": flag}
    elif name == "MultiheadAttention":
        arguments, options = f"{2 * size()}, 2", {"bias": flag, "add_bias_kv": flag, "kdim": [4, 3], "vdim": [4, 5]}
    elif name.startswith("Transformer"):
        arguments, options = f"{2 * size()}, 2", {"dim_feedforward": [7, 8]}
    elif name == "CrossEntropyLoss":
        arguments, options = "", {"weight": ["torch::ones({3})"], "ignore_index": [1]}
    elif name == "MaxPool":
        arguments, name = "2", f"MaxPool{d}d"
    elif name == "LocalResponseNorm":
        arguments = "2"
    else:
        arguments = ""
    given = setters(options, random)
    if not given and "{" not in arguments and random.random() < 0.5:
        return f"nn::{name}({arguments})"
    return f"nn::{name}(nn::{name}Options({arguments}){given})"


def registration(number, random):
    """A statement that registers something under the number."""
    name = f'"m{number}"'
    made = layer(random)
    way = random.randrange(11)
    if way == 0:
        return f"register_module({name}, nn::Sequential({made}, nn::ReLU(), {layer(random)}));"
    if way == 1:
        return f'{{ nn::Sequential s; s->push_back("x", {made}); s->push_back({layer(random)}); register_module({name}, s); }}'
    if way == 2:
        return f"register_module({name}, Pair({random.randint(1, 5)}, {random.randint(1, 5)}{random.choice(['', ', true'])}));"
    if way == 3:
        return f"for (int i = 0; i < {random.randint(0, 3)}; ++i) register_module({name} + (\"_\" + std::to_string(i)), nn::Linear(i + 1, 2 * i + 1));"
    if way == 4:
        return f"register_module({name}, nn::Conv2d(conv3x3(4, 6{random.choice(['', ', 2'])})));"
    if way == 5:
        return f"register_module({name}, stack({random.randint(1, 4)}, {random.randint(0, 3)}));"
    if way == 6:
        dtype = random.choice(["", ", torch::kDouble", ", torch::kLong", ", torch::TensorOptions().dtype(torch::kInt)"])
        return f"register_buffer({name}, torch::zeros({{{random.randint(1, 4)}, {random.randint(1, 4)}}}{dtype}));"
    if way == 7:
        return f"register_parameter({name}, torch::randn({{{random.randint(1, 4)}}}){random.choice(['', ' * 0.1', '.clone()'])});"
    if way == 8:
        return (f'{{ nn::ModuleList l; for (int64_t w : std::vector<int64_t>{{2, {random.randint(1, 5)}}}) l->push_back(nn::Linear(w, 3)); '
                f'l->push_back({made}); register_module({name}, l); }}')
    return f"register_module({name}, {made});"


def main():
    parser = argparse.ArgumentParser(description=__doc__, fromfile_prefix_chars="@", formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--torch-tidy", "--cxx", "--library", "--runtime", "--device", "--check"):
        parser.add_argument(option, default="c++" if option == "--cxx" else None)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/random-keys"))
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("--define", action="append", default=[])
    parser.add_argument("--standard", default="17")
    parser.add_argument("--torch", default="")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    args, _ = parser.parse_known_args()
    args.work = args.work.resolve()
    args.runtime = None
    args.work.mkdir(parents=True, exist_ok=True)
    generator = random.Random(args.seed)
    source = args.work / "keys.cpp"
    source.write_text(HEAD + "".join(f"    {registration(number, generator)}\n" for number in range(args.count)) + TAIL)
    evidence.make_header(args)
    evidence.build(source, args.work / "keys", args)
    shown = evidence.run([args.work / "keys"], timeout=120).stdout
    real = {}
    for kind, name, sizes, dtype in re.findall(r"^SYMPTOM key=(\w+) (\S+) \[(.*)\] (.+)$", shown, re.M):
        real[name] = (kind, [int(size) for size in re.findall(r"\d+", sizes)], DTYPES.get(dtype, dtype))
    listed = evidence.run([args.torch_tidy, "keys", "Net", source, "--format=json", f"--cache-dir={args.work / 'cache'}", "--", *evidence.compile_flags(args)])
    if listed.returncode:
        sys.exit(listed.stderr)
    said = {key["key"]: (key["kind"], key.get("shape"), key.get("dtype")) for key in json.loads(listed.stdout)["keys"]}
    differing = 0
    for name in sorted(real.keys() | said.keys()):
        if real.get(name) != said.get(name):
            differing += 1
            place = re.search(rf'"{name.split(".")[0].split("_")[0]}".*', source.read_text())
            print(f"{name}: LibTorch has {real.get(name)}, keys says {said.get(name)}\n  {place.group() if place else ''}")
    print(f"{args.count} registrations, {len(real)} keys, {differing} differ")
    return bool(differing or len(real) < args.count)


if __name__ == "__main__":
    sys.exit(main())
