// What code that is not followed can change: the objects, variables and lambdas that it is given.
#include "model/summaries/TermBuilder.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/SourceText.h"
#include "model/torch/ContainerChanges.h"
#include "model/torch/ModuleExprs.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace torchtidy {

// How a function reaches what it is given: not at all, through a handle that it copies, or so that
// it can give it another value.
enum class ReachKind { None, Handle, Reference };

namespace {

bool isCallback(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return Record && (Record->isLambda() || isStdNamed(Record, {"function", "reference_wrapper"}));
}

ReachKind reachOfValue(QualType Type) {
  QualType Plain = Type.getNonReferenceType();
  if (isCallback(Plain))
    return ReachKind::Handle;
  if (Plain->isPointerType())
    return Plain->getPointeeType().isConstQualified() || Plain->isFunctionPointerType()
               ? ReachKind::None
               : ReachKind::Handle;
  TypeInfo Info = classifyType(Plain);
  return Info.isModule() || Info.HoldsModules ? ReachKind::Handle : ReachKind::None;
}

ReachKind reachOf(QualType Parameter, const Expr *Argument, bool IsForwarded) {
  if (Argument->IgnoreParenImpCasts()->getType()->isArrayType() && !Parameter.isNull() &&
      Parameter->isPointerType() && !Parameter->getPointeeType().isConstQualified())
    return ReachKind::Reference;
  if (Parameter.isNull())
    return reachOfValue(Argument->getType());
  bool IsImpl = classifyType(Parameter).Kind == TypeKind::Impl;
  if (Parameter->isLValueReferenceType() && !IsForwarded &&
      !Parameter.getNonReferenceType().isConstQualified())
    return IsImpl ? ReachKind::Handle : ReachKind::Reference;
  if (IsImpl && Parameter.getNonReferenceType().isConstQualified())
    return ReachKind::None;
  return reachOfValue(Parameter);
}

// `T &&` that takes whatever it is given as it is.
bool isForwarding(const FunctionDecl *Callee, unsigned Index) {
  const FunctionTemplateDecl *Template = Callee ? Callee->getPrimaryTemplate() : nullptr;
  const FunctionDecl *Written = Template ? Template->getTemplatedDecl() : nullptr;
  if (!Written || !Written->getNumParams())
    return false;
  QualType Type = Written->getParamDecl(std::min(Index, Written->getNumParams() - 1))->getType();
  if (const auto *Pack = Type->getAs<PackExpansionType>())
    Type = Pack->getPattern();
  return Type->isRValueReferenceType() && Type.getNonReferenceType()->getAs<TemplateTypeParmType>();
}

// `v` of `v.begin()`.
const Expr *iteratedIn(const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(stripValue(E));
  if (!Call || !isStdDecl(calleeOf(Call)) ||
      !llvm::is_contained({"begin", "end", "rbegin", "rend"}, calleeName(Call)))
    return nullptr;
  return isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : Call->getArg(0);
}

// Standard functions that leave what they are given as it is, whatever the types of their
// parameters say.
bool onlyReads(const FunctionDecl *Callee) {
  static constexpr llvm::StringLiteral Names[] = {
#define READS(Name) #Name,
#include "model/summaries/Functions.def"
  };
  return isStdDecl(Callee) && llvm::is_contained(Names, nameOf(Callee));
}

const FunctionProtoType *typeOfCallee(const CallExpr *Call) {
  if (const FunctionDecl *Callee = calleeOf(Call))
    return Callee->getType()->getAs<FunctionProtoType>();
  QualType Type = Call->getCallee()->getType();
  if (!Type->getPointeeType().isNull())
    Type = Type->getPointeeType();
  return Type->getAs<FunctionProtoType>();
}

} // namespace

bool isInert(const Term &T) {
  switch (T.Is) {
  case TermKind::Unknown:
    return T.Parts.empty() && T.Note.empty();
  case TermKind::Integer:
  case TermKind::Real:
  case TermKind::Text:
  case TermKind::Null:
  case TermKind::This:
  case TermKind::Name:
  case TermKind::Lambda:
    return true;
  case TermKind::Member:
  case TermKind::Operator:
  case TermKind::Element:
  case TermKind::List:
  case TermKind::Tensor:
  case TermKind::Like:
  case TermKind::Options:
  case TermKind::Layer:
  case TermKind::Address:
  case TermKind::Deref:
  case TermKind::Block:
    return llvm::all_of(T.Parts, isInert);
  default:
    return false;
  }
}

Term byReference(Term Value) { return Term(TermKind::Address, "", {std::move(Value)}, 0, "&"); }

void TermBuilder::reach(const Expr *Argument, ReachKind How, Term &Into) {
  if (!Argument || isa<CXXDefaultArgExpr>(Argument) || Argument->isTypeDependent())
    return;
  Term Given = expression(Argument);
  if (How == ReachKind::None) {
    if (!isInert(Given))
      Into.Parts.push_back(Term(TermKind::Block, "", {std::move(Given), Term(TermKind::Null)}));
    return;
  }
  bool LeadsNowhere = llvm::is_contained(
      {TermKind::Unknown, TermKind::Integer, TermKind::Real, TermKind::Text, TermKind::Null},
      Given.Is);
  if (LeadsNowhere && isInert(Given))
    return;
  Into.Parts.push_back(How == ReachKind::Reference ? byReference(std::move(Given))
                                                   : std::move(Given));
}

