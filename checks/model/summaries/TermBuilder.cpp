#include "model/summaries/TermBuilder.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/Layers.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Shapes.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isText(QualType Type) {
  Type = Type.getNonReferenceType();
  return Type->isPointerType() || Type->isArrayType() ||
         isStdNamed(Type->getAsCXXRecordDecl(), {"basic_string", "basic_string_view"});
}

// What carries one value on: IntArrayRef, ExpandingArray, optional, string_view.
bool isCarrier(const CXXRecordDecl *Record) {
  return Record && !isModuleClass(Record) && (isLibTorchDecl(Record) || isStdDecl(Record));
}

// What stands around a conversion: stripValue() would take that away as well.
const Expr *throughTemporaries(const Expr *E) {
  while (true) {
    E = E->IgnoreParens();
    if (const auto *Full = dyn_cast<FullExpr>(E))
      E = Full->getSubExpr();
    else if (const auto *Temporary = dyn_cast<MaterializeTemporaryExpr>(E))
      E = Temporary->getSubExpr();
    else
      return E;
  }
}

bool isStdList(const CXXRecordDecl *Record) {
  return isStdNamed(Record, {"vector", "array", "deque", "list"});
}

} // namespace

// A `switch` in a `switch` is four levels of terms for each of statements.
static_assert(4 * MaxCodeDepth <= MaxTermDepth);

Term tooDeep() { return Term(TermKind::Unknown, "the code is nested too deeply", {}, 0, "allOf"); }

bool isTorchOptions(const CXXRecordDecl *Record) {
  return Record && isLibTorchDecl(Record) && nameOf(Record).contains("Options") &&
         nameOf(Record) != "TensorOptions";
}

std::string usrOf(const Decl *D) {
  llvm::SmallString<128> Usr;
  if (!D || index::generateUSRForDecl(D->getCanonicalDecl(), Usr))
    return "";
  return std::string(Usr);
}

unsigned TermBuilder::lineOf(const Stmt *S) const {
  const SourceManager &Sources = Context.getSourceManager();
  return Sources.getExpansionLineNumber(S->getBeginLoc());
}

SummaryParameter TermBuilder::parameter(const ParmVarDecl *P) {
  SummaryParameter Result;
  Result.Id = idOf(P);
  Result.Name = nameOf(P).str();
  QualType Type = P->getType(), Plain = Type.getNonReferenceType();
  const CXXRecordDecl *Record = Plain->getAsCXXRecordDecl();
  if (Plain->isIntegralOrEnumerationType())
    Result.Takes = "i";
  else if (Plain->isRealFloatingType())
    Result.Takes = "r";
  else if (isText(Plain) &&
           !(Record == nullptr && !Plain->getPointeeOrArrayElementType()->isCharType()))
    Result.Takes = "s";
  else
    Result.Takes = classifyType(Plain).isModule() ? "m" : "o";
  if (Type->isReferenceType() && !Plain.isConstQualified())
    Result.Takes += "&";
  if (Result.Takes == "o" && Record && Record->hasDefinition() && !Record->isLambda() &&
      !isLibTorchDecl(Record) && !isStdDecl(Record)) {
    OnClass(Record->getDefinition());
    Result.Class = usrOf(Record);
  }
  if (P->hasDefaultArg() && !P->hasUnparsedDefaultArg()) {
    Result.HasDefault = true;
    Result.Default = P->hasUninstantiatedDefaultArg() ? expression(P->getUninstantiatedDefaultArg())
                                                      : expression(P->getDefaultArg());
  }
  return Result;
}

std::vector<Term> TermBuilder::expressions(llvm::ArrayRef<const Expr *> List) {
  std::vector<Term> Terms;
  for (const Expr *E : List)
    Terms.push_back(expression(E));
  return Terms;
}

// As many as are written, those that the function can give another value marked.
std::vector<Term> TermBuilder::argumentsFor(llvm::ArrayRef<const Expr *> Given,
                                            const FunctionDecl *Callee) {
  std::vector<Term> Terms = expressions(Given);
  for (size_t I = 0; Callee && I < Terms.size() && I < Callee->getNumParams(); ++I) {
    QualType Type = Callee->getParamDecl(unsigned(I))->getType();
    if (Type->isReferenceType() && !Type.getNonReferenceType().isConstQualified())
      Terms[I] = byReference(std::move(Terms[I]));
  }
  return Terms;
}

Term TermBuilder::name(const ValueDecl *D) {
  return Term(TermKind::Name, nameOf(D).str(), {}, idOf(D));
}

