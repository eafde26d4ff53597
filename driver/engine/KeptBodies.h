// The function bodies of LibTorch's headers that the shared header keeps, though it leaves out the
// others.
#pragma once

#include "model/torch/Names.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/DeclTemplate.h"

namespace torchtidy {

// What takes a hook is a template whose body is the first to call it: without that body the call
// operator of
// `[](auto gradient) {…}` is never instantiated (from LibTorch 2.14 on; before, the return type did
// it).
class KeptBodies : public clang::ASTConsumer {
  bool shouldSkipFunctionBody(clang::Decl *D) override {
    const auto *Template = llvm::dyn_cast<clang::FunctionTemplateDecl>(D);
    const auto *Function = Template ? Template->getTemplatedDecl() : D->getAsFunction();
    return !Function || !Function->getDescribedFunctionTemplate() ||
           !Function->getDeclName().isIdentifier() || !isHookFunction(Function->getName());
  }
};

} // namespace torchtidy
