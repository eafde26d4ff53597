// The linter's table of operations against this LibTorch, over a list written by hand: whose memory
// a result shows, and what an operation leaves as it was. tools/check-operations.py asks PyTorch's own list
// of samples, which LibTorch 1.13 does not have in C++.

#include <torch/torch.h>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

namespace {

using torch::Tensor;

enum class Gives { Nothing, Host, New, View, MayView, Self, Another };
enum Trait : unsigned {
  NoTraits = 0,
  Creates = 1 << 0,
  CutsGraph = 1 << 1,
  InPlace = 1 << 2,
  Writes = 1 << 3,
  KeepsValues = 1 << 4,
  SetsProperty = 1 << 5,
  Converts = 1 << 6,
  Waits = 1 << 7,
  HasEffect = 1 << 8,
  TakesUndefined = 1 << 9,
  Fills = 1 << 10,
  Random = 1 << 11,
  KeepsOrder = 1 << 12,
};

struct Entry {
  Gives gives = Gives::Nothing;
  unsigned traits = NoTraits;
};

// As Operations.cpp reads both files: a correction replaces the result and adds traits.
std::map<std::string, Entry> table() {
  std::map<std::string, Entry> found;
#define OPERATION(Name, Kind, Traits) found[#Name] = {Gives::Kind, unsigned(Traits)};
#include "model/torch/Operations.def"
#define CORRECTED(Name, Kind, Traits) found[#Name] = {Gives::Kind, unsigned(Traits) | found[#Name].traits};
#define MEMBER(Name, Kind, Traits) found[#Name] = {Gives::Kind, unsigned(Traits)};
#include "model/torch/OperationTraits.def"
  return found;
}

Tensor ordered() {
  return torch::arange(1, 25, torch::kFloat).view({4, 6}) / 25;
}

struct Sample {
  const char* name;
  std::function<Tensor(Tensor)> run;
};

// On a tensor of four rows and six columns that lies in order.
const Sample samples[] = {
#define UNARY(Name) {#Name, [](Tensor x) { return x.Name(); }}
    UNARY(abs),
    UNARY(abs_),
    UNARY(acos),
    UNARY(alias),
    UNARY(all),
    UNARY(any),
    UNARY(argmax),
    UNARY(asin),
    UNARY(atan),
    UNARY(bernoulli),
    UNARY(ceil),
    UNARY(ceil_),
    UNARY(clone),
    UNARY(contiguous),
    UNARY(cos),
    UNARY(detach),
    UNARY(detach_),
    UNARY(erf),
    UNARY(exp),
    UNARY(exp_),
    UNARY(expm1),
    UNARY(flatten),
    UNARY(fliplr),
    UNARY(flipud),
    UNARY(floor),
    UNARY(frac),
    UNARY(isnan),
    UNARY(log),
    UNARY(log1p),
    UNARY(log_),
    UNARY(logical_not),
    UNARY(max),
    UNARY(mean),
    UNARY(median),
    UNARY(min),
    UNARY(neg),
    UNARY(nonzero),
    UNARY(prod),
    UNARY(ravel),
    UNARY(reciprocal),
    UNARY(relu),
    UNARY(relu_),
    UNARY(round),
    UNARY(rsqrt),
    UNARY(sigmoid),
    UNARY(sigmoid_),
    UNARY(sign),
    UNARY(sin),
    UNARY(sqrt),
    UNARY(square),
    UNARY(squeeze),
    UNARY(std),
    UNARY(sum),
    UNARY(t),
    UNARY(tan),
    UNARY(tanh),
    UNARY(tanh_),
    UNARY(trunc),
    UNARY(var),
    UNARY(zero_),
#undef UNARY
    {"add", [](Tensor x) { return x.add(1); }},
    {"add_", [](Tensor x) { return x.add_(1); }},
    {"as_strided", [](Tensor x) { return x.as_strided({2, 2}, {1, 2}); }},
    {"bmm", [](Tensor x) { return x.unsqueeze(0).bmm(x.t().unsqueeze(0)); }},
    {"broadcast_to", [](Tensor x) { return x.broadcast_to({2, 4, 6}); }},
    {"cat", [](Tensor x) { return torch::cat({x, x}); }},
    {"chunk", [](Tensor x) { return x.chunk(2)[0]; }},
    {"clamp", [](Tensor x) { return x.clamp(0, 1); }},
    {"clamp_", [](Tensor x) { return x.clamp_(0, 1); }},
    {"copy_", [](Tensor x) { return x.copy_(torch::ones({4, 6})); }},
    {"cumsum", [](Tensor x) { return x.cumsum(0); }},
    {"diag", [](Tensor x) { return x.diag(); }},
    {"diagonal", [](Tensor x) { return x.diagonal(); }},
    {"div", [](Tensor x) { return x.div(2); }},
    {"div_", [](Tensor x) { return x.div_(2); }},
    {"dropout", [](Tensor x) { return torch::dropout(x, 0.5, true); }},
    {"eq", [](Tensor x) { return x.eq(1); }},
    {"expand", [](Tensor x) { return x.expand({2, 4, 6}); }},
    {"expand_as", [](Tensor x) { return x.expand_as(torch::ones({2, 4, 6})); }},
    {"fill_", [](Tensor x) { return x.fill_(1); }},
    {"flip", [](Tensor x) { return x.flip(0); }},
    {"fmod", [](Tensor x) { return x.fmod(2); }},
    {"gather", [](Tensor x) { return x.gather(0, torch::zeros({1, 6}, torch::kLong)); }},
    {"ge", [](Tensor x) { return x.ge(1); }},
    {"gelu", [](Tensor x) { return torch::gelu(x); }},
    {"index_select", [](Tensor x) { return x.index_select(0, torch::tensor({0, 1})); }},
    {"lerp", [](Tensor x) { return x.lerp(torch::ones({4, 6}), 0.5); }},
    {"lerp_", [](Tensor x) { return x.lerp_(torch::ones({4, 6}), 0.5); }},
    {"log_softmax", [](Tensor x) { return x.log_softmax(1); }},
    {"logsumexp", [](Tensor x) { return x.logsumexp(1); }},
    {"masked_fill", [](Tensor x) { return x.masked_fill(x > 0.5, 0); }},
    {"masked_fill_", [](Tensor x) { return x.masked_fill_(x > 0.5, 0); }},
    {"masked_select", [](Tensor x) { return x.masked_select(x > 0.5); }},
    {"matmul", [](Tensor x) { return x.matmul(x.t()); }},
    {"mm", [](Tensor x) { return x.mm(x.t()); }},
    {"movedim", [](Tensor x) { return x.movedim(0, 1); }},
    {"mul", [](Tensor x) { return x.mul(2); }},
    {"mul_", [](Tensor x) { return x.mul_(2); }},
    {"narrow", [](Tensor x) { return x.narrow(0, 1, 2); }},
    {"norm", [](Tensor x) { return x.norm(); }},
    {"normal_", [](Tensor x) { return x.normal_(); }},
    {"ones_like", [](Tensor x) { return torch::ones_like(x); }},
    {"permute", [](Tensor x) { return x.permute({1, 0}); }},
    {"pow", [](Tensor x) { return x.pow(2); }},
    {"pow_", [](Tensor x) { return x.pow_(2); }},
    {"rand_like", [](Tensor x) { return torch::rand_like(x); }},
    {"repeat", [](Tensor x) { return x.repeat({2, 1}); }},
    {"repeat_interleave", [](Tensor x) { return x.repeat_interleave(2); }},
    {"reshape", [](Tensor x) { return x.reshape({24}); }},
    {"roll", [](Tensor x) { return x.roll(1); }},
    {"scatter_", [](Tensor x) { return x.scatter_(0, torch::zeros({1, 6}, torch::kLong), 1); }},
    {"select", [](Tensor x) { return x.select(0, 1); }},
    {"slice", [](Tensor x) { return x.slice(0, 1, 3); }},
    {"softmax", [](Tensor x) { return x.softmax(1); }},
    {"split", [](Tensor x) { return x.split(2)[0]; }},
    {"stack", [](Tensor x) { return torch::stack({x, x}); }},
    {"sub", [](Tensor x) { return x.sub(1); }},
    {"sub_", [](Tensor x) { return x.sub_(1); }},
    {"swapaxes", [](Tensor x) { return x.swapaxes(0, 1); }},
    {"take", [](Tensor x) { return x.take(torch::tensor({0, 1})); }},
    {"threshold", [](Tensor x) { return torch::threshold(x, 0.5, 0); }},
    {"to", [](Tensor x) { return x.to(torch::kFloat); }},
    {"transpose", [](Tensor x) { return x.transpose(0, 1); }},
    {"transpose_", [](Tensor x) { return x.transpose_(0, 1); }},
    {"triu", [](Tensor x) { return x.triu(); }},
    {"unbind", [](Tensor x) { return x.unbind()[0]; }},
    {"unfold", [](Tensor x) { return x.unfold(0, 2, 1); }},
    {"uniform_", [](Tensor x) { return x.uniform_(); }},
    {"unsqueeze", [](Tensor x) { return x.unsqueeze(0); }},
    {"unsqueeze_", [](Tensor x) { return x.unsqueeze_(0); }},
    {"view", [](Tensor x) { return x.view({24}); }},
    {"view_as", [](Tensor x) { return x.view_as(torch::ones({24})); }},
    {"where", [](Tensor x) { return torch::where(x > 0.5, x, x); }},
    {"zeros_like", [](Tensor x) { return torch::zeros_like(x); }},
};

class Operations : public testing::TestWithParam<Sample> {};

TEST_P(Operations, DoWhatTheTableSays) {
  static const auto entries = table();
  const auto found = entries.find(GetParam().name);
  ASSERT_NE(found, entries.end()) << "the table does not list it";
  const Entry& entry = found->second;
  torch::manual_seed(1);
  const torch::NoGradGuard no_grad;
  const Tensor x = ordered(), before = x.clone();
  const Tensor whole = x.detach(); // keeps the shape where the operation changes it in place
  const Tensor result = GetParam().run(x);
  const bool shows = result.defined() && result.storage().is_alias_of(whole.storage());
  switch (entry.gives) {
    case Gives::New:
      EXPECT_FALSE(shows);
      break;
    case Gives::View:
      EXPECT_TRUE(shows);
      break;
    case Gives::Self:
      EXPECT_TRUE(result.is_same(x));
      break;
    default:
      break; // one or the other
  }
  if (!(entry.traits & Writes)) {
    EXPECT_TRUE(whole.equal(before)) << "it changed its argument's values";
  }
  if (entry.traits & KeepsOrder && entry.gives == Gives::New && result.numel() == x.numel()) {
    const Tensor strided = GetParam().run(ordered().t());
    EXPECT_EQ(strided.strides(), ordered().t().strides());
  }
}

// No graph goes through the result of what is said to cut it, and one does elsewhere.
TEST_P(Operations, CutTheGraphWhereTheTableSaysSo) {
  static const auto entries = table();
  const Entry& entry = entries.at(GetParam().name);
  if (entry.gives != Gives::New && entry.gives != Gives::View) {
    return;
  }
  torch::manual_seed(1);
  const Tensor x = ordered().requires_grad_();
  const Tensor result = GetParam().run(x);
  if (entry.traits & (CutsGraph | Creates)) {
    EXPECT_FALSE(result.requires_grad());
  } else if (result.is_floating_point()) {
    EXPECT_TRUE(result.requires_grad());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Operations, testing::ValuesIn(samples), [](const testing::TestParamInfo<Sample>& info) {
      return std::string(info.param.name);
    });

} // namespace
