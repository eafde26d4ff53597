// RUN: %check torch-archive-mismatch %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <fstream>
#include <sstream>
#include <torch/script.h>
#include <torch/torch.h>

namespace nn = torch::nn;

struct EncoderImpl : nn::Module {
  EncoderImpl() { fc = register_module("fc", nn::Linear(1, 1)); }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Encoder);
struct ClassifierImpl : nn::Module {
  explicit ClassifierImpl(bool with_head = false) {
    fc = register_module("fc", nn::Linear(1, 1));
    if (with_head)
      head = register_module("head", nn::Linear(1, 1));
  }
  nn::Linear fc{nullptr}, head{nullptr};
};
TORCH_MODULE(Classifier);
struct HeadImpl : nn::Module {
  HeadImpl() { head = register_module("head", nn::Linear(1, 1)); }
  nn::Linear head{nullptr};
};
TORCH_MODULE(Head);

// 1. The same class, also in another object.
void same(Encoder a, Encoder b, std::shared_ptr<EncoderImpl> c) {
  torch::save(a, "same.pt");
  torch::load(b, "same.pt");
  torch::load(c, "same.pt");
}
// 2. Another path, or the same in another file only.
void paths(Encoder a, Head b) {
  torch::save(a, "encoder.pt");
  torch::load(b, "head.pt");
}
// 3. A reader that asks for less than there is.
void subset(Classifier whole, Encoder part) {
  torch::save(whole, "subset.pt");
  torch::load(part, "subset.pt");
}
// 4. A name that some path of the reader does without.
void optional(Encoder a, Classifier b) {
  torch::save(a, "optional.pt");
  torch::load(b, "optional.pt");
}
// 5. One of several writes fits.
void several(Encoder a, Head b) {
  torch::save(a, "several.pt");
  torch::save(b, "several.pt");
  torch::load(b, "several.pt");
}
// 6. Names that are computed.
struct ComputedImpl : nn::Module {
  explicit ComputedImpl(const std::string &name) { fc = register_module(name, nn::Linear(1, 1)); }
  nn::Linear fc{nullptr};
};
void computed(std::shared_ptr<ComputedImpl> a, Head b) {
  torch::save(a, "computed.pt");
  torch::load(b, "computed.pt");
}
// 7. A class whose constructor is elsewhere, as writer and as reader.
struct ElsewhereImpl : nn::Module {
  ElsewhereImpl();
};
void elsewhere(std::shared_ptr<ElsewhereImpl> a, Head b) {
  torch::save(a, "elsewhere.pt");
  torch::load(b, "elsewhere.pt");
  torch::save(b, "back.pt");
  torch::load(a, "back.pt");
}
// 8. A pointer to a base.
struct DerivedImpl : EncoderImpl {
  DerivedImpl() { register_module("head", nn::Linear(1, 1)); }
};
void base(std::shared_ptr<nn::Module> a, std::shared_ptr<EncoderImpl> b, Head c) {
  torch::save(a, "base.pt");
  torch::load(c, "base.pt");
  torch::save(b, "derived.pt");
  torch::load(c, "derived.pt");
}
// 9. Registered from outside.
struct OpenImpl : nn::Module {};
void open(std::shared_ptr<OpenImpl> a, Head b) {
  a->register_module("head", nn::Linear(1, 1));
  torch::save(a, "open.pt");
  torch::load(b, "open.pt");
}
// 10. A path that is no constant.
void paths(Encoder a, Head b, const std::string &path, std::string other) {
  torch::save(a, path);
  torch::load(b, path);
  std::string name = "one.pt";
  torch::save(a, name);
  name = "two.pt";
  torch::load(b, name);
}
// 11. Tensors are numbered: the first of several is one.
void tensors(torch::Tensor x, std::vector<torch::Tensor> list) {
  torch::save(list, "list.pt");
  torch::load(x, "list.pt");
  torch::save(x, "one-tensor.pt");
  torch::load(list, "one-tensor.pt");
}
// 12. Weights of a script module, by names that agree.
void weights(torch::jit::Module script, Encoder a) {
  script.save("script.pt");
  torch::load(a, "script.pt");
}
// 13. A script module of what save() of one wrote.
void scripts(torch::jit::Module script, Encoder a, torch::Tensor x) {
  torch::save(a, "both.pt");
  script.save("both.pt");
  auto loaded = torch::jit::load("both.pt");
  loaded.forward({x});
}
// 14. Only tensors are read.
torch::Tensor attributes(Encoder a) {
  torch::save(a, "attributes.pt");
  auto script = torch::jit::load("attributes.pt");
  for (const auto &parameter : script.named_parameters())
    (void)parameter;
  return script.attr("fc").toModule().attr("weight").toTensor();
}
// 15. A stream that is emptied, rewound, made anew, opened again.
void emptied(torch::Tensor x) {
  std::stringstream stream;
  torch::save(x, stream);
  stream.str("");
  torch::save(x, stream);
  stream.seekp(0);
  torch::save(x, stream);
  stream = std::stringstream();
  torch::save(x, stream);
  std::stringstream().swap(stream);
  torch::save(x, stream);
  std::ofstream file("a.pt");
  torch::save(x, file);
  file.close();
  file.open("b.pt");
  torch::save(x, file);
}
// 16. A stream of each round, of each branch.
void rounds(const std::vector<torch::Tensor> &list, bool first, std::ostream &out) {
  for (const auto &x : list) {
    std::stringstream stream;
    torch::save(x, stream);
  }
  if (first)
    torch::save(list[0], out);
  else
    torch::save(list[1], out);
}
// 17. Framed by the project: something else is written between.
void send(std::ostream &out, const std::string &text);
void framed(torch::Tensor x, std::ostream &out, std::ostream &other) {
  torch::save(x, out);
  out << "----";
  torch::save(x, out);
  torch::save(x, other);
  send(other, "next");
  torch::save(x, other);
}
// 18. One archive, read twice.
void twice(torch::Tensor x, torch::Tensor y) {
  std::stringstream stream;
  torch::save(x, stream);
  torch::load(x, stream);
  torch::load(y, stream);
}
// 19. An OutputArchive of unknown contents.
void archives(Encoder a, Head b) {
  torch::serialize::OutputArchive archive;
  b->save(archive);
  archive.save_to("archive.pt");
  torch::load(b, "archive.pt");
  torch::save(a, "also.pt");
  archive.save_to("also.pt");
  torch::load(b, "also.pt");
}
// 20. A macro that is given the call means to see it throw.
#define EXPECT_THROW(statement, type) \
  try {                               \
    statement;                        \
  } catch (const type &) {            \
  }
