#include "model/summaries/UnitBoundary.h"
#include "model/facts/ForwardReach.h"
#include "model/facts/ProjectIndex.h"
#include "model/summaries/TermBuilder.h"
#include "model/syntax/Callee.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Names.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 6; // of modules in modules

bool isOfModules(QualType Type) {
  TypeInfo Info = classifyType(Type->isPointerType() ? Type->getPointeeType() : Type);
  return Info.isModule() || Info.HoldsModules;
}

bool takesModules(const FunctionDecl *Function) {
  return llvm::any_of(Function->parameters(),
                      [](const ParmVarDecl *P) { return isOfModules(P->getType()); });
}

const CXXRecordDecl *projectModule(const CXXRecordDecl *Class) {
  Class = Class ? Class->getDefinition() : nullptr;
  return Class && isModuleClass(Class) && !isLibTorchDecl(Class) && !Class->isDependentContext()
             ? Class
             : nullptr;
}

// By the project, and no template.
bool isWritten(const FunctionDecl *F) {
  return !F->isImplicit() && !F->isDefaulted() && !F->isDependentContext() &&
         !F->isTemplateInstantiation();
}

// Another file could define it, and nothing in view does.
bool isElsewhere(const FunctionDecl *F) {
  return F && !visibleDefinition(F) && F->isExternallyVisible() && isWritten(F) &&
         !F->isDeleted() && !F->isPureVirtual() && !F->getBuiltinID() && !isLibTorchDecl(F) &&
         !isStdDecl(F) && isProjectCode(F, F->getASTContext().getSourceManager());
}

class Questions {
public:
  explicit Questions(const ProjectIndex &Index) : Index(Index) {}

  std::vector<OpenQuestion> run() {
    for (const CXXRecordDecl *Class : Index.classes())
      if (projectModule(Class))
        askOfOwn(Class);
    askOfLoaded();
    return std::move(Result);
  }

private:
  void ask(const FunctionDecl *F, QuestionKind Kind) {
    if (!isElsewhere(F) || !Asked.insert(F->getCanonicalDecl()).second)
      return;
    const auto *Method = dyn_cast<CXXMethodDecl>(F);
    std::string Class = Method ? nameOf(Method->getParent()).str() : "";
    std::string Function = isa<CXXConstructorDecl>(F)  ? Class
                           : F->isOverloadedOperator() ? "operator"
                                                       : F->getNameAsString();
    if (std::string Usr = usrOf(F); !Usr.empty())
      Result.push_back({std::move(Usr), std::move(Class), std::move(Function), Kind});
  }

  // Whether the main file is the one that asks for what it lacks of Class.
  static bool speaksFor(const CXXRecordDecl *Class) {
    const CXXMethodDecl *First = nullptr;
    auto Consider = [&](const CXXMethodDecl *Method) {
      const FunctionDecl *Body = visibleDefinition(Method);
      bool IsOutOfLine = Body ? isWritten(Body) && isInMainFile(Body) : isElsewhere(Method);
      if (!First && IsOutOfLine && !Method->isCopyAssignmentOperator())
        First = Method;
    };
    for (const CXXConstructorDecl *Constructor : Class->ctors())
      if (!Constructor->isCopyOrMoveConstructor())
        Consider(Constructor);
    for (const CXXMethodDecl *Method : Class->methods())
      if (!isa<CXXConstructorDecl, CXXDestructorDecl>(Method))
        Consider(Method);
    return First && visibleDefinition(First);
  }

  void askOfOwn(const CXXRecordDecl *Class) {
    // Those that the header defines as well: what they call counts.
    llvm::SmallVector<const FunctionDecl *, 8> Bodies;
    for (const CXXMethodDecl *Method : Class->methods())
      if (const FunctionDecl *Body = visibleDefinition(Method); Body && isWritten(Body))
        Bodies.push_back(Body);
    if (llvm::none_of(Bodies, isInMainFile))
      return;
    QuestionKind Kind = speaksFor(Class) ? QuestionKind::OwnClass : QuestionKind::WhenJoined;
    askBuilders(Class, Kind, 0);
    for (const CXXMethodDecl *Method : Class->methods())
      if (isForwardName(Method))
        ask(Method, Kind);
    for (const FunctionDecl *Body : Bodies)
      for (const Stmt *Code : codeOf(Body))
        askCalls(Code, Kind);
    askUnregistered(Class, Bodies, Kind);
  }

