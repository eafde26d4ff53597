// Checkpoints as they are found: in several files with an index, and with more than tensors in them.

#include <torchtidy/state_files.h>

#include "device_test.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

using testing::ElementsAre;
using testing::HasSubstr;
using torchtidy::ReadOptions;
using torchtidy::ReadReport;
using torchtidy::StateDict;

namespace {

class WithFiles {
 protected:
  WithFiles() {
    std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::replace(test.begin(), test.end(), '/', '_'); // of a device
    folder_ = std::filesystem::path(testing::TempDir()) / ("torchtidy_checkpoint_" + test);
    std::filesystem::create_directories(folder_);
    StateDict one, two;
    one.insert("a.weight", torch::ones({2}));
    one.insert("a.bias", torch::zeros({1}));
    two.insert("b.weight", torch::full({3}, 2.0));
    torchtidy::write_safetensors(one, path("model-00001-of-00002.safetensors"));
    torchtidy::write_safetensors(two, path("model-00002-of-00002.safetensors"));
    torchtidy::write_torch(one, path("one.bin"));
    torchtidy::write_torch(two, path("two.bin"));
  }
  ~WithFiles() {
    std::filesystem::remove_all(folder_);
  }

  std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  std::string error_of_index(const std::string& text) const {
    const auto file = write("bad.index.json", text);
    return error_of([&] { (void)torchtidy::read_state_dict(file); });
  }

  const std::string data_ = TORCHTIDY_TEST_DATA;
  std::filesystem::path folder_;
};

class Checkpoint : public testing::Test, protected WithFiles {};

class CheckpointOn : public DeviceTest, protected WithFiles {};
INSTANTIATE_ON_DEVICES(CheckpointOn);

TEST_P(CheckpointOn, IsReadToTheDevice) {
  const auto index =
      write("model.safetensors.index.json", R"({"weight_map": {"b.weight": "model-00002-of-00002.safetensors",
                   "a.bias": "model-00001-of-00002.safetensors"}})");
  const auto read = [&](const std::string& file, const char* entry = "") {
    return torchtidy::read_state_dict(file, ReadOptions().entry(entry).device(device()));
  };
  const auto sharded = read(index);
  EXPECT_TRUE(identical(sharded["b.weight"], torch::full({3}, 2.0f)));
  ReadReport report;
  const auto tolerant =
      torchtidy::read_state_dict(data_ + "/run.pt", ReadOptions().tolerant(report).device(device()));
  EXPECT_EQ(tolerant["nets.step"].item<int64_t>(), 3);
  for (const auto& dict : {sharded, tolerant, read(path("one.bin")), read(data_ + "/run.pt", "state_dict")}) {
    ASSERT_FALSE(dict.is_empty());
    for (const auto& item : dict) {
      EXPECT_EQ(item.value().device().type(), GetParam()) << item.key();
    }
  }
}

TEST_F(Checkpoint, AnIndexOfSafetensors) {
  const auto index = write(
      "model.safetensors.index.json", R"({"metadata": {"total_size": 24, "nested": [1, {"weight_map": 2}]},
    "weight_map": {"b.weight": "model-00002-of-00002.safetensors",
                   "a.weight": "model-00001-of-00002.safetensors",
                   "a.bias": "model-00001-of-00002.safetensors"}})");
  const auto dict = torchtidy::read_state_dict(index);
  EXPECT_THAT(dict.keys(), ElementsAre("b.weight", "a.weight", "a.bias"));
  EXPECT_TRUE(identical(dict["b.weight"], torch::full({3}, 2.0f)));
  EXPECT_TRUE(identical(torchtidy::read_sharded(index)["a.weight"], torch::ones({2})));
}

TEST_F(Checkpoint, AnIndexOfTorchFiles) {
  const auto index = write(
      "pytorch_model.bin.index.json", R"({"weight_map": {"a.weight": "one.bin", "b.weight": "two.bin"}})");
  EXPECT_THAT(torchtidy::read_state_dict(index).keys(), ElementsAre("a.weight", "b.weight"));
}

