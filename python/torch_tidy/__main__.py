import os
import sys

from torch_tidy import program

if __name__ == "__main__":
    path = program()
    os.execv(path, [path, *sys.argv[1:]])
