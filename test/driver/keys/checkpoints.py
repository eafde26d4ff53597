"""Checkpoints written by hand, byte for byte, so that no case needs PyTorch: names, shapes and dtypes, with zeros for values."""
import io
import json
import math
import struct
import zipfile

BYTES = {"float32": 4, "float16": 2, "int64": 8, "float64": 8}
STORAGES = {"float32": "FloatStorage", "float16": "HalfStorage", "int64": "LongStorage", "float64": "DoubleStorage"}
SAFE = {"float32": "F32", "float16": "F16", "int64": "I64", "float64": "F64"}
MAGIC = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."


class Tensor:
    def __init__(self, *shape, dtype="float32"):
        self.shape, self.dtype = shape, dtype
        self.bytes = math.prod(shape) * BYTES[dtype]


class Module(dict):
    """A module in an archive of LibTorch."""


def string(text):
    return b"X" + struct.pack("<I", len(text.encode())) + text.encode()


def pickled(value, storages):
    """What torch.save's pickler writes, without its memo. STORAGES: takes each tensor."""
    if isinstance(value, Tensor):
        storages.append(value)
        numel, shape = b"J" + struct.pack("<i", math.prod(value.shape)), b"(" + b"".join(b"J" + struct.pack("<i", n) for n in value.shape) + b"t"
        storage = b"(" + string("storage") + b"ctorch\n%s\n" % STORAGES[value.dtype].encode() + string(str(len(storages) - 1)) + string("cpu") + numel
        return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"tQK\0" + shape + shape + b"\x89ccollections\nOrderedDict\n)RtR"
    if isinstance(value, dict):
        members = b"(" + b"".join(pickled(k, storages) + pickled(v, storages) for k, v in value.items()) + b"u"
        return b"c__torch__\nModule\n)\x81}" + members + b"b" if isinstance(value, Module) else b"}" + members
    if isinstance(value, bool):
        return b"\x88" if value else b"\x89"
    if isinstance(value, int):
        return b"J" + struct.pack("<i", value)
    if isinstance(value, list):
        return b"](" + b"".join(pickled(v, storages) for v in value) + b"e"
    return string(value)


def zipped(data, storages=(), *more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x/data.pkl", data)
        for i, tensor in enumerate(storages):
            archive.writestr(f"x/data/{i}", bytes(tensor.bytes))
        for name in more:
            archive.writestr("x/" + name, b"\x80\x02).")
    return out.getvalue()


def torch_save(value):
    storages = []
    return zipped(b"\x80\x02" + pickled(value, storages) + b".", storages)


def old_torch_save(value):
    storages = []
    text = MAGIC + b"\x80\x02M\xe9\x03." + b"\x80\x02}(" + string("little_endian") + b"\x88u." + b"\x80\x02" + pickled(value, storages) + b"."
    text += b"\x80\x02" + pickled([str(i) for i in range(len(storages))], []) + b"."
    return text + b"".join(struct.pack("<q", math.prod(t.shape)) + bytes(t.bytes) for t in storages)


def archive(module):
    storages = []
    return zipped(b"\x80\x02" + pickled(nested(module), storages) + b".", storages, "constants.pkl")


def nested(keys):
    """Keys with dots as modules in modules."""
    root = Module(training=True)
    for name, tensor in keys.items():
        *path, last = name.split(".")
        at = root
        for part in path:
            at = at.setdefault(part, Module(training=True))
        at[last] = tensor
    return root


def safetensors(keys, metadata=None):
    header, end = {"__metadata__": metadata} if metadata else {}, 0
    for name, tensor in keys.items():
        header[name] = {"dtype": SAFE[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [end, end + tensor.bytes]}
        end += tensor.bytes
    return with_header(json.dumps(header).encode(), end)


def with_header(text, data=0):
    return struct.pack("<Q", len(text)) + text + bytes(data)


def resnet18():
    """The keys of torchvision's resnet18(weights=None).state_dict()."""
    keys = {}

    def conv(name, out, inside, size):
        keys[name + ".weight"] = Tensor(out, inside, size, size)

    def norm(name, features):
        for part in ("weight", "bias", "running_mean", "running_var"):
            keys[f"{name}.{part}"] = Tensor(features)
        keys[name + ".num_batches_tracked"] = Tensor(dtype="int64")

    conv("conv1", 64, 3, 7)
    norm("bn1", 64)
    inside = 64
    for layer, out in enumerate((64, 128, 256, 512), 1):
        for block in (0, 1):
            at = f"layer{layer}.{block}."
            conv(at + "conv1", out, inside, 3)
            norm(at + "bn1", out)
            conv(at + "conv2", out, out, 3)
            norm(at + "bn2", out)
            if inside != out:
                conv(at + "downsample.0", out, inside, 1)
                norm(at + "downsample.1", out)
            inside = out
    keys["fc.weight"], keys["fc.bias"] = Tensor(1000, 512), Tensor(1000)
    return keys