Term TermBuilder::let(const VarDecl *V, Term Value) {
  QualType Type = V->getType();
  llvm::StringRef How = !Type->isReferenceType()                        ? ""
                        : Type.getNonReferenceType().isConstQualified() ? "const &"
                                                                        : "&";
  return Term(TermKind::Let, nameOf(V).str(), {std::move(Value)}, idOf(V), How.str());
}

Term TermBuilder::defaultOf(QualType Type, unsigned Line) {
  TypeInfo Info = classifyType(Type);
  if (Info.Kind == TypeKind::Holder || Info.Kind == TypeKind::Impl)
    return moduleBuilt(Info.Module, {}, nullptr, Line);
  if (Info.isModule() || Info.isTensor() || isOptional(Type) || Type->isPointerType())
    return TermKind::Null;
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (isTorchOptions(Record))
    return Term(TermKind::Options, nameOf(Record).str());
  if (isStdNamed(Record, {"basic_string"}))
    return Term(TermKind::Text, "");
  if (isStdDecl(Record) || nameOf(Record).ends_with("ArrayRef"))
    return TermKind::List;
  if (Record && Record->hasDefinition() && !isLibTorchDecl(Record)) {
    OnClass(Record->getDefinition());
    return Term(TermKind::Object, usrOf(Record), {}, 0, "", Line);
  }
  return Term(TermKind::Unknown, "it has no value yet");
}

Term TermBuilder::base(const CXXRecordDecl *Base, const Expr *Init, unsigned Line) {
  const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(Init ? stripValue(Init) : nullptr);
  std::vector<Term> Arguments;
  if (Construct)
    Arguments = argumentsFor(writtenArguments(Construct), Construct->getConstructor());
  if (isLibTorchDecl(Base)) {
    Layer L = layerOf(Base);
    return Term(TermKind::Base, L == Layer::None ? "" : infoOf(L).Name.str(), std::move(Arguments),
                1, "", Line);
  }
  OnClass(Base);
  std::string Known = Construct && Construct->getConstructor()->isUserProvided()
                          ? usrOf(Construct->getConstructor())
                          : "";
  if (Construct)
    OnCall(Construct->getConstructor());
  return Term(TermKind::Base, usrOf(Base), std::move(Arguments), 0, Known, Line);
}

void TermBuilder::initialise(const CXXRecordDecl *Class, const CXXConstructorDecl *Constructor,
                             std::vector<Term> &Into) {
  const SourceManager &Sources = Context.getSourceManager();
  llvm::DenseMap<const FieldDecl *, const Expr *> Written;
  llvm::DenseMap<const CXXRecordDecl *, const Expr *> Bases;
  if (Constructor)
    for (const CXXCtorInitializer *Init : Constructor->inits()) {
      if (Init->isDelegatingInitializer()) {
        Into.push_back(base(Class, Init->getInit(), lineOf(Init->getInit())));
        return;
      }
      if (const FieldDecl *Field = Init->getAnyMember(); Field && Init->isWritten())
        Written[Field] = Init->getInit();
      else if (Init->isBaseInitializer())
        if (const CXXRecordDecl *Base = Init->getBaseClass()->getAsCXXRecordDecl())
          Bases[Base->getCanonicalDecl()] = Init->getInit();
    }
  for (const CXXBaseSpecifier &Base : Class->bases())
    if (const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
        Record && Record->hasDefinition())
      Into.push_back(base(Record->getDefinition(), Bases.lookup(Record->getCanonicalDecl()),
                          Sources.getExpansionLineNumber(Base.getBeginLoc())));
  for (const FieldDecl *Field : Class->fields()) {
    const Expr *Init = Written.lookup(Field);
    if (!Init)
      Init = Field->getInClassInitializer();
    unsigned Line = Sources.getExpansionLineNumber(Field->getLocation());
    Term Value = Init ? expression(Init) : defaultOf(Field->getType(), Line);
    Term Target(TermKind::Member, nameOf(Field).str(), {Term(TermKind::This)});
    Into.push_back(Term(TermKind::Assign, Field->getType()->isReferenceType() ? "&" : "",
                        {std::move(Target), std::move(Value)}));
  }
}

