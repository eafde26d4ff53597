#include "AdviceModuleApiShadowCheck.h"
#include "clang-tidy/utils/OptionsUtils.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

const CXXRecordDecl *moduleBase(const CXXRecordDecl *Record) {
  for (const CXXBaseSpecifier &Base : Record->bases()) {
    const CXXRecordDecl *Definition = Base.getType()->getAsCXXRecordDecl();
    Definition = Definition ? Definition->getDefinition() : nullptr;
    if (!Definition)
      continue;
    if (isNamed(Definition, "torch::nn::Module"))
      return Definition;
    if (const CXXRecordDecl *Found = moduleBase(Definition))
      return Found;
  }
  return nullptr;
}

const CXXMethodDecl *publicMethod(const CXXRecordDecl *Module, llvm::StringRef Name) {
  for (const CXXMethodDecl *Method : Module->methods())
    if (nameOf(Method) == Name && Method->getAccess() == AS_public)
      return Method;
  for (const Decl *D : Module->decls())
    if (const auto *Template = dyn_cast<FunctionTemplateDecl>(D))
      if (const auto *Method = dyn_cast<CXXMethodDecl>(Template->getTemplatedDecl());
          nameOf(Method) == Name && Method->getAccess() == AS_public)
        return Method;
  return nullptr;
}

// `using Module::train;` brings the hidden functions back.
bool reintroduced(const CXXRecordDecl *Record, llvm::StringRef Name) {
  return llvm::any_of(Record->decls(), [&](const Decl *D) {
    const auto *Using = dyn_cast<UsingDecl>(D);
    return Using && Using->getDeclName().isIdentifier() &&
           Using->getDeclName().getAsIdentifierInfo()->getName() == Name;
  });
}

bool hasForward(const CXXRecordDecl *Record) {
  auto IsForward = [](const Decl *D) {
    if (const auto *Template = dyn_cast<FunctionTemplateDecl>(D))
      D = Template->getTemplatedDecl();
    if (const auto *Using = dyn_cast<UsingDecl>(D))
      return Using->getDeclName().getAsString() == "forward";
    const auto *Method = dyn_cast<CXXMethodDecl>(D);
    return nameOf(Method).starts_with("forward");
  };
  if (llvm::any_of(Record->decls(), IsForward))
    return true;
  return llvm::any_of(Record->bases(), [](const CXXBaseSpecifier &Base) {
    const CXXRecordDecl *Definition = Base.getType()->getAsCXXRecordDecl();
    Definition = Definition ? Definition->getDefinition() : nullptr;
    return Definition && hasForward(Definition);
  });
}

bool takesOrGivesTensor(const CXXMethodDecl *Method) {
  return isTensorType(Method->getReturnType()) ||
         llvm::any_of(Method->parameters(),
                      [](const ParmVarDecl *P) { return isTensorType(P->getType()); });
}

} // namespace

AdviceModuleApiShadowCheck::AdviceModuleApiShadowCheck(llvm::StringRef Name,
                                                       tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), AllowedNames(Options.get("AllowedNames", "").str()) {}

void AdviceModuleApiShadowCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &Opts) {
  Options.store(Opts, "AllowedNames", llvm::StringRef(AllowedNames));
}

void AdviceModuleApiShadowCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &) {
  const CXXRecordDecl *Module = moduleBase(Class);
  if (!Module || nameOf(Class).empty())
    return;
  checkHidden(Class, Module);
  if (!hasForward(Class))
    checkSpelling(Class);
}

void AdviceModuleApiShadowCheck::checkHidden(const CXXRecordDecl *Class,
                                             const CXXRecordDecl *Module) {
  std::vector<StringRef> Allowed = tidy::utils::options::parseStringList(AllowedNames);
  auto Hides = [&](const NamedDecl *D) -> const CXXMethodDecl * {
    if (nameOf(D).empty() || llvm::is_contained(Allowed, D->getName()) ||
        reintroduced(Class, D->getName()))
      return nullptr;
    return publicMethod(Module, D->getName());
  };
  for (const FieldDecl *Field : Class->fields())
    if (Hides(Field)) {
      diag(Field->getLocation(), "member %0 hides 'torch::nn::Module::%1()': code that calls it on "
                                 "a %2 does not compile, and generic code sees another thing")
          << Field << Field->getName() << Class;
    }
  llvm::StringSet<> Seen;
  for (const CXXMethodDecl *Method : Class->methods()) {
    if (nameOf(Method).empty() || Method->size_overridden_methods() != 0)
      continue;
    if (Hides(Method) && Seen.insert(Method->getName()).second)
      diag(Method->getLocation(), "%0 hides 'torch::nn::Module::%1': the library's function cannot "
                                  "be called on a %2, and calls through the base run the library's")
          << Method << Method->getName() << Class;
  }
}

// Members that were to be forward, by their name and type.
void AdviceModuleApiShadowCheck::checkSpelling(const CXXRecordDecl *Class) {
  for (const CXXMethodDecl *Method : Class->methods()) {
    if (nameOf(Method).empty() || !takesOrGivesTensor(Method))
      continue;
    llvm::StringRef Name = Method->getName();
    if (Name == "forward" ||
        (!Name.equals_insensitive("forward") && Name.edit_distance("forward") > 2))
      continue;
    diag(Method->getLocation(), "%0 looks like a misspelt 'forward': a holder's call operator and "
                                "'Sequential' do not find it")
        << Method;
    if (Method->getLocation().isFileID()) // callers by the old name are not seen: not a safe fix
      diag(Method->getLocation(), "rename it", DiagnosticIDs::Note)
          << FixItHint::CreateReplacement(Method->getNameInfo().getSourceRange(), "forward");
  }
}

} // namespace torchtidy
