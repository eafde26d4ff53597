#include "model/summaries/Summarise.h"
#include "model/facts/ForwardReach.h"
#include "model/facts/ProjectIndex.h"
#include "model/summaries/TermBuilder.h"
#include "model/summaries/UnitBoundary.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"
#include "clang/AST/CXXInheritance.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/Path.h"

using namespace clang;

namespace torchtidy {

namespace {

bool speaksOfModules(QualType Type) {
  TypeInfo Info = classifyType(Type);
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return Info.isModule() || Info.HoldsModules ||
         (Record && isLibTorchDecl(Record) && nameOf(Record).contains("Options"));
}

// Another unit's constructor may call it and learn something.
bool mayHelp(const FunctionDecl *Function) {
  if (isForwardName(Function))
    return false;
  if (isa<CXXConstructorDecl>(Function))
    return isModuleClass(cast<CXXConstructorDecl>(Function)->getParent());
  if (Function->isExternallyVisible() &&
      (speaksOfModules(Function->getReturnType()) ||
       llvm::any_of(Function->parameters(), [](const ParmVarDecl *P) {
         return P->getType()->isLValueReferenceType() && speaksOfModules(P->getType());
       })))
    return true;
  const CXXRecordDecl *Class = enclosingClass(Function);
  return Class && isModuleClass(Class) &&
         anyDescendant<CallExpr>(Function->getBody(),
                                 [](const CallExpr *Call) { return bool(asRegistration(Call)); });
}

class Summariser {
public:
  explicit Summariser(ASTContext &Context) : Context(Context) {}

  void add(const FunctionDecl *Function) {
    if (const FunctionDecl *Definition = visibleDefinition(Function);
        Definition && !Definition->isDependentContext() && !isLibTorchDecl(Definition) &&
        !isStdDecl(Definition))
      Functions.insert(Definition);
  }
  void add(const CXXRecordDecl *Class) {
    if (!Class->isDependentContext() && !isLibTorchDecl(Class) && !isStdDecl(Class) &&
        !Class->isLambda())
      Classes.insert(Class);
  }

  UnitSummary run() {
    // Both grow while they are gone through.
    for (size_t F = 0, C = 0; F < Functions.size() || C < Classes.size();) {
      if (C < Classes.size())
        summarise(Classes[C++]);
      else
        summarise(Functions[F++]);
    }
    return std::move(Result);
  }

private:
  TermBuilder builder() { return TermBuilder(Context, OnCall, OnClass); }

  std::pair<std::string, unsigned> place(SourceLocation Loc) const {
    const SourceManager &Sources = Context.getSourceManager();
    SourceLocation Where = Sources.getExpansionLoc(Loc);
    llvm::SmallString<128> Path(Sources.getFilename(Where));
    Sources.getFileManager().makeAbsolutePath(Path);
    llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    return {std::string(Path), Sources.getExpansionLineNumber(Where)};
  }

  void summarise(const FunctionDecl *Function) {
    std::string Usr = usrOf(Function);
    if (Usr.empty())
      return;
    FunctionSummary Summary;
    Summary.Name = Function->getNameAsString();
    std::tie(Summary.File, Summary.Line) = place(Function->getLocation());
    TermBuilder Builder = builder();
    for (const ParmVarDecl *P : Function->parameters())
      Summary.Parameters.push_back(Builder.parameter(P));
    Summary.Body.Is = TermKind::Block;
    if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function)) {
      Builder.initialise(Constructor->getParent(), Constructor, Summary.Body.Parts);
      add(Constructor->getParent());
    }
    Summary.Body.Parts.push_back(Builder.body(Function->getBody()));
    Result.Functions.try_emplace(std::move(Usr), std::move(Summary));
  }

  void summarise(const CXXRecordDecl *Class) {
    std::string Usr = usrOf(Class);
    if (Usr.empty())
      return;
    ClassSummary Summary;
    llvm::raw_string_ostream Name(Summary.Name);
    PrintingPolicy Policy = Context.getPrintingPolicy();
    Policy.SuppressDefaultTemplateArgs = false;
    Class->getNameForDiagnostic(Name, Policy, /*Qualified=*/true);
    Name.flush();
    // Of an instance, where its template is.
    const CXXRecordDecl *Pattern = Class->getTemplateInstantiationPattern();
    std::tie(Summary.File, Summary.Line) = place((Pattern ? Pattern : Class)->getLocation());
    Summary.IsModule = isModuleClass(Class);
    for (const FieldDecl *Field : Class->fields())
      Summary.Fields.push_back(nameOf(Field).str());
    for (const CXXConstructorDecl *Constructor : Class->ctors()) {
      if (!Constructor->isUserProvided() || Constructor->isCopyOrMoveConstructor() ||
          Constructor->isDeleted())
        continue;
      TermBuilder Builder = builder();
      ConstructorSummary Declared{usrOf(Constructor), {}};
      for (const ParmVarDecl *P : Constructor->parameters())
        Declared.Parameters.push_back(Builder.parameter(P));
      Summary.Constructors.push_back(std::move(Declared));
      add(Constructor);
    }
    Summary.Implicit.Is = TermKind::Block;
    builder().initialise(Class, nullptr, Summary.Implicit.Parts);
    inherit(Class, Usr, Summary);
    bool HasDefault = llvm::any_of(Class->ctors(), [](const CXXConstructorDecl *C) {
      return C->isDefaultConstructor() && !C->isUserProvided() && !C->isDeleted();
    });
    if (!Summary.Constructors.empty() && (HasDefault || Class->needsImplicitDefaultConstructor()))
      addConstructor(Usr + "@default", {}, Summary.Implicit, Summary);
    override(Class, Summary);
    Result.Classes.try_emplace(std::move(Usr), std::move(Summary));
  }

