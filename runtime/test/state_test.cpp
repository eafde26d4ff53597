// State dicts: loading, re-initialising what was not loaded, files.

#include "device_test.h"

#include <torchtidy/containers.h>
#include <torchtidy/init.h>
#include <torchtidy/slot.h>
#include <torchtidy/state_files.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using torch::Tensor;
using torchtidy::LoadOptions;
using torchtidy::StateDict;

namespace {

struct NetImpl : nn::Module, torchtidy::Resettable {
  explicit NetImpl(int64_t width = 4) {
    fc = register_module("fc", nn::Linear(3, width));
    norm = register_module("norm", nn::BatchNorm1d(width));
    scale = register_parameter("scale", torch::full({1}, 5.0));
  }
  void reset_parameters() override {
    nn::init::constant_(scale, 1);
  }
  nn::Linear fc{nullptr};
  nn::BatchNorm1d norm{nullptr};
  Tensor scale;
};
TORCH_MODULE(Net);

/// A copy that later changes to the module do not reach.
StateDict snapshot(const nn::Module& module) {
  StateDict copy = torchtidy::state_dict(module);
  for (auto& item : copy) {
    item.value() = item.value().clone();
  }
  return copy;
}

void expect_same(const StateDict& a, const StateDict& b) {
  EXPECT_EQ(a.keys(), b.keys());
  for (const auto& item : a) {
    const auto* other = b.find(item.key());
    if (other != nullptr) {
      EXPECT_TRUE(identical(item.value(), *other)) << item.key();
    }
  }
}

std::string new_path(const std::string& name) {
  return testing::TempDir() + "torchtidy-state-" + name;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string write_bytes(const std::string& name, const std::string& bytes) {
  const std::string path = new_path(name);
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

class StateDicts : public DeviceTest {};
INSTANTIATE_ON_DEVICES(StateDicts);

TEST_P(StateDicts, KeysAreThoseOfPythonAndTensorsAreShared) {
  Net net;
  net->to(device());
  const auto dict = torchtidy::state_dict(net);
  EXPECT_THAT(
      dict.keys(),
      ElementsAre(
          "scale", "fc.weight", "fc.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var",
          "norm.num_batches_tracked"));
  EXPECT_FALSE(dict["scale"].requires_grad());
  EXPECT_EQ(dict["scale"].data_ptr(), net->scale.data_ptr());
  EXPECT_TRUE(torchtidy::state_dict(net, "module.").contains("module.fc.bias"));
  EXPECT_FALSE(torchtidy::state_dict(*nn::Linear(nn::LinearOptions(2, 2).bias(false))).contains("bias"));
}

TEST_P(StateDicts, LoadCopiesKeepsDtypeAndTheSameParameters) {
  Net from, to;
  to->to(device(), torch::kDouble);
  const auto weight = to->fc->weight;
  const auto report = torchtidy::load_state_dict(to, torchtidy::state_dict(from));
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(report.loaded.size(), 8u);
  EXPECT_TRUE(weight.is_same(to->fc->weight));
  EXPECT_EQ(weight.scalar_type(), torch::kDouble);
  EXPECT_TRUE(identical(weight.detach().cpu(), from->fc->weight.detach().to(torch::kDouble)));
}

TEST_P(StateDicts, NothingChangesWhenItFails) {
  Net from(5), to;
  to->to(device());
  auto dict = snapshot(*from);
  dict.insert("extra", torch::zeros({1}));
  dict.erase("scale");
  const auto before = snapshot(*to);
  const auto error = error_of([&] { (void)torchtidy::load_state_dict(to, dict); });
  EXPECT_THAT(error, HasSubstr("nothing was changed"));
  EXPECT_THAT(error, HasSubstr("missing: 'scale'"));
  EXPECT_THAT(error, HasSubstr("unexpected: 'extra'"));
  EXPECT_THAT(error, HasSubstr("'fc.weight': shape [5, 3] in the state dict, [4, 3] in the module"));
  expect_same(snapshot(*to), before);
}

TEST_P(StateDicts, PartialLoadReportsAndResetsTheRest) {
  Net from(5), to;
  to->to(device());
  auto dict = snapshot(*from);
  dict.erase("scale");
  { torch::NoGradGuard no_grad; to->norm->running_var.fill_(9); }
  const auto report = torchtidy::load_state_dict(to, dict, LoadOptions().strict(false));
  EXPECT_THAT(report.missing, ElementsAre("scale"));
  EXPECT_THAT(report.loaded, ElementsAre("norm.num_batches_tracked"));
  EXPECT_EQ(report.mismatched.size(), 6u);
  const auto scale = to->scale;
  const auto reset = torchtidy::reset_missing(to, report);
  EXPECT_EQ(reset.size(), 7u);
  EXPECT_EQ(to->scale.item<double>(), 1);
  EXPECT_TRUE(scale.is_same(to->scale));
  EXPECT_EQ(to->norm->running_var[0].item<double>(), 1);
}

TEST_P(StateDicts, ResetMissingKeepsWhatWasLoaded) {
  Net from, to;
  to->to(device());
  auto dict = snapshot(*from);
  dict.erase("fc.weight");
  const auto old_weight = to->fc->weight.detach().clone();
  const auto report = torchtidy::load_state_dict(to, dict, LoadOptions().strict(false));
  EXPECT_THAT(torchtidy::reset_missing(to, report), ElementsAre("fc.weight"));
  EXPECT_FALSE(torch::equal(to->fc->weight, old_weight));
  EXPECT_TRUE(identical(to->fc->bias.detach().cpu(), from->fc->bias.detach()));
  EXPECT_EQ(to->scale.item<double>(), 5);
}

TEST_P(StateDicts, PrefixRenameAndHint) {
  Net from, to;
  to->to(device());
  const auto wrapped = torchtidy::state_dict(from, "module.");
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(to, wrapped); }), HasSubstr("LoadOptions().prefix(\"module.\")"));
  EXPECT_TRUE(torchtidy::load_state_dict(to, wrapped, LoadOptions().prefix("module.")).complete());
  StateDict renamed;
  for (const auto& item : torchtidy::state_dict(from)) {
    renamed.insert("old_" + item.key(), item.value());
  }
  const auto rename = [](const std::string& key) { return key.substr(4); };
  EXPECT_TRUE(torchtidy::load_state_dict(to, renamed, LoadOptions().rename(rename)).complete());
  const auto clash = [](const std::string&) { return std::string("scale"); };
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::load_state_dict(to, renamed, LoadOptions().rename(clash)); }),
      HasSubstr("both renamed to 'scale'"));
}

