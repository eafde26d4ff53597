"""torch-tidy keys --against: what differs between a class and a checkpoint, and which files are refused."""
import json
import os
import shlex
import struct
import xml.etree.ElementTree

from checkpoints import Tensor, archive, old_torch_save, resnet18, safetensors, string, torch_save, with_header, zipped
from expect import LeftOut, check, requires, same, says, silent_on
from tiny_torch import TinyTorchProject

REQUIRES = ["driver", "any-build", "any-torch"]

NET = """#include <torch/torch.h>
struct Block : torch::nn::Module {
  Block() {
    register_module("fc1", torch::nn::Linear(3, 4));
    register_module("fc2", torch::nn::Linear(4, 3));
  }
};
struct Net : torch::nn::Module {
  Net(int classes) {
    register_module("layer_0", std::make_shared<Block>());
    register_module("layer_1", std::make_shared<Block>());
    register_module("head", torch::nn::Linear(3, classes));
  }
};
"""


def linear(name, out, inside):
    return {name + ".weight": Tensor(out, inside), name + ".bias": Tensor(out)}


def block(name):
    return {**linear(name + ".fc1", 4, 3), **linear(name + ".fc2", 3, 4)}


KEYS = {**block("layer_0"), **block("layer_1"), **linear("head", 10, 3)}
WRITERS = {"torch_save": torch_save, "old_torch_save": old_torch_save, "archive": archive, "safetensors": safetensors}


def without(keys, *names):
    return {name: tensor for name, tensor in keys.items() if name not in names}


def renamed(keys, old, new):
    return {name.replace(old, new): tensor for name, tensor in keys.items()}


class Project(TinyTorchProject):
    def __init__(self, root, tools):
        super().__init__(root, tools)
        self.files(net=NET)

    def against(self, content, *arguments, of="Net(10)", **more):
        self.write("x.pt", content)
        return self.run("keys", of, "--cache-dir=" + self.cache, "--against=x.pt", *arguments, bare=True, **more)

    def differences(self, content, *arguments, of="Net(10)"):
        out = json.loads(self.against(content, "--format=json", *arguments, of=of).stdout)
        return [(d["kind"], d.get("key"), d.get("key_in_file")) for d in out["differences"]]

    def refused(self, content, *texts, arguments=()):
        out = self.against(content, *arguments, status=2)
        says(out, "cannot read the checkpoint 'x.pt': ", ". Next: ", *texts)
        check(not out.stdout, "a report all the same", out)


def case_every_format_is_read(p):
    for name, write in WRITERS.items():
        out = p.against(write(KEYS), status=0)
        says(out, "Net  net.cpp:8  against x.pt (", "10 keys are the same, none differs")
        wrong = {**without(KEYS, "head.bias"), "head.scale": Tensor(10), "layer_0.fc1.bias": Tensor(5),
                 "layer_1.fc2.weight": Tensor(3, 4, dtype="float16")}
        out = p.against(write(wrong), status=1)
        says(out, "  shape       layer_0.fc1.bias  [5] in the file, [4] in the class  net.cpp:4\n",
             "  dtype       layer_1.fc2.weight  float16 in the file, float32 in the class  net.cpp:5\n",
             "  missing     head.bias  [10]  float32  net.cpp:12\n",
             "  unexpected  head.scale  [10]  float32\n",
             "7 keys are the same, 1 missing in the file, 1 unexpected in the file, 1 of another shape, 1 of another dtype")


def case_json_has_what_the_text_has(p):
    out = p.against(safetensors({**KEYS, "layer_0.fc1.bias": Tensor(5), "x": Tensor(dtype="int64")}), "--format=json", status=1)
    report = json.loads(out.stdout)
    same(report["against"], {"path": "x.pt", "format": "safetensors", "entry": "", "prefix": "", "keys": 11})
    same(report["differences"], [
        {"kind": "shape", "key": "layer_0.fc1.bias", "key_in_file": "layer_0.fc1.bias", "shape": [4], "dtype": "float32",
         "shape_in_file": [5], "dtype_in_file": "float32", "file": "net.cpp", "line": 4},
        {"kind": "unexpected", "key_in_file": "x", "shape_in_file": [], "dtype_in_file": "int64"}])
    same((report["same"], report["notes"]), (9, []))


