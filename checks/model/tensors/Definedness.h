// Is `layer->bias` a tensor or an undefined handle? What is provable from the constructions in
// view, and which checks hold on every path that leads to a use.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_DEFINEDNESS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_DEFINEDNESS_H

#include "model/paths/PathGuards.h"
#include "model/tensors/BuiltOptions.h"
#include "model/tensors/TensorUses.h"

namespace torchtidy {

class Definedness {
public:
  Definedness(clang::ASTContext &Context, const ProjectIndex &Index, const Registrations &Regs,
              PathGuards &Guards)
      : Context(Context), Index(Index), Options(Context, Index, Regs), Guards(Guards) {}

  /// \p E taken as an access to an optional tensor, else nothing.
  std::optional<OptionalTensor> accessOf(const clang::Expr *E);

  /// The verdict on a use of \p Access by the statement \p Use in the innermost of \p Frames.
  /// Built::Defined also stands for "checked on every path".
  Verdict judge(const OptionalTensor &Access, const clang::Stmt *Use,
                llvm::ArrayRef<BodyFrame> Frames);

private:
  // How the code names an access: by the keys of its module and its tensor, and their variables.
  struct Names {
    std::string Module, Slot;
    llvm::SmallPtrSet<const clang::ValueDecl *, 4> Roots;
  };

  Effect effectOf(const clang::Stmt *S, const Names &Of, const OptionalTensor &Access,
                  std::optional<Verdict> &Assigned);
  bool isSetElsewhere(llvm::StringRef SlotKey, const OptionalTensor &Access,
                      llvm::ArrayRef<BodyFrame> Frames);
  std::optional<Verdict> replacedBy(const clang::Stmt *S, llvm::StringRef ModuleKey,
                                    const OptionalTensor &Access);

  clang::ASTContext &Context;
  const ProjectIndex &Index;
  BuiltOptions Options;
  PathGuards &Guards;
  // The tensors of layers that some function assigns, by key, once asked for.
  std::optional<std::vector<std::pair<std::string, const clang::FunctionDecl *>>> Assigned;
};

} // namespace torchtidy

#endif
