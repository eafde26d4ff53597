// What the constructions in view say about an option of a module: is `fc` built with a bias?
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_BUILTOPTIONS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_BUILTOPTIONS_H

#include "model/facts/Registrations.h"
#include "model/tensors/OptionalTensors.h"

namespace torchtidy {

/// What the code in view says about the option at a module's construction.
enum class Built {
  Defined,   // provably with the tensor
  Undefined, // provably without
  Flag,      // as a condition in view decides
  Caller,    // as options that the caller hands in decide
  Any,       // any module of that type can come here (generic callback, loop over modules())
  Unknown,   // built where this translation unit cannot see
};

struct Verdict {
  Built State = Built::Unknown;
  /// The construction or option that the verdict relies on.
  const clang::Expr *Evidence = nullptr;
  /// The condition of Built::Flag.
  const clang::Expr *Flag = nullptr;
  /// The construction is one of several whose modules come to the use.
  bool IsOneOfMany = false;
};

/// The more harmful of two; what cannot be seen is no proof of harm, but spoils proof of none.
Verdict worse(const Verdict &A, const Verdict &B);

class BuiltOptions {
public:
  BuiltOptions(clang::ASTContext &Context, const ProjectIndex &Index, const Registrations &Regs)
      : Context(Context), Index(Index), Regs(Regs) {}

  /// The module that the expression \p E names in \p UsedIn, by all that is ever stored there: what
  /// another function stores and overwrites at once is not.
  Verdict ofModule(const clang::Expr *E, const OptionalTensor &Access,
                   const clang::FunctionDecl *UsedIn) {
    this->UsedIn = UsedIn;
    return builtFrom(E, Access, 0);
  }
  /// The class of the library's layer that \p E names: by its type, or as the element of a
  /// container that is filled in view; null otherwise.
  const clang::CXXRecordDecl *layerNamedBy(const clang::Expr *E);
  /// The module that the value \p E builds or hands on.
  Verdict ofValue(const clang::Expr *E, const OptionalTensor &Access) {
    return evalModule(E, Access, Bindings(), 0);
  }
  /// The modules that are ever stored in \p D.
  Verdict ofStored(const clang::ValueDecl *D, const OptionalTensor &Access) {
    return joinModules(Index.valuesOf(D), Access, 0);
  }

private:
  // Constructions.cpp: from a construction to its options, and to the flag that they are given.
  using Bindings = llvm::DenseMap<const clang::ParmVarDecl *, const clang::Expr *>;
  Verdict evalModule(const clang::Expr *E, const OptionalTensor &Access, const Bindings &Bound,
                     unsigned Depth);
  Verdict evalArguments(llvm::ArrayRef<const clang::Expr *> Arguments, const clang::Expr *Whole,
                        const OptionalTensor &Access, const Bindings &Bound, unsigned Depth);
  Verdict evalOptions(const clang::Expr *E, const OptionalTensor &Access, const Bindings &Bound,
                      unsigned Depth);
  Verdict evalNamedOptions(const clang::Expr *E, const OptionalTensor &Access,
                           const Bindings &Bound, unsigned Depth);
  Verdict evalFlag(const clang::Expr *E, const Bindings &Bound, unsigned Depth);
  Verdict evalCallee(const clang::CallExpr *Call, const OptionalTensor &Access,
                     const Bindings &Bound, bool Module, unsigned Depth);
  Verdict evalValues(const clang::ValueDecl *D, const OptionalTensor &Access, unsigned Depth);
  Verdict joinModules(llvm::ArrayRef<const clang::Expr *> Values, const OptionalTensor &Access,
                      unsigned Depth);

  // ModuleSources.cpp: from an expression to the constructions of what it may name.
  Verdict builtFrom(const clang::Expr *E, const OptionalTensor &Access, unsigned Depth);
  Verdict builtByCall(const clang::CallExpr *Call, const OptionalTensor &Access, unsigned Depth);
  Verdict builtInRange(const clang::Expr *Range, const OptionalTensor &Access, unsigned Depth);
  Verdict builtByCallers(const clang::ParmVarDecl *Param, const OptionalTensor &Access,
                         unsigned Depth);
  Verdict builtInside(const clang::CXXRecordDecl *Class, const OptionalTensor &Access,
                      const clang::Expr *From);
  Verdict elements(const clang::Expr *Container, const OptionalTensor &Access, unsigned Depth);

  // ModuleContents.cpp: what a module holds, as Sequential and apply() see it.
  Verdict contents(const clang::Expr *E, const OptionalTensor &Access, unsigned Depth);
  Verdict appliedTo(const clang::Expr *Call, const OptionalTensor &Access);
  bool isOverwritten(const clang::Expr *Value, const clang::ValueDecl *D);

  clang::ASTContext &Context;
  const ProjectIndex &Index;
  const Registrations &Regs;
  const clang::FunctionDecl *UsedIn = nullptr;
};

} // namespace torchtidy

#endif
