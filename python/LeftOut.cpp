// What clangd and LLVM call of libraries that the wheel does without: gRPC, for clangd's remote
// index, and the Z3 solver, for an option of clang's analyzer that nobody here can set.
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/SMTAPI.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace clang::clangd {
class SymbolIndex {
public:
  virtual ~SymbolIndex() = default;
};
namespace remote {
std::unique_ptr<SymbolIndex> getClient(llvm::StringRef, llvm::StringRef) {
  llvm::errs() << "torch-clangd: a remote index needs a clangd with gRPC; it is ignored\n";
  return nullptr;
}
} // namespace remote
} // namespace clang::clangd

namespace llvm {
SMTSolverRef CreateZ3Solver() { report_fatal_error("LLVM was built without Z3 support", false); }
LLVM_DUMP_METHOD void SMTSort::dump() const { print(errs()); }
LLVM_DUMP_METHOD void SMTExpr::dump() const { print(errs()); }
LLVM_DUMP_METHOD void SMTSolver::dump() const { print(errs()); }
} // namespace llvm
