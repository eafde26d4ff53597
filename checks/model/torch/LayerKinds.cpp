#include "model/torch/LayerKinds.h"
#include "model/torch/ModuleClass.h"

using namespace clang;

namespace torchtidy {

namespace {

struct Activation {
  llvm::StringRef Function, Module;
};
constexpr Activation Activations[] = {
    {"relu", "ReLU"},
    {"relu6", "ReLU6"},
    {"gelu", "GELU"},
    {"leaky_relu", "LeakyReLU"},
    {"elu", "ELU"},
    {"selu", "SELU"},
    {"celu", "CELU"},
    {"silu", "SiLU"},
    {"mish", "Mish"},
    {"softplus", "Softplus"},
    {"softsign", "Softsign"},
    {"tanh", "Tanh"},
    {"sigmoid", "Sigmoid"},
    {"hardtanh", "Hardtanh"},
    {"hardswish", ""},
    {"hardsigmoid", ""},
    {"tanhshrink", "Tanhshrink"},
    {"logsigmoid", "LogSigmoid"},
};

} // namespace

bool isNormLayer(llvm::StringRef Library) {
  return Library.starts_with("BatchNorm") || Library.starts_with("InstanceNorm") ||
         Library == "GroupNorm" || Library == "LayerNorm" || Library == "LocalResponseNorm";
}

bool isActivationLayer(llvm::StringRef Library) {
  if (Library == "PReLU" || Library == "RReLU" || Library == "GLU")
    return true;
  return llvm::any_of(
      Activations, [&](const Activation &A) { return !A.Module.empty() && A.Module == Library; });
}

std::optional<ActivationCall> activationCall(const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee || !Callee->getIdentifier() || !isLibTorchDecl(Callee))
    return std::nullopt;
  llvm::StringRef Name = Callee->getName();
  Name.consume_back("_");
  for (const Activation &A : Activations) {
    if (A.Function != Name)
      continue;
    ActivationCall Found{A.Function, A.Module, nullptr, false};
    unsigned Written = 0;
    for (const Expr *Argument : Call->arguments())
      Written += !isa<CXXDefaultArgExpr>(Argument);
    if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
      Found.Argument = Member->getImplicitObjectArgument();
      Found.Plain = Written == 0;
    } else if (Call->getNumArgs() >= 1) {
      Found.Argument = Call->getArg(0);
      Found.Plain = Written == 1;
    }
    if (!Found.Argument || !isTensorType(Found.Argument->IgnoreParenImpCasts()->getType()))
      return std::nullopt;
    return Found;
  }
  return std::nullopt;
}

llvm::StringRef initFunction(const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee || !Callee->getIdentifier() || !Callee->getName().ends_with("_"))
    return {};
  return isNamed(Callee, ("torch::nn::init::" + Callee->getName()).str()) ? Callee->getName()
                                                                          : llvm::StringRef();
}

} // namespace torchtidy
