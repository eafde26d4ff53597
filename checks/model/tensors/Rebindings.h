// Assignments that leave a registered tensor behind: the name gets another tensor, the registry
// keeps the old one.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_REBINDINGS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_REBINDINGS_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// A registered member of a class that one of its functions rebinds.
struct Rebinding {
  const clang::FieldDecl *Field = nullptr;
  Registrations::Store Store;
};

/// The tensors of \p Class that are registered and rebound later, and not registered again: `w =
/// register_parameter("w", e); … w = 0.1 * w;`.
std::vector<Rebinding> staleRebindings(const clang::CXXRecordDecl *Class, ModuleModel &Model);

/// `layer->weight = e`: the field, a tensor of one of LibTorch's layers, that is rebound from
/// outside; null for other assignments, where it is registered again, and in a setter that no call
/// in view gives both the layer and the tensor.
const clang::FieldDecl *reboundLayerTensor(const clang::CXXOperatorCallExpr *Assign,
                                           const ProjectIndex &Index, clang::ASTContext &Context);

/// `params[i] = e` and `for (auto &p : net->parameters()) p = e`: a handle in a list that
/// parameters() made is rebound, and nobody wants the list itself.
bool rebindsHandle(const clang::CXXOperatorCallExpr *Assign, clang::ASTContext &Context);

} // namespace torchtidy

#endif
