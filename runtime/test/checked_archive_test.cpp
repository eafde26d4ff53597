// Archives that know what was saved.

#include <torchtidy/checked_archive.h>

#include <torch/torch.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace nn = torch::nn;

namespace {

struct SmallImpl : nn::Module {
  explicit SmallImpl(int64_t width = 4) {
    fc = register_module("fc", nn::Linear(4, width));
    steps = register_buffer("steps", torch::zeros({1}, torch::kLong));
    register_buffer("none", torch::Tensor()); // undefined tensors are not saved
  }
  nn::Linear fc{nullptr};
  torch::Tensor steps;
};
TORCH_MODULE(Small);
struct OtherImpl : nn::Module {
  OtherImpl() {
    fc = register_module("fc", nn::Linear(4, 4));
    register_buffer("steps", torch::zeros({1}, torch::kLong));
  }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Other);

class CheckedArchive : public testing::Test {
 protected:
  void TearDown() override {
    std::remove(path.c_str());
  }
  template <typename Model>
  std::string error(const Model& model) {
    try {
      torchtidy::load_checked(model, path);
      return "";
    } catch (const c10::Error& error) {
      return error.what_without_backtrace();
    }
  }
  std::string path = testing::TempDir() + "checked.pt";
};

TEST_F(CheckedArchive, IsReadBack) {
  Small net, back;
  net->steps.fill_(7);
  torchtidy::save_checked(net, path);
  EXPECT_EQ(error(back), "");
  EXPECT_TRUE(torch::equal(back->fc->weight, net->fc->weight));
  EXPECT_EQ(back->steps.item<int64_t>(), 7);
  Small plain;
  torch::load(plain, path);
  EXPECT_TRUE(torch::equal(plain->fc->weight, net->fc->weight)) << "torch::load reads it, too";
}

TEST_F(CheckedArchive, NamesANullChild) {
  Small net;
  torchtidy::save_checked(net, path);
  net->register_module("skip", std::shared_ptr<nn::Module>());
  EXPECT_THAT(error(net), testing::HasSubstr("'skip'"));
  try {
    torchtidy::save_checked(net, path);
    FAIL();
  } catch (const c10::Error& thrown) {
    EXPECT_THAT(thrown.what(), testing::HasSubstr("'skip'"));
  }
}

TEST_F(CheckedArchive, RefusesAnotherClass) {
  torchtidy::save_checked(Small(), path);
  EXPECT_THAT(error(Other()), testing::HasSubstr("SmallImpl and is read into a"));
}

TEST_F(CheckedArchive, ListsTheDifferences) {
  torchtidy::save_checked(Small(), path);
  Small wider(5);
  const torch::Tensor before = wider->fc->weight.detach().clone();
  EXPECT_THAT(
      error(wider),
      testing::HasSubstr("'fc.weight' is [4, 4] Float in the file, and [5, 4] Float in the model"));
  Small more;
  more->register_parameter("scale", torch::ones({1}));
  EXPECT_THAT(error(more), testing::HasSubstr("'scale' ([1] Float) is not in the file"));
  EXPECT_TRUE(torch::equal(before, wider->fc->weight)) << "nothing has changed";
}

TEST_F(CheckedArchive, RefusesWhatDoesNotSay) {
  Small net;
  torch::save(net, path);
  EXPECT_THAT(error(net), testing::HasSubstr("was not written by save_checked"));
  std::ofstream(path) << "junk";
  EXPECT_NE(error(net), "");
}

} // namespace
