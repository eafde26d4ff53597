#include "model/torch/Names.h"
#include "ParseSnippet.h"
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
