#include "model/memory/ImageDepth.h"
#include "model/memory/ImageWrites.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// `{1, image.rows, image.cols, 3}`, also by a variable that has only this value.
const InitListExpr *sizesOf(const CallExpr *Blob, const ProjectIndex &Index) {
  const Expr *Sizes = argumentFor(Blob, 1);
  if (const InitListExpr *List = Sizes ? listIn(Sizes) : nullptr)
    return List;
  const InitListExpr *Found = nullptr;
  forEach<DeclRefExpr>(Sizes, [&](const DeclRefExpr *Ref) {
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    if (Variable && Variable->isLocalVarDecl() && Index.valuesOf(Variable).size() == 1)
      if (const Expr *Init = initialiserOf(Variable))
        Found = listIn(Init);
  });
  return Found;
}

// A size that is named as it is: `h`, `image.rows`, `size.width`, `x.size(0)`; not `w * 4`.
bool isPlain(const Expr *Size) {
  return !anyDescendant<Expr>(Size, [](const Expr *E) {
    llvm::StringRef Name = calleeName(E);
    const auto *Binary = dyn_cast<BinaryOperator>(E);
    return Binary || Name == "total" || Name.starts_with("elemSize") || Name.starts_with("step");
  });
}

bool asksChannels(const Expr *Size) {
  return anyDescendant<CallExpr>(
      Size, [](const CallExpr *Call) { return calleeName(Call) == "channels"; });
}

// `image.rows`, `image.cols` of the image itself.
bool isOwn(const Expr *Size, llvm::StringRef Name, const Expr *Image) {
  const auto *Member = dyn_cast<MemberExpr>(stripValue(Size));
  return Member && nameOf(Member->getMemberDecl()) == Name && namedDecl(Image) &&
         namedDecl(Member->getBase()) == namedDecl(Image);
}

// cv::Mat(rows, cols, type, pointer): laid out by whoever filled the memory.
bool isOverOthersMemory(const Expr *Image, const ProjectIndex &Index) {
  const ValueDecl *Named = namedDecl(Image);
  return !Named || llvm::any_of(Index.valuesOf(Named), [](const Expr *Value) {
    const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(Value ? stripValue(Value) : nullptr);
    return Construct && llvm::any_of(writtenArguments(Construct), [](const Expr *Argument) {
             return Argument->getType()->isPointerType();
           });
  });
}

// The project lays the pixels out: in a function that makes or fills the image, or by its pointers.
bool isLaidOutByProject(const Expr *Image, const CallExpr *Blob, ASTContext &Context) {
  const auto *Variable = dyn_cast_or_null<VarDecl>(namedDecl(Image));
  const FunctionDecl *Function = innermostFunction(Blob, Context);
  if (!Variable || !Variable->isLocalVarDecl() || Variable->getDeclContext() != Function)
    return false;
  auto IsOfProject = [](const Expr *Value) {
    const auto *Call = dyn_cast_or_null<CallExpr>(Value ? stripValue(Value) : nullptr);
    const FunctionDecl *Callee = calleeOf(Call);
    // OpenCV's networks take planes: blobFromImages(image, blob).
    const auto *Space = Callee ? dyn_cast<NamespaceDecl>(Callee->getDeclContext()) : nullptr;
    bool MakesPlanes = Space && nameOf(Space) == "dnn";
    return Call && !isStdDecl(Callee) && (MakesPlanes || outermostNamespace(Callee) != "cv");
  };
  auto Writes = imageWrites(Variable, Function->getBody(), Context);
  if (!Writes || IsOfProject(Variable->getInit()))
    return true;
  for (const ImageWrite &Write : *Writes)
    if (IsOfProject(Write.Value ? Write.Value : Write.At))
      return true;
  auto LeadsThere = [&](const Expr *E) {
    return anyDescendant<Expr>(E, [&](const Expr *Part) {
      const auto *Member = dyn_cast<MemberExpr>(Part);
      return Member && namedDecl(Member->getBase()) == Variable &&
             llvm::is_contained({"data", "ptr", "at", "begin"}, nameOf(Member->getMemberDecl()));
    });
  };
  return anyDescendant<Stmt>(Function->getBody(), [&](const Stmt *S) {
    if (auto Assign = asAssignment(S))
      return namedDecl(Assign->Target) != Variable && LeadsThere(Assign->Target);
    const auto *Call = dyn_cast<CallExpr>(S);
    const FunctionDecl *Callee = calleeOf(Call);
    if (!Callee || isa<CXXMemberCallExpr>(Call) || isLibTorchDecl(Callee) ||
        outermostNamespace(Callee) == "cv")
      return false;
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
      if (Parameter->getType()->isPointerType() &&
          !Parameter->getType()->getPointeeType().isConstQualified() && LeadsThere(Argument))
        return true;
    return false;
  });
}

