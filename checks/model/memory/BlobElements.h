// What lies in the memory that from_blob is given, beside what it is told lies there.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_BLOBELEMENTS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_BLOBELEMENTS_H

#include "model/facts/ProjectIndex.h"
#include "model/memory/Amount.h"
#include <optional>

namespace torchtidy {

/// The memory that a pointer shows, as the code gives it a type before any cast.
struct BlobMemory {
  /// `double` of `(float *)doubles.data()`; arrays are taken apart to their elements.
  clang::QualType Element;
  /// The expression that shows it: `doubles.data()`.
  const clang::Expr *Shown = nullptr;
  /// The variable whose memory it is, where it is one that holds all of it.
  const clang::ValueDecl *Owner = nullptr;
  /// A cast to a pointer to other than void or bytes: the code means to reinterpret.
  bool IsReinterpreted = false;
  /// `+ 5`, in bytes from the beginning of the owner's memory; nothing where it is not constant.
  std::optional<int64_t> Offset;
  /// Bytes that the owner has, where constants or unwritten variables say so.
  std::optional<Amount> Bytes;
  /// `rows` of `rows[0].data()`: a container of containers.
  const clang::ValueDecl *Rows = nullptr;
};
BlobMemory blobMemory(const clang::Expr *Pointer, const ProjectIndex &Index,
                      const clang::ASTContext &Context);

/// The dtype that from_blob gives its tensor, a value of ScalarType, by default float; nothing
/// where it is no constant. Sets \p IsDefault where the call does not name one.
std::optional<int64_t> blobDType(const clang::CallExpr *Blob, const clang::ASTContext &Context,
                                 bool *IsDefault = nullptr);

/// How the elements of a dtype, or of a C++ type, lie in memory.
struct ElementKind {
  enum What { Integer, Floating, Complex } Is = Integer;
  int64_t Size = 0;
};
std::optional<ElementKind> elementKind(int64_t DType);
std::optional<ElementKind> elementKind(clang::QualType Type, const clang::ASTContext &Context);
/// "kDouble"; empty where no dtype of all versions is the type's own.
llvm::StringRef dtypeFor(clang::QualType Type, const clang::ASTContext &Context);

/// The product of the sizes that from_blob is given.
std::optional<Amount> blobCount(const clang::CallExpr *Blob, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