TEST_P(StateDicts, AssignTakesTheTensorsAndKeepsTheParameters) {
  Net from, to;
  from->to(device(), torch::kDouble);
  torch::optim::SGD sgd(to->parameters(), 0.1);
  EXPECT_TRUE(torchtidy::load_state_dict(to, torchtidy::state_dict(from), LoadOptions().assign(true)).complete());
  EXPECT_EQ(to->fc->weight.data_ptr(), from->fc->weight.data_ptr());
  EXPECT_TRUE(to->fc->weight.requires_grad());
  EXPECT_TRUE(sgd.param_groups()[0].params()[0].is_same(to->scale));
}

TEST_P(StateDicts, TiedAndOverlappingTensors) {
  nn::Linear shared(nn::LinearOptions(2, 2).bias(false));
  struct TwiceImpl : nn::Module {
    explicit TwiceImpl(const nn::Linear& layer) {
      register_module("a", layer);
      register_module("b", layer);
    }
  };
  TwiceImpl twice(shared);
  twice.to(device());
  StateDict half;
  half.insert("a.weight", torch::eye(2));
  const auto report = torchtidy::load_state_dict(twice, half);
  EXPECT_THAT(report.loaded, ElementsAre("a.weight", "b.weight"));

  nn::Linear layer(nn::LinearOptions(2, 2).bias(false));
  layer->to(device());
  const auto expected = layer->weight.detach().t().clone();
  StateDict transposed;
  transposed.insert("weight", layer->weight.detach().t());
  EXPECT_TRUE(torchtidy::load_state_dict(layer, transposed).complete());
  EXPECT_TRUE(identical(layer->weight.detach(), expected)) << "the source is the target's own memory";
}

TEST_P(StateDicts, ResetParametersOfAWholeModel) {
  Net net;
  net->to(device(), torch::kDouble);
  const auto weight = net->fc->weight;
  const auto before = weight.detach().clone();
  torchtidy::reset_parameters(net);
  EXPECT_FALSE(torch::equal(weight, before));
  EXPECT_EQ(net->scale.item<double>(), 1);
  EXPECT_EQ(weight.scalar_type(), torch::kDouble);
  EXPECT_EQ(weight.device().type(), device().type());

  struct OwnImpl : nn::Module {
    OwnImpl() {
      register_parameter("w", torch::ones({1}));
    }
  };
  nn::Sequential model(nn::Linear(1, 1), std::make_shared<nn::LayerNormImpl>(std::vector<int64_t>{1}));
  model->push_back("own", nn::AnyModule(nn::Identity()));
  torchtidy::reset_parameters(model);
  struct HolderImpl : nn::Module {
    HolderImpl() {
      register_module("own", std::make_shared<OwnImpl>());
    }
  } holder;
  EXPECT_THAT(error_of([&] { torchtidy::reset_parameters(holder); }), HasSubstr("'own'"));
}

StateDict every_kind() {
  StateDict dict;
  dict.insert("b.float", torch::randn({2, 3}));
  dict.insert("double", torch::randn({2}, torch::kDouble));
  dict.insert("half", torch::randn({5}).to(torch::kHalf));
  dict.insert("bfloat16", torch::randn({3}).to(torch::kBFloat16));
  dict.insert("bool", torch::tensor({true, false, true}));
  dict.insert("uint8", torch::arange(5).to(torch::kByte));
  dict.insert("int8", torch::arange(-2, 3).to(torch::kChar));
  dict.insert("int16", torch::arange(3).to(torch::kShort));
  dict.insert("int32", torch::arange(3).to(torch::kInt));
  dict.insert("int64", torch::tensor({1LL << 40, -1LL}));
  dict.insert("complex", torch::randn({2}, torch::kComplexFloat));
  dict.insert("scalar", torch::tensor(3.5));
  dict.insert("none", torch::zeros({0, 4}));
  dict.insert("transposed", torch::randn({3, 4}).t());
  return dict;
}

