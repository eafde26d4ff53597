// The summaries of a project's units, joined: which definition a USR means.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_PROJECTSUMMARIES_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_PROJECTSUMMARIES_H

#include "model/summaries/Summary.h"
#include <memory>

namespace torchtidy {

/// The summaries of all units, joined.
class ProjectSummaries {
public:
  void add(UnitSummary Summary);

  struct FoundClass {
    std::string Usr;
    const ClassSummary *Class;
    size_t Unit;
  };
  /// The definitions of classes of that name: `Net`, `NetImpl` or with namespaces, each once.
  std::vector<FoundClass> modulesNamed(llvm::StringRef Name) const;
  /// Whether \p Name, as a user gives it, means the class: `Net`, `nn::Net`, `Net<3>`.
  static bool means(llvm::StringRef Name, llvm::StringRef Class);
  /// The function that runs where \p Method is called on an object of \p Class.
  std::string overriderOf(llvm::StringRef Class, llvm::StringRef Method, size_t Unit) const;
  /// Names of all module classes.
  std::vector<std::string> moduleNames() const;

  /// Of several definitions the one of \p Unit; null where there is none or it is not clear which.
  /// \p Why then says so.
  const ClassSummary *findClass(llvm::StringRef Usr, size_t &Unit, std::string &Why) const;
  const FunctionSummary *findFunction(llvm::StringRef Usr, size_t &Unit, std::string &Why) const;

private:
  std::vector<std::unique_ptr<UnitSummary>> Units;
  std::map<std::string, std::vector<size_t>> Classes, Functions; // units by USR
};

} // namespace torchtidy

#endif
