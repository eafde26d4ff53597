#include "model/memory/ImageParts.h"
#include "model/memory/ImageWrites.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 3;

llvm::StringRef className(const Expr *E) { return nameOf(E->getType()->getAsCXXRecordDecl()); }

// `image` of `image.data`, `(float *)image.data`, `image.ptr<float>()`, `image.ptr(0)`.
const Expr *imageBehind(const Expr *Pointer, const ASTContext &Context) {
  Pointer = stripValue(Pointer->IgnoreParenCasts());
  if (const auto *Member = dyn_cast<MemberExpr>(Pointer))
    return !Member->isArrow() && isImage(Member->getBase()->getType()) &&
                   nameOf(Member->getMemberDecl()) == "data"
               ? Member->getBase()
               : nullptr;
  const auto *Call = dyn_cast<CXXMemberCallExpr>(Pointer);
  const Expr *Object = objectOf(Call);
  bool Shows = Object && calleeName(Call) == "ptr" && isImage(Object->getType()) &&
               llvm::all_of(writtenArguments(Call), [&](const Expr *Index) {
                 return integerConstant(Index, Context) == 0;
               });
  return Shows ? Object : nullptr;
}

// One row after the other of the image's width is one block: which columns a part has.
class PartReader {
public:
  PartReader(const FunctionDecl *Body, const FunctionPaths &Paths, ControlFlowGraphs &Graphs,
             llvm::function_ref<const ProjectIndex &()> Index)
      : Body(Body), Paths(Paths), Context(Graphs.context()), Index(Index) {}

  // The part that \p E is where \p At is evaluated.
  const Expr *partIn(const Expr *E, const Stmt *At, unsigned Depth = 0) const {
    E = stripValue(E);
    if (!E || Depth > MaxDepth)
      return nullptr;
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
      llvm::ArrayRef<const Expr *> Written = writtenArguments(Construct);
      return isImage(E->getType()) && Written.size() >= 2 && isImage(Written[0]->getType()) &&
                     takesColumns(Written.drop_front())
                 ? E
                 : nullptr;
    }
    if (const auto *Call = dyn_cast<CallExpr>(E)) {
      const Expr *Object = objectOf(Call);
      if (!Object || !isImage(Object->getType()) || !isImage(E->getType()))
        return nullptr;
      llvm::StringRef Name = calleeName(Call);
      if (Name == "row")
        return nullptr;
      if (Name == "rowRange")
        return partIn(Object, At, Depth + 1);
      llvm::ArrayRef<const Expr *> Written = writtenArguments(Call);
      bool IsPart = Name == "col" || (Name == "colRange" && !mayBeginRows(Written[0])) ||
                    (asOperator(Call, OO_Call) && takesColumns(Written));
      return IsPart ? E : nullptr;
    }
    const VarDecl *Variable = namedVariable(E);
    return Variable ? partOf(Variable, At, Depth) : nullptr;
  }

