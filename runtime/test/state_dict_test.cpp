// State dicts, their files, and initialisation anew.

#include "device_test.h"

#include <torchtidy/containers.h>
#include <torchtidy/hnn.h>
#include <torchtidy/init.h>
#include <torchtidy/state_dict.h>
#include <torchtidy/state_files.h>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::LoadOptions;
using torchtidy::ReadOptions;
using torchtidy::StateDict;

namespace {

struct NetImpl : nn::Module {
  explicit NetImpl(int64_t out = 2) {
    fc = register_module("fc", nn::Linear(3, 4));
    norm = register_module("norm", nn::BatchNorm1d(4));
    head = register_module("head", nn::Linear(nn::LinearOptions(4, out).bias(false)));
    scale = register_parameter("scale", torch::ones({1}));
  }
  Tensor forward(Tensor x) {
    return head(norm(fc(x))) * scale;
  }
  nn::Linear fc{nullptr}, head{nullptr};
  nn::BatchNorm1d norm{nullptr};
  Tensor scale;
};
TORCHTIDY_MODULE(Net);

StateDict snapshot(const Net& net) {
  auto dict = torchtidy::state_dict(net);
  for (auto& item : dict) {
    item.value() = item.value().clone();
  }
  return dict;
}

testing::AssertionResult same(const StateDict& a, const StateDict& b) {
  if (a.keys() != b.keys()) {
    return testing::AssertionFailure() << a.keys() << " against " << b.keys();
  }
  for (const auto& item : a) {
    auto equal = identical(item.value(), b[item.key()]);
    if (!equal) {
      return equal << " in " << item.key();
    }
  }
  return testing::AssertionSuccess();
}

/// A folder of the test's own.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("torchtidy_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::filesystem::remove_all(path_);
  }
  std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

std::string write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class StateDicts : public DeviceTest {};
INSTANTIATE_ON_DEVICES(StateDicts);

TEST_P(StateDicts, KeysAndOrderAreThoseOfPython) {
  Net net;
  net->to(device());
  const auto dict = torchtidy::state_dict(net, "net.");
  EXPECT_THAT(
      dict.keys(),
      ElementsAre(
          "net.scale",
          "net.fc.weight",
          "net.fc.bias",
          "net.norm.weight",
          "net.norm.bias",
          "net.norm.running_mean",
          "net.norm.running_var",
          "net.norm.num_batches_tracked",
          "net.head.weight"));
  EXPECT_TRUE(dict["net.scale"].is_alias_of(net->scale));
  EXPECT_FALSE(dict["net.scale"].requires_grad());
}

TEST_P(StateDicts, LoadsIntoTheDtypeAndDeviceOfTheModule) {
  Net from, to;
  to->to(device());
  to->to(torch::kDouble);
  const auto report = torchtidy::load_state_dict(to, torchtidy::state_dict(from));
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(report.loaded.size(), 9u);
  EXPECT_EQ(to->fc->weight.scalar_type(), torch::kDouble);
  EXPECT_TRUE(identical(to->fc->weight.cpu().to(torch::kFloat), from->fc->weight));
  EXPECT_TRUE(to->fc->weight.requires_grad());
}

TEST_P(StateDicts, FailureChangesNothingAndSaysAll) {
  Net net;
  net->to(device());
  const auto before = snapshot(net);
  auto dict = torchtidy::state_dict(Net(5));
  dict.erase("fc.bias");
  dict.insert("fc.extra", torch::ones(1));
  const auto message = error_of([&] { (void)torchtidy::load_state_dict(net, dict); });
  EXPECT_THAT(message, HasSubstr("nothing was changed: 7 loaded, 1 missing, 1 unexpected, 1 mismatched"));
  EXPECT_THAT(message, HasSubstr("missing: 'fc.bias'"));
  EXPECT_THAT(message, HasSubstr("unexpected: 'fc.extra'"));
  EXPECT_THAT(message, HasSubstr("'head.weight': shape [5, 4] in the state dict, [2, 4] in the module"));
  EXPECT_TRUE(same(torchtidy::state_dict(net), before));
}

TEST_P(StateDicts, PartialLoadingAndInitialisingTheRest) {
  Net net;
  net->to(device());
  {
    torch::NoGradGuard no_grad;
    for (auto& parameter : net->parameters()) {
      parameter.fill_(100);
    }
  }
  auto dict = torchtidy::state_dict(Net(5));
  dict.erase("fc.bias");
  dict.erase("scale");
  const auto report = torchtidy::load_state_dict(net, dict, LoadOptions().strict(false));
  EXPECT_THAT(report.missing, ElementsAre("scale", "fc.bias"));
  ASSERT_EQ(report.mismatched.size(), 1u);
  EXPECT_EQ(report.mismatched[0].key, "head.weight");
  EXPECT_TRUE(identical(net->fc->weight.cpu(), dict["fc.weight"]));

  const auto before = snapshot(net);
  EXPECT_THAT(error_of([&] { torchtidy::reset_missing(net, report); }), HasSubstr("'' ("));
  EXPECT_TRUE(same(torchtidy::state_dict(net), before));
  auto known = report;
  known.missing = {"fc.bias"};
  EXPECT_THAT(torchtidy::reset_missing(net, known), ElementsAre("fc.bias", "head.weight"));
  EXPECT_TRUE(identical(net->fc->weight.cpu(), dict["fc.weight"])) << "what was loaded stays";
  EXPECT_LT(net->fc->bias.abs().max().item<double>(), 1);
  EXPECT_LT(net->head->weight.abs().max().item<double>(), 1);
  EXPECT_EQ(net->scale.item<double>(), 100);

  nn::BatchNorm1d norm(2);
  norm->to(device());
  norm->register_buffer("mask", torch::ones({1}, on_device()).expand({2})); // cannot be written
  torchtidy::LoadReport lacks;
  lacks.missing = {"weight"};
  EXPECT_THAT(torchtidy::reset_missing(norm, lacks), ElementsAre("weight"));
}

