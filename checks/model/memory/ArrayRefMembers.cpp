#include "model/memory/ArrayRefMembers.h"
#include "model/facts/Reads.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// The parameter that \p Value is, also where an ArrayRef is made of it.
const ParmVarDecl *parameterIn(const Expr *Value) {
  const Expr *E = Value ? stripValue(Value) : nullptr;
  const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(E);
  if (Construct && isArrayRef(Construct->getType()) && Construct->getNumArgs() == 1)
    E = Construct->getArg(0);
  return dyn_cast_or_null<ParmVarDecl>(namedVariable(E));
}

// The object that \p E makes lives on after the statement.
bool outlivesStatement(const Expr *E, ASTContext &Context) {
  bool Lives = false;
  walkUp(E, Context, [&](const DynTypedNode &Node) {
    if (Node.get<VarDecl>() || Node.get<FieldDecl>() || Node.get<CXXConstructorDecl>() ||
        Node.get<CXXNewExpr>() || Node.get<ReturnStmt>()) {
      Lives = true;
      return false;
    }
    const auto *Above = Node.get<Expr>();
    if (!Above)
      return false;
    if (const auto *Call = dyn_cast<CallExpr>(Above)) {
      Lives = isa<CXXMemberCallExpr>(Call) && isFiller(calleeName(Call));
      return false;
    }
    return !isa<MemberExpr>(Above);
  });
  return Lives;
}

bool isReturned(const Expr *E, ASTContext &Context) {
  const auto *Return = enclosing<ReturnStmt>(E, Context);
  return Return && canCarry(Return->getRetValue()->getType());
}

// Looks for calls of one function that hand over what ends too early.
class Witnesses {
public:
  Witnesses(const FunctionDecl *Function, unsigned Parameter, const ProjectIndex &Index,
            ASTContext &Context)
      : Function(Function), Parameter(Parameter), Index(Index), Context(Context) {}

  const Expr *find() const {
    for (const FunctionDecl *In : Index.functions())
      for (const Stmt *Code : codeOf(In))
        if (const Expr *Found = findIn(Code))
          return Found;
    return nullptr;
  }

private:
  const Expr *findIn(const Stmt *Code) const {
    const Expr *Found = nullptr;
    walk(Code, [&](const Stmt *S) {
      if (const auto *E = dyn_cast<Expr>(S); E && handsOverTooShort(E))
        Found = E;
      return !Found;
    });
    return Found;
  }

  bool handsOverTooShort(const Expr *E) const {
    const Expr *Argument = argumentIn(E);
    if (!Argument)
      return false;
    MemoryEnd End = ownerOf(throughDefault(Argument)).End;
    if (isa<CXXMemberCallExpr>(E)) // the object is there before the call
      return End == MemoryEnd::Statement && objectOf(E)->isLValue();
    return (End == MemoryEnd::Statement && outlivesStatement(E, Context)) ||
           (End == MemoryEnd::Scope && isReturned(E, Context));
  }

  // What \p E hands over for the parameter, when it calls the function or makes the object.
  const Expr *argumentIn(const Expr *E) const {
    if (const auto *Call = dyn_cast<CallExpr>(E)) {
      if (sameFunction(calleeOf(Call)))
        return argumentFor(Call, Parameter);
      bool Makes = llvm::is_contained({"make_shared", "make_unique"}, calleeName(Call)) &&
                   isMade(pointeeOf(Call->getType()));
      return Makes && Call->getNumArgs() == Function->getNumParams() ? argumentFor(Call, Parameter)
                                                                     : nullptr;
    }
    const auto *Construct = dyn_cast<CXXConstructExpr>(E);
    if (!Construct)
      return nullptr;
    bool IsHolder = isa<CXXConstructorDecl>(Function) &&
                    isMade(classifyType(Construct->getType()).Module) &&
                    !sameFunction(Construct->getConstructor()) &&
                    Construct->getNumArgs() == Function->getNumParams() &&
                    !classifyType(Construct->getArg(0)->getType()).isModule();
    return IsHolder || sameFunction(Construct->getConstructor()) ? argumentFor(Construct, Parameter)
                                                                 : nullptr;
  }

  MemoryOwner ownerOf(const Expr *Argument) const {
    const Expr *E = stripValue(Argument);
    if (isArrayRef(E->getType()))
      return ownerOfList(E, Index);
    if (isa<CXXStdInitializerListExpr, InitListExpr>(E))
      return {MemoryEnd::Statement, nullptr, E, true, {}};
    return storageOf(E->getType()) == Storage::Buffer ? MemoryOwners(Index).bufferOf(E)
                                                      : MemoryOwner();
  }

  bool sameFunction(const FunctionDecl *Other) const {
    return Other && Other->getCanonicalDecl() == Function->getCanonicalDecl();
  }
  bool isMade(const CXXRecordDecl *Record) const {
    const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function);
    return Record && Constructor &&
           Record->getCanonicalDecl() == Constructor->getParent()->getCanonicalDecl();
  }
  static const CXXRecordDecl *pointeeOf(QualType Type) {
    const auto *Pointer =
        dyn_cast_or_null<ClassTemplateSpecializationDecl>(Type->getAsCXXRecordDecl());
    return Pointer && Pointer->getTemplateArgs()[0].getKind() == TemplateArgument::Type
               ? Pointer->getTemplateArgs()[0].getAsType()->getAsCXXRecordDecl()
               : nullptr;
  }

  const FunctionDecl *Function;
  const unsigned Parameter;
  const ProjectIndex &Index;
  ASTContext &Context;
};

} // namespace

std::optional<ArrayRefMember> danglingMember(const FieldDecl *Field, const ProjectIndex &Index,
                                             ASTContext &Context) {
  if (!isRead(Field, Index.functions()))
    return std::nullopt;
  for (const Expr *Value : Index.valuesOf(Field)) {
    if (Value && Value == Field->getInClassInitializer()) {
      if (const Expr *Made = madeOfTemporary(Value, Index, Context))
        return ArrayRefMember{Made, nullptr, nullptr};
      continue;
    }
    const ParmVarDecl *Parameter = parameterIn(Value);
    const auto *Function =
        Parameter ? dyn_cast<FunctionDecl>(Parameter->getDeclContext()) : nullptr;
    // A parameter by value ends with the function: BorrowPaths sees it.
    bool IsView = Parameter && (Parameter->getType()->isReferenceType() ||
                                storageOf(Parameter->getType()) == Storage::View);
    if (!Function || !IsView)
      continue;
    if (const Expr *Witness =
            Witnesses(Function, Parameter->getFunctionScopeIndex(), Index, Context).find())
      return ArrayRefMember{Value, Parameter, Witness};
  }
  return std::nullopt;
}

} // namespace torchtidy