void expected(Encoder a, Head b) {
  torch::save(a, "expected.pt");
  EXPECT_THROW(torch::load(b, "expected.pt"), c10::Error);
}

// The paths are not the same, or not always.
struct Keeper {
  void store(const std::string &path) { torch::save(net, path); }
  Encoder net;
};
struct Player {
  explicit Player(const std::string &path) : model(torch::jit::load(path)) {}
  torch::Tensor run(torch::Tensor x) { return model.forward({x}).toTensor(); }
  torch::jit::Module model;
};
void several(Keeper &keeper, torch::Tensor x) {
  keeper.store("weights.pt");
  keeper.store("later.pt");
  Player player("weights.pt");
  player.run(x);
}
struct Named {
  explicit Named(std::string path) : path_(path) { path_ += ".pt"; }
  void store(Encoder net) { torch::save(net, path_); }
  std::string path_;
};
void named(Encoder net, torch::Tensor x) {
  Named("named").store(net);
  torch::jit::load("named").forward({x});
}

// The archive may be one of before: what throws is caught.
struct OldImpl : nn::Module {
  OldImpl() { fc1 = register_module("fc1", nn::Linear(4, 4)); }
  nn::Linear fc1{nullptr};
};
TORCH_MODULE(Old);
struct NewImpl : nn::Module {
  NewImpl() { encoder = register_module("encoder", nn::Linear(4, 4)); }
  nn::Linear encoder{nullptr};
};
TORCH_MODULE(New);
New ofAnyVersion() {
  New net;
  try {
    torch::load(net, "versions.pt");
    return net;
  } catch (const c10::Error &) {
  }
  Old old;
  torch::load(old, "versions.pt");
  net->encoder = old->fc1;
  return net;
}
void store(New net) { torch::save(net, "versions.pt"); }
// A load() of its own takes what is there.
struct TolerantImpl : nn::Module {
  TolerantImpl() {
    encoder = register_module("encoder", nn::Linear(4, 4));
    head = register_module("head", nn::Linear(4, 2));
  }
  void load(torch::serialize::InputArchive &archive) override {
    torch::serialize::InputArchive child;
    for (auto &item : named_children())
      if (archive.try_read(item.key(), child))
        item.value()->load(child);
  }
  nn::Linear encoder{nullptr}, head{nullptr};
};
TORCH_MODULE(Tolerant);
void pretrain(New net) { torch::save(net, "encoder.pt"); }
void tune() {
  Tolerant net;
  torch::load(net, "encoder.pt");
}
// A member function opens the next file.
struct Rotating {
  void next();
  void dump(std::vector<New> all) {
    for (auto &net : all) {
      next();
      torch::save(net, file);
    }
  }
  std::ofstream file;
};