def case_near_names_are_paired(p):
    for part in ("layer.0", "Layer0", "layer-0", "layer0"):
        out = p.against(torch_save(renamed(KEYS, "layer_0", part)), status=1)
        says(out, f"  renamed     {part}.* in the file, layer_0.* in the class (4 keys)  net.cpp:10\n", "6 keys are the same, 4 renamed\n")
    # Another word: its keys are those of the one module that is missing.
    same(p.differences(torch_save(renamed(KEYS, "head", "classifier"))), [("renamed", "head", "classifier")])
    # A slip of the pen, and one in which the shape differs as well.
    says(p.against(torch_save(renamed(KEYS, "head.weight", "head.wieght")), status=1),
         "  renamed     head.wieght in the file, head.weight in the class  net.cpp:12\n")
    broken = {**renamed(KEYS, "layer_0", "layer.0"), "layer.0.fc1.bias": Tensor(5)}
    same(p.differences(torch_save(broken)), [("renamed", "layer_0", "layer.0"), ("shape", "layer_0.fc1.bias", "layer.0.fc1.bias")])
    # All keys below another name.
    says(p.against(torch_save({"net." + name: tensor for name, tensor in KEYS.items()}), status=1),
         "  renamed     net.* in the file, * in the class (10 keys)  net.cpp:8\n")
    # Part of a module: the rest is said for itself.
    same(p.differences(torch_save(renamed(without(KEYS, "layer_0.fc1.bias"), "layer_0", "layer0"))),
         [("renamed", "layer_0", "layer0"), ("missing", "layer_0.fc1.bias", None)])


def case_nothing_is_paired_by_chance(p):
    other = renamed(renamed(KEYS, "layer_0", "first"), "layer_1", "second")
    found = p.differences(torch_save(other))
    check(not [d for d in found if d[0] == "renamed"], f"two modules of one shape, and no name near: {found}")
    same(p.differences(torch_save({**without(KEYS, "head.bias"), "bend.bias": Tensor(7)})),
         [("missing", "head.bias", None), ("unexpected", None, "bend.bias")])


def case_a_wrapper_is_taken_off(p):
    for prefix in ("module.", "_orig_mod.", "module._orig_mod."):
        out = p.against(torch_save({prefix + name: tensor for name, tensor in KEYS.items()}), status=0)
        says(out, f"note        all keys of the file begin with '{prefix}'", "10 keys are the same, none differs")
    out = p.against(torch_save({"module." + name: tensor for name, tensor in without(KEYS, "head.bias").items()}), status=1)
    says(out, "missing     head.bias")


def case_many_keys_of_another_dtype_are_one_line(p):
    out = p.against(torch_save({name: Tensor(*tensor.shape, dtype="float16") for name, tensor in KEYS.items()}), status=1)
    says(out, "  dtype       10 keys are float16 in the file, float32 in the class\n", "10 of another dtype")
    check(out.stdout.count("\n") == 3, "more lines", out)


def case_nothing_is_said_against_what_is_not_known(p):
    same(p.differences(torch_save({**KEYS, **linear("head", 7, 3)}), of="Net"), [])
    same(p.differences(torch_save({**KEYS, **linear("head", 7, 4)}), of="Net"), [("shape", "head.weight", "head.weight")])
    p.files(net=NET.replace("struct Net", "struct Part : torch::nn::Module { Part(); };\nstruct Net")
            .replace('"head", torch::nn::Linear(3, classes)', '"head", std::make_shared<Part>()'))
    out = p.against(torch_save({**without(KEYS, "layer_0.fc1.bias"), "neck.x": Tensor(1)}), status=1)
    says(out, "note        2 keys of the file may belong to 'head.…', of which not all is known: the constructor of 'Part' is defined in no file",
         "missing     layer_0.fc1.bias", "unexpected  neck.x  [1]", "7 keys are the same, 1 missing in the file, 1 unexpected in the file")


