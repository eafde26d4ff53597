// Copies of modules by clone(): whether a class has one, and whether its reset() makes what a copy
// needs.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_CLONES_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_CLONES_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// A call that clones a module.
struct CloneCall {
  const clang::CXXRecordDecl *Module = nullptr; // the class that is cloned
  bool IsForDevices = false;                    // by data_parallel, replicate: once for each device
};

/// `net->clone()`, `data_parallel(net, x)`, `replicate(net, devices)`, where the class of `net` and
/// what it derives from have only the clone() of torch::nn::Module, which throws. Nothing for what
/// may be of a class derived from it.
std::optional<CloneCall> unsupportedClone(const clang::CallExpr *Call, const ProjectIndex &Index);

/// A class derived from torch::nn::Cloneable that a clone() of does not come out right.
struct CloneDefect {
  const clang::Expr *Where = nullptr;
  const clang::FieldDecl *Appended = nullptr; // by reset(), which does not clear it; else Where is
                                              // registered by a constructor alone
};

/// What the constructors of \p Class register and its reset() does not, and the members that
/// reset() only adds to; one of each.
llvm::SmallVector<CloneDefect, 2> cloneDefects(const clang::CXXRecordDecl *Class,
                                               ModuleModel &Model);

} // namespace torchtidy

#endif
