// What a translation unit writes to archives and reads from them: by the path, where it is spelled
// out, or by the stream.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_ARCHIVES_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_ARCHIVES_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// A call that writes or reads an archive.
struct ArchiveUse {
  enum Kind { Save, Load, ScriptSave, ScriptLoad } Is = Save;
  const clang::CallExpr *Call = nullptr;
  const clang::FunctionDecl *In = nullptr; // the function that spells it, out of lambdas
  const clang::Expr *Value = nullptr;      // what is written or read; null: not seen
  const clang::Expr *Place = nullptr;      // the path or stream
};
/// `torch::save(net, "net.pt")`, `torch::load(net, stream)`, `script.save(path)`,
/// `torch::jit::load(path)`, `archive.save_to(path)`.
std::optional<ArchiveUse> asArchiveUse(const clang::Stmt *S);

/// What an archive holds, as far as its reader must know.
enum class ArchiveContent { Unknown, Tensor, Tensors, Optimizer, Module };

/// A read that cannot find what it looks for.
struct ArchiveMismatch {
  enum Kind {
    Name,    // the class that was written registers no Missing
    Content, // of another kind: a tensor, a module, an optimizer
    NoCode,  // a script module that Run runs, of what torch::save() wrote
  } Is = Name;
  ArchiveUse Read, Written;
  std::string Missing;
  const clang::CXXRecordDecl *Writer = nullptr; // for Name
  const clang::Expr *Run = nullptr;
  ArchiveContent Holds = ArchiveContent::Unknown, Wants = ArchiveContent::Unknown;
};

class Archives {
public:
  Archives(ModuleModel &Model, const ProjectIndex &Index);

  /// What \p Read finds instead, when everything that the code in view writes under that path is
  /// wrong for it.
  std::optional<ArchiveMismatch> mismatch(const ArchiveUse &Read) const;

private:
  std::optional<ArchiveMismatch> mismatch(const ArchiveUse &Read, const ArchiveUse &Written) const;
  std::optional<ArchiveMismatch> unrunnable(const ArchiveUse &Read) const;

  ModuleModel &Model;
  const ProjectIndex &Index;
  std::vector<std::pair<std::string, ArchiveUse>> Uses; // with the path
};

/// Two archives that are written to one stream, with nothing between that empties, rewinds or
/// frames it.
struct ArchiveInStream {
  const clang::CallExpr *First = nullptr, *Second = nullptr; // the same in a loop
  const clang::ValueDecl *Stream = nullptr;
};
/// One for each stream of \p Function.
llvm::SmallVector<ArchiveInStream, 1> archivesInOneStream(const clang::FunctionDecl *Function,
                                                          ControlFlowGraphs &Graphs);

} // namespace torchtidy

#endif
