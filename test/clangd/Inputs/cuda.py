#!/usr/bin/env python3
"""A CUDA source in torch-clangd, without a toolkit: the findings of its host side, and no error.

usage: cuda.py --clangd PROGRAM --source FILE.cu --work DIR -- COMPILER FLAGS
"""
import argparse
import os
import pathlib
import shutil
import sys

import lsp


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--clangd", required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    args = parser.parse_args(sys.argv[1:split])

    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    source = args.work / "net.cu"
    # clang's own spelling of a launch: the editor's text is read as it is.
    source.write_text(args.source.read_text().replace("<< <", "<<<").replace(">> >", ">>>"))
    nvcc = ["--generate-code=arch=compute_80,code=[sm_80]", "-Xcompiler=-fPIC", "--expt-relaxed-constexpr", "-x", "cu"]
    editor = lsp.Server([args.clangd, "--background-index=false", "-j=1"], args.work, log=args.work / "session.log",
                        commands=lsp.command_for(source, [*nvcc, *sys.argv[split + 1:]]),
                        environment={**os.environ, "CUDA_HOME": "/nonexistent"})
    editor.open(source)
    found = [(entry["code"], entry["severity"]) for entry in editor.diagnostics(source)]
    if found != [("torch-unregistered-module", 2)]:
        sys.exit(f"cuda: failed: {found}")
    print("cuda: one finding, no error")
    if editor.shutdown() != 0:
        sys.exit("cuda: failed: it must end with status 0")


main()
