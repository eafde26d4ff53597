#include "model/modules/Archives.h"
#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include <set>

using namespace clang;

namespace torchtidy {

namespace {

const CXXRecordDecl *recordOf(const Expr *E) {
  QualType Type = E->IgnoreParenImpCasts()->getType().getNonReferenceType();
  if (Type->isPointerType())
    Type = Type->getPointeeType();
  return Type->getAsCXXRecordDecl();
}

bool isA(const Expr *E, llvm::StringRef Class) {
  const CXXRecordDecl *Record = E ? recordOf(E) : nullptr;
  return Record && Record->hasDefinition() && derivesFrom(Record, Class);
}

// Longer chains of names are not written by hand.
constexpr unsigned MaxNames = 8;

// Through `std::string(name)`, spelled or implied.
const Expr *throughText(const Expr *E) {
  E = stripCasts(E);
  const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(E);
  bool IsText = Construct && Construct->getNumArgs() > 0 &&
                isStdNamed(Construct->getConstructor()->getParent(), {"basic_string"}) &&
                llvm::all_of(llvm::drop_begin(Construct->arguments()),
                             [](const Expr *More) { return isa<CXXDefaultArgExpr>(More); });
  return IsText ? stripCasts(Construct->getArg(0)) : E;
}

// `name += ".pt"`, `name.append(".pt")`
bool isChangedInPlace(const ValueDecl *Name, const ProjectIndex &Index) {
  auto Changes = [&](const Stmt *S) {
    if (auto Assign = asAssignment(S))
      return Assign->IsCompound && namedDecl(Assign->Target) == Name;
    const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
    const CXXMethodDecl *Method = Call ? Call->getMethodDecl() : nullptr;
    return Method && !Method->isConst() && namedDecl(objectOf(Call)) == Name;
  };
  return llvm::any_of(Index.functions(), [&](const FunctionDecl *Function) {
    return anyDescendant<Stmt>(Function->getBody(), Changes);
  });
}

// The path that \p E spells, through variables and members that keep what they were made with, and
// parameters that every call in view hands the same.
std::string pathOf(const Expr *E, const ProjectIndex &Index, unsigned Depth = 0) {
  E = throughText(E);
  const ValueDecl *Name = namedDecl(E);
  if (!Name || Depth > MaxNames)
    return E ? literalText(E).value_or("").str() : "";
  if (const auto *Variable = dyn_cast<VarDecl>(Name);
      Variable && !isa<ParmVarDecl>(Variable) &&
      Variable->getType().isConstant(Variable->getASTContext()))
    return pathOf(initialiserOf(Variable), Index, Depth + 1);
  if (isChangedInPlace(Name, Index))
    return "";
  std::string Common;
  for (const ProjectIndex::Store &Store : Index.storesOf(Name)) {
    bool IsKnown =
        Store.Kind == ProjectIndex::Store::Written || Store.Kind == ProjectIndex::Store::Argument;
    std::string Path = IsKnown ? pathOf(Store.Value, Index, Depth + 1) : "";
    if (Path.empty() || (!Common.empty() && Common != Path))
      return "";
    Common = std::move(Path);
  }
  return Common;
}

struct Content {
  ArchiveContent Is = ArchiveContent::Unknown;
  const CXXRecordDecl *Class = nullptr;
};

Content contentOf(const Expr *Value, const ProjectIndex &Index) {
  if (!Value)
    return {};
  if (isA(Value, "torch::optim::Optimizer"))
    return {ArchiveContent::Optimizer, nullptr};
  TypeInfo Info = classifyType(Value->IgnoreParenImpCasts()->getType());
  if (Info.isTensor())
    return {ArchiveContent::Tensor, nullptr};
  if (Info.Kind == TypeKind::Container && Info.HoldsTensors && !Info.HoldsModules)
    return {ArchiveContent::Tensors, nullptr};
  // Which class a pointer to a base shows is not known.
  bool IsBase = Info.Module && llvm::any_of(Index.classes(), [&](const CXXRecordDecl *Other) {
                  return Other->hasDefinition() && Info.Module->hasDefinition() &&
                         Other->isDerivedFrom(Info.Module);
                });
  if (!Info.isRegistrable() || isLibTorchDecl(Info.Module) || IsBase)
    return {};
  return {ArchiveContent::Module, Info.Module};
}

bool isOf(const CXXRecordDecl *Class, const CXXRecordDecl *Whole) {
  return Class && (Class->getCanonicalDecl() == Whole->getCanonicalDecl() ||
                   (Class->hasDefinition() && Whole->getDefinition()->isDerivedFrom(Class)));
}

// All names that a \p Class may register; nothing where some cannot be seen.
std::optional<std::set<std::string>> possibleNames(const CXXRecordDecl *Class, ModuleModel &Model) {
  if (!Class->hasDefinition() || !libraryModuleName(Class).empty())
    return std::nullopt;
  std::set<std::string> Names;
  llvm::SmallVector<const CXXRecordDecl *, 4> Work{Class->getDefinition()};
  while (!Work.empty()) {
    const CXXRecordDecl *Part = Work.pop_back_val();
    if (isPartlyVisible(Part))
      return std::nullopt;
    for (const CXXBaseSpecifier &Base : Part->bases())
      if (const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
          Record && Record->hasDefinition() && !isLibTorchDecl(Record))
        Work.push_back(Record->getDefinition());
  }
  for (const auto &[Site, In] : Model.registrations().all()) {
    const FunctionDecl *Function = outOfLambda(In);
    const CXXRecordDecl *On = Site.isOnThis() ? (Function ? enclosingClass(Function) : nullptr)
                                              : moduleOf(Site.Object->getType());
    if (On && !isNamed(On, "torch::nn::Module") && !isOf(On, Class))
      continue;
    auto Name = literalText(Site.Name);
    if (!Name)
      return std::nullopt;
    Names.insert(Name->str());
  }
  return Names;
}

// An undefined tensor is neither written nor read.
bool isRead(const Registration &Site) {
  const auto *Made = dyn_cast<CallExpr>(stripValue(Site.Value));
  return !Site.isTensor() || isLibTorchDecl(calleeOf(Made));
}

// A name that each constructor of \p Class registers, whatever path it takes, that is not among
// \p Names.
std::string missingName(const CXXRecordDecl *Class, const std::set<std::string> &Names,
                        ModuleModel &Model) {
  const std::vector<ConstructorOutcome> &Outcomes = Model.outcomes(Class);
  if (Outcomes.empty() || Outcomes.front().Ends.empty())
    return "";
  for (const auto &[Key, Where] : Outcomes.front().Ends.front().Names) {
    auto Site = asRegistration(Where);
    std::string Name = Site ? literalText(Site->Name).value_or("").str() : "";
    if (Name.empty() || Names.count(Name) || !isRead(*Site))
      continue;
    if (llvm::all_of(Outcomes, [&, &Key = Key](const ConstructorOutcome &Outcome) {
          return !Outcome.Unknown && llvm::all_of(Outcome.Ends, [&](const PathState &End) {
            return llvm::any_of(End.Names, [&](const auto &Taken) { return Taken.first == Key; });
          });
        }))
      return Name;
  }
  return "";
}

// `script.forward({x})`, `script.run_method("f")`, `script.get_method("f")`, `script({x})`
bool runsScript(const Stmt *S, const ValueDecl *Script, const Expr *Loaded) {
  const auto *Call = dyn_cast<CallExpr>(S);
  const Expr *Object = objectOf(Call);
  if (!Object || !isA(Object, "torch::jit::Module"))
    return false;
  bool Runs = asOperator(Call, OO_Call) ||
              llvm::is_contained({"forward", "run_method", "get_method"}, calleeName(Call));
  const Expr *Named = stripOwner(Object);
  return Runs && (Named == Loaded || (Script && namedDecl(Named) == Script));
}

} // namespace

std::optional<ArchiveUse> asArchiveUse(const Stmt *S) {
  const auto *Call = dyn_cast_or_null<CallExpr>(S);
  const FunctionDecl *Callee = calleeOf(Call);
  llvm::StringRef Name = nameOf(Callee);
  if (!Callee || Call->getNumArgs() == 0 || !isLibTorchDecl(Callee))
    return std::nullopt;
  bool IsSave = isNamed(Callee, "torch::save");
  if (IsSave || isNamed(Callee, "torch::load")) {
    if (Call->getNumArgs() < 2)
      return std::nullopt;
    return ArchiveUse{IsSave ? ArchiveUse::Save : ArchiveUse::Load, Call, nullptr, Call->getArg(0),
                      Call->getArg(1)};
  }
  if (isNamed(Callee, "torch::jit::load"))
    return ArchiveUse{ArchiveUse::ScriptLoad, Call, nullptr, nullptr, Call->getArg(0)};
  if (Name == "save" && isA(objectOf(Call), "torch::jit::Module"))
    return ArchiveUse{ArchiveUse::ScriptSave, Call, nullptr, nullptr, Call->getArg(0)};
  if (Name == "save_to" && isA(objectOf(Call), "torch::serialize::OutputArchive"))
    return ArchiveUse{ArchiveUse::Save, Call, nullptr, nullptr, Call->getArg(0)};
  return std::nullopt;
}

Archives::Archives(ModuleModel &Model, const ProjectIndex &Index) : Model(Model), Index(Index) {
  for (const FunctionDecl *Function : Index.functions())
    for (const Stmt *Code : codeOf(Function))
      forEach<CallExpr>(Code, [&](const CallExpr *Call) {
        auto Use = asArchiveUse(Call);
        std::string Path = Use ? pathOf(Use->Place, Index) : "";
        if (Path.empty())
          return;
        Use->In = Function;
        Uses.push_back({std::move(Path), *Use});
      });
}

// A save() or load() of its own decides what is written and wanted.
static bool overrides(const CXXRecordDecl *Class, llvm::StringRef Name) {
  return Class && llvm::any_of(visibleMethods(Class), [&](const CXXMethodDecl *Method) {
           return nameOf(Method) == Name && !isLibTorchDecl(Method);
         });
}

std::optional<ArchiveMismatch> Archives::mismatch(const ArchiveUse &Read,
                                                  const ArchiveUse &Written) const {
  Content Wanted = contentOf(Read.Value, Index), Has = contentOf(Written.Value, Index);
  if (Wanted.Is == ArchiveContent::Unknown || Has.Is == ArchiveContent::Unknown ||
      Wanted.Is == ArchiveContent::Tensors || (Wanted.Class == Has.Class && Wanted.Is == Has.Is) ||
      overrides(Wanted.Class, "load") || overrides(Has.Class, "save"))
    return std::nullopt;
  ArchiveMismatch Found{
      ArchiveMismatch::Content, Read, Written, "", Has.Class, nullptr, Has.Is, Wanted.Is};
  // Tensors are numbered.
  std::set<std::string> Names{"0"};
  if (Has.Is == ArchiveContent::Module) {
    auto Possible = possibleNames(Has.Class, Model);
    if (!Possible)
      return std::nullopt;
    Names = std::move(*Possible);
    Found.Is =
        Wanted.Is == ArchiveContent::Module ? ArchiveMismatch::Name : ArchiveMismatch::Content;
  }
  if (Wanted.Is == ArchiveContent::Module) {
    Found.Missing = missingName(Wanted.Class, Names, Model);
    return Found.Missing.empty() ? std::nullopt : std::optional(Found);
  }
  bool NeedsTensor = Wanted.Is == ArchiveContent::Tensor;
  if (NeedsTensor && (Has.Is == ArchiveContent::Tensors || Names.count("0")) &&
      Has.Is != ArchiveContent::Optimizer)
    return std::nullopt;
  return Found;
}

std::optional<ArchiveMismatch> Archives::unrunnable(const ArchiveUse &Read) const {
  std::string Path = pathOf(Read.Place, Index);
  const ArchiveUse *Written = nullptr;
  for (const auto &[Other, Use] : Uses) {
    if (Other != Path)
      continue;
    if (Use.Is == ArchiveUse::ScriptSave || (Use.Is == ArchiveUse::Save && !Use.Value))
      return std::nullopt;
    if (Use.Is == ArchiveUse::Save && !Written)
      Written = &Use;
  }
  if (Path.empty() || !Written)
    return std::nullopt;
  const ValueDecl *Script =
      takerOf(Read.Call, functionAround(Read.Call, Model.context()), Model.context());
  const Expr *Run = nullptr;
  for (const FunctionDecl *Function : Index.functions())
    forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
      if (!Run && runsScript(Call, Script, Read.Call))
        Run = Call;
    });
  if (!Run)
    return std::nullopt;
  return ArchiveMismatch{ArchiveMismatch::NoCode, Read, *Written, "", nullptr, Run};
}

