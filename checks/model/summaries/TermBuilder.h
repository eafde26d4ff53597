// From statements and expressions of one function to terms.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_TERMBUILDER_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_TERMBUILDER_H

#include "model/Clang.h"
#include "model/summaries/Summary.h"

namespace torchtidy {

/// The USR under which \p D is found from another unit; empty where it has none.
std::string usrOf(const clang::Decl *D);

/// How deeply code may be nested.
inline constexpr unsigned MaxCodeDepth = 120;
/// Of code that is nested more deeply.
Term tooDeep();

/// It can be left out where its value is not asked for.
bool isInert(const Term &T);

/// For an argument that may be given another value: its own value is that of \p Value.
Term byReference(Term Value);

/// `Conv2dOptions`, not TensorOptions.
bool isTorchOptions(const clang::CXXRecordDecl *Record);

enum class ReachKind; // TermBuilderEscapes.cpp

class TermBuilder {
public:
  /// Functions and classes that a term names are given to the two.
  TermBuilder(const clang::ASTContext &Context,
              llvm::function_ref<void(const clang::FunctionDecl *)> OnCall,
              llvm::function_ref<void(const clang::CXXRecordDecl *)> OnClass)
      : Context(Context), OnCall(OnCall), OnClass(OnClass) {}

  SummaryParameter parameter(const clang::ParmVarDecl *P);
  Term statement(const clang::Stmt *S);
  /// Of a function or lambda: a `goto` may run any part of it again, or not at all.
  Term body(const clang::Stmt *Body);
  Term expression(const clang::Expr *E);

  /// What a constructor does before its body; without \p Constructor that of the compiler.
  void initialise(const clang::CXXRecordDecl *Class, const clang::CXXConstructorDecl *Constructor,
                  std::vector<Term> &Into);

private:
  Term unknown(const clang::Expr *E);
  /// A part of a string: numbers of character types stand for characters.
  Term textPart(const clang::Expr *E);
  Term movedPointer(const clang::Expr *E, std::vector<Term> Operands);
  Term leadsInto(const clang::Expr *E, const clang::Expr *Object);
  Term captured(const clang::LambdaExpr *E);
  Term swapped(const clang::Expr *A, const clang::Expr *B);
  std::optional<Term> algorithm(const clang::CallExpr *E, llvm::StringRef Name);
  void reach(const clang::Expr *Argument, ReachKind How, Term &Into);
  void reachedBy(const clang::CallExpr *Call, Term &Into);
  std::vector<Term> argumentsFor(llvm::ArrayRef<const clang::Expr *> Given,
                                 const clang::FunctionDecl *Callee);
  Term binding(const clang::BindingDecl *Binding);
  Term moduleCall(const clang::CXXMemberCallExpr *E, const clang::CXXMethodDecl *Method);
  std::optional<Term> valueCall(const clang::CXXMemberCallExpr *E,
                                const clang::CXXMethodDecl *Method);
  Term emplaced(clang::QualType Type, llvm::ArrayRef<const clang::Expr *> Given, unsigned Line);
  Term castTo(clang::QualType Type, Term Value);
  Term name(const clang::ValueDecl *D);
  Term let(const clang::VarDecl *V, Term Value);
  Term defaultOf(clang::QualType Type, unsigned Line);
  Term base(const clang::CXXRecordDecl *Base, const clang::Expr *Init, unsigned Line);
  Term conversion(const clang::CastExpr *Cast);
  Term reference(const clang::DeclRefExpr *Ref);
  Term unary(const clang::UnaryOperator *E);
  Term binary(const clang::BinaryOperator *E);
  Term construction(const clang::CXXConstructExpr *E);
  Term moduleBuilt(const clang::CXXRecordDecl *Module, llvm::ArrayRef<const clang::Expr *> Args,
                   const clang::CXXConstructorDecl *Known, unsigned Line);
  Term list(const clang::InitListExpr *E);
  Term call(const clang::CallExpr *E);
  Term operatorCall(const clang::CXXOperatorCallExpr *E);
  Term memberCall(const clang::CXXMemberCallExpr *E);
  Term libraryCall(const clang::CallExpr *E);
  Term standardCall(const clang::CallExpr *E, llvm::StringRef Name);
  Term projectCall(const clang::CallExpr *E, const clang::FunctionDecl *Callee);
  Term lambda(const clang::LambdaExpr *E);
  Term switchOf(const clang::SwitchStmt *S);
  Term doLoop(const clang::DoStmt *S);
  Term condition(const clang::VarDecl *Variable, const clang::Expr *Condition);
  Term forRange(const clang::CXXForRangeStmt *S);
  std::vector<Term> expressions(llvm::ArrayRef<const clang::Expr *> List);
  unsigned lineOf(const clang::Stmt *S) const;
  // Of a declaration, or of what needs a name of its own.
  int64_t idOf(const clang::Decl *D) { return idOf(static_cast<const void *>(D)); }
  int64_t idOf(const clang::Stmt *S) { return idOf(static_cast<const void *>(S)); }
  int64_t idOf(const void *Key) { return Ids.try_emplace(Key, Ids.size() + 1).first->second; }

  const clang::ASTContext &Context;
  llvm::function_ref<void(const clang::FunctionDecl *)> OnCall;
  llvm::function_ref<void(const clang::CXXRecordDecl *)> OnClass;
  llvm::DenseMap<const void *, int64_t> Ids;
  unsigned Depth = 0;
};

} // namespace torchtidy

#endif
