"""Writes the files of this folder: what Python's torch.save and safetensors make of one small state dict.

    python generate.py        (any torch since 1.6; the files here are from 2.13)
"""

import argparse
import collections
import pathlib

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent


def state():
    base = torch.arange(12, dtype=torch.float32)
    dict_ = collections.OrderedDict(
        float=base.view(3, 4),
        transposed=base.view(3, 4).t(),
        part=base[4:8],
        expanded=torch.tensor([7.0]).expand(2, 3),
        scalar=torch.tensor(5, dtype=torch.int64),
        empty=torch.zeros(0, 3),
        double=torch.tensor([0.5], dtype=torch.float64),
        half=torch.tensor([1.5, -2], dtype=torch.float16),
        bfloat16=torch.tensor([1.5, -2], dtype=torch.bfloat16),
        uint8=torch.tensor([255], dtype=torch.uint8),
        int8=torch.tensor([-128], dtype=torch.int8),
        int16=torch.tensor([-32768], dtype=torch.int16),
        int32=torch.tensor([-(2**31)], dtype=torch.int32),
        bool=torch.tensor([True, False, True]),
        complex=torch.tensor([1 + 2j]),
    )
    dict_._metadata = collections.OrderedDict({"": {"version": 1}})
    return dict_


def training_run():
    """What people save beside the weights."""
    encoder, decoder = torch.nn.Linear(2, 1).state_dict(), torch.nn.Linear(1, 2).state_dict()
    return {
        "args": argparse.Namespace(lr=0.5, betas=(0.9, 0.99)),
        "seen": {"a", "b"},
        "frozen": frozenset({1}),
        "blob": b"\x00bytes",
        "device": torch.device("cpu"),
        "counts": collections.defaultdict(int, steps=3),
        "seed": 2**70,
        "dtype": torch.float16,
        "path": pathlib.PurePosixPath("runs/1"),
        "optimizer": {"state": {0: {"step": torch.tensor(3.0)}}, "param_groups": [{"params": [0]}]},
        "state_dict": encoder,
        "nets": {"encoder": encoder, "decoder": decoder, "step": 3},
        "net.with.dots": {"inner": decoder},
    }


def main():
    torch.save(state(), HERE / "state.pt")
    torch.save(state(), HERE / "legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(
        {"epoch": 3, "lr": 0.5, "model": torch.nn.Linear(2, 1).state_dict(), "history": [1, None]},
        HERE / "checkpoint.pt",
    )
    torch.save({"weight": torch.nn.Parameter(torch.ones(2))}, HERE / "parameter.pt")
    torch.save({"hostile": print}, HERE / "function.pt")
    conjugate = torch.tensor([1 + 2j]).conj()
    torch.save({"lazy": conjugate}, HERE / "conjugate.pt")
    torch.save({"lazy": conjugate.imag}, HERE / "negative.pt")
    torch.save(training_run(), HERE / "run.pt")
    torch.save(training_run(), HERE / "run_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save({"args": 1, "weights": {"q": torch.quantize_per_tensor(torch.ones(2), 0.5, 0, torch.qint8)}}, HERE / "quantized.pt")
    keep = {k: v.contiguous().clone() for k, v in state().items() if k != "complex"}
    save_file(keep, HERE / "state.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
