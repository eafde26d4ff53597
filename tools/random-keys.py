#!/usr/bin/env python3
"""Whether `torch-tidy keys` lists what LibTorch registers: a class of random layers with random options, listed and run.

usage: random-keys.py @build/llvm22/evidence.args --torch-tidy build/llvm22/driver/torch-tidy [--count N] [--seed S]

The layers are those of checks/model/torch/LayerKeys.def, built by constructors, options, helpers, loops, lambdas and virtual functions, in containers and
in classes of their own.
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
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
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
struct WideImpl : PairImpl {
  using PairImpl::PairImpl;
  nn::PReLU act{register_module("act", nn::PReLU())};
};
TORCH_MODULE(Wide);
struct ShapeImpl : nn::Module {
  ShapeImpl() { add(); }
  void add() { register_module("part" + std::to_string(count++), nn::Linear(width(), 1)); }
  virtual int64_t width() { return 2; }
  int count = 0;
};
struct RoundImpl : ShapeImpl {
  RoundImpl() { add(); }
  int64_t width() override { return 5; }
};
struct Config {
  int64_t width = 2;
  bool bias = true;
};
struct ConfiguredImpl : nn::Module {
  ConfiguredImpl(const Config &config) { register_module("fc", nn::Linear(nn::LinearOptions(config.width, 3).bias(config.bias))); }
};
template <int64_t N> struct FixedImpl : nn::Module {
  FixedImpl() { register_module("fc", nn::Linear(N, 2 * N)); }
};
// What only a function of a header would instantiate has no body in view.
template struct FixedImpl<1>;
template struct FixedImpl<2>;
template struct FixedImpl<3>;
template struct FixedImpl<4>;
template struct FixedImpl<5>;
inline void widen(int64_t *width) { *width += 3; }
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
DTYPES = {"float": "float32", "c10::Half": "float16", "double": "float64", "long": "int64", "long int": "int64", "int": "int32", "bool": "bool"}


def setters(options, random):
    return "".join(f".{name}({random.choice(values)})" for name, values in options.items() if random.random() < 0.5)


def layer(random):
    """An expression that builds a layer."""
    d = random.choice([1, 2, 3])
    size = lambda: random.choice([2, 3, 4, 6])
    flag = ["true", "false"]
    name = random.choice(["Linear", "Linear", "Bilinear", "Conv", "Conv", "ConvTranspose", "Embedding", "EmbeddingBag", "BatchNorm", "BatchNorm", "InstanceNorm",
                          "GroupNorm", "LayerNorm", "PReLU", "LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell", "MultiheadAttention", "ReLU", "Dropout",
                          "TransformerEncoderLayer", "TransformerDecoderLayer", "Transformer", "TransformerEncoder", "TransformerDecoder",
                          "AdaptiveLogSoftmaxWithLoss", "CrossEntropyLoss", "MaxPool", "LocalResponseNorm"])
    options = {}
    needs_options = name == "Transformer"
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
    elif name in ("TransformerEncoder", "TransformerDecoder"):
        each = f"nn::{name}LayerOptions({2 * size()}, 2).dim_feedforward({random.choice([7, 8])})"
        needs_options = random.random() < 0.5
        arguments = f"{each if needs_options else f'nn::{name}Layer({each})'}, {random.randint(1, 3)}"
        options = {"norm": ["nn::AnyModule(nn::LayerNorm(nn::LayerNormOptions({4})))"]}
    elif name == "Transformer":
        arguments = f"{2 * size()}, 2{random.choice(['', ', 1, 2', ', 2, 3'])}"
        options = {"dim_feedforward": [7, 8], "num_encoder_layers": [1, 2], "custom_decoder": ["nn::AnyModule(nn::Linear(2, 3))"]}
    elif name == "AdaptiveLogSoftmaxWithLoss":
        cutoffs = random.choice(["{5}", "{5, 10}", "{3, 6, 12}"])
        arguments, options = f"{64 * size()}, 20, std::vector<int64_t>{cutoffs}", {"div_value": ["2.0", "1.5", "2.7"], "head_bias": flag}
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
    if not given and not needs_options and "{" not in arguments and random.random() < 0.5:
        return f"nn::{name}({arguments})"
    return f"nn::{name}(nn::{name}Options({arguments}){given})"


def registration(number, random):
    """A statement that registers something under the number."""
    name = f'"m{number}"'
    made = layer(random)
    way = random.randrange(24)
    first, second = random.randint(1, 5), random.randint(1, 5)
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
    if way == 9:
        return f"register_module({name}, Wide({first}, {second}{random.choice(['', ', true'])}));"
    if way == 10:
        return (f"{{ std::vector<int64_t> v{{{first}, {second}}}; std::for_each(v.begin(), v.end(), [&](int64_t w) {{ "
                f'register_module({name} + ("_" + std::to_string(w)), nn::Linear(w, 2)); }}); }}' if first != second else
                f"{{ int64_t n = {first}; std::function<nn::Linear(int64_t)> make = [&](int64_t out) {{ n += 1; return nn::Linear(n, out); }}; "
                f"register_module({name}, nn::Sequential(make({second}), make(2))); }}")
    if way == 11:
        return f"{{ auto [in, out] = std::make_pair({first}, {second}); out += 1; register_module({name}, nn::Linear(in, out)); }}"
    if way == 12:
        return f"register_module({name}, std::make_shared<{random.choice(['ShapeImpl', 'RoundImpl'])}>());"
    if way == 13:
        return f"{{ int64_t n = {first}, m = {second}; widen(&n); std::swap(n, m); register_module({name}, nn::Linear(n, m)); }}"
    if way == 14:
        return (f'{{ std::map<std::string, int64_t> sizes{{{{"b", {first}}}, {{"a", {second}}}}}; sizes["c"] = 2; nn::Sequential s; '
                f"for (const auto &[key, n] : sizes) s->push_back(std::string(key), nn::Linear(n, sizes.at(key))); register_module({name}, s); }}")
    if way == 15:
        change = random.choice(["t_()", "unsqueeze_(0)", "resize_({5})", "transpose_(0, 1)", "squeeze_()", "fill_(2)", "mul_(3)"])
        return f"{{ auto t = register_buffer({name}, torch::zeros({{{first}, {second}}})); t.{change}; }}"
    if way == 16:
        return f"{{ auto l = register_module({name}, {made}); l->to({random.choice(['torch::kDouble', 'torch::kHalf', 'torch::kCPU, torch::kDouble'])}); }}"
    if way == 17:
        return f'register_module({name}, {made}); unregister_module({name}); register_module({name}, nn::PReLU());'
    if way == 18:
        return (f"{{ nn::ModuleList l(nn::Linear({first}, 2), nn::PReLU()); l->insert({random.randint(0, 2)}, nn::Linear({second}, 3)); "
                f"register_module({name}, l); }}")
    if way == 19:
        return f"register_module({name}, std::make_shared<FixedImpl<{first}>>());"
    if way == 20:
        return f"register_module({name}, std::make_shared<ConfiguredImpl>(Config{{{first}, {random.choice(['true', 'false'])}}}));"
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
    differing, unknown = 0, 0
    for name in sorted(real.keys() | said.keys()):
        has, says = real.get(name), said.get(name)
        # What is not known of a key may be anything, but not of many.
        if has and says and None in says:
            unknown += 1
            says = tuple(h if s is None else s for h, s in zip(has, says))
        if has != says:
            differing += 1
            place = re.search(rf'"{name.split(".")[0].split("_")[0]}".*', source.read_text())
            print(f"{name}: LibTorch has {real.get(name)}, keys says {said.get(name)}\n  {place.group() if place else ''}")
    print(f"{args.count} registrations, {len(real)} keys, {differing} differ, {unknown} without a shape or dtype")
    return bool(differing or len(real) < args.count or unknown > args.count // 10)


if __name__ == "__main__":
    sys.exit(main())