def case_a_picture_shows_modules_by_what_is_known(p):
    p.files(net=NET.replace("struct Net", "struct Part : torch::nn::Module { Part(); };\nstruct Net")
            .replace('"layer_1", std::make_shared<Block>()', '"odd", std::make_shared<Part>()'))
    keys = {**renamed(block("layer_0"), "layer_0", "layer.0"), "head.weight": Tensor(9, 3), "head.bias": Tensor(10), "neck.a.b": Tensor(1),
            "<x>&\x1b.y": Tensor(1)}
    p.against(torch_save(keys), "--svg=x.svg", status=1)
    picture = xml.etree.ElementTree.fromstring(p.read("x.svg"))
    tags = [(node.tag.split("}")[1], node.get("class"), node.text) for node in picture if node.get("class")]
    names = [text for tag, look, text in tags if tag == "text" and look == "name"]
    # Behind them stands the legend.
    looks = [look for tag, look, _ in tags if tag == "rect"][:len(names)]
    same(list(zip(names, looks)), [("Net", "registered"), ("layer_0", "differs"), ("fc1", "registered"), ("fc2", "registered"), ("odd", "unknown"),
                                   ("head", "differs"), ("neck", "only"), ("a", "only"), ("<x>&?", "only")])
    remarks = [text for tag, look, text in tags if look == "remark"]
    check("layer.0 in the file" in remarks and "2 keys, 1 of another shape" in remarks, f"other remarks: {remarks}")
    p.run("keys", "Net(10)", "--cache-dir=" + p.cache, "--svg=x.svg", bare=True, status=0)
    check("only in the file" not in p.read("x.svg"), "a legend of what is not shown")
    says(p.run("keys", "Net(10)", "--cache-dir=" + p.cache, "--svg=no/x.svg", bare=True, status=2), "no/x.svg")


def case_an_entry_is_chosen(p):
    one = {"epoch": 3, "model_state_dict": KEYS, "optimizer": {"state": {0: {"step": Tensor(1)}}, "param_groups": []}}
    two = {**one, "ema": {"shadow": KEYS}}
    for write in (torch_save, old_torch_save):
        says(p.against(write(one), status=0), "note        the keys are those of the file's entry 'model_state_dict'")
        p.refused(write(two), "it holds several dictionaries of tensors: 'model_state_dict', 'ema.shadow'. Next: choose one with --entry NAME")
        out = p.against(write(two), "--entry=ema.shadow", status=0)
        silent_on(out, "note")
        p.refused(write(two), "it has no entry 'x': 'model_state_dict', ", arguments=["--entry=x"])
        p.refused(write(two), "its entry 'epoch' is an int, not a dictionary", arguments=["--entry=epoch"])
        p.refused(write({"epoch": 3, "names": ["a"]}), "it holds no tensors")
    inside = archive({"net." + name: tensor for name, tensor in KEYS.items()})
    says(p.against(inside, status=1), "note        the class may be a module of the file: --entry=net takes what is below")
    p.against(inside, "--entry=net", status=0)
    p.refused(inside, "it has no entry 'nett': 'net.layer_0.fc1', ", arguments=["--entry=nett"])
    p.refused(safetensors(KEYS), "a safetensors file has no entries. Next: leave out --entry", arguments=["--entry=net"])
    says(p.run("keys", "Net", "--entry=x", bare=True, status=2), "--entry chooses in a checkpoint. Next: name one with --against FILE")


def case_what_is_no_tensor_is_named(p):
    out = p.against(torch_save({**KEYS, "version": 3, "names": ["a"]}), status=0)
    says(out, "note        2 entries of the file are no tensors: 'version' is an int, 'names' is a list")
    # A tensor of a kind that is not read has a name all the same.
    odd = b"\x80\x02}(" + string("head.bias") + b"ctorch._utils\n_rebuild_qtensor\n)Ru."
    out = p.against(zipped(odd), status=1)
    silent_on(out, "head.bias")


def case_counters_of_old_files_are_a_note(p):
    resnet = os.path.join(p.tools.root, "test", "driver", "Inputs", "resnet")
    keys = {name: tensor for name, tensor in resnet18().items() if not name.endswith("num_batches_tracked")}
    out = against_resnet(p, resnet, torch_save(keys), 0)
    says(out, "note        the file lacks 20 num_batches_tracked, as files of old versions do", "102 keys are the same, none differs")


def against_resnet(p, folder, content, status):
    p.write("resnet18.pt", content)
    return p.run("keys", "ResNet({2, 2, 2, 2})", os.path.join(folder, "block.cpp"), os.path.join(folder, "resnet.cpp"), "--against=" + p.path("resnet18.pt"),
                 "--cache-dir=" + p.tools.preambles, "--", *shlex.split(p.tools.torch_flags), bare=True, status=status, cwd=folder)


