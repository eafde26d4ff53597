// Whether a member that forward stores a tensor in keeps that tensor's graph, and nobody wants it.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_KEPTGRAPHS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_KEPTGRAPHS_H

#include "model/tensors/MemberWrites.h"
#include "model/tensors/TensorGraphs.h"

namespace torchtidy {

class KeptGraphs {
public:
  /// \p Forward is what runs at each step of the class.
  KeptGraphs(const Reach &Forward, ModuleModel &Model, const ProjectIndex &Index)
      : Forward(Forward), Model(Model), Index(Index) {}

  /// \p Write, one of \p All of \p Function, leaves a tensor with its graph behind that no code in
  /// view trains through, cuts or throws away.
  bool isKept(const MemberWrite &Write, const clang::FunctionDecl *Function,
              llvm::ArrayRef<MemberWrite> All) const;

  /// All runs of \p Class in view are under a guard that turns gradients off, and there are some.
  bool onlyRunsWithoutGrad(const clang::CXXRecordDecl *Class) const {
    return onlyRunsWithoutGrad(Class, 0);
  }

private:
  bool onlyRunsWithoutGrad(const clang::CXXRecordDecl *Class, unsigned Depth) const;
  bool isWithoutGrad(const clang::CallExpr *Run, const clang::FunctionDecl *In,
                     unsigned Depth) const;
  bool isDetachedIn(const clang::FunctionDecl *Function, const clang::FieldDecl *Field,
                    llvm::ArrayRef<MemberWrite> Writes) const;
  bool isDetachedBetween(const clang::FieldDecl *Field) const;
  bool isResetBetween(const clang::FieldDecl *Field) const;
  bool isTrainedThrough(const clang::FieldDecl *Field) const;
  bool isComputedWith(const clang::Expr *Mention) const;
  bool trainsWith(const clang::Expr *Mention, const clang::FunctionDecl *Function) const;

  const Reach &Forward;
  ModuleModel &Model;
  const ProjectIndex &Index;
};

} // namespace torchtidy

#endif