TEST(StateDictsOnAnyDevice, PrefixAndRename) {
  Net from, to;
  StateDict wrapped = torchtidy::state_dict(from, "module.");
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(to, wrapped); }),
      HasSubstr("LoadOptions().prefix(\"module.\")"));
  wrapped.insert("other.weight", torch::ones(1));
  EXPECT_TRUE(torchtidy::load_state_dict(to, wrapped, LoadOptions().prefix("module.")).complete());
  EXPECT_TRUE(same(torchtidy::state_dict(to), torchtidy::state_dict(from)));

  StateDict partly;
  for (const auto& item : torchtidy::state_dict(from)) {
    partly.insert((partly.is_empty() ? "old." : "") + item.key(), item.value());
  }
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(to, partly); }), HasSubstr("rename(\"old.*\", \"*\")"))
      << "prefix() would leave the others out";
  EXPECT_TRUE(torchtidy::load_state_dict(to, partly, LoadOptions().rename("old.*", "*")).complete());

  StateDict old;
  for (const auto& item : torchtidy::state_dict(from)) {
    old.insert(item.key() == "scale" ? "gain" : item.key(), item.value());
  }
  old.insert("unused", torch::ones(1));
  const auto rename = [](const std::string& key) -> std::string {
    return key == "gain" ? "scale" : key == "unused" ? "" : key;
  };
  EXPECT_TRUE(torchtidy::load_state_dict(to, old, LoadOptions().rename(rename)).complete());
  const auto to_one = [](const std::string&) { return std::string("scale"); };
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(to, old, LoadOptions().rename(to_one)); }),
      HasSubstr("both renamed to 'scale'"));
}

TEST(StateDictsOnAnyDevice, AMistypedPrefixIsNamed) {
  nn::Linear layer(2, 2);
  StateDict dict;
  dict.insert("module.net.weight", torch::ones({2, 2}));
  dict.insert("module.net.bias", torch::ones({2}));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(layer, dict, LoadOptions().prefix("modul.net.")); }),
      HasSubstr("No entry begins with 'modul.net.'; prefixes: 'module.net.', 'module.'"));
  testing::internal::CaptureStderr();
  (void)torchtidy::load_state_dict(layer, dict, LoadOptions().prefix("nets.").strict(false));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("No entry begins with 'nets.'"));
}

TEST_P(StateDicts, SwappingWithinOneModule) {
  nn::Sequential net(nn::Linear(2, 2), nn::Linear(2, 2));
  net->to(device());
  const auto first = net[0]->as<nn::Linear>()->weight.detach().clone();
  const auto second = net[1]->as<nn::Linear>()->weight.detach().clone();
  const auto swap = [](std::string key) {
    key[0] = key[0] == '0' ? '1' : '0';
    return key;
  };
  EXPECT_TRUE(
      torchtidy::load_state_dict(net, torchtidy::state_dict(net), LoadOptions().rename(swap)).complete());
  EXPECT_TRUE(identical(net[0]->as<nn::Linear>()->weight.detach(), second));
  EXPECT_TRUE(identical(net[1]->as<nn::Linear>()->weight.detach(), first));
}

TEST_P(StateDicts, SwappingPartsOfOneBuffer) {
  struct FlatImpl : nn::Module {
    explicit FlatImpl(const Tensor& flat) {
      register_parameter("a", flat.slice(0, 0, 2));
      register_parameter("b", flat.slice(0, 2, 4));
    }
  };
  FlatImpl net(torch::arange(4, on_device().dtype(torch::kFloat)));
  const auto swap = [](const std::string& key) { return std::string(key == "a" ? "b" : "a"); };
  EXPECT_TRUE(
      torchtidy::load_state_dict(net, torchtidy::state_dict(net), LoadOptions().rename(swap)).complete());
  EXPECT_TRUE(identical(net.named_parameters()["a"].detach().cpu(), torch::tensor({2.f, 3.f})));
  EXPECT_TRUE(identical(net.named_parameters()["b"].detach().cpu(), torch::tensor({0.f, 1.f})));
}

TEST_P(StateDicts, ResettingAParentKeepsWhatItsChildrenLoaded) {
  nn::MultiheadAttention attention(4, 2);
  attention->to(device());
  StateDict dict;
  for (const auto& item : torchtidy::state_dict(attention)) {
    dict.insert(item.key(), torch::full_like(item.value(), 7));
  }
  dict.erase("in_proj_weight");
  const auto report = torchtidy::load_state_dict(attention, dict, LoadOptions().strict(false));
  const auto before = attention->in_proj_weight.detach().clone();
  EXPECT_THAT(torchtidy::reset_missing(attention, report), ElementsAre("in_proj_weight"));
  EXPECT_FALSE(torch::equal(attention->in_proj_weight, before));
  for (const auto& item : dict) {
    EXPECT_TRUE(identical(torchtidy::state_dict(attention)[item.key()], item.value())) << item.key();
  }
}

