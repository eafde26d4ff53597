#include "TorchTidyModule.h"
#include "RuleHeaders.inc"
#include "model/Clang.h"

namespace torchtidy {

namespace {
class TorchTidyModule : public clang::tidy::ClangTidyModule {
public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories &Factories) override {
#define RULE(Slug, Name) Factories.registerCheck<Name##Check>("torch-" Slug);
#include "Rules.def"
#undef RULE
  }
};

clang::tidy::ClangTidyModuleRegistry::Add<TorchTidyModule>
    Registration("torch-module", "Checks for LibTorch's C++ module contract.");
} // namespace

volatile int TorchTidyModuleAnchor = 0;

} // namespace torchtidy
