// Which names are taken for the same, and which are not.
#include "keys/NearNames.h"
#include <gtest/gtest.h>

using namespace torchtidy;
using namespace llvm;

namespace {

// "a=b" of each pair, ours first; with "*" for modules and the number of keys below.
std::string paired(ArrayRef<StringRef> Ours, ArrayRef<StringRef> Theirs,
                   ArrayRef<StringRef> Shared = {}, bool Fits = true) {
  auto Pairs = pairNearNames(Ours, Theirs, Shared, [&](size_t, size_t) { return Fits; });
  std::string Text;
  for (const Renaming &R : renamingsOf(Pairs, Ours, Theirs, Shared))
    Text += (Text.empty() ? "" : " ") + R.Ours + "=" + R.Theirs +
            (R.IsModule ? "*" + std::to_string(R.Keys.size()) : "");
  return Text;
}

TEST(NearNames, DifferInCaseSeparatorsAndDigits) {
  EXPECT_EQ(paired({"layer_0.w"}, {"layer.0.w"}), "layer_0=layer.0*1");
  EXPECT_EQ(paired({"FC.weight"}, {"fc.weight"}), "FC=fc*1");
  EXPECT_EQ(paired({"fc.weight", "fc.bias"}, {"fc1.weight", "fc1.bias"}), "fc=fc1*2");
  // Even if it does not fit: that is said for itself.
  EXPECT_EQ(paired({"layer_0.w"}, {"layer.0.w"}, {}, /*Fits=*/false), "layer_0=layer.0*1");
  EXPECT_EQ(paired({"fc.w"}, {"fc1.w"}, {}, /*Fits=*/false), "");
}

TEST(NearNames, AreThoseOfAModuleThatHasTheSameKeys) {
  EXPECT_EQ(paired({"head.weight", "head.bias"}, {"classifier.weight", "classifier.bias"}, {"a.b"}),
            "head=classifier*2");
  EXPECT_EQ(paired({"a.w", "b.x.w"}, {"net.a.w", "net.b.x.w"}), "=net*2");
  EXPECT_EQ(paired({"net.a.w", "net.b.x.w"}, {"a.w", "b.x.w"}), "net=*2");
  // Counters may be missing.
  EXPECT_EQ(paired({"norm.weight", "norm.num_batches_tracked"}, {"other.weight"}, {"a.b"}),
            "norm=other*1");
  // Two that would do as well; one that has another key.
  EXPECT_EQ(paired({"ab.w"}, {"xy.w", "zz.w"}, {"a.b"}), "");
  EXPECT_EQ(
      paired({"head.weight", "head.bias"}, {"classifier.weight", "classifier.scale"}, {"a.b"}), "");
}

TEST(NearNames, AreNotPairedWhereBothSidesCountFromElsewhere) {
  EXPECT_EQ(paired({"fc1.w", "fc2.w", "fc3.w"}, {"fc_0.w", "fc_1.w", "fc_2.w"}), "");
  EXPECT_EQ(paired({"fc3.w"}, {"fc0.w"}, {"fc1.w", "fc2.w"}), "");
  EXPECT_EQ(paired({"fc1.w", "fc2.w"}, {"fc_1.w", "fc_2.w"}), "fc1=fc_1*1 fc2=fc_2*1");
  EXPECT_EQ(paired({"fc1.w", "fc2.w", "head.w"}, {"fc_1.w", "fc_2.w", "out.w"}, {"a.b"}),
            "fc1=fc_1*1 fc2=fc_2*1 head=out*1");
}

TEST(NearNames, AreNearestSeenFromEitherSide) {
  EXPECT_EQ(paired({"enc.w", "dec.w"}, {"dex.w"}, {"a.b"}), "dec=dex*1");
  EXPECT_EQ(paired({"enc.w", "dec.w"}, {"zzz.w"}, {"a.b"}), "");
}

TEST(NearNames, DoNotNameAModuleThatBothHave) {
  EXPECT_EQ(paired({"net.fc.w"}, {"net.FC.w"}, {"net.other.w"}), "net.fc=net.FC*1");
  EXPECT_EQ(paired({"fc.w"}, {"net.fc.w"}, {"a.w"}), "fc=net.fc*1");
}

TEST(NearNames, HoldSlips) {
  EXPECT_EQ(paired({"fc.weight"}, {"fc.wieght"}, {"fc.bias"}), "fc.weight=fc.wieght");
  EXPECT_EQ(paired({"fc.weight"}, {"fc.bias"}, {"fc.x"}), "");
  EXPECT_EQ(paired({"fc.weight"}, {"fc.weighta", "fc.weightb"}, {"fc.bias"}), "");
}

// Hostile files: bounded time.
TEST(NearNames, OfVeryManyAreNotAllPaired) {
  std::vector<std::string> Names;
  for (int I = 0; I < 40000; ++I)
    Names.push_back("m" + std::to_string(I) + "x" + ".w");
  std::vector<StringRef> Ours(Names.begin(), Names.begin() + 20000);
  std::vector<StringRef> Theirs(Names.begin() + 20000, Names.end());
  pairNearNames(Ours, Theirs, {}, [](size_t, size_t) { return true; });
}

} // namespace
