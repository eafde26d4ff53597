#include "model/torch/Operations.h"
#include "model/syntax/Callee.h"
#include "model/torch/Types.h"
#include "llvm/ADT/StringMap.h"

using namespace clang;

namespace torchtidy {

namespace {

struct Entry {
  llvm::StringLiteral Name;
  ResultKind Gives;
  uint16_t Traits;
};

constexpr Entry Entries[] = {
    {"", ResultKind::Nothing, NoTraits},
#define OPERATION(Name, Gives, Traits) {#Name, ResultKind::Gives, Traits},
#include "model/torch/Operations.def"
#define MEMBER(Name, Gives, Traits) {#Name, ResultKind::Gives, Traits},
#include "model/torch/OperationTraits.def"
};

struct Correction {
  Op Name;
  ResultKind Gives;
  uint16_t Traits;
};

constexpr Correction Corrections[] = {
#define CORRECTED(Name, Gives, Traits) {Op::Name, ResultKind::Gives, Traits},
#include "model/torch/OperationTraits.def"
};

class OperationTable {
public:
  OperationTable() {
    for (unsigned I = 1; I < std::size(Entries); ++I) {
      Operation &Known = Table[Entries[I].Name];
      Known.Name = Op(I);
      Known.Gives = Entries[I].Gives;
      Known.Traits = Entries[I].Traits;
      Known.IsKnown = true;
    }
    for (const Correction &C : Corrections) {
      Operation &Known = Table[Entries[unsigned(C.Name)].Name];
      Known.Gives = C.Gives;
      Known.Traits |= C.Traits;
    }
    for (auto &Item : Table) {
      uint16_t &Traits = Item.second.Traits;
      if (Traits & SetsProperty)
        Traits &= ~(InPlace | Writes);
      if (Traits & KeepsValues)
        Traits &= ~Writes;
    }
  }

  Operation find(llvm::StringRef Name) const { return Table.lookup(Name); }

private:
  llvm::StringMap<Operation> Table;
};

const OperationTable &table() {
  static const OperationTable Table;
  return Table;
}

} // namespace

Operation operationNamed(llvm::StringRef Name) {
  Name.consume_back("_symint"); // the same with symbolic sizes
  Operation Found = table().find(Name);
  if (Found)
    return Found;
  if (Name.consume_back("_out") || Name.consume_back("_outf")) {
    Found = table().find(Name);
    Found.IsOut = true;
    Found.Gives = ResultKind::Self;
    Found.Traits = InPlace | Writes;
    Found.IsKnown = true;
  } else if (Name.ends_with("_") && !Name.ends_with("__")) {
    Found.Gives = ResultKind::Self;
    Found.Traits = InPlace | Writes;
    Found.IsKnown = true;
  }
  return Found;
}

Operation operationOf(const CallExpr *Call) {
  llvm::StringRef Name = calleeName(Call);
  if (Name.empty() || !isLibTorchDecl(calleeOf(Call)))
    return {};
  // torch::linalg::inv is listed as linalg_inv.
  if (const auto *Space = dyn_cast<NamespaceDecl>(calleeOf(Call)->getDeclContext());
      Space && isa<NamespaceDecl>(Space->getParent()))
    if (Operation Found = table().find((nameOf(Space) + "_" + Name).str()))
      return Found;
  return operationNamed(Name);
}

llvm::StringRef nameOf(Op Name) { return Entries[unsigned(Name)].Name; }

bool copiesInto(const CXXOperatorCallExpr *Assign) {
  if (!asOperator(Assign, OO_Equal))
    return false;
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Assign->getDirectCallee());
  return Method && Method->getRefQualifier() == RQ_RValue && isLibTorchDecl(Method);
}

} // namespace torchtidy