TEST(StateDictsOnAnyDevice, ANullChildIsAnError) {
  struct HollowImpl : nn::Module {
    HollowImpl() {
      register_module("full", std::make_shared<nn::LinearImpl>(1, 1));
      register_module("part", std::make_shared<nn::SequentialImpl>())
          ->register_module("skip", std::shared_ptr<nn::LinearImpl>()); // NOLINT(torch-null-module)
    }
  };
  HollowImpl net;
  torchtidy::LoadReport report;
  report.missing = {"full.weight"};
  const auto is_error = [](const auto& call) {
    EXPECT_THAT(error_of(call), HasSubstr("Child 'part.skip' of torch::nn::SequentialImpl is null"));
  };
  is_error([&] { (void)torchtidy::state_dict(net); });
  is_error([&] { (void)torchtidy::load_state_dict(net, StateDict()); });
  is_error([&] { torchtidy::reset_missing(net, report); });
  is_error([&] { torchtidy::reset_parameters(net); });
  is_error([&] { torchtidy::InitRules().apply(net); });
  is_error([&] { (void)torchtidy::InitRules().explain(net); });
}

TEST_P(StateDicts, AssignTakesTheTensorsAndKeepsTheParameters) {
  Net net;
  const auto weight = net->fc->weight;
  StateDict dict;
  for (const auto& item : torchtidy::state_dict(Net())) {
    dict.insert(
        item.key(),
        item.value().to(device()).to(item.value().is_floating_point() ? torch::kDouble : torch::kLong));
  }
  EXPECT_TRUE(torchtidy::load_state_dict(net, dict, LoadOptions().assign(true)).complete());
  EXPECT_TRUE(net->fc->weight.is_same(weight));
  EXPECT_EQ(weight.data_ptr(), dict["fc.weight"].data_ptr());
  EXPECT_EQ(weight.scalar_type(), torch::kDouble);
  EXPECT_TRUE(weight.requires_grad());
  dict["scale"] = torch::ones({1}, torch::kLong);
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(net, dict, LoadOptions().assign(true)); }),
      HasSubstr("requires gradients cannot have"));
}

TEST(StateDictsOnAnyDevice, TiedTensorsAndKindsThatDoNotFit) {
  struct TiedImpl : nn::Module {
    TiedImpl() {
      a = register_parameter("a", torch::zeros({2}));
      register_parameter("b", a);
    }
    Tensor a;
  };
  TiedImpl tied;
  StateDict dict;
  dict.insert("a", torch::ones({2}));
  const auto report = torchtidy::load_state_dict(tied, dict);
  EXPECT_THAT(report.loaded, ElementsAre("a", "b"));
  dict["a"] = torch::ones({2}, torch::kComplexFloat);
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(tied, dict); }),
      HasSubstr("complex in the state dict"));
  dict["a"] = Tensor();
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(tied, dict); }),
      HasSubstr("undefined in the state dict"));
}

