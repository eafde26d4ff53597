// Which functions of a class are reached from a set of roots (its constructors, its forward) by
// calls on `this`.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_FORWARDREACH_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_FORWARDREACH_H

#include "model/syntax/Enclosing.h"
#include "model/torch/Types.h"
#include "llvm/ADT/MapVector.h"

namespace torchtidy {

/// Functions reached, each with the call that first reached it (null for a root).
using Reach = llvm::MapVector<const clang::FunctionDecl *, const clang::CallExpr *>;

/// Default of the option ForwardNames: members that run at every step although they are not called
/// forward.
inline constexpr llvm::StringLiteral DefaultForwardNames = "predict;act;forward_train";

/// Definitions in view that \p Roots reach through calls on `this` (of the class or its bases) and
/// calls of lambdas. Lambda bodies count as part of the function that spells them.
Reach reachFrom(llvm::ArrayRef<const clang::FunctionDecl *> Roots);

/// Everything reached from members of \p Class named forward*, operator() or one of \p ForwardNames
/// (";"-separated).
Reach forwardReach(const clang::CXXRecordDecl *Class,
                   llvm::StringRef ForwardNames = DefaultForwardNames);

bool isForwardName(const clang::NamedDecl *Method,
                   llvm::StringRef ForwardNames = DefaultForwardNames);

/// Everything reached from the constructors of \p Class.
Reach constructorReach(const clang::CXXRecordDecl *Class);

/// All methods of \p Class (constructors included, templates' instantiations too) whose bodies are
/// in view.
llvm::SmallVector<const clang::CXXMethodDecl *, 16>
visibleMethods(const clang::CXXRecordDecl *Class);

/// Members that could register or assign (non-const, not forward, not pure) whose bodies are not in
/// view.
llvm::SmallVector<const clang::CXXMethodDecl *, 4>
hiddenBuilders(const clang::CXXRecordDecl *Class);

/// True when there are such, or templates of which nothing in view makes any: what the class does
/// is then not known from this translation unit.
bool isPartlyVisible(const clang::CXXRecordDecl *Class);

/// Code out of view may change \p Field: methods of its class that have no body in view or do not
/// compile, and, of a public member in a header, anybody.
bool mayBeChangedElsewhere(const clang::FieldDecl *Field, clang::ASTContext &Context);

} // namespace torchtidy

#endif
