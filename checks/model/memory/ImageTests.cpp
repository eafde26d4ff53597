#include "model/memory/ImageTests.h"
#include "model/paths/PathGuards.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Comparisons.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

// `image.type()`, `image.depth()`
const CXXMemberCallExpr *asksType(const Expr *E, const ValueDecl *Image) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(stripValue(E));
  llvm::StringRef Name = calleeName(Call);
  bool Is = (Name == "type" || Name == "depth") && namedDecl(objectOf(Call)) == Image;
  return Is ? Call : nullptr;
}

// What `if (image.type() != CV_8UC3) return;` says of the code after it.
std::optional<ImageType> comparedWith(const Expr *Condition, const ValueDecl *Image,
                                      const ASTContext &Context) {
  std::optional<Equality> Test = asEquality(Condition);
  if (!Test)
    return std::nullopt;
  const CXXMemberCallExpr *Asked = asksType(Test->Left, Image);
  const Expr *Value = Asked ? Test->Right : Test->Left;
  if (!Asked)
    Asked = asksType(Test->Right, Image);
  ImageType Is = Asked ? constantImageType(Value, Condition, Context) : ImageType();
  if (Is.Is != ImageType::Known)
    return std::nullopt;
  if (calleeName(Asked) == "depth")
    Is.Channels = 0;
  return Is;
}

} // namespace

bool asksImageType(const ValueDecl *Image, const Stmt *Code) {
  llvm::SmallPtrSet<const Expr *, 4> Handed;
  return anyDescendant<Expr>(Code, [&](const Expr *E) {
    if (const auto *Call = dyn_cast<CallExpr>(E))
      for (const Expr *Argument : argumentsOf(Call))
        Handed.insert(stripValue(Argument));
    else if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      for (const Expr *Argument : Construct->arguments())
        Handed.insert(stripValue(Argument));
    return asksType(E, Image) && !Handed.contains(stripValue(E));
  });
}

ImageType testedImageType(const ValueDecl *Image, const Stmt *At, const FunctionDecl *Body,
                          llvm::ArrayRef<ImageWrite> Writes, ControlFlowGraphs &Graphs) {
  const ASTContext &Context = Graphs.context();
  llvm::SmallVector<ImageType, 2> Candidates;
  forEach<Expr>(Body->getBody(), [&](const Expr *E) {
    if (std::optional<ImageType> Found = comparedWith(E, Image, Context))
      Candidates.push_back(*Found);
  });
  for (ImageType &Candidate : Candidates) {
    if (Candidates.size() > 1)
      Candidate.Channels = 0;
    auto Says = [&](const Expr *Condition, bool Holds) {
      std::optional<Equality> Test = asEquality(Condition);
      std::optional<ImageType> Found = comparedWith(Condition, Image, Context);
      return Found && Found->Depth == Candidate.Depth && Test->IsEqual == Holds;
    };
    auto Destroys = [&](const Stmt *S) {
      bool Is = llvm::any_of(Writes, [&](const ImageWrite &Write) { return Write.At == S; });
      return Is ? Effect::Destroys : Effect::None;
    };
    if (PathGuards(Graphs).holdsAt(Body, At, Says, Destroys).Holds)
      return Candidate;
  }
  return {};
}

} // namespace torchtidy