std::optional<ArchiveMismatch> Archives::mismatch(const ArchiveUse &Read) const {
  if (Read.Is == ArchiveUse::ScriptLoad)
    return unrunnable(Read);
  std::string Path = pathOf(Read.Place, Index);
  std::optional<ArchiveMismatch> First;
  if (Read.Is != ArchiveUse::Load || Path.empty())
    return std::nullopt;
  for (const auto &[Other, Use] : Uses) {
    if (Other != Path || Use.Is == ArchiveUse::ScriptLoad)
      continue;
    if (Use.Is == ArchiveUse::Load) {
      // What throws is expected: an archive of before, another kind.
      if (enclosing<CXXTryStmt>(Use.Call, Model.context()))
        return std::nullopt;
      continue;
    }
    auto Found = Use.Is == ArchiveUse::Save ? mismatch(Read, Use) : std::nullopt;
    if (!Found)
      return std::nullopt;
    if (!First)
      First = std::move(Found);
  }
  return First;
}

namespace {

const ValueDecl *streamOf(const ArchiveUse &Use) {
  bool Writes = Use.Is == ArchiveUse::Save || Use.Is == ArchiveUse::ScriptSave;
  if (!Writes || !isA(Use.Place, "std::basic_ostream"))
    return nullptr;
  if (const VarDecl *Variable = namedVariable(Use.Place))
    return Variable;
  return fieldOfThis(Use.Place);
}

// What asks a stream, or moves only where it is read: another archive would still be appended.
bool leavesContents(const CallExpr *Call) {
  auto Use = asArchiveUse(Call);
  const FunctionDecl *Callee = calleeOf(Call);
  return (Use && Use->Is != ArchiveUse::Save && Use->Is != ArchiveUse::ScriptSave) ||
         isa_and_nonnull<CXXConversionDecl>(Callee) || asOperator(Call, OO_Exclaim) ||
         llvm::is_contained({"seekg", "clear", "flush", "good", "fail", "bad", "eof", "is_open",
                             "tellg", "tellp", "rdstate"},
                            nameOf(Callee));
}

// Empties or moves the stream, writes something else to it, hands it on.
bool touches(const Stmt *S, const ValueDecl *Stream) {
  if (isa<DeclStmt, LambdaExpr>(S))
    return mentions(S, Stream) ||
           (isa<DeclStmt>(S) && llvm::is_contained(cast<DeclStmt>(S)->decls(), Stream));
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(S))
    return llvm::any_of(Construct->arguments(),
                        [&](const Expr *Argument) { return namedDecl(Argument) == Stream; });
  if (asPlainAssignment(S))
    return mentions(S, Stream);
  const auto *Call = dyn_cast<CallExpr>(S);
  if (!Call || leavesContents(Call))
    return false;
  const Expr *Object = objectOf(Call);
  // A member function may do all that to a member.
  if (Object && isa<FieldDecl>(Stream) && isThis(Object))
    return true;
  return (Object && namedDecl(Object) == Stream) ||
         llvm::any_of(Call->arguments(),
                      [&](const Expr *Argument) { return mentions(Argument, Stream); });
}

} // namespace

llvm::SmallVector<ArchiveInStream, 1> archivesInOneStream(const FunctionDecl *Function,
                                                          ControlFlowGraphs &Graphs) {
  llvm::SmallVector<ArchiveInStream, 1> Found;
  forEach<CallExpr>(
      Function->getBody(),
      [&](const CallExpr *Call) {
        auto Use = asArchiveUse(Call);
        const ValueDecl *Stream = Use ? streamOf(*Use) : nullptr;
        const FunctionPaths *Paths = Stream ? Graphs.of(Function) : nullptr;
        if (!Paths ||
            llvm::any_of(Found, [&](const auto &Other) { return Other.Stream == Stream; }))
          return;
        auto WritesAgain = [&](const Stmt *S) {
          auto Other = asArchiveUse(S);
          return Other && streamOf(*Other) == Stream;
        };
        const Stmt *Second = Paths->findAfter(Call, WritesAgain, [&](const Stmt *S) {
          return !WritesAgain(S) && touches(S, Stream);
        });
        if (Second)
          Found.push_back({Call, cast<CallExpr>(Second), Stream});
      },
      LambdaBodies::Skip);
  return Found;
}

} // namespace torchtidy
