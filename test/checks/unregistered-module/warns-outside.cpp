// RUN: %check torch-unregistered-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct NetImpl : nn::Module {
  NetImpl() : tail(register_module("tail", nn::Linear(2, 2))) {
    conv1 = register_module("conv1", nn::Conv2d(1, 2, 3));
    head = nn::Linear(4, 2);
    register_module("head", head);
    stem = register_module("stem", std::make_shared<nn::LinearImpl>(2, 2));
  }
  Tensor forward(Tensor x) { return tail(head(stem->forward(conv1(x)))); }
  nn::Conv2d conv1{nullptr};
  nn::Linear head{nullptr}, tail;
  std::shared_ptr<nn::LinearImpl> stem;
};
TORCH_MODULE(Net);

// A free function, by holder, reference, pointer and dereference.
void grey(Net &net, NetImpl &object, const std::shared_ptr<NetImpl> &pointer) {
  net->conv1 = nn::Conv2d(3, 2, 3);
  // CHECK: :[[@LINE-1]]:16: warning: 'conv1' is assigned after it was registered: parameters(), save() and to() keep the old module, the new one is never registered [torch-unregistered-module]
  // CHECK: :[[@LINE-2]]:16: note: replace_module puts a new module into the place of the old one
  pointer->stem = std::make_shared<nn::LinearImpl>(3, 2);
  // CHECK: :[[@LINE-1]]:19: warning: 'stem' is assigned after it was registered
  object.tail = nn::Linear(nn::LinearOptions(2, 3));
  // CHECK: :[[@LINE-1]]:17: warning: 'tail' is assigned after it was registered
}

// In another class, once in its constructor and twice in methods, also through a local: one mistake.
class Trainer {
public:
  explicit Trainer(Net net) : net_(net) {
    this->net_->head = nn::Linear(4, 5);
    // CHECK: :[[@LINE-1]]:24: warning: 'head' is assigned after it was registered
  }
  void widen(int64_t n) {
    nn::Linear wide(4, n);
    net_->head = wide;
    // CHECK: :[[@LINE-1]]:18: note: assigned here, too
  }
  Net net_;
};

// A derived class gives the base's member another module.
struct BaseImpl : nn::Module {
  BaseImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};
struct DerivedImpl : BaseImpl {
  DerivedImpl() { fc = nn::Linear(2, 9); }
  // CHECK: :[[@LINE-1]]:24: warning: 'fc' is assigned after it was registered
};

// A Sequential whose layers are registered in part: the rest is lost, and wrapping it would list the others twice.
struct PartlyImpl : nn::Module {
  PartlyImpl() { seq = nn::Sequential(register_module("one", nn::Linear(2, 2)), nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return seq->forward(x); }
  nn::Sequential seq{nullptr};
  // CHECK: :[[@LINE-1]]:18: warning: 'seq' is never registered: its parameters are not trained
  // CHECK: :[[@LINE-4]]:24: note: constructed here
};

// What a class of the project registers: by a helper, a base, a macro, or deep below.
struct DropImpl : nn::Module {
  DropImpl() { drop = register_module("drop", nn::Dropout(0.5)); }
  Tensor forward(Tensor x) { return drop(x); }
  nn::Dropout drop{nullptr};
};
TORCH_MODULE(Drop);
struct InnerImpl : nn::Module {
  InnerImpl() { register_module("drop", Drop()); }
  Tensor forward(Tensor x) { return x; }
};
TORCH_MODULE(Inner);
struct BufferImpl : nn::Module {
  BufferImpl() { register_buffer("mean", torch::zeros({2})); }
  Tensor forward(Tensor x) { return x; }
};
TORCH_MODULE(Buffer);
struct HeirImpl : BufferImpl {};
TORCH_MODULE(Heir);
static void addTo(nn::Module &owner, nn::Linear &layer) { owner.register_module("fc", layer); }
struct HelpedImpl : nn::Module {
  HelpedImpl() : fc(2, 2) { addTo(*this, fc); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
};
TORCH_MODULE(Helped);
struct OuterImpl : nn::Module {
  Tensor forward(Tensor x) { return helped(heir(buffer(inner(x)))); }
  Inner inner = Inner();
  // CHECK: :[[@LINE-1]]:9: warning: 'inner' is never registered: eval() will not turn it off
  Buffer buffer = Buffer();
  // CHECK: :[[@LINE-1]]:10: warning: 'buffer' is never registered: its parameters are not
  Heir heir = Heir();
  // CHECK: :[[@LINE-1]]:8: warning: 'heir' is never registered: its parameters are not
  Helped helped = Helped();
  // CHECK: :[[@LINE-1]]:10: warning: 'helped' is never registered: its parameters are not
};