private:
  // What some store that reaches the place gave it.
  const Expr *partOf(const VarDecl *Image, const Stmt *At, unsigned Depth) const {
    bool IsOwn = Image->isLocalVarDeclOrParm() && !Image->isStaticLocal() &&
                 Image->getDeclContext() == Body && !asksStep(Image);
    auto Writes = IsOwn ? imageWrites(Image, Body->getBody(), Context) : std::nullopt;
    if (!Writes)
      return nullptr;
    auto IsPlace = [&](const Stmt *S) { return S == At; };
    auto IsWritten = [&](const Stmt *S) {
      return llvm::any_of(*Writes, [&](const ImageWrite &Write) { return Write.At == S; });
    };
    auto Try = [&](const Expr *Value, const Stmt *From) {
      return Value && Paths.findAfter(From, IsPlace, IsWritten) ? partIn(Value, From, Depth + 1)
                                                                : nullptr;
    };
    const Expr *Init = isa<ParmVarDecl>(Image) ? nullptr : Image->getInit();
    if (const Expr *Found = Init ? Try(Init, stripValue(Init)) : nullptr)
      return Found;
    for (const ImageWrite &Write : *Writes)
      if (const Expr *Found = Try(Write.Value, Write.At))
        return Found;
    return nullptr;
  }

  bool asksStep(const VarDecl *Image) const {
    return anyDescendant<MemberExpr>(Body->getBody(), [&](const MemberExpr *Member) {
      return llvm::is_contained({"step", "step1", "isContinuous", "isSubmatrix"},
                                nameOf(Member->getMemberDecl())) &&
             namedVariable(Member->getBase()) == Image;
    });
  }

  // A rectangle, or a range of rows and one of columns, that does not begin with the row.
  bool takesColumns(llvm::ArrayRef<const Expr *> Written) const {
    if (Written.empty())
      return false;
    if (className(Written[0]).starts_with("Rect"))
      return !mayBeWholeRows(Written[0]);
    return Written.size() == 2 && className(Written[0]) == "Range" && !mayBeWholeRows(Written[1]);
  }

  // `0`, or a variable that is 0 somewhere: as wide as the image, maybe.
  bool mayBeginRows(const Expr *First) const {
    if (std::optional<int64_t> Value = integerConstant(First, Context))
      return *Value == 0;
    const VarDecl *Variable = namedVariable(First);
    return Variable && llvm::any_of(Index().valuesOf(Variable), [&](const Expr *Value) {
             return Value && integerConstant(Value, Context) == 0;
           });
  }

  // `Rect(0, y, w, h)`, `Range::all()`, `Range(0, w)`, one row; a variable that is such a one.
  bool mayBeWholeRows(const Expr *Columns, unsigned Depth = 0) const {
    const Expr *E = stripCasts(Columns);
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
      llvm::ArrayRef<const Expr *> Written = writtenArguments(Construct);
      if (Written.empty())
        return true; // filled later
      if (Written.size() == 1)
        return Depth > MaxDepth || mayBeWholeRows(Written[0], Depth + 1);
      bool IsOneRow = Written.size() == 4 && integerConstant(Written[3], Context) == 1;
      return IsOneRow || mayBeginRows(Written[0]) || beginsWithPoint(Written[0]);
    }
    if (isa<CallExpr>(E))
      return calleeName(E) == nameOf(Op::all); // Range::all()
    if (const auto *List = dyn_cast<InitListExpr>(E))
      return List->getNumInits() == 0 || mayBeginRows(List->getInit(0));
    const VarDecl *Variable = namedVariable(E);
    if (!Variable || isa<ParmVarDecl>(Variable) || Depth > MaxDepth)
      return false;
    bool IsBegunAnew = anyDescendant<Expr>(Body->getBody(), [&](const Expr *Part) {
      auto Assign = asPlainAssignment(Part);
      const auto *Member =
          dyn_cast_or_null<MemberExpr>(Assign ? stripValue(Assign->Target) : nullptr);
      return Member && namedVariable(Member->getBase()) == Variable && mayBeWhole(Assign->Value);
    });
    return IsBegunAnew || llvm::any_of(Index().valuesOf(Variable), [&](const Expr *Value) {
             return Value && mayBeWholeRows(Value, Depth + 1);
           });
  }

  // `box.x = 0`, `box.width = image.cols`
  bool mayBeWhole(const Expr *Value) const {
    const auto *Member = dyn_cast<MemberExpr>(stripValue(Value));
    return integerConstant(Value, Context) == 0 ||
           (Member && llvm::is_contained({"cols", "width"}, nameOf(Member->getMemberDecl())));
  }

  // `Rect(Point(0, 0), size)`
  bool beginsWithPoint(const Expr *First) const {
    const auto *Point = dyn_cast<CXXConstructExpr>(stripCasts(First));
    return Point && (Point->getNumArgs() == 0 || mayBeginRows(Point->getArg(0)));
  }

  const FunctionDecl *Body;
  const FunctionPaths &Paths;
  ASTContext &Context;
  llvm::function_ref<const ProjectIndex &()> Index;
};

// `{1, image.cols, 3}`: of one row, or of as many as the code does not say.
bool isOneRow(const Expr *Sizes) {
  bool HasRows = false, HasColumns = false;
  forEach<Expr>(Sizes, [&](const Expr *E) {
    const auto *Member = dyn_cast<MemberExpr>(E);
    llvm::StringRef Name = Member ? nameOf(Member->getMemberDecl()) : "";
    HasRows |= Name == "rows" || Name == "height" || Name == "total" ||
               (isa<DeclRefExpr>(E) && E->getType()->isIntegerType());
    HasColumns |= Name == "cols" || Name == "width";
  });
  const InitListExpr *List = listIn(Sizes);
  return !HasRows && (HasColumns || (List && List->getNumInits() < 2));
}

} // namespace

ImagePart partShownAsBlock(const CallExpr *Blob, const FunctionDecl *Body,
                           ControlFlowGraphs &Graphs,
                           llvm::function_ref<const ProjectIndex &()> Index) {
  const Expr *Memory = argumentFor(Blob, 0), *Sizes = argumentFor(Blob, 1);
  const Expr *Image = Memory && Sizes ? imageBehind(Memory, Graphs.context()) : nullptr;
  if (!Image || isOneRow(Sizes) ||
      llvm::any_of(writtenArguments(Blob).drop_front(2),
                   [](const Expr *Argument) { return isArrayRef(Argument->getType()); }))
    return {};
  const FunctionPaths *Paths = Graphs.of(Body);
  return {Image, Paths ? PartReader(Body, *Paths, Graphs, Index).partIn(Image, Blob) : nullptr};
}

} // namespace torchtidy
