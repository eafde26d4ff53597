// What LibTorch's types mean: which classes are Modules, which types hold one, which members of a
// class are modules, tensors or containers of them. Everything here is a pure function of the AST.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_TYPES_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_TYPES_H

#include "model/syntax/Enclosing.h"
#include "model/syntax/Names.h"
#include "model/syntax/Places.h"

namespace torchtidy {

/// How a type takes part in the module contract.
enum class TypeKind {
  Other,
  Tensor,    // at::Tensor and what derives from it
  Holder,    // ModuleHolder<Impl> and what derives from it (TORCH_MODULE)
  SharedPtr, // std::shared_ptr<Impl>
  UniquePtr, // std::unique_ptr<Impl>
  RawPtr,    // Impl *
  Impl,      // a Module by value
  AnyModule, // torch::nn::AnyModule
  Container, // standard container, optional, variant, tuple, pair, C array or plain struct that
             // holds any of the above
};

/// A type taken apart.
struct TypeInfo {
  TypeKind Kind = TypeKind::Other;
  /// The Module class for Holder, SharedPtr, UniquePtr, RawPtr and Impl.
  const clang::CXXRecordDecl *Module = nullptr;
  /// Containers: the element type that takes part (the first one of a tuple, struct or variant that
  /// does).
  clang::QualType Element;
  /// Containers: some element, at any depth, is a module / a tensor.
  bool HoldsModules = false;
  bool HoldsTensors = false;

  bool isModule() const {
    return Kind == TypeKind::Holder || Kind == TypeKind::SharedPtr || Kind == TypeKind::UniquePtr ||
           Kind == TypeKind::RawPtr || Kind == TypeKind::Impl || Kind == TypeKind::AnyModule;
  }
  bool isTensor() const { return Kind == TypeKind::Tensor; }
  /// What register_module takes.
  bool isRegistrable() const { return Kind == TypeKind::Holder || Kind == TypeKind::SharedPtr; }
};

/// True for torch::nn::Module and every class derived from it, also through Cloneable<T> and
/// dependent-free instantiations. False for torch::jit::Module, incomplete classes and classes with
/// dependent bases only.
bool isModuleClass(const clang::CXXRecordDecl *Record);

/// Takes \p Type apart; references and cv-qualifiers are looked through. Never instantiates
/// anything.
TypeInfo classifyType(clang::QualType Type);

inline bool isTensorType(clang::QualType Type) { return classifyType(Type).isTensor(); }
/// A tensor, or what holds some: a list, a tuple, an optional.
inline bool holdsTensors(clang::QualType Type) {
  TypeInfo Info = classifyType(Type);
  return Info.isTensor() || Info.HoldsTensors;
}

/// TensorOptions, or a reference to it.
bool isTensorOptions(clang::QualType Type);
/// c10::Device, a reference to it, or an optional one.
bool isDevice(clang::QualType Type);

/// \p Record is an optimizer of LibTorch, or derives from one.
bool isOptimizer(const clang::CXXRecordDecl *Record);
/// The same of what \p Type refers to, points to or holds by an owner of std.
bool isOptimizer(clang::QualType Type);

/// The Impl that \p Type refers to (holder, smart pointer, pointer, reference, Impl itself), else
/// null.
const clang::CXXRecordDecl *moduleOf(clang::QualType Type);

/// The library's name of the nearest ancestor of \p Record (itself included) that LibTorch declares
/// in torch::nn, without "Impl": "Linear", "Dropout2d", "Sequential"; empty when the class derives
/// from Module or Cloneable alone.
llvm::StringRef libraryModuleName(const clang::CXXRecordDecl *Record);

/// True when the declaration stands in one of LibTorch's own namespaces (torch, at, c10).
bool isLibTorchDecl(const clang::Decl *D);

/// \p Record is, or derives from, the class of that fully qualified name.
bool derivesFrom(const clang::CXXRecordDecl *Record, llvm::StringRef QualifiedName);

} // namespace torchtidy

#endif