def case_a_residual_network_has_the_keys_of_torchvision(p):
    resnet = os.path.join(p.tools.root, "test", "driver", "Inputs", "resnet")
    keys = resnet18()
    for write in WRITERS.values():
        says(against_resnet(p, resnet, write(keys), 0), "122 keys are the same, none differs")
    says(against_resnet(p, resnet, safetensors(renamed(keys, "layer3.1.", "layer3_1.")), 1),
         "  renamed     layer3_1.* in the file, layer3.1.* in the class (12 keys)  ", "resnet.cpp:", "110 keys are the same, 12 renamed\n")
    says(against_resnet(p, resnet, torch_save(without(keys, "layer2.0.downsample.0.weight")), 1),
         "  missing     layer2.0.downsample.0.weight  [128, 64, 1, 1]  float32  ", "resnet.cpp:19\n", "121 keys are the same, 1 missing in the file\n")
    says(against_resnet(p, resnet, archive({**keys, "fc.weight": Tensor(10, 512)}), 1),
         "  shape       fc.weight  [10, 512] in the file, [1000, 512] in the class  ", "resnet.cpp:", "121 keys are the same, 1 of another shape\n")


def case_what_pytorch_writes_is_read(p):
    python = os.path.join(p.tools.root, ".venv-torch2", "bin", "python")
    if not os.path.exists(python):
        raise LeftOut("no PyTorch in .venv-torch2")
    names = {name: list(tensor.shape) for name, tensor in KEYS.items()}
    p.execute([python, "-c", "import json, sys, torch, safetensors.torch\n"
               "keys = {k: torch.zeros(s) for k, s in json.loads(sys.argv[1]).items()}\n"
               "torch.save(keys, 'new.pt')\n"
               "torch.save({k: torch.nn.Parameter(v) for k, v in keys.items()}, 'parameters.pt')\n"
               "torch.save({'epoch': 1, 'state_dict': keys, 'optimizer': torch.optim.Adam([torch.zeros(1)]).state_dict()}, 'run.pt')\n"
               "torch.save(keys, 'old.pt', _use_new_zipfile_serialization=False)\n"
               "safetensors.torch.save_file(keys, 'x.safetensors', {'format': 'pt'})\n", json.dumps(names)], status=0, cwd=p.src)
    for name in ("new.pt", "parameters.pt", "run.pt", "old.pt", "x.safetensors"):
        with open(p.path(name), "rb") as file:
            says(p.against(file.read(), status=0), "10 keys are the same, none differs")


