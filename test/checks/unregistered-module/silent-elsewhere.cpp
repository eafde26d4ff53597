// RUN: %check torch-unregistered-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-unregistered-module %s --config='{CheckOptions: {torch-unregistered-module.IgnoreStateless: false}}' -- -DSTATELESS | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Members that nobody registers and with which nothing is lost.
#include <torch/torch.h>
#include <map>

namespace nn = torch::nn;
using torch::Tensor;

// A Sequential that runs what is registered one by one: as a child it would list its layers twice.
struct ViewsImpl : nn::Module {
  ViewsImpl() : listed(register_module("listed", nn::Linear(2, 2)), nn::ReLU()) {
    built = nn::Sequential(register_module("one", nn::Linear(2, 2)), nn::ReLU(), register_module("two", nn::Linear(2, 2)));
    fc = register_module("fc", nn::Linear(2, 2));
    auto local = register_module("local", nn::BatchNorm1d(2));
    mixed = nn::Sequential(fc, local, nn::Tanh());
    pushed->push_back(fc);
    pushed->push_back("act", nn::ReLU());
    pushed->push_back("norm", register_module("norm", nn::BatchNorm1d(2)));
    nested = nn::Sequential(nn::Sequential(fc, nn::ReLU()), nn::Flatten());
    list->push_back(register_module("item", nn::Linear(2, 2)));
    later->push_back(tail);
    register_module("tail", tail);
    pointer = std::make_shared<nn::SequentialImpl>(fc, nn::ReLU());
  }
  Tensor forward(Tensor x) { return pointer->forward(later->forward(nested->forward(pushed->forward(mixed->forward(built->forward(listed->forward(x))))))); }
  nn::Sequential listed, built{nullptr}, mixed{nullptr}, pushed, nested{nullptr}, later;
  nn::ModuleList list;
  nn::Linear fc{nullptr}, tail{2, 2};
  std::shared_ptr<nn::SequentialImpl> pointer;
};

#ifndef STATELESS
// The class of the member is built in another file: what it registers is not known.
class Elsewhere : public nn::Module {
public:
  explicit Elsewhere(int64_t dim);
  Tensor forward(Tensor x);

private:
  Tensor table_;
  nn::Linear fc_{nullptr};
};
struct LaterImpl : nn::Module {
  explicit LaterImpl(int64_t dim);
  LaterImpl();
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Later);
struct HolderImpl : nn::Module {
  HolderImpl() : later(3), pointer(std::make_shared<Elsewhere>(3)) { any = nn::AnyModule(Later(3)); }
  Tensor forward(Tensor x) { return any.forward(pointer->forward(later->forward(x))); }
  Later later;
  std::shared_ptr<Elsewhere> pointer;
  nn::AnyModule any;
};

// Classes that register nothing: a table looked up by number, scratch, a counter, children of children.
struct TableImpl : nn::Module {
  explicit TableImpl(int64_t n) : scratch(torch::zeros({n})) { tables["a"] = torch::arange(n); }
  Tensor forward(Tensor x) { return x + scratch + tables.at("a"); }
  std::map<std::string, Tensor> tables;
  Tensor scratch;
};
TORCH_MODULE(Table);
struct ActImpl : nn::Module {
  Tensor forward(Tensor x) { return torch::relu(x) * steps; }
  int64_t steps = 1;
};
TORCH_MODULE(Act);
struct PairImpl : nn::Module {
  PairImpl() { act = register_module("act", Act()); table = register_module("table", Table(3)); }
  Tensor forward(Tensor x) { return table(act(x)); }
  Act act{nullptr};
  Table table{nullptr};
};
TORCH_MODULE(Pair);
struct QuietImpl : PairImpl {};
TORCH_MODULE(Quiet);
struct UserImpl : nn::Module {
  UserImpl() : table(4), pointer(std::make_shared<PairImpl>()) { seq = nn::Sequential(Act(), Table(2), nn::ReLU()); }
  Tensor forward(Tensor x) { return quiet(seq->forward(pointer->forward(table(x)))); }
  Table table;
  std::shared_ptr<PairImpl> pointer;
  nn::Sequential seq{nullptr};
  Quiet quiet = Quiet();
};
#endif

// Set from outside, and registered there or by a method that is called: the tree follows.
struct NetImpl : nn::Module {
  NetImpl() {
    conv = register_module("conv", nn::Conv2d(1, 2, 3));
    fc = register_module("fc", nn::Linear(2, 2));
    if (flag)
      extra = register_module("extra", nn::Linear(2, 2));
  }
  void publish() { replace_module("fc", fc); }
  Tensor forward(Tensor x) { return extra ? extra(fc(conv(x))) : fc(conv(x)); }
  nn::Conv2d conv{nullptr};
  nn::Linear fc{nullptr}, extra{nullptr};
  bool flag = false;
};
TORCH_MODULE(Net);
void replaced(Net net, Net other) {
  net->conv = net->replace_module("conv", nn::Conv2d(1, 4, 3));
  net->conv = nn::Conv2d(1, 8, 3);
  net->replace_module("conv", net->conv);
  nn::Linear local(4, 4);
  net->replace_module("fc", local);
  net->fc = local;
  other->conv = net->conv;
}
void published(NetImpl &net) {
  net.fc = nn::Linear(3, 3);
  net.publish();
}
// Not there from the start: it may well be null, and then nothing stale is left behind.
void lazily(Net net) {
  if (!net->extra)
    net->extra = nn::Linear(2, 2);
}
