#include "UnregisteredTensorCheck.h"
#include "model/facts/HandKept.h"
#include "model/facts/Reads.h"
#include "model/tensors/TensorMembers.h"
#include "model/tensors/UnregisteredPaths.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

UnregisteredTensorCheck::UnregisteredTensorCheck(llvm::StringRef Name,
                                                 clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), ForwardNames(Options.get("ForwardNames", DefaultForwardNames)) {}

void UnregisteredTensorCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) {
  Options.store(Opts, "ForwardNames", ForwardNames);
}

void UnregisteredTensorCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  if (isPartlyVisible(Class))
    return;
  Reach Forward = Model.forwardReachOf(Class, ForwardNames);
  if (Forward.empty())
    // Modules with other entry points: whatever hands out tensors.
    for (const CXXMethodDecl *Method : visibleMethods(Class))
      if (!isa<CXXConstructorDecl>(Method) && classifyType(Method->getReturnType()).isTensor())
        Forward.insert({Method, nullptr});
  for (const FieldDecl *Field : Class->fields()) {
    TypeInfo Info = classifyType(Field->getType());
    bool HoldsTensors = Info.isTensor() || (Info.Kind == TypeKind::Container && Info.HoldsTensors &&
                                            !Info.HoldsModules);
    if (!HoldsTensors || Field->getType()->isReferenceType() ||
        Model.registrations().isUnknown(Field))
      continue;
    if (!Model.registrations().isRegistered(Field))
      checkField(Field, Class, Forward, Model);
    else if (Info.isTensor())
      checkPaths(Field, Class, Forward, Model);
  }
}

void UnregisteredTensorCheck::checkField(const FieldDecl *Field, const CXXRecordDecl *Class,
                                         const Reach &Forward, ModuleModel &Model) {
  std::optional<UnregisteredState> State = unregisteredState(Field, Class, Forward, Model);
  if (!State || isTensorKeptByHand(Field, Class, facts(Model.context()).index()) ||
      !firstTime(Field->getLocation()))
    return;
  diag(Field->getLocation(),
       "%0 is used in forward and never registered as a %select{buffer|parameter}1: "
       "%select{to() leaves it on its device and save() loses it|the optimizer does not train it, "
       "to() leaves it behind and save() loses it}1%select{|; it is moved by hand}2")
      << Field << State->WantsGrad << State->IsMovedByHand;
  diag(State->Given.Value->getExprLoc(), "given its value here", DiagnosticIDs::Note);
  for (const Expr *Value : State->Also)
    diag(Value->getExprLoc(), "and here", DiagnosticIDs::Note);
  if (State->IsOnlyValue)
    offerRegistration(
        Field, wrapInRegistration(Field, State->Given,
                                  registrationName(State->WantsGrad ? RegistrationKind::Parameter
                                                                    : RegistrationKind::Buffer),
                                  Model));
}

// if (affine) weight = register_parameter("weight", ..); else weight = torch::ones(..);
void UnregisteredTensorCheck::checkPaths(const FieldDecl *Field, const CXXRecordDecl *Class,
                                         const Reach &Forward, ModuleModel &Model) {
  std::optional<UnregisteredPath> Path = unregisteredPath(Field, Class, Model);
  llvm::SmallVector<const FunctionDecl *, 8> Readers;
  for (auto &[Function, Call] : Forward)
    if (!isa<CXXConstructorDecl>(Function))
      Readers.push_back(Function);
  if (!Path || !isRead(Field, Readers) || !firstTime(Field->getLocation()))
    return;
  diag(Field->getLocation(), "%0 is used in forward and registered on some paths of the "
                             "constructor only: %select{where %2,|on the others}1 to() leaves "
                             "it on its device and save() loses it")
      << Field << Path->Condition.empty() << Path->Condition;
  diag(Path->Value->getExprLoc(),
       "given its value here without a registration; 'register_buffer' keeps a tensor that is not "
       "trained with the module",
       DiagnosticIDs::Note);
  diag(Path->Registered->getExprLoc(), "registered here", DiagnosticIDs::Note);
}

} // namespace torchtidy
