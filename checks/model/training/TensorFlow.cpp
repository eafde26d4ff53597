#include "model/training/TensorFlow.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxNames = 64;

bool carries(QualType Type) {
  if (Type->isVoidType() || Type->isArithmeticType())
    return false;
  TypeInfo Info = classifyType(Type);
  return Info.isTensor() || Info.HoldsTensors ||
         nameOf(Type.getNonReferenceType()->getAsCXXRecordDecl()) == "IValue";
}

bool isIterator(QualType Type) {
  return nameOf(Type.getNonReferenceType()->getAsCXXRecordDecl()).contains("iterator") ||
         Type->isPointerType();
}

class Follower {
public:
  Follower(const ValueDecl *Start, const ProjectIndex &Index, ASTContext &Context)
      : Start(Start), Index(Index), Context(Context) {
    add(Start);
  }

  TensorFate run() {
    for (size_t I = 0; I < Names.size() && Fate.endsHere(); ++I) {
      if (I == MaxNames) {
        Fate.Escapes = true;
        break;
      }
      follow(Names[I]);
    }
    return Fate;
  }

private:
  void add(const ValueDecl *D) {
    if (!llvm::is_contained(Names, D))
      Names.push_back(D);
  }

  // Another name takes the value up.
  void taken(const ValueDecl *D) {
    const auto *Variable = dyn_cast_or_null<VarDecl>(D);
    if (Variable && Variable->isLocalVarDeclOrParm() && !Variable->hasGlobalStorage() &&
        !(isa<ParmVarDecl>(Variable) && Variable->getType()->isReferenceType() && D != Start))
      add(Variable);
    else
      Fate.Escapes = true;
  }

  void follow(const ValueDecl *D) {
    if (isa<FieldDecl>(D)) {
      for (const FunctionDecl *Function : Index.functions())
        for (const Stmt *Code : codeOf(Function))
          forEach<MemberExpr>(Code, [&](const MemberExpr *Member) {
            if (Member->getMemberDecl() == D)
              use(Member);
          });
      return;
    }
    const auto *Owner = dyn_cast<FunctionDecl>(D->getDeclContext());
    if (!Owner || !Owner->hasBody())
      return void(Fate.Escapes = true);
    for (const Stmt *Code : codeOf(Owner))
      forEach<DeclRefExpr>(Code, [&](const DeclRefExpr *Ref) {
        if (Ref->getDecl() == D)
          use(Ref);
      });
  }

  // What becomes of the value at one mention.
  void use(const Expr *Mention) {
    const Stmt *Below = Mention;
    bool Goes = true;
    walkUp(Mention, Context, [&](const DynTypedNode &Above) {
      if (const auto *Variable = Above.get<VarDecl>()) {
        declared(Variable);
        return false;
      }
      const auto *S = Above.get<Stmt>();
      if (!S)
        return false;
      Goes = step(S, Below);
      Below = S;
      return Goes && Fate.endsHere();
    });
  }

  void declared(const VarDecl *Variable) {
    if (const auto *Whole = dyn_cast<DecompositionDecl>(Variable)) {
      for (const BindingDecl *Binding : Whole->bindings())
        add(Binding);
      return;
    }
    if (Variable->isImplicit()) { // __range1
      const auto *Loop = enclosingLoop(Variable);
      return Loop ? add(Loop->getLoopVariable()) : void(Fate.Escapes = true);
    }
    taken(Variable);
  }
  const CXXForRangeStmt *enclosingLoop(const VarDecl *Range) {
    const CXXForRangeStmt *Found = nullptr;
    walkUp(DynTypedNode::create(*Range), Context, [&](const DynTypedNode &Above) {
      Found = Above.get<CXXForRangeStmt>();
      return !Found;
    });
    return Found;
  }