TEST(StateDictsOnAnyDevice, WhatCopyingWouldRefuseIsAskedBefore) {
  struct TwoImpl : nn::Module {
    explicit TwoImpl(Tensor buffer) {
      first = register_parameter("first", torch::zeros({2}));
      second = register_buffer("second", std::move(buffer));
    }
    Tensor first, second;
  };
  TwoImpl two(torch::zeros({2}));
  StateDict dict;
  dict.insert("first", torch::ones({2}));
  dict.insert("second", torch::quantize_per_tensor(torch::ones({2}), 0.5, 0, torch::kQInt8));
  for (const bool assign : {false, true}) {
    EXPECT_THAT(
        error_of([&] { (void)torchtidy::load_state_dict(two, dict, LoadOptions().assign(assign)); }),
        HasSubstr("'second': quantized in the state dict"));
    EXPECT_TRUE(identical(two.first.detach(), torch::zeros({2})));
  }
  const auto report = torchtidy::load_state_dict(two, dict, LoadOptions().strict(false));
  EXPECT_THAT(report.loaded, ElementsAre("first"));
  EXPECT_EQ(report.mismatched.size(), 1u);

  // Kinds that differ only in what is stored beside the values.
  const auto values = torch::tensor({{1.f, 0.f}, {0.f, 2.f}});
  const auto per_tensor = [&](torch::ScalarType type) {
    return torch::quantize_per_tensor(values, 0.5, 0, type);
  };
  const auto per_channel = torch::quantize_per_channel(
      values, torch::full({2}, 0.5, torch::kDouble), torch::zeros({2}, torch::kLong), 0, torch::kQInt8);
  const std::vector<std::pair<Tensor, Tensor>> unlike = {
      {per_tensor(torch::kQInt8), per_channel},
      {per_channel, per_tensor(torch::kQInt8)},
      {per_tensor(torch::kQInt8), per_tensor(torch::kQUInt8)},
      {values.to_sparse_csr(), torch::ones({2, 2}).to_sparse_csr()}};
  for (const auto& [in_module, entry] : unlike) {
    TwoImpl module(in_module.clone());
    dict["second"] = entry;
    EXPECT_THAT(
        error_of([&] { (void)torchtidy::load_state_dict(module, dict); }), HasSubstr("mismatched: 'second'"))
        << in_module.toString() << " and " << entry.toString();
    EXPECT_TRUE(identical(module.first.detach(), torch::zeros({2})));
    EXPECT_EQ(torchtidy::load_state_dict(module, dict, LoadOptions().strict(false)).loaded.size(), 1u);
  }
  const std::vector<std::pair<Tensor, Tensor>> alike = {
      {per_tensor(torch::kQInt8), per_tensor(torch::kQInt8)},
      {per_channel, per_channel},
      {values.to_sparse_csr(), (values * 2).to_sparse_csr()},
      {values.to_sparse(), torch::ones({2, 2}).to_sparse()}};
  for (const auto& [in_module, entry] : alike) {
    TwoImpl module(in_module.clone());
    dict["second"] = entry;
    EXPECT_EQ(error_of([&] { (void)torchtidy::load_state_dict(module, dict); }), "") << entry.toString();
    const auto dense = [](const Tensor& tensor) {
      return tensor.is_quantized() ? tensor.dequantize() : tensor.to_dense();
    };
    EXPECT_TRUE(torch::equal(dense(module.second), dense(entry)));
  }

  struct InferenceImpl : nn::Module {
    InferenceImpl() {
      first = register_parameter("first", torch::zeros({2}));
      const c10::InferenceMode inference;
      second = register_buffer("second", torch::zeros({2}));
    }
    Tensor first, second;
  };
  InferenceImpl made_in_inference;
  dict["second"] = torch::ones({2});
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(made_in_inference, dict); }),
      HasSubstr("'second': made in inference mode"));
  EXPECT_TRUE(identical(made_in_inference.first.detach(), torch::zeros({2})));
  const c10::InferenceMode inference;
  EXPECT_TRUE(torchtidy::load_state_dict(made_in_inference, dict).complete());
  EXPECT_TRUE(identical(made_in_inference.second, torch::ones({2})));
}

TEST(StateDictsOnAnyDevice, OldOnesLackTheCountOfBatches) {
  nn::Sequential net(
      nn::BatchNorm1d(2), nn::InstanceNorm1d(nn::InstanceNorm1dOptions(2).track_running_stats(true)));
  auto dict = torchtidy::state_dict(net);
  dict.erase("0.num_batches_tracked");
  dict.erase("1.num_batches_tracked");
  net[0]->as<nn::BatchNorm1d>()->num_batches_tracked.fill_(5);
  const auto report = torchtidy::load_state_dict(net, dict);
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(net[0]->as<nn::BatchNorm1d>()->num_batches_tracked.item<int64_t>(), 5) << "as in Python";

  struct CounterImpl : nn::Module {
    CounterImpl() {
      register_buffer("num_batches_tracked", torch::zeros({}, torch::kLong));
    }
  };
  CounterImpl counter;
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(counter, StateDict()); }),
      HasSubstr("missing: 'num_batches_tracked'"));
}