Term TermBuilder::expression(const Expr *E) {
  if (!E)
    return Term(TermKind::Unknown, "what is not written");
  if (Depth >= MaxCodeDepth)
    return tooDeep();
  if (E->isTypeDependent() && !isa<DeclRefExpr, MemberExpr>(E->IgnoreParenImpCasts()))
    return Term(TermKind::Unknown, "it is known in an instantiation only");
  llvm::SaveAndRestore Deeper(Depth, Depth + 1);
  if (auto Constant = integerConstant(E, Context))
    return Term(TermKind::Integer, "", {}, *Constant);
  if (auto Text = isText(E->getType()) ? literalText(E) : std::nullopt)
    return Term(TermKind::Text, Text->str());
  if (isNullModule(E))
    return TermKind::Null;
  E = throughTemporaries(E);
  if (const auto *Cast = dyn_cast<CastExpr>(E))
    return conversion(Cast);
  if (const Expr *Default = throughDefault(E); Default != E)
    return expression(Default);
  const Expr *Stripped = stripValue(E);
  if (Stripped != E)
    return expression(Stripped);
  if (const Expr *Module = unwrapModule(E); Module && Module != E)
    return expression(Module);
  if (isThis(E))
    return TermKind::This;
  if (const auto *Floating = dyn_cast<FloatingLiteral>(E))
    return Term(TermKind::Real, std::to_string(Floating->getValueAsApproximateDouble()));
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return reference(Ref);
  if (const auto *Member = dyn_cast<MemberExpr>(E); Member && namedDecl(Member)) {
    if (const auto *Static = dyn_cast<VarDecl>(Member->getMemberDecl()))
      return Static->getInit() && Static->getType().isConstQualified()
                 ? expression(Static->getInit())
                 : unknown(E);
    return Term(TermKind::Member, nameOf(Member->getMemberDecl()).str(),
                {expression(Member->getBase())});
  }
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return unary(Unary);
  if (const auto *Binary = dyn_cast<BinaryOperator>(E))
    return binary(Binary);
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
    return Term(TermKind::Choice, onOneLine(Choice->getCond(), Context),
                {expression(Choice->getCond()), expression(Choice->getTrueExpr()),
                 expression(Choice->getFalseExpr())});
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
    return Term(TermKind::Element, "",
                {expression(Subscript->getBase()), expression(Subscript->getIdx())});
  if (const auto *List = dyn_cast<CXXStdInitializerListExpr>(E))
    return expression(List->getSubExpr());
  if (const auto *List = dyn_cast<InitListExpr>(E))
    return list(List);
  if (const auto *New = dyn_cast<CXXNewExpr>(E); New && New->getInitializer() && !New->isArray()) {
    Term Made = expression(New->getInitializer());
    return classifyType(E->getType()).isModule() ? Made
                                                 : Term(TermKind::Address, "", {std::move(Made)});
  }
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    return construction(Construct);
  if (const auto *Value = dyn_cast<CXXScalarValueInitExpr>(E))
    return defaultOf(Value->getType(), lineOf(E));
  if (const auto *Lambda = dyn_cast<LambdaExpr>(E))
    return lambda(Lambda);
  if (isa<CXXThrowExpr>(E))
    return TermKind::Throw;
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return call(Call);
  return unknown(E);
}

Term TermBuilder::conversion(const CastExpr *Cast) {
  if (Cast->getCastKind() == CK_FloatingToIntegral)
    return Term(TermKind::Operator, "int", {expression(Cast->getSubExpr())});
  if (Cast->getCastKind() == CK_IntegralToFloating)
    return Term(TermKind::Operator, "real number", {expression(Cast->getSubExpr())});
  QualType To = Cast->getType();
  if (Cast->getCastKind() == CK_ArrayToPointerDecay && !To->getPointeeType().isConstQualified())
    return Term(TermKind::Address, "", {expression(Cast->getSubExpr())});
  if (Cast->getCastKind() == CK_Dynamic)
    return castTo(To, expression(Cast->getSubExpr()));
  return expression(Cast->getSubExpr());
}

// Null where it is an object of another class.
Term TermBuilder::castTo(QualType Type, Term Value) {
  const CXXRecordDecl *Module = moduleOf(Type);
  if (!Module || isNamed(Module, "torch::nn::Module"))
    return Value;
  Layer L = isLibTorchDecl(Module) ? layerOf(Module) : Layer::None;
  if (isLibTorchDecl(Module) && L == Layer::None)
    return Term(TermKind::Operator, "as", {std::move(Value)});
  return Term(TermKind::Operator, "as", {std::move(Value)}, 0,
              L == Layer::None ? usrOf(Module) : infoOf(L).Name.str());
}

