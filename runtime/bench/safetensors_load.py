"""Loading a 1 GiB safetensors file into a model: C++ and Python in one run, in turns.

    safetensors_load.py <state_peer> [rounds]

Both read the file (in the page cache) into a module that has memory for all of it. Memory is what no file backs.
"""
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time


import safetensors.torch
import torch

GIB = 1 << 30
TENSORS = 64


def anonymous_memory():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


def python_load(path):
    module = torch.nn.Module()
    for key, value in safetensors.torch.load_file(path).items():
        module.register_buffer(key, torch.zeros_like(value))
    peak = start = anonymous_memory()
    done = threading.Event()

    def watch():
        nonlocal peak
        while not done.is_set():
            peak = max(peak, anonymous_memory())
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    begin = time.perf_counter()
    module.load_state_dict(safetensors.torch.load_file(path))
    seconds = time.perf_counter() - begin
    done.set()
    watcher.join()
    return seconds, peak - start


def cpp_load(peer, path):
    seconds, memory, _ = subprocess.run([peer, path, "--time"], check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(memory)


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "large.safetensors"
        side = int((GIB / TENSORS / 4) ** 0.5)
        safetensors.torch.save_file({f"weight{i}": torch.randn(side, side) for i in range(TENSORS)}, path)
        runs = {"C++": [], "Python": []}
        for _ in range(rounds):
            runs["C++"].append(cpp_load(sys.argv[1], str(path)))
            runs["Python"].append(python_load(str(path)))
    for name, results in runs.items():
        times = [seconds for seconds, _ in results]
        memory = max(extra for _, extra in results)
        print(f"{name:7} median {statistics.median(times):.3f} s, best {min(times):.3f} s, "
              f"additional memory {100 * memory / GIB:.2f} % of the file")
    ratio = statistics.median(t for t, _ in runs["C++"]) / statistics.median(t for t, _ in runs["Python"])
    print(f"C++ / Python {ratio:.2f} ({rounds} rounds in turns, torch {torch.__version__})")


if __name__ == "__main__":
    main()
