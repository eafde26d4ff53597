#include "model/memory/Storage.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Names.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

const CXXRecordDecl *recordOf(QualType Type) {
  return Type.isNull() ? nullptr : Type.getNonReferenceType()->getAsCXXRecordDecl();
}

bool isArrayRefClass(const CXXRecordDecl *Record) {
  return isLibTorchDecl(Record) &&
         llvm::is_contained({"ArrayRef", "OptionalArrayRef", "basic_string_view", "SymIntArrayRef",
                             "HeaderOnlyArrayRef"},
                            nameOf(Record));
}

Storage stdStorage(llvm::StringRef Name) {
  if (llvm::is_contained({"array", "pair", "tuple", "optional", "variant"}, Name))
    return Storage::Inline;
  if (llvm::is_contained({"vector", "basic_string", "unique_ptr", "valarray"}, Name))
    return Storage::Buffer;
  if (llvm::is_contained({"deque", "list", "forward_list", "map", "unordered_map", "set",
                          "unordered_set", "multimap", "unordered_multimap"},
                         Name))
    return Storage::Nodes;
  if (Name == "shared_ptr" || Name == "__shared_ptr")
    return Storage::Shared;
  if (Name == "span" || Name == "basic_string_view" || Name == "initializer_list" ||
      Name == "reference_wrapper")
    return Storage::View;
  return Storage::Other;
}

// `Matrix<float, 3, 1>`; -1 stands for a size that is known at run time.
bool hasFixedSize(const CXXRecordDecl *Record) {
  const auto *Matrix = dyn_cast<ClassTemplateSpecializationDecl>(Record);
  if (!Matrix || Matrix->getTemplateArgs().size() < 3)
    return false;
  return llvm::all_of(llvm::drop_begin(Matrix->getTemplateArgs().asArray().take_front(3)),
                      [](const TemplateArgument &Size) {
                        return Size.getKind() == TemplateArgument::Integral &&
                               Size.getAsIntegral().isStrictlyPositive();
                      });
}

Storage eigenStorage(const CXXRecordDecl *Record) {
  llvm::StringRef Name = nameOf(Record);
  if (llvm::is_contained({"Matrix", "Array"}, Name) && hasFixedSize(Record))
    return Storage::Inline;
  if (Name == "TensorFixedSize")
    return Storage::Inline;
  if (llvm::is_contained({"Matrix", "Array", "Tensor", "PlainObjectBase"}, Name))
    return Storage::Buffer;
  return llvm::is_contained({"Map", "TensorMap", "Ref", "Block"}, Name) ? Storage::View
                                                                        : Storage::Other;
}

Storage ownStorage(const CXXRecordDecl *Record) {
  llvm::StringRef Name = nameOf(Record), Space = outermostNamespace(Record);
  if (isStdDecl(Record))
    return stdStorage(Name);
  if (isLibTorchDecl(Record)) {
    if (Name.starts_with("SmallVector"))
      return Storage::Buffer;
    if (Name == "optional")
      return Storage::Inline;
    return isArrayRefClass(Record) ? Storage::View : Storage::Other;
  }
  if (Space == "Eigen")
    return eigenStorage(Record);
  if (Space == "cv")
    return llvm::is_contained({"Mat", "Mat_", "UMat", "Ptr"}, Name) ? Storage::Shared
                                                                    : Storage::Other;
  return Name == "span" ? Storage::View : Storage::Other; // gsl, absl, tcb and others
}

Storage recordStorage(const CXXRecordDecl *Record, unsigned Depth) {
  if (!Record || Depth > 3)
    return Storage::Other;
  Storage Own = ownStorage(Record);
  if (Own != Storage::Other || !Record->hasDefinition())
    return Own;
  for (const CXXBaseSpecifier &Base : Record->getDefinition()->bases())
    if (Storage Inherited = recordStorage(recordOf(Base.getType()), Depth + 1);
        Inherited != Storage::Other)
      return Inherited;
  return Storage::Other;
}

} // namespace

Storage storageOf(QualType Type) {
  if (Type.isNull())
    return Storage::Other;
  Type = Type.getNonReferenceType();
  if (Type->isConstantArrayType())
    return Storage::Inline;
  if (isTensorType(Type))
    return Storage::Shared;
  return recordStorage(recordOf(Type), 0);
}

bool isArrayRef(QualType Type) {
  const CXXRecordDecl *Record = recordOf(Type);
  if (!Record)
    return false;
  if (isArrayRefClass(Record))
    return true;
  const auto *Optional = dyn_cast<ClassTemplateSpecializationDecl>(Record);
  return Optional && nameOf(Record) == "optional" && Optional->getTemplateArgs().size() &&
         Optional->getTemplateArgs()[0].getKind() == TemplateArgument::Type &&
         isArrayRef(Optional->getTemplateArgs()[0].getAsType());
}

bool isTensorAccessor(QualType Type) {
  const CXXRecordDecl *Record = recordOf(Type);
  return Record && isLibTorchDecl(Record) && nameOf(Record).contains("TensorAccessor");
}

bool isImage(QualType Type) {
  return outermostNamespace(recordOf(Type)) == "cv" && storageOf(Type) == Storage::Shared;
}

bool fillsContainer(const CallExpr *Call) {
  const auto *Member = dyn_cast_or_null<CXXMemberCallExpr>(Call);
  const CXXMethodDecl *Method = Member ? Member->getMethodDecl() : nullptr;
  if (!Method || !isFiller(nameOf(Method)))
    return false;
  const SourceManager &Sources = Method->getASTContext().getSourceManager();
  return isStdDecl(Method) || isLibTorchDecl(Method) ||
         Sources.isInSystemHeader(Sources.getExpansionLoc(Method->getLocation()));
}

} // namespace torchtidy