// A part of what `auto [a, b] = x` declares.
Term TermBuilder::binding(const BindingDecl *Binding) {
  const auto *Whole = dyn_cast_or_null<DecompositionDecl>(Binding->getDecomposedDecl());
  if (!Whole)
    return Term(TermKind::Unknown,
                ("'" + nameOf(Binding) + "' is known in an instantiation").str());
  if (const auto *Field = dyn_cast_or_null<MemberExpr>(Binding->getBinding()))
    return Term(TermKind::Member, nameOf(Field->getMemberDecl()).str(), {name(Whole)});
  const auto *Place = llvm::find(Whole->bindings(), Binding);
  Term Index(TermKind::Integer, "", {}, Place - Whole->bindings().begin());
  return Term(TermKind::Element, "", {name(Whole), std::move(Index)});
}

Term TermBuilder::reference(const DeclRefExpr *Ref) {
  if (const auto *Binding = dyn_cast<BindingDecl>(Ref->getDecl()))
    return binding(Binding);
  const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
  if (!Variable)
    return unknown(Ref);
  if (Variable->isLocalVarDeclOrParm() && !Variable->isStaticLocal())
    return name(Variable);
  const Expr *Init = Variable->getAnyInitializer();
  if (Init && Variable->getType().getNonReferenceType().isConstQualified() &&
      !Variable->getType()->isDependentType())
    return expression(Init);
  return Term(TermKind::Unknown, ("'" + nameOf(Variable) + "' may change").str());
}

Term TermBuilder::textPart(const Expr *E) {
  Term Part = expression(E);
  return E->getType().getNonReferenceType()->isAnyCharacterType()
             ? Term(TermKind::Operator, "character", {std::move(Part)})
             : Part;
}

// `p + 1`, `++p`: which element it leads to is not known.
Term TermBuilder::movedPointer(const Expr *E, std::vector<Term> Operands) {
  return Term(TermKind::Unknown, onOneLine(E, Context), std::move(Operands), 0, "among", lineOf(E));
}

Term TermBuilder::unary(const UnaryOperator *E) {
  Term Operand = expression(E->getSubExpr());
  if (E->isIncrementDecrementOp()) {
    Term Changed(TermKind::Operator, E->isIncrementOp() ? "+" : "-",
                 {Operand, Term(TermKind::Integer, "", {}, 1)});
    if (E->getType()->isPointerType())
      Changed = movedPointer(E, {Operand});
    return Term(TermKind::Assign, "", {std::move(Operand), std::move(Changed)}, E->isPostfix());
  }
  switch (E->getOpcode()) {
  case UO_LNot:
    return Term(TermKind::Operator, "!", {std::move(Operand)});
  case UO_Minus:
    return Term(TermKind::Operator, "-", {Term(TermKind::Integer), std::move(Operand)});
  case UO_Plus:
    return Operand;
  case UO_Deref:
    return classifyType(E->getSubExpr()->getType()).isModule()
               ? Operand
               : Term(TermKind::Deref, "", {std::move(Operand)});
  case UO_AddrOf:
    return classifyType(E->getType()).isModule() || E->getType()->isFunctionPointerType() ||
                   E->getType()->isMemberPointerType()
               ? Operand
               : Term(TermKind::Address, "", {std::move(Operand)});
  default:
    return unknown(E);
  }
}

Term TermBuilder::binary(const BinaryOperator *E) {
  Term Left = expression(E->getLHS()), Right = expression(E->getRHS());
  if (E->getOpcode() == BO_Assign)
    return Term(TermKind::Assign, "", {std::move(Left), std::move(Right)});
  if (E->isAdditiveOp() && E->getType()->isPointerType())
    return movedPointer(E, {std::move(Left), std::move(Right)});
  if (E->isCompoundAssignmentOp()) {
    Term Changed(
        TermKind::Operator,
        BinaryOperator::getOpcodeStr(BinaryOperator::getOpForCompoundAssignment(E->getOpcode()))
            .str(),
        {Left, std::move(Right)});
    if (E->getLHS()->getType()->isIntegerType())
      Changed = Term(TermKind::Operator, "int", {std::move(Changed)});
    if (E->getType()->isPointerType())
      Changed = movedPointer(E, {Left});
    return Term(TermKind::Assign, "", {std::move(Left), std::move(Changed)});
  }
  return Term(TermKind::Operator, E->getOpcodeStr().str(), {std::move(Left), std::move(Right)}, 0,
              E->isLogicalOp() ? onOneLine(E->getLHS(), Context) : "");
}

