#include "StridedMemoryCheck.h"
#include "model/memory/Blobs.h"
#include "model/memory/ContiguousCopies.h"
#include "model/memory/GivenLayouts.h"
#include "model/memory/ImageDepth.h"
#include "model/memory/ImageParts.h"
#include "model/memory/StridedMemory.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr size_t MaxLength = 48; // of what is quoted

std::string makerText(const CallExpr *Maker) {
  return isa<CXXOperatorCallExpr>(Maker) ? "[]" : calleeName(Maker).str();
}

} // namespace

// from_blob(image.data, {1, 3, image.rows, image.cols})
void StridedMemoryCheck::checkPlanes(const FunctionDecl *Function, ASTContext &Context) {
  if (!makesBlobs(Function))
    return;
  forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
    if (!operationOf(Call).is(Op::from_blob) || Call->getNumArgs() < 2 ||
        !imageShownBy(Call->getArg(0)))
      return;
    const Expr *Image = imageReadAsPlanes(Call, facts(Context).graphs(), index(Context));
    if (!Image || !firstTime(Call->getBeginLoc()))
      return;
    std::string Text = sourceText(Image, Context, "the image", MaxLength);
    diag(Call->getBeginLoc(), "the pixels of '%0' lie one after the other, all channels of each; "
                              "these sizes take its memory as planes, a channel each")
        << Text << Call->getSourceRange();
    diag(Call->getBeginLoc(),
         "tell the sizes as they lie, '{1, %0.rows, %0.cols, %0.channels()}', and "
         "'permute({0, 3, 1, 2})' the tensor",
         DiagnosticIDs::Note)
        << Text;
  });
}

// cv::Mat face = frame(box); from_blob(face.data, {face.rows, face.cols, 3})
void StridedMemoryCheck::checkParts(const FunctionDecl *Function, ASTContext &Context) {
  if (!makesBlobs(Function))
    return;
  auto Index = [&]() -> const ProjectIndex & { return index(Context); };
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &Where) {
    if (!operationOf(Call).is(Op::from_blob))
      return;
    ImagePart Found =
        partShownAsBlock(Call, Where.Frames.back().Function, facts(Context).graphs(), Index);
    if (!Found || !firstTime(Call->getBeginLoc()))
      return;
    diag(Call->getBeginLoc(), "the rows of '%0' are as far apart as those of the image that it is "
                              "a part of; without strides they are taken as one block")
        << sourceText(Found.Image, Context, "the image", MaxLength) << Call->getSourceRange();
    auto Note = diag(Found.Taken->getBeginLoc(),
                     "the part is taken here; 'clone()' copies its rows into one block",
                     DiagnosticIDs::Note);
    if (isa<CallExpr>(Found.Taken) && isEditable(Found.Taken))
      Note << FixItHint::CreateInsertion(endOfToken(Found.Taken->getEndLoc(), Context), ".clone()");
  });
}

// Tensor c = x.contiguous(); kernel(x.data_ptr<float>(), c.numel());
void StridedMemoryCheck::checkCopies(const FunctionDecl *Function, ASTContext &Context) {
  auto Index = [&]() -> const ProjectIndex & { return index(Context); };
  auto Report = [&](const UnusedContiguousCopy &Found) {
    const CXXMemberCallExpr *First = Found.Pointers.front();
    if (!firstTime(First->getExprLoc()))
      return;
    diag(First->getExprLoc(), "the memory of %0 is taken, whatever the order in which its "
                              "elements lie; its contiguous copy %1 is made and not used")
        << namedDecl(objectOf(First)) << Found.Copy;
    bool IsEditable = llvm::all_of(Found.Pointers, [](const CXXMemberCallExpr *Pointer) {
      return isEditable(objectOf(Pointer));
    });
    auto Note = diag(Found.Made->getBeginLoc(), "the copy is made here", DiagnosticIDs::Note);
    for (const CXXMemberCallExpr *Pointer : Found.Pointers)
      if (IsEditable)
        Note << FixItHint::CreateReplacement(objectOf(Pointer)->getSourceRange(),
                                             Found.Copy->getName());
  };
  forEachUnusedContiguousCopy(Function, facts(Context).graphs(), Index, Report);
}

// f(image.permute({2, 0, 1})), and f takes the memory for dense
void StridedMemoryCheck::checkGiven(const FunctionDecl *Function, ASTContext &Context) {
  auto Index = [&]() -> const ProjectIndex & { return index(Context); };
  forEachDenseUse(Function, facts(Context).graphs(), Index, [&](const DenseUse &Found) {
    bool IsLike = Found.Is == DenseUse::LikeIt;
    const Layout &Of = Found.Given.Of;
    SourceLocation Place = IsLike ? Found.At->getBeginLoc() : Found.At->getExprLoc();
    if (!firstTime(Place))
      return;
    std::string Maker = makerText(Of.Maker);
    if (IsLike)
      diag(Place, "'%0' keeps the order in which the elements of %1 lie, and a caller gives it "
                  "what '%2' has reordered; its memory is used beside that of a contiguous copy")
          << makerText(Found.At) << Found.Parameter << Maker;
    else
      diag(Place, "the elements of %0 do not lie in the order of its indices, by which they are "
                  "found here: a caller gives it what '%1' makes, a view that %select{reorders "
                  "them|leaves some out or repeats some}2")
          << Found.Parameter << Maker << (Of.Is == Layout::Skipping);
    diag(Found.Given.Argument->getBeginLoc(), "it is given here", DiagnosticIDs::Note);
    diag(Of.Maker->getBeginLoc(), "the view is made here; 'contiguous()' copies it into order",
         DiagnosticIDs::Note);
  });
}

void StridedMemoryCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  checkPlanes(Function, Context);
  checkParts(Function, Context);
  checkCopies(Function, Context);
  checkGiven(Function, Context);
  forEachStridedRead(Function, facts(Context).graphs(), [&](const StridedRead &Found) {
    std::string Tensor = sourceText(Found.Tensor, Context, "the tensor", MaxLength);
    std::string Maker = makerText(Found.Of.Maker);
    if (Found.Of.Is == Layout::OnDevice) {
      diag(Found.Read->getBeginLoc(),
           "the memory of '%0' lies on the device, and the host reads it: copy the tensor to the "
           "CPU first")
          << Tensor;
      diag(Found.Of.Maker->getBeginLoc(), "put there by '%0'", DiagnosticIDs::Note) << Maker;
      return;
    }
    diag(Found.Read->getBeginLoc(),
         "the elements of '%0' do not lie in the order of its indices, in which this takes them: "
         "'%1' gives a view that %select{reorders them|leaves some out or repeats some}2")
        << Tensor << Maker << (Found.Of.Is == Layout::Skipping);
    auto Note =
        diag(Found.Of.Maker->getBeginLoc(),
             "the view is made here; 'contiguous()' copies it into order", DiagnosticIDs::Note);
    if (Found.Of.Stored)
      for (const FixItHint &Fix : calledOn(Found.Of.Stored, ".contiguous()", Context))
        Note << Fix;
  });
}

} // namespace torchtidy
