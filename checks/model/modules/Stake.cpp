#include "model/modules/Stake.h"

using namespace clang;

namespace torchtidy {

namespace {

// LibTorch's modules without parameters, buffers or a mode.
bool isStateless(llvm::StringRef Name) {
  static constexpr llvm::StringLiteral Prefixes[] = {
      "AdaptiveAvgPool", "AdaptiveMaxPool",   "AvgPool",       "MaxPool",        "MaxUnpool",
      "LPPool",          "FractionalMaxPool", "ReflectionPad", "ReplicationPad", "ZeroPad",
      "ConstantPad",     "Softmax",           "LogSoftmax",    "PixelShuffle",   "PixelUnshuffle"};
  static constexpr llvm::StringLiteral Names[] = {"Identity",
                                                  "Flatten",
                                                  "Unflatten",
                                                  "Upsample",
                                                  "Fold",
                                                  "Unfold",
                                                  "ELU",
                                                  "SELU",
                                                  "Hardshrink",
                                                  "Hardtanh",
                                                  "LeakyReLU",
                                                  "LogSigmoid",
                                                  "ReLU",
                                                  "ReLU6",
                                                  "CELU",
                                                  "GLU",
                                                  "GELU",
                                                  "SiLU",
                                                  "Mish",
                                                  "Sigmoid",
                                                  "Softplus",
                                                  "Softshrink",
                                                  "Softsign",
                                                  "Tanh",
                                                  "Tanhshrink",
                                                  "Threshold",
                                                  "Softmin",
                                                  "CosineSimilarity",
                                                  "PairwiseDistance",
                                                  "CrossMapLRN2d",
                                                  "LocalResponseNorm"};
  return llvm::any_of(Prefixes, [&](llvm::StringRef P) { return Name.starts_with(P); }) ||
         llvm::is_contained(Names, Name) || Name.ends_with("Loss");
}

bool isModeOnly(llvm::StringRef Name) {
  return Name.starts_with("Dropout") || Name == "AlphaDropout" || Name == "FeatureAlphaDropout" ||
         Name == "FeatureDropout" || Name == "RReLU" || Name == "FeatureDropout2d" ||
         Name == "FeatureDropout3d";
}

Stake worst(Stake A, Stake B) { return std::min(A, B); }

constexpr unsigned MaxStakeDepth = 4;

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs,
              unsigned Depth);

Stake stakeOfClass(const CXXRecordDecl *Module, const Registrations &Regs, unsigned Depth) {
  if (!Module || !Module->hasDefinition() || Depth > MaxStakeDepth)
    return Stake::Parameters;
  Module = Module->getDefinition();
  llvm::StringRef Library = libraryModuleName(Module);
  if (isLibTorchDecl(Module))
    return isStateless(Library)  ? Stake::Nothing
           : isModeOnly(Library) ? Stake::Mode
                                 : Stake::Parameters;
  if (!Library.empty() && !isStateless(Library))
    return isModeOnly(Library) ? Stake::Mode : Stake::Parameters;
  // A class of the project has at stake what its members have.
  Stake Result = Stake::Nothing;
  for (const FieldDecl *Field : Module->fields()) {
    if (Result == Stake::Parameters)
      break;
    TypeInfo Info = classifyType(Field->getType());
    if (Info.isTensor())
      Result = worst(Result, Stake::Parameters);
    else if (Info.Kind == TypeKind::Container)
      Result = worst(Result, Stake::Parameters);
    else if (Info.isModule() && Info.Kind != TypeKind::RawPtr) {
      Stake Member = Stake::Parameters;
      bool Known = false;
      for (const Registrations::Store &Store : Regs.stores(Field))
        if (const Expr *Built = Regs.construction(Store)) {
          Stake One = stakeOf(Info.Module, Built, Regs, Depth + 1);
          Member = Known ? worst(Member, One) : One;
          Known = true;
        }
      Result = worst(Result, Known ? Member : stakeOfClass(Info.Module, Regs, Depth + 1));
    }
  }
  return Result;
}

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs,
              unsigned Depth) {
  llvm::StringRef Library = libraryModuleName(Module);
  bool IsContainer = Library == "Sequential" || Library == "ModuleList" || Library == "ModuleDict";
  if (!IsContainer || !Construction || Depth > MaxStakeDepth)
    return stakeOfClass(Module, Regs, Depth);
  // A container has at stake what is put into it in view.
  Stake Result = Stake::Nothing;
  auto Children = Regs.children(Construction);
  for (const Registrations::Store &Child : Children) {
    const CXXRecordDecl *ChildModule = moduleOf(Child.Value->getType());
    const Expr *Built = Regs.construction(Child);
    if (Built == Construction)
      continue;
    Result = worst(Result,
                   ChildModule ? stakeOf(ChildModule, Built, Regs, Depth + 1) : Stake::Parameters);
    if (Result == Stake::Parameters)
      break;
  }
  return Children.empty() ? Stake::Parameters : Result;
}

} // namespace

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs) {
  return stakeOf(Module, Construction, Regs, 0);
}

} // namespace torchtidy