TEST_P(StateDicts, FilesOfEveryFormat) {
  const auto dict = every_kind();
  const auto safetensors = new_path("all.safetensors");
  torchtidy::write_safetensors(dict, safetensors, {{"format", "pt"}});
  std::map<std::string, std::string> metadata;
  const auto back = torchtidy::read_safetensors(safetensors, torchtidy::ReadOptions().device(device()), &metadata);
  EXPECT_EQ(metadata["format"], "pt");
  EXPECT_EQ(back.size(), dict.size());
  for (const auto& item : dict) {
    EXPECT_TRUE(identical(back[item.key()], item.value())) << item.key();
    EXPECT_EQ(back[item.key()].device().type(), device().type());
  }

  const auto zip = new_path("all.pt");
  torchtidy::write_torch(dict, zip);
  const auto read = torchtidy::read_state_dict(zip);
  expect_same(read, dict);
  EXPECT_EQ(read["transposed"].strides(), dict["transposed"].strides());

  Net net;
  net->to(device());
  const auto archive = new_path("net.archive");
  torch::save(net, archive);
  expect_same(torchtidy::read_state_dict(archive), torchtidy::state_dict(net));
}

TEST_P(StateDicts, FilesKeepSharedStoragesAndMayReplaceThemselves) {
  const auto base = torch::arange(6, torch::kFloat);
  StateDict dict;
  dict.insert("a", base);
  dict.insert("b", base.narrow(0, 2, 3));
  const auto path = new_path("shared.pt");
  torchtidy::write_torch(dict, path);
  const auto read = torchtidy::read_torch(path);
  expect_same(read, dict);
  EXPECT_TRUE(read["a"].is_alias_of(read["b"]));
  read["a"].fill_(7); // memory only
  EXPECT_EQ(torchtidy::read_torch(path)["a"][1].item<float>(), 1);
  torchtidy::write_torch(read, path);
  EXPECT_EQ(torchtidy::read_torch(path)["b"][0].item<float>(), 7);
}

TEST_P(StateDicts, BrokenFilesAreErrorsThatNameThem) {
  const auto dict = every_kind();
  const auto good = new_path("good.safetensors");
  torchtidy::write_safetensors(dict, good);
  const std::string whole = bytes_of(good);
  for (const size_t size : {size_t(1), size_t(7), size_t(20), whole.size() - 1}) {
    const auto path = write_bytes("cut.safetensors", whole.substr(0, size));
    EXPECT_THAT(error_of([&] { torchtidy::read_safetensors(path); }), HasSubstr("cut.safetensors")) << size;
  }
  const auto with_header = [](const std::string& json, size_t data) {
    std::string text(8, '\0');
    text[0] = static_cast<char>(json.size());
    return text + json + std::string(data, 'x');
  };
  const auto error_for = [&](const std::string& json, size_t data) {
    const auto path = write_bytes("bad.safetensors", with_header(json, data));
    return error_of([&] { torchtidy::read_safetensors(path); });
  };
  EXPECT_THAT(
      error_for(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}})", 4),
      HasSubstr("do not fit its shape"));
  EXPECT_THAT(
      error_for(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 8), HasSubstr("the file has 8"));
  EXPECT_THAT(error_for(R"({"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}})", 4), HasSubstr("F99"));
  EXPECT_THAT(error_for(R"({"a":[[[[[]]]]]})", 0), HasSubstr("nested"));
  EXPECT_THAT(error_of([&] { torchtidy::read_state_dict(new_path("absent")); }), HasSubstr("no such file"));

  const auto zip = new_path("good.pt");
  torchtidy::write_torch(dict, zip);
  const std::string archive = bytes_of(zip);
  for (size_t size = 1; size < archive.size(); size += 97) {
    const auto path = write_bytes("cut.pt", archive.substr(0, size));
    EXPECT_THAT(error_of([&] { torchtidy::read_torch(path); }), HasSubstr("cut.pt")) << size;
  }
}

TEST_P(StateDicts, PicklesRunNothing) {
  const auto good = new_path("plain.pt");
  torchtidy::write_torch(every_kind(), good);
  std::string bytes = bytes_of(good);
  const std::string name = "ccollections\nOrderedDict\n";
  const std::string evil = "cos\nsystem\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";
  const auto at = bytes.find(name);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, name.size(), evil.substr(0, name.size()));
  const auto path = write_bytes("evil.pt", bytes);
  EXPECT_THAT(
      error_of([&] { torchtidy::read_torch(path); }), HasSubstr("'os.system', which is no part of a state dict"));
}

} // namespace
