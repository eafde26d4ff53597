#include "model/modules/Stake.h"

using namespace clang;

namespace torchtidy {

namespace {

Stake worst(Stake A, Stake B) { return std::min(A, B); }

constexpr unsigned MaxStakeDepth = 4;

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs,
              unsigned Depth);

Stake stakeOfClass(const CXXRecordDecl *Module, const Registrations &Regs, unsigned Depth) {
  if (!Module || !Module->hasDefinition() || Depth > MaxStakeDepth)
    return Stake::Parameters;
  Module = Module->getDefinition();
  Stake Lost = infoOf(layerOf(Module)).Lost;
  if (isLibTorchDecl(Module) || (!libraryModuleName(Module).empty() && Lost != Stake::Nothing))
    return Lost;
  // A class of the project has at stake what its members have.
  Stake Result = Stake::Nothing;
  for (const FieldDecl *Field : Module->fields()) {
    if (Result == Stake::Parameters)
      break;
    TypeInfo Info = classifyType(Field->getType());
    if (Info.isTensor())
      Result = worst(Result, Stake::Parameters);
    else if (Info.Kind == TypeKind::Container)
      Result = worst(Result, Stake::Parameters);
    else if (Info.isModule() && Info.Kind != TypeKind::RawPtr) {
      Stake Member = Stake::Parameters;
      bool Known = false;
      for (const Registrations::Store &Store : Regs.stores(Field))
        if (const Expr *Built = Regs.construction(Store)) {
          Stake One = stakeOf(Info.Module, Built, Regs, Depth + 1);
          Member = Known ? worst(Member, One) : One;
          Known = true;
        }
      Result = worst(Result, Known ? Member : stakeOfClass(Info.Module, Regs, Depth + 1));
    }
  }
  return Result;
}

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs,
              unsigned Depth) {
  if (!isContainerLayer(layerOf(Module)) || !Construction || Depth > MaxStakeDepth)
    return stakeOfClass(Module, Regs, Depth);
  // A container has at stake what is put into it in view.
  Stake Result = Stake::Nothing;
  auto Children = Regs.children(Construction);
  for (const Registrations::Store &Child : Children) {
    const CXXRecordDecl *ChildModule = moduleOf(Child.Value->getType());
    const Expr *Built = Regs.construction(Child);
    if (Built == Construction)
      continue;
    Result = worst(Result,
                   ChildModule ? stakeOf(ChildModule, Built, Regs, Depth + 1) : Stake::Parameters);
    if (Result == Stake::Parameters)
      break;
  }
  return Children.empty() ? Stake::Parameters : Result;
}

} // namespace

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs) {
  return stakeOf(Module, Construction, Regs, 0);
}

} // namespace torchtidy