  // Whether a member that nothing in view registers has anything to train, save or turn off is said
  // by the constructors of its class.
  void askUnregistered(const CXXRecordDecl *Class, llvm::ArrayRef<const FunctionDecl *> Bodies,
                       QuestionKind Kind) {
    for (const FieldDecl *Field : Class->fields()) {
      auto Registers = [&](const Stmt *Code) {
        return anyDescendant<CallExpr>(Code, [&](const CallExpr *Call) {
          return registrationKind(calleeName(Call)) && mentions(Call, Field);
        });
      };
      const CXXRecordDecl *Module = projectModule(classifyType(Field->getType()).Module);
      if (!Module || llvm::any_of(Bodies, [&](const FunctionDecl *Body) {
            return llvm::any_of(codeOf(Body), Registers);
          }))
        continue;
      for (const CXXConstructorDecl *Constructor : Module->ctors())
        if (!Constructor->isCopyOrMoveConstructor())
          ask(Constructor, Kind);
    }
  }

  void askBuilders(const CXXRecordDecl *Class, QuestionKind Kind, unsigned Depth) {
    for (const CXXMethodDecl *Method : hiddenBuilders(Class))
      ask(Method, Kind);
    for (const CXXBaseSpecifier &Base : Class->bases())
      if (const CXXRecordDecl *Record = projectModule(Base.getType()->getAsCXXRecordDecl());
          Record && Depth < MaxDepth)
        askBuilders(Record, Kind, Depth + 1);
  }

  // Helpers that are handed modules, and functions that make them.
  void askCalls(const Stmt *Code, QuestionKind Kind) {
    forEach<CallExpr>(Code, [&](const CallExpr *Call) {
      const FunctionDecl *Callee = Call->getDirectCallee();
      if (Callee && !isa<CXXMethodDecl>(Callee) &&
          (takesModules(Callee) || isOfModules(Callee->getReturnType())))
        ask(Callee, Kind);
    });
  }

  void askOfLoaded() {
    bool Loads = false;
    llvm::SetVector<const CXXRecordDecl *> Run;
    llvm::SmallVector<const Stmt *, 16> Bodies;
    for (const FunctionDecl *Function : Index.functions()) {
      if (!isInMainFile(Function))
        continue;
      for (const Stmt *Code : codeOf(Function)) {
        Bodies.push_back(Code);
        forEach<CallExpr>(Code, [&](const CallExpr *Call) {
          Loads |= calleeName(Call) == "load";
          if (std::optional<ModelRun> Found = asModelRun(Call))
            if (const CXXRecordDecl *Model =
                    projectModule(classifyType(Found->Model->getType()).Module))
              Run.insert(Model);
        });
      }
    }
    if (!Loads || Run.empty())
      return;
    for (const CXXRecordDecl *Model : Run)
      if (modeDependentLayer(Model).empty())
        askConstructors(Model, 0);
    for (const Stmt *Code : Bodies)
      askCalls(Code, QuestionKind::Use);
  }

  // Of the modules that it has as members, too.
  void askConstructors(const CXXRecordDecl *Class, unsigned Depth) {
    if (!Seen.insert(Class).second || Depth > MaxDepth)
      return;
    for (const CXXConstructorDecl *Constructor : Class->ctors())
      if (!Constructor->isCopyOrMoveConstructor())
        ask(Constructor, QuestionKind::Use);
    for (const FieldDecl *Field : Class->fields())
      if (const CXXRecordDecl *Member = projectModule(classifyType(Field->getType()).Module))
        askConstructors(Member, Depth + 1);
    for (const CXXBaseSpecifier &Base : Class->bases())
      if (const CXXRecordDecl *Record = projectModule(Base.getType()->getAsCXXRecordDecl()))
        askConstructors(Record, Depth + 1);
  }

  const ProjectIndex &Index;
  llvm::SmallPtrSet<const FunctionDecl *, 16> Asked;
  llvm::SmallPtrSet<const CXXRecordDecl *, 16> Seen;
  std::vector<OpenQuestion> Result;
};

// What others could ask for.
std::map<std::string, DefinitionPlace> definitionsOf(const ProjectIndex &Index) {
  std::map<std::string, DefinitionPlace> Result;
  for (const FunctionDecl *Function : Index.functions()) {
    const auto *Method = dyn_cast<CXXMethodDecl>(Function);
    bool MayBeAsked = Method ? projectModule(Method->getParent()) != nullptr
                             : takesModules(Function) || isOfModules(Function->getReturnType());
    if (!MayBeAsked || !isWritten(Function) || !Function->isExternallyVisible() ||
        !isInMainFile(Function))
      continue;
    const SourceManager &Sources = Function->getASTContext().getSourceManager();
    if (std::string Usr = usrOf(Function); !Usr.empty())
      Result.try_emplace(std::move(Usr),
                         DefinitionPlace{Function->getQualifiedNameAsString(),
                                         Sources.getExpansionLineNumber(Function->getLocation()),
                                         Sources.getExpansionLineNumber(Function->getEndLoc())});
  }
  return Result;
}

} // namespace

UnitBoundary boundaryOf(const ProjectIndex &Index) {
  return {definitionsOf(Index), Questions(Index).run()};
}

} // namespace torchtidy
