#include "AdviceHardcodedLayerCheck.h"
#include "model/syntax/CallWalk.h"
#include "model/torch/Layers.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// A parameter that already lets the caller choose: a factory, a module, a name or a flag of a norm
// or activation.
bool letsChoose(const ParmVarDecl *Param) {
  QualType Type = Param->getType().getNonReferenceType();
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (nameOf(Record) == "function" || classifyType(Type).isModule())
    return true;
  if (Type->isFunctionPointerType())
    return true;
  llvm::StringRef Name = Param->getName();
  return Name.contains_insensitive("norm") || Name.contains_insensitive("act") ||
         Name.contains_insensitive("bn") || Type->isEnumeralType();
}

// `forward` of the class applies this activation.
std::string functionalActivation(const CXXRecordDecl *Class) {
  std::string Found;
  for (const CXXMethodDecl *Method : Class->methods()) {
    const auto *Body = dyn_cast_or_null<CXXMethodDecl>(Method->getDefinition());
    if (!Body || nameOf(Method) != "forward")
      continue;
    forEachCall(Body, [&](const CallExpr *Call, const UseContext &) {
      if (std::optional<ActivationCall> Activation = activationCall(Call);
          Activation && Found.empty())
        Found = Activation->Function.str();
    });
  }
  return Found;
}

} // namespace

void AdviceHardcodedLayerCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function);
  if (!Constructor || !isModuleClass(Constructor->getParent()) ||
      Constructor->getNumParams() == 0 || Constructor->isCopyOrMoveConstructor() ||
      llvm::any_of(Constructor->parameters(), letsChoose))
    return;
  const CXXRecordDecl *Class = Constructor->getParent();
  const ProjectIndex &Index = index(Context);
  const ProjectIndex::Construction *Norm = nullptr;
  std::string NormName, Activation;
  unsigned Uses = 0;
  for (const ProjectIndex::Construction &C : Index.constructions()) {
    Layer Built = layerOf(C.Module);
    bool Here = C.In ? C.In == Function : C.Class == Class;
    if (Here && isNormLayer(Built) && !Norm) {
      Norm = &C;
      NormName = infoOf(Built).Name.str();
    }
    if (Here && isActivationLayer(Built) && Activation.empty())
      Activation = infoOf(Built).Name.str();
    // Reusable is what is built at several places.
    Uses += C.Module && C.Module->getCanonicalDecl() == Class->getCanonicalDecl();
  }
  if (!Norm || Uses < 2)
    return;
  if (Activation.empty())
    Activation = functionalActivation(Class);
  if (Activation.empty())
    return;
  diag(Norm->Value->getBeginLoc(),
       "%0 is built at %1 places and fixes both '%2' and '%3': a variant with another norm or "
       "activation needs a copy of the class")
      << Class << Uses << NormName << Activation;
  diag(
      Constructor->getLocation(),
      "a parameter 'std::function<torch::nn::AnyModule(int64_t)> norm' would let the caller choose",
      DiagnosticIDs::Note);
}

} // namespace torchtidy