// from_blob(…).view({…}): the sizes are told anew.
bool isViewedAnew(const CallExpr *Blob, ASTContext &Context) {
  bool Found = false;
  walkUp(DynTypedNode::create(*Blob), Context, [&](const DynTypedNode &Above) {
    const auto *Call = Above.get<CXXMemberCallExpr>();
    Found |= Call && operationOf(Call).isOneOf({Op::view, Op::reshape, Op::as_strided});
    return Above.get<Expr>() != nullptr;
  });
  return Found;
}

} // namespace

const Expr *imageReadAsPlanes(const CallExpr *Blob, ControlFlowGraphs &Graphs,
                              const ProjectIndex &Index) {
  ASTContext &Context = Graphs.context();
  const Expr *Image = Blob->getNumArgs() ? imageShownBy(Blob->getArg(0)) : nullptr;
  const InitListExpr *List = Image ? sizesOf(Blob, Index) : nullptr;
  if (!List || List->getNumInits() < 3 || isOverOthersMemory(Image, Index) ||
      (Blob->getNumArgs() > 2 && isArrayRef(Blob->getArg(2)->getType())) ||
      isViewedAnew(Blob, Context) || isLaidOutByProject(Image, Blob, Context))
    return nullptr;
  llvm::ArrayRef<Expr *> Sizes = llvm::ArrayRef(List->inits()).take_back(3);
  const Expr *Height = Sizes[1], *Width = Sizes[2];
  bool IsOwnChannels = asksChannels(Sizes[0]);
  std::optional<int64_t> Channels = integerConstant(Sizes[0], Context);
  if (IsOwnChannels ? asksChannels(Width) : (Channels != 3 && Channels != 4))
    return nullptr;
  // Of three numbers the last may be the channels.
  if (std::optional<int64_t> Last = integerConstant(Width, Context); Last && *Last <= 4)
    return nullptr;
  ImageType Type = imageTypeAt(Image, Blob, Graphs, Index);
  if (Type.Is == ImageType::Known && Type.Channels)
    return IsOwnChannels ? (Type.Channels > 1 ? Image : nullptr)
                         : (Type.Channels == Channels ? Image : nullptr);
  // As many elements as the image has only if those are its channels.
  return !IsOwnChannels && isOwn(Height, "rows", Image) && isOwn(Width, "cols", Image) ? Image
                                                                                       : nullptr;
}

const Expr *imageShownBy(const Expr *Pointer) {
  Pointer = stripValue(Pointer);
  if (const auto *Member = dyn_cast_or_null<MemberExpr>(Pointer))
    return !Member->isArrow() && isImage(Member->getBase()->getType()) &&
                   nameOf(Member->getMemberDecl()) == "data"
               ? Member->getBase()
               : nullptr;
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(Pointer);
  const Expr *Object = objectOf(Call);
  bool Shows = Object && calleeName(Call) == "ptr" && isImage(Object->getType()) &&
               Call->getType()->isPointerType() && Call->getType()->getPointeeType()->isCharType();
  return Shows ? Object : nullptr;
}

std::optional<int64_t> pixelChannels(const CallExpr *Blob, const ProjectIndex &Index,
                                     const ASTContext &Context) {
  const InitListExpr *List = sizesOf(Blob, Index);
  if (!List || llvm::any_of(List->inits(), [&](const Expr *Size) {
        return !integerConstant(Size, Context) && !isPlain(Size);
      }))
    return std::nullopt;
  llvm::ArrayRef<Expr *> Sizes = List->inits();
  if (Sizes.size() == 4 && integerConstant(Sizes[0], Context) == 1)
    Sizes = Sizes.drop_front(); // one image in a batch
  if (Sizes.size() != 3)
    return std::nullopt;
  for (const Expr *Size : {Sizes.back(), Sizes.front()}) {
    if (asksChannels(Size))
      return 0;
    std::optional<int64_t> Value = integerConstant(Size, Context);
    if (Value == 1 || Value == 3 || Value == 4)
      return Value;
  }
  return std::nullopt;
}

bool isOtherPixel(const ImageType &Type, int64_t Is, int64_t Told, int64_t Channels) {
  if (Is == Told)
    return false;
  if (Type.Channels && Channels)
    return Type.Channels * Is != Channels * Told;
  // Where the image's are not known, only its own or three are an image's for certain.
  return Channels == 0 || Channels == 3;
}

QualType elementOfDepth(int Depth, const ASTContext &Context) {
  switch (Depth) {
  case 0:
    return Context.UnsignedCharTy;
  case 1:
    return Context.SignedCharTy;
  case 2:
    return Context.UnsignedShortTy;
  case 3:
    return Context.ShortTy;
  case 4:
    return Context.IntTy;
  case 5:
    return Context.FloatTy;
  case 6:
    return Context.DoubleTy;
  default:
    return {}; // 16-bit floats, and what later versions add
  }
}

} // namespace torchtidy
