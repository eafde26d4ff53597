// The table of layers against the headers of the LibTorch that the tests run with.
#include "model/torch/Layers.h"
#include "ParseSnippet.h"
#include "model/torch/Types.h"
#include "gtest/gtest.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::parse;

namespace {

const NamedDecl *lookUp(const DeclContext *Scope, llvm::StringRef Name) {
  ASTContext &Context = Scope->getParentASTContext();
  auto Found = Scope->lookup(&Context.Idents.get(Name));
  return Found.empty() ? nullptr : Found.front();
}

const CXXRecordDecl *definitionIn(const DeclContext *Scope, llvm::StringRef Name) {
  const auto *Record = dyn_cast_or_null<CXXRecordDecl>(lookUp(Scope, Name));
  return Record ? Record->getDefinition() : nullptr;
}

// A member of Record or of a base of it.
const NamedDecl *memberOf(const CXXRecordDecl *Record, llvm::StringRef Name) {
  if (!Record || !Record->hasDefinition())
    return nullptr;
  if (const NamedDecl *Found = lookUp(Record->getDefinition(), Name))
    return Found;
  for (const CXXBaseSpecifier &Base : Record->bases())
    if (const NamedDecl *Found = memberOf(Base.getType()->getAsCXXRecordDecl(), Name))
      return Found;
  return nullptr;
}

class Layers : public ::testing::Test {
protected:
  void SetUp() override {
    Unit = parse("");
    const auto *Torch =
        cast<NamespaceDecl>(lookUp(Unit->getASTContext().getTranslationUnitDecl(), "torch"));
    Nn = cast<NamespaceDecl>(lookUp(Torch, "nn"));
  }

  const CXXRecordDecl *impl(Layer L) const {
    return definitionIn(Nn, (infoOf(L).Name + "Impl").str());
  }
  const CXXRecordDecl *options(Layer L) const {
    const auto *Field = dyn_cast_or_null<FieldDecl>(memberOf(impl(L), "options"));
    return Field ? Field->getType()->getAsCXXRecordDecl() : nullptr;
  }

