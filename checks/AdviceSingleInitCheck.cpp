#include "AdviceSingleInitCheck.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"
#include "model/tensors/Parameters.h"
#include "model/torch/Layers.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "llvm/ADT/MapVector.h"

using namespace clang;

namespace torchtidy {

namespace {

bool drawsValues(const TensorUse &Use) {
  std::optional<InitValues> Values = initNamed(Use.Name);
  if (Use.Kind == UseKind::Init)
    return Values != InitValues::Constant;
  return Use.Kind == UseKind::InPlace && Values == InitValues::Drawn;
}

// These compute a fan and throw for a tensor of one dimension, as biases and norm weights are.
bool needsTwoDimensions(llvm::StringRef Name) { return initNamed(Name) == InitValues::Fan; }

const Expr *stripData(const Expr *E) {
  E = stripViews(E);
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  return Call && operationOf(Call).is(Op::data) ? stripViews(objectOf(Call)) : E;
}

std::string otherArguments(const TensorUse &Use, const ASTContext &Context) {
  std::string Text = Use.Name;
  for (const Expr *Argument : writtenArguments(Use.Call))
    if (stripValue(Argument) != Use.Operand)
      Text += "," + sourceText(Argument, Context, "?");
  return Text;
}

} // namespace

void AdviceSingleInitCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  // For each loop over modules() or callback: scheme -> the kinds of layers that get it.
  struct Kinds {
    llvm::SmallVector<std::pair<std::string, TensorUse>, 4> Uses;
  };
  llvm::MapVector<const Stmt *, Kinds> Loops;
  forEachTensorUse(Function, [&](const TensorUse &Use, const UseContext &Where) {
    if (!drawsValues(Use))
      return;
    everyParameter(Use, Where, Context);
    gain(Use, Function, Context);
    const auto *Member = dyn_cast<MemberExpr>(stripData(Use.Operand));
    if (!Member || !isLayerParameter(Member) ||
        Member->getMemberNameInfo().getAsString() != "weight")
      return;
    const Stmt *Loop = nullptr;
    for (const Stmt *Parent : llvm::reverse(Where.Parents))
      if (isa<CXXForRangeStmt>(Parent)) {
        Loop = Parent;
        break;
      }
    if (!Loop)
      return;
    std::string Layer =
        libraryModuleName(moduleOf(Member->getBase()->IgnoreParenImpCasts()->getType())).str();
    Loops[Loop].Uses.push_back({Layer, Use});
  });
  for (const auto &[Loop, Found] : Loops) {
    if (Found.Uses.size() < 2)
      continue;
    const std::string Scheme = otherArguments(Found.Uses[0].second, Context);
    llvm::StringRef FirstLayer = Found.Uses[0].first;
    bool Same = llvm::all_of(
        Found.Uses, [&](const auto &U) { return otherArguments(U.second, Context) == Scheme; });
    auto Other = llvm::find_if(Found.Uses, [&](const auto &U) { return U.first != FirstLayer; });
    if (!Same || Other == Found.Uses.end())
      continue;
    diag(Other->second.Call->getBeginLoc(), "the same '%0' draws the weights of '%1' and '%2': "
                                            "layers of different fan and role get one "
                                            "scale")
        << Other->second.Name << FirstLayer << Other->first;
    diag(Found.Uses[0].second.Call->getBeginLoc(), "and here", DiagnosticIDs::Note);
  }
}

void AdviceSingleInitCheck::everyParameter(const TensorUse &Use, const UseContext &Where,
                                           ASTContext &Context) {
  const Expr *Target = stripData(Use.Operand);
  if (!isa<DeclRefExpr, CXXMemberCallExpr>(Target) || !parameterLoop(Target, index(Context)))
    return;
  // A test of the name, the dimension or anything else makes it another scheme.
  const Stmt *Below = Use.Call;
  for (const Stmt *Parent : llvm::reverse(Where.Parents)) {
    if (isa<IfStmt, SwitchStmt, ConditionalOperator>(Parent))
      return;
    if (const auto *Compound = dyn_cast<CompoundStmt>(Parent))
      for (const Stmt *S : Compound->body()) {
        if (S == Below)
          break;
        if (isa<IfStmt>(S))
          return;
      }
    if (isa<CXXForRangeStmt>(Parent))
      break;
    Below = Parent;
  }
  diag(Use.Call->getBeginLoc(),
       "'%0' runs on every parameter: %select{biases and norm weights are drawn at random too|it "
       "throws at the first bias or norm weight, which has one dimension}1")
      << Use.Name << needsTwoDimensions(Use.Name);
}

void AdviceSingleInitCheck::gain(const TensorUse &Use, const FunctionDecl *Function,
                                 ASTContext &Context) {
  if (!llvm::StringRef(Use.Name).starts_with("kaiming_"))
    return;
  const CXXRecordDecl *Class = enclosingClass(Function);
  if (!Class || !isModuleClass(Class))
    return;
  // The activations of this class: what it builds and what forward calls.
  llvm::SmallVector<std::pair<llvm::StringRef, LayerFamily>, 4> Used;
  for (const ProjectIndex::Construction &C : index(Context).constructions()) {
    Layer Built = layerOf(C.Module);
    if (C.Class && C.Class->getCanonicalDecl() == Class->getCanonicalDecl() &&
        isActivationLayer(Built))
      Used.push_back({infoOf(Built).Name, familyOf(Built)});
  }
  for (const FieldDecl *Field : Class->fields()) {
    const CXXRecordDecl *Module = classifyType(Field->getType()).Module;
    if (Module && libraryModuleName(Module).empty())
      return; // a block of the project's own has activations that are not looked at
  }
  for (const CXXMethodDecl *Method : Class->methods())
    if (const FunctionDecl *Body = Method->getDefinition())
      forEachCall(Body, [&](const CallExpr *Call, const UseContext &) {
        if (std::optional<ActivationCall> Found = activationCall(Call))
          Used.push_back({Found->Module.empty() ? Found->Function : Found->Module, Found->Family});
      });
  if (Used.empty() || !llvm::all_of(Used, [](const auto &Activation) {
        return Activation.second == LayerFamily::Squashing;
      }))
    return;
  diag(Use.Call->getBeginLoc(), "'%0' scales for the ReLU family, but %1 only uses '%2': its "
                                "activations saturate; 'xavier_%select{normal_|uniform_}3' fits")
      << Use.Name << Class << Used[0].first << llvm::StringRef(Use.Name).contains("uniform");
}

} // namespace torchtidy
