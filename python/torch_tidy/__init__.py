"""torch-tidy: a linter for C++ code that uses LibTorch.

The programs are torch-tidy, torch-clangd and torch-clang-tidy, beside this environment's python; `python -m torch_tidy`
runs the first of them.
"""

import os
import sysconfig


def program(name="torch-tidy"):
    """The path of a program of this package.

    Raises FileNotFoundError that names the places where it was looked for.
    """
    schemes = [sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")] \
        if hasattr(sysconfig, "get_preferred_scheme") else [None]
    folders = [sysconfig.get_path("scripts", scheme) if scheme else sysconfig.get_path("scripts")
               for scheme in schemes]
    # pip install --target DIR puts programs into DIR/bin.
    folders.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin"))
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError(f"no program {name} in {', '.join(folders)}. Next: pip install --force-reinstall torch-tidy")
