// What one translation unit defines about module classes: found again by USR, so that another unit
// can be understood with it.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_SUMMARY_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_SUMMARY_H

#include "model/summaries/Term.h"
#include <map>

namespace torchtidy {

struct SummaryParameter {
  int64_t Id = 0;
  std::string Name;
  /// What it takes: "i" whole numbers and truth values, "r" numbers, "s" text, "m" modules, "o"
  /// anything else; "&" behind it for a reference that is not const.
  std::string Takes;
  bool HasDefault = false;
  Term Default;
  std::string Class; // USR of the project's struct that it takes
};

/// A function whose body is in view.
struct FunctionSummary {
  std::string Name, File;
  int64_t Line = 0;
  std::vector<SummaryParameter> Parameters;
  Term Body;
};

/// A constructor that a class declares, whether or not its body is in view.
struct ConstructorSummary {
  std::string Usr;
  std::vector<SummaryParameter> Parameters;
};

struct ClassSummary {
  std::string Name, File; // Name: qualified
  int64_t Line = 0;
  bool IsModule = false;
  std::vector<std::string> Fields;
  std::vector<ConstructorSummary> Constructors; // none: that of the compiler
  /// By the virtual function that is called: the one that runs on an object of this class.
  std::map<std::string, std::string> Overriders;
  Term Implicit; // what that one does
};

/// When a function that another file defines would tell a unit something.
enum class QuestionKind : uint8_t {
  OwnClass,   // a member of a class that the unit defines in part
  Use,        // what the unit runs
  WhenJoined, // as OwnClass, but another unit speaks for the class: once that one reads this one
};

struct OpenQuestion {
  std::string Usr;
  std::string Class, Function; // their names; Class is empty for a function of none; "operator"
  QuestionKind Kind = QuestionKind::OwnClass;
};

/// A function that a unit's main file defines and that other units may ask for.
struct DefinitionPlace {
  std::string Name; // qualified
  int64_t Line = 0, LastLine = 0;
};

/// What a unit and others can tell each other.
struct UnitBoundary {
  std::map<std::string, DefinitionPlace> Definitions; // by USR
  std::vector<OpenQuestion> Questions;
};

struct UnitSummary {
  std::map<std::string, ClassSummary> Classes; // by USR
  std::map<std::string, FunctionSummary> Functions;
  UnitBoundary Boundary;
};

llvm::json::Value toJSON(const UnitSummary &Summary);
bool fromJSON(const llvm::json::Value &Value, UnitSummary &Summary, llvm::json::Path Path);
/// Only that part of what toJSON wrote of a whole summary.
bool fromJSON(const llvm::json::Value &Value, UnitBoundary &Boundary, llvm::json::Path Path);

} // namespace torchtidy

#endif
