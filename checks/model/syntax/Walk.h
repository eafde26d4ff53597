// Looking through the statements and expressions of a function: "is there any …" and "each …"
// without a visitor class. A walk sees what the code does: expressions of initialisers, loops and
// lambdas as they are written, parents before their parts; not the machinery of range-for loops,
// not types, not the functions of local classes, not default arguments.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_WALK_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_WALK_H

#include "model/Clang.h"

namespace torchtidy {

/// Does a walk enter the bodies of lambdas? They run at another time, or not at all. What a lambda
/// captures is evaluated where it stands and is seen in either case.
enum class LambdaBodies { Enter, Skip };

/// Calls \p Visit on \p Root and everything under it until it returns false; true when it never
/// did. Null is an empty walk.
bool walk(const clang::Stmt *Root, llvm::function_ref<bool(const clang::Stmt *)> Visit,
          LambdaBodies Lambdas = LambdaBodies::Enter);

/// Calls \p Visit on each \p NodeType at or under \p Root: `forEach<ReturnStmt>(Body, …)`.
template <typename NodeType>
void forEach(const clang::Stmt *Root, llvm::function_ref<void(const NodeType *)> Visit,
             LambdaBodies Lambdas = LambdaBodies::Enter) {
  walk(
      Root,
      [&](const clang::Stmt *S) {
        if (const auto *Node = llvm::dyn_cast<NodeType>(S))
          Visit(Node);
        return true;
      },
      Lambdas);
}

/// Is there a \p NodeType at or under \p Root that \p Test accepts?
template <typename NodeType>
bool anyDescendant(const clang::Stmt *Root, llvm::function_ref<bool(const NodeType *)> Test,
                   LambdaBodies Lambdas = LambdaBodies::Enter) {
  return !walk(
      Root,
      [&](const clang::Stmt *S) {
        const auto *Node = llvm::dyn_cast<NodeType>(S);
        return !Node || !Test(Node);
      },
      Lambdas);
}

/// \p Inner is \p Outer or stands in it.
bool contains(const clang::Stmt *Outer, const clang::Stmt *Inner);

/// \p D is named at or under \p Root, as a variable or as a member of any object.
bool mentions(const clang::Stmt *Root, const clang::ValueDecl *D);

/// The outermost braced list at or under \p Root, through whatever takes it: `x.view({-1, 3})`.
const clang::InitListExpr *listIn(const clang::Stmt *Root);

/// What running \p Function executes: the written initialisers of a constructor, then the body.
/// Empty when no body is in view.
llvm::SmallVector<const clang::Stmt *, 4> codeOf(const clang::FunctionDecl *Function);

/// The values that \p Function returns, not those that lambdas in it do. Empty when no body is in
/// view.
llvm::SmallVector<const clang::Expr *, 2> returnsOf(const clang::FunctionDecl *Function);

} // namespace torchtidy

#endif