  // One that no code spells.
  void addConstructor(std::string Usr, std::vector<SummaryParameter> Parameters, Term Body,
                      ClassSummary &Class) {
    Class.Constructors.push_back({Usr, Parameters});
    FunctionSummary Function;
    Function.Name = Class.Name;
    Function.File = Class.File;
    Function.Line = Class.Line;
    Function.Parameters = std::move(Parameters);
    Function.Body = std::move(Body);
    Result.Functions.try_emplace(std::move(Usr), std::move(Function));
  }

  // `using Base::Base;`
  void inherit(const CXXRecordDecl *Class, const std::string &Usr, ClassSummary &Summary) {
    for (const Decl *D : Class->decls()) {
      const auto *Shadow = dyn_cast<ConstructorUsingShadowDecl>(D);
      const auto *Constructor =
          Shadow ? dyn_cast<CXXConstructorDecl>(Shadow->getTargetDecl()) : nullptr;
      if (!Constructor || Constructor->isDefaultConstructor() ||
          Constructor->isCopyOrMoveConstructor() || Constructor->isDeleted() ||
          hidesInherited(Class, Constructor))
        continue;
      TermBuilder Builder = builder();
      std::vector<SummaryParameter> Parameters;
      for (const ParmVarDecl *P : Constructor->parameters())
        Parameters.push_back(Builder.parameter(P));
      Term Body(TermKind::Block);
      Builder.initialise(Class, nullptr, Body.Parts);
      const CXXRecordDecl *From = Shadow->getNominatedBaseClass();
      size_t Index = 0;
      for (const CXXBaseSpecifier &Base : Class->bases()) {
        const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
        if (!Record || !Record->hasDefinition())
          continue;
        if (Record->getCanonicalDecl() == From->getCanonicalDecl()) {
          Term &Made = Body.Parts[Index];
          Made.Note = Constructor->getParent()->getCanonicalDecl() == From->getCanonicalDecl() &&
                              Made.Number == 0
                          ? usrOf(Constructor)
                          : "";
          Made.Parts.clear();
          for (const SummaryParameter &P : Parameters) {
            Term Given(TermKind::Name, P.Name, {}, P.Id);
            Made.Parts.push_back(llvm::StringRef(P.Takes).ends_with("&")
                                     ? byReference(std::move(Given))
                                     : std::move(Given));
          }
        }
        ++Index;
      }
      add(Constructor);
      addConstructor(Usr + "@inherits@" + usrOf(Constructor), std::move(Parameters),
                     std::move(Body), Summary);
    }
  }

  bool hidesInherited(const CXXRecordDecl *Class, const CXXConstructorDecl *Inherited) const {
    auto SameTypes = [&](const CXXConstructorDecl *Own) {
      return !Own->isImplicit() && Own->getNumParams() == Inherited->getNumParams() &&
             llvm::equal(Own->parameters(), Inherited->parameters(),
                         [&](const ParmVarDecl *A, const ParmVarDecl *B) {
                           return Context.hasSameType(A->getType(), B->getType());
                         });
    };
    return llvm::any_of(Class->ctors(), SameTypes);
  }

  // Which of its virtual functions run; of LibTorch's those that register.
  void override(const CXXRecordDecl *Class, ClassSummary &Summary) {
    if (!Class->isPolymorphic())
      return;
    CXXFinalOverriderMap Final;
    Class->getFinalOverriders(Final);
    for (const auto &[Method, BySubobject] : Final) {
      if (isa<CXXDestructorDecl>(Method) || isForwardName(Method) ||
          (isLibTorchDecl(Method) && nameOf(Method) != "reset"))
        continue;
      for (const auto &[Subobject, Methods] : BySubobject)
        if (Methods.size() == 1 && Methods.front().Method != Method &&
            !isLibTorchDecl(Methods.front().Method)) {
          Summary.Overriders[usrOf(Method)] = usrOf(Methods.front().Method);
          add(Methods.front().Method);
        }
    }
  }

  ASTContext &Context;
  llvm::SetVector<const FunctionDecl *> Functions;
  llvm::SetVector<const CXXRecordDecl *> Classes;
  std::function<void(const FunctionDecl *)> OnCall = [this](const FunctionDecl *F) { add(F); };
  std::function<void(const CXXRecordDecl *)> OnClass = [this](const CXXRecordDecl *C) { add(C); };
  UnitSummary Result;
};

} // namespace

UnitSummary summarise(ASTContext &Context, const ProjectIndex &Index) {
  Summariser All(Context);
  for (const CXXRecordDecl *Class : Index.classes())
    if (isModuleClass(Class) && !isLibTorchDecl(Class))
      All.add(Class);
  for (const FunctionDecl *Function : Index.functions())
    if (mayHelp(Function))
      All.add(Function);
  UnitSummary Result = All.run();
  Result.Boundary = boundaryOf(Index);
  return Result;
}

} // namespace torchtidy
