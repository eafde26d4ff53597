#include "model/torch/Types.h"
#include "MarkedSnippet.h"
#include "ParseSnippet.h"
#include <gtest/gtest.h>

using namespace torchtidy;
using namespace torchtidy::test;

namespace {
TypeKind kindOf(clang::ASTUnit &Unit, llvm::StringRef Field) {
  const auto *F = find<clang::FieldDecl>(Unit, Field);
  return F ? classifyType(F->getType()).Kind : TypeKind::Other;
}

TEST(Types, KnowsModulesHoldersAndLookAlikes) {
  auto Unit = parse(R"cpp(
    struct PlainImpl : torch::nn::Module {};
    struct CloneableImpl : torch::nn::Cloneable<CloneableImpl> { void reset() override {} };
    TORCH_MODULE(Cloneable);
    struct OwnHolder : torch::nn::ModuleHolder<PlainImpl> {
      using torch::nn::ModuleHolder<PlainImpl>::ModuleHolder;
    };
    struct Script : torch::jit::Module {};
    struct Members {
      torch::nn::Linear linear{nullptr};
      Cloneable cloneable{nullptr};
      OwnHolder own{nullptr};
      std::shared_ptr<PlainImpl> shared;
      torch::nn::AnyModule any;
      torch::Tensor tensor;
      std::vector<torch::nn::Linear> layers;
      std::vector<std::pair<int, torch::Tensor>> tables;
      std::shared_ptr<int> other;
    };
  )cpp");
  ASSERT_TRUE(Unit);
  EXPECT_TRUE(isModuleClass(find<clang::CXXRecordDecl>(*Unit, "PlainImpl")));
  EXPECT_TRUE(isModuleClass(find<clang::CXXRecordDecl>(*Unit, "CloneableImpl")));
  EXPECT_FALSE(isModuleClass(find<clang::CXXRecordDecl>(*Unit, "Script")));
  EXPECT_FALSE(isModuleClass(find<clang::CXXRecordDecl>(*Unit, "Members")));

  EXPECT_EQ(kindOf(*Unit, "Members::linear"), TypeKind::Holder);
  EXPECT_EQ(kindOf(*Unit, "Members::cloneable"), TypeKind::Holder);
  EXPECT_EQ(kindOf(*Unit, "Members::own"), TypeKind::Holder);
  EXPECT_EQ(kindOf(*Unit, "Members::shared"), TypeKind::SharedPtr);
  EXPECT_EQ(kindOf(*Unit, "Members::any"), TypeKind::AnyModule);
  EXPECT_EQ(kindOf(*Unit, "Members::tensor"), TypeKind::Tensor);
  EXPECT_EQ(kindOf(*Unit, "Members::layers"), TypeKind::Container);
  EXPECT_EQ(kindOf(*Unit, "Members::tables"), TypeKind::Container);
  EXPECT_EQ(kindOf(*Unit, "Members::other"), TypeKind::Other);

  TypeInfo Layers = classifyType(find<clang::FieldDecl>(*Unit, "Members::layers")->getType());
  EXPECT_TRUE(Layers.HoldsModules);
  EXPECT_FALSE(Layers.HoldsTensors);
  TypeInfo Tables = classifyType(find<clang::FieldDecl>(*Unit, "Members::tables")->getType());
  EXPECT_FALSE(Tables.HoldsModules);
  EXPECT_TRUE(Tables.HoldsTensors);
}

TEST(Types, KnowsTensorOptions) {
  auto Unit = parse("torch::TensorOptions o; const torch::TensorOptions &r = o; "
                    "namespace own { struct TensorOptions {}; } own::TensorOptions p; int i;");
  ASSERT_TRUE(Unit);
  auto Is = [&](llvm::StringRef Name) {
    return isTensorOptions(find<clang::VarDecl>(*Unit, Name)->getType());
  };
  EXPECT_TRUE(Is("o"));
  EXPECT_TRUE(Is("r"));
  EXPECT_FALSE(Is("p"));
  EXPECT_FALSE(Is("i"));
}

TEST(Types, OptimizersAreKnownBehindPointers) {
  MarkedSnippet Snippet("void f(torch::optim::SGD &a, std::unique_ptr<torch::optim::Adam> b,"
                        " torch::optim::Optimizer *c, torch::optim::SGDOptions d) {}");
  std::string Found;
  for (const clang::ParmVarDecl *P : Snippet.find<clang::FunctionDecl>("f")->parameters())
    Found += isOptimizer(P->getType()) ? "o" : "-";
  EXPECT_EQ(Found, "ooo-");
}

TEST(Types, KnowsDevices) {
  auto Unit = parse("torch::Device d(torch::kCPU); const torch::Device &r = d; "
                    "c10::optional<torch::Device> o; torch::DeviceType t = torch::kCPU;");
  ASSERT_TRUE(Unit);
  auto Is = [&](llvm::StringRef Name) {
    return isDevice(find<clang::VarDecl>(*Unit, Name)->getType());
  };
  EXPECT_TRUE(Is("d"));
  EXPECT_TRUE(Is("r"));
  EXPECT_TRUE(Is("o"));
  EXPECT_FALSE(Is("t"));
}

} // namespace
