// The C++ side of the comparison with Python's hooks: reads weights and inputs, runs every case with hooks,
// writes what the hooks saw. peer.py makes the same calls and compares every bit and the order of calls.
//
//   runtime_peer <inputs.pt> <outputs.pt> <calls.txt>

#include <torchtidy/any_hooks.h>
#include <torchtidy/hnn.h>

#include <torch/torch.h>

#include <fstream>
#include <functional>
#include <iostream>
#include <map>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using torch::Tensor;
using torch::nn::Module;
using torchtidy::Grads;
using torchtidy::HookHandles;
using torchtidy::HookOptions;
using torchtidy::Values;

namespace {

c10::Dict<c10::IValue, c10::IValue>* given = nullptr;

/// What one case records, in the order of recording.
struct Case {
  std::string name;
  std::vector<std::string> calls;
  std::map<std::string, Tensor> tensors;

  Tensor input(const std::string& key) const {
    return given->at("in/" + name + "/" + key).toTensor().clone();
  }
  Tensor input_with_grad(const std::string& key) const {
    return input(key).requires_grad_();
  }
  void load(Module& module) const {
    torch::NoGradGuard no_grad;
    for (auto& item : module.named_parameters()) {
      item.value().copy_(given->at("state/" + name + "/" + item.key()).toTensor());
    }
    for (auto& item : module.named_buffers()) {
      item.value().copy_(given->at("state/" + name + "/" + item.key()).toTensor());
    }
  }
  void call(const std::string& what) {
    calls.push_back(what);
  }
  void keep(const std::string& what, const Tensor& tensor) {
    const std::string key = std::to_string(tensors.size()) + " " + what;
    tensors[key] = tensor.defined() ? tensor.detach().clone() : torch::full({1}, -12345.0);
  }
  void keep_gradients(Module& module) {
    for (auto& item : module.named_parameters()) {
      keep("grad " + item.key(), item.value().grad());
    }
  }
  /// Forward-pre, forward, full-backward-pre and full-backward hooks that record.
  template <typename Target>
  void watch(HookHandles& handles, Target& module, const std::string& label) {
    auto& site = torchtidy::hook_site(module);
    handles += site.register_forward_pre_hook([=, this](Module&, Values& in) {
      call("pre " + label);
      keep("pre " + label, in.tensor());
    });
    handles += site.register_forward_hook([=, this](Module&, const Values&, Values& out) {
      call("fwd " + label);
      for (const auto& tensor : out.tensors()) {
        keep("fwd " + label, tensor);
      }
    });
    handles += site.register_full_backward_pre_hook([=, this](Module&, const Grads& out) {
      call("bwd pre " + label);
      for (const auto& grad : out) {
        keep("bwd pre " + label, grad);
      }
    });
    handles += site.register_full_backward_hook([=, this](Module&, const Grads& in, const Grads& out) {
      call("bwd " + label);
      for (const auto& grad : in) {
        keep("bwd in " + label, grad);
      }
      for (const auto& grad : out) {
        keep("bwd out " + label, grad);
      }
    });
  }
};

/// Watches a module of one input and one output from input to loss.
template <typename Holder>
void simple(Case& c, Holder module) {
  c.load(*module);
  HookHandles handles;
  c.watch(handles, module, "m");
  const auto x = c.input_with_grad("x");
  const auto y = module->forward(x);
  c.keep("y", y);
  y.pow(2).sum().backward();
  c.keep("x.grad", x.grad());
  c.keep_gradients(*module);
}

struct BlockImpl : Module {
  explicit BlockImpl(int64_t width) {
    conv1 = register_module("conv1", hnn::Conv2d(nn::Conv2dOptions(width, width, 3).padding(1)));
    bn1 = register_module("bn1", hnn::BatchNorm2d(width));
    conv2 = register_module("conv2", hnn::Conv2d(nn::Conv2dOptions(width, width, 3).padding(1)));
  }
  Tensor forward(Tensor x) {
    return torch::relu(conv2(torch::relu(bn1(conv1(x)))) + x);
  }
  hnn::Conv2d conv1{nullptr}, conv2{nullptr};
  hnn::BatchNorm2d bn1{nullptr};
};
TORCHTIDY_MODULE(Block);

struct SplitImpl : Module {
  std::tuple<Tensor, Tensor> forward(Tensor x, double scale, Tensor y) {
    return {x * scale + y, x - y};
  }
};
TORCHTIDY_MODULE(Split);

struct FailsImpl : Module {
  Tensor forward(Tensor) {
    throw std::runtime_error("forward failed");
  }
};
TORCHTIDY_MODULE(Fails);

struct CubeImpl : Module {
  Tensor forward(Tensor x) {
    return x * x * x;
  }
};
TORCHTIDY_MODULE(Cube);

const std::vector<std::pair<std::string, std::function<void(Case&)>>>& cases() {
  static const std::vector<std::pair<std::string, std::function<void(Case&)>>> all = {
      {"linear", [](Case& c) { simple(c, hnn::Linear(5, 3)); }},
      {"linear_no_bias", [](Case& c) { simple(c, hnn::Linear(nn::LinearOptions(5, 3).bias(false))); }},
      {"conv1d", [](Case& c) { simple(c, hnn::Conv1d(3, 4, 3)); }},
      {"conv2d", [](Case& c) { simple(c, hnn::Conv2d(nn::Conv2dOptions(3, 4, 3).stride(2).padding(1))); }},
      {"conv_transpose2d", [](Case& c) { simple(c, hnn::ConvTranspose2d(3, 4, 3)); }},
      {"batch_norm_train", [](Case& c) { simple(c, hnn::BatchNorm2d(3)); }},
      {"batch_norm_eval",
       [](Case& c) {
         hnn::BatchNorm2d module(3);
         module->eval();
         simple(c, module);
       }},
      {"instance_norm",
       [](Case& c) { simple(c, hnn::InstanceNorm2d(nn::InstanceNorm2dOptions(3).affine(true))); }},
      {"layer_norm", [](Case& c) { simple(c, hnn::LayerNorm(nn::LayerNormOptions({5}))); }},
      {"group_norm", [](Case& c) { simple(c, hnn::GroupNorm(2, 4)); }},
      {"gelu", [](Case& c) { simple(c, hnn::GELU()); }},
      {"softmax", [](Case& c) { simple(c, hnn::Softmax(1)); }},
      {"max_pool2d", [](Case& c) { simple(c, hnn::MaxPool2d(2)); }},
      {"prelu", [](Case& c) { simple(c, hnn::PReLU()); }},
      {"block",
       [](Case& c) {
         Block block(3);
         c.load(*block);
         HookHandles handles;
         c.watch(handles, block, "block");
         c.watch(handles, block->conv1, "conv1");
         c.watch(handles, block->bn1, "bn1");
         c.watch(handles, block->conv2, "conv2");
         const auto x = c.input_with_grad("x");
         block(x).pow(2).sum().backward();
         c.keep("x.grad", x.grad());
         c.keep_gradients(*block);
       }},
      {"sequential",
       [](Case& c) {
         nn::Sequential net(
             nn::Conv2d(3, 4, 3), nn::BatchNorm2d(4), nn::ReLU(), nn::Flatten(), nn::Linear(64, 2));
         c.load(*net);
         HookHandles handles;
         c.watch(handles, net, "net");
         for (const auto& child : net->named_children()) {
           c.watch(handles, child.value(), child.key());
         }
         const auto x = c.input_with_grad("x");
         net->forward(x).pow(2).sum().backward();
         c.keep("x.grad", x.grad());
         c.keep_gradients(*net);
       }},
      {"sequential_no_input_grad",
       [](Case& c) {
         nn::Sequential net(nn::Linear(5, 4), nn::Tanh(), nn::Linear(4, 2));
         c.load(*net);
         HookHandles handles;
         for (const auto& name : {"0", "1", "2"}) {
           auto module = torchtidy::find_module(*net, name);
           torchtidy::make_hookable(net);
           c.watch(handles, module, name);
         }
         net->forward(c.input("x")).pow(2).sum().backward();
         c.keep_gradients(*net);
       }},
      {"bilinear_one_needs_grad",
       [](Case& c) {
         hnn::Bilinear module(5, 4, 3);
         c.load(*module);
         HookHandles handles;
         c.watch(handles, module, "m");
         const auto x = c.input_with_grad("x");
         module(x, c.input("y")).pow(2).sum().backward();
         c.keep("x.grad", x.grad());
         c.keep_gradients(*module);
       }},
      {"embedding",
       [](Case& c) {
         hnn::Embedding module(7, 3);
         c.load(*module);
         HookHandles handles;
         c.watch(handles, module, "m");
         module(c.input("indices")).pow(2).sum().backward();
         c.keep_gradients(*module);
       }},
      {"lstm",
       [](Case& c) {
         hnn::LSTM module(5, 4);
         c.load(*module);
         HookHandles handles;
         handles += module->register_forward_hook([&](Module&, const Values&, Values& out) {
           c.call("fwd");
           for (const auto& tensor : out.tensors()) {
             c.keep("fwd", tensor);
           }
         });
         const auto x = c.input_with_grad("x");
         std::get<0>(module(x)).pow(2).sum().backward();
         c.keep("x.grad", x.grad());
         c.keep_gradients(*module);
       }},
      {"gru_backward",
       [](Case& c) {
         hnn::GRU module(5, 4);
         c.load(*module);
         HookHandles handles;
         handles += module->register_full_backward_hook([&](Module&, const Grads& in, const Grads& out) {
           c.call("bwd");
           c.keep("in", in[0]);
           c.keep("out", out[0]);
           c.keep("out", out[1]);
         });
         const auto x = c.input_with_grad("x");
         std::get<0>(module(x)).pow(2).sum().backward();
         c.keep("x.grad", x.grad());
       }},
      {"tuple_out_one_unused",
       [](Case& c) {
         Split module;
         HookHandles handles;
         c.watch(handles, module, "m");
         const auto x = c.input_with_grad("x");
         const auto y = c.input_with_grad("y");
         std::get<1>(module(x, 3.0, y)).pow(2).sum().backward();
         c.keep("x.grad", x.grad());
         c.keep("y.grad", y.grad());
       }},
      {"shared_module_twice",
       [](Case& c) {
         hnn::Linear module(4, 4);
         c.load(*module);
         HookHandles handles;
         c.watch(handles, module, "m");
         const auto x = c.input_with_grad("x");
         module(torch::relu(module(x))).pow(2).sum().backward();
         c.keep("x.grad", x.grad());
         c.keep_gradients(*module);
       }},
      {"order_and_prepend",
       [](Case& c) {
         hnn::Linear module(5, 3);
         c.load(*module);
         HookHandles handles;
         const auto add = [&](const std::string& label, bool prepend) {
           const auto options = HookOptions().prepend(prepend);
           handles += module->register_forward_pre_hook(
               [&c, label](Module&, Values&) { c.call("pre " + label); }, options);
           handles += module->register_forward_hook(
               [&c, label](Module&, const Values&, Values&) { c.call("fwd " + label); }, options);
           handles += module->register_full_backward_pre_hook(
               [&c, label](Module&, const Grads&) { c.call("bwd pre " + label); }, options);
           handles += module->register_full_backward_hook(
               [&c, label](Module&, const Grads&, const Grads&) { c.call("bwd " + label); }, options);
         };
         add("a", false);
         add("b", true);
         add("c", false);
         add("d", true);
         module(c.input_with_grad("x")).sum().backward();
       }},
      {"replace_input_and_output",
       [](Case& c) {
         hnn::Linear module(5, 3);
         c.load(*module);
         HookHandles handles;
         handles += module->register_forward_pre_hook([](Module&, const Tensor& x) { return x * 2; });
         handles += module->register_forward_pre_hook([](Module&, const Tensor& x) { return x + 1; });
         handles +=
             module->register_forward_hook([](Module&, const Tensor&, const Tensor& y) { return y * 3; });
         handles += module->register_forward_hook([&](Module&, const Values& in, Values& out) {
           c.keep("in", in.tensor());
           c.keep("out", out.tensor());
         });
         const auto x = c.input_with_grad("x");
         module(x).pow(2).sum().backward();
         c.keep("x.grad", x.grad());
         c.keep_gradients(*module);
       }},
      {"replace_gradients",
       [](Case& c) {
         hnn::Linear module(5, 3);
         c.load(*module);
         HookHandles handles;
         handles +=
             module->register_full_backward_pre_hook([](Module&, const Grads& out) { return out[0] * 2; });
         handles +=
             module->register_full_backward_pre_hook([](Module&, const Grads& out) { return out[0] + 1; });
         handles += module->register_full_backward_hook(
             [](Module&, const Grads& in, const Grads&) { return in[0] * 5; });
         handles += module->register_full_backward_hook([&](Module&, const Grads& in, const Grads& out) {
           c.keep("in", in[0]);
           c.keep("out", out[0]);
         });
         const auto x = c.input_with_grad("x");
         module(x).pow(2).sum().backward();
         c.keep("x.grad", x.grad());
         c.keep_gradients(*module);
       }},
      {"global_hooks",
       [](Case& c) {
         nn::Sequential net(hnn::Linear(5, 4), hnn::Tanh());
         c.load(*net);
         HookHandles handles;
         handles +=
             torchtidy::register_forward_pre_hook(net, "0", [&](Module&, Values&) { c.call("own pre"); });
         handles += torchtidy::register_forward_hook(
             net, "0", [&](Module&, const Values&, Values&) { c.call("own fwd"); });
         handles += torchtidy::register_full_backward_hook(
             net, "0", [&](Module&, const Grads&, const Grads&) { c.call("own bwd"); });
         handles += torchtidy::register_module_forward_pre_hook([&](Module&, Values& in) {
           c.call("global pre");
           c.keep("global pre", in.tensor());
         });
         handles += torchtidy::register_module_forward_hook([&](Module&, const Values&, Values& out) {
           c.call("global fwd");
           c.keep("global fwd", out.tensor());
         });
         handles += torchtidy::register_module_full_backward_pre_hook(
             [&](Module&, const Grads&) { c.call("global bwd pre"); });
         handles +=
             torchtidy::register_module_full_backward_hook([&](Module&, const Grads& in, const Grads&) {
               c.call("global bwd");
               c.keep("global bwd", in[0]);
             });
         net->forward(c.input_with_grad("x")).pow(2).sum().backward();
       }},
      {"always_call",
       [](Case& c) {
         Fails module;
         HookHandles handles;
         handles += module->register_forward_pre_hook([&](Module&, Values&) { c.call("pre"); });
         handles += module->register_forward_hook([&](Module&, const Values&, Values&) { c.call("plain"); });
         handles += module->register_forward_hook(
             [&](Module&, const Values&, Values& out) { c.call(out.empty() ? "always none" : "always"); },
             HookOptions().always_call(true));
         try {
           module(c.input("x"));
         } catch (const std::exception& error) {
           c.call(error.what());
         }
       }},
      {"hook_throws_always_call",
       [](Case& c) {
         hnn::Identity module;
         HookHandles handles;
         const auto always = HookOptions().always_call(true);
         handles +=
             module->register_forward_hook([&](Module&, const Values&, Values&) { c.call("first"); }, always);
         handles += module->register_forward_hook([&](Module&, const Values&, Values&) {
           c.call("throws");
           throw std::runtime_error("hook failed");
         });
         handles += module->register_forward_hook([&](Module&, const Values&, Values&) { c.call("plain"); });
         handles +=
             module->register_forward_hook([&](Module&, const Values&, Values&) { c.call("last"); }, always);
         try {
           module(c.input("x"));
         } catch (const std::exception& error) {
           c.call(error.what());
         }
       }},
      {"hook_removes_itself",
       [](Case& c) {
         hnn::Identity module;
         torchtidy::ScopedHook once;
         once = module->register_forward_hook([&](Module&, const Values&, Values&) {
           c.call("once");
           once.remove();
         });
         auto other =
             module->register_forward_hook([&](Module&, const Values&, Values&) { c.call("other"); });
         module(c.input("x"));
         module(c.input("x"));
       }},
      {"hook_adds_hooks",
       [](Case& c) {
         hnn::Identity module;
         HookHandles added;
         auto pre = module->register_forward_pre_hook([&](Module&, Values&) {
           c.call("pre");
           added += module->register_forward_pre_hook([&](Module&, Values&) { c.call("added pre"); });
           added +=
               module->register_forward_hook([&](Module&, const Values&, Values&) { c.call("added fwd"); });
         });
         module(c.input("x"));
         module(c.input("x"));
       }},
      {"no_grad",
       [](Case& c) {
         hnn::Linear module(5, 3);
         c.load(*module);
         HookHandles handles;
         c.watch(handles, module, "m");
         torch::NoGradGuard no_grad;
         c.keep("y", module(c.input("x")));
       }},
      {"double_backward",
       [](Case& c) {
         Cube module;
         HookHandles handles;
         handles += module->register_full_backward_hook([&](Module&, const Grads& in, const Grads& out) {
           c.call("bwd");
           c.keep("in", in[0]);
           c.keep("out", out[0]);
         });
         const auto x = c.input_with_grad("x");
         const auto first = torch::autograd::grad({module(x).sum()}, {x}, {}, true, true)[0];
         const auto second = torch::autograd::grad({first.sum()}, {x})[0];
         c.keep("first", first);
         c.keep("second", second);
       }},
      {"two_backwards_retained",
       [](Case& c) {
         hnn::Linear module(5, 3);
         c.load(*module);
         HookHandles handles;
         c.watch(handles, module, "m");
         const auto x = c.input_with_grad("x");
         const auto y = module(x).pow(2).sum();
         y.backward({}, /*retain_graph=*/true);
         y.backward();
         c.keep("x.grad", x.grad());
         c.keep_gradients(*module);
       }},
      {"weight_scaled_by_pre_hook",
       [](Case& c) {
         hnn::Linear module(5, 3);
         c.load(*module);
         auto handle = module->register_forward_pre_hook([&](Module& m, Values&) {
           torch::NoGradGuard no_grad;
           auto& weight = static_cast<hnn::LinearImpl&>(m).weight;
           weight.div_(weight.norm());
         });
         module(c.input("x"));
         c.keep("y", module(c.input("x")));
         c.keep("weight", module->weight);
       }},
  };
  return all;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: runtime_peer <inputs.pt> <outputs.pt> <calls.txt>\n";
    return 2;
  }
  torch::set_num_threads(1);
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<char> data((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto inputs = torch::pickle_load(data).toGenericDict();
  given = &inputs;

  c10::Dict<std::string, Tensor> outputs;
  std::ofstream calls(argv[3]);
  for (const auto& entry : cases()) {
    Case c{entry.first, {}, {}};
    entry.second(c);
    calls << c.name;
    for (const auto& call : c.calls) {
      calls << '|' << call;
    }
    calls << '\n';
    for (const auto& tensor : c.tensors) {
      outputs.insert(c.name + "/" + tensor.first, tensor.second);
    }
  }
  const auto bytes = torch::pickle_save(outputs);
  std::ofstream(argv[2], std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return 0;
}
