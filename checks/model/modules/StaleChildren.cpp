#include "model/modules/StaleChildren.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

class StaleChildren {
public:
  StaleChildren(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model)
      : Field(Field), Class(Class), Model(Model), Regs(Model.registrations()) {}

  llvm::SmallVector<const Expr *, 2> find() {
    lookAtConstructors();
    const Reach &Constructors = Model.constructorReachOf(Class);
    for (const Registrations::Store &Store : Regs.stores(Field)) {
      const FunctionDecl *In = outOfLambda(Store.In);
      if (!In || Constructors.count(In))
        continue;
      bool FromOutside =
          enclosingClass(In) != Class || (Store.Target && !fieldOfThis(Store.Target));
      bool IsSpelled = constructsModule(Store.Value);
      if ((IsSpelled || isNewLocal(Store.Value) || isMadeByFunction(Store.Value)) &&
          !isRegisteredBy(In, Store) &&
          ((IsSpelled && !FromOutside) ||
           ((Store.Target || !FromOutside) && isRegisteredFromTheStart())))
        Found.push_back(Store.Value);
    }
    return std::move(Found);
  }

private:
  void lookAtConstructors() {
    for (const ConstructorOutcome &Outcome : Model.outcomes(Class)) {
      if (Outcome.Unknown)
        continue;
      for (const PathState &End : Outcome.Ends) {
        auto Value = End.Values.find(Field);
        auto Was = End.WasRegistered.find(Field);
        if (!End.Escaped && Value != End.Values.end() && Was != End.WasRegistered.end() &&
            Was->second && Value->second.Null == Nullness::NonNull && !Value->second.Registered &&
            constructsModule(Value->second.Site) && !llvm::is_contained(Found, Value->second.Site))
          Found.push_back(Value->second.Site);
      }
    }
  }

  // A local that is made as Linear(4, 2).
  static bool isNewLocal(const Expr *Value) {
    const Expr *Init = initialiserOf(unwrapModule(Value));
    return Init && constructsModule(Init);
  }

  // `makeHead(10)`, which returns nothing but what it makes.
  static bool isMadeByFunction(const Expr *Value) {
    auto Returned = returnsOf(calleeOf(unwrapModule(Value)));
    return !Returned.empty() && llvm::all_of(Returned, [](const Expr *Made) {
      return constructsModule(Made) || isNewLocal(Made);
    });
  }

  // Every constructor in view leaves it registered.
  bool isRegisteredFromTheStart() const {
    const auto &Outcomes = Model.outcomes(Class);
    return !Outcomes.empty() && llvm::all_of(Outcomes, [&](const ConstructorOutcome &Outcome) {
      return !Outcome.Unknown && llvm::all_of(Outcome.Ends, [&](const PathState &End) {
        auto Value = End.Values.find(Field);
        return Value != End.Values.end() && Value->second.Registered;
      });
    });
  }

  // p->register_module("fc", p->fc) in a static factory counts, and net->setup() that does it.
  bool isRegisteredBy(const FunctionDecl *In, const Registrations::Store &Store) const {
    llvm::SmallVector<const FunctionDecl *, 8> Roots{In};
    forEach<CXXMemberCallExpr>(In->getBody(), [&](const CXXMemberCallExpr *Call) {
      if (isModuleClass(Call->getMethodDecl() ? Call->getMethodDecl()->getParent() : nullptr))
        Roots.push_back(Call->getMethodDecl());
    });
    Reach Reached = reachFrom(Roots);
    const VarDecl *Local = namedVariable(unwrapModule(Store.Value));
    return llvm::any_of(Regs.all(), [&](const auto &Site) {
      if (!Reached.count(outOfLambda(Site.second)))
        return false;
      return llvm::any_of(valueLeaves(Site.first.Value), [&](const Expr *Leaf) {
        const Expr *Value = unwrapModule(Leaf);
        return namedField(Value) == Field || (Local && namedVariable(Value) == Local);
      });
    });
  }

  const FieldDecl *Field;
  const CXXRecordDecl *Class;
  ModuleModel &Model;
  const Registrations &Regs;
  llvm::SmallVector<const Expr *, 2> Found;
};

} // namespace

llvm::SmallVector<const Expr *, 2> staleChildren(const FieldDecl *Field, const CXXRecordDecl *Class,
                                                 ModuleModel &Model) {
  return StaleChildren(Field, Class, Model).find();
}

} // namespace torchtidy
