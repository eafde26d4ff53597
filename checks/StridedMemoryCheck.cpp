#include "StridedMemoryCheck.h"
#include "model/memory/Blobs.h"
#include "model/memory/ImageDepth.h"
#include "model/memory/StridedMemory.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"

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

void StridedMemoryCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  checkPlanes(Function, Context);
  forEachStridedRead(Function, facts(Context).graphs(), [&](const StridedRead &Found) {
    std::string Tensor = sourceText(Found.Tensor, Context, "the tensor", MaxLength);
    std::string Maker = makerText(Found.Of.Maker);
    bool IsMade = Found.Of.Stored && isEditable(Found.Of.Stored);
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
    if (IsMade)
      Note << FixItHint::CreateInsertion(endOfToken(Found.Of.Stored->getEndLoc(), Context),
                                         ".contiguous()");
  });
}

} // namespace torchtidy