def case_files_that_are_cut_off_are_refused(p):
    for name, write in WRITERS.items():
        content = write(KEYS)
        for size in sorted({0, 1, 9, 40, 200, len(content) // 2, len(content) - 30, len(content) - 1}):
            p.refused(content[:size])
    p.refused(b"", "the file is empty")
    p.refused(torch_save(KEYS)[:-1], "the zip file is damaged or was cut off")
    # What a zip file says that it has.
    end = torch_save(KEYS).rindex(b"PK\5\6")
    locator = b"PK\6\6" + bytes(28) + struct.pack("<QQQ", 1 << 40, 0, 0) + b"PK\6\7" + struct.pack("<IQI", 0, end, 1)
    p.refused(torch_save(KEYS)[:end] + locator + torch_save(KEYS)[end:], "the zip file has more than 1048576 entries")
    p.refused(old_torch_save(KEYS)[:-1], "it was cut off")
    p.refused(safetensors(KEYS)[:-1], "it was cut off: tensor 'head.bias' ends at byte")
    p.refused(b"key = value\n", "it is none of the formats that are known. Next: write it anew")
    says(p.run("keys", "Net", "--against=nothing.pt", bare=True, status=2), "'nothing.pt': No such file or directory. Next: look at its name")
    says(p.run("keys", "Net", "--against=" + p.src, bare=True, status=2), "it is not a regular file. Next: name a file")


def case_hostile_headers_are_refused(p):
    entry = '"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'
    for header, why in (
            ("{" + entry + "," + entry + "}", "it names 'a' twice"),
            ("{" + entry, "its header is damaged"),
            ("{" + entry + "x", "its header is damaged"),
            ('{"a":' + "[" * 100000, "it is nested too deeply"),
            ('{"a":{"dtype":"F32","shape":[' + "0," * 100000 + '0],"data_offsets":[0,0]}}', "takes too much of it"),
            ('{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}', "do not fit its shape and dtype"),
            ('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}', "no list of natural numbers"),
            ('{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}', "its data_offsets are no range"),
            ('{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}', "it was cut off"),
            ('{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}', "do not fit its shape and dtype"),
            ('{"a":7}', "it lacks dtype, shape or data_offsets"),
            ('{"a\xff":7}', "its header is damaged"),
            ("{}", "it holds no tensors")):
        p.refused(with_header(header.encode("latin-1"), 8), why)
    p.refused(struct.pack("<Q", 90_000_000) + b"{}", "its header would take 90000000 bytes of 10")
    p.refused(struct.pack("<Q", 1 << 60) + b"{}", "none of the formats")
    # Names are not run on a terminal.
    out = p.against(safetensors({**KEYS, "\x1b[31m": Tensor(1)}), status=1)
    silent_on(out, "\x1b")


def case_hostile_pickles_are_refused(p):
    def refused(pickle, why, *more):
        p.refused(zipped(b"\x80\x02" + pickle, (), *more), why)

    refused(b"cos\nsystem\n(" + string("touch pwned") + b"tR.", "names 'os.system', which is no part of a state dict")
    check(not os.path.exists(p.path("pwned")), "it was run")
    refused(b"(" * 1000 + b".", "the pickle ends too early")
    refused(b"}" * 5_000_000 + b".", "the pickle holds more than 4194304 values")
    refused(b"N" + b"2" * 5_000_000 + b".", "the pickle holds more than 4194304 values")
    refused(b"N" + b"\x94" * 5_000_000 + b".", "the pickle holds more than 4194304 values")
    refused(b"h\x05.", "refers to a value that it has not given")
    refused(b"X\xff\xff\xff\xff.", "the pickle ends too early")
    refused(b"\x8b\xff\xff\xff\xff.", "the pickle ends too early")
    # A dictionary in itself holds no tensors; 100 to the power of 8 ways lead through these.
    refused(b"}q\0" + string("a") + b"h\0s.", "it holds no tensors")
    bomb = b"}q\0"
    for level in range(8):
        bomb += b"}(" + b"".join(string(str(i)) + b"h" + bytes([level]) for i in range(100)) + b"uq" + bytes([level + 1])
    refused(bomb + b".", "it holds the same dictionaries again and again")
    module = b"c__torch__\nModule\n)\x81"
    refused(module + b"q\0}" + string("a") + b"h\0sb.", "nested more than 100 deep", "constants.pkl")
    bomb = module + b"}" + string("w") + b"ctorch._utils\n_rebuild_qtensor\n)Rsbq\0"
    for level in range(40):
        bomb += module + b"}(" + string("a") + b"h" + bytes([level]) + string("b") + b"h" + bytes([level]) + b"ubq" + bytes([level + 1])
    refused(bomb + b".", "it holds the same dictionaries again and again", "constants.pkl")
    # Long names, each the beginning of the next.
    deep = b"".join(module + b"}" + string("a" * 200) for _ in range(90)) + b"N" + b"sb" * 90
    refused(deep + b".", "a key has more than 1024 characters", "constants.pkl")


def case_nothing_compared_is_no_success(p):
    says(p.against(safetensors(KEYS), of="Net(10, 3)", status=2), "no key of 'Net' could be compared with 'x.pt': no constructor of 'Net' fits")
    says(p.run("keys", "Net(10)", "--against=", bare=True, status=2), "--against: the name of the checkpoint is empty")
    p.files(net=NET + "int broken = ;\n")
    check(p.against(safetensors(KEYS)).returncode == 2, "a file that does not compile is a success")


def case_what_is_counted_from_elsewhere_is_not_paired(p):
    shifted = {**linear("head", 10, 3), **block("layer_1"), **block("layer_2")}
    found = p.differences(safetensors(shifted))
    check(not [kind for kind, _, _ in found if kind == "renamed"], f"renamed: {found}")
    check(len(found) == 8, f"other differences: {found}")


def case_what_cannot_be_compared_is_counted(p):
    out = p.against(safetensors(KEYS), of="Net", status=0)
    says(out, "10 keys are the same, none differs", "of the keys that are the same, 2 have a size or dtype that is not known on one side")
    check(json.loads(p.against(safetensors(KEYS), "--format=json", of="Net").stdout)["notAllKnown"] == 2, "not in the JSON")


def case_the_nearest_name_is_suggested(p):
    says(p.against(safetensors(KEYS), of="blok", status=2), "did you mean 'Block'?")
