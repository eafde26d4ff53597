// Is `layer->bias` a tensor or an undefined handle? What is provable from the constructions in
// view, and which checks hold on every path that leads to a use.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_DEFINEDNESS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_DEFINEDNESS_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/PathGuards.h"
#include "model/tensors/TensorUses.h"

namespace torchtidy {

/// An access to a tensor of a library module that one of the module's options leaves undefined:
/// `fc->bias`, a norm's `weight`, a local alias of one of them, or `*p` where p came from
/// `named_parameters().find("bias")`.
struct OptionalTensor {
  const clang::Expr *Access = nullptr;
  const clang::Expr *Module = nullptr;  // 'fc'; null for find("bias")
  const clang::Expr *Pointer = nullptr; // 'p' of '*p'
  const clang::CXXRecordDecl *Record = nullptr;
  llvm::StringRef Library; // "Linear", "BatchNorm2d"; empty for find("bias")
  llvm::StringRef Slot;    // "bias", "weight"
  llvm::StringRef Option;  // "bias", "affine", "elementwise_affine"
  bool Default = true;     // the option's default
};

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
};

class Definedness {
public:
  explicit Definedness(clang::ASTContext &Context);

  const ProjectIndex &index() const { return Index; }
  PathGuards &guards() { return Guards; }

  /// \p E taken as an access to an optional tensor, else nothing.
  std::optional<OptionalTensor> accessOf(const clang::Expr *E) const;

  /// The verdict on a use of \p Access by the statement \p Use in the innermost of \p Frames.
  /// Built::Defined also stands for "checked on every path".
  Verdict judge(const OptionalTensor &Access, const clang::Stmt *Use,
                llvm::ArrayRef<BodyFrame> Frames);

private:
  using Bindings = llvm::DenseMap<const clang::ParmVarDecl *, const clang::Expr *>;
  Verdict evalModule(const clang::Expr *E, const OptionalTensor &Access, const Bindings &Bound,
                     unsigned Depth);
  Verdict evalArguments(llvm::ArrayRef<const clang::Expr *> Arguments, const clang::Expr *Whole,
                        const OptionalTensor &Access, const Bindings &Bound, unsigned Depth);
  Verdict evalOptions(const clang::Expr *E, const OptionalTensor &Access, const Bindings &Bound,
                      unsigned Depth);
  Verdict evalFlag(const clang::Expr *E, const Bindings &Bound, unsigned Depth);
  Verdict evalCallee(const clang::CallExpr *Call, const OptionalTensor &Access,
                     const Bindings &Bound, bool Module, unsigned Depth);
  Verdict evalValues(const clang::ValueDecl *D, const OptionalTensor &Access, unsigned Depth);
  Verdict joinModules(llvm::ArrayRef<const clang::Expr *> Values, const OptionalTensor &Access,
                      unsigned Depth);
  Verdict origin(const clang::Expr *E, const OptionalTensor &Access, unsigned Depth);
  Verdict originOfParameter(const clang::ParmVarDecl *Param, const OptionalTensor &Access,
                            unsigned Depth);
  Verdict builtInside(const clang::CXXRecordDecl *Class, const OptionalTensor &Access,
                      const clang::Expr *From);
  Verdict elements(const clang::Expr *Container, const OptionalTensor &Access, unsigned Depth);
  bool isGuard(const clang::Expr *Condition, bool Polarity, const OptionalTensor &Access,
               const std::string &ModuleKey, const std::string &SlotKey, const clang::Expr *Flag);

  clang::ASTContext &Context;
  ProjectIndex Index;
  PathGuards Guards;
};

} // namespace torchtidy

#endif