struct OwnImpl : nn::Module, torchtidy::Resettable {
  OwnImpl() {
    gain = register_parameter("gain", torch::ones({2}));
    inner = register_module("inner", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) {
    return x * gain;
  }
  void reset_parameters() override {
    gain.fill_(3);
    inner->bias.fill_(9);
  }
  Tensor gain;
  nn::Linear inner{nullptr};
};
TORCH_MODULE(Own);

struct ForeignImpl : nn::Module {
  ForeignImpl() {
    gain = register_parameter("gain", torch::ones({2}));
  }
  Tensor forward(Tensor x) {
    return x * gain;
  }
  void reset_parameters() {
    gain.fill_(4);
  }
  Tensor gain;
};
TORCH_MODULE(Foreign);

TEST(StateDictsOnAnyDevice, WhatCannotBeResetIsLeftAndNamed) {
  nn::Sequential net(nn::Linear(2, 2), nn::Linear(2, 2));
  struct OpaqueImpl : nn::Module {
    OpaqueImpl() {
      gain = register_parameter("gain", torch::full({2}, 7.0));
    }
    Tensor forward(Tensor x) {
      return x * gain;
    }
    Tensor gain;
  };
  net->push_back(std::make_shared<OpaqueImpl>());
  auto dict = torchtidy::state_dict(nn::Sequential(nn::Linear(2, 2), nn::Linear(2, 2)));
  dict.erase("1.weight");
  const auto report = torchtidy::load_state_dict(net, dict, LoadOptions().strict(false));
  EXPECT_THAT(error_of([&] { torchtidy::reset_missing(net, report); }), HasSubstr("'2' ("));
  std::vector<std::string> unknown;
  EXPECT_THAT(torchtidy::reset_missing(net, report, &unknown), ElementsAre("1.weight"));
  EXPECT_THAT(unknown, ElementsAre("2.gain"));
  EXPECT_EQ(net->named_parameters()["2.gain"].sum().item<double>(), 14);
}

TEST_P(StateDicts, ResetParametersOfAWholeModel) {
  nn::Sequential net(
      nn::Linear(2, 2),
      nn::BatchNorm1d(2),
      nn::LayerNorm(nn::LayerNormOptions({2}).elementwise_affine(false)),
      nn::Linear(nn::LinearOptions(2, 2).bias(false)),
      nn::PReLU(),
      nn::MultiheadAttention(4, 2),
      nn::LSTM(2, 2),
      Own());
  net->to(device());
  torch::optim::SGD sgd(net->parameters(), 0.1);
  for (auto& item : torchtidy::state_dict(net)) {
    item.value().fill_(50);
  }
  torchtidy::reset_parameters(net);
  for (const auto& item : torchtidy::state_dict(net)) {
    EXPECT_LT(item.value().abs().max().item<double>(), 10) << item.key();
    EXPECT_EQ(item.value().device().type(), device().type());
  }
  EXPECT_EQ(net[1]->as<nn::BatchNorm1d>()->running_var.mean().item<double>(), 1);
  EXPECT_EQ(net[4]->as<nn::PReLU>()->weight.item<double>(), 0.25);
  EXPECT_EQ(net[7]->as<Own>()->gain[0].item<double>(), 3);
  EXPECT_EQ(net[7]->as<Own>()->inner->bias[0].item<double>(), 9) << "parents after children";
  EXPECT_TRUE(net[0]->as<nn::Linear>()->weight.requires_grad());
}

// Not for each device: what `enable_reset` makes known stays known.
TEST(StateDictsOnTheHost, ResetParametersOfAForeignClass) {
  nn::Sequential net(nn::Linear(2, 2), Foreign());
  const auto weight = net[0]->as<nn::Linear>()->weight.detach().clone();
  EXPECT_THAT(error_of([&] { torchtidy::reset_parameters(net); }), HasSubstr("'1' ("));
  EXPECT_TRUE(identical(net[0]->as<nn::Linear>()->weight.detach(), weight)) << "nothing was changed";
  torchtidy::enable_reset<ForeignImpl>();
  torchtidy::reset_parameters(net);
  EXPECT_EQ(net[1]->as<Foreign>()->gain[0].item<double>(), 4);
}

/// The state dict of data/generate.py.
StateDict generated() {
  const auto base = torch::arange(12, torch::kFloat);
  StateDict dict;
  dict.insert("float", base.view({3, 4}));
  dict.insert("transposed", base.view({3, 4}).t());
  dict.insert("part", base.slice(0, 4, 8));
  dict.insert("expanded", torch::full({1}, 7.0).expand({2, 3}));
  dict.insert("scalar", torch::tensor(5, torch::kLong));
  dict.insert("empty", torch::zeros({0, 3}));
  dict.insert("double", torch::tensor({0.5}, torch::kDouble));
  dict.insert("half", torch::tensor({1.5, -2.}, torch::kHalf));
  dict.insert("bfloat16", torch::tensor({1.5, -2.}, torch::kBFloat16));
  dict.insert("uint8", torch::tensor({255}, torch::kByte));
  dict.insert("int8", torch::tensor({-128}, torch::kChar));
  dict.insert("int16", torch::tensor({-32768}, torch::kShort));
  dict.insert("int32", torch::tensor({INT32_MIN}, torch::kInt));
  dict.insert("bool", torch::tensor({1, 0, 1}, torch::kBool));
  dict.insert("complex", torch::complex(torch::ones({1}), torch::full({1}, 2.0)));
  return dict;
}

struct WithFolder {
  Folder folder_;
  const std::string data_ = TORCHTIDY_TEST_DATA;
};

class StateFilesOnTheHost : public testing::Test, protected WithFolder {};

class StateFiles : public DeviceTest, protected WithFolder {};
INSTANTIATE_ON_DEVICES(StateFiles);

TEST_P(StateFiles, OfPythonInBothFormats) {
  for (const std::string name : {"/state.pt", "/legacy.pt"}) {
    const auto dict = torchtidy::read_state_dict(data_ + name, ReadOptions().device(device()));
    EXPECT_TRUE(same(dict, generated())) << name;
    if (device().is_cpu()) {
      EXPECT_TRUE(dict["float"].is_alias_of(dict["part"])) << "shared storages stay shared";
      EXPECT_EQ(dict["transposed"].strides(), (std::vector<int64_t>{1, 4}));
    }
  }
  const auto parameter = torchtidy::read_torch(data_ + "/parameter.pt");
  EXPECT_TRUE(identical(parameter["weight"], torch::ones({2})));
}

TEST_F(StateFilesOnTheHost, AnEntryOfACheckpoint) {
  const auto path = data_ + "/checkpoint.pt";
  EXPECT_THAT(
      torchtidy::read_torch(path, ReadOptions().entry("model")).keys(), ElementsAre("weight", "bias"));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_torch(path); }),
      HasSubstr("'epoch' is an int, not a tensor; it holds the dictionaries 'model'"));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_torch(path, ReadOptions().entry("mode")); }),
      HasSubstr("no entry 'mode'"));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_torch(data_ + "/function.pt"); }),
      HasSubstr("names '__builtin__.print', which is no part of a state dict"));
}

