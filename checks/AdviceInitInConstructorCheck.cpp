#include "AdviceInitInConstructorCheck.h"
#include "clang-tidy/utils/OptionsUtils.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/tensors/Parameters.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// The tensor under `.data()` and `.detach()`.
const Expr *stripData(const Expr *E) {
  E = stripViews(E);
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  Operation Called = operationNamed(calleeName(Call));
  if ((Called.is(Op::data) || Called.is(Op::detach)) && isLibTorchDecl(calleeOf(Call)))
    return stripViews(objectOf(Call));
  return E;
}

// What a call initialises: a parameter handed to an init function or changed in place by one, also
// through a helper of the project whose name or body says that it initialises.
const Expr *initialised(const CallExpr *Call, const ProjectIndex &Index) {
  for (const TensorUse &Use : usesOf(Call)) {
    bool Sets = Use.Kind == UseKind::Init
                    ? Use.Name != "calculate_gain"
                    : Use.Kind == UseKind::InPlace && operationNamed(Use.Name).has(Fills);
    const Expr *Target = stripData(Use.Operand);
    if (Sets && parameterSource(Target, Index).What != ParameterSource::None)
      return Target;
  }
  if (isLibTorchDecl(calleeOf(Call)) || !calleeName(Call).contains_insensitive("init"))
    return nullptr;
  for (const Expr *Argument : Call->arguments())
    if (const Expr *Target = stripData(Argument);
        isTensorType(Target->getType()) && isLayerParameter(Target))
      return Target;
  return nullptr;
}

// apply(initialize): a function whose body initialises.
const FunctionDecl *appliedInitialiser(const CallExpr *Call, const ProjectIndex &Index) {
  if (calleeName(Call) != "apply" || !isLibTorchDecl(calleeOf(Call)) || Call->getNumArgs() < 1)
    return nullptr;
  const Expr *E = stripValue(Call->getArg(0));
  while (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    if (Construct->getNumArgs() < 1)
      return nullptr;
    E = stripValue(Construct->getArg(0));
  }
  const auto *Function = dyn_cast_or_null<FunctionDecl>(namedDecl(pointee(E)));
  if (!Function || !Function->getDefinition())
    return nullptr;
  bool Initialises = false;
  forEachCall(Function->getDefinition(), [&](const CallExpr *Inner, const UseContext &) {
    Initialises |= initialised(Inner, Index) != nullptr;
  });
  return Initialises ? Function : nullptr;
}

bool isTensorDictionary(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return nameOf(Record) == "OrderedDict" && isLibTorchDecl(Record);
}

// A parameter of the function, or a loop over what one names, or a local made of it.
bool comesFromParameter(const Expr *E, const ProjectIndex &Index, unsigned Depth = 0) {
  return Depth < 4 && anyDescendant<DeclRefExpr>(
                          E,
                          [&](const DeclRefExpr *Ref) {
                            const ValueDecl *D = Ref->getDecl();
                            if (isa<ParmVarDecl>(D))
                              return isTensorDictionary(D->getType()) ||
                                     moduleOf(D->getType()) != nullptr;
                            const Expr *From = Index.rangeOf(D);
                            From = From ? From : initialiserOf(dyn_cast<VarDecl>(D));
                            return From && comesFromParameter(From, Index, Depth + 1);
                          });
}

// initialize(named_parameters()), initialize(fc), initialize(*this): a helper that is handed a
// dictionary of tensors or a module, and initialises what is in it.
bool callsInitialiser(const CallExpr *Call, const ProjectIndex &Index) {
  const FunctionDecl *Helper = visibleDefinition(calleeOf(Call));
  if (!Helper || isLibTorchDecl(Helper) || isStdDecl(Helper) || isa<CXXOperatorCallExpr>(Call) ||
      isThis(objectOf(Call)) || llvm::none_of(Helper->parameters(), [](const ParmVarDecl *P) {
        return isTensorDictionary(P->getType()) || moduleOf(P->getType());
      }))
    return false;
  bool Initialises = false;
  forEachCall(Helper, [&](const CallExpr *Inner, const UseContext &) {
    for (const TensorUse &Use : usesOf(Inner)) {
      bool Sets = Use.Kind == UseKind::Init
                      ? Use.Name != "calculate_gain"
                      : Use.Kind == UseKind::InPlace && operationNamed(Use.Name).has(Fills);
      Initialises |= Sets && comesFromParameter(stripData(Use.Operand), Index);
    }
  });
  return Initialises;
}

} // namespace

AdviceInitInConstructorCheck::AdviceInitInConstructorCheck(llvm::StringRef Name,
                                                           tidy::ClangTidyContext *Context)
    : FunctionCheck(Name, Context),
      ResetMethods(Options
                       .get("ResetMethods",
                            "reset;reset_parameters;init_weights;initialize_weights;"
                            "_initialize_weights;init_parameters;initialize_parameters")
                       .str()) {}

void AdviceInitInConstructorCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &Opts) {
  Options.store(Opts, "ResetMethods", llvm::StringRef(ResetMethods));
}

bool AdviceInitInConstructorCheck::isResetMethod(const FunctionDecl *Function) const {
  return llvm::is_contained(tidy::utils::options::parseStringList(ResetMethods), nameOf(Function));
}

// A helper that only constructors call and that builds layers, or that nobody else may call.
bool AdviceInitInConstructorCheck::isOnlyForConstruction(const CXXMethodDecl *Method,
                                                         const ProjectIndex &Index) const {
  if (!isModuleClass(Method->getParent()) || isResetMethod(Method))
    return false;
  if (isa<CXXConstructorDecl>(Method))
    return true;
  llvm::ArrayRef<ProjectIndex::CallSite> Calls = Index.callsOf(Method);
  if (Calls.empty() || llvm::any_of(Calls, [&](const ProjectIndex::CallSite &Site) {
        const auto *Caller = dyn_cast_or_null<CXXConstructorDecl>(Site.In);
        return !Caller ||
               Caller->getParent()->getCanonicalDecl() != Method->getParent()->getCanonicalDecl();
      }))
    return false;
  if (Method->getAccess() != AS_public)
    return true;
  return llvm::any_of(Index.constructions(), [&](const ProjectIndex::Construction &C) {
    return C.In && C.In->getCanonicalDecl() == Method->getCanonicalDecl();
  });
}

void AdviceInitInConstructorCheck::checkFunction(const FunctionDecl *Function,
                                                 ASTContext &Context) {
  const auto *Method = dyn_cast<CXXMethodDecl>(Function);
  if (!Method || !isModuleClass(Method->getParent()) || isResetMethod(Method))
    return;
  const Expr *First = nullptr;
  SourceLocation Loc;
  unsigned Count = 0;
  std::string What;
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &) {
    const ProjectIndex &Index = index(Context);
    const Expr *Target = initialised(Call, Index);
    bool Helped = !Target && (appliedInitialiser(Call, Index) || callsInitialiser(Call, Index));
    if (!Target && !Helped)
      return;
    if (Count++)
      return;
    First = Target ? Target : Call;
    Loc = Call->getBeginLoc();
    What = Target ? sourceText(Target, Context, "a parameter") : "the weights";
  });
  if (!First || !isOnlyForConstruction(Method, index(Context)))
    return;
  diag(Loc, "%select{'%1' is|the weights are}0 initialised by a constructor of %2: "
            "no call can do it "
            "again, after a partial load for instance; 'reset_parameters()' could")
      << (What == "the weights") << What << Method->getParent();
  if (Count > 1)
    diag(Loc, "%0 initialisations in this function", DiagnosticIDs::Note) << Count;
}

} // namespace torchtidy
