#include "model/torch/Types.h"
#include "model/syntax/TemplateArguments.h"

using namespace clang;

namespace torchtidy {

bool isLibTorchDecl(const Decl *D) {
  return llvm::is_contained({"torch", "at", "c10"}, outermostNamespace(D));
}

namespace {

// Calls Visit on Record and every base that is visible, nearest first, until it returns true.
template <typename Fn> bool anyBase(const CXXRecordDecl *Record, Fn Visit) {
  llvm::SmallVector<const CXXRecordDecl *, 8> Todo{Record};
  llvm::SmallPtrSet<const CXXRecordDecl *, 8> Seen;
  for (size_t I = 0; I < Todo.size(); ++I) {
    const CXXRecordDecl *Current = Todo[I];
    if (!Current || !Seen.insert(Current->getCanonicalDecl()).second)
      continue;
    if (Visit(Current))
      return true;
    if (!Current->hasDefinition())
      continue;
    for (const CXXBaseSpecifier &Base : Current->getDefinition()->bases()) {
      const CXXRecordDecl *BaseRecord = Base.getType()->getAsCXXRecordDecl();
      if (!BaseRecord)
        // A dependent base such as Cloneable<T>: the template itself tells what it derives from.
        if (const auto *Spec = Base.getType()->getAs<TemplateSpecializationType>())
          if (const auto *Template =
                  dyn_cast_or_null<ClassTemplateDecl>(Spec->getTemplateName().getAsTemplateDecl()))
            BaseRecord = Template->getTemplatedDecl();
      Todo.push_back(BaseRecord);
    }
  }
  return false;
}

QualType holderImpl(const CXXRecordDecl *Record) {
  QualType Impl;
  anyBase(Record, [&](const CXXRecordDecl *Base) {
    if (!isNamed(Base, "torch::nn::ModuleHolder"))
      return false;
    Impl = templateTypeArgument(Base, 0);
    return true;
  });
  return Impl;
}

constexpr unsigned MaxDepth = 5;

TypeInfo classify(QualType Type, unsigned Depth);

void addElement(TypeInfo &Info, QualType Element, unsigned Depth) {
  TypeInfo Inner = classify(Element, Depth + 1);
  bool Takes = Inner.isModule() || Inner.isTensor() || Inner.Kind == TypeKind::Container;
  if (!Takes)
    return;
  if (Info.Kind != TypeKind::Container || (!Info.HoldsModules && Inner.HoldsModules))
    Info.Element = Element;
  Info.Kind = TypeKind::Container;
  Info.HoldsModules |= Inner.isModule() || Inner.HoldsModules;
  Info.HoldsTensors |= Inner.isTensor() || Inner.HoldsTensors;
}

TypeInfo classifyStandardContainer(const CXXRecordDecl *Record, unsigned Depth) {
  TypeInfo Info;
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(Record);
  if (!Spec)
    return Info;
  bool All = isStdNamed(Record, {"tuple", "pair", "variant", "map", "unordered_map", "multimap",
                                 "unordered_multimap"});
  llvm::SmallVector<TemplateArgument, 4> Arguments;
  for (const TemplateArgument &Argument : Spec->getTemplateArgs().asArray())
    if (Argument.getKind() == TemplateArgument::Pack)
      Arguments.append(Argument.pack_begin(), Argument.pack_end());
    else
      Arguments.push_back(Argument);
  for (const TemplateArgument &Argument : Arguments) {
    if (Argument.getKind() != TemplateArgument::Type)
      continue;
    addElement(Info, Argument.getAsType(), Depth);
    if (!All)
      break; // the rest are allocators and comparators
  }
  return Info;
}

TypeInfo classifyRecord(const CXXRecordDecl *Record, unsigned Depth) {
  TypeInfo Info;
  if (isNamed(Record, "at::Tensor") || isNamed(Record, "at::TensorBase") ||
      derivesFrom(Record, "at::TensorBase")) {
    Info.Kind = TypeKind::Tensor;
    return Info;
  }
  if (isNamed(Record, "torch::nn::AnyModule")) {
    Info.Kind = TypeKind::AnyModule;
    return Info;
  }
  if (QualType Impl = holderImpl(Record); !Impl.isNull()) {
    Info.Kind = TypeKind::Holder;
    Info.Module = Impl->getAsCXXRecordDecl();
    return Info;
  }
  if (isModuleClass(Record)) {
    Info.Kind = TypeKind::Impl;
    Info.Module = Record;
    return Info;
  }
  if (isStdNamed(Record, {"shared_ptr", "unique_ptr", "weak_ptr", "reference_wrapper"})) {
    QualType Pointee = templateTypeArgument(Record, 0);
    if (Pointee.isNull())
      return Info;
    if (const CXXRecordDecl *Target = Pointee->getAsCXXRecordDecl();
        Target && isModuleClass(Target)) {
      // weak_ptr and reference_wrapper own nothing: what they point at is somebody else's to
      // register.
      if (isStdNamed(Record, {"weak_ptr", "reference_wrapper"}))
        return Info;
      Info.Kind = Record->getName() == "shared_ptr" ? TypeKind::SharedPtr : TypeKind::UniquePtr;
      Info.Module = Target;
    }
    return Info;
  }
  bool IsOptional = isNamed(Record, "c10::optional") || isNamed(Record, "std::optional");
  if (IsOptional || isNamed(Record, "c10::variant") ||
      isStdNamed(Record, {"vector", "array", "deque", "list", "forward_list", "set",
                          "unordered_set", "map", "unordered_map", "multimap", "unordered_multimap",
                          "stack", "queue", "variant", "tuple", "pair"}))
    return classifyStandardContainer(Record, Depth);
  // A plain struct of the project that groups modules. LibTorch's own classes (OrderedDict,
  // options) are not members' groups.
  if (!Record->hasDefinition() || Record->isInStdNamespace() || isLibTorchDecl(Record) ||
      Record->isLambda() || Record->isUnion())
    return Info;
  for (const FieldDecl *Field : Record->getDefinition()->fields())
    if (!Field->getType()->isReferenceType() && !Field->getType()->isPointerType())
      addElement(Info, Field->getType(), Depth);
  return Info;
}

TypeInfo classify(QualType Type, unsigned Depth) {
  TypeInfo Info;
  if (Type.isNull() || Depth > MaxDepth)
    return Info;
  Type = Type.getNonReferenceType().getCanonicalType().getUnqualifiedType();
  if (const auto *Array = dyn_cast<ArrayType>(Type.getTypePtr())) {
    addElement(Info, Array->getElementType(), Depth);
    return Info;
  }
  if (Type->isPointerType()) {
    const CXXRecordDecl *Target = Type->getPointeeType()->getAsCXXRecordDecl();
    if (Target && isModuleClass(Target)) {
      Info.Kind = TypeKind::RawPtr;
      Info.Module = Target;
    }
    return Info;
  }
  if (const CXXRecordDecl *Record = Type->getAsCXXRecordDecl())
    return classifyRecord(Record, Depth);
  return Info;
}

} // namespace

bool derivesFrom(const CXXRecordDecl *Record, llvm::StringRef QualifiedName) {
  return Record &&
         anyBase(Record, [&](const CXXRecordDecl *Base) { return isNamed(Base, QualifiedName); });
}

bool isModuleClass(const CXXRecordDecl *Record) { return derivesFrom(Record, "torch::nn::Module"); }

TypeInfo classifyType(QualType Type) { return classify(Type, 0); }

const CXXRecordDecl *moduleOf(QualType Type) { return classifyType(Type).Module; }

llvm::StringRef libraryModuleName(const CXXRecordDecl *Record) {
  llvm::StringRef Found;
  if (!Record)
    return Found;
  anyBase(Record, [&](const CXXRecordDecl *Base) {
    if (!isLibTorchDecl(Base) || !nameOf(Base).ends_with("Impl"))
      return false;
    // NormImplBase, ConvNdImpl and the like are implementation layers without a module of their
    // own.
    Found = Base->getName().drop_back(4);
    return true;
  });
  return Found;
}

bool isTensorOptions(QualType Type) {
  return isNamed(Type.getNonReferenceType()->getAsCXXRecordDecl(), "c10::TensorOptions");
}

bool isDevice(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  if (const auto *Optional = dyn_cast_or_null<ClassTemplateSpecializationDecl>(Record);
      Optional && nameOf(Optional) == "optional")
    return isDevice(Optional->getTemplateArgs()[0].getAsType());
  return Record && isNamed(Record, "c10::Device");
}

bool isOptimizer(const CXXRecordDecl *Record) {
  return isNamed(Record, "torch::optim::Optimizer") ||
         derivesFrom(Record, "torch::optim::Optimizer");
}

bool isOptimizer(QualType Type) {
  Type = Type.getNonReferenceType();
  if (Type->isPointerType())
    Type = Type->getPointeeType();
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(Record);
      Spec && isStdDecl(Spec))
    for (const TemplateArgument &Argument : Spec->getTemplateArgs().asArray())
      if (Argument.getKind() == TemplateArgument::Type &&
          isOptimizer(Argument.getAsType()->getAsCXXRecordDecl()))
        return true;
  return isOptimizer(Record);
}

} // namespace torchtidy