void TermBuilder::reachedBy(const CallExpr *Call, Term &Into) {
  const FunctionDecl *Callee = calleeOf(Call);
  // They neither register anything nor put other modules into what they are given, but they call
  // what they are given to call.
  bool IsLibrary = Callee && (isLibTorchDecl(Callee) || isStdDecl(Callee));
  bool Reads = Callee && onlyReads(Callee);
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callee);
  if (const Expr *Object = objectOf(Call)) {
    ReachKind How = Object->getType()->isPointerType() ||
                            classifyType(Object->getType()).isModule() || isThis(Object)
                        ? ReachKind::Handle
                        : ReachKind::Reference;
    if (Method && (Method->isConst() || (IsLibrary && How == ReachKind::Handle)))
      How = ReachKind::None;
    reach(Object, How, Into);
  } else if (!Callee) {
    reach(Call->getCallee(), ReachKind::Handle, Into);
  }
  const FunctionProtoType *Type = typeOfCallee(Call);
  for (const auto &[Index, Argument] : llvm::enumerate(argumentsOf(Call))) {
    QualType Parameter =
        Type && Index < Type->getNumParams() ? Type->getParamType(unsigned(Index)) : QualType();
    ReachKind How =
        reachOf(Parameter, Argument, IsLibrary && isForwarding(Callee, unsigned(Index)));
    const Expr *Given = Argument;
    if (const Expr *Container = iteratedIn(Argument)) {
      Given = Container;
      How = Container->getType().isConstQualified() ? ReachKind::None : ReachKind::Reference;
    }
    if (Reads && !isCallback(Argument->getType()))
      How = ReachKind::None;
    if (IsLibrary && How == ReachKind::Handle && !isCallback(Argument->getType()) &&
        classifyType(Argument->getType()).Kind != TypeKind::Other)
      How = ReachKind::None;
    if (IsLibrary && How == ReachKind::Reference && classifyType(Argument->getType()).isModule())
      How = ReachKind::None;
    reach(Given, How, Into);
  }
}

Term TermBuilder::unknown(const Expr *E) {
  Term T(TermKind::Unknown, onOneLine(E, Context), {}, 0, "", lineOf(E));
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    reachedBy(Call, T);
    return T;
  }
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    const auto *Type = Construct->getConstructor()->getType()->getAs<FunctionProtoType>();
    for (const auto &[Index, Argument] : llvm::enumerate(writtenArguments(Construct)))
      reach(Argument,
            reachOf(Index < Type->getNumParams() ? Type->getParamType(unsigned(Index)) : QualType(),
                    Argument, false),
            T);
    return T;
  }
  for (const Stmt *Child : E->children())
    if (const auto *Part = dyn_cast_or_null<Expr>(Child))
      reach(Part, ReachKind::None, T);
  return T;
}

Term TermBuilder::leadsInto(const Expr *E, const Expr *Object) {
  Term T(TermKind::Unknown, onOneLine(E, Context), {}, 0, "among", lineOf(E));
  Term Into = expression(Object);
  bool IsHandle = classifyType(Object->getType()).isModule() || isThis(Object);
  T.Parts.push_back(IsHandle ? std::move(Into) : byReference(std::move(Into)));
  return T;
}

// What a lambda can change, where its body cannot be followed.
Term TermBuilder::captured(const LambdaExpr *E) {
  Term T(TermKind::Unknown, "a lambda of several meanings", {}, 0, "among", lineOf(E));
  for (const LambdaCapture &Capture : E->captures())
    if (Capture.capturesThis())
      T.Parts.push_back(TermKind::This);
    else if (Capture.capturesVariable())
      T.Parts.push_back(byReference(name(Capture.getCapturedVar())));
  return T;
}

Term TermBuilder::swapped(const Expr *A, const Expr *B) {
  Term First = expression(A), Second = expression(B);
  int64_t Id = idOf(A);
  Term Old(TermKind::Name, "", {}, Id);
  return Term(TermKind::Block, "",
              {Term(TermKind::Let, "", {First}, Id), Term(TermKind::Assign, "", {First, Second}),
               Term(TermKind::Assign, "", {Second, std::move(Old)}), Term(TermKind::Null)});
}

// `std::for_each(v.begin(), v.end(), f)`, and `std::transform` that adds to another container.
std::optional<Term> TermBuilder::algorithm(const CallExpr *E, llvm::StringRef Name) {
  llvm::ArrayRef<const Expr *> Arguments = writtenArguments(E);
  bool Transforms = Name == "transform" && Arguments.size() == 4;
  if (!(Name == "for_each" && Arguments.size() == 3) && !Transforms)
    return std::nullopt;
  const Expr *Range = iteratedIn(Arguments[0]), *End = iteratedIn(Arguments[1]);
  const ValueDecl *Whole = Range && End ? namedDecl(Range) : nullptr;
  if (!Whole || Whole != namedDecl(End) || !calleeName(stripValue(Arguments[0])).starts_with("b") ||
      !calleeName(stripValue(Arguments[1])).starts_with("e"))
    return std::nullopt;
  int64_t Id = idOf(E);
  Term Body(TermKind::Invoke, "",
            {expression(Arguments.back()), byReference(Term(TermKind::Name, "an element", {}, Id))},
            0, "", lineOf(E));
  if (Transforms) {
    const auto *Inserter = dyn_cast<CallExpr>(stripValue(Arguments[2]));
    if (!Inserter || calleeName(Inserter) != "back_inserter")
      return std::nullopt;
    Body = Term(TermKind::Push, "back_inserter", {expression(Inserter->getArg(0)), std::move(Body)},
                int64_t(ContainerChange::AddsOne), "", lineOf(E));
  }
  return Term(TermKind::ForEach, "an element", {expression(Range), std::move(Body)}, Id, "&",
              lineOf(E));
}

} // namespace torchtidy
