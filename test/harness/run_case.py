"""Runs one case of a *_test.py; lit calls it (see suite_format.py), which knows where the tools are.

usage: run_case.py FILE CASE SCRATCH_DIRECTORY
"""
import importlib.util
import json
import os
import sys
import traceback
import types

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from expect import LeftOut

SKIPPED = 77


def load(path):
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location("cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    path, case, scratch = sys.argv[1:]
    name = f"{os.path.basename(path)}: {case}"
    module = load(path)
    project = module.Project(scratch, types.SimpleNamespace(**json.loads(os.environ.pop("TORCHTIDY_TOOLS"))))
    try:
        getattr(module, "case_" + case)(project)
    except LeftOut as why:
        print(f"left out: {name}: {why}")
        return SKIPPED
    except Exception as problem:
        # From the case on; how it was called says nothing.
        frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if frame.filename != os.path.abspath(__file__)]
        print("".join(traceback.format_list(frames)), end="")
        print(f"FAILED {name}: {type(problem).__name__}: {problem}")
        return 1
    finally:
        project.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