TEST_F(StateFilesOnTheHost, WhatNobodyAskedForIsNoError) {
  // Namespaces, sets, bytes, devices, paths beside the weights.
  for (const std::string name : {"/run.pt", "/run_legacy.pt"}) {
    const auto path = data_ + name;
    const auto encoder = torchtidy::read_state_dict(path, ReadOptions().entry("state_dict"));
    EXPECT_EQ(encoder["weight"].sizes(), (std::vector<int64_t>{1, 2}));
    EXPECT_TRUE(same(torchtidy::read_state_dict(path, ReadOptions().entry("nets.encoder")), encoder)) << name;
    const auto decoder = torchtidy::read_state_dict(path, ReadOptions().entry("nets.decoder"));
    EXPECT_EQ(decoder["weight"].sizes(), (std::vector<int64_t>{2, 1}));
    EXPECT_TRUE(same(torchtidy::read_state_dict(path, ReadOptions().entry("net.with.dots.inner")), decoder));
    const auto message = error_of([&] { (void)torchtidy::read_state_dict(path); });
    EXPECT_THAT(message, HasSubstr("'args' names 'argparse.Namespace', which is no part of a state dict"));
    EXPECT_THAT(
        message,
        HasSubstr(
            "the dictionaries 'state_dict', 'nets.encoder', 'nets.decoder', 'net.with.dots.inner': name"))
        << "those that can be read";
    EXPECT_THAT(
        error_of([&] { (void)torchtidy::read_state_dict(path, ReadOptions().entry("nets")); }),
        HasSubstr("'nets.encoder' is a dictionary, not a tensor; it holds the dictionaries"));
    EXPECT_THAT(
        error_of([&] { (void)torchtidy::read_state_dict(path, ReadOptions().entry("device")); }),
        HasSubstr("'device' names 'torch.device', which is no part of a state dict, not a dictionary"));
  }
  EXPECT_THAT(
      error_of(
          [&] { (void)torchtidy::read_state_dict(data_ + "/quantized.pt", ReadOptions().entry("weights")); }),
      HasSubstr("'weights.q' "));
}

TEST_F(StateFilesOnTheHost, HeadersOfSafetensorsTakeTimeInProportion) {
  const auto seconds_for = [&](size_t count) {
    StateDict dict;
    for (size_t i = 0; i < count; ++i) {
      dict.insert("tensor" + std::to_string(i), torch::zeros({1}));
    }
    const auto path = folder_ / "many.safetensors";
    const auto start = std::chrono::steady_clock::now();
    torchtidy::write_safetensors(dict, path);
    EXPECT_EQ(torchtidy::read_safetensors(path).size(), count);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  seconds_for(100);
  const double few = std::min(seconds_for(4000), seconds_for(4000));
  EXPECT_LT(seconds_for(32000) / few, 32) << "8 in proportion, 64 if each looked at all others";
}

TEST_F(StateFilesOnTheHost, NamesThatAreNoText) {
  const auto path = folder_ / "names.safetensors";
  StateDict dict;
  dict.insert("a\xff\"", torch::ones({1}));
  EXPECT_THAT(
      error_of([&] { torchtidy::write_safetensors(dict, path); }),
      testing::AllOf(HasSubstr("Cannot write '" + path), HasSubstr("is no UTF-8")));
  const auto torch_path = folder_ / "names.pt";
  EXPECT_THAT(
      error_of([&] { torchtidy::write_torch(dict, torch_path); }),
      testing::AllOf(HasSubstr("Cannot write '" + torch_path), HasSubstr("is no UTF-8")));
  EXPECT_FALSE(std::filesystem::exists(torch_path));
  StateDict fine;
  fine.insert("ä\"\\\n", torch::ones({1}));
  torchtidy::write_torch(fine, torch_path);
  EXPECT_THAT(torchtidy::read_torch(torch_path).keys(), ElementsAre("ä\"\\\n"));
  EXPECT_THAT(
      error_of([&] { torchtidy::write_safetensors(fine, path, {{"k", "\xff"}}); }), HasSubstr("is no UTF-8"));
  torchtidy::write_safetensors(fine, path, {{"k", "v\""}});
  std::map<std::string, std::string> metadata;
  EXPECT_THAT(torchtidy::read_safetensors(path, {}, &metadata).keys(), ElementsAre("ä\"\\\n"));
  EXPECT_EQ(metadata["k"], "v\"");
}

TEST_P(StateFiles, RoundTrips) {
  StateDict dict;
  for (const auto& item : generated()) {
    dict.insert(item.key(), item.value().to(device()));
  }
  torchtidy::write_torch(dict, folder_ / "a.pt");
  torchtidy::write_safetensors(dict, folder_ / "a.safetensors", {{"format", "pt"}});
  torchtidy::write_archive(dict, folder_ / "a.archive");
  EXPECT_TRUE(same(torchtidy::read_torch(folder_ / "a.pt"), dict));
  EXPECT_TRUE(same(torchtidy::read_archive(folder_ / "a.archive"), dict));
  std::map<std::string, std::string> metadata;
  const auto flat = torchtidy::read_safetensors(folder_ / "a.safetensors", {}, &metadata);
  EXPECT_EQ(metadata["format"], "pt");
  EXPECT_EQ(flat.size(), dict.size());
  for (const auto& item : dict) {
    EXPECT_TRUE(identical(flat[item.key()], item.value())) << item.key();
  }
  for (const std::string name : {"a.pt", "a.safetensors", "a.archive"}) {
    EXPECT_EQ(torchtidy::read_state_dict(folder_ / name, ReadOptions().device(device())).size(), dict.size())
        << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.pt.part"));
  const auto python = torchtidy::read_safetensors(data_ + "/state.safetensors");
  for (const auto& item : python) {
    EXPECT_TRUE(identical(item.value(), generated()[item.key()])) << item.key();
  }
  EXPECT_EQ(python.size(), dict.size() - 1);
}

TEST_F(StateFilesOnTheHost, ArchivesAreThoseOfLibTorch) {
  Net net, other;
  torch::save(net, folder_ / "net.pt");
  const auto dict = torchtidy::read_state_dict(folder_ / "net.pt");
  EXPECT_TRUE(same(dict, torchtidy::state_dict(net)));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_archive(folder_ / "net.pt", ReadOptions().entry("fc")); }),
      HasSubstr("has no entries"));
  torchtidy::write_archive(dict, folder_ / "dict.pt");
  torch::load(other, folder_ / "dict.pt");
  EXPECT_TRUE(same(torchtidy::state_dict(other), dict));
}

