#include "model/torch/Names.h"
#include "ParseSnippet.h"
#include "model/syntax/Names.h"
#include "gtest/gtest.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::parse;

namespace {

TEST(Names, OfModuleAreMembersOfModule) {
  auto Unit = parse("using Module = torch::nn::Module;");
  const auto *Alias = test::find<TypedefNameDecl>(*Unit, "Module");
  const auto *Module = Alias->getUnderlyingType()->getAsCXXRecordDecl();
  ASSERT_TRUE(Module);
  for (llvm::StringRef Name : {
#define REGISTRATION(Name, Kind) #Name,
#define LISTING(Name, Kind) #Name,
#include "model/torch/Names.def"
       })
    EXPECT_FALSE(Module->lookup(&Unit->getASTContext().Idents.get(Name)).empty()) << Name.str();
}

TEST(Names, OfInitAreFunctionsOfInit) {
  auto Unit = parse("namespace init = torch::nn::init;");
  const auto *Init = test::find<NamespaceAliasDecl>(*Unit, "init")->getNamespace();
  for (const NamespaceDecl *Part : Init->redecls())
    for (const Decl *D : Part->decls())
      if (const auto *F = dyn_cast<FunctionDecl>(D); F && F->getName().ends_with("_"))
        EXPECT_TRUE(initNamed(F->getName())) << F->getName().str() << " is not in Names.def";
  EXPECT_EQ(initNamed("zeros_"), InitValues::Constant);
  EXPECT_EQ(initNamed("normal_"), InitValues::Drawn);
  EXPECT_EQ(initNamed("xavier_normal_"), InitValues::Fan);
  EXPECT_EQ(initNamed("mine_"), std::nullopt);
}

// TORCH_ARG(bool, training) = true;
TEST(Names, OfDropoutAreOnAsTheirOptionsAre) {
  auto Unit = parse("namespace F = torch::nn::functional;");
  const auto *Functional = test::find<NamespaceAliasDecl>(*Unit, "F")->getNamespace();
  unsigned Found = 0;
  for (const NamespaceDecl *Part : Functional->redecls())
    for (const Decl *D : Part->decls()) {
      const auto *F = dyn_cast<FunctionDecl>(D);
      if (!F || !nameOf(F).contains("dropout"))
        continue;
      const auto *Options = F->getParamDecl(1)->getType().getNonReferenceType()->getAsRecordDecl();
      for (const FieldDecl *Field : Options->fields())
        if (Field->getName() == "training_") {
          const auto *Default = dyn_cast_or_null<CXXBoolLiteralExpr>(
              Field->getInClassInitializer()->IgnoreImplicit());
          ASSERT_TRUE(Default);
          EXPECT_EQ(dropoutNamed(F->getName()), Default->getValue()) << F->getName().str();
          ++Found;
        }
    }
  EXPECT_EQ(Found, 5u);
  EXPECT_EQ(dropoutNamed("feature_dropout_"), false);
  EXPECT_EQ(dropoutNamed("relu"), std::nullopt);
}

TEST(Names, TellWhatTheyMean) {
  EXPECT_EQ(registrationKind("register_buffer"), RegistrationKind::Buffer);
  EXPECT_EQ(registrationName(RegistrationKind::Buffer), "register_buffer");
  EXPECT_EQ(registrationName(RegistrationKind::Replacement), "replace_module");
  EXPECT_EQ(registrationKind("register_hook"), std::nullopt);
  EXPECT_EQ(listingNamed("named_children"), Listing::Children);
  EXPECT_TRUE(listsModules("modules") && !listsModules("buffers") && listsTensors("buffers"));
  EXPECT_EQ(gradGuardNamed("InferenceMode"), GuardWhen::True);
  EXPECT_EQ(gradGuardNamed("AutoGradMode"), GuardWhen::False);
  EXPECT_TRUE(isFiller("emplace_front"));
  EXPECT_FALSE(isFiller("clear"));
  EXPECT_TRUE(changesContainer("clear"));
  EXPECT_TRUE(isHookFunction("register_forward_hook"));
  EXPECT_EQ(hookRemovalNamed("del_post_hook"), Removal::Hook);
  EXPECT_EQ(hookRemovalNamed("register_hook"), std::nullopt);
}

} // namespace