Term TermBuilder::moduleBuilt(const CXXRecordDecl *Module, llvm::ArrayRef<const Expr *> Args,
                              const CXXConstructorDecl *Known, unsigned Line) {
  std::vector<Term> Arguments = argumentsFor(Args, Known);
  if (!Module)
    return Term(TermKind::Unknown, "the class of the module is not known");
  if (isLibTorchDecl(Module)) {
    Layer L = layerOf(Module);
    return Term(TermKind::Layer, L == Layer::None ? nameOf(Module).str() : infoOf(L).Name.str(),
                std::move(Arguments), 0, "", Line);
  }
  if (Module->hasDefinition())
    OnClass(Module->getDefinition());
  if (Known)
    OnCall(Known);
  return Term(TermKind::Object, usrOf(Module), std::move(Arguments), 0,
              Known && Known->isUserProvided() ? usrOf(Known) : "", Line);
}

Term TermBuilder::construction(const CXXConstructExpr *E) {
  QualType Type = E->getType();
  TypeInfo Info = classifyType(Type);
  llvm::ArrayRef<const Expr *> Written = writtenArguments(E);
  const CXXRecordDecl *Record = E->getConstructor()->getParent();
  if (Info.Kind == TypeKind::Holder)
    return moduleBuilt(Info.Module, Written, nullptr, lineOf(E));
  if (Info.Kind == TypeKind::Impl)
    return moduleBuilt(Info.Module, Written, E->getConstructor(), lineOf(E));
  if (Info.isModule())
    return Written.empty() ? Term(TermKind::Null) : expression(Written[0]);
  if (Info.isTensor())
    return Written.empty() ? Term(TermKind::Null) : unknown(E);
  if (isTorchOptions(Record))
    return Term(TermKind::Options, nameOf(Record).str(), expressions(Written), 0, "", lineOf(E));
  if (isStdList(Record) && Written.size() >= 1 && Written[0]->getType()->isIntegerType() &&
      !E->isStdInitListInitialization())
    return Term(TermKind::Operator, "list of", expressions(Written));
  if (isCarrier(Record)) {
    if (Written.empty())
      return defaultOf(Type, lineOf(E));
    return Written.size() == 1 ? expression(Written[0])
                               : Term(TermKind::List, "", expressions(Written), 0, "", lineOf(E));
  }
  if (!Record->hasDefinition() || Record->isLambda())
    return Written.size() == 1 ? expression(Written[0]) : unknown(E);
  OnClass(Record->getDefinition());
  OnCall(E->getConstructor());
  return Term(TermKind::Object, usrOf(Record), argumentsFor(Written, E->getConstructor()), 0,
              E->getConstructor()->isUserProvided() ? usrOf(E->getConstructor()) : "", lineOf(E));
}

Term TermBuilder::list(const InitListExpr *E) {
  const CXXRecordDecl *Record = E->getType()->getAsCXXRecordDecl();
  if (!Record || isStdDecl(Record))
    return Term(TermKind::List, "",
                expressions(llvm::ArrayRef<const Expr *>(E->getInits(), E->getNumInits())), 0, "",
                lineOf(E));
  if (!Record->hasDefinition() || isLibTorchDecl(Record))
    return unknown(E);
  OnClass(Record->getDefinition());
  std::vector<Term> Values;
  forEachFieldOfList(E, [&](const FieldDecl *Field, const Expr *Value) {
    Values.push_back(Term(TermKind::Let, nameOf(Field).str(), {expression(Value)}, 0,
                          Field->getType()->isReferenceType() ? "&" : ""));
  });
  return Term(TermKind::Fields, usrOf(Record), std::move(Values));
}

Term TermBuilder::lambda(const LambdaExpr *E) {
  auto Bodies = lambdaBodies(E);
  if (Bodies.size() != 1)
    return captured(E);
  Term T(TermKind::Lambda, Bodies[0]->getReturnType()->isReferenceType() ? "&" : "", {},
         idOf(E->getLambdaClass()), "", lineOf(E));
  Term Before(TermKind::Block);
  for (const LambdaCapture &Capture : E->captures()) {
    const auto *Variable =
        Capture.capturesVariable() ? dyn_cast<VarDecl>(Capture.getCapturedVar()) : nullptr;
    if (Variable && Variable->isInitCapture())
      Before.Parts.push_back(let(Variable, expression(Variable->getInit())));
    else if (Variable && Capture.getCaptureKind() == LCK_ByCopy)
      T.Note += std::to_string(idOf(Variable)) + ",";
  }
  for (const ParmVarDecl *P : Bodies[0]->parameters()) {
    Term Parameter = name(P);
    Parameter.Note = parameter(P).Takes;
    // Arguments by default are spelled where it is called.
    T.Parts.push_back(std::move(Parameter));
  }
  T.Parts.push_back(body(Bodies[0]->getBody()));
  if (Before.Parts.empty())
    return T;
  Before.Parts.push_back(std::move(T));
  return Before;
}

} // namespace torchtidy