TEST_F(Checkpoint, IndicesThatCannotBeRead) {
  EXPECT_THAT(
      error_of_index(R"({"weight_map": {"a.weight": "../one.bin"}})"), HasSubstr("only files in the folder"));
  EXPECT_THAT(
      error_of_index(R"({"weight_map": {"a.weight": "/etc/passwd"}})"),
      HasSubstr("only files in the folder"));
  EXPECT_THAT(error_of_index(R"({"weight_map": {"a.weight": ".."}})"), HasSubstr("only files in the folder"));
  EXPECT_THAT(error_of_index(R"({"weight_map": {"a.weight": "three.bin"}})"), HasSubstr("three.bin"));
  EXPECT_THAT(error_of_index(R"({"weight_map": {"c.weight": "one.bin"}})"), HasSubstr("'c.weight'"));
  EXPECT_THAT(error_of_index(R"({"weight_map": {"a.weight": 3}})"), HasSubstr("no file name for 'a.weight'"));
  EXPECT_THAT(
      error_of_index(R"({"weight_map": {"a.weight": {"b": "one.bin"}}})"),
      HasSubstr("no file name for 'a.weight'"));
  EXPECT_THAT(
      error_of_index(R"({"weight_map": {"a.bias": "one.bin", "a.bias": "one.bin"}})"), HasSubstr("twice"));
  EXPECT_THAT(error_of_index(R"({"weights": {}})"), HasSubstr("no 'weight_map'"));
  EXPECT_THAT(error_of_index(R"({"weight_map": {"a.weight": "one.bin")"), HasSubstr("no JSON"));
  EXPECT_THAT(error_of_index(R"({"weight_map": {"a": "bad.index.json"}})"), HasSubstr("an index itself"));
}

TEST_F(Checkpoint, ATolerantReadTakesNumbersAndNestedOnes) {
  ReadReport report;
  const auto dict = torchtidy::read_state_dict(data_ + "/checkpoint.pt", ReadOptions().tolerant(report));
  EXPECT_THAT(dict.keys(), ElementsAre("epoch", "lr", "model.weight", "model.bias"));
  EXPECT_TRUE(identical(dict["epoch"], torch::scalar_tensor(3, torch::kLong)));
  EXPECT_TRUE(identical(dict["lr"], torch::scalar_tensor(0.5, torch::kDouble)));
  EXPECT_THAT(
      report.to_string(),
      "2 numbers, 1 left out\n  number: 'epoch' is an int\n  number: 'lr' is a float\n  left out: 'history' "
      "is a "
      "list");
}

TEST_F(Checkpoint, ATolerantReadOfATrainingRun) {
  for (const auto* name : {"/run.pt", "/run_legacy.pt"}) {
    ReadReport report;
    const auto dict = torchtidy::read_state_dict(data_ + name, ReadOptions().tolerant(report));
    EXPECT_THAT(
        dict.keys(),
        ElementsAre(
            "counts.steps",
            "optimizer.state.0.step",
            "state_dict.weight",
            "state_dict.bias",
            "nets.encoder.weight",
            "nets.encoder.bias",
            "nets.decoder.weight",
            "nets.decoder.bias",
            "nets.step",
            "net.with.dots.inner.weight",
            "net.with.dots.inner.bias"));
    EXPECT_THAT(report.to_string(), HasSubstr("'args' names 'argparse.Namespace'"));
    EXPECT_THAT(report.to_string(), HasSubstr("'optimizer.param_groups' is a list"));
    ReadReport inner;
    const auto nets = torchtidy::read_state_dict(data_ + name, ReadOptions().entry("nets").tolerant(inner));
    EXPECT_EQ(nets.size(), 5u);
    EXPECT_EQ(nets["step"].item<int64_t>(), 3);
    EXPECT_TRUE(inner.skipped.empty());
  }
  EXPECT_THROW((void)torchtidy::read_state_dict(data_ + "/run.pt"), c10::Error) << "only when asked";
}

/// {"a": self, "b": self, …} of itself.
TEST_F(Checkpoint, ADictionaryInItselfEnds) {
  // protocol 2, {} memo 0, ( "a" get0 "b" get0 u .
  const std::string magic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
  const std::string version("\x80\x02M\xe9\x03.", 6);
  const std::string system(std::string("\x80\x02}(X\x0d\x00\x00\x00little_endian\x88u.", 25));
  const std::string root(
      std::string("\x80\x02}q\x00(X\x01\x00\x00\x00", 11) + "a" + std::string("h\x00X\x01\x00\x00\x00", 7) +
      "b" + std::string("h\x00u.", 4));
  const auto file = write("self.pt", magic + version + system + root + std::string("\x80\x02].", 4));
  ReadReport report;
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::read_state_dict(file, ReadOptions().tolerant(report)); }),
      HasSubstr("the same dictionaries again and again"));
}

} // namespace
