// The one place in driver/ that may look at LLVM_VERSION_MAJOR: what differs between LLVM 19 and
// later, behind functions with one meaning.
#ifndef TORCHTIDY_DRIVER_SUPPORT_LLVMCOMPAT_H
#define TORCHTIDY_DRIVER_SUPPORT_LLVMCOMPAT_H

#include "clang-tidy/ClangTidy.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Serialization/ASTWriter.h"
#include "clang/Serialization/InMemoryModuleCache.h"
#include "llvm/ADT/FunctionExtras.h"
#include "llvm/Config/llvm-config.h"
#if LLVM_VERSION_MAJOR >= 22
#include "clang/Driver/CreateInvocationFromArgs.h"
#else
#include "clang/Frontend/Utils.h"
#endif
#include "llvm/Support/VirtualFileSystem.h"
#include <memory>

namespace torchtidy::compat {

inline constexpr unsigned LLVMMajor = LLVM_VERSION_MAJOR;

using FileSystemPtr = llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>;

// A diagnostics engine with options of its own; Client stays the caller's.
struct Diagnostics {
  explicit Diagnostics(clang::DiagnosticConsumer *Client);

#if LLVM_VERSION_MAJOR >= 21
  std::unique_ptr<clang::DiagnosticOptions> Options;
#else
  llvm::IntrusiveRefCntPtr<clang::DiagnosticOptions> Options;
#endif
  llvm::IntrusiveRefCntPtr<clang::DiagnosticsEngine> Engine;
};

inline Diagnostics::Diagnostics(clang::DiagnosticConsumer *Client)
    : Options(new clang::DiagnosticOptions) {
#if LLVM_VERSION_MAJOR >= 21
  Engine = llvm::makeIntrusiveRefCnt<clang::DiagnosticsEngine>(
      clang::DiagnosticIDs::create(), *Options, Client, /*ShouldOwnClient=*/false);
#else
  Engine = llvm::makeIntrusiveRefCnt<clang::DiagnosticsEngine>(new clang::DiagnosticIDs, Options,
                                                               Client, /*ShouldOwnClient=*/false);
#endif
}

// The group of a warning, `c++11-narrowing`, also where it is an error by default or by -Werror;
// empty for what clang cannot read.
inline llvm::StringRef warningGroupOf(const clang::Diagnostic &Info) {
#if LLVM_VERSION_MAJOR >= 21
  clang::DiagnosticIDs &IDs = *Info.getDiags()->getDiagnosticIDs();
  return IDs.isWarningOrExtension(Info.getID()) ? IDs.getWarningOptionForDiag(Info.getID()) : "";
#else
  using IDs = clang::DiagnosticIDs;
  return IDs::isBuiltinWarningOrExtension(Info.getID()) ? IDs::getWarningOptionForDiag(Info.getID())
                                                        : "";
#endif
}

// A context through which checks report to Diags.
inline void setDiagnosticsEngine(clang::tidy::ClangTidyContext &Context, Diagnostics &Diags) {
#if LLVM_VERSION_MAJOR >= 21
  Context.setDiagnosticsEngine(std::make_unique<clang::DiagnosticOptions>(*Diags.Options),
                               Diags.Engine.get());
#else
  Context.setDiagnosticsEngine(Diags.Engine.get());
#endif
}

// A compiler ready to execute an action; Client stays the caller's.
inline std::unique_ptr<clang::CompilerInstance>
makeCompiler(std::shared_ptr<clang::CompilerInvocation> Invocation, FileSystemPtr FS,
             clang::DiagnosticConsumer *Client) {
#if LLVM_VERSION_MAJOR >= 22
  auto Compiler = std::make_unique<clang::CompilerInstance>(std::move(Invocation));
  Compiler->setVirtualFileSystem(std::move(FS));
  Compiler->createDiagnostics(Client, /*ShouldOwnClient=*/false);
  Compiler->createFileManager();
  Compiler->createSourceManager();
#else
  auto Compiler = std::make_unique<clang::CompilerInstance>();
  Compiler->setInvocation(std::move(Invocation));
  Compiler->createDiagnostics(Client, /*ShouldOwnClient=*/false);
  Compiler->createFileManager(FS);
  Compiler->createSourceManager(Compiler->getFileManager());
#endif
  return Compiler;
}

// Puts the precompiled header of what CI parses into Buffer; File is where it is going to be.
inline std::unique_ptr<clang::ASTConsumer>
makePCHGenerator(clang::CompilerInstance &CI, llvm::StringRef File,
                 std::shared_ptr<clang::PCHBuffer> Buffer) {
  return std::make_unique<clang::PCHGenerator>(
      CI.getPreprocessor(), CI.getModuleCache(), File, /*isysroot=*/"", std::move(Buffer),
#if LLVM_VERSION_MAJOR >= 21
      CI.getCodeGenOpts(),
#endif
      CI.getFrontendOpts().ModuleFileExtensions, /*AllowASTWithErrors=*/false,
      bool(CI.getFrontendOpts().IncludeTimestamps));
}

// What holds the bytes of the precompiled headers that a compiler has read.
inline std::shared_ptr<void> moduleCacheOf(const clang::CompilerInstance &CI) {
#if LLVM_VERSION_MAJOR >= 22
  return CI.getModuleCachePtr();
#else
  llvm::IntrusiveRefCntPtr<clang::InMemoryModuleCache> Cache(&CI.getModuleCache());
  return std::make_shared<llvm::IntrusiveRefCntPtr<clang::InMemoryModuleCache>>(std::move(Cache));
#endif
}

// How PrecompiledPreamble::Build takes its diagnostics, and its name in object files.
#if LLVM_VERSION_MAJOR >= 22
using DiagnosticsArgument = llvm::IntrusiveRefCntPtr<clang::DiagnosticsEngine>;
#define TORCHTIDY_PRECOMPILED_PREAMBLE_BUILD                                                       \
  "_ZN5clang19PrecompiledPreamble5BuildERKNS_18CompilerInvocationEPKN4llvm12MemoryBufferENS_"      \
  "14Prea"                                                                                         \
  "mbleBoundsENS4_18IntrusiveRefCntPtrINS_17DiagnosticsEngineEEENS9_INS4_"                         \
  "3vfs10FileSystemEEESt10sh"                                                                      \
  "ared_ptrINS_22PCHContainerOperationsEEbNS4_9StringRefERNS_17PreambleCallbacksE"
#else
using DiagnosticsArgument = clang::DiagnosticsEngine &;
#define TORCHTIDY_PRECOMPILED_PREAMBLE_BUILD                                                       \
  "_ZN5clang19PrecompiledPreamble5BuildERKNS_18CompilerInvocationEPKN4llvm12MemoryBufferENS_"      \
  "14Prea"                                                                                         \
  "mbleBoundsERNS_17DiagnosticsEngineENS4_18IntrusiveRefCntPtrINS4_3vfs10FileSystemEEESt10shared_" \
  "ptrINS_22PCHContainerOperationsEEbNS4_9StringRefERNS_17PreambleCallbacksE"
#endif

inline std::vector<std::string> enabledChecks(const clang::tidy::ClangTidyOptions &Options) {
#if LLVM_VERSION_MAJOR >= 22
  return clang::tidy::getCheckNames(Options, /*AllowEnablingAnalyzerAlphaCheckers=*/false,
                                    /*ExperimentalCustomChecks=*/false);
#else
  return clang::tidy::getCheckNames(Options, /*AllowEnablingAnalyzerAlphaCheckers=*/false);
#endif
}

// What clangd's functions return that edit the options of a file; clangd's own headers are not
// installed.
#if LLVM_VERSION_MAJOR >= 22
using ClangdTidyProvider =
    llvm::unique_function<void(clang::tidy::ClangTidyOptions &, llvm::StringRef) const>;
#else
using ClangdTidyProvider =
    llvm::function_ref<void(clang::tidy::ClangTidyOptions &, llvm::StringRef)>;
#endif

} // namespace torchtidy::compat

#endif
