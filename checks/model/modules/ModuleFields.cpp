#include "model/modules/ModuleFields.h"

using namespace clang;

namespace torchtidy {

static void addModuleFields(const CXXRecordDecl *Record, unsigned Depth,
                            llvm::SmallVectorImpl<const FieldDecl *> &Fields) {
  for (const FieldDecl *Field : Record->fields()) {
    TypeInfo Info = classifyType(Field->getType());
    const CXXRecordDecl *Inner = Field->getType()->getAsCXXRecordDecl();
    if (Field->getType()->isReferenceType())
      continue;
    if (Info.Kind == TypeKind::Holder || Info.Kind == TypeKind::SharedPtr ||
        Info.Kind == TypeKind::UniquePtr || Info.Kind == TypeKind::AnyModule ||
        Info.Kind == TypeKind::Impl)
      Fields.push_back(Field);
    else if (Info.Kind == TypeKind::Container && Info.HoldsModules && Inner) {
      if (isNamed(Inner, "c10::optional") || isNamed(Inner, "std::optional"))
        Fields.push_back(Field);
      else if (!Inner->isInStdNamespace() && Depth < 3 && Inner->hasDefinition())
        addModuleFields(Inner->getDefinition(), Depth + 1, Fields);
    }
  }
}

llvm::SmallVector<const FieldDecl *, 8> moduleFields(const CXXRecordDecl *Class) {
  llvm::SmallVector<const FieldDecl *, 8> Fields;
  addModuleFields(Class, 0, Fields);
  return Fields;
}

} // namespace torchtidy