/// The addresses at which this process has mapped `path`, equal if it has not.
std::pair<uintptr_t, uintptr_t> mapping_of(const std::string& path) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.size() > path.size() && line.compare(line.size() - path.size(), path.size(), path) == 0) {
      return {std::stoull(line, nullptr, 16), std::stoull(line.substr(line.find('-') + 1), nullptr, 16)};
    }
  }
  return {};
}

/// Where a safetensors file says that a tensor begins.
size_t offset_in(const std::string& bytes, const std::string& key) {
  size_t header = 0;
  for (size_t i = 8; i-- > 0;) {
    header = header << 8 | static_cast<unsigned char>(bytes[i]);
  }
  const std::string field = "\"data_offsets\":[";
  const size_t entry = bytes.find("\"" + key + "\"");
  return 8 + header + std::stoull(bytes.substr(bytes.find(field, entry) + field.size()));
}

TEST_F(StateFilesOnTheHost, AMappedFileIsNotCopiedNorChanged) {
  Net net;
  const auto path = folder_ / "net.safetensors";
  torchtidy::write_safetensors(torchtidy::state_dict(net), path);
  const auto before = content(path);
  {
    auto dict = torchtidy::read_safetensors(path);
    const auto* first = static_cast<const char*>(dict["fc.weight"].data_ptr());
    const auto* second = static_cast<const char*>(dict["head.weight"].data_ptr());
    EXPECT_LT(std::abs(first - second), 4096) << "both lie in the mapping";
    const auto place = mapping_of(path);
    ASSERT_GT(place.second, place.first) << "the file is mapped while the dict lives";
    for (const auto& item : dict) {
      const auto at = reinterpret_cast<uintptr_t>(item.value().data_ptr());
      ASSERT_TRUE(place.first <= at && at + item.value().nbytes() <= place.second) << item.key();
      EXPECT_EQ(
          before.compare(
              at - place.first,
              item.value().nbytes(),
              static_cast<const char*>(item.value().data_ptr()),
              item.value().nbytes()),
          0)
          << item.key();
      EXPECT_EQ(at - place.first, offset_in(before, item.key())) << item.key();
    }
    EXPECT_TRUE(torchtidy::load_state_dict(net, dict, LoadOptions().assign(true)).complete());
    EXPECT_EQ(net->fc->weight.data_ptr(), first);
  }
  torch::NoGradGuard no_grad;
  net->fc->weight.fill_(5);
  EXPECT_EQ(content(path), before);
  torchtidy::write_safetensors(torchtidy::state_dict(net), path); // over the file that is mapped
  EXPECT_TRUE(identical(torchtidy::read_safetensors(path)["fc.weight"], net->fc->weight.detach()));
}

std::string safetensors(const std::string& header, const std::string& data = "") {
  std::string bytes;
  for (size_t i = 0; i < 8; ++i) {
    bytes += static_cast<char>(header.size() >> (8 * i));
  }
  return bytes + header + data;
}

TEST_F(StateFilesOnTheHost, DamagedSafetensorsAreRefused) {
  const std::string four(4, '\0');
  const std::pair<std::string, std::string> cases[] = {
      {std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10), "its header would take"},
      {std::string("\x05\x00\x00\x00\x00\x00\x00\x00{}", 10), "its header would take"},
      {safetensors("[1]"), "no JSON object"},
      {safetensors("{\"a\":"), "parse error"},
      {safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", four), "lacks dtype, shape or data_offsets"},
      {safetensors(R"({"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}})", four), "no dtype F99"},
      {safetensors(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", four), "natural numbers"},
      {safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", four),
       "do not fit its shape"},
      {safetensors(R"({"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}})", four),
       "do not fit"},
      {safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", four),
       "the tensors take 8 bytes"},
      {safetensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", four + four),
       "does not begin where"},
      {safetensors(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[8,4]}})", four), "do not fit"},
      {safetensors(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", four),
       "the tensors take 1 bytes"},
      {safetensors(
           R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
           "x"),
       "twice"},
      {safetensors(R"({"a":[[[[[[1]]]]]]})"), "nested too deeply"},
      {safetensors(R"({"__metadata__":{"a":1}})"), "other than strings"},
  };
  for (const auto& [bytes, reason] : cases) {
    const auto path = write(folder_ / "bad.safetensors", bytes);
    const auto message = error_of([&] { (void)torchtidy::read_safetensors(path); });
    EXPECT_THAT(message, HasSubstr(reason));
    EXPECT_THAT(message, HasSubstr(path));
  }
  const auto good = write(
      folder_ / "good.safetensors",
      safetensors(
          R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})",
          "x" + four));
  EXPECT_TRUE(identical(torchtidy::read_state_dict(good)["b"], torch::zeros({1}))) << "not aligned: copied";
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_state_dict(good, ReadOptions().entry("a")); }),
      HasSubstr("no entries"));
}

