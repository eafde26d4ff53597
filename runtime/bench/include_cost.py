#!/usr/bin/env python3
"""What including the headers costs a user's file, and what hookable layers add to its object file.

    include_cost.py --torch-root <folder> [--cxx clang++-22] [--standard 17] [--output docs/runtime/performance.md]

Each file is compiled over a precompiled torch.h; seconds are CPU time, the best of several runs, and those of an empty file
are taken off. Writes the last section of the page; bench.py keeps it.
"""

import argparse
import datetime
import os
import pathlib
import re
import subprocess
import tempfile

TITLE = "## What the headers cost a compiler"
HEADERS = ["hooks.h", "hnn.h", "blocks.h", "capture.h", "containers.h", "state_files.h", "averaged_model.h", "training.h"]
LAYERS = [("conv", "Conv2d", "torch::nn::Conv2dOptions(3, 8, 3)"), ("norm", "BatchNorm2d", "8"), ("act", "ReLU", ""),
          ("drop", "Dropout", "0.1"), ("fc", "Linear", "8, 2")]


def five_layers(hooked: bool) -> str:
    space, macro = ("torchtidy::hnn", "TORCHTIDY_MODULE") if hooked else ("torch::nn", "TORCH_MODULE")
    members = "\n".join(f"  {space}::{kind} {name}{{nullptr}};" for name, kind, _ in LAYERS)
    made = "\n".join(f'    {name} = register_module("{name}", {space}::{kind}({options}));' for name, kind, options in LAYERS)
    include = "#include <torchtidy/hnn.h>\n" if hooked else ""
    return f"""{include}struct NetImpl : torch::nn::Module {{
  NetImpl() {{
{made}
  }}
  torch::Tensor forward(torch::Tensor x) {{
    return fc(drop(act(norm(conv(x)))).mean({{2, 3}}));
  }}
{members}
}};
{macro}(Net);
torch::Tensor run(torch::Tensor x) {{
  return Net()(x);
}}
"""


class Compiler:
    def __init__(self, args, folder: pathlib.Path) -> None:
        root = pathlib.Path(args.torch_root)
        torch = next(iter(root.glob("lib/python3*/site-packages/torch")), root)
        includes = [torch / "include/torch/csrc/api/include"] + ([] if torch == pathlib.Path("/usr") else [torch / "include"])
        own = pathlib.Path(__file__).resolve().parent.parent / "include"
        self.folder, self.runs = folder, args.runs
        self.command = [args.cxx, f"-std=c++{args.standard}", "-O2", "-fPIC", "-DNDEBUG", f"-I{own}",
                        *(f"-isystem{path}" for path in includes)]
        (folder / "pch.h").write_text("#include <torch/torch.h>\n")
        subprocess.run([*self.command, "-x", "c++-header", folder / "pch.h", "-o", folder / "pch.h.gch"], check=True)
        self.command += ["-include", folder / "pch.h"]

    def seconds(self, text: str, *flags) -> float:
        source = self.folder / "file.cpp"
        source.write_text(text)
        before = os.times().children_user
        subprocess.run([*self.command, *flags, source], check=True)
        return os.times().children_user - before

    def parsed(self, texts: list[str]) -> list[float]:
        """The best of each, all in turn, so that what else the machine does falls on all alike."""
        rounds = [[self.seconds(text, "-fsyntax-only") for text in texts] for _ in range(self.runs)]
        return [min(times) for times in zip(*rounds)]

    def compiled(self, text: str) -> tuple[float, int]:
        target = self.folder / "file.o"
        seconds = min(self.seconds(text, "-c", "-o", target) for _ in range(self.runs))
        sizes = subprocess.run(["size", target], check=True, capture_output=True, text=True).stdout
        return seconds, int(sizes.splitlines()[1].split()[0])


def section(args) -> str:
    with tempfile.TemporaryDirectory() as folder:
        compiler = Compiler(args, pathlib.Path(folder))
        empty, *full = compiler.parsed(["", *(f"#include <torchtidy/{header}>\n" for header in HEADERS)])
        costs = {header: seconds - empty for header, seconds in zip(HEADERS, full)}
        plain, hooked = compiler.compiled(five_layers(False)), compiler.compiled(five_layers(True))
    version = subprocess.run([args.cxx, "--version"], check=True, capture_output=True, text=True).stdout.splitlines()[0]
    return "\n".join([
        TITLE, "",
        f"{datetime.date.today()}, {version}, -O2, C++{args.standard}; seconds of CPU over a precompiled `torch.h`, best of {args.runs} "
        f"in turn, load average {os.getloadavg()[0]:.1f}; by `runtime/bench/include_cost.py`.", "",
        "| header | adds |", "|---|---|", *(f"| `torchtidy/{header}` | {f'{cost:.2f} s' if cost >= 0.1 else 'less than 0.1 s'} |" for header, cost in costs.items()), "",
        "| a class of five layers | compiles in | text of the object file |", "|---|---|---|",
        *(f"| {name} | {seconds:.2f} s | {size / 1000:.0f} KB |"
          for name, (seconds, size) in {"`torch::nn`": plain, "`hnn`": hooked}.items()), "",
        "The layers that most models have, forwards with default arguments and the library's own blocks are compiled once, in the "
        "library. All in the headers, as up to November 2026, `hnn.h` added 0.70 s, `blocks.h` 1.18 s, and the class had 134 KB of text "
        "(Clang 22.1.8, the same machine).", ""])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--torch-root", required=True)
    parser.add_argument("--cxx", default="clang++-22")
    parser.add_argument("--standard", default="17")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", type=pathlib.Path)
    args = parser.parse_args()
    text = section(args)
    print(text)
    if args.output:
        page = args.output.read_text(encoding="utf-8")
        args.output.write_text(re.sub(rf"\n*{TITLE}.*", "", page, flags=re.S).rstrip() + "\n\n" + text, encoding="utf-8")


if __name__ == "__main__":
    main()
