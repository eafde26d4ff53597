// The examples of some pages of docs/runtime, compiled and run. The last test checks that every C++ block of
// those pages stands in this file, line by line (indentation aside).
// clang-format off: the lines are those of the page.

#include <gtest/gtest.h>

#include <torchtidy/any_hooks.h>
#include <torchtidy/capture.h>
#include <torchtidy/check.h>
#include <torchtidy/hnn.h>
#include <torchtidy/hooks.h>
#include <torchtidy/inspect.h>
#include <torchtidy/resnet.h>
#include <torchtidy/state_files.h>
#include <torchtidy/summary.h>
#include <torchtidy/tensor_hook.h>

#include <torch/torch.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

namespace hnn = torchtidy::hnn;

struct NetImpl : torch::nn::Module {
  NetImpl() {
    fc1 = register_module("fc1", hnn::Linear(4, 8));
    fc2 = register_module("fc2", hnn::Linear(8, 2));
  }
  torch::Tensor forward(torch::Tensor x) {
    return fc2->forward(torch::relu(fc1(x)));
  }
  hnn::Linear fc1{nullptr}, fc2{nullptr}; // was: torch::nn::Linear
};
TORCHTIDY_MODULE(Net); // was: TORCH_MODULE(Net)

struct BlockImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    return x + 1;
  }
};
TORCH_MODULE(Block);

struct EitherImpl : torch::nn::Module, torchtidy::HookSite {
  torch::Tensor forward(torch::Tensor x) {
    return torchtidy::run_with_hooks(*this, [&](torch::Tensor x) { return x * 2; }, x);
  }
  torch::Tensor forward(torch::Tensor x, torch::Tensor mask) {
    return torchtidy::run_with_hooks(
        *this, [&](torch::Tensor x, torch::Tensor mask) { return x * mask; }, x, mask);
  }
};
TORCH_MODULE(Either);

struct Detections {
  torch::Tensor boxes;
  torch::Tensor scores;
};

template <>
struct torchtidy::TensorTraits<Detections> {
  template <typename Visitor>
  static void visit(Detections& value, Visitor&& visitor) {
    visitor(value.boxes);
    visitor(value.scores);
  }
};

struct DetectorImpl : torch::nn::Module {
  Detections forward(torch::Tensor x) {
    return {x, x.sum(1)};
  }
};
TORCHTIDY_MODULE(Detector);

struct StemImpl : torch::nn::Cloneable<StemImpl> {
  StemImpl(int64_t channels, torchtidy::NormFactory norm, torchtidy::ActivationFactory activation)
      : channels(channels), make_norm(std::move(norm)), make_activation(std::move(activation)) {
    reset();
  }
  void reset() override {
    norm.set(*this, make_norm(channels));
    act.set(*this, make_activation());
  }
  torch::Tensor forward(const torch::Tensor& x) {
    return act(norm(x));
  }
  int64_t channels;
  torchtidy::NormFactory make_norm;
  torchtidy::ActivationFactory make_activation;
  torchtidy::TensorSlot norm{*this, "norm"}, act{*this, "act"};
};
TORCHTIDY_MODULE(Stem);

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The blocks of a page in this language.
std::vector<std::string> blocks_of(const std::string& page, const std::string& language) {
  const std::string text = read(TORCHTIDY_DOCS "/" + page);
  EXPECT_FALSE(text.empty()) << "docs/runtime/" << page << " is missing";
  const std::string fence = "```" + language + "\n";
  std::vector<std::string> blocks;
  for (size_t start = text.find(fence); start != std::string::npos; start = text.find(fence, start)) {
    start += fence.size();
    blocks.push_back(text.substr(start, text.find("```", start) - start));
  }
  return blocks;
}

/// The block that has `word` in it.
std::string fenced(const std::string& page, const std::string& language, const std::string& word) {
  for (const auto& block : blocks_of(page, language)) {
    if (block.find(word) != std::string::npos) {
      return block;
    }
  }
  return "no block with " + word;
}

TEST(Docs, FirstHook) {
  testing::internal::CaptureStdout();
  Net net;
  auto handle = torchtidy::register_forward_hook(
      net, "fc1", [](torch::nn::Module& module, const torchtidy::Values& in, torchtidy::Values& out) {
        std::cout << module.name() << ": " << in.tensor().sizes() << " to " << out.tensor().sizes() << '\n';
      });
  net->forward(torch::rand({3, 4})); // prints: torch::nn::LinearImpl: [3, 4] to [3, 8]
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "torch::nn::LinearImpl: [3, 4] to [3, 8]\n");
}

TEST(Docs, ExistingModels) {
  size_t calls = 0;
  const auto hook = [&](torch::nn::Module&, const torchtidy::Values&, torchtidy::Values&) { ++calls; };
  torch::nn::Sequential net(torch::nn::Linear(4, 8), torch::nn::ReLU(), Block());
  torchtidy::enable_any_hooks<BlockImpl>(); // once, for own classes inside a Sequential
  auto relu = torchtidy::register_forward_hook(net, "1", hook);
  auto block = torchtidy::register_forward_hook(net, "2", hook);
  auto whole = torchtidy::register_forward_hook(net, hook);

  torch::nn::AnyModule any(torch::nn::Linear(4, 8));
  auto linear = torchtidy::register_forward_hook(any, hook);
  net->forward(torch::rand({3, 4}));
  any.forward(torch::rand({3, 4}));
  EXPECT_EQ(calls, 4u);
}