  std::unique_ptr<ASTUnit> Unit;
  const NamespaceDecl *Nn = nullptr;
};

constexpr Layer All[] = {
#define LAYER(Name, Family, Lost, Shape, Functional) Layer::Name,
#include "model/torch/Layers.def"
};

TEST_F(Layers, EveryHolderOfLibTorchIsListed) {
  unsigned Count = 0;
  for (const NamespaceDecl *Part : Nn->redecls())
    for (const Decl *D : Part->decls()) {
      const auto *Holder = dyn_cast<CXXRecordDecl>(D);
      if (!Holder || !Holder->isThisDeclarationADefinition() ||
          !derivesFrom(Holder, "torch::nn::ModuleHolder") || Holder->getName() == "ModuleHolder")
        continue;
      ++Count;
      EXPECT_NE(layerNamed(Holder->getName()), Layer::None)
          << Holder->getName().str() << " has no line in Layers.def";
    }
  EXPECT_GT(Count, 100u);
}

TEST_F(Layers, WhatTheRuntimeBuildsIsListed) {
#define TORCHTIDY_TORCH_VERSION_NUMBER 21300
  for (llvm::StringRef Name : {
#define TORCHTIDY_BUILTIN(Name) #Name,
#define TORCHTIDY_BUILTIN_DEFAULTS(Name) #Name,
#define TORCHTIDY_BUILTIN_EMBEDDING(Name) #Name,
#include "../../../../runtime/include/torchtidy/builtins.def"
       })
    EXPECT_NE(layerNamed(Name), Layer::None) << Name.str();
}

TEST_F(Layers, TheSizesAreOptions) {
  for (Layer L : All) {
    if (!impl(L))
      continue; // of a later LibTorch
    for (llvm::StringRef Option : {infoOf(L).SizeIn, infoOf(L).SizeOut}) {
      if (Option.empty())
        continue;
      const CXXRecordDecl *Options = options(L);
      ASSERT_TRUE(Options) << infoOf(L).Name.str();
      EXPECT_TRUE(memberOf(Options, Option)) << infoOf(L).Name.str() << "." << Option.str();
      bool IsParameter = llvm::any_of(Options->ctors(), [&](const CXXConstructorDecl *C) {
        return llvm::any_of(C->parameters(),
                            [&](const ParmVarDecl *P) { return P->getName() == Option; });
      });
      EXPECT_TRUE(IsParameter) << infoOf(L).Name.str() << "." << Option.str();
    }
  }
}

TEST_F(Layers, OptionalTensorsHaveTheirOptionAndItsDefault) {
  for (const OptionalSlot &Slot : {
#define TENSOR(Name, Slot, Option, Default) OptionalSlot{Layer::Name, #Slot, #Option, Default},
#include "model/torch/Layers.def"
       }) {
    std::string Where = (infoOf(Slot.Of).Name + "." + Slot.Slot).str();
    EXPECT_EQ(optionalSlot(Slot.Of, Slot.Slot)->Option, Slot.Option) << Where;
    if (!impl(Slot.Of))
      continue; // of a later LibTorch
    const auto *Field = dyn_cast_or_null<FieldDecl>(memberOf(impl(Slot.Of), Slot.Slot));
    ASSERT_TRUE(Field) << Where;
    EXPECT_TRUE(isTensorType(Field->getType())) << Where;
    // TORCH_ARG(bool, affine) = true declares a member affine_ with that initialiser.
    const auto *Value =
        dyn_cast_or_null<FieldDecl>(memberOf(options(Slot.Of), (Slot.Option + "_").str()));
    if (!Value) // MultiheadAttention of some versions keeps more options than one record
      continue;
    // Of a template the pattern has it: nothing instantiates the initialiser before it is used.
    if (const auto *Owner = cast<CXXRecordDecl>(Value->getParent());
        const CXXRecordDecl *Pattern = Owner->getTemplateInstantiationPattern())
      Value = cast<FieldDecl>(lookUp(Pattern, Value->getName()));
    ASSERT_TRUE(Value->getInClassInitializer()) << Where;
    bool Default = !Slot.Default;
    EXPECT_TRUE(
        Value->getInClassInitializer()->EvaluateAsBooleanCondition(Default, Unit->getASTContext()))
        << Where;
    EXPECT_EQ(Default, Slot.Default) << Where;
  }
  EXPECT_FALSE(optionalSlot(Layer::Linear, "weight"));
  EXPECT_FALSE(optionalSlot(Layer::None, "bias"));
}

TEST_F(Layers, StatelessLayersHaveNoTensors) {
  for (Layer L : All) {
    const CXXRecordDecl *Impl = impl(L);
    if (!Impl || infoOf(L).Lost == Stake::Parameters || familyOf(L) == LayerFamily::Loss)
      continue;
    for (const FieldDecl *Field : Impl->fields()) // _random_samples of a pool is an option
      EXPECT_TRUE(!isTensorType(Field->getType()) || Field->getName().starts_with("_"))
          << infoOf(L).Name.str() << "." << Field->getName().str();
  }
}

TEST_F(Layers, FunctionsThatDoTheSameExist) {
  // torch::relu is at::relu.
  const auto *Torch =
      cast<NamespaceDecl>(lookUp(Unit->getASTContext().getTranslationUnitDecl(), "at"));
  const auto *Functional = cast<NamespaceDecl>(lookUp(Nn, "functional"));
  for (Layer L : All)
    if (llvm::StringRef Name = infoOf(L).Functional; !Name.empty()) {
      auto [Scope, Function] = Name.rsplit("::");
      EXPECT_TRUE(lookUp(Scope == "torch" ? Torch : Functional, Function)) << Name.str();
    }
}

TEST_F(Layers, OfAClassIsTheOneThatItDerivesFrom) {
  auto Snippet = parse("struct MineImpl : torch::nn::LinearImpl { using LinearImpl::LinearImpl; };"
                       "struct Own : torch::nn::Module {};");
  EXPECT_EQ(layerOf(test::find<CXXRecordDecl>(*Snippet, "MineImpl")), Layer::Linear);
  EXPECT_EQ(layerOf(test::find<CXXRecordDecl>(*Snippet, "Own")), Layer::None);
  EXPECT_TRUE(isNormLayer(Layer::GroupNorm));
  EXPECT_TRUE(isActivationLayer(Layer::Tanh));
  EXPECT_FALSE(isActivationLayer(Layer::Softmax));
  EXPECT_TRUE(isContainerLayer(Layer::ModuleDict));
}

} // namespace
