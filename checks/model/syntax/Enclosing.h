// What stands around a statement or declaration. Statements ask clang's map of parents, which is
// made once a translation unit and is not free: rules ask with a candidate in hand, never for every
// node. Declarations know their context.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_ENCLOSING_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_ENCLOSING_H

#include "model/Clang.h"
#include "clang/AST/ASTTypeTraits.h"

namespace torchtidy {

/// Calls \p Visit on what stands around \p Node, innermost first, until it returns false.
void walkUp(const clang::DynTypedNode &Node, clang::ASTContext &Context,
            llvm::function_ref<bool(const clang::DynTypedNode &)> Visit);
inline void walkUp(const clang::Stmt *S, clang::ASTContext &Context,
                   llvm::function_ref<bool(const clang::DynTypedNode &)> Visit) {
  walkUp(clang::DynTypedNode::create(*S), Context, Visit);
}

/// The nearest \p NodeType around \p S: `enclosing<IfStmt>(Call, Context)`; null outside one. Goes
/// out of lambdas and stops at nothing.
template <typename NodeType, typename InnerType>
const NodeType *enclosing(const InnerType *S, clang::ASTContext &Context) {
  const NodeType *Found = nullptr;
  walkUp(clang::DynTypedNode::create(*S), Context, [&](const clang::DynTypedNode &Above) {
    Found = Above.get<NodeType>();
    return !Found;
  });
  return Found;
}

/// The statement around \p S in the same function, through the declaration of a variable whose
/// initialiser it is; null at the top.
const clang::Stmt *parentStmt(const clang::Stmt *S, clang::ASTContext &Context);

/// The innermost loop around \p S in the same function or lambda; null outside one.
const clang::Stmt *loopAround(const clang::Stmt *S, clang::ASTContext &Context);

/// \p E is a statement of its own: in a block, or the body of a loop or a condition, not a part of
/// an expression, a condition or a declaration.
bool isStatement(const clang::Expr *E, clang::ASTContext &Context);

/// The innermost function, a lambda's call operator included, whose body \p S stands in. What a
/// lambda captures belongs to the function outside.
const clang::FunctionDecl *innermostFunction(const clang::Stmt *S, clang::ASTContext &Context);

/// The function whose text \p S is a part of, out of lambdas.
const clang::FunctionDecl *functionAround(const clang::Stmt *S, clang::ASTContext &Context);

/// The loop `for (auto &x : range)` that declares \p Variable; null for any other variable.
const clang::CXXForRangeStmt *rangeLoopOf(const clang::VarDecl *Variable,
                                          clang::ASTContext &Context);

/// The function that spells the lambda whose call operator \p F is, or \p F itself.
const clang::FunctionDecl *outOfLambda(const clang::FunctionDecl *F);

/// True for the call operator of a lambda.
bool isLambdaBody(const clang::FunctionDecl *F);

/// The class whose member function encloses \p D or is \p D, looking out of lambdas; null outside
/// one.
const clang::CXXRecordDecl *enclosingClass(const clang::Decl *D);

/// True for declarations in code that is still dependent (an uninstantiated template).
bool isDependent(const clang::Decl *D);

} // namespace torchtidy

#endif