TEST(Docs, ReturnValues) {
  Net net;
  auto noise = torchtidy::register_forward_pre_hook(
      net, [](torch::nn::Module&, const torch::Tensor& x) { return x + 0.1 * torch::randn_like(x); });
  auto clamp = torchtidy::register_forward_hook(
      net, "fc1", [](torch::nn::Module&, const torch::Tensor&, const torch::Tensor& y) { return y.clamp(-3, 3); });
  auto half = torchtidy::register_full_backward_hook(
      net,
      "fc2",
      [](torch::nn::Module&, const torchtidy::Grads& grad_inputs, const torchtidy::Grads&) {
        return torchtidy::Grads{grad_inputs[0] * 0.5};
      });
  net->forward(torch::rand({3, 4})).sum().backward();
}

TEST(Docs, Tuples) {
  std::vector<int64_t> sizes;
  hnn::LSTM lstm(4, 8);
  auto handle = torchtidy::register_forward_hook(
      lstm, [&](torch::nn::Module&, const torchtidy::Values& in, torchtidy::Values& out) {
        // forward(input, hx) -> (output, (h, c))
        sizes.push_back(in.size());
        sizes.push_back(out.tensor(0).size(-1));
        const auto& h_and_c = out.get<std::tuple<torch::Tensor, torch::Tensor>>(1);
        sizes.push_back(std::get<0>(h_and_c).size(-1));
        sizes.push_back(out.tensors().size());
      });
  lstm->forward(torch::rand({5, 1, 4}));
  EXPECT_EQ(sizes, (std::vector<int64_t>{2, 8, 8, 3}));
}

TEST(Docs, StructsAndOverloads) {
  Detector detector;
  size_t tensors = 0;
  auto handle = torchtidy::register_forward_hook(
      detector, [&](torch::nn::Module&, const torchtidy::Values&, torchtidy::Values& out) {
        tensors = out.tensors().size();
        out.set(0, Detections{out.get<Detections>().boxes * 2, out.get<Detections>().scores});
      });
  EXPECT_EQ(detector(torch::ones({2, 4})).boxes.sum().item<double>(), 16);
  EXPECT_EQ(tensors, 2u);
  Either either;
  EXPECT_EQ(either->forward(torch::ones({1}), torch::ones({1})).item<double>(), 1);
}

TEST(Docs, HandlesAndErrors) {
  Net net;
  const auto hook = [](torch::nn::Module&, const torchtidy::Values&, torchtidy::Values&) {};
  torchtidy::HookHandles handles;
  handles += torchtidy::register_forward_hook(net, "fc1", hook);
  handles += torchtidy::register_forward_hook(net, "fc2", hook, torchtidy::HookOptions().prepend(true));
  handles.remove(); // or at the end of the scope

  auto checked = torchtidy::register_forward_hook(
      net,
      [](torch::nn::Module&, const torchtidy::Values&, torchtidy::Values& out) {
        TORCH_CHECK(out.tensor().abs().max().item<double>() < 1e-3, "large output");
      },
      torchtidy::HookOptions().on_error(torchtidy::ErrorPolicy::collect));
  net->forward(torch::rand({3, 4})); // goes on
  for (const auto& message : checked.error_messages()) {
    std::cerr << message << '\n';
  }
  EXPECT_EQ(checked.error_count(), 1u);

  auto all = torchtidy::register_module_forward_hook(hook); // every hookable module
  auto copies = torchtidy::copy_hooks(*net, *net);
}

TEST(Docs, TensorHooks) {
  auto weight = torch::rand({3}).requires_grad_();
  torchtidy::ScopedTensorHook clip(weight, [](const torch::Tensor& grad) { return grad.clamp(-1, 1); });
  (weight * 5).sum().backward();
  EXPECT_EQ(weight.grad()[0].item<double>(), 1);
}

TEST(Docs, Features) {
  Net model;
  const auto x = torch::rand({3, 4});
  torchtidy::FeatureExtractor features(model, {"fc1", "fc2"}, torchtidy::CapturePolicy::detach_clone);
  model->forward(x);
  torch::Tensor hidden = features["fc1"];
  std::vector<torch::Tensor> every_call = features.all("fc2");
  std::vector<torchtidy::Captured> in_order = features.take();
  EXPECT_EQ(hidden.size(1), 8);
  EXPECT_EQ(every_call.size(), 1u);
  EXPECT_EQ(in_order.size(), 2u);
}