std::string binary(const char* format, uint64_t number, size_t bytes) {
  std::string text = format;
  for (size_t i = 0; i < bytes; ++i) {
    text += static_cast<char>(number >> (8 * i));
  }
  return text;
}

std::string pickled(const std::string& text) {
  return binary("X", text.size(), 4) + text;
}

/// A file in the old format that holds the dictionary {name: tensor} of one float, 1, in an untyped storage.
std::string legacy_file(const std::string& name, const std::string& key, size_t dimensions = 1) {
  std::string ones = "(";
  for (size_t i = 0; i < dimensions; ++i) {
    ones += std::string("K\1", 2);
  }
  ones += "t";
  const std::string tensor = "ctorch._utils\n_rebuild_tensor_v3\n((" + pickled("storage") +
      "ctorch.storage\nUntypedStorage\n" + pickled(key) + pickled("cpu") + std::string("K\4tQK\0", 6) + ones +
      ones + "\x89}ctorch\nfloat32\ntR";
  return "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + binary("M", 1001, 2) + ".}" +
      pickled("little_endian") + "\x88s.}" + pickled(name) + tensor + "s.]" + pickled(key) + "a." +
      binary("", 4, 8) + binary("", 0x3f800000, 4);
}

TEST_F(StateFilesOnTheHost, TensorsOfUntypedStoragesAreAligned) {
  for (size_t length = 1; length <= 8; ++length) {
    const auto path = write(folder_ / "legacy.pt", legacy_file(std::string(length, 'a'), "0"));
    const auto tensor = torchtidy::read_torch(path)[0].value();
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data_ptr()) % alignof(float), 0u);
    EXPECT_TRUE(identical(tensor, torch::ones({1})));
  }
}

TEST_F(StateFilesOnTheHost, WhatWouldTakeTooMuchMemoryIsRefused) {
  const auto read = [&](const std::string& bytes) {
    return error_of([&] { (void)torchtidy::read_torch(write(folder_ / "legacy.pt", bytes)); });
  };
  EXPECT_EQ(read(legacy_file("a", std::string(64, '0'))), "");
  EXPECT_THAT(
      read(legacy_file("a", std::string(65, '0'))), HasSubstr("the key of a storage has 65 characters"));
  EXPECT_EQ(read(legacy_file("a", "0", 64)), "");
  EXPECT_THAT(read(legacy_file("a", "0", 65)), HasSubstr("a tensor has 65 dimensions"));
}

TEST_F(StateFilesOnTheHost, LazyConjugatesAndNegativesAreRefused) {
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_torch(data_ + "/conjugate.pt"); }), HasSubstr("resolve_conj()"));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_torch(data_ + "/negative.pt"); }), HasSubstr("resolve_neg()"));
}

TEST_F(StateFilesOnTheHost, DamagedTorchFilesAreRefused) {
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_state_dict(folder_ / "none"); }),
      HasSubstr("there is no such file"));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_state_dict(write(folder_ / "e", "")); }), HasSubstr("is empty"));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_state_dict(write(folder_ / "t", "hello")); }),
      HasSubstr("neither a zip"));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_archive(write(folder_ / "t", "hello")); }),
      HasSubstr("no archive"));
  EXPECT_THAT(
      error_of([&] { torchtidy::write_torch(StateDict(), "/no/such/folder/x"); }),
      HasSubstr("Cannot write '/no/such/folder/x"));
  // Every cut, and every changed byte, is either refused with the file's name or read.
  for (const std::string name : {"/state.pt", "/legacy.pt", "/state.safetensors"}) {
    const auto whole = content(data_ + name);
    const auto path = folder_ / "damaged";
    size_t refused = 0;
    const auto attempt = [&](const std::string& bytes) {
      const auto message = error_of([&] {
        for (const auto& item : torchtidy::read_state_dict(write(path, bytes))) {
          item.value().contiguous();
        }
      });
      refused += message.empty() ? 0 : 1;
      EXPECT_TRUE(message.empty() || message.find("damaged") != std::string::npos) << message;
    };
    for (size_t size = 1; size < whole.size(); size += 1 + whole.size() / 200) {
      attempt(whole.substr(0, size));
    }
    EXPECT_GT(refused, 100u) << name << ": a file that was cut off is refused";
    for (size_t i = 0; i < whole.size(); i += 1 + whole.size() / 400) {
      auto changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ 0x55);
      attempt(changed);
    }
  }
}

} // namespace
