#include "FromBlobDtypeCheck.h"
#include "model/memory/ImageDepth.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr size_t MaxLength = 48; // of what is quoted

// Memory of one element may be shown as another on purpose: bit patterns, complex numbers, bytes.
bool isMeant(const BlobMemory &Memory, const ElementKind &Is, const ElementKind &Told,
             bool IsDefault) {
  if (Is.Is == Told.Is && Is.Size == Told.Size)
    return true;
  if (Told.Size == 1 || Told.Is == ElementKind::Complex)
    return true;
  bool IsUnsigned = Memory.Element->isUnsignedIntegerType();
  bool ReadAsFloat = Is.Is == ElementKind::Integer && Told.Is == ElementKind::Floating;
  if (Is.Size == Told.Size)
    return Is.Size == 2 || !ReadAsFloat || (IsUnsigned && !IsDefault) || Memory.IsReinterpreted;
  return Memory.IsReinterpreted && (Is.Is == ElementKind::Integer) && (IsUnsigned || !ReadAsFloat);
}

// Elements that are no numbers but lead to where the numbers are: vectors, pointers.
bool isElsewhere(QualType Element) {
  Storage Kept = storageOf(Element);
  return Element->isPointerType() || Kept == Storage::Buffer || Kept == Storage::Nodes ||
         Kept == Storage::Shared;
}

// `torch::kFloat` alone, made into options by conversion.
bool isConstant(const Expr *Argument) {
  const Expr *E = stripValue(Argument);
  while (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    if (Construct->getNumArgs() == 0 || isa<CXXTemporaryObjectExpr>(Construct))
      return false;
    E = stripValue(Construct->getArg(0));
  }
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  return Ref && Ref->getType()->isEnumeralType();
}

} // namespace

void FromBlobDtypeCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &) {
    if (!operationOf(Call).is(Op::from_blob) || Call->getNumArgs() < 2)
      return;
    BlobMemory Memory = blobMemory(Call->getArg(0), index(Context), Context);
    if (Memory.Element.isNull() || Memory.Element->isDependentType())
      return;
    if (isElsewhere(Memory.Element)) {
      diag(Call->getArg(0)->getBeginLoc(),
           "the elements of '%0' are of type %1 and only lead to the values: from_blob shows them "
           "as numbers")
          << text(Memory, Context) << Memory.Element;
      return;
    }
    if (!checkRows(Call, Memory))
      checkElements(Call, Memory, Context);
  });
}

std::string FromBlobDtypeCheck::text(const BlobMemory &Memory, const ASTContext &Context) {
  return Memory.Owner ? Memory.Owner->getNameAsString()
                      : sourceText(Memory.Shown, Context, "the memory", MaxLength);
}

// `from_blob(rows[0].data(), {rows.size(), n})`
bool FromBlobDtypeCheck::checkRows(const CallExpr *Call, const BlobMemory &Memory) {
  if (!Memory.Rows ||
      !anyDescendant<CXXMemberCallExpr>(Call->getArg(1), [&](const CXXMemberCallExpr *Size) {
        return calleeName(Size) == "size" && namedDecl(objectOf(Size)) == Memory.Rows;
      }))
    return false;
  diag(Call->getArg(0)->getBeginLoc(),
       "each row of %0 has memory of its own: from_blob reads past the end of one")
      << Memory.Rows;
  return true;
}

void FromBlobDtypeCheck::checkElements(const CallExpr *Call, const BlobMemory &Memory,
                                       ASTContext &Context) {
  bool IsDefault = false;
  std::optional<int64_t> DType = blobDType(Call, Context, &IsDefault);
  std::optional<ElementKind> Told = DType ? elementKind(*DType) : std::nullopt;
  if (!Told || (IsDefault && !index(Context).callsNamed("set_default_dtype").empty()))
    return;
  int64_t Align = Told->Is == ElementKind::Complex ? Told->Size / 2 : Told->Size;
  if (Memory.Offset && *Memory.Offset % Align != 0) {
    diag(Call->getArg(0)->getBeginLoc(),
         "'%0' lies %1 bytes into '%2' and is not aligned for a dtype of %3 bytes: reading it is "
         "undefined and may crash")
        << sourceText(Call->getArg(0), Context, "the memory", MaxLength) << int(*Memory.Offset)
        << text(Memory, Context) << int(Told->Size);
    return;
  }
  if (checkImage(Call, Memory, *Told, IsDefault, Context))
    return;
  if (Memory.Element->isCharType() || !elementKind(Memory.Element, Context)) {
    checkBytes(Call, Memory, *Told, IsDefault, Context);
    return;
  }
  ElementKind Is = *elementKind(Memory.Element, Context);
  if (isMeant(Memory, Is, *Told, IsDefault))
    return;
  report(Call, Memory, Is, *Told, IsDefault, Context);
  noteFix(Call, Memory, IsDefault, Context);
}