  // True: the value goes on to what stands around \p S.
  bool step(const Stmt *S, const Stmt *Below) {
    if (isa<ReturnStmt>(S)) {
      const FunctionDecl *In = innermostFunction(S, Context);
      // Of a member, who calls the method gets it.
      if (In == Start->getDeclContext() || (isa<FieldDecl>(Start) && In && !isLambdaBody(In)))
        Fate.IsReturned = true;
      else if (!In || isLambdaBody(In))
        Fate.Escapes = true;
      return false; // of a function in view: its call goes on
    }
    if (const auto *Range = dyn_cast<CXXForRangeStmt>(S)) {
      if (Below == Range->getRangeInit())
        add(Range->getLoopVariable());
      return false;
    }
    if (isa<LambdaExpr>(S))
      return false; // a capture: its uses stand in the body
    const auto *E = dyn_cast<Expr>(S);
    if (!E)
      return isa<DeclStmt>(S);
    if (auto Assign = asAssignment(E)) {
      if (contains(Assign->Value, Below))
        assigned(Assign->Target);
      return false;
    }
    if (const auto *Address = dyn_cast<UnaryOperator>(E);
        Address && Address->getOpcode() == UO_AddrOf) {
      Fate.Escapes = true;
      return false;
    }
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return called(Call, Below);
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
      const CXXRecordDecl *Class = Construct->getConstructor()->getParent();
      bool IsKnown = isStdDecl(Class) || isLibTorchDecl(Class);
      Fate.Escapes |= !IsKnown;
      return IsKnown;
    }
    if (isa<CXXNewExpr>(E))
      Fate.Escapes = true;
    return true;
  }

  void assigned(const Expr *Target) {
    const Expr *E = stripValue(Target);
    if (const CallExpr *Tie = asTie(E)) {
      for (const Expr *Each : Tie->arguments())
        assigned(Each);
      return;
    }
    if (namedDecl(E) == Start)
      return; // `state = cell(x, state)` of a member
    Place Whole = placeOf(Target);
    bool IsElsewhere = Whole.ThroughPointer || !Whole.Root ||
                       Whole.Root->getType()->isReferenceType() ||
                       Whole.Root->getType()->isPointerType();
    taken(IsElsewhere ? nullptr : Whole.Root);
  }

  bool called(const CallExpr *Call, const Stmt *Below) {
    if (runsBackward(Call)) {
      Fate.IsTrained = true;
      return false;
    }
    const FunctionDecl *Callee = Call->getDirectCallee();
    Operation Op = operationOf(Call);
    if (Op.has(CutsGraph) || Op.Gives == ResultKind::Host)
      return false;
    const Expr *Object = objectOf(Call);
    bool IsArgument = !Object || !contains(Call->getCallee(), Below);
    if (const CXXOperatorCallExpr *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
        Operator && Object)
      IsArgument = Operator->getArg(0) != Below;
    if (IsArgument && Object && isFiller(calleeName(Call)) && isStdDecl(Callee)) {
      assigned(Object);
      return false;
    }
    if (Op.isInPlace() && IsArgument && Object)
      assigned(Object);
    bool IsKnown = Callee && (isLibTorchDecl(Callee) || isStdDecl(Callee));
    if (!IsKnown && !asModelRun(Call))
      return passed(Call, Below);
    if (isIterator(Call->getType()) && !isTensorType(Call->getType())) {
      Fate.Escapes = true;
      return false;
    }
    return carries(Call->getType());
  }

  bool passed(const CallExpr *Call, const Stmt *Below) {
    const FunctionDecl *Definition = visibleDefinition(Call->getDirectCallee());
    if (!Definition) {
      Fate.Escapes = true;
      return false;
    }
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Definition))
      if (contains(Argument, Below))
        add(Parameter);
    return carries(Call->getType());
  }

  const ValueDecl *Start;
  const ProjectIndex &Index;
  ASTContext &Context;
  TensorFate Fate;
  llvm::SmallVector<const ValueDecl *, 8> Names;
};

} // namespace

TensorFate fateOf(const ValueDecl *Name, const ProjectIndex &Index, ASTContext &Context) {
  return Follower(Name, Index, Context).run();
}

} // namespace torchtidy
