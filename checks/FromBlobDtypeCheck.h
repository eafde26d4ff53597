#ifndef TORCHTIDY_CHECKS_FROMBLOBDTYPECHECK_H
#define TORCHTIDY_CHECKS_FROMBLOBDTYPECHECK_H

#include "FunctionCheck.h"
#include "model/memory/BlobElements.h"

namespace torchtidy {

/// torch-from-blob-dtype: see rules/from-blob-dtype/rule.md.
class FromBlobDtypeCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  bool checkRows(const clang::CallExpr *Call, const BlobMemory &Memory);
  void checkElements(const clang::CallExpr *Call, const BlobMemory &Memory,
                     clang::ASTContext &Context);
  bool checkImage(const clang::CallExpr *Call, BlobMemory Memory, const ElementKind &Told,
                  bool IsDefault, clang::ASTContext &Context);
  void report(const clang::CallExpr *Call, const BlobMemory &Memory, const ElementKind &Is,
              const ElementKind &Told, bool IsDefault, clang::ASTContext &Context);
  void checkBytes(const clang::CallExpr *Call, const BlobMemory &Memory, const ElementKind &Told,
                  bool IsDefault, clang::ASTContext &Context);
  void noteFix(const clang::CallExpr *Call, const BlobMemory &Memory, bool IsDefault,
               clang::ASTContext &Context);
  static std::string text(const BlobMemory &Memory, const clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