void FromBlobDtypeCheck::report(const CallExpr *Call, const BlobMemory &Memory,
                                const ElementKind &Is, const ElementKind &Told, bool IsDefault,
                                ASTContext &Context) {
  diag(Call->getArg(0)->getBeginLoc(),
       "'%0' holds '%1', from_blob %select{is told of|takes by default}2 a dtype that is "
       "%select{an integer|floating|complex}3 of %4 bytes: the values are read as other numbers"
       "%select{|, past the end of the memory}5")
      << text(Memory, Context) << Memory.Element.getAsString(Context.getPrintingPolicy())
      << IsDefault << int(Told.Is) << int(Told.Size) << (Told.Size > Is.Size);
}

// `image.data` shows bytes of what the image's type says.
bool FromBlobDtypeCheck::checkImage(const CallExpr *Call, BlobMemory Memory,
                                    const ElementKind &Told, bool IsDefault, ASTContext &Context) {
  const Expr *Image = Memory.Shown ? imageShownBy(Memory.Shown) : nullptr;
  std::optional<int64_t> Channels =
      Image ? pixelChannels(Call, index(Context), Context) : std::nullopt;
  if (!Channels)
    return false;
  ImageType Type = imageTypeAt(Image, Memory.Shown, facts(Context).graphs(), index(Context));
  if (Type.Is != ImageType::Known)
    return false;
  Memory.Element = elementOfDepth(Type.Depth, Context);
  std::optional<ElementKind> Is = elementKind(Memory.Element, Context);
  if (!Is || !isOtherPixel(Type, Is->Size, Told.Size, *Channels))
    return false;
  report(Call, Memory, *Is, Told, IsDefault, Context);
  diag(Type.Said->getBeginLoc(), "its elements are said here", DiagnosticIDs::Note);
  Memory.IsReinterpreted = false;
  noteFix(Call, Memory, IsDefault, Context);
  return true;
}

// Bytes hold anything; too few of them hold nothing.
void FromBlobDtypeCheck::checkBytes(const CallExpr *Call, const BlobMemory &Memory,
                                    const ElementKind &Told, bool IsDefault, ASTContext &Context) {
  std::optional<Amount> Read = blobCount(Call, Context);
  if (!Read || !Memory.Bytes || !Memory.Offset || *Memory.Offset < 0 ||
      !Memory.Element->isCharType() || !Read->isComparable(*Memory.Bytes))
    return;
  Amount Left = *Memory.Bytes;
  Read->Times *= Told.Size;
  if (Left.Of.empty())
    Left.Times -= *Memory.Offset;
  if (Read->Times <= Left.Times)
    return;
  diag(Call->getArg(0)->getBeginLoc(),
       "'%0' holds %1 bytes from there on, from_blob %select{is told of|takes by default}2 a dtype "
       "of %3 bytes and reads %4")
      << text(Memory, Context) << Left.quoted() << IsDefault << int(Told.Size) << Read->quoted();
  noteFix(Call, Memory, IsDefault, Context);
}

void FromBlobDtypeCheck::noteFix(const CallExpr *Call, const BlobMemory &Memory, bool IsDefault,
                                 ASTContext &Context) {
  llvm::StringRef DType = dtypeFor(Memory.Element, Context);
  if (DType.empty() || Memory.IsReinterpreted)
    return;
  std::string Name = ("torch::" + DType).str();
  llvm::ArrayRef<const Expr *> Written = writtenArguments(Call);
  const Expr *Last = Written.back();
  auto Note = diag(Last->getBeginLoc(), "its own dtype is '%0'", DiagnosticIDs::Note) << Name;
  if (IsDefault && Written.size() == 2 && isEditable(Call))
    Note << FixItHint::CreateInsertion(endOfToken(Last->getEndLoc(), Context), ", " + Name);
  else if (!IsDefault && isEditable(Last) && isConstant(Last))
    Note << FixItHint::CreateReplacement(Last->getSourceRange(), Name);
}

} // namespace torchtidy