TEST(Docs, Gradients) {
  const std::string folder = testing::TempDir();
  Net model;
  const auto x = torch::rand({3, 4});
  torchtidy::GradientInspector gradients(model); // or with a list of layers
  torchtidy::ActivationInspector activations(model, {"fc1"});
  model->forward(x).sum().backward();
  const auto report = gradients.collect(); // one copy to the host
  for (const auto& layer : report.layers()) {
    std::cerr << layer.name << ": mean |g| " << layer.mean_abs << ", norm " << layer.norm << '\n';
  }
  for (const auto& name : report.vanishing()) {
    std::cerr << name << " gets almost no gradient\n";
  }
  report.write(folder + "gradients.svg"); // or .csv, .json
  const double dead = activations.collect()["fc1"].dead_share;
  EXPECT_EQ(report.layers().size(), 2u);
  EXPECT_GE(dead, 0);
}

TEST(Docs, Check) {
  testing::internal::CaptureStdout();
  Net model;
  torch::optim::SGD optimizer(model->fc1->parameters(), 0.1); // fc2 is forgotten
  for (const auto& finding : torchtidy::check(model, optimizer)) {
    std::cout << finding << '\n';
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), fenced("inspection.md", "text", "unoptimized-parameter"));
}

TEST(Docs, Summary) {
  testing::internal::CaptureStdout();
  Net model;
  const torchtidy::ModelSummary table = torchtidy::summary(model, torch::rand({3, 4}));
  std::cout << table << '\n';
  EXPECT_EQ(testing::internal::GetCapturedStdout(), fenced("inspection.md", "text", "parameters: "));
  const int64_t weights = table["fc1"].parameters; // structs, for what prints them another way
  const bool clean = table.suspects.empty() && table.unseen.empty();
  EXPECT_EQ(weights, 40);
  EXPECT_TRUE(clean);
}

TEST(Docs, Factories) {
  Stem by_name(64, "group_norm(32)", "leaky_relu(0.2)");
  Stem by_callable(64, [](int64_t channels) { return torch::nn::GroupNorm(8, channels); }, "gelu");
  Stem by_class(64, torchtidy::NormFactory::of<torch::nn::InstanceNorm2d>(), "silu");
  torchtidy::register_norm("one_group", [](const torchtidy::FactoryArguments& arguments) {
    const double eps = arguments.at_most(1).number(0, 1e-5);
    return [eps](int64_t channels) {
      return torch::nn::GroupNorm(torch::nn::GroupNormOptions(1, channels).eps(eps));
    };
  });
  Stem own(64, "one_group(1e-3)", "relu");
  const auto x = torch::rand({2, 64, 4, 4});
  for (auto stem : {by_name, by_callable, by_class, own}) {
    EXPECT_TRUE(torch::equal(stem->forward(x), std::dynamic_pointer_cast<Stem::Impl>(stem->clone())->forward(x)));
  }
}

TEST(Docs, Blocks) {
  torchtidy::ResNetBlock block(torchtidy::ResNetBlockOptions(64, 128).stride(2).norm("group_norm(32)").activation("gelu"));
  torchtidy::EncoderBlock encoder(torchtidy::EncoderBlockOptions(32, 4).dim_feedforward(64).norm_first(true));
  torch::Tensor image = block(torch::rand({1, 64, 8, 8}));   // [1, 128, 4, 4]
  torch::Tensor words = encoder(torch::rand({5, 2, 32}));    // [S, N, E], as in Python
  block->reset_parameters();                                 // Kaiming again, in place
  EXPECT_EQ(image.sizes(), (std::vector<int64_t>{1, 128, 4, 4}));
  EXPECT_EQ(words.sizes(), (std::vector<int64_t>{5, 2, 32}));
}

TEST(Docs, ResNets) {
  const std::string path = testing::TempDir() + "torchtidy_docs_resnet18.pt";
  torchtidy::write_torch(torchtidy::state_dict(torchtidy::resnet18()), path);
  auto net = torchtidy::resnet18();
  auto report = torchtidy::load_state_dict(net, torchtidy::read_state_dict(path));
  torchtidy::ResNet small(torchtidy::ResNetOptions::resnet18().num_classes(10).norm("group_norm(32)"));
  EXPECT_TRUE(report.complete());
  std::remove(path.c_str());
}

// ---

std::vector<std::string> trimmed_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const size_t first = line.find_first_not_of(" \t");
    const size_t last = line.find_last_not_of(" \t\r");
    if (first != std::string::npos) {
      lines.push_back(line.substr(first, last - first + 1));
    }
  }
  return lines;
}

TEST(Docs, EveryExampleOfThePagesIsHere) {
  const auto here = trimmed_lines(read(TORCHTIDY_THIS));
  const std::vector<std::pair<std::string, size_t>> pages = {
      {"hooks.md", 9}, {"inspection.md", 3}, {"factories-and-blocks.md", 5}};
  for (const auto& [page, least] : pages) {
    const auto blocks = blocks_of(page, "cpp");
    for (const auto& block : blocks) {
      const auto lines = trimmed_lines(block);
      EXPECT_NE(std::search(here.begin(), here.end(), lines.begin(), lines.end()), here.end())
          << "this block of docs/runtime/" << page << " is not in docs_test.cpp:\n"
          << block;
    }
    EXPECT_GE(blocks.size(), least) << page;
  }
}

} // namespace
